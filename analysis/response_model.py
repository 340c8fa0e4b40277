"""A stated truth for ordinal answers: loadings, factor correlations within and between units, thresholds.

Continuous answers of variance 1 stand behind the categories (Olsson 1979, Psychometrika 44, 443-460; within and
between units, Muthen 1994, Sociological Methods and Research 22, 376-398).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .errors import AnalysisError
from .item_responses import FloatArray, read_only
from .options import read_numbers, refuse, shown, wrong_mapping, wrong_number

# Five options of which four answers in five are positive, as is normal in surveys of satisfaction.
POSITIVE = (-2.05, -1.45, -0.8, 0.45)


@dataclass(frozen=True, slots=True, eq=False)
class ResponseModel:
    """How answers come about; made by `ResponseModel.of`.

    Attributes
    ----------
    items, factors : tuple of str
    loadings : float array, shape (n_items, n_factors)
        Of the continuous answers, whose variance is 1.
    thresholds : tuple of float arrays, one an item
        Rising; k - 1 of them make k categories.
    within, between : float array, shape (n_factors, n_factors)
        Correlations of the factors of persons and of units.
    latent_icc : float array, shape (n_factors,)
        Share of each factor's variance that lies between units.
    """

    items: tuple[str, ...]
    factors: tuple[str, ...]
    loadings: FloatArray
    thresholds: tuple[FloatArray, ...]
    within: FloatArray
    between: FloatArray
    latent_icc: FloatArray

    @classmethod
    def of(
        cls,
        loadings: Mapping[str, Mapping[str, float]],
        *,
        thresholds: Sequence[float] | Mapping[str, Sequence[float]] = POSITIVE,
        within: float | ArrayLike = 0.5,
        between: float | ArrayLike = 0.8,
        latent_icc: float | ArrayLike = 0.0,
    ) -> ResponseModel:
        """State a truth.

        Parameters
        ----------
        loadings : mapping of factor to mapping of item to loading
            Items in order of first mention; an item may load on several factors.
        thresholds : sequence, or mapping of item to sequence
            One for all items, or one each.
        within, between : float or array_like, shape (n_factors, n_factors)
            Correlations of the factors within and between units; a number stands for all pairs.
        latent_icc : float or array_like, shape (n_factors,)

        Raises
        ------
        AnalysisError
            Naming every item, factor and matrix that cannot be.

        Examples
        --------
        >>> model = ResponseModel.of({"Teamwork": {"q1": 0.8, "q2": 0.7}, "Facilities": {"q3": 0.6}}, within=0.5)
        >>> model.implied_correlations().round(2).tolist()
        [[1.0, 0.56, 0.24], [0.56, 1.0, 0.21], [0.24, 0.21, 1.0]]
        """
        refuse(_wrong_loadings(loadings))
        factors = tuple(loadings)
        items = tuple(dict.fromkeys(item for own in loadings.values() for item in own))
        matrix = np.array([[loadings[factor].get(item, 0.0) for factor in factors] for item in items], dtype=float)
        problems: list[str] = []
        limits = tuple(_read_thresholds(item, thresholds, problems) for item in items)
        inner = _read_correlations("within", within, len(factors), problems)
        outer = _read_correlations("between", between, len(factors), problems)
        icc = _read_numbers("latent_icc", latent_icc, problems)
        if icc.ndim > 1 or icc.size not in (1, len(factors)) or not ((icc >= 0) & (icc < 1)).all():
            problems.append("latent_icc is one number from 0 to below 1, or one for each factor")
            icc = np.zeros(1)
        model = cls(
            items,
            factors,
            read_only(matrix),
            limits,
            read_only(inner),
            read_only(outer),
            read_only(np.broadcast_to(icc, len(factors)).copy()),
        )
        explained = 1.0 - model.uniquenesses()
        problems += [
            f"item {item}: its loadings explain {share:.3f} of a variance of 1"
            for item, share in zip(items, explained, strict=True)
            if not share <= 1.0 + 1e-12
        ]
        if problems:
            raise AnalysisError(problems)
        return model

    def factor_correlations(self) -> FloatArray:
        """Correlations of the factors over all persons, units mixed, shape (n_factors, n_factors)."""
        outer, inner = np.sqrt(self.latent_icc), np.sqrt(1.0 - self.latent_icc)
        return np.asarray(np.outer(outer, outer) * self.between + np.outer(inner, inner) * self.within)

    def uniquenesses(self) -> FloatArray:
        """Variance of each continuous answer that no factor explains, shape (n_items,)."""
        return np.asarray(1.0 - np.einsum("if,fg,ig->i", self.loadings, self.factor_correlations(), self.loadings))

    def implied_correlations(self) -> FloatArray:
        """Correlations of the continuous answers: what a polychoric matrix estimates, shape (n_items, n_items)."""
        implied = self.loadings @ self.factor_correlations() @ self.loadings.T
        np.fill_diagonal(implied, 1.0)
        return np.asarray(implied)


def _wrong_loadings(loadings: Any) -> list[str]:
    problems = wrong_mapping("loadings", loadings, "a factor to its items and their loadings")
    if problems:
        return problems
    for factor, own in loadings.items():
        wrong = wrong_mapping(f"the loadings of factor {factor}", own, "an item to a number")
        problems += wrong or [
            problem
            for item, loading in own.items()
            for problem in wrong_number(f"the loading of {item} on {factor}", loading)
        ]
    if not problems and not any(len(own) for own in loadings.values()):
        problems.append("a model needs at least one factor with an item")
    return problems


def _read_numbers(name: str, given: Any, problems: list[str]) -> FloatArray:
    """Read numbers, or add what is wrong with them to the problems and give nought."""
    try:
        return read_numbers(name, given)
    except AnalysisError as error:
        problems += error.problems
        return np.zeros(())


def _read_thresholds(
    item: str, thresholds: Sequence[float] | Mapping[str, Sequence[float]], problems: list[str]
) -> FloatArray:
    if isinstance(thresholds, Mapping):
        if item not in thresholds:
            problems.append(f"item {item} has no thresholds")
            return np.zeros(1)
        thresholds = thresholds[item]
    try:
        limits = read_numbers("thresholds", thresholds)
    except AnalysisError:
        problems.append(f"item {item}: thresholds are finite numbers that rise, not {shown(thresholds)}")
        return np.zeros(1)
    if limits.ndim != 1 or limits.size == 0 or not np.isfinite(limits).all() or (np.diff(limits) <= 0).any():
        problems.append(f"item {item}: thresholds are finite numbers that rise, not {limits.tolist()}")
    return read_only(limits)


def _read_correlations(name: str, given: float | ArrayLike, n_factors: int, problems: list[str]) -> FloatArray:
    found = len(problems)
    matrix = _read_numbers(f"correlations {name} units", given, problems)
    if len(problems) > found:
        return np.eye(n_factors)
    if matrix.ndim == 0:
        if not abs(matrix) <= 1:
            problems.append(f"correlations {name} units lie from -1 to 1; got {matrix:g}")
            return np.eye(n_factors)
        matrix = np.where(np.eye(n_factors, dtype=bool), 1.0, matrix)
    if matrix.shape != (n_factors, n_factors):
        problems.append(f"correlations {name} units have shape {matrix.shape} for {n_factors} factors")
    elif not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T) or not np.allclose(np.diag(matrix), 1.0):
        problems.append(f"correlations {name} units are not symmetric with ones on the diagonal")
    elif np.linalg.eigvalsh(matrix)[0] < -1e-8:
        problems.append(f"correlations {name} units contradict each other (not positive semi-definite)")
    else:
        return matrix
    return np.eye(n_factors)
