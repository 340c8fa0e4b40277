"""Blocks of rows become responses and comments to store, or faults by row and column.

A file with a fault is read to its end all the same, so that every fault is counted and the first ones are shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nets.errors import InvalidFile, Problem
from nets.organisation import Organisation
from nets.packing import NO_ANSWER
from nets.store.comments import Comment
from nets.store.responses import PackedResponse
from nets.transfer.answers import Routes, pass_over_unrouted, quoted, read_closed_columns
from nets.transfer.layout import Layout
from nets.transfer.learners import DayCells, GroupCells
from nets.transfer.places import CellProblem, PlacementBook
from nets.transfer.rows import Block, RowReader

MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class CheckedBlock:
    """What a block of sound rows holds, and how many answers were left out because the branches do not lead to them."""

    responses: Sequence[PackedResponse]
    comments: Sequence[Comment]
    n_not_routed: int


class Checker:
    """Checks a file block by block, in its order: the first row that names a place settles how it is written.

    Attributes
    ----------
    book
        The placements that the rows so far name.
    n_rows
        How many rows there were so far.
    """

    def __init__(self, reader: RowReader, layout: Layout, places: Sequence[Organisation]) -> None:
        self.book = PlacementBook(layout.settings.placement, places)
        self.n_rows = 0
        self._reader = reader
        self._layout = layout
        self._groups = GroupCells(layout.settings.learner_group, layout.version)
        self._days = DayCells(layout.settings.answered_on, layout.settings.campaign)
        self._routes = Routes(layout.version)
        self._n_faults = 0
        self._shown: list[Problem] = []

    def check(self, block: Block) -> CheckedBlock:
        """What the block holds; nothing as soon as there was a fault in the file."""
        layout, n = self._layout, len(block.rows)
        self.n_rows += n + len(block.broken)
        columns = list(zip(*block.rows, strict=True)) or [()] * len(layout.header)
        bad = np.zeros((n, len(layout.header)), dtype=bool)
        if block.unreadable:
            for position, column in enumerate(columns):
                bad[:, position] = _faulty(column, self._reader.problem)
        matrix = read_closed_columns(columns, layout.closed, n)
        for i, closed in enumerate(layout.closed):
            if closed is not None:
                bad[:, closed[0]] |= matrix[:, i] == NO_ANSWER
        for position, comment in layout.comments:
            bad[:, position] |= _faulty(columns[position], comment.problem)
        groups = self._groups.read(None if layout.group is None else columns[layout.group], n)
        if layout.group is not None:
            bad[:, layout.group] |= groups < 0
        days = self._days.read(None if layout.day is None else columns[layout.day], n)
        if layout.day is not None:
            bad[:, layout.day] |= np.fromiter((day is None for day in days), dtype=bool, count=n)
        placements = self._read_placements(columns, n, bad)
        self._note(block, bad)
        if self._n_faults or not n:
            return CheckedBlock((), (), 0)

        which, routes = self._routes.of(groups, matrix)
        matrix, n_not_routed = pass_over_unrouted(layout.version, matrix, which, routes)
        packed, width = matrix.tobytes(), matrix.shape[1]
        responses = [
            (placement, self._groups.codes[group], day, packed[row * width : (row + 1) * width])
            for row, (placement, group, day) in enumerate(zip(placements, groups, days, strict=True))
            if day is not None  # so it is: a row without a day is a fault
        ]
        comments = [
            Comment(placements[row], comment.code, cell.strip())
            for position, comment in layout.comments
            for row, cell in enumerate(columns[position])
            if cell.strip() and comment.code in routes[which[row]]
        ]
        return CheckedBlock(responses, comments, n_not_routed)

    def raise_if_faulty(self) -> None:
        """Raise InvalidFile with the first faults and the count of all, or if there were no rows."""
        if self._n_faults:
            rest = self._n_faults - len(self._shown)
            more = [Problem("", f"{rest:,} more problems like these; {self._n_faults:,} in all")] if rest else []
            raise InvalidFile([*self._shown, *more])
        if not self.n_rows:
            raise InvalidFile([Problem(self._reader.name, "has a header and no rows under it")])

    def _read_placements(self, columns: Sequence[Sequence[str]], n: int, bad: NDArray[np.bool_]) -> list[str]:
        placements = [""] * n
        for row, cells in enumerate(zip(*(columns[position] for position in self._layout.placement), strict=True)):
            try:
                placements[row] = self.book.placement_id(cells)
            except CellProblem as problem:
                bad[row, self._layout.header.index(problem.column)] = True
        return placements

    def _note(self, block: Block, bad: NDArray[np.bool_]) -> None:
        """Count a block's faults and word the first: those of its cells and its broken rows, in the order of the file."""
        self._n_faults += int(np.count_nonzero(bad)) + len(block.broken)
        wanted = MOST_SHOWN - len(self._shown)
        found = [(number, Problem(f"row {number}", what)) for number, what in block.broken[:wanted]]
        for row, position in np.argwhere(bad)[:wanted]:
            number, name = block.numbers[row], self._layout.header[position]
            # a name that would break the line is shown as Python writes it
            where = f"row {number}, column {name if name.isprintable() and name else repr(name)}"
            found.append((number, Problem(where, self._fault(block.rows[row], int(position)))))
        found.sort(key=lambda pair: pair[0])
        self._shown += [problem for _, problem in found[:wanted]]

    def _fault(self, row: Sequence[str], position: int) -> str:
        """What is wrong with a cell that was found wrong."""
        layout, cell = self._layout, row[position]
        if problem := self._reader.problem(cell):
            return problem
        for column in (*layout.closed, *layout.comments):
            if column is not None and column[0] == position and (problem := column[1].problem(cell)):
                return problem
        if position == layout.group and (problem := self._groups.problem(cell)):
            return problem
        if position == layout.day and (problem := self._days.problem(cell)):
            return problem
        try:
            self.book.placement_id(tuple(row[index] for index in layout.placement))
        except CellProblem as fault:
            return fault.what
        return f"{quoted(cell)} cannot be read"


def _faulty(column: Sequence[str], problem: Callable[[str], str | None]) -> NDArray[np.bool_]:
    return np.fromiter((problem(cell) is not None for cell in column), dtype=bool, count=len(column))
