"""Pairwise tables: for every two items, how many respondents gave each pair of answers.

One pass over the rows makes them; afterwards no statistic built on them costs more for a million rows than for a
thousand. They are counts in int64, so they merge exactly: whatever the split of the rows, the sum is the same to
the bit.

The pass turns every answer into one bit a category, so that 64 respondents fill a machine word, and a cell of a table
is the number of bits that two columns share. On 31 five-point items that is faster than a Gram matrix
of the same indicators in single precision, and it needs no care about where floats stop counting exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .item_responses import IntArray, read_codes, read_only, wrong_categories
from .moments import Missing, Moments, wrong_missing
from .options import is_whole, refuse, shown, wrong_kind, wrong_list

CHUNK_ROWS = 65_536
"""Rows worked on together: large enough for NumPy to be busy, small enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PairwiseTables:
    """Counts of pairs of answers, exact and mergeable.

    Attributes
    ----------
    counts : ndarray of int64, shape (n_items, n_items, k, k)
        ``counts[i, j, a, b]`` respondents answered a + 1 to item i and b + 1 to item j. The tables on the diagonal hold
        each item's frequencies on their own diagonal.
    item_names : tuple of str
    n_rows : int
        Rows read, whatever was in them.
    n_respondents : int
        Rows with at least one answer.
    n_used : int
        Rows counted: the respondents, or only the complete rows where `missing` is "listwise".
    missing : {"pairwise", "listwise"}

    Examples
    --------
    >>> first = PairwiseTables.from_responses([[1, 2], [2, 2], [3, None]], categories=3)
    >>> second = PairwiseTables.from_responses([[3, 3]], categories=3)
    >>> both = first + second
    >>> both
    PairwiseTables(2 items, 3 categories, 4 respondents)
    >>> both.counts[0, 1].tolist()
    [[0, 1, 0], [0, 1, 0], [0, 0, 1]]
    >>> both.n_pairs.tolist()
    [[4, 3], [3, 3]]
    """

    counts: IntArray
    item_names: tuple[str, ...]
    n_rows: int
    n_respondents: int
    n_used: int
    missing: Missing = "pairwise"

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=np.int64)
        if counts.ndim != 4 or counts.shape[:2] != (len(self.item_names),) * 2 or counts.shape[2] != counts.shape[3]:
            raise AnalysisError(
                f"the counts of {len(self.item_names)} items have shape (items, items, k, k), not {counts.shape}"
            )
        if (counts < 0).any() or (counts != self.counts).any():
            raise AnalysisError("counts of respondents are whole numbers, none of them negative")
        if (counts != counts.transpose(1, 0, 3, 2)).any():
            raise AnalysisError("the counts of items i and j are not those of items j and i turned over")
        object.__setattr__(self, "counts", read_only(counts))

    @classmethod
    def from_responses(
        cls, item_responses: Any, categories: int | None = None, *, missing: Missing = "pairwise"
    ) -> Self:
        """Count the answers of one table, or of an iterator of tables (see `from_batches`).

        Parameters
        ----------
        item_responses : array_like, data frame or iterator of them
            Whole numbers from 1 up, missing as NaN.
        categories : int, optional
            Response options; by default the largest answer found.
        missing : {"pairwise", "listwise"}
            Whether a respondent counts for every pair of answers given, or only when every item is answered.

        Raises
        ------
        AnalysisError
            For every answer that is not a whole number from 1 to `categories`. A constant item or an empty one is
            no error here, since it may vary in the rows of another state: the statistics refuse it.
        """
        if isinstance(item_responses, Iterator):
            return cls.from_batches(item_responses, categories, missing=missing)
        refuse([*wrong_categories(categories), *wrong_missing(missing)])
        codes, names = read_codes(item_responses, categories)
        bits = _BitCounts()
        bits.add(codes, missing)
        return cls(bits.counts(len(names), categories), names, bits.n_rows, bits.n_respondents, bits.n_used, missing)

    @classmethod
    def from_batches(
        cls, batches: Iterable[Any], categories: int | None = None, *, missing: Missing = "pairwise"
    ) -> Self:
        """Count the answers of many tables in turn, holding one at a time.

        Parameters
        ----------
        batches : iterable of array_like or data frame
            Tables with the same items in the same order, such as what ``pyarrow.parquet.ParquetFile.iter_batches`` or
            ``pandas.read_csv(chunksize=...)`` give.
        categories, missing
            As in `from_responses`.

        Raises
        ------
        AnalysisError
            With every problem of the first batch that has any, and its number: no further batch is read.
        """
        refuse([*wrong_categories(categories), *wrong_missing(missing)])
        if not isinstance(batches, Iterable):
            raise AnalysisError(f"batches are tables of answers in turn, not {shown(batches)}")
        names: tuple[str, ...] | None = None
        bits = _BitCounts()
        for number, batch in enumerate(batches, start=1):
            try:
                codes, batch_names = read_codes(batch, categories)
            except AnalysisError as error:
                raise error.about(f"batch {number}") from error
            if names is None:
                names = batch_names
            elif names != batch_names:
                raise AnalysisError(f"batch {number} has other items than the first: {_difference(names, batch_names)}")
            bits.add(codes, missing)
        if names is None:
            raise AnalysisError("no batches of answers were given")
        counts = bits.counts(len(names), categories)
        return cls(counts, names, bits.n_rows, bits.n_respondents, bits.n_used, missing)

    @classmethod
    def from_codes(cls, codes: NDArray[np.int8], item_names: Sequence[str], *, missing: Missing = "pairwise") -> Self:
        """Count answers as `analysis.item_responses.read_codes` gives them: from 1 up, 0 where missing."""
        bits = _BitCounts()
        bits.add(codes, missing)
        counts = bits.counts(codes.shape[1], None)
        return cls(counts, tuple(item_names), bits.n_rows, bits.n_respondents, bits.n_used, missing)

    def merge(self, other: PairwiseTables) -> Self:
        """Give the state of both sets of rows together; the same as ``self + other``."""
        refuse(wrong_kind("other", other, PairwiseTables, "PairwiseTables.from_responses"))
        problems = []
        if self.item_names != other.item_names:
            problems.append(f"the states hold other items: {_difference(self.item_names, other.item_names)}")
        if self.missing != other.missing:
            problems.append(f"one state is {self.missing}, the other {other.missing}")
        if problems:
            raise AnalysisError(problems)
        k = max(self.n_categories, other.n_categories)
        return replace(
            self,
            counts=_widened(self.counts, k) + _widened(other.counts, k),
            n_rows=self.n_rows + other.n_rows,
            n_respondents=self.n_respondents + other.n_respondents,
            n_used=self.n_used + other.n_used,
        )

    def __add__(self, other: object) -> Self:
        if not isinstance(other, PairwiseTables):
            return NotImplemented
        return self.merge(other)

    def __repr__(self) -> str:
        return f"PairwiseTables({self.n_items} items, {self.n_categories} categories, {self.n_respondents} respondents)"

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_names)

    @property
    def n_categories(self) -> int:
        """Number of response options k."""
        return int(self.counts.shape[2])

    @property
    def n_pairs(self) -> IntArray:
        """Respondents who answered both items, shape (n_items, n_items)."""
        pairs: IntArray = self.counts.sum(axis=(2, 3))
        return pairs

    @property
    def frequencies(self) -> IntArray:
        """Respondents who gave each answer to each item, shape (n_items, k)."""
        own = self.counts[np.arange(self.n_items), np.arange(self.n_items)]
        return np.diagonal(own, axis1=1, axis2=2).copy()

    def select(self, items: Sequence[str | int]) -> Self:
        """Give the state of some of the items, by name or place, so that one pass serves every scale.

        The tables do not remember which respondents answered none of the chosen items. `n_respondents` and, pairwise,
        `n_used` become the largest number who answered any one of them: exact when one item was answered by
        everyone who answered another, and otherwise on the cautious side.
        """
        refuse(
            wrong_list("items", items, "names or places of items") or ([] if len(items) else ["no items were chosen"])
        )
        places = [self._place(item) for item in items]
        twice = dict.fromkeys(self.item_names[place] for place in places if places.count(place) > 1)
        if twice:
            raise AnalysisError(f"chosen more than once: {', '.join(twice)}")
        counts = self.counts[np.ix_(places, places)]
        answered = int(counts.sum(axis=(2, 3)).max(initial=0))
        listwise = self.missing == "listwise"
        return replace(
            self,
            counts=counts,
            item_names=tuple(self.item_names[place] for place in places),
            n_respondents=self.n_respondents if listwise else answered,
            n_used=self.n_used if listwise else answered,
        )

    def moments(self) -> Moments:
        """Give means, covariances and correlations, exact up to one division."""
        answers = np.arange(1, self.n_categories + 1)
        of_first = self.counts.sum(axis=3)  # (i, j, a): answers to i among those who answered j
        return Moments.from_sums(
            self.n_pairs,
            of_first @ answers,
            of_first @ answers**2,
            (self.counts @ answers) @ answers,
            item_names=self.item_names,
            n_rows=self.n_rows,
            n_respondents=self.n_respondents,
            n_used=self.n_used,
            missing=self.missing,
        )

    def _place(self, item: str | int) -> int:
        if isinstance(item, str):
            if item not in self.item_names:
                raise AnalysisError(f"there is no item {item}; the items are {', '.join(self.item_names)}")
            return self.item_names.index(item)
        if not is_whole(item) or not 0 <= item < self.n_items:
            raise AnalysisError(f"there is no item at place {shown(item)} of {self.n_items}")
        return item


class _BitCounts:
    """Counts under construction, in the category numbers met so far."""

    def __init__(self) -> None:
        self.n_rows = self.n_respondents = self.n_used = 0
        self._counts: IntArray | None = None

    def add(self, codes: NDArray[np.int8], missing: Missing) -> None:
        """Add rows of codes, 0 for missing."""
        n_rows, n_items = codes.shape
        k = int(codes.max(initial=0))
        counts = np.zeros((n_items, n_items, k, k), dtype=np.int64)
        for start in range(0, n_rows, CHUNK_ROWS):
            columns = np.ascontiguousarray(codes[start : start + CHUNK_ROWS].T)
            used = answered = np.bitwise_or.reduce(columns, axis=0) > 0
            if missing == "listwise":
                used = np.minimum.reduce(columns, axis=0) > 0
                columns = columns[:, used]
            self.n_respondents += int(answered.sum())
            self.n_used += int(used.sum())
            counts += _count_pairs(columns, k)
        self.n_rows += n_rows
        if self._counts is None:
            self._counts = counts
        else:
            k = max(k, self._counts.shape[2])
            self._counts = _widened(self._counts, k) + _widened(counts, k)

    def counts(self, n_items: int, categories: int | None) -> IntArray:
        """Give the counts with a row and column for every category asked for."""
        counts = self._counts if self._counts is not None else np.zeros((n_items, n_items, 0, 0), dtype=np.int64)
        return _widened(counts, categories if categories is not None else counts.shape[2])


def _count_pairs(columns: NDArray[np.int8], k: int) -> IntArray:
    """Count shared bits of every two columns (item, category), from codes of shape (n_items, n_rows)."""
    n_items, n_rows = columns.shape
    n_words = -(-n_rows // 64)
    columns = np.pad(columns, ((0, 0), (0, n_words * 64 - n_rows)))  # the code 0 sets no bit
    categories = np.arange(1, k + 1, dtype=np.int8)[:, None]
    words = np.empty((n_items * k, n_words), dtype=np.uint64)
    for item in range(n_items):
        words[item * k : (item + 1) * k] = np.packbits(columns[item] == categories, axis=1).view(np.uint64)
    n_columns = n_items * k
    shared = np.zeros((n_columns, n_columns), dtype=np.int64)
    both = np.empty_like(words)
    ones = np.empty(words.shape, dtype=np.uint8)
    for column in range(n_columns):
        rest = n_columns - column
        np.bitwise_and(words[column], words[column:], out=both[:rest])
        np.bitwise_count(both[:rest], out=ones[:rest])
        shared[column, column:] = shared[column:, column] = ones[:rest].sum(axis=1, dtype=np.uint32)
    return shared.reshape(n_items, k, n_items, k).transpose(0, 2, 1, 3)


def _widened(counts: IntArray, k: int) -> IntArray:
    """Give counts for k categories; those that nobody chose are zero."""
    extra = k - counts.shape[2]
    return np.pad(counts, ((0, 0), (0, 0), (0, extra), (0, extra))) if extra else counts


def _difference(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    only_first = ", ".join(name for name in first if name not in second)
    only_second = ", ".join(name for name in second if name not in first)
    if not only_first and not only_second:
        return "the same names in another order"
    return "; ".join(
        part
        for part in (
            only_first and f"{only_first} only in the first",
            only_second and f"{only_second} only in the second",
        )
        if part
    )
