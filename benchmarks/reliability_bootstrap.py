"""Alpha and omega with 2,000 cluster-bootstrap resamples, in units of one tables pass over the same rows: under 3 wanted.

Run from the checkout: ``OPENBLAS_NUM_THREADS=1 python -m benchmarks.reliability_bootstrap [rows] [placements]``.
"""

import sys
import time
from collections.abc import Callable

import numpy as np

from analysis import PairwiseTables, UnitMoments, alpha_from_covariance, bootstrap_intervals, omega_from_covariance

ITEMS = 31
REPEATS = 4


def fastest(*works: Callable[[], object]) -> list[float]:
    """Give the least of several times of each work, in seconds of the processor, taken in turns on a machine that is busy."""
    times = [[] for _ in works]
    for _ in range(REPEATS):
        for work, own in zip(works, times, strict=True):
            start = time.process_time()
            work()
            own.append(time.process_time() - start)
    return [min(own) for own in times]


def main(n: int, n_units: int) -> None:
    """Print the ratios, for complete answers and for 5 % missing."""
    rng = np.random.default_rng(1)
    unit = rng.integers(0, n_units, n)
    factor = (0.4 * rng.standard_normal(n_units)[unit] + rng.standard_normal(n)).astype(np.float32)
    answers = np.empty((n, ITEMS), dtype=np.float32)
    for item in range(ITEMS):
        answers[:, item] = np.clip(np.rint(3.5 + 0.7 * factor + 0.7 * rng.standard_normal(n, np.float32)), 1, 5)
    statistics = {"alpha": alpha_from_covariance, "omega": omega_from_covariance}
    for share in (0.0, 0.05):
        answers[rng.random(answers.shape, np.float32) < share] = np.nan
        tables, both = fastest(
            lambda: PairwiseTables.from_responses(answers),
            lambda: bootstrap_intervals(statistics, UnitMoments.from_responses(answers, unit)),
        )
        print(
            f"{n} rows, {n_units} placements, {share:.0%} missing: {both / tables:.2f} tables passes of {tables:.2f} s"
        )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [1_000_000, 2000][len(given) :]))
