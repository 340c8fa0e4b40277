"""Cells to packed answers, a column at a time: what ``bind_response`` and ``pack`` do for one learner, for a block of rows.

A test holds the two to the same bytes. Only the answers that conditions look at, and the learner group, decide who is asked what,
so rows that agree in these share one route.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nets.packing import LARGEST_VALUE, NO_ANSWER, answer_byte
from nets.questionnaire.routing import routed_items
from nets.questionnaire.version import (
    Item,
    NonResponse,
    QuestionnaireVersion,
    Unanswered,
)

_LONGEST_QUOTE: Final = 40
_BLANK: Final = answer_byte(Unanswered.BLANK)
_NOT_ROUTED: Final = answer_byte(Unanswered.NOT_ROUTED)


class ClosedColumn(dict[str, int]):
    """The cells that one rating or choice item understands, each with its byte; any other cell gives ``NO_ANSWER``.

    Without an option value among ``answers`` the cells 1, 2, ... are the option values; with one, ``answers`` has them all: a file
    that codes 0-4 must not have a stray 5 taken for an answer.
    """

    def __init__(
        self, version: QuestionnaireVersion, item: Item, answers: Mapping[str, int | NonResponse | Unanswered]
    ) -> None:
        self._item = item
        self._given = {cell.strip(): meaning for cell, meaning in answers.items()}
        self._offered = {option.value for option in version.options(item)}
        recoded = any(isinstance(meaning, int) for meaning in self._given.values())
        super().__init__({"": _BLANK} | {str(code): _BLANK for code in Unanswered})
        self.update({str(code): answer_byte(code) for code in item.non_response})
        if not recoded:
            self.update({str(value): value for value in self._offered})
        for cell, meaning in self._given.items():
            self[cell] = answer_byte(meaning) if self.offers(meaning) else NO_ANSWER

    def __missing__(self, cell: str) -> int:
        # asked with get, which does not come back here
        return self.get(cell.strip(), NO_ANSWER)

    def offers(self, meaning: int | NonResponse | Unanswered) -> bool:
        """Whether the item has this answer."""
        if isinstance(meaning, NonResponse):
            return meaning in self._item.non_response
        return isinstance(meaning, Unanswered) or meaning in self._offered

    def problem(self, cell: str) -> str | None:
        """What is wrong with a cell, or None."""
        if self[cell] != NO_ANSWER:
            return None
        if cell.strip() in self._given:
            return f"{quoted(cell)} stands for {self._given[cell.strip()]}, which item {self._item.code} does not offer"
        answers = ", ".join(known for known, byte in self.items() if byte not in (NO_ANSWER, _BLANK))
        return f"{quoted(cell)} is not one of the answers to item {self._item.code} ({answers})"


class CommentColumn:
    """The texts that a comment item takes."""

    def __init__(self, item: Item) -> None:
        self.code = item.code
        self._longest = item.max_length

    def problem(self, cell: str) -> str | None:
        """What is wrong with a cell, or None."""
        if len(cell) > self._longest:
            return f"item {self.code} takes comments of {self._longest:,} characters; this one has {len(cell):,}"
        return None


class Routes:
    """Who is asked what, worked out once for every combination of group and deciding answers."""

    def __init__(self, version: QuestionnaireVersion) -> None:
        self._version = version
        self._deciding = [i for i, code in enumerate(version.closed_codes) if code in version.deciding]

    def of(self, groups: NDArray[np.int16], matrix: NDArray[np.uint8]) -> tuple[NDArray[np.intp], list[frozenset[str]]]:
        """Routes of the rows.

        Parameters
        ----------
        groups
            Position of each row's learner group in the version, shape (n_rows,).
        matrix
            Answer bytes, shape (n_rows, n_closed_items).

        Returns
        -------
        which, routes
            ``routes[which[row]]`` holds the codes of the items that the row's learner is led to.
        """
        keys = np.column_stack([groups, matrix[:, self._deciding].astype(np.int16)])
        unique, which = np.unique(keys, axis=0, return_inverse=True)
        return which.reshape(-1), [self._route(key) for key in unique]

    def _route(self, key: NDArray[np.int16]) -> frozenset[str]:
        items = self._version.closed_items
        answers = {
            items[i].code: int(byte)
            for i, byte in zip(self._deciding, key[1:], strict=True)
            if 0 < byte <= LARGEST_VALUE
        }
        return routed_items(self._version, self._version.learner_groups[int(key[0])].code, answers)


def read_closed_columns(
    columns: Sequence[Sequence[str]], readers: Sequence[tuple[int, ClosedColumn] | None], n_rows: int
) -> NDArray[np.uint8]:
    """Answer bytes of a block, shape (n_rows, n_closed_items).

    ``readers`` has, for every closed item of the version in order, the position of its column and its cells, or None for an item
    that the data does not have.
    """
    matrix = np.full((n_rows, len(readers)), _BLANK, dtype=np.uint8)
    for i, reader in enumerate(readers):
        if reader is not None:
            position, cells = reader
            matrix[:, i] = np.frombuffer(bytes(map(cells.__getitem__, columns[position])), dtype=np.uint8)
    return matrix


def pass_over_unrouted(
    version: QuestionnaireVersion, matrix: NDArray[np.uint8], which: NDArray[np.intp], routes: Sequence[frozenset[str]]
) -> tuple[NDArray[np.uint8], int]:
    """The matrix with a mark in place of what a row's learner is not led to, and how many answers that took away."""
    routed = np.array([[item.code in route for item in version.closed_items] for route in routes], dtype=bool)[which]
    lost = int(np.count_nonzero(~routed & (matrix != _BLANK)))
    return np.where(routed, matrix, np.uint8(_NOT_ROUTED)), lost


def quoted(cell: str) -> str:
    """A cell as a message shows it: in quotation marks, on one line, not too long."""
    text = cell if len(cell) <= _LONGEST_QUOTE else cell[:_LONGEST_QUOTE] + "..."
    return repr(text)
