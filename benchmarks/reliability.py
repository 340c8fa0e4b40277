"""Alpha and omega with 2,000 cluster-bootstrap resamples, in units of one tables pass over the same rows."""

from collections.abc import Iterator

import numpy as np

from analysis import PairwiseTables, UnitMoments, alpha_from_covariance, bootstrap_intervals, omega_from_covariance

from .answers import simulated
from .stopwatch import Line, fastest, within

ROWS = 1_000_000
UNITS = 2_000


def lines() -> Iterator[Line]:
    """Measure from raw answers and units, for complete answers and for some missing."""
    unit = np.arange(ROWS) % UNITS
    statistics = {"alpha": alpha_from_covariance, "omega": omega_from_covariance}
    for missing, said in ((0.0, "complete"), (0.05, "5 % missing")):
        answers = simulated(ROWS, n_units=UNITS, missing=missing)

        def both(answers: np.ndarray = answers) -> object:
            return bootstrap_intervals(statistics, UnitMoments.from_responses(answers, unit))

        def tables(answers: np.ndarray = answers) -> object:
            return PairwiseTables.from_responses(answers)

        ours, one_pass = fastest(both, tables, repeats=4)
        work = f"alpha and omega, 2,000 resamples of placements, n = 1,000,000, {said}"
        yield within(work, "a pass of pairwise tables", ours, one_pass, 3.0)
