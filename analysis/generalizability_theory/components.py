"""Estimating variance components: by mean squares or by restricted maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, ndtri

from ..errors import AnalysisError
from ..item_responses import FloatArray
from ..mixed.estimates import level_variances, variance_covariance
from ..restricted_maximum import ratio_covariance, restricted_maximum
from ..variance_components import CrossedLevels
from .design import EFFECTS, expected_mean_squares
from .lattice import N_POINTS, lattice
from .ratings import Ratings


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Estimated variances in the order of the design's effects.

    Attributes
    ----------
    df, mean_square : float array, shape (n_effects,)
        NaN by likelihood.
    variance, standard_error : float array, shape (n_effects,)
    interval : float array, shape (n_effects, 2)
    drawn : float array, shape (N_POINTS, n_effects)
        Variances that are as likely as the estimated ones are uncertain, for the intervals of coefficients.
    """

    df: FloatArray
    mean_square: FloatArray
    variance: FloatArray
    standard_error: FloatArray
    interval: FloatArray
    drawn: FloatArray


def by_anova(ratings: Ratings, level: float) -> Estimate:
    """Solve the equations of the expected mean squares."""
    squares, df, n_items = _sums_of_squares(ratings)
    mean_square = squares / df
    solve = np.linalg.inv(expected_mean_squares(ratings.design, n_items, ratings.sizes))
    variance = solve @ mean_square
    error = np.sqrt(solve**2 @ (2.0 * mean_square**2 / (df + 2.0)))
    # A mean square of 0 stays 0. chdtri takes the probability above.
    drawn = (mean_square * df / chdtri(df, lattice(df.size))) @ solve.T
    ends = np.quantile(np.maximum(drawn, 0.0), [0.5 - 0.5 * level, 0.5 + 0.5 * level], axis=0)
    return Estimate(df, mean_square, variance, error, ends.T.copy(), drawn)


def by_likelihood(ratings: Ratings, level: float) -> Estimate:
    """Maximise the restricted likelihood of all ratings."""
    person, item = np.nonzero(~np.isnan(ratings.values))
    score = ratings.values[person, item]
    unit = ratings.unit[person]
    n_items = ratings.values.shape[1]
    cell = np.unique(unit * n_items + item, return_inverse=True)[1]
    codes = {"p x i": [person, item], "i:p": [person], "p:u x i": [unit, person, item, cell]}[ratings.design]
    levels = CrossedLevels.of_rows(score, codes, np.zeros((score.size, 0)), [])
    if any(size == score.size for size in levels.sizes):
        raise AnalysisError("there is one rating for each person or each unit and item: nothing is left for the error")
    fit = restricted_maximum(levels)
    effects = EFFECTS[ratings.design]
    covariance = ratio_covariance(levels, fit.ratios)
    found = level_variances(fit, covariance, effects[:-1], ("",) * len(codes), levels.sizes, level)
    # The logarithms of variances above 0 are drawn from their normal distribution, the others stay 0.
    some = np.flatnonzero(found.variance > 0)
    relative = variance_covariance(fit, covariance)[np.ix_(some, some)] / np.outer(*[found.variance[some]] * 2)
    root = np.linalg.cholesky(relative + 1e-14 * np.eye(some.size))
    drawn = np.zeros((N_POINTS, found.variance.size))
    drawn[:, some] = found.variance[some] * np.exp(ndtri(lattice(some.size)) @ root.T)
    nothing = np.full(len(effects), np.nan)
    return Estimate(nothing, nothing.copy(), found.variance, found.standard_error, found.interval, drawn)


def _sums_of_squares(ratings: Ratings) -> tuple[FloatArray, FloatArray, float]:
    """Give sums of squares and degrees of freedom in the order of the effects, and the items of a person (n_0)."""
    x = ratings.values - np.nanmean(ratings.values)
    n, k = x.shape
    if ratings.design == "i:p":
        rated = (~np.isnan(x)).sum(axis=1).astype(np.float64)
        means = np.nanmean(x, axis=1)
        grand = float(rated @ means) / rated.sum()
        squares = np.array([rated @ (means - grand) ** 2, np.nansum((x - means[:, None]) ** 2)])
        n0 = (rated.sum() - (rated**2).sum() / rated.sum()) / (n - 1)
        return squares, np.array([n - 1.0, rated.sum() - n]), float(n0)
    persons, items = x.mean(axis=1), x.mean(axis=0)
    of_items = n * float((items**2).sum())
    if ratings.design == "p x i":
        rest = x - persons[:, None] - items
        squares = np.array([k * float((persons**2).sum()), of_items, float((rest**2).sum())])
        return squares, np.array([n - 1.0, k - 1.0, (n - 1.0) * (k - 1.0)]), float(k)
    sizes, n_units = ratings.sizes, ratings.sizes.size
    cells = np.zeros((n_units, k))
    np.add.at(cells, ratings.unit, x)
    cells /= sizes[:, None]
    units = cells.mean(axis=1)
    interaction = cells - units[:, None] - items
    rest = x - persons[:, None] - cells[ratings.unit] + units[ratings.unit, None]
    squares = np.array(
        [
            k * float(sizes @ units**2),
            k * float(((persons - units[ratings.unit]) ** 2).sum()),
            of_items,
            float(sizes @ (interaction**2).sum(axis=1)),
            float((rest**2).sum()),
        ]
    )
    df = np.array([n_units - 1.0, n - n_units, k - 1.0, (n_units - 1.0) * (k - 1.0), (n - n_units) * (k - 1.0)])
    return squares, df, float(k)
