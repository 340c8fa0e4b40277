r"""Responsiveness: does a score move when what it measures has moved?

A second source says who has improved (the anchor). For changes :math:`d = second - first` of a group (de Vet et al.
2011, ch. 7)

.. math:: SRM = \bar d / s_d, \quad ES = \bar d / s_{first}, \quad
          \text{Guyatt} = \bar d_{improved} / s_{d, unchanged},

the AUC of d for the improved against the unchanged, and the correlation of d with the anchor. The interval of the SRM
is exact under normality: :math:`SRM \sqrt n` follows a noncentral t. Effect sizes alone say how large a change was, not
whether the score tells change: that is the AUC's and the correlation's task (Mokkink et al. 2010).

References
----------
de Vet, H. C. W., Terwee, C. B., Mokkink, L. B. & Knol, D. L. (2011). Measurement in Medicine. Cambridge.
Guyatt, G., Walter, S. & Norman, G. (1987). Measuring change over time: assessing the usefulness of evaluative
    instruments. Journal of Chronic Diseases 40, 171-178.
Mokkink, L. B. et al. (2010). The COSMIN checklist for evaluating the methodological quality of studies on measurement
    properties. BMC Medical Research Methodology 10, 22.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..interval import Interval, check_level
from ..item_responses import FloatArray
from ..not_estimated import NotEstimated
from ..score_columns import read_columns
from ..table import Cell, ResultTable, Table
from .effect_size import noncentral_t_limits
from .pearson import Correlation, correlate
from .roc_curve import RocCurve, midranks, roc_curve


@dataclass(frozen=True, slots=True)
class ChangeOfGroup:
    """How far the scores of one group moved.

    Attributes
    ----------
    group : str
        "all", "improved", "unchanged" or "worse".
    n : int
    mean_change, sd_change : float
        In the score's unit; NaN without people, or for the sd with fewer than two.
    standardized_response_mean : float
        NaN where changes do not vary.
    interval : Interval
        Of the standardised response mean.
    effect_size : float
        Mean change in standard deviations of the group's first scores.
    """

    group: str
    n: int
    mean_change: float
    sd_change: float
    standardized_response_mean: float
    interval: Interval
    effect_size: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Responsiveness(ResultTable):
    """Change of a score beside an anchor of change.

    Attributes
    ----------
    groups : tuple of ChangeOfGroup
        All, improved, unchanged, worse.
    correlation, rank_correlation : Correlation or NotEstimated
        Of change with anchor, and of their ranks.
    roc : RocCurve or NotEstimated
        Change for the improved against the unchanged; its best cut-off is an anchor-based minimal important change.
    guyatt : float
        Mean change of the improved in standard deviations of the change of the unchanged; NaN where not defined.
    n : int
    method : str
    notes : tuple of str
    """

    groups: tuple[ChangeOfGroup, ...]
    correlation: Correlation | NotEstimated
    rank_correlation: Correlation | NotEstimated
    roc: RocCurve | NotEstimated
    guyatt: float
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a group."""
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                group.group,
                group.n,
                group.mean_change,
                group.sd_change,
                group.standardized_response_mean,
                group.interval.low,
                group.interval.high,
                group.effect_size,
            )
            for group in self.groups
        )
        level = f"{100 * self.groups[0].interval.level:g} %"
        columns = ("group", "n", "mean change", "sd", "SRM", f"{level} low", "high", "effect size")
        notes = []
        if isinstance(self.correlation, NotEstimated):
            notes.append(f"correlation of change with anchor {self.correlation}")
        else:
            notes.append(
                f"correlation of change with anchor {self.correlation.coefficient:.3f}, {self.correlation.interval}"
            )
        if isinstance(self.roc, NotEstimated):
            notes.append(f"AUC {self.roc}")
        else:
            best = float(self.roc.cut_off[self.roc.best])
            notes.append(
                f"AUC, improved against unchanged, {self.roc.auc:.3f}, {self.roc.interval}; best cut-off {best:g}"
            )
        return Table("Responsiveness", columns, rows, (*notes, *self.notes))


def responsiveness(first: ArrayLike, second: ArrayLike, change: ArrayLike, *, ci: float = 0.95) -> Responsiveness:
    """Hold the change of a score against an anchor of change.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Scores before and after, NaN where missing.
    change : array_like, shape (n,)
        What another source says: above 0 improved, 0 unchanged, below 0 worse; larger is more. NaN where missing.
    ci : float
        Level of all intervals.

    Returns
    -------
    Responsiveness

    Raises
    ------
    AnalysisError
        For columns that are no numbers, lengths that differ, and fewer than four people with all three.

    Notes
    -----
    Anchors: `scipy.stats` and `sklearn.metrics` for correlation and AUC, brute force for the noncentral t.

    References
    ----------
    de Vet et al. (2011), ch. 7; Guyatt, Walter & Norman (1987).

    Examples
    --------
    >>> first = [50, 60, 55, 70, 65, 40, 45, 58]
    >>> second = [62, 66, 70, 72, 64, 41, 44, 50]
    >>> print(responsiveness(first, second, [2, 1, 2, 0, 0, 0, 0, -1]))
    Responsiveness
    group      n  mean change     sd    SRM  95 % low   high  effect size
    all        8        3.250  7.479  0.435    -0.307  1.149        0.323
    improved   3       11.000  4.583  2.400    -0.023  4.833        2.200
    unchanged  4        0.250  1.500  0.167    -0.834  1.142        0.017
    worse      1       -8.000      -      -         -      -            -
    correlation of change with anchor 0.983, 0.904 to 0.997 (95 %)
    AUC, improved against unchanged, 1.000, 1.000 to 1.000 (95 %); best cut-off 6
    n = 8 people with both scores and an anchor
    """
    level = check_level(ci)
    columns = read_columns({"first": first, "second": second, "change": change}, minimum=4)
    before, after, anchor = columns.complete.T
    moved = after - before
    sides = {
        "all": np.ones(len(moved), dtype=bool),
        "improved": anchor > 0,
        "unchanged": anchor == 0,
        "worse": anchor < 0,
    }
    groups = tuple(_group(name, before[those], moved[those], level) for name, those in sides.items())
    improved, unchanged = groups[1], groups[2]
    return Responsiveness(
        groups=groups,
        correlation=_correlation(moved, anchor, level),
        rank_correlation=_correlation(midranks(moved), midranks(anchor), level),
        roc=_curve(moved, anchor, level),
        guyatt=improved.mean_change / unchanged.sd_change if unchanged.sd_change > 0 else math.nan,
        n=columns.n,
        method="improved above 0, unchanged 0, worse below 0; AUC of improved against unchanged",
        notes=(f"n = {columns.n} people with both scores and an anchor", *columns.note_on_missing()),
    )


def _group(name: str, before: FloatArray, moved: FloatArray, level: float) -> ChangeOfGroup:
    n, nothing = len(moved), Interval(math.nan, math.nan, level)
    if n < 2:
        return ChangeOfGroup(name, n, float(moved[0]) if n else math.nan, math.nan, math.nan, nothing, math.nan)
    mean, spread, first_spread = float(moved.mean()), float(moved.std(ddof=1)), float(before.std(ddof=1))
    response, interval = math.nan, nothing
    if spread > 0:
        response = mean / spread
        low, high = noncentral_t_limits(response * math.sqrt(n), n - 1, level)
        interval = Interval(low / math.sqrt(n), high / math.sqrt(n), level)
    return ChangeOfGroup(
        name, n, mean, spread, response, interval, mean / first_spread if first_spread > 0 else math.nan
    )


def _correlation(moved: FloatArray, anchor: FloatArray, level: float) -> Correlation | NotEstimated:
    for name, values in (("the score's change", moved), ("the anchor", anchor)):
        if values.max() == values.min():
            return NotEstimated(f"{name} is the same for everybody")
    return correlate(moved, anchor, level)


def _curve(moved: FloatArray, anchor: FloatArray, level: float) -> RocCurve | NotEstimated:
    used = anchor >= 0
    improved = anchor[used] > 0
    if improved.all() or not improved.any():
        return NotEstimated("nobody is unchanged" if improved.all() else "nobody has improved")
    return roc_curve(moved[used], improved, "high", level)
