r"""Unit scores set free of case-mix and of other levels: linear mixed models with crossed or nested levels.

The score of person i, who learns in unit j, in year t and with other covariates x, is

.. math:: y = b_0 + x'b + u_j + v_t + \dots + e, \quad u_j \sim N(0, \tau^2_{unit}), \quad v_t \sim
          N(0, \tau^2_{year}), \quad e \sim N(0, \sigma^2).

A unit's **adjusted score** is what all learners of this analysis would be expected to score had they all been in that
unit: the same case-mix for every unit, the same years. It is

    grand mean (b_0 at the means of all covariates, plus the predicted effects of crossed levels, each weighted by its
    share of all learners)
    + the predicted effect of the unit (best linear unbiased prediction, shrunken towards 0)
    + the predicted effects of levels that contain the unit, such as its provider: what a small placement lacks in
      learners of its own it is lent by its provider, before it is by all.

Levels inside units (years of a placement) are chance as far as the unit's score goes: they make it less certain.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_level, wrong_list, wrong_mapping
from ..restricted_maximum import RestrictedMaximum, ratio_covariance, restricted_maximum
from ..table import ResultTable, Table
from ..units.caterpillar import draw_caterpillar
from ..units.posterior import UnitPosterior
from ..units.scores import UnitScores, read_threshold, unit_scores
from ..variance_components import CrossedLevels, LevelsAt
from .estimates import FixedEffects, LevelVariances, fixed_effects, level_variances
from .posterior import ScoresAt, score_posterior
from .rows import MixedRows, read_rows


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlaceEffects(ResultTable):
    """Predicted effects of the places of one level.

    Attributes
    ----------
    level : str
    place : tuple, length n_places
        In order of first appearance.
    n : int array, shape (n_places,)
        Scores of each.
    effect : float array, shape (n_places,)
        Best linear unbiased prediction, in the score's unit.
    """

    level: str
    place: tuple[Hashable, ...]
    n: IntArray
    effect: FloatArray

    def table(self) -> Table:
        """Give one row a place."""
        rows = tuple((str(self.place[i]), int(self.n[i]), float(self.effect[i])) for i in range(len(self.place)))
        return Table(f"Effects of {self.level}", (self.level, "n", "effect"), rows, decimals=2)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MixedScores(ResultTable):
    """Adjusted scores of units, beside the unadjusted.

    Attributes
    ----------
    unit : tuple, length n_units
        In order of first appearance.
    n : int array, shape (n_units,)
        Scores that were used; 0 for a unit all of whose learners were left out.
    mean : float array, shape (n_units,)
        Of those scores, unadjusted.
    effect : float array, shape (n_units,)
        Best linear unbiased prediction of the unit's own effect.
    adjusted : float array, shape (n_units,)
        Grand mean + effects of the levels that contain the unit + its own effect, as the file's head says.
    interval : float array, shape (n_units, 2)
        Posterior interval of the adjusted score, with fixed effects and all variances as uncertain as they are; not
        cut at the ends of the response scale.
    reliability : float array, shape (n_units,)
        1 - Var(effect - its prediction) / Var(effect), of the effects that make up the score, fixed effects known; in
        the one-way model lambda = tau2 / (tau2 + sigma2 / n). 0 where all those variances are 0.
    grand_mean, grand_mean_se : float
        What all learners are expected to score in an average unit; standard error with the variances known.
    unadjusted : UnitScores
        `unit_scores` of the same rows: means, their own shrunken scores and intervals.
    fixed_effects : FixedEffects
    variances : LevelVariances
    places : tuple of PlaceEffects
        One a level, the units' first.
    part_of_score : tuple of str
        Levels whose effects belong to a unit's score, beside the unit's own.
    posterior : UnitPosterior
        The distribution behind `interval` and the probabilities.
    level : float
    n_used, n_left_out : int
        Learners with and without everything that was asked for.
    log_likelihood : float
        Restricted, constant as in lme4.
    converged : bool
    iterations : int
    method : str
    notes : tuple of str
    """

    unit: tuple[Hashable, ...]
    n: IntArray
    mean: FloatArray
    effect: FloatArray
    adjusted: FloatArray
    interval: FloatArray
    reliability: FloatArray
    grand_mean: float
    grand_mean_se: float
    unadjusted: UnitScores
    fixed_effects: FixedEffects
    variances: LevelVariances
    places: tuple[PlaceEffects, ...]
    part_of_score: tuple[str, ...]
    posterior: UnitPosterior
    level: float
    n_used: int
    n_left_out: int
    log_likelihood: float
    converged: bool
    iterations: int
    method: str
    notes: tuple[str, ...]

    def probability_below(self, threshold: ArrayLike) -> FloatArray:
        """Posterior probability that each unit's adjusted true score lies below a threshold, shape (n_units,).

        Parameters
        ----------
        threshold : float or array_like, shape (n_units,)
            One for all units, or one each, in the score's unit.
        """
        return self.posterior.below(read_threshold(threshold, len(self.unit)))

    def probability_above(self, threshold: ArrayLike) -> FloatArray:
        """Posterior probability that each unit's adjusted true score lies above a threshold, shape (n_units,)."""
        return 1.0 - self.probability_below(threshold)

    def probability_in_lowest(self, share: float) -> FloatArray:
        """Posterior probability that each unit's adjusted true score is in the lowest share of all units' true scores.

        The share is that of the distribution of units over all levels. With few places of a level its spread is hardly
        known, so that the bound may lie far out and the probabilities add up to fewer units than the share.
        """
        return self.posterior.in_lowest(share)

    def plot(self, ax: Any = None) -> Any:
        """Draw a caterpillar: adjusted scores with their intervals, lowest first, beside the means as they are.

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
        labels = f"adjusted, {100 * self.level:g} % interval", "grand mean"
        return draw_caterpillar(self.unit, self.adjusted, self.interval, self.mean, self.grand_mean, labels, ax)

    def table(self) -> Table:
        """Give one row a unit: unadjusted, then adjusted."""
        level = f"{100 * self.level:g} %"
        columns = ("unit", "n", "mean", "shrunken", "adjusted", f"{level} low", "high", "reliability")
        rows = tuple(
            (
                str(self.unit[i]),
                int(self.n[i]),
                float(self.mean[i]),
                float(self.unadjusted.shrunken[i]),
                float(self.adjusted[i]),
                float(self.interval[i, 0]),
                float(self.interval[i, 1]),
                float(self.reliability[i]),
            )
            for i in range(len(self.unit))
        )
        shown = ", ".join(
            f"{name} {value:.4g}" for name, value in zip(self.variances.name, self.variances.variance, strict=True)
        )
        fit = f"grand mean {self.grand_mean:.3f} (se {self.grand_mean_se:.3f}); variance of {shown}"
        return Table("Unit scores, adjusted", columns, rows, (fit, *self.notes), decimals=2)


def mixed_scores(
    scores: ArrayLike,
    unit: ArrayLike | Sequence[Hashable],
    covariates: Mapping[str, Any] | None = None,
    levels: Mapping[str, Any] | None = None,
    *,
    reference: Mapping[str, Hashable] | None = None,
    part_of_score: Sequence[str] | None = None,
    ci: float = 0.95,
) -> MixedScores:
    """Score units with their case-mix and other levels taken into account.

    Parameters
    ----------
    scores : array_like, shape (n_people,)
        One score a person, NaN where missing.
    unit : array_like, shape (n_people,)
        The placement of each person.
    covariates : mapping or data frame of name to array_like, each of shape (n_people,)
        The case-mix (learner group, training level). Numbers enter as numbers; anything else, truth values and a
        frame's categories too, as labels, compared with a reference.
    levels : mapping or data frame of name to array_like, each of shape (n_people,)
        Other levels with effects drawn at random, nested or crossed, in any order: year, provider. What contains
        what is read from the data. ``list(zip(placement, year))`` makes a level of the years of each placement.
    reference : mapping of covariate to label
        The most frequent label where left out.
    part_of_score : sequence of str
        Levels whose effects belong to a unit's score: those that contain the units, where left out. With ``()`` a
        unit's score is the grand mean and its own effect alone, that is, its provider's effect is taken out.
    ci : float
        Of the intervals.

    Returns
    -------
    MixedScores

    Raises
    ------
    AnalysisError
        Naming everything that is wrong: lengths, covariates that are constant or combinations of others, levels of one
        place, levels that cannot be told from one another or from the residual, units of one score each.

    Notes
    -----
    People who lack a score, a covariate or a level are left out, counted in `notes` by what they lack. Where "prefer
    not to say" is a group of its own give it as a label.

    Anchor: lme4 in R. Intervals follow `unit_scores`: with one level and no covariates both agree.

    References
    ----------
    Bates, D., Maechler, M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4. Journal of
        Statistical Software 67(1).
    Robinson, G. K. (1991). That BLUP is a good thing. Statistical Science 6, 15-32.
    Goldstein, H. & Spiegelhalter, D. J. (1996). League tables and their limitations. J. R. Statist. Soc. A 159, 385-443.

    Examples
    --------
    >>> scores = [70, 85, 90, 74, 40, 55, 50, 62, 60, 75, 65, 82, 95, 80, 77, 58]
    >>> placement = ["Elm"] * 4 + ["Oak"] * 4 + ["Ash"] * 4 + ["Fir"] * 4
    >>> group = ["doctor", "nurse", "nurse", "nurse", "doctor", "nurse", "doctor", "nurse"] * 2
    >>> found = mixed_scores(scores, placement, {"group": group}, {"year": [2024, 2025] * 8})
    >>> found.unadjusted.shrunken.round(1).tolist(), found.adjusted.round(1).tolist()
    ([77.8, 55.3, 70.4, 76.0], [77.1, 56.1, 69.8, 76.4])
    >>> print(found.fixed_effects)
    Fixed effects
    effect          estimate     se      df  95 % low    high      p
    intercept         71.876  6.596   3.800    53.177  90.576  0.001
    group = doctor    -5.337  6.033  11.338   -18.568   7.894  0.395
    group: compared with nurse
    >>> found.notes[0]
    'No difference between places of year beyond chance was found (variance 0).'
    """
    refuse(
        [
            *(() if covariates is None else wrong_mapping("covariates", covariates, "each name to one value a person")),
            *(() if levels is None else wrong_mapping("levels", levels, "each name to one place a person")),
            *(() if reference is None else wrong_mapping("reference", reference, "a covariate to a label")),
            *(() if part_of_score is None else wrong_list("part_of_score", part_of_score, "levels")),
            *wrong_level(ci),
        ]
    )
    level = float(ci)
    rows = read_rows(scores, unit, covariates, levels, reference or {}, part_of_score)
    unadjusted = unit_scores(np.where(rows.used, rows.score, np.nan), rows.unit_labels, ci=level)
    used = rows.used
    crossed = CrossedLevels.of_rows(
        rows.score[used], [code[used] for code in rows.codes], rows.covariates[used], rows.columns, rows.sizes
    )
    fit = restricted_maximum(crossed)
    covariance = ratio_covariance(crossed, fit.ratios)
    n_places = tuple(int((count > 0).sum()) for count in rows.counts)
    combination = _Combination.of(rows)
    posterior = score_posterior(fit, n_places, combination.at)
    alone, _ = combination.variance(fit.point)
    own = float(fit.variances[[0, *rows.part_of_score]].sum())
    effects = np.split(fit.point.effects(), np.cumsum(rows.sizes)[:-1])
    fixed = np.eye(crossed.n_fixed)[0]
    tail = 0.5 * (1.0 - level)
    return MixedScores(
        unit=unadjusted.unit,
        n=read_only(unadjusted.n.astype(np.int64)),
        mean=unadjusted.mean,
        effect=read_only(effects[0]),
        adjusted=read_only(combination.mean(fit.point)),
        interval=read_only(np.column_stack([posterior.quantile(tail), posterior.quantile(1.0 - tail)])),
        reliability=read_only(np.clip(1.0 - alone / own, 0.0, 1.0) if own > 0 else np.zeros(alone.size)),
        grand_mean=combination.grand_mean(fit.point),
        grand_mean_se=float(np.sqrt(fit.point.sum_variance(combination.everywhere, fixed))),
        unadjusted=unadjusted,
        fixed_effects=fixed_effects(fit, covariance, rows.columns, rows.reference, level),
        variances=level_variances(fit, covariance, rows.names, rows.roles, n_places, level),
        places=tuple(
            PlaceEffects(name, places, read_only(count), read_only(effect))
            for name, places, count, effect in zip(rows.names, rows.places, rows.counts, effects, strict=True)
        ),
        part_of_score=tuple(rows.names[place] for place in rows.part_of_score),
        posterior=posterior,
        level=level,
        n_used=int(used.sum()),
        n_left_out=int((~used).sum()),
        log_likelihood=fit.log_likelihood,
        converged=fit.converged,
        iterations=fit.iterations,
        method="restricted maximum likelihood",
        notes=(*rows.notes, *_notes(rows, fit)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Combination:
    """What a unit's score is made of: its place, the places that contain it, and what all scores share."""

    contained: NDArray[np.int64]
    others: Any
    everywhere: FloatArray
    n_units: int
    part_of_score: tuple[int, ...]

    @classmethod
    def of(cls, rows: MixedRows) -> _Combination:
        from scipy import sparse

        first = np.concatenate([[0], np.cumsum(rows.sizes)]).astype(np.int64)
        everywhere = np.zeros(int(first[-1]))
        for place, role in enumerate(rows.roles):
            if role == "crossed":
                everywhere[first[place] : first[place + 1]] = rows.counts[place] / rows.counts[place].sum()
        n_units = rows.sizes[0]
        contained = np.array(
            [rows.places_of_units(place) + first[place] for place in rows.part_of_score], dtype=np.int64
        ).reshape(-1, n_units)
        units = np.tile(np.arange(n_units), len(contained))
        others = sparse.csc_array((np.ones(units.size), (units, contained.ravel())), shape=(n_units, int(first[-1])))
        return cls(contained, others, everywhere, n_units, rows.part_of_score)

    def grand_mean(self, point: LevelsAt) -> float:
        return float(point.levels.centre[-1] + point.beta.real[0] + self.everywhere @ point.effects())

    def mean(self, point: LevelsAt) -> FloatArray:
        effects = point.effects()
        own = effects[: self.n_units] + effects[self.contained].sum(axis=0)
        return np.asarray(self.grand_mean(point) + own)

    def variance(self, point: LevelsAt) -> tuple[FloatArray, FloatArray]:
        fixed = np.eye(point.levels.n_fixed)[0]
        return point.error_variance(0, self.others, self.everywhere, fixed)

    def at(self, point: LevelsAt) -> ScoresAt:
        own = float(point.ratios[[0, *self.part_of_score]].sum()) * point.residual_variance
        return ScoresAt(self.mean(point), self.variance(point)[1], self.grand_mean(point), math.sqrt(own))


def _notes(rows: MixedRows, fit: RestrictedMaximum) -> tuple[str, ...]:
    nothing = [name for name, variance in zip(rows.names, fit.variances, strict=True) if variance == 0.0]
    return (
        *(f"No difference between places of {name} beyond chance was found (variance 0)." for name in nothing),
        *(f"{name}: compared with {label}." for name, label in rows.reference),
    )
