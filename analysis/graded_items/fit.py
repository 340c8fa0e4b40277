"""A fitted graded response model, and what can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AnalysisError
from ..item_responses import FloatArray
from ..options import read_numbers, shown
from ..table import ResultTable, Table
from .calibration import Calibration
from .item_fit import GradedItemFit, graded_item_fit
from .pictures import TRAIT, draw_information, draw_options
from .residuals import ResidualCorrelations, residual_correlations
from .scores import TraitScores, trait_scores


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GradedResponse(ResultTable):
    """Items on the graded response model.

    Attributes
    ----------
    item_names : tuple of str
    discrimination, discrimination_errors : float array, shape (n_items,)
        In logits for a standard deviation of the trait, with standard errors.
    thresholds, threshold_errors : tuple of float arrays, one an item, shape (k - 1,)
        Where on the trait answer 2, 3, ... or a higher one is as likely as not; infinite, with an error of NaN, for an
        end of the scale that nobody chose.
    intercepts, intercept_errors : tuple of float arrays, one an item, shape (k - 1,)
        d = -a b.
    log_likelihood, aic, bic : float
    n_parameters : int
    marginal_reliability : float
        Of scores of people who answer everything.
    calibration : Calibration
        What scoring needs.
    n : int
        Respondents with an answer.
    n_patterns : int
        Different patterns of answers among them.
    n_missing : int
        Answers missing among those of the `n` respondents.
    converged : bool
    iterations : int
        EM and quasi-Newton steps.
    n_nodes : int
        Of the quadrature, evenly spaced from -6 to 6.
    method : str
    notes : tuple of str
        What was left out or stands out.
    """

    item_names: tuple[str, ...]
    discrimination: FloatArray
    discrimination_errors: FloatArray
    thresholds: tuple[FloatArray, ...]
    threshold_errors: tuple[FloatArray, ...]
    intercepts: tuple[FloatArray, ...]
    intercept_errors: tuple[FloatArray, ...]
    log_likelihood: float
    aic: float
    bic: float
    n_parameters: int
    marginal_reliability: float
    calibration: Calibration
    n: int
    n_patterns: int
    n_missing: int
    converged: bool
    iterations: int
    n_nodes: int
    method: str
    notes: tuple[str, ...]

    def information(self, theta: ArrayLike) -> FloatArray:
        """Give the information of each item at some values of the trait, shape (n_items, n_theta); their sum is the test's."""
        at = _read_theta(theta)
        return self.calibration.items.at(self.calibration.parameters, at).information(self.discrimination)

    def probabilities(self, theta: ArrayLike) -> tuple[FloatArray, ...]:
        """Give the probability of each answer at some values of the trait, one array an item, shape (k, n_theta)."""
        at = _read_theta(theta)
        found = self.calibration.items.at(self.calibration.parameters, at).probability()
        return tuple(np.where(place[:, None] >= 0, found[place], 0.0) for place in self.calibration.places)

    def scores(self, item_responses: Any) -> TraitScores:
        """Score respondents on the trait: those the items were fitted to, or others.

        Raises
        ------
        AnalysisError
            For answers to other items, or that nobody gave where the items were fitted.
        """
        return trait_scores(self.calibration, self.calibration.read(item_responses))

    def item_fit(self, item_responses: Any) -> GradedItemFit:
        """Test whether each item behaves as the model says (S-X2), by those who answered everything.

        Raises
        ------
        AnalysisError
            As `scores`, and where fewer than ten respondents answered every item.
        """
        return graded_item_fit(self.calibration, self.calibration.read(item_responses))

    def residual_correlations(self, item_responses: Any) -> ResidualCorrelations:
        """Correlate what the trait leaves of the answers (Yen's Q3): pairs of items that share something else.

        Raises
        ------
        AnalysisError
            As `scores`.
        """
        return residual_correlations(self.calibration, self.calibration.read(item_responses))

    def plot(self, ax: Any = None, *, item: str | None = None) -> Any:
        """Draw the information of the test and its items with the standard error of a score, or the answers to one item.

        Parameters
        ----------
        item : str, optional
            The item of which the probability of each answer is drawn over the trait; by default information is drawn.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        AnalysisError
            For an item that is not there, and where matplotlib is not installed.
        """
        if item is None:
            return draw_information(self.item_names, self.information(TRAIT), ax)
        if item not in self.item_names:
            raise AnalysisError(f"there is no item {item}; the items are {', '.join(self.item_names)}")
        return draw_options(self.calibration, self.item_names.index(item), ax)

    def table(self) -> Table:
        """Give discrimination and thresholds of each item."""
        most = max(own.size for own in self.thresholds)
        rows = tuple(
            (
                name,
                float(self.discrimination[j]),
                float(self.discrimination_errors[j]),
                *(float(own[c]) if c < own.size else None for c in range(most)),
            )
            for j, (name, own) in enumerate(zip(self.item_names, self.thresholds, strict=True))
        )
        columns = ("item", "a", "se", *(f"b {c + 2}" for c in range(most)))
        notes = (
            f"n = {self.n} respondents, {self.n_patterns} patterns"
            + (f", {self.n_missing} answers missing" if self.n_missing else "")
            + f"; marginal reliability {self.marginal_reliability:.3f}",
            f"log-likelihood {self.log_likelihood:.3f}, {self.n_parameters} parameters, AIC {self.aic:.1f}, BIC {self.bic:.1f}",
            *self.notes,
        )
        return Table("Graded response model", columns, rows, notes)

    def threshold_table(self) -> Table:
        """Give each threshold and intercept with its standard error."""
        rows = tuple(
            (f"{name}, {c + 2} or more", float(b[c]), float(b_error[c]), float(d[c]), float(d_error[c]))
            for name, b, b_error, d, d_error in zip(
                self.item_names,
                self.thresholds,
                self.threshold_errors,
                self.intercepts,
                self.intercept_errors,
                strict=True,
            )
            for c in range(b.size)
        )
        return Table("Thresholds", ("answer", "b", "se of b", "d", "se of d"), rows, self.notes)


def _read_theta(theta: ArrayLike) -> FloatArray:
    values = read_numbers("theta", theta)
    if values.ndim > 1 or not np.isfinite(values).all():
        raise AnalysisError(f"theta is a finite number or a list of them, not {shown(theta)}")
    return np.atleast_1d(values)
