"""Answers as a list of different patterns and how many respondents gave each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..item_responses import FloatArray, IntArray, ItemResponses
from .curves import Places


@dataclass(frozen=True, slots=True, eq=False)
class AnswerPatterns:
    """The different patterns of answers among respondents with at least one.

    Attributes
    ----------
    option : ndarray of int64, shape (n_patterns, n_items)
        Place of the option chosen among those of all items, -1 where there is no answer.
    count : ndarray, shape (n_patterns,)
        Respondents with each pattern.
    of_row : ndarray of int64, shape (n_rows,)
        The pattern of each row given, -1 for a row without an answer.
    n_options : int
        Options of all items.
    """

    option: IntArray
    count: FloatArray
    of_row: IntArray
    n_options: int

    @classmethod
    def of(cls, answers: ItemResponses, places: Sequence[Places]) -> AnswerPatterns:
        """Sort rows by pattern; `places` has for each item where its answers 1, 2, ... stand among all options."""
        option = np.full(answers.values.shape, -1, dtype=np.int64)
        for item, known in enumerate(places):
            there = ~np.isnan(answers.values[:, item])
            option[there, item] = known[answers.values[there, item].astype(np.intp) - 1]
        rows = np.flatnonzero((option >= 0).any(axis=1))
        packed = np.ascontiguousarray(option[rows].astype(np.int32))
        whole = packed.view(np.dtype((np.void, packed.dtype.itemsize * packed.shape[1]))).ravel()
        _, first, pattern, count = np.unique(whole, return_index=True, return_inverse=True, return_counts=True)
        of_row = np.full(len(option), -1, dtype=np.int64)
        of_row[rows] = pattern
        n_options = sum(int((known >= 0).sum()) for known in places)
        return cls(option[rows[first]], count.astype(np.float64), of_row, n_options)

    @property
    def n(self) -> int:
        """Respondents with at least one answer."""
        return int(self.count.sum())

    def chunks(self, size: int) -> Iterator[tuple[slice, FloatArray]]:
        """Give patterns as indicators of options, shape (n_patterns_of_the_chunk, n_options)."""
        width = self.n_options + 1  # no answer goes to the last column
        spare = np.zeros((size, width))
        first = width * np.arange(size)[:, None]
        for start in range(0, len(self.option), size):
            option = self.option[start : start + size]
            indicators = spare[: len(option)]
            indicators[:] = 0.0
            spare.ravel()[first[: len(option)] + np.where(option < 0, self.n_options, option)] = 1.0
            yield slice(start, start + len(option)), indicators[:, : self.n_options]
