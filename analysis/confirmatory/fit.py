"""A fitted factor model: what a paper reports of it, and what can be asked of it further."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import AnalysisError
from ..interval import Interval
from ..item_responses import FloatArray
from ..not_estimated import NotEstimated
from ..p_value import p_in_words
from ..table import ResultTable, Table
from .estimates import ParameterEstimates
from .estimation.solution import Solution
from .factor_reliability import FactorReliability, factor_reliability
from .factor_scores import FactorScores, ScoreMethod, factor_scores
from .fit_indices import FitIndices, ModelFit, RobustFit
from .group_fit import GroupFit
from .modification import ModificationIndices, modification_indices
from .structure.model import FactorModel
from .structure.syntax import COVARIANCE, LOADING


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConfirmatoryFit(ResultTable):
    """A factor model fitted to answers.

    Attributes
    ----------
    model : FactorModel
    estimator : {"ML", "MLR", "WLSMV", "ULSMV"}
    missing : {"fiml", "pairwise", "listwise"}
    fit : FitIndices
        Naive, scaled and robust, and SRMR.
    estimates : ParameterEstimates
        Every parameter, with its standard error, as it is and standardized.
    groups : tuple of GroupFit
        The same as matrices, group by group; a single one without groups.
    parameter_covariance : ndarray, shape (n_free, n_free)
        Sampling covariance of the free parameters, in the order of `free_parameters`.
    free_parameters : tuple of str
    n : int
        Respondents used.
    n_rows : int
        Rows given.
    method : str
    iterations : int
        Of the search for the minimum, which has converged.
    notes : tuple of str
        What was used and what looks wrong, as printed under the table.
    solution : Solution
        The numbers that further questions are answered from.
    answers : ndarray, shape (n_rows, n_items)
        As analysed.
    group_of_row : ndarray of int64, shape (n_rows,)
    """

    model: FactorModel
    estimator: str
    missing: str
    fit: FitIndices
    estimates: ParameterEstimates
    groups: tuple[GroupFit, ...]
    parameter_covariance: FloatArray
    free_parameters: tuple[str, ...]
    n: int
    n_rows: int
    method: str
    iterations: int
    notes: tuple[str, ...]
    solution: Solution
    answers: NDArray[np.int8] | FloatArray
    group_of_row: NDArray[np.int64]

    @property
    def item_names(self) -> tuple[str, ...]:
        """Items, in the order in which the model names them."""
        return self.model.items

    @property
    def factor_names(self) -> tuple[str, ...]:
        """Factors, in the order in which the model names them."""
        return self.model.factors

    @property
    def converged(self) -> bool:
        """True: a search that finds no minimum is an error."""
        return True

    @property
    def loadings(self) -> FloatArray:
        """Loadings in the units of the factors, shape (n_items, n_factors), where there is one group."""
        return self._single.loadings

    @property
    def standardized(self) -> FloatArray:
        """Standardized loadings, shape (n_items, n_factors), where there is one group."""
        return self._single.standardized

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors of `standardized`, shape (n_items, n_factors), where there is one group."""
        return self._single.standardized_errors

    @property
    def factor_correlations(self) -> FloatArray:
        """Correlations of the factors, shape (n_factors, n_factors), where there is one group."""
        return self._single.factor_correlations

    @property
    def thresholds(self) -> tuple[FloatArray, ...]:
        """Standardized thresholds, one array an item, where there is one group; empty where answers are numbers."""
        return self._single.thresholds

    @property
    def residuals(self) -> FloatArray:
        """Observed less fitted correlations, shape (n_items, n_items), where there is one group."""
        return self._single.residuals

    @property
    def _single(self) -> GroupFit:
        if len(self.groups) > 1:
            names = ", ".join(group.name for group in self.groups)
            raise AnalysisError(f"the model was fitted to several groups ({names}): ask one of `groups`")
        return self.groups[0]

    def modification_indices(self, *, minimum: float = 3.841, largest: int | None = None) -> ModificationIndices:
        """Say what freeing each parameter that is not free would do, the one that would help most first.

        Parameters
        ----------
        minimum : float
            Leave out indices below this; by default those with p of 0.05 or more.
        largest : int, optional
            Give no more than this many.
        """
        return modification_indices(self.solution, minimum, largest)

    def factor_scores(self, method: ScoreMethod = "regression") -> FactorScores:
        """Score every row that was given, from the answers that it has.

        Parameters
        ----------
        method : {"regression", "Bartlett"}
            Ordered answers have the mode of the factors given the answers in the place of regression scores.
        """
        return factor_scores(self.solution, self.answers, self.group_of_row, method)

    def reliability(self) -> FactorReliability:
        """Say how reliable the sum of each factor's items is (omega), and how much of them the factor explains (AVE)."""
        return factor_reliability(self.solution)

    def table(self) -> Table:
        """Give loadings and factor covariances, with the fit beneath; `estimates` has every parameter."""
        shown = self.estimates.rows(frozenset({LOADING, COVARIANCE}))
        items = set(self.model.items)
        rows = tuple(row for row in shown if not _is_residual_variance(str(row[0]), items))
        groups = f", {len(self.groups)} groups" if len(self.groups) > 1 else ""
        factors = "1 factor" if len(self.model.factors) == 1 else f"{len(self.model.factors)} factors"
        title = f"Confirmatory factor analysis ({self.estimator}), {len(self.model.items)} items, {factors}{groups}"
        return Table(title, self.estimates.columns(), rows, (*_fit_lines(self.fit), *self.notes))


def _is_residual_variance(name: str, items: set[str]) -> bool:
    left, operator, right = name.partition(f" {COVARIANCE} ")  # names may have spaces
    return bool(operator) and left == right and left in items


def _fit_lines(fit: FitIndices) -> tuple[str, ...]:
    lines = [_line("naive", fit.naive)]
    lines.append(f"scaled: {fit.scaled}" if isinstance(fit.scaled, NotEstimated) else _line("scaled", fit.scaled))
    lines.append(f"robust: {fit.robust}" if isinstance(fit.robust, NotEstimated) else f"robust: {_indices(fit.robust)}")
    likelihood = () if isinstance(fit.information, NotEstimated) else (str(fit.information),)
    return (*lines, f"SRMR = {fit.srmr:.3f}", *likelihood)


def _line(kind: str, fit: ModelFit) -> str:
    return f"{kind}: chi-square({fit.df}) = {fit.chi_square:.3f}, {p_in_words(fit.p)}, {_indices(fit)}"


def _indices(fit: ModelFit | RobustFit) -> str:
    interval: Interval = fit.rmsea_interval
    return f"CFI = {fit.cfi:.3f}, TLI = {fit.tli:.3f}, RMSEA = {fit.rmsea:.3f} (90 % {interval.low:.3f} to {interval.high:.3f})"
