r"""Means, variances and covariances over the pairs of answers that exist, from answers or from a mergeable state.

With :math:`n_{ij}` respondents who answered both items, :math:`S_{ij}` the sum of item i over them, and
:math:`P_{ij}` the sum of products,

.. math:: c_{ij} = \frac{n_{ij} P_{ij} - S_{ij} S_{ji}}{n_{ij} (n_{ij} - 1)},

the pairwise-complete covariance: both means are those of the pair, and the diagonal uses every answer to the item.
From whole numbers the sums are exact, so the only rounding is that of the last division.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from .counted import counted
from .errors import AnalysisError
from .item_responses import FloatArray, IntArray, ItemResponses, holds_moments, read_item_responses, read_only
from .options import refuse, wrong_word

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


def read_moments(
    item_responses: Any,
    *,
    missing: Missing = "pairwise",
    minimum_items: int = 2,
    minimum_respondents: int = 2,
    allow_constant: bool = False,
) -> Moments:
    """Read answers, a state or an iterator of batches into moments, and name all that keeps them from being analysed.

    Raises
    ------
    AnalysisError
        As `read_item_responses`; and where a pair of items has no two respondents in common, where too few rows are
        complete, or where `missing` is not how a state was made.
    """
    refuse(wrong_missing(missing))
    if isinstance(item_responses, Iterator):
        from .pairwise import PairwiseTables  # here, because the tables are themselves read into moments

        item_responses = PairwiseTables.from_batches(item_responses, missing=missing)
    if holds_moments(item_responses):
        moments: Moments = item_responses.moments()
        if missing == "listwise" and moments.missing != "listwise":
            raise AnalysisError(
                'a state counts pairs of answers and cannot drop rows afterwards: make it with missing="listwise"'
            )
    else:
        answers = read_item_responses(
            item_responses,
            minimum_items=minimum_items,
            minimum_respondents=minimum_respondents,
            allow_constant=allow_constant,
        )
        moments = moments_of_answers(answers, missing)
    check_moments(moments, minimum_items, minimum_respondents, allow_constant=allow_constant)
    return moments


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


def check_moments(moments: Moments, minimum_items: int, minimum_respondents: int, *, allow_constant: bool) -> None:
    """Name everything that keeps moments from being analysed: too few items or rows, constant items, thin pairs."""
    names = moments.item_names
    problems = []
    if len(names) < minimum_items:
        problems.append(f"at least {minimum_items} items needed, got {len(names)}")
    if moments.n_used < minimum_respondents:
        kind = "respondents who answered every item" if moments.missing == "listwise" else "respondents with an answer"
        problems.append(f"at least {minimum_respondents} {kind} needed, got {moments.n_used}")
    n_answers = np.diagonal(moments.n_pairs)
    if moments.n_used:  # without any row used, that says it of every item
        problems += [f"item {names[place]} has no answers" for place in np.flatnonzero(n_answers == 0)]
    if not allow_constant and moments.n_used >= minimum_respondents:
        constant = (n_answers > 0) & ~(np.diagonal(moments.covariance) > 0)
        problems += [
            f"item {names[place]} is constant: every answer is {moments.means[place]:g}"
            for place in np.flatnonzero(constant)
        ]
        thin = np.triu((moments.n_pairs < 2) & (n_answers > 1) & (n_answers > 1)[:, None], 1)
        problems += [
            f"items {names[first]} and {names[second]} were answered together by {moments.n_pairs[first, second]} "
            "respondents: at least 2 needed"
            for first, second in np.argwhere(thin)
        ]
    if problems:
        raise AnalysisError(problems)
