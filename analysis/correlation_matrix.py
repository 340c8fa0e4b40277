r"""A correlation matrix with what it rests on and whether it can be analysed further.

A matrix put together pair by pair need not be positive definite: with missing answers, or polychoric, its smallest
eigenvalue may be negative, and then no data could have it. That is reported and left as it is. `CorrelationMatrix.smooth`
gives, on request, the nearest correlation matrix (Higham 2002: alternating projections between matrices with a unit
diagonal and positive semi-definite ones, Dykstra's correction on the second).

References
----------
Higham, N. J. (2002). Computing the nearest correlation matrix: a problem from finance. IMA Journal of Numerical
    Analysis 22, 329-343.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from .errors import AnalysisError
from .item_responses import FloatArray, IntArray, read_only
from .moments import Missing
from .options import refuse, wrong_list, wrong_number, wrong_whole
from .table import Cell, ResultTable, Table

_SYMMETRIC = 1e-8
_POSITIVE = 1e-12
"""An eigenvalue below this is nought but for rounding: the matrix has no inverse."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CorrelationMatrix(ResultTable):
    """Correlations of every two items.

    Attributes
    ----------
    matrix : ndarray, shape (n_items, n_items)
        Symmetric, with a diagonal of one.
    n_pairs : ndarray of int64, shape (n_items, n_items)
        Respondents who answered both items.
    thresholds : tuple of ndarray, one an item, each of length k - 1
        Where the item's standard normal variable is cut into answers; -inf before the first answer that was given and inf
        after the last. Empty where the method has no thresholds.
    method : str
        "pearson", "polychoric" or "given", with "smoothed" added after `smooth`.
    smallest_eigenvalue : float
        Negative where no data could have this matrix.
    item_names : tuple of str
    n : int
        Respondents: those with any answer, or with every answer where `missing` is "listwise".
    missing : {"pairwise", "listwise"}
    converged : bool
    iterations : int
        Newton steps of the slowest pair; 0 where nothing is iterated.
    notes : tuple of str
        What was used and what looks wrong, as printed under the table.
    """

    matrix: FloatArray
    n_pairs: IntArray
    thresholds: tuple[FloatArray, ...]
    method: str
    smallest_eigenvalue: float
    item_names: tuple[str, ...]
    n: int
    missing: Missing
    converged: bool
    iterations: int
    notes: tuple[str, ...]

    @classmethod
    def from_matrix(cls, matrix: ArrayLike, n: int, item_names: Sequence[str] | None = None) -> Self:
        """Take a correlation matrix from elsewhere, such as a published one.

        Parameters
        ----------
        matrix : array_like, shape (n_items, n_items)
        n : int
            Respondents that it rests on.
        item_names : sequence of str, optional
            By default item_1, item_2, ...

        Raises
        ------
        AnalysisError
            Where it is not square and symmetric with a diagonal of one and entries from -1 to 1.

        Examples
        --------
        >>> CorrelationMatrix.from_matrix([[1, 0.4], [0.4, 1]], n=200)
        Correlations as given, 2 items
        item    item_1  item_2
        item_1   1.000   0.400
        item_2   0.400   1.000
        n = 200
        smallest eigenvalue 0.600
        """
        try:
            found = np.array(matrix, dtype=np.float64)
        except (TypeError, ValueError) as error:  # text, or rows of different length
            raise AnalysisError("a correlation matrix is a square table of numbers") from error
        if found.ndim != 2 or found.shape[0] != found.shape[1] or not len(found):
            raise AnalysisError(f"a correlation matrix is square, not of shape {found.shape}")
        problems = wrong_whole("n", n, least=2)
        if item_names is None:
            item_names = [f"item_{place}" for place in range(1, len(found) + 1)]
        wrong_names = wrong_list("item_names", item_names, "names")
        problems += wrong_names
        names = () if wrong_names else tuple(str(name) for name in item_names)
        if not np.isfinite(found).all():
            problems.append("the matrix has entries that are missing or infinite")
        else:
            if np.abs(found - found.T).max() > _SYMMETRIC:
                problems.append("the matrix is not symmetric")
            if np.abs(np.diagonal(found) - 1).max() > _SYMMETRIC:
                problems.append("the diagonal of a correlation matrix is one")
            if np.abs(found).max() > 1 + _SYMMETRIC:
                problems.append("the matrix has entries that are not from -1 to 1")
        if len(names) != len(found) and not wrong_names:
            problems.append(f"{len(names)} names were given for {len(found)} items")
        if len(set(names)) != len(names):
            problems.append("a name is used for more than one item")
        if problems:
            raise AnalysisError(problems)
        found = (found + found.T) / 2
        np.fill_diagonal(found, 1.0)
        n_pairs = np.full(found.shape, n, dtype=np.int64)
        return cls(
            read_only(found),
            read_only(n_pairs),
            (),
            "given",
            smallest_eigenvalue_of(found),
            names,
            int(n),
            "listwise",
            True,
            0,
            (f"n = {n}",),
        )

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_names)

    @property
    def positive_definite(self) -> bool:
        """Whether data could have this matrix, and it has an inverse."""
        return self.smallest_eigenvalue > _POSITIVE

    def select(self, items: Sequence[str]) -> Self:
        """Give the correlations of some of the items, by name, in the order asked for."""
        refuse(wrong_list("items", items, "names of items"))
        names = [str(name) for name in items]
        unknown = [name for name in names if name not in self.item_names]
        if unknown:
            raise AnalysisError(f"there is no item {', '.join(unknown)}; the items are {', '.join(self.item_names)}")
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice or not names:
            raise AnalysisError(f"chosen more than once: {', '.join(twice)}" if twice else "no items were chosen")
        places = [self.item_names.index(name) for name in names]
        matrix = self.matrix[np.ix_(places, places)]
        return replace(
            self,
            matrix=read_only(matrix),
            n_pairs=read_only(self.n_pairs[np.ix_(places, places)]),
            thresholds=tuple(self.thresholds[place] for place in places) if self.thresholds else (),
            smallest_eigenvalue=smallest_eigenvalue_of(matrix),
            item_names=tuple(names),
        )

    def smooth(self, smallest: float = 1e-6) -> Self:
        """Give the nearest correlation matrix with no eigenvalue below about `smallest`; itself where that holds already.

        Raises
        ------
        AnalysisError
            Where `smallest` is not between 0 and 1.
        """
        refuse(wrong_number("smallest", smallest, above=0, below=1))
        if self.smallest_eigenvalue >= smallest:
            return self
        matrix = _nearest_correlation(self.matrix, smallest)
        moved = float(np.abs(matrix - self.matrix).max())
        return replace(
            self,
            matrix=read_only(matrix),
            method=f"{self.method}, smoothed",
            smallest_eigenvalue=smallest_eigenvalue_of(matrix),
            notes=(
                *self.notes,
                f"smoothed on request: no correlation moved by more than {moved:.2g} "
                f"(the smallest eigenvalue was {self.smallest_eigenvalue:.2g})",
            ),
        )

    def check_positive_definite(self, purpose: str) -> None:
        """Refuse a matrix without an inverse for what needs one, and say what can be done."""
        if not self.positive_definite:
            raise AnalysisError(
                f"the {self.method} correlations are not positive definite (smallest eigenvalue "
                f"{self.smallest_eigenvalue:.3g}), so that {purpose} is not defined: leave out items that repeat one "
                "another, or pass the correlations after smooth()"
            )

    def table(self) -> Table:
        """Give the matrix, one row an item."""
        kind = (
            "Correlations as given" if self.method.startswith("given") else f"{self.method.capitalize()} correlations"
        )
        rows: list[tuple[Cell, ...]] = [
            (name, *row) for name, row in zip(self.item_names, self.matrix.tolist(), strict=True)
        ]
        notes = (*self.notes, f"smallest eigenvalue {self.smallest_eigenvalue:.3f}")
        if not self.positive_definite:
            notes = (
                *notes,
                "not positive definite: no data could have this matrix (smooth() gives the nearest that can)",
            )
        return Table(f"{kind}, {self.n_items} items", ("item", *self.item_names), tuple(rows), notes)


def smallest_eigenvalue_of(matrix: FloatArray) -> float:
    """Give the smallest eigenvalue of a symmetric matrix."""
    return float(np.linalg.eigvalsh(matrix)[0])


def _nearest_correlation(matrix: FloatArray, smallest: float) -> FloatArray:
    """Alternate between a unit diagonal and eigenvalues of at least `smallest` (Higham 2002, algorithm 3.3)."""
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(1000):
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, smallest)) @ vectors.T
        correction = positive - shifted
        before, found = found, positive.copy()
        np.fill_diagonal(found, 1.0)
        if np.abs(found - before).max() < 1e-10:
            break
    # The last projection set the diagonal; scaling instead keeps the matrix positive definite.
    deviations = np.sqrt(np.diagonal(positive))
    scaled: FloatArray = positive / np.outer(deviations, deviations)
    np.fill_diagonal(scaled, 1.0)
    return (scaled + scaled.T) / 2
