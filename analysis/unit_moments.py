"""Moments of answers by unit: what a cluster bootstrap and the score of a placement need, exact and mergeable.

Each unit keeps, for every two items, how many of its respondents answered both, the sum of each over them, and the sum
of products; and, by the number of items answered, how many respondents, the sum and the sum of squares of their totals,
from which the moments of scale scores follow for any rule on how many items must be answered. All are whole numbers:
the state is the same to the bit however the rows are split.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import AnalysisError
from .item_responses import IntArray, read_codes, read_only, wrong_categories
from .moments import Missing, Moments, wrong_missing
from .one_thread import one_thread
from .options import refuse, shown, wrong_kind, wrong_share
from .units.sums import ScoreSums, encode_units, encode_whole_numbers, read_units

_EXACT_FLOAT32 = 2**24
"""Whole numbers up to here are exact in single precision, so a Gram matrix whose entries stay below it is exact."""

_CHUNK_ROWS = 16_384
"""Rows worked on together: they and their products stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnitMoments:
    """Pairwise counts, sums and products of answers in each unit, and of respondents' totals.

    Attributes
    ----------
    unit : tuple, length n_units
        Labels in order of first appearance.
    item_names : tuple of str
    packed : ndarray of int64, shape (n_units, p (p + 1) / 2 + p p + p (p + 1) / 2)
        Pair counts (upper triangle), sums (row i, column j: of item i over those who answered j too) and products (upper
        triangle), side by side, so that a weighted sum over units is one matrix product. Read it through `n_pairs`,
        `sums` and `products`.
    squares : ndarray of int64, shape (p, p)
        Over all units, the sum of squares of item i over those who answered item j too.
    tallies : ndarray of int64, shape (n_units, p + 1, 3)
        By number of items answered: respondents, sum of their totals, sum of squared totals.
    n_rows : int
        Rows read.
    missing : {"pairwise", "listwise"}

    Examples
    --------
    >>> state = UnitMoments.from_responses([[1, 2], [3, None], [5, 4]], ["Elm", "Elm", "Oak"])
    >>> state
    UnitMoments(2 units, 2 items, 3 respondents)
    >>> state.n_pairs.tolist()
    [[[2, 1], [1, 1]], [[1, 1], [1, 1]]]
    >>> state.score_sums().mean.tolist()
    [2.25, 4.5]
    """

    unit: tuple[Hashable, ...]
    item_names: tuple[str, ...]
    packed: IntArray
    squares: IntArray
    tallies: IntArray
    n_rows: int
    missing: Missing

    @classmethod
    def from_responses(
        cls,
        item_responses: Any,
        unit: ArrayLike | Sequence[Hashable],
        categories: int | None = None,
        *,
        missing: Missing = "pairwise",
    ) -> Self:
        """Sum answers by the unit each respondent belongs to.

        Parameters
        ----------
        item_responses : array_like or data frame, shape (n_respondents, n_items)
            Whole numbers from 1 up, missing as NaN.
        unit : sequence of labels, length n_respondents
            The placement, team or school of each respondent; none missing.
        categories : int, optional
            Largest answer that is on the scale.
        missing : {"pairwise", "listwise"}

        Raises
        ------
        AnalysisError
            For every answer off the scale, and for labels that are missing or of another number.
        """
        refuse([*wrong_categories(categories), *wrong_missing(missing)])
        codes, names, own, place = _read(item_responses, unit, categories)
        growing = _GrowingSums()
        with one_thread():
            growing.add(codes, own, place, missing)
        return cls._grown(growing, names, missing)

    @classmethod
    def from_batches(
        cls,
        batches: Iterable[tuple[Any, ArrayLike | Sequence[Hashable]]],
        categories: int | None = None,
        *,
        missing: Missing = "pairwise",
    ) -> Self:
        """Sum many tables in turn, each with the units of its rows, holding one at a time.

        Parameters
        ----------
        batches : iterable of (item_responses, unit)
            Tables with the same items in the same order, and a label for each row.
        categories, missing
            As in `from_responses`.

        Raises
        ------
        AnalysisError
            With every problem of the first batch that has any, and its number: no further batch is read.
        """
        refuse([*wrong_categories(categories), *wrong_missing(missing)])
        if not isinstance(batches, Iterable):
            raise AnalysisError(f"batches are pairs of answers and units in turn, not {shown(batches)}")
        names: tuple[str, ...] | None = None
        growing = _GrowingSums()
        for number, batch in enumerate(batches, start=1):
            try:
                item_responses, unit = batch
            except (TypeError, ValueError) as error:
                raise AnalysisError(f"batch {number} is not a pair of answers and the units of their rows") from error
            try:
                codes, batch_names, own, place = _read(item_responses, unit, categories)
            except AnalysisError as error:
                raise error.about(f"batch {number}") from error
            if names is None:
                names = batch_names
            elif names != batch_names:
                raise AnalysisError(f"batch {number} has other items than the first")
            with one_thread():
                growing.add(codes, own, place, missing)
        if names is None:
            raise AnalysisError("no batches of answers were given")
        return cls._grown(growing, names, missing)

    @classmethod
    def _grown(cls, growing: _GrowingSums, names: tuple[str, ...], missing: Missing) -> Self:
        n_units = len(growing.places)
        return cls(
            tuple(growing.places),
            names,
            read_only(_first(growing.packed, n_units)),
            read_only(growing.squares),
            read_only(_first(growing.tallies, n_units)),
            growing.n_rows,
            missing,
        )

    def merge(self, other: UnitMoments) -> Self:
        """Give the state of both sets of rows together; the same as ``self + other``."""
        refuse(wrong_kind("other", other, UnitMoments, "UnitMoments.from_responses"))
        problems = []
        if self.item_names != other.item_names:
            problems.append("the states hold other items")
        if self.missing != other.missing:
            problems.append(f"one state is {self.missing}, the other {other.missing}")
        if problems:
            raise AnalysisError(problems)
        places = {label: place for place, label in enumerate(dict.fromkeys((*self.unit, *other.unit)))}
        packed = np.zeros((len(places), self.packed.shape[1]), dtype=np.int64)
        tallies = np.zeros((len(places), *self.tallies.shape[1:]), dtype=np.int64)
        for state in (self, other):
            where = np.array([places[label] for label in state.unit], dtype=np.intp)
            packed[where] += state.packed
            tallies[where] += state.tallies
        return type(self)(
            tuple(places),
            self.item_names,
            read_only(packed),
            read_only(self.squares + other.squares),
            read_only(tallies),
            self.n_rows + other.n_rows,
            self.missing,
        )

    def __add__(self, other: object) -> Self:
        if not isinstance(other, UnitMoments):
            return NotImplemented
        return self.merge(other)

    def __repr__(self) -> str:
        return f"UnitMoments({self.n_units} units, {self.n_items} items, {int(self.n.sum())} respondents)"

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.unit)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_names)

    @property
    def n(self) -> IntArray:
        """Respondents of each unit with at least one answer, shape (n_units,)."""
        respondents: IntArray = self.tallies[:, 1:, 0].sum(axis=1)
        return respondents

    @property
    def n_pairs(self) -> IntArray:
        """Respondents who answered both items, shape (n_units, p, p)."""
        return unpack(self.packed, self.n_items)[0]

    @property
    def sums(self) -> IntArray:
        """Sum of item i over those who answered item j too, shape (n_units, p, p)."""
        return unpack(self.packed, self.n_items)[1]

    @property
    def products(self) -> IntArray:
        """Sum of products of two items, shape (n_units, p, p)."""
        return unpack(self.packed, self.n_items)[2]

    def moments(self) -> Moments:
        """Give the moments of all units together, as if there were no units."""
        n_pairs, sums, products = unpack(self.packed.sum(axis=0), self.n_items)
        respondents = int(self.n.sum())
        used = int(self.tallies[:, -1, 0].sum()) if self.missing == "listwise" else respondents
        return Moments.from_sums(
            n_pairs,
            sums,
            self.squares,
            products,
            item_names=self.item_names,
            n_rows=self.n_rows,
            n_respondents=respondents,
            n_used=used,
            missing=self.missing,
        )

    def score_sums(self, minimum_share: float = 0.5) -> ScoreSums:
        """Give the sums of scale scores in each unit: a respondent's score is the mean of the answered items.

        Parameters
        ----------
        minimum_share : float
            Share of the items that must be answered for a score; otherwise the respondent has none.

        Returns
        -------
        ScoreSums
            What `unit_reliability` and `unit_scores` take in place of scores.
        """
        least = least_answered(self.n_items, minimum_share)
        answered = np.arange(least, self.n_items + 1)
        kept = self.tallies[:, least:]
        count = kept[:, :, 0].sum(axis=1)
        total = (kept[:, :, 1] / answered).sum(axis=1)
        squares = (kept[:, :, 2] / answered**2).sum(axis=1)
        return ScoreSums.from_sums(self.unit, count, total, squares, n_missing=self.n_rows - int(count.sum()))


def least_answered(n_items: int, minimum_share: float) -> int:
    """Give the fewest answers that make a scale score: the share of the items, at least one."""
    refuse(wrong_share("minimum_share", minimum_share))
    # A share such as 0.6 of 5 items is 3, not the 4 that the binary fraction just above it would give.
    return max(1, int(np.ceil(round(minimum_share * n_items, 9))))


def unpack(packed: NDArray[Any], p: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Give pair counts, sums and products of p items as square matrices; leading dimensions are kept."""
    triangle = p * (p + 1) // 2
    first, second = np.triu_indices(p)
    squares = []
    for side in (packed[..., :triangle], packed[..., -triangle:]):
        square = np.empty((*packed.shape[:-1], p, p), dtype=packed.dtype)
        square[..., first, second] = square[..., second, first] = side
        squares.append(square)
    sums = packed[..., triangle : triangle + p * p].reshape(*packed.shape[:-1], p, p)
    return squares[0], sums, squares[1]


class _GrowingSums:
    """Sums under construction; room for units doubles as they appear."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}
        self.n_rows = 0
        self.packed: IntArray = np.zeros((0, 0), dtype=np.int64)
        self.tallies: IntArray = np.zeros((0, 0, 3), dtype=np.int64)
        self.squares: IntArray = np.zeros((0, 0), dtype=np.int64)

    def add(
        self, codes: NDArray[np.int8], own: tuple[Hashable, ...], place_in_batch: NDArray[np.intp], missing: Missing
    ) -> None:
        """Add rows of codes, 0 for missing, each with the place of its unit among the batch's `own`."""
        n_rows, p = codes.shape
        where = np.array([self.places.setdefault(label, len(self.places)) for label in own], dtype=np.intp)
        self._make_room(p)
        self.n_rows += n_rows
        place = where[place_in_batch]
        answered = self._add_totals(codes, place)
        used = np.flatnonzero(answered == p) if missing == "listwise" else np.arange(n_rows)
        small = place[used].astype(np.uint16 if len(self.places) <= 2**16 else np.int64)  # NumPy sorts bytes by radix
        order = used[np.argsort(small, kind="stable")]
        starts = np.flatnonzero(np.diff(place[order], prepend=-1))
        largest = max(1, int(codes.max(initial=1)))
        longest = _EXACT_FLOAT32 // largest**2
        packing = _packing(p)
        for start, end in zip(starts, np.append(starts, len(order))[1:], strict=True):
            row = self.packed[place[order[start]]]
            for begin in range(start, end, longest):
                rows = codes.take(order[begin : min(begin + longest, end)], axis=0)
                both = np.concatenate((rows, rows > 0), axis=1, dtype=np.float32)
                row += (both.T @ both).ravel()[packing].astype(np.int64)
        rows = codes if missing == "pairwise" else codes[used]
        step = min(_CHUNK_ROWS, longest)
        for begin in range(0, len(rows), step):
            answers = rows[begin : begin + step].astype(np.float32)
            self.squares += ((answers**2).T @ (answers > 0).astype(np.float32)).astype(np.int64)

    def _add_totals(self, codes: NDArray[np.int8], place: NDArray[np.intp]) -> NDArray[np.int64]:
        """Add each respondent's total to the tallies of the unit, and give the number of items answered."""
        p = codes.shape[1]
        answered, totals = np.empty((2, len(codes)), dtype=np.int64)
        ones = np.ones(p, dtype=np.float32)
        for begin in range(0, len(codes), _CHUNK_ROWS):
            rows = codes[begin : begin + _CHUNK_ROWS]
            # Products with a vector of ones: several times as fast as a sum over so short an axis, and as exact.
            totals[begin : begin + _CHUNK_ROWS] = rows.astype(np.float32) @ ones
            answered[begin : begin + _CHUNK_ROWS] = (rows > 0).astype(np.float32) @ ones
        cells = self.tallies.shape[:2]
        flat = place * (p + 1) + answered
        for column, amounts in enumerate((None, totals, totals**2)):
            sums = np.bincount(flat, weights=amounts, minlength=cells[0] * cells[1])
            self.tallies[:, :, column] += np.rint(sums).astype(np.int64).reshape(cells)
        return answered

    def _make_room(self, p: int) -> None:
        needed = len(self.places)
        if not self.squares.size:
            self.squares = np.zeros((p, p), dtype=np.int64)
            self.packed = np.zeros((needed, p * (p + 1) + p * p), dtype=np.int64)
            self.tallies = np.zeros((needed, p + 1, 3), dtype=np.int64)
        elif needed > len(self.packed):
            more = max(needed, 2 * len(self.packed)) - len(self.packed)
            self.packed = np.pad(self.packed, ((0, more), (0, 0)))
            self.tallies = np.pad(self.tallies, ((0, more), (0, 0), (0, 0)))


def _packing(p: int) -> NDArray[np.intp]:
    """Say where in the flat Gram matrix of (answers, indicators) each entry of a packed row stands."""
    first, second = np.triu_indices(p)
    rows, columns = np.divmod(np.arange(p * p), p)
    width = 2 * p
    pair_counts = (p + first) * width + p + second
    sums = rows * width + p + columns
    products = first * width + second
    return np.concatenate((pair_counts, sums, products))


def _first(array: IntArray, n: int) -> IntArray:
    """Give the first n units without the spare room, copied only where there is any: it may be most of the memory."""
    return array if len(array) == n else array[:n].copy()


def _read(
    item_responses: Any, unit: ArrayLike | Sequence[Hashable], categories: int | None
) -> tuple[NDArray[np.int8], tuple[str, ...], tuple[Hashable, ...], NDArray[np.intp]]:
    """Read answers, labels and each row's place among the labels, or raise with every problem of both."""
    try:
        codes, names = read_codes(item_responses, categories)
    except AnalysisError as error:
        if not hasattr(item_responses, "__len__"):
            raise
        _, problems = read_units(unit, len(item_responses))
        raise AnalysisError([*error.problems, *problems]) from error
    if isinstance(unit, np.ndarray) and unit.dtype.kind in "iu" and unit.shape == (len(codes),):
        return codes, names, *encode_whole_numbers(unit)  # which cannot be missing
    labels, problems = read_units(unit, len(codes))
    if problems:
        raise AnalysisError(problems)
    return codes, names, *encode_units(labels)
