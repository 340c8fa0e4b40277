"""A fitted model as numbers, before anything is said about them: what the two ways of fitting have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ...item_responses import FloatArray
from ..structure.matrices import Cells, GroupStructure, Implied, Matrices
from ..structure.parameter_table import ParameterTable
from .chi_square import ChiSquare


@dataclass(frozen=True, slots=True, eq=False)
class GroupSolution:
    """One group's observed moments and those that the fitted model implies.

    Attributes
    ----------
    name : str
        "" where there is a single group.
    n : int
    structure : GroupStructure
    matrices : Matrices
    implied : Implied
    scales : ndarray, shape (n_items,)
        What turns the model's units of ordered items into standard ones; one for other items.
    mean, model_mean : ndarray, shape (n_items,)
    covariance, model_covariance : ndarray, shape (n_items, n_items)
        Correlations where items are ordered.
    thresholds, model_thresholds : ndarray, shape (n_thresholds,)
        Standardized; empty where items are not ordered.
    """

    name: str
    n: int
    structure: GroupStructure
    matrices: Matrices
    implied: Implied
    scales: FloatArray
    mean: FloatArray
    model_mean: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    thresholds: FloatArray
    model_thresholds: FloatArray

    @property
    def factor_covariances(self) -> FloatArray:
        """Covariances of whole factors, shape (n_factors, n_factors)."""
        total = self.implied.total[:-1, :-1]
        return total @ self.matrices.factors[:-1, :-1] @ total.T


@dataclass(frozen=True, slots=True)
class ModelTest:
    """The model's chi-square, and that of uncorrelated items (the baseline)."""

    model: ChiSquare
    baseline: ChiSquare


@dataclass(frozen=True, slots=True)
class RobustTest:
    """What indices of fit that neither non-normality nor gaps distort are made of.

    Attributes
    ----------
    value, baseline_value : float
        Statistics whose noncentrality is that of normal, complete answers.
    expected, baseline_expected : float
        What each would be on average if the model held.
    """

    value: float
    expected: float
    baseline_value: float
    baseline_expected: float


@dataclass(frozen=True, slots=True)
class LogLikelihood:
    """Log-likelihoods of the model and of the saturated model."""

    model: float
    saturated: float


class Curvature(Protocol):
    """What parameters that are not free would do, for modification indices."""

    def information(self) -> FloatArray:
        """Give the information of the free parameters, shape (n_free, n_free)."""
        ...

    def scores(self, group: int, cells: Cells) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give for each cell the score, its information, and its information with each free parameter."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A fitted model.

    Attributes
    ----------
    table : ParameterTable
    theta : ndarray, shape (n_free,)
    covariance : ndarray, shape (n_free, n_free)
        Sampling covariance of `theta`.
    curvature : Curvature
    iterations : int
    groups : tuple of GroupSolution
    naive : ModelTest
    adjusted : ModelTest or str
        The same where nothing is known to distort it, or why there is none.
    robust : RobustTest or str
        Likewise.
    likelihood : LogLikelihood or str
    n_for_rmsea : int
        Respondents, less one a group for least squares.
    gfi : float
        Share of the weighted squares of the moments that the model explains, averaged over groups; NaN where it is not
        defined.
    sampling_error : float
        Standard error of the adjusted chi-square that comes of taking Gamma from a sample of rows; 0 from all.
    """

    table: ParameterTable
    theta: FloatArray
    covariance: FloatArray
    curvature: Curvature
    iterations: int
    groups: tuple[GroupSolution, ...]
    naive: ModelTest
    adjusted: ModelTest | str
    robust: RobustTest | str
    likelihood: LogLikelihood | str
    n_for_rmsea: int
    gfi: float
    sampling_error: float

    @property
    def n(self) -> int:
        """Respondents used."""
        return sum(group.n for group in self.groups)

    def structures(self) -> Sequence[GroupStructure]:
        """Give the structure of each group."""
        return [group.structure for group in self.groups]
