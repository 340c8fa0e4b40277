r"""Where the search for a model's parameters begins.

Loadings come from ratios of covariances in the manner of Hägglund (1982): with m the first item of a factor and k its
other items, :math:`\lambda_j / \lambda_m = \sum_k r_{jk} r_{mk} / \sum_k r_{mk}^2`. They have the right signs however
the items are keyed, and that decides whether the search ends where it should. A factor whose items are all on a
broader factor too (bifactor models) is taken from what the broader one leaves.

References
----------
Hägglund, G. (1982). Factor analysis by instrumental variables methods. Psychometrika 47, 209-222.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...item_responses import FloatArray, IntArray
from ..structure.matrices import FACTORS, LOADINGS, PATHS, RESIDUALS, SCALES, THRESHOLDS, GroupStructure, implied_by
from ..structure.parameter_table import ParameterTable

_LEAST_UNIQUE = 0.1
_LARGEST_CORRELATION = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class GroupSample:
    """What the start is taken from.

    Attributes
    ----------
    mean : ndarray, shape (n_items,)
    covariance : ndarray, shape (n_items, n_items)
    thresholds : ndarray, shape (n_thresholds,)
        Of all items in turn; empty where they are not ordered.
    """

    mean: FloatArray
    covariance: FloatArray
    thresholds: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Standardized:
    """A solution in which items and factors have variance one."""

    loadings: FloatArray
    upper: FloatArray
    correlations: FloatArray


def starting_values(
    table: ParameterTable, structures: Sequence[GroupStructure], samples: Sequence[GroupSample]
) -> FloatArray:
    """Give the free parameters to begin with; equal ones begin at their average."""
    hopeful, cautious, count = np.zeros(table.n_free), np.zeros(table.n_free), np.zeros(table.n_free)
    for structure, sample in zip(structures, samples, strict=True):
        np.add.at(count, structure.position, 1)
        np.add.at(hopeful, structure.position, _in_metric(structure, sample, _by_ratios(structure, table, sample)))
        np.add.at(cautious, structure.position, _in_metric(structure, sample, _small(structure, table)))
    given = np.full(table.n_free, np.nan)
    for each in table.parameters:
        if each.position >= 0 and not np.isnan(each.value):
            given[each.position] = each.value
    start = np.where(np.isnan(given), hopeful / count, given)
    if _admissible(structures, start):
        return start
    return np.where(np.isnan(given), cautious / count, given)


def _admissible(structures: Sequence[GroupStructure], theta: FloatArray) -> bool:
    for structure in structures:
        covariance = implied_by(structure.fill(theta)).covariance[: structure.n_items, : structure.n_items].copy()
        # Residual variances that follow from others are not filled in.
        diagonal = np.diagonal(covariance)
        np.fill_diagonal(covariance, np.maximum(diagonal, 1.0) if structure.fixed.thresholds.size else diagonal)
        if np.linalg.eigvalsh(covariance)[0] <= 0:
            return False
    return True


def _places(table: ParameterTable) -> tuple[list[IntArray], list[IntArray]]:
    """Give for each factor the places of its items and those of the factors below it."""
    model = table.model
    items = {name: place for place, name in enumerate(model.items)}
    factors = {name: place for place, name in enumerate(model.factors)}
    of_items, below = [], []
    for factor in model.factors:
        names = model.items_of(factor)
        of_items.append(np.array([items[name] for name in names if name in items], dtype=np.int64))
        below.append(np.array([factors[name] for name in names if name in factors], dtype=np.int64))
    return of_items, below


def _by_ratios(structure: GroupStructure, table: ParameterTable, sample: GroupSample) -> _Standardized:
    deviation = np.sqrt(np.diagonal(sample.covariance))
    left = sample.covariance / np.outer(deviation, deviation)
    correlation = left.copy()
    of_items, below = _places(table)
    n_factors = len(of_items)
    loadings, upper = np.zeros((len(deviation), n_factors)), np.zeros((n_factors, n_factors))
    broad_first = sorted((place for place in range(n_factors) if len(of_items[place])), key=lambda f: -len(of_items[f]))
    for factor in broad_first:
        own = of_items[factor]
        nested = any(factor != other and set(own) <= set(of_items[other]) for other in broad_first)
        loadings[own, factor] = _loadings_by_ratio((left if nested else correlation)[np.ix_(own, own)])
        left = left - np.outer(loadings[:, factor], loadings[:, factor])
    squares = (loadings**2).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = np.nan_to_num((loadings.T @ correlation @ loadings) / np.outer(squares, squares))
    between = np.clip(between, -_LARGEST_CORRELATION, _LARGEST_CORRELATION)
    shared = [[len(set(a) & set(b)) > 1 for b in of_items] for a in of_items]
    between[np.array(shared)] = 0.0
    np.fill_diagonal(between, 1.0)
    for factor in range(n_factors):
        if len(below[factor]):
            upper[below[factor], factor] = _loadings_by_ratio(between[np.ix_(below[factor], below[factor])])
    return _Standardized(loadings, upper, between)


def _small(structure: GroupStructure, table: ParameterTable) -> _Standardized:
    of_items, below = _places(table)
    n_factors = len(of_items)
    loadings, upper = np.zeros((structure.n_items, n_factors)), np.zeros((n_factors, n_factors))
    for factor in range(n_factors):
        loadings[of_items[factor], factor] = upper[below[factor], factor] = 0.6
    loadings /= np.maximum(np.sqrt((loadings > 0).sum(axis=1)), 1.0)[:, None]
    return _Standardized(loadings, upper, np.eye(n_factors))


def _loadings_by_ratio(correlation: FloatArray) -> FloatArray:
    """Give one factor's loadings, the first positive, from the correlations of its items."""
    n = len(correlation)
    if n == 1:
        return np.array([np.sqrt(1 - _LEAST_UNIQUE)])
    if n == 2:
        size = math.sqrt(np.clip(abs(correlation[0, 1]), _LEAST_UNIQUE, 1 - _LEAST_UNIQUE))
        return np.array([size, size if correlation[0, 1] >= 0 else -size])
    first = correlation[0]
    others = np.ones((n, n), dtype=bool)
    np.fill_diagonal(others, False)
    others[:, 0] = False
    products = np.where(others, correlation * first, 0.0).sum(axis=1)
    ratio = products / np.maximum(np.where(others, first**2, 0.0).sum(axis=1), 1e-6)
    ratio = np.clip(ratio, -5.0, 5.0)
    ratio[0] = 1.0
    variance = (first[1:] @ ratio[1:]) / max(ratio[1:] @ ratio[1:], 1e-6)
    loadings = ratio * np.sqrt(np.clip(variance, 0.05, 1 - _LEAST_UNIQUE))
    limit: FloatArray = np.clip(loadings, -np.sqrt(1 - _LEAST_UNIQUE), np.sqrt(1 - _LEAST_UNIQUE))
    return limit


def _in_metric(structure: GroupStructure, sample: GroupSample, solution: _Standardized) -> FloatArray:
    """Give the value of each free cell in the units that the model's fixed parameters set."""
    cells, fixed = structure.cells, structure.fixed
    n_items, n_factors = structure.n_items, solution.upper.shape[1]
    unique = np.maximum(
        1 - ((solution.loadings @ solution.correlations) * solution.loadings).sum(axis=1), _LEAST_UNIQUE
    )
    deviation = np.sqrt(np.diagonal(sample.covariance))
    residual = np.diagonal(fixed.residuals)[:n_items]
    free_residual = np.zeros(n_items, dtype=bool)
    on_diagonal = (cells.matrix == RESIDUALS) & (cells.row == cells.column)
    free_residual[cells.row[on_diagonal]] = True
    if fixed.thresholds.size:
        # Behind ordered items the residual variance may set the unit instead of the total.
        sets_unit = ~free_residual & (residual > 0)
        deviation = np.where(sets_unit, np.sqrt(residual / unique), 1.0)
    own = np.maximum(1 - (solution.upper**2).sum(axis=1), _LEAST_UNIQUE)
    unit = _units(structure, solution, deviation, own)
    values = np.zeros(len(cells))
    place = (cells.matrix, cells.row, cells.column)
    for entry, (kind, row, column) in enumerate(zip(*(part.tolist() for part in place), strict=True)):
        if kind == LOADINGS:
            values[entry] = (
                sample.mean[row]
                if column == n_factors
                else solution.loadings[row, column] * deviation[row] / unit[column]
            )
        elif kind == PATHS:
            values[entry] = 0.0 if column == n_factors else solution.upper[row, column] * unit[row] / unit[column]
        elif kind == FACTORS:
            share = own[row] if row == column else solution.correlations[row, column]
            values[entry] = share * unit[row] * unit[column]
        elif kind == RESIDUALS:
            values[entry] = unique[row] * deviation[row] ** 2 if row == column else 0.0
        elif kind == THRESHOLDS:
            values[entry] = sample.thresholds[row] * deviation[structure.item_of_threshold[row]]
        elif kind == SCALES:
            values[entry] = 1.0
    return values


def _units(structure: GroupStructure, solution: _Standardized, deviation: FloatArray, own: FloatArray) -> FloatArray:
    """Give the standard deviation of each factor, from its fixed variance or its first fixed loading."""
    fixed, n_factors = structure.fixed, solution.upper.shape[1]
    unit = np.ones(n_factors)
    with_items = [f for f in range(n_factors) if solution.loadings[:, f].any()]
    for factor in with_items + [f for f in range(n_factors) if f not in with_items]:
        items = np.flatnonzero(fixed.loadings[: len(deviation), factor] * solution.loadings[:, factor])
        lower = np.flatnonzero(fixed.paths[:n_factors, factor] * solution.upper[:, factor])
        if fixed.factors[factor, factor] > 0:
            unit[factor] = np.sqrt(fixed.factors[factor, factor] / own[factor])
        elif len(items):
            item = items[0]
            unit[factor] = solution.loadings[item, factor] * deviation[item] / fixed.loadings[item, factor]
        elif len(lower):
            unit[factor] = solution.upper[lower[0], factor] * unit[lower[0]] / fixed.paths[lower[0], factor]
    return unit
