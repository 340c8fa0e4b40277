r"""Means, variances and covariances over the pairs of answers that exist.

With :math:`n_{ij}` respondents who answered both items, :math:`S_{ij}` the sum of item i over them, and
:math:`P_{ij}` the sum of products,

.. math:: c_{ij} = \frac{n_{ij} P_{ij} - S_{ij} S_{ji}}{n_{ij} (n_{ij} - 1)},

the pairwise-complete covariance: both means are those of the pair, and the diagonal uses every answer to the item.
From whole numbers the sums are exact, so the only rounding is that of the last division.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from .counted import counted
from .item_responses import FloatArray, IntArray, ItemResponses, read_only
from .options import wrong_word

Missing = Literal["pairwise", "listwise"]

_LARGEST_INT64 = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Moments:
    """Second-order moments of items.

    Attributes
    ----------
    item_names : tuple of str
    n_pairs : ndarray of int64, shape (n_items, n_items)
        Respondents who answered both items; on the diagonal, those who answered the item.
    means : ndarray, shape (n_items,)
        Mean of every answer to the item, in the units of the answers.
    covariance : ndarray, shape (n_items, n_items)
        Covariances over the respondents who answered both items; variances over all who answered the item.
    correlation : ndarray, shape (n_items, n_items)
        Pearson correlations, means and standard deviations both over the respondents who answered both items.
    n_rows, n_respondents, n_used : int
        Rows read; rows with at least one answer; rows that the moments rest on.
    missing : {"pairwise", "listwise"}
    """

    item_names: tuple[str, ...]
    n_pairs: IntArray
    means: FloatArray
    covariance: FloatArray
    correlation: FloatArray
    n_rows: int
    n_respondents: int
    n_used: int
    missing: Missing

    @classmethod
    def from_sums(
        cls,
        n_pairs: IntArray,
        sums: NDArray[Any],
        squares: NDArray[Any],
        products: NDArray[Any],
        *,
        centre: FloatArray | float = 0.0,
        item_names: tuple[str, ...],
        n_rows: int,
        n_respondents: int,
        n_used: int,
        missing: Missing,
    ) -> Self:
        """Make moments from pairwise sums of answers less `centre`; entry (i, j) of `sums` and `squares` is of item i."""
        largest = int(n_pairs.max(initial=0)) * int(np.max(squares, initial=0))
        if sums.dtype.kind == "i" and largest > _LARGEST_INT64:
            # Python's whole numbers are slower and never overflow; only hundreds of millions of rows come here.
            sums, squares, products = (array.astype(object) for array in (sums, squares, products))
        covariance = covariance_of_sums(n_pairs, sums, products)
        variance = covariance_of_sums(n_pairs, sums, squares, of_one_item=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = np.diagonal(sums).astype(np.float64) / np.diagonal(n_pairs) + centre
            correlation = covariance / np.sqrt(variance * variance.T)
        # On the diagonal the quotient is one but for rounding.
        np.fill_diagonal(correlation, np.where(np.diagonal(variance) > 0, 1.0, np.nan))
        return cls(
            item_names,
            read_only(n_pairs.copy()),
            read_only(means),
            read_only(covariance),
            read_only(correlation),
            n_rows,
            n_respondents,
            n_used,
            missing,
        )

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_names)

    @property
    def standardized(self) -> FloatArray:
        """The covariance matrix scaled to a unit diagonal: with missing answers, not quite the correlations."""
        deviations = np.sqrt(np.diagonal(self.covariance))
        scaled: FloatArray = self.covariance / np.outer(deviations, deviations)
        np.fill_diagonal(scaled, 1.0)
        return scaled

    def note_on_missing(self) -> str:
        """Say in one sentence which rows and pairs were used."""
        empty = self.n_rows - self.n_respondents
        left_out = f"; {counted(empty, 'row')} without any answer left out" if empty else ""
        if self.missing == "listwise":
            return f"n = {self.n_used} respondents who answered every item, of {self.n_respondents}{left_out}"
        if (self.n_pairs == self.n_used).all():
            return f"n = {self.n_used} respondents, every item answered{left_out}"
        apart = ~np.eye(self.n_items, dtype=bool)
        pairs = self.n_pairs[apart] if self.n_items > 1 else self.n_pairs
        return (
            f"n = {self.n_used} respondents; missing answers pairwise, "
            f"{pairs.min()} to {pairs.max()} respondents a pair{left_out}"
        )


def covariance_of_sums(
    n_pairs: NDArray[Any], sums: NDArray[Any], products: NDArray[Any], *, of_one_item: bool = False
) -> FloatArray:
    """Give (n P - S S') / (n (n - 1)), NaN where fewer than two respondents; any leading dimensions are kept.

    With `of_one_item` the products are squares and the result is the variance of item i over the pairs with j.
    """
    others = sums if of_one_item else np.swapaxes(sums, -1, -2)
    numerator = (n_pairs * products - sums * others).astype(np.float64)
    n = n_pairs.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: FloatArray = np.where(n > 1, numerator / (n * (n - 1)), np.nan)
    return quotient


def wrong_missing(missing: Any) -> list[str]:
    """Ask for a way of treating missing answers."""
    return wrong_word("missing", missing, ("pairwise", "listwise"))


def moments_of_answers(answers: ItemResponses, missing: Missing) -> Moments:
    """Give the moments of answers that have been read; they need not be whole numbers."""
    values = answers.complete_rows() if missing == "listwise" else answers.values
    answered = ~np.isnan(values)
    n_answers = answered.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(n_answers > 0, np.where(answered, values, 0.0).sum(axis=0) / n_answers, 0.0)
    if (values[answered] == np.rint(values[answered])).all():
        centre = np.rint(centre)  # whole numbers stay whole, and their sums exact
    deviations = np.where(answered, values - centre, 0.0)
    present = answered.astype(np.float64)
    return Moments.from_sums(
        np.rint(present.T @ present).astype(np.int64),
        deviations.T @ present,
        (deviations**2).T @ present,
        deviations.T @ deviations,
        centre=centre,
        item_names=answers.item_names,
        n_rows=answers.n_rows,
        n_respondents=answers.n_respondents,
        n_used=len(values) if missing == "listwise" else answers.n_respondents,
        missing=missing,
    )
