"""The rule of the General Medical Council's national training survey.

Is a unit's mean in the bottom (or top) quarter of single respondents' scores, and does its interval miss that of the
benchmark's mean? The interval is 1.96 times the unit's own standard error, the quartiles are those of respondents and
not of units, and below three respondents there is no flag.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_whole
from ..score_columns import read_column
from ..table import ResultTable, Table
from .flags import BoolArray, false_share, say_listed
from .scores import UnitScores, unit_scores
from .sums import ScoreSums

# Two-sided 95 % of the normal distribution, as the survey's own reports use whatever the number of respondents.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GmcFlags(ResultTable):
    """Units by the rule of the national training survey.

    Attributes
    ----------
    unit : tuple, length n_units
    n : int array, shape (n_units,)
    mean : float array, shape (n_units,)
    interval : float array, shape (n_units, 2)
        mean +- 1.96 sd / sqrt(n), from the unit's own sd.
    outcome : tuple of str, length n_units
        "below" (a low outlier), "bottom quarter", "middle", "top quarter", "above" (a high outlier) or "too few".
    quartiles : tuple of two floats
        Lower and upper quartile of the benchmark group's respondents.
    benchmark_mean : float
    benchmark_interval : tuple of two floats
    minimum : int
        Respondents below which there is no outcome.
    false_below, false_above : float
        Expected share of the units listed whose true score is on the other side of the benchmark's mean; NaN for an
        empty list.
    method : str
    """

    unit: tuple[Hashable, ...]
    n: IntArray | FloatArray
    mean: FloatArray
    interval: FloatArray
    outcome: tuple[str, ...]
    quartiles: tuple[float, float]
    benchmark_mean: float
    benchmark_interval: tuple[float, float]
    minimum: int
    false_below: float
    false_above: float
    method: str

    @property
    def below(self) -> BoolArray:
        """Low outliers, shape (n_units,)."""
        return np.array([outcome == "below" for outcome in self.outcome], dtype=bool)

    @property
    def above(self) -> BoolArray:
        """High outliers, shape (n_units,)."""
        return np.array([outcome == "above" for outcome in self.outcome], dtype=bool)

    def table(self) -> Table:
        """Give the table that it prints, one row a unit."""
        rows = tuple(
            (
                str(self.unit[i]),
                self.n[i].item(),
                float(self.mean[i]),
                float(self.interval[i, 0]),
                float(self.interval[i, 1]),
                self.outcome[i],
            )
            for i in range(len(self.unit))
        )
        notes = (
            f"quartiles of respondents {self.quartiles[0]:.2f} and {self.quartiles[1]:.2f}; benchmark mean "
            f"{self.benchmark_mean:.2f} ({self.benchmark_interval[0]:.2f} to {self.benchmark_interval[1]:.2f})",
            *say_listed("below", int(self.below.sum()), self.false_below),
            *say_listed("above", int(self.above.sum()), self.false_above),
        )
        return Table("Units against the benchmark", ("unit", "n", "mean", "low", "high", "outcome"), rows, notes, 2)


def gmc_flags(
    scores: ArrayLike | ScoreSums | UnitScores,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    benchmark: ArrayLike | None = None,
    minimum: int = 3,
) -> GmcFlags:
    """Compare units with a benchmark group as the national training survey of the General Medical Council does.

    A low outlier has a mean at or below the lower quartile of the benchmark group's respondents, and an upper end of
    its interval below the lower end of that of the benchmark group's mean; a high outlier the reverse. Small units with
    answers alike by chance have short intervals by this rule: see `false_below`.

    Parameters
    ----------
    scores : array_like, shape (n_people,), ScoreSums or UnitScores
        One score a person, NaN where missing; or the sums of each unit, or what `unit_scores` made of them, which have no
        quartiles of respondents and therefore need `benchmark`.
    unit : array_like, shape (n_people,)
        The unit of each person; left out where sums or scores of units are given.
    benchmark : array_like, shape (n_benchmark,)
        Scores of the benchmark group's respondents; those of `scores` where left out.
    minimum : int
        Respondents below which a unit has no outcome, from 2 up.

    Returns
    -------
    GmcFlags

    Raises
    ------
    AnalysisError
        As `unit_scores`; for a benchmark group of fewer than two scores, and sums of units without one.

    Notes
    -----
    Anchor: simulation. No other program is known here that applies the rule; where no unit differs it flags as many as it
    says.

    Examples
    --------
    >>> scores = [80, 85, 90, 40, 35, 30, 60, 75, 65, 95, 80, 70, 75]
    >>> units = ["Elm"] * 3 + ["Oak"] * 3 + ["Ash"] * 3 + ["Fir"] * 2 + ["Yew"] * 2
    >>> gmc_flags(scores, units).outcome
    ('above', 'below', 'middle', 'too few', 'too few')
    """
    problems = wrong_whole("minimum", minimum, least=2)  # one respondent has no interval
    group = np.empty(0)
    if isinstance(scores, UnitScores) and unit is not None:
        problems.append("scores of units already name their units: leave `unit` out")
    if benchmark is None and isinstance(scores, ScoreSums | UnitScores):
        what = "sums" if isinstance(scores, ScoreSums) else "scores"
        problems.append(f"{what} of units have no quartiles of respondents: give the scores of the benchmark group")
    else:
        try:
            group = read_column(
                "benchmark" if benchmark is not None else "score", scores if benchmark is None else benchmark
            )
        except AnalysisError as error:
            problems += error.problems
        else:
            group = group[~np.isnan(group)]
            if group.size < 2:
                problems.append(f"the benchmark group needs at least two scores, got {group.size}")
    refuse(problems)
    found = scores if isinstance(scores, UnitScores) else unit_scores(scores, unit)
    centre = float(group.mean())
    half = Z * float(group.std(ddof=1)) / np.sqrt(group.size)
    first, third = (float(value) for value in np.quantile(group, [0.25, 0.75]))
    own = Z * found.sd / np.sqrt(np.maximum(found.n, 1))
    low, high = found.mean - own, found.mean + own
    outcome = []
    for i in range(len(found.unit)):
        if found.n[i] < minimum:
            outcome.append("too few")
        elif found.mean[i] <= first:
            outcome.append("below" if high[i] < centre - half else "bottom quarter")
        elif found.mean[i] >= third:
            outcome.append("above" if low[i] > centre + half else "top quarter")
        else:
            outcome.append("middle")
    under = found.probability_below(centre)
    listed = np.array(outcome)
    return GmcFlags(
        unit=found.unit,
        n=found.n,
        mean=found.mean,
        interval=read_only(np.column_stack([low, high])),
        outcome=tuple(outcome),
        quartiles=(first, third),
        benchmark_mean=centre,
        benchmark_interval=(centre - half, centre + half),
        minimum=minimum,
        false_below=false_share(1.0 - under, listed == "below"),
        false_above=false_share(under, listed == "above"),
        method="own sd, normal interval, quartiles of respondents",
    )
