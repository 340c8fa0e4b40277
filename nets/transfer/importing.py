"""Existing survey data becomes a campaign: read, checked and stored in blocks, in one transaction that holds all of it or nothing.

A file with a fault is read to its end all the same, so that every fault is counted and the first ones are shown by row and column.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import InvalidFile, InvalidSetting, NotFound, Problem
from nets.packing import NO_ANSWER
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.campaigns import add_campaign
from nets.store.comments import Comment, add_comments
from nets.store.database import Connection, Database
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import add_version, get_version
from nets.store.responses import PackedResponse, add_responses
from nets.transfer.answers import (
    Routes,
    pass_over_unrouted,
    quoted,
    read_closed_columns,
)
from nets.transfer.layout import Layout
from nets.transfer.learners import DayCells, GroupCells
from nets.transfer.mapping import ImportMapping, read_mapping
from nets.transfer.places import CellProblem, PlacementBook
from nets.transfer.rows import UNREADABLE, Block, open_rows

MOST_SHOWN: Final = 20
_MOST_DAYS: Final = 10_000

Progress: TypeAlias = Callable[[int, float], None]
"""Called with the rows read so far and the share of the file that is read, 0-1."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Attributes
    ----------
    n_places
        Places that were new to the database, those above the placements included.
    n_not_routed
        Answers left out because the questionnaire's branches do not lead to them.
    unused_columns
        Columns of the file that the mapping does not use.
    """

    campaign_id: str
    n_responses: int
    n_placements: int
    n_places: int
    n_comments: int
    n_not_routed: int
    unused_columns: tuple[str, ...]


def import_responses(
    database: Database, data: Path, mapping: Path, progress: Progress = lambda rows, share: None
) -> Imported:
    """Make a campaign of a CSV file as a mapping file says (docs/importing.md).

    Raises
    ------
    InvalidFile
        Naming the first problems of mapping or data by place, and the count of all. Nothing is stored then.
    NotFound
        If the mapping asks for a published questionnaire that the database does not have.
    Refused
        If there is such a campaign already.
    """
    settings = read_mapping(mapping)
    with open_rows(data, settings.encoding, settings.delimiter) as reader, database.begin() as connection:
        version = _questionnaire(connection, settings, mapping)
        campaign = _campaign(settings, version, mapping)
        add_campaign(connection, campaign)
        layout = Layout(reader, settings, version, campaign, mapping.name)
        return _Import(connection, layout).run(data.stat().st_size, progress)


class _Faults:
    """The first problems in the order of the file, and how many there are."""

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[Problem] = []

    def add(self, count: int, problems: Sequence[Problem]) -> None:
        self.count += count
        self.shown.extend(problems[: MOST_SHOWN - len(self.shown)])

    def raise_if_any(self) -> None:
        if self.count:
            rest = self.count - len(self.shown)
            more = [Problem("", f"{rest:,} more problems like these; {self.count:,} in all")] if rest else []
            raise InvalidFile([*self.shown, *more])


class _Import:
    """One run over a file."""

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self._connection = connection
        self._layout = layout
        self._book = PlacementBook(layout.settings.placement, list_organisations(connection))
        self._groups = GroupCells(layout.settings.learner_group, layout.version)
        self._days = DayCells(layout.settings.answered_on, layout.campaign)
        self._routes = Routes(layout.version)
        self._faults = _Faults()
        self._n_places = self._n_comments = self._n_not_routed = 0

    def run(self, size: int, progress: Progress) -> Imported:
        n_rows = 0
        for block in self._layout.reader.blocks():
            self._take(block)
            n_rows += len(block.rows) + len(block.broken)
            progress(n_rows, self._layout.reader.bytes_read / max(size, 1))
        self._faults.raise_if_any()
        if not n_rows:
            raise InvalidFile([Problem(self._layout.reader.name, "has a header and no rows under it")])
        return Imported(
            self._layout.campaign.id,
            n_rows,
            len(self._book.used),
            self._n_places,
            self._n_comments,
            self._n_not_routed,
            self._layout.unused_columns,
        )

    def _take(self, block: Block) -> None:
        layout = self._layout
        n = len(block.rows)
        columns = list(zip(*block.rows, strict=True)) or [()] * len(layout.reader.header)
        bad = np.zeros((n, len(layout.reader.header)), dtype=bool)
        if block.unreadable:
            for position, column in enumerate(columns):
                bad[:, position] = [UNREADABLE.search(cell) is not None for cell in column]
        matrix = read_closed_columns(columns, layout.closed, n)
        for i, reader in enumerate(layout.closed):
            if reader is not None:
                bad[:, reader[0]] |= matrix[:, i] == NO_ANSWER
        for position, comment in layout.comments:
            bad[:, position] |= [comment.problem(cell) is not None for cell in columns[position]]
        groups = self._groups.read(None if layout.group is None else columns[layout.group], n)
        days = self._days.read(None if layout.day is None else columns[layout.day], n)
        if layout.group is not None:
            bad[:, layout.group] |= groups < 0
        if layout.day is not None:
            bad[:, layout.day] |= [day is None for day in days]
        placements = self._read_placements(columns, n, bad)
        self._note(block, bad)
        if self._faults.count or not n:
            return

        which, found = self._routes.of(groups, matrix)
        matrix, lost = pass_over_unrouted(layout.version, matrix, which, found)
        self._n_not_routed += lost
        self._n_places += add_organisations(self._connection, self._book.new.values()) if self._book.new else 0
        self._book.new.clear()
        packed = matrix.tobytes()
        width = matrix.shape[1]
        responses: list[PackedResponse] = [
            (placement, self._groups.codes[group], day, packed[row * width : (row + 1) * width])
            for row, (placement, group, day) in enumerate(zip(placements, groups, days, strict=True))
            if day is not None  # so it is: a row without a day is a fault
        ]
        add_responses(self._connection, layout.campaign.id, responses)
        self._add_comments(columns, placements, which, found)

    def _read_placements(self, columns: Sequence[Sequence[str]], n: int, bad: NDArray[np.bool_]) -> list[str]:
        placements = [""] * n
        for row, cells in enumerate(zip(*(columns[position] for position in self._layout.placement), strict=True)):
            try:
                placements[row] = self._book.placement_id(cells)
            except CellProblem as problem:
                bad[row, self._layout.reader.header.index(problem.column)] = True
        return placements

    def _note(self, block: Block, bad: NDArray[np.bool_]) -> None:
        """Count a block's faults and word the first ones: those of its cells and its broken rows, in the order of the file."""
        count = int(np.count_nonzero(bad)) + len(block.broken)
        if not count:
            return
        wanted = MOST_SHOWN - len(self._faults.shown)
        found = [(number, Problem(f"row {number}", what)) for number, what in block.broken[:wanted]]
        if wanted > 0:
            for row, position in np.argwhere(bad)[:wanted]:
                number = block.numbers[row]
                where = f"row {number}, column {self._layout.reader.header[position]}"
                found.append((number, Problem(where, self._fault(block.rows[row], int(position)))))
        self._faults.add(count, [problem for _, problem in sorted(found, key=lambda pair: pair[0])])

    def _fault(self, row: Sequence[str], position: int) -> str:
        """What is wrong with a cell that was found wrong."""
        layout, cell = self._layout, row[position]
        if unreadable := UNREADABLE.search(cell):
            return self._unreadable(unreadable[0])
        for reader in (*layout.closed, *layout.comments):
            if reader is not None and reader[0] == position and (problem := reader[1].problem(cell)):
                return problem
        if position == layout.group and (problem := self._groups.problem(cell)):
            return problem
        if position == layout.day and (problem := self._days.problem(cell)):
            return problem
        try:
            self._book.placement_id(tuple(row[index] for index in layout.placement))
        except CellProblem as problem:
            return problem.what
        return f"{quoted(cell)} cannot be read"

    def _unreadable(self, character: str) -> str:
        if character == "\0":
            return "has a NUL character, which no text has"
        encoding = self._layout.settings.encoding.removesuffix("-sig")
        other = "latin-1" if encoding == "utf-8" else "utf-8"
        byte = ord(character) - 0xDC00
        return f'has the byte {byte:#04x}, which is not {encoding}: the mapping\'s "encoding" may have to be "{other}"'

    def _add_comments(
        self,
        columns: Sequence[Sequence[str]],
        placements: Sequence[str],
        which: NDArray[np.intp],
        routes: Sequence[frozenset[str]],
    ) -> None:
        written = [
            Comment(placements[row], comment.code, cell.strip())
            for position, comment in self._layout.comments
            for row, cell in enumerate(columns[position])
            if cell.strip() and comment.code in routes[which[row]]
        ]
        # so that no engine's own order of rows leads from a comment to the response beside it in the file
        random.SystemRandom().shuffle(written)
        add_comments(self._connection, self._layout.campaign.id, written)
        self._n_comments += len(written)


def _questionnaire(connection: Connection, settings: ImportMapping, mapping: Path) -> QuestionnaireVersion:
    source = settings.questionnaire
    if source.file is None:
        try:
            return get_version(connection, source.id or "", source.version or "")
        except NotFound as error:
            raise NotFound(
                [Problem(f"{mapping.name}: questionnaire", f"{error}; 'nets publish' brings one into the database")]
            ) from None
    path = mapping.parent / source.file
    try:
        document = path.read_bytes()
    except OSError as error:
        raise InvalidFile(
            [Problem(f"{mapping.name}: questionnaire.file", f"{source.file} cannot be read: {error.strerror}")]
        ) from None
    version = read_version(document, source.file)
    add_version(connection, version)
    return version


def _campaign(settings: ImportMapping, version: QuestionnaireVersion, mapping: Path) -> Campaign:
    given = settings.campaign
    try:
        return Campaign(
            id=given.id,
            title=given.title,
            questionnaire_id=version.id,
            questionnaire_version=version.version,
            opens_on=given.opens_on,
            closes_on=given.closes_on,
            access_mode=AccessMode.IMPORTED,
            anonymity_mode=AnonymityMode(given.anonymity),
            place_floor=given.place_floor,
            breakdown_floor=given.breakdown_floor,
        )
    except InvalidSetting as error:
        raise InvalidFile(
            Problem(f"{mapping.name}: campaign.{problem.where}", problem.what) for problem in error.problems
        ) from None
