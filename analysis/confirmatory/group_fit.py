"""One group of a fitted factor model, as matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..item_responses import FloatArray, read_only
from .estimation.solution import GroupSolution, Solution
from .standardized import Estimates
from .structure.matrices import LOADINGS, PATHS, cells_of
from .structure.parameter_table import Parameter
from .structure.syntax import COVARIANCE, LOADING, THRESHOLD


@dataclass(frozen=True, slots=True, eq=False)
class GroupFit:
    """One group of a fitted factor model.

    Attributes
    ----------
    name : str
        Empty where there are no groups.
    n : int
    loadings, loading_errors : ndarray, shape (n_items, n_factors)
        In the units of items and factors, and their standard errors; of ordered items, the normal variables behind them.
    standardized, standardized_errors : ndarray, shape (n_items, n_factors)
    factor_loadings : ndarray, shape (n_factors, n_factors)
        Standardized loadings of factors (rows) on factors above them.
    factor_covariances, factor_correlations : ndarray, shape (n_factors, n_factors)
        Of the whole factors, whatever other factors explain of them.
    factor_correlation_errors : ndarray, shape (n_factors, n_factors)
        Their standard errors.
    factor_means : ndarray, shape (n_factors,)
    residual_variances : ndarray, shape (n_items,)
    r_squared : ndarray, shape (n_items,)
        Share of an item's variance that the factors explain.
    thresholds : tuple of ndarray
        Standardized, one array an item; empty where items are not ordered.
    intercepts : ndarray, shape (n_items,)
    observed, fitted : ndarray, shape (n_items, n_items)
        Covariances, polychoric correlations where items are ordered; observed ones are the likeliest with missing answers.
    """

    name: str
    n: int
    loadings: FloatArray
    loading_errors: FloatArray
    standardized: FloatArray
    standardized_errors: FloatArray
    factor_loadings: FloatArray
    factor_covariances: FloatArray
    factor_correlations: FloatArray
    factor_correlation_errors: FloatArray
    factor_means: FloatArray
    residual_variances: FloatArray
    r_squared: FloatArray
    thresholds: tuple[FloatArray, ...]
    intercepts: FloatArray
    observed: FloatArray
    fitted: FloatArray

    @property
    def residuals(self) -> FloatArray:
        """Observed less fitted correlations, shape (n_items, n_items)."""
        return _correlation(self.observed) - _correlation(self.fitted)


def group_fits(solution: Solution, estimates: Estimates) -> tuple[GroupFit, ...]:
    """Arrange the estimates of each group in matrices."""
    return tuple(_group_fit(solution, estimates, place) for place in range(len(solution.groups)))


def _group_fit(solution: Solution, estimates: Estimates, place: int) -> GroupFit:
    group, model = solution.groups[place], solution.table.model
    n_items, n_factors = len(model.items), len(model.factors)
    loadings, loading_errors = np.zeros((n_items, n_factors)), np.zeros((n_items, n_factors))
    standardized, standardized_errors = np.zeros((n_items, n_factors)), np.zeros((n_items, n_factors))
    factor_loadings = np.zeros((n_factors, n_factors))
    residual, share = np.zeros(n_items), np.zeros(n_items)
    kinds, rows, columns = cells_of(solution.table.of_group(place), model.items, model.factors)
    item = {name: number for number, name in enumerate(model.items)}
    thresholds: list[list[float]] = [[] for _ in model.items]
    own = _of_group(estimates.parameters, place)
    for (entry, parameter), kind, row, column in zip(own, kinds.tolist(), rows.tolist(), columns.tolist(), strict=True):
        if parameter.operator == LOADING and kind == LOADINGS:
            loadings[row, column], loading_errors[row, column] = estimates.value[entry], estimates.standard_error[entry]
            standardized[row, column] = estimates.standardized[entry]
            standardized_errors[row, column] = estimates.standardized_error[entry]
        elif parameter.operator == LOADING and kind == PATHS:
            factor_loadings[row, column] = estimates.standardized[entry]
        elif parameter.operator == THRESHOLD:
            thresholds[item[parameter.left]].append(float(group.model_thresholds[row]))
        elif parameter.operator == COVARIANCE and parameter.left == parameter.right and parameter.left in item:
            residual[row], share[row] = estimates.value[entry], estimates.standardized[entry]
    covariances = group.factor_covariances
    return GroupFit(
        name=group.name,
        n=group.n,
        loadings=read_only(loadings),
        loading_errors=read_only(loading_errors),
        standardized=read_only(standardized),
        standardized_errors=read_only(standardized_errors),
        factor_loadings=read_only(factor_loadings),
        factor_covariances=read_only(covariances),
        factor_correlations=read_only(_correlation(covariances)),
        factor_correlation_errors=read_only(estimates.factor_correlation_errors[place]),
        factor_means=read_only(group.implied.total[:-1, -1].copy()),
        residual_variances=read_only(residual),
        r_squared=read_only(1 - share),
        thresholds=tuple(read_only(np.array(each)) for each in thresholds) if group.thresholds.size else (),
        intercepts=read_only(_intercepts(group, n_items)),
        observed=read_only(group.covariance.copy()),
        fitted=read_only(group.model_covariance.copy()),
    )


def _of_group(parameters: Sequence[Parameter], place: int) -> list[tuple[int, Parameter]]:
    return [(entry, parameter) for entry, parameter in enumerate(parameters) if parameter.group == place]


def _intercepts(group: GroupSolution, n_items: int) -> FloatArray:
    return group.matrices.loadings[:n_items, -1] + group.structure.centre


def _correlation(covariance: FloatArray) -> FloatArray:
    deviation = np.sqrt(np.abs(np.diagonal(covariance)))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = covariance / np.outer(deviation, deviation)
    return found
