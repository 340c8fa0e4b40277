r"""The result of an exploratory factor analysis.

With pattern loadings :math:`\Lambda` and factor correlations :math:`\Phi`: structure :math:`\Lambda \Phi`, communalities
:math:`\operatorname{diag}(\Lambda \Phi \Lambda')`, variance explained by a factor
:math:`\operatorname{diag}(\Phi \Lambda' \Lambda)`, which sum to the sum of the communalities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..correlation_matrix import CorrelationMatrix
from ..item_responses import FloatArray
from ..not_estimated import NotEstimated
from ..table import Cell, ResultTable, Table
from .extraction import ExtractionName
from .fit import FactorFit
from .rotation import Rotation


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactorSolution(ResultTable):
    """Loadings of items on factors.

    Factors stand by falling variance explained, each with the sign in which its loadings sum to more than nought.

    Attributes
    ----------
    loadings : ndarray, shape (n_items, n_factors)
        Pattern: how much an item moves with a factor while the others are held. Correlations where factors do not correlate.
    structure : ndarray, shape (n_items, n_factors)
        Correlations of items with factors.
    factor_correlations : ndarray, shape (n_factors, n_factors)
    communalities, uniquenesses : ndarray, shape (n_items,)
        Share of an item's variance that the factors explain, factor correlations included, and one less it.
    variance_explained : ndarray, shape (n_factors,)
        In units of one item's variance; together they are the sum of the communalities.
    rmsr : float
        Root mean square of the residual correlations.
    fit : FactorFit or NotEstimated
    heywood : tuple of str
        Items whose uniqueness stands at or below the smallest that is searched, 0.005.
    correlation : CorrelationMatrix
        What was analysed.
    factor_names : tuple of str
    item_names : tuple of str
    n : int
        Respondents that the correlations rest on.
    extraction : {"minres", "ml", "pa"}
    rotation : Rotation
        With all its settings.
    method : str
    converged : bool
        Of extraction and rotation both.
    iterations : int
        Of the extraction.
    rotation_iterations : int
        Of the slowest start.
    notes : tuple of str
    """

    loadings: FloatArray
    structure: FloatArray
    factor_correlations: FloatArray
    communalities: FloatArray
    uniquenesses: FloatArray
    variance_explained: FloatArray
    rmsr: float
    fit: FactorFit | NotEstimated
    heywood: tuple[str, ...]
    correlation: CorrelationMatrix
    factor_names: tuple[str, ...]
    item_names: tuple[str, ...]
    n: int
    extraction: ExtractionName
    rotation: Rotation
    method: str
    converged: bool
    iterations: int
    rotation_iterations: int
    notes: tuple[str, ...]

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_names)

    @property
    def n_factors(self) -> int:
        """Number of factors."""
        return len(self.factor_names)

    @property
    def reproduced(self) -> FloatArray:
        """Correlations that the solution implies, shape (n_items, n_items), with a unit diagonal."""
        implied: FloatArray = self.structure @ self.loadings.T
        np.fill_diagonal(implied, 1.0)
        return implied

    @property
    def residuals(self) -> FloatArray:
        """Correlations less those that the solution implies, shape (n_items, n_items)."""
        return self.correlation.matrix - self.reproduced

    @property
    def complexity(self) -> FloatArray:
        """How many factors an item takes, shape (n_items,): Hofmann's (1978) index, one for simple structure."""
        squares = self.loadings**2
        with np.errstate(invalid="ignore"):
            index: FloatArray = squares.sum(axis=1) ** 2 / (squares**2).sum(axis=1)
        return index

    def table(self) -> Table:
        """Give the pattern loadings, one row an item."""
        rows: list[tuple[Cell, ...]] = [
            (name, *cells)
            for name, cells in zip(
                self.item_names,
                np.column_stack((self.loadings, self.communalities, self.uniquenesses, self.complexity)).tolist(),
                strict=True,
            )
        ]
        columns = ("item", *self.factor_names, "communality", "uniqueness", "complexity")
        return Table(f"Factor loadings: {self.method}", columns, tuple(rows))

    def factor_table(self) -> Table:
        """Give one row a factor: variance explained, its share of all variance, and correlations with the others."""
        correlated = self.rotation.oblique and self.n_factors > 1
        rows: list[tuple[Cell, ...]] = []
        for place, name in enumerate(self.factor_names):
            variance = float(self.variance_explained[place])
            correlations = self.factor_correlations[place].tolist() if correlated else []
            rows.append((name, variance, variance / self.n_items, *correlations))
        columns = ("factor", "variance", "share", *(f"r {name}" for name in self.factor_names if correlated))
        total = float(self.communalities.sum()) / self.n_items
        notes = (f"together {100 * total:.1f} % of the variance; RMSR {self.rmsr:.3f}", self._fit_note(), *self.notes)
        return Table("Factors", columns, tuple(rows), notes)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.factor_table()}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_() + self.factor_table()._repr_html_()

    def _fit_note(self) -> str:
        return self.fit.sentence() if isinstance(self.fit, FactorFit) else f"chi-square {self.fit}"

    def plot(self, ax: Any = None) -> Any:
        """Draw the loadings as a heat map, blue above nought and red below, with the numbers in it.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            By default a new figure's.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from .heat_map import draw_loadings  # here, because drawing needs matplotlib

        return draw_loadings(self.loadings, self.item_names, self.factor_names, self.method, ax)
