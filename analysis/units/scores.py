"""The score of each unit: as it was given, and as far as it can be trusted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from ..errors import AnalysisError
from ..interval import check_level
from ..item_responses import FloatArray, IntArray, read_only
from ..options import read_numbers, refuse, wrong_switch
from ..table import ResultTable, Table
from .caterpillar import draw_caterpillar
from .posterior import UnitPosterior, exact_posterior, undefined_posterior, unit_posterior
from .reliability import UnitReliability, estimate_reliability
from .sums import ScoreSums, read_sums


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnitScores(ResultTable):
    """Mean, reliability and shrunken mean of every unit.

    Attributes
    ----------
    unit : tuple, length n_units
        Labels in order of first appearance.
    n : int array, shape (n_units,)
        Scores of each unit; 0 where all are missing. From `nested_unit_scores`, and then a float array: how many scores
        drawn by themselves the unit's are worth.
    mean, sd : float array, shape (n_units,)
        Of the unit's own scores; sd is NaN with fewer than two scores, mean with none.
    interval : float array, shape (n_units, 2)
        t interval of the mean from the unit's own sd; NaN with fewer than two scores.
    reliability : float array, shape (n_units,)
        lambda = tau2 / (tau2 + sigma2 / n), 0 where tau2 = 0.
    shrunken : float array, shape (n_units,)
        Empirical Bayes (best linear unbiased) estimate, mu + lambda (mean - mu).
    shrunken_interval : float array, shape (n_units, 2)
        Posterior interval of the true score, with the grand mean and both variances integrated out; not cut at the
        ends of the response scale.
    level : float
        Of both intervals.
    n_missing : int
        Scores that were NaN.
    fit : UnitReliability
        Variances, grand mean, ICCs and notes.
    posterior : UnitPosterior
        The distribution behind `shrunken_interval` and the probabilities.
    """

    unit: tuple[Hashable, ...]
    n: IntArray | FloatArray
    mean: FloatArray
    sd: FloatArray
    interval: FloatArray
    reliability: FloatArray
    shrunken: FloatArray
    shrunken_interval: FloatArray
    level: float
    n_missing: int
    fit: UnitReliability
    posterior: UnitPosterior

    @property
    def grand_mean(self) -> float:
        """Generalised least squares mean of the units' true scores."""
        return self.fit.grand_mean

    @property
    def tau2(self) -> float:
        """Variance between units."""
        return self.fit.tau2

    @property
    def sigma2(self) -> float:
        """Variance within units."""
        return self.fit.sigma2

    @property
    def method(self) -> str:
        """How the variances were estimated."""
        return self.fit.method

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        return self.fit.notes

    def probability_below(self, threshold: ArrayLike) -> FloatArray:
        """Posterior probability that each unit's true score lies below a threshold, shape (n_units,).

        Consistent with `shrunken_interval`: at its lower end the probability is (1 - level) / 2.

        Parameters
        ----------
        threshold : float or array_like, shape (n_units,)
            One for all units, or one each, in the score's unit.
        """
        return self.posterior.below(read_threshold(threshold, len(self.unit)))

    def probability_above(self, threshold: ArrayLike) -> FloatArray:
        """Posterior probability that each unit's true score lies above a threshold, shape (n_units,)."""
        return 1.0 - self.probability_below(threshold)

    def probability_in_lowest(self, share: float) -> FloatArray:
        """Posterior probability that each unit's true score is in the lowest share of all units' true scores.

        The bound is the quantile of the normal distribution of true scores, mu + z tau, taken anew at each value that
        mu and tau may have.

        Parameters
        ----------
        share : float
            Between 0 and 1, such as 0.1 for the worst tenth.
        """
        return self.posterior.in_lowest(share)

    def plot(self, ax: Any = None) -> Any:
        """Draw a caterpillar: shrunken scores with their intervals, lowest first, beside the means as they are.

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
            Where matplotlib is not installed, and where all scores are equal and have no interval.
        """
        labels = f"shrunken, {100 * self.level:g} % interval", "grand mean"
        return draw_caterpillar(
            self.unit, self.shrunken, self.shrunken_interval, self.mean, self.grand_mean, labels, ax
        )

    def table(self) -> Table:
        """Give the table that it prints, one row a unit."""
        level = f"{100 * self.level:g} %"
        columns = (
            "unit",
            "n",
            "mean",
            "sd",
            f"{level} low",
            "high",
            "reliability",
            "shrunken",
            "shrunken low",
            "shrunken high",
        )
        rows = tuple(
            (
                str(self.unit[i]),
                self.n[i].item(),
                float(self.mean[i]),
                float(self.sd[i]),
                float(self.interval[i, 0]),
                float(self.interval[i, 1]),
                float(self.reliability[i]),
                float(self.shrunken[i]),
                float(self.shrunken_interval[i, 0]),
                float(self.shrunken_interval[i, 1]),
            )
            for i in range(len(self.unit))
        )
        fit = f"grand mean {self.grand_mean:.3f}, variance between units {self.tau2:.4g}, within {self.sigma2:.4g}"
        return Table("Unit scores", columns, rows, (fit, *self.notes), decimals=2)


def unit_scores(
    scores: ArrayLike | ScoreSums,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    ci: float = 0.95,
    intervals: bool = True,
) -> UnitScores:
    """Score every unit: mean with its interval, reliability, shrunken mean with its interval.

    The mean of n scores is drawn towards the grand mean by what it lacks in reliability (Robinson 1991, Statistical
    Science 6, 15-32, eq. 2.4):

        lambda_j = tau2 / (tau2 + sigma2 / n_j),     shrunken_j = mu + lambda_j (mean_j - mu)

    with REML variances. Its interval comes from the posterior in which mu, tau2 and sigma2 are as uncertain as the
    scores leave them (Morris 1983, JASA 78, 47-55; Morris and Lysy 2012, Statistical Science 27, 115-134), so that it
    keeps a width where tau2 is estimated as 0. Units are taken to differ in their mean, not in their spread.

    Parameters
    ----------
    scores : array_like, shape (n_people,), or ScoreSums
        One score a person, NaN where missing (dropped and counted); or the sums of each unit.
    unit : array_like, shape (n_people,)
        The unit of each person; left out where sums are given.
    ci : float
        Of the intervals.
    intervals : bool
        Whether to compute them, and that of ICC(1) in `fit`: they take most of the time, and a simulation that asks for
        probabilities alone can do without. NaN where left out.

    Returns
    -------
    UnitScores

    Raises
    ------
    AnalysisError
        For fewer than two units with scores, and where every unit has a single score.

    Examples
    --------
    >>> scores = [70, 85, 90, 40, 55, 50, 60, 75, 65, 95, 80]
    >>> found = unit_scores(scores, ["Elm"] * 3 + ["Oak"] * 3 + ["Ash"] * 3 + ["Fir"] * 2)
    >>> found.unit, found.mean.round(1).tolist(), found.shrunken.round(1).tolist()
    (('Elm', 'Oak', 'Ash', 'Fir'), [81.7, 48.3, 66.7, 87.5], [80.7, 50.3, 67.0, 85.4])
    >>> found.probability_below(60).round(2).tolist()
    [0.0, 0.96, 0.11, 0.0]
    """
    refuse(wrong_switch("intervals", intervals))
    level = check_level(ci)
    sums = read_sums(scores, unit)
    fit = estimate_reliability(sums, "reml", level, intervals=intervals)
    own = _own_interval(sums, level) if intervals else None
    return score_units(fit, sums.unit, sums.n, sums.mean, _own_sd(sums), own)


def score_units(
    fit: UnitReliability,
    unit: tuple[Hashable, ...],
    n: IntArray | FloatArray,
    mean: FloatArray,
    sd: FloatArray,
    interval: FloatArray | None,
) -> UnitScores:
    """Score units with these means, each that of n scores, by the variances that were estimated from them.

    Without intervals of the means there are none of the shrunken scores either.
    """
    if fit.sigma2 > 0:
        posterior = unit_posterior(fit.classes, n, mean)
    elif fit.tau2 > 0:
        posterior = exact_posterior(fit.classes, n, mean, fit.tau2)
    else:
        posterior = undefined_posterior(len(unit))
    reliability = fit.of(n)
    deviation = np.where(n > 0, mean - fit.grand_mean, 0.0)
    level = fit.icc1_interval.level
    tail = 0.5 * (1.0 - level)
    own = shrunken = np.full((len(unit), 2), np.nan)
    if interval is not None:
        own = interval
        shrunken = np.column_stack([posterior.quantile(tail), posterior.quantile(1.0 - tail)])
    return UnitScores(
        unit=unit,
        n=n,
        mean=mean,
        sd=read_only(sd),
        interval=read_only(own),
        reliability=read_only(reliability),
        shrunken=read_only(fit.grand_mean + reliability * deviation),
        shrunken_interval=read_only(shrunken),
        level=level,
        n_missing=fit.n_missing,
        fit=fit,
        posterior=posterior,
    )


def _own_sd(sums: ScoreSums) -> FloatArray:
    variance = np.divide(sums.squares, sums.n - 1, out=np.full(sums.n.size, np.nan), where=sums.n > 1)
    return np.asarray(np.sqrt(variance))


def _own_interval(sums: ScoreSums, level: float) -> FloatArray:
    half = stdtrit(np.maximum(sums.n - 1, 1), 0.5 + 0.5 * level) * _own_sd(sums) / np.sqrt(np.maximum(sums.n, 1))
    return np.column_stack([sums.mean - half, sums.mean + half])


def read_threshold(threshold: ArrayLike, n_units: int) -> FloatArray:
    """Return one threshold for all units, or one each, as an array."""
    limit = read_numbers("a threshold", threshold)
    if limit.ndim > 0 and limit.shape != (n_units,):
        raise AnalysisError(f"a threshold is one number, or one for each of the {n_units} units, not {limit.shape}")
    if not np.isfinite(limit).all():
        raise AnalysisError("a threshold must be a finite number")
    return limit
