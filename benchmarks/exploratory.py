"""Six factors of 31 items on an oblique rotation, in units of factor_analyzer on the same matrix: under 1 wanted.

Run from the checkout: ``OPENBLAS_NUM_THREADS=1 python -m benchmarks.exploratory``.
"""

import csv
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from factor_analyzer import FactorAnalyzer

from analysis import PairwiseTables, explore_factors, pearson_correlation

ANSWERS = Path(__file__).parents[1] / "tests/reference/data/nets_synth_complete.csv"
REPEATS = 8


def fastest(*works: Callable[[], object]) -> list[float]:
    """Give the least of several times of each work, in seconds of the processor, taken in turns on a machine that is busy."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, own in zip(works, times, strict=True):
            start = time.process_time()
            work()
            own.append(time.process_time() - start)
    return [min(own) for own in times]


def main() -> None:
    """Print the ratios; from tables, the correlations are part of our time and not of theirs."""
    with ANSWERS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    items = [f"q{number:02d}" for number in range(1, 32)]
    tables = PairwiseTables.from_responses(np.array([[float(row[item]) for item in items] for row in rows]), 5)
    matrix = pearson_correlation(tables).matrix
    extraction: Any
    for extraction in ("minres", "ml"):
        for rotation, theirs in (("oblimin", "oblimin"), ("promax", "promax"), ("geomin", "geomin_obl")):

            def ours(extraction: Any = extraction, rotation: Any = rotation) -> object:
                return explore_factors(tables, 6, "pearson", extraction, rotation)

            def factor_analyzer(extraction: str = extraction, rotation: str = theirs) -> object:
                return FactorAnalyzer(6, method=extraction, rotation=rotation, is_corr_matrix=True).fit(matrix)

            mine, other = fastest(ours, factor_analyzer)
            print(f"{extraction}, {rotation}: {mine / other:.2f} of factor_analyzer's {1000 * other:.0f} ms")


if __name__ == "__main__":
    # scikit-learn 1.7 warns of an argument that factor_analyzer still passes.
    warnings.simplefilter("ignore", FutureWarning)
    main()
