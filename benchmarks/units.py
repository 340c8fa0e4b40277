"""Restricted maximum likelihood and shrunken scores of many units against a mixed model of statsmodels."""

import warnings
from collections.abc import Iterator

import numpy as np
from statsmodels.regression.mixed_linear_model import MixedLM

from analysis import ScoreSums, unit_scores

from .stopwatch import Line, faster, fastest

UNITS = 10_000
FEWER = 1_000
"""Units that statsmodels is given: ten times as many take it minutes, so that the ratio is less than it would be."""


def lines() -> Iterator[Line]:
    """Measure from unit sums, as a survey of any size leaves them; statsmodels has the scores themselves."""
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(UNITS), rng.integers(1, 12, UNITS))
    scores = 70 + 5 * rng.standard_normal(UNITS)[unit] + 15 * rng.standard_normal(len(unit))
    sums = ScoreSums.from_scores(scores, unit)
    (ours,) = fastest(lambda: unit_scores(sums), repeats=8)

    few = unit < FEWER

    def theirs() -> object:
        return MixedLM(scores[few], np.ones((few.sum(), 1)), groups=unit[few]).fit(reml=True).random_effects

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (other,) = fastest(theirs, repeats=1)
    yield faster(
        "REML and shrunken scores of 10,000 units, from sums",
        f"statsmodels MixedLM on {FEWER:,} of them",
        ours,
        other,
        100,
    )
