r"""How well a score tells those who have an outcome from those who do not: AUC, and every cut-off.

With m scores X of those who have the outcome and n scores Y of those who do not, the area under the curve is the share
of pairs in which X is the higher, ties counting half. Its variance is (DeLong, DeLong & Clarke-Pearson 1988)

.. math:: \frac{s^2_{10}}{m} + \frac{s^2_{01}}{n},

with the variances of each X's share of Ys below it and of each Y's share of Xs above it, found from midranks (Sun & Xu
2014) and so in the time of a sort. Youden's (1950) J is sensitivity + specificity - 1.

References
----------
DeLong, E. R., DeLong, D. M. & Clarke-Pearson, D. L. (1988). Comparing the areas under two or more correlated receiver
    operating characteristic curves. Biometrics 44, 837-845.
Sun, X. & Xu, W. (2014). Fast implementation of DeLong's algorithm. IEEE Signal Processing Letters 21, 1389-1393.
Youden, W. J. (1950). Index for rating diagnostic tests. Cancer 3, 32-35.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..interval import Interval
from ..item_responses import FloatArray, read_only
from ..share import share_limits
from ..table import ResultTable, Table

Direction = Literal["high", "low"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RocCurve(ResultTable):
    """A score against an outcome that people have or have not.

    Attributes
    ----------
    auc : float
        Probability that somebody with the outcome scores on the outcome's side of somebody without; ties half.
    standard_error : float
        DeLong's.
    interval : Interval
        auc +- z standard errors, cut at 0 and 1; NaN where either side has a single person.
    cut_off : float array, shape (n_cut_offs,)
        Every score that occurs. The outcome is expected at it and beyond: above for "high", below for "low".
    sensitivity, specificity : float array, shape (n_cut_offs,)
    sensitivity_interval, specificity_interval : float array, shape (n_cut_offs, 2)
        Wilson's.
    youden : float array, shape (n_cut_offs,)
        Sensitivity + specificity - 1.
    best : int
        Place of the cut-off with the largest Youden index, the first of several. Chosen on these data: expect less
        of it on others.
    direction : {"high", "low"}
        On which side of a cut-off the outcome is expected.
    n_with, n_without : int
        People with and without the outcome.
    method : str
    notes : tuple of str
    """

    auc: float
    standard_error: float
    interval: Interval
    cut_off: FloatArray
    sensitivity: FloatArray
    specificity: FloatArray
    sensitivity_interval: FloatArray
    specificity_interval: FloatArray
    youden: FloatArray
    best: int
    direction: Direction
    n_with: int
    n_without: int
    method: str
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """People on both sides."""
        return self.n_with + self.n_without

    def table(self) -> Table:
        """Give one row a cut-off, that with the largest Youden index marked."""
        side = ">=" if self.direction == "high" else "<="
        rows = tuple(
            (
                f"{side} {self.cut_off[place]:g}",
                float(self.sensitivity[place]),
                *(float(end) for end in self.sensitivity_interval[place]),
                float(self.specificity[place]),
                *(float(end) for end in self.specificity_interval[place]),
                float(self.youden[place]),
                "yes" if place == self.best else "",
            )
            for place in range(len(self.cut_off))
        )
        of_rates = [(rate, f"{rate} low", f"{rate} high") for rate in ("sensitivity", "specificity")]
        columns = ("cut-off", *of_rates[0], *of_rates[1], "Youden", "best")
        title = f"AUC {self.auc:.3f}, {self.interval}"
        return Table(
            title, columns, rows, (f"{self.n_with} with and {self.n_without} without the outcome", *self.notes)
        )


def roc_curve(score: FloatArray, outcome: NDArray[np.bool_], direction: Direction, level: float) -> RocCurve:
    """Draw the curve of scores without missing values against an outcome that some have and some have not.

    Examples
    --------
    >>> import numpy as np
    >>> score, outcome = np.array([1.0, 2, 3, 4, 5, 5]), np.array([False, False, True, False, True, True])
    >>> curve = roc_curve(score, outcome, "high", 0.95)
    >>> round(curve.auc, 4), float(curve.cut_off[curve.best])
    (0.8889, 3.0)
    """
    signed = score if direction == "high" else -score
    x, y = signed[outcome], signed[~outcome]
    m, n = len(x), len(y)
    among_all = midranks(np.concatenate([x, y]))
    # Each X's share of Ys below it, and each Y's share of Xs above it.
    below = (among_all[:m] - midranks(x)) / n
    above = 1.0 - (among_all[m:] - midranks(y)) / m
    auc = float(below.mean())
    error, interval = math.nan, Interval(math.nan, math.nan, level)
    if min(m, n) > 1:
        error = math.sqrt(float(below.var(ddof=1)) / m + float(above.var(ddof=1)) / n)
        half = float(ndtri(0.5 + 0.5 * level)) * error
        interval = Interval(max(0.0, auc - half), min(1.0, auc + half), level)
    cut_off = np.unique(score)
    ordered = np.unique(signed)
    hit = m - np.searchsorted(np.sort(x), ordered, side="left")
    passed = np.searchsorted(np.sort(y), ordered, side="left")
    if direction == "low":
        hit, passed = hit[::-1], passed[::-1]
    sensitivity, specificity = hit / m, passed / n
    youden = sensitivity + specificity - 1.0
    notes = []
    if min(m, n) < 2:
        notes.append("a single person on one side: no interval of the AUC")
    elif error == 0.0:
        notes.append("the score separates both sides completely: DeLong's interval has no width, which overstates it")
    if auc < 0.5:
        notes.append("the AUC is below 0.5: the outcome goes with scores on the other side")
    return RocCurve(
        auc=auc,
        standard_error=error,
        interval=interval,
        cut_off=read_only(cut_off),
        sensitivity=read_only(sensitivity),
        specificity=read_only(specificity),
        sensitivity_interval=read_only(np.column_stack(share_limits(hit, np.full(len(hit), m), level))),
        specificity_interval=read_only(np.column_stack(share_limits(passed, np.full(len(hit), n), level))),
        youden=read_only(youden),
        # Equal indices may differ by rounding.
        best=int(np.flatnonzero(youden >= youden.max() - 1e-12)[0]),
        direction=direction,
        n_with=m,
        n_without=n,
        method="DeLong, DeLong & Clarke-Pearson (1988)",
        notes=tuple(notes),
    )


def midranks(values: FloatArray) -> FloatArray:
    """Rank values from 1, those that tie sharing the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: FloatArray = (last - 0.5 * (count - 1.0))[place]
    return ranks
