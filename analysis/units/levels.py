"""Correlations within units and between them: two questions that one correlation of all people mixes up.

Of scores x_i = mu_i + u_i + e_i, the pooled correlation within units is that of deviations from the unit's mean. The
correlation between units has two answers. That of the unit means, weighted by size, is what a map of units shows, but
a mean of n people still holds 1 / n of the variation within. The components

    Sigma_W = MSCP_W,     Sigma_B = (MSCP_B - MSCP_W) / n0

(multivariate analysis of variance; n0 as for ICC(1)) take that out: the correlations of the units' true scores, as in
Searle, Casella and McCulloch (1992), Variance Components, sec. 11.1; Muthen 1994, Sociological Methods and Research
22, 376-398, eqs 12 and 13. Coefficient alpha of each level comes from its covariances (Geldhof, Preacher and Zyphur
2014, Psychological Methods 19, 72-91).

With missing scores every pair uses the people who have both. The correlations within and of unit means follow
psych::statsBy: deviations from (and weighting of) means over all that a unit has.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_item_responses, read_only
from ..table import Cell, ResultTable, Table
from .sums import encode_units, read_units


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LevelCorrelations(ResultTable):
    """Correlations within and between units.

    Attributes
    ----------
    names : tuple of str, length n_items
    within : float array, shape (n_items, n_items)
        Pooled within units.
    between_means : float array, shape (n_items, n_items)
        Of unit means, weighted by the people of each unit.
    between : float array, shape (n_items, n_items)
        Of the units' true scores; NaN where a variance between units is not above 0. May exceed 1 in small samples.
    within_covariance, between_covariance : float array, shape (n_items, n_items)
        Sigma_W and Sigma_B.
    icc1, icc1_mean_size, icc2, f : float array, shape (n_items,)
        One-way analysis of variance of each item: ICC(1) by n0 and by the mean size, ICC(2), F.
    eta_between : float array, shape (n_items,)
        Correlation of the item with the mean of its unit.
    alpha_within, alpha_between : float
        Coefficient alpha of the sum of all items at each level; NaN for one item or a total without variance.
    n_pairs : int array, shape (n_items, n_items)
        People with both.
    n_units : int
    method : str
    """

    names: tuple[str, ...]
    within: FloatArray
    between_means: FloatArray
    between: FloatArray
    within_covariance: FloatArray
    between_covariance: FloatArray
    icc1: FloatArray
    icc1_mean_size: FloatArray
    icc2: FloatArray
    f: FloatArray
    eta_between: FloatArray
    alpha_within: float
    alpha_between: float
    n_pairs: IntArray
    n_units: int
    method: str

    def table(self) -> Table:
        """Give the table that it prints: within below the diagonal, between (true scores) above, ICC(1) on it."""
        shown = np.where(np.tri(len(self.names), dtype=bool), self.within, self.between)
        np.fill_diagonal(shown, self.icc1)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (name, *(float(cell) for cell in row)) for name, row in zip(self.names, shown, strict=True)
        )
        notes = (
            "within units below the diagonal, between units (true scores) above, ICC(1) on it",
            f"alpha within {self.alpha_within:.3f}, between {self.alpha_between:.3f}; {self.n_units} units",
        )
        return Table("Correlations within and between units", ("", *self.names), rows, notes)


def within_between_correlation(item_responses: Any, unit: ArrayLike | Sequence[Hashable]) -> LevelCorrelations:
    """Split correlations into those within units and those between them.

    Parameters
    ----------
    item_responses : array_like or frame, shape (n_people, n_items)
        Items or scale scores, NaN where missing.
    unit : array_like, shape (n_people,)

    Returns
    -------
    LevelCorrelations

    Raises
    ------
    AnalysisError
        For fewer than two units, units of one person each, and items that do not differ within units.

    Examples
    --------
    >>> scores = [[1, 4], [2, 3], [3, 2], [5, 8], [6, 7], [7, 6], [9, 12], [10, 11], [11, 10]]
    >>> found = within_between_correlation(scores, list("aaabbbccc"))
    >>> found.within.round(3).tolist(), found.between.round(3).tolist()
    ([[1.0, -1.0], [-1.0, 1.0]], [[1.0, 1.043], [1.043, 1.0]])
    """
    answers = read_item_responses(item_responses)
    labels, problems = read_units(unit, answers.n_rows)
    if problems:
        raise AnalysisError(problems)
    names, code = encode_units(labels)
    order = np.argsort(code, kind="stable")
    x, code = answers.values[order] - np.nanmean(answers.values, axis=0), code[order]
    there = ~np.isnan(x)
    present = there.astype(np.float64)
    starts = np.searchsorted(code, np.arange(len(names)))
    filled = np.where(there, x, 0.0)
    count = np.add.reduceat(present, starts, axis=0)
    total = np.add.reduceat(filled, starts, axis=0)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    problems += [
        f"item {name} needs at least two units with answers, and one of them with two"
        for i, name in enumerate(answers.item_names)
        if (count[:, i] > 0).sum() < 2 or not (count[:, i] > 1).any()
    ]
    if problems:
        raise AnalysisError(problems)
    deviation = np.where(there, x - mean[code], 0.0)
    problems += [
        f"item {name} does not differ within units"
        for i, name in enumerate(answers.item_names)
        if float((deviation[:, i] ** 2).sum()) <= 1e-24 * answers.n_rows * float(np.abs(filled[:, i]).max()) ** 2
    ]
    if problems:
        raise AnalysisError(problems)
    within, between, anova = _components(filled, present, starts)
    return LevelCorrelations(
        names=answers.item_names,
        within=read_only(_pairwise_correlation(deviation, present)),
        between_means=read_only(_weighted_correlation(mean, np.bincount(code).astype(np.float64))),
        between=read_only(_scaled(between)),
        within_covariance=read_only(within),
        between_covariance=read_only(between),
        icc1=read_only(anova[0]),
        icc1_mean_size=read_only(anova[1]),
        icc2=read_only(anova[2]),
        f=read_only(anova[3]),
        eta_between=read_only(_eta(filled, deviation, present)),
        alpha_within=_alpha(within),
        alpha_between=_alpha(between),
        n_pairs=read_only((present.T @ present).astype(np.int64)),
        n_units=len(names),
        method="pairwise",
    )


def _components(
    filled: FloatArray, present: FloatArray, starts: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return Sigma_W, Sigma_B and, shape (4, n_items), ICC(1) by n0 and by the mean size, ICC(2) and F."""
    n_items = filled.shape[1]
    within, between, sizes = (np.empty((n_items, n_items)) for _ in range(3))
    anova = np.empty((4, n_items))
    for i in range(n_items):
        both = present * present[:, [i]]
        n, own, other, product = (
            np.add.reduceat(values, starts, axis=0)
            for values in (both, filled[:, [i]] * both, filled * both, filled * filled[:, [i]])
        )
        pairs, units = n.sum(axis=0), (n > 0).sum(axis=0)
        inverse = np.divide(1.0, n, out=np.zeros_like(n), where=n > 0)
        explained = (own * other * inverse).sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ms_within = (product.sum(axis=0) - explained) / (pairs - units)
            ms_between = (explained - own.sum(axis=0) * other.sum(axis=0) / pairs) / (units - 1)
            sizes[i] = (pairs - (n**2).sum(axis=0) / pairs) / (units - 1)
            between[i] = (ms_between - ms_within) / sizes[i]
        within[i] = ms_within
        msb, msw, mean_size = ms_between[i], ms_within[i], pairs[i] / units[i]
        anova[:, i] = (
            (msb - msw) / (msb + (sizes[i, i] - 1.0) * msw),
            (msb - msw) / (msb + (mean_size - 1.0) * msw),
            (msb - msw) / msb if msb > 0 else np.nan,
            msb / msw,
        )
    return within, between, anova


def _pairwise_correlation(deviation: FloatArray, present: FloatArray) -> FloatArray:
    """Correlate columns over the rows that have both; absent cells of `deviation` are 0."""
    n = present.T @ present
    total, squares, product = deviation.T @ present, (deviation**2).T @ present, deviation.T @ deviation
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = squares - total**2 / n
        found = (product - total * total.T / n) / np.sqrt(variance * variance.T)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)


def _weighted_correlation(mean: FloatArray, weight: FloatArray) -> FloatArray:
    """Correlate unit means, each pair over the units that have both."""
    there = ~np.isnan(mean)
    w = there * weight[:, None]
    filled = np.where(there, mean, 0.0)
    n = w.T @ there
    total, squares, product = (w * filled).T @ there, (w * filled**2).T @ there, (w * filled).T @ filled
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = squares - total**2 / n
        found = (product - total * total.T / n) / np.sqrt(variance * variance.T)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)


def _scaled(covariance: FloatArray) -> FloatArray:
    variance = np.diag(covariance)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    return np.asarray(covariance / np.outer(sd, sd))


def _eta(filled: FloatArray, deviation: FloatArray, present: FloatArray) -> FloatArray:
    n = present.sum(axis=0)
    whole = (filled**2).sum(axis=0) - filled.sum(axis=0) ** 2 / n
    return np.asarray(np.sqrt(np.maximum(1.0 - (deviation**2).sum(axis=0) / whole, 0.0)))


def _alpha(covariance: FloatArray) -> float:
    n_items, total = covariance.shape[0], float(covariance.sum())
    if n_items < 2 or not total > 0:
        return np.nan
    return float(n_items / (n_items - 1) * (1.0 - np.trace(covariance) / total))
