"""Funnel limits: which unit means are unusual for their size, once units are allowed to differ somewhat.

With the pooled within-unit standard deviation s, unit j's mean has the standard error s_j = s / sqrt(n_j) about the
target t, and z_j = (m_j - t) / s_j. Real units differ by more than that. The over-dispersion is measured on z-scores
winsorised at 10 % and 90 %, so that the units sought do not widen their own limits,

    phi  = mean z_j^2,     tau2 = max(0, (J phi - (J - 1)) / (sum w - sum w^2 / sum w)),    w = 1 / s_j^2,

and added to the variance: limits t +- z_p sqrt(s_j^2 + tau2) (Spiegelhalter 2005, Quality and Safety in Health Care
14, 347-351; Spiegelhalter et al. 2012, J. R. Statist. Soc. A 175, 1-47, secs 3.4 and 3.5).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_only
from ..options import read_numbers, refuse, wrong_kind, wrong_level, wrong_list, wrong_number, wrong_switch
from ..picture import DIVERGING, INK, PALE_INK, new_axes
from ..table import ResultTable, Table
from .flags import false_share
from .scores import UnitScores, unit_scores
from .sums import ScoreSums

# So many units outside the funnel are named in a picture of it.
NAMED = 30


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FunnelLimits(ResultTable):
    """Funnel limits and the units outside them.

    Attributes
    ----------
    unit : tuple, length n_units
    n : int array, shape (n_units,)
    mean : float array, shape (n_units,)
    z : float array, shape (n_units,)
        With over-dispersion, (mean - target) / sqrt(s^2 / n + tau2); NaN for a unit without scores.
    low, high : float array, shape (n_units, n_levels)
        Limits at each level.
    below, above : bool array, shape (n_units, n_levels)
        Units outside them.
    levels : tuple of float
    target : float
        The mean of all scores, unless given.
    sd_within : float
        Pooled standard deviation within units.
    phi, tau2 : float
        Over-dispersion of the winsorised z-scores, and the variance between units that it amounts to.
    expected_by_chance : float array, shape (n_levels,)
        Units expected below (and as many above) each limit if none were special.
    false_below, false_above : float array, shape (n_levels,)
        Expected share of the units flagged whose true score is on the target's other side; NaN for an empty list.
    method : str
    """

    unit: tuple[Hashable, ...]
    n: IntArray | FloatArray
    mean: FloatArray
    z: FloatArray
    low: FloatArray
    high: FloatArray
    below: NDArray[np.bool_]
    above: NDArray[np.bool_]
    levels: tuple[float, ...]
    target: float
    sd_within: float
    phi: float
    tau2: float
    expected_by_chance: FloatArray
    false_below: FloatArray
    false_above: FloatArray
    method: str

    def limits_at(self, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Give the limits for units of any size, for drawing: two arrays of shape (n_sizes, n_levels)."""
        sizes = np.atleast_1d(read_numbers("n", n))
        if sizes.ndim != 1 or not (np.isfinite(sizes) & (sizes > 0)).all():
            raise AnalysisError(
                "n, the numbers of scores to draw limits for, are one number or a row of them, all above 0"
            )
        return _limits(sizes, self.target, self.sd_within, self.tau2, self.levels)

    def plot(self, ax: Any = None) -> Any:
        """Draw means against numbers of scores, with the limits; units outside the widest limits are named.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        AnalysisError
            Where matplotlib is not installed.
        """
        if ax is None:
            ax = new_axes(7.0, 5.0)
        sizes = np.geomspace(1.0, float(self.n.max()) * 1.1, 200)
        low, high = self.limits_at(sizes)
        order = np.argsort(self.levels)
        for level, line in zip(order, cycle(("--", "-", ":", "-."))):
            ax.plot(sizes, low[:, level], line, color=PALE_INK, linewidth=1.0)
            name = f"{100 * self.levels[level]:g} % limits"
            ax.plot(sizes, high[:, level], line, color=PALE_INK, linewidth=1.0, label=name)
        ax.axhline(self.target, color=INK, linewidth=1.0, label="target")
        narrow, wide = int(order[0]), int(order[-1])
        below, above = self.below[:, narrow], self.above[:, narrow]
        within = (self.n > 0) & ~below & ~above
        ax.plot(self.n[within], self.mean[within], "o", color=PALE_INK, markersize=3.5, alpha=0.7)
        for flagged, colour, marker, side in (
            (below, DIVERGING[0], "v", "below"),
            (above, DIVERGING[-1], "^", "above"),
        ):
            if flagged.any():
                ax.plot(
                    self.n[flagged], self.mean[flagged], marker, color=colour, markersize=6.0, linestyle="", label=side
                )
        for i in np.flatnonzero(self.below[:, wide] | self.above[:, wide])[:NAMED]:
            ax.annotate(str(self.unit[i]), (self.n[i], self.mean[i]), xytext=(4, 3), textcoords="offset points",
                        fontsize="x-small", color=INK)  # fmt: skip
        spread = self.mean[self.n > 0]
        margin = 0.15 * max(float(np.ptp(spread)), float(self.sd_within))
        ax.set_ylim(float(spread.min()) - margin, float(spread.max()) + margin)
        ax.set_xlabel("scores of a unit")
        ax.set_ylabel("mean score")
        ax.legend(fontsize="small", frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        return ax

    def table(self) -> Table:
        """Give the table that it prints: the units outside the narrowest limits."""
        narrow = int(np.argmin(self.levels))
        outside = np.flatnonzero(self.below[:, narrow] | self.above[:, narrow])
        wide = int(np.argmax(self.levels))
        rows = tuple(
            (
                str(self.unit[i]),
                self.n[i].item(),
                float(self.mean[i]),
                float(self.low[i, narrow]),
                float(self.high[i, narrow]),
                float(self.z[i]),
                "below" if self.below[i, narrow] else "above",
                "yes" if self.below[i, wide] or self.above[i, wide] else "no",
            )
            for i in outside[np.argsort(self.z[outside])]
        )
        columns = ("unit", "n", "mean", f"{100 * self.levels[narrow]:g} % low", "high", "z", "side",
                   f"outside {100 * self.levels[wide]:g} %")  # fmt: skip
        notes = (
            f"target {self.target:.2f}; variance between units {self.tau2:.4g} (phi {self.phi:.2f})",
            f"{self.expected_by_chance[narrow]:.1f} units expected below, and as many above, if none were special",
        )
        return Table("Units outside the funnel", columns, rows, notes, decimals=2)


def funnel_limits(
    scores: UnitScores | ScoreSums,
    *,
    target: float | None = None,
    levels: Sequence[float] = (0.95, 0.998),
    winsorise: float = 0.1,
    overdispersion: bool = True,
) -> FunnelLimits:
    """Draw funnel limits about a target and name the units outside them.

    Parameters
    ----------
    scores : UnitScores or ScoreSums
        From `unit_scores`, or the sums that it takes.
    target : float
        The mean of all scores where left out. Over-dispersion is measured about it, so that a target far from all
        units makes the funnel wide.
    levels : sequence of float
        Two-sided; 0.95 and 0.998 are some two and three standard errors.
    winsorise : float
        Share of z-scores drawn in at each end before over-dispersion is measured.
    overdispersion : bool
        Whether units are allowed to differ (additive random effects).

    Returns
    -------
    FunnelLimits

    Raises
    ------
    AnalysisError
        For scores that do not differ within units, and shares off the scale.

    Notes
    -----
    Anchors: Spiegelhalter's formulas computed one unit at a time; by simulation the limits pass, and the flags are false,
    as often as they say.

    Examples
    --------
    >>> from analysis import unit_scores
    >>> scores = [70, 85, 90, 40, 35, 30, 60, 75, 65, 95, 80, 70, 75]
    >>> units = ["Elm"] * 3 + ["Oak"] * 3 + ["Ash"] * 3 + ["Fir"] * 2 + ["Yew"] * 2
    >>> found = funnel_limits(unit_scores(scores, units), overdispersion=False)
    >>> [label for label, low in zip(found.unit, found.below[:, 0]) if low]
    ['Oak']
    """
    if isinstance(scores, ScoreSums):
        scores = unit_scores(scores)
    problems = [
        *wrong_kind("scores", scores, UnitScores, "unit_scores"),
        *_wrong_levels(levels),
        *wrong_number("winsorise", winsorise, least=0, below=0.5),
        *(() if target is None else wrong_number("target", target)),
        *wrong_switch("overdispersion", overdispersion),
    ]
    refuse(problems)
    checked = tuple(map(float, levels))
    sd = float(np.sqrt(scores.fit.anova.ms_within))
    if scores.sigma2 == 0.0:
        raise AnalysisError("scores do not differ within units, so a funnel has no width")
    n, some = scores.n, scores.n > 0
    centre = float(n[some] @ scores.mean[some]) / int(n.sum()) if target is None else float(target)
    w = n[some] / sd**2
    z = (scores.mean[some] - centre) * np.sqrt(w)
    ends = np.quantile(z, [winsorise, 1.0 - winsorise])
    phi = float(np.mean(np.clip(z, *ends) ** 2))
    excess = z.size * phi - (z.size - 1)
    tau2 = max(0.0, excess / float(w.sum() - (w**2).sum() / w.sum())) if overdispersion else 0.0
    low, high = _limits(n.astype(float), centre, sd, tau2, checked)
    with np.errstate(invalid="ignore"):
        below, above = scores.mean[:, None] < low, scores.mean[:, None] > high
    adjusted = np.full(n.size, np.nan)
    adjusted[some] = (scores.mean[some] - centre) / np.sqrt(1.0 / w + tau2)
    under = scores.probability_below(centre)
    return FunnelLimits(
        unit=scores.unit,
        n=scores.n,
        mean=scores.mean,
        z=read_only(adjusted),
        low=read_only(low),
        high=read_only(high),
        below=read_only(below),
        above=read_only(above),
        levels=checked,
        target=centre,
        sd_within=sd,
        phi=phi,
        tau2=tau2,
        expected_by_chance=read_only(np.array([0.5 * (1.0 - level) * z.size for level in checked])),
        false_below=read_only(np.array([false_share(1.0 - under, listed) for listed in below.T])),
        false_above=read_only(np.array([false_share(under, listed) for listed in above.T])),
        method="additive random effects" if overdispersion else "no over-dispersion",
    )


def _wrong_levels(levels: Any) -> list[str]:
    problems = wrong_list("levels", levels, "levels such as 0.95")
    if problems:
        return problems
    if not len(levels):
        return ["a funnel needs at least one level"]
    return [problem for level in levels for problem in wrong_level(level)]


def _limits(
    n: FloatArray, target: float, sd: float, tau2: float, levels: tuple[float, ...]
) -> tuple[FloatArray, FloatArray]:
    error = np.sqrt(np.divide(sd**2, n, out=np.full(n.size, np.nan), where=n > 0) + tau2)
    half = error[:, None] * ndtri(0.5 + 0.5 * np.array(levels))
    return target - half, target + half
