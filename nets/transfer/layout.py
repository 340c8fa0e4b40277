"""Where everything stands in the rows of a file: columns found, settings held against the questionnaire, every misfit at once."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Final

from nets.errors import InvalidFile, Problem
from nets.organisation import Organisation
from nets.questionnaire.version import QuestionnaireVersion
from nets.transfer.answers import ClosedColumn, CommentColumn, quoted
from nets.transfer.learners import is_day_format
from nets.transfer.mapping import DaySource, GroupSource, ImportMapping
from nets.transfer.places import placement_columns, unknown_places

_ALIKE: Final = 0.7


class Layout:
    """Made only if the whole mapping fits header, questionnaire and database.

    Attributes
    ----------
    closed
        For every closed item in the order of packing: position of its column and what its cells mean; None if it was not asked.
    comments
        Position and limits of every comment item that was asked.
    placement
        Positions of the columns that ``PlacementBook.columns`` names.
    group, day
        Positions of their columns; None where the mapping has a constant.
    """

    def __init__(
        self,
        header: Sequence[str],
        settings: ImportMapping,
        version: QuestionnaireVersion,
        places: Iterable[Organisation],
        mapping: str,
    ) -> None:
        self.header, self.settings, self.version = header, settings, version
        self._mapping = mapping
        self._problems: list[Problem] = []
        self._missing: list[str] = []
        self.comments: list[tuple[int, CommentColumn]] = []
        self.closed: list[tuple[int, ClosedColumn] | None] = []
        self._place_items()
        self.placement = [self._find(name, "placement") for name in placement_columns(settings.placement)]
        self.group = self._optional(settings.learner_group.column, "learner_group.column")
        self.day = self._optional(settings.answered_on.column, "answered_on.column")
        for level, what in unknown_places(settings.placement, places):
            self._refuse(f"placement.{level}", what)
        self._check_groups(settings.learner_group)
        self._check_day(settings.answered_on)
        if self._problems:
            raise InvalidFile(self._problems)

    @property
    def unused_columns(self) -> tuple[str, ...]:
        """Names of the columns that nothing was read from."""
        used = {*self.placement, self.group, self.day, *(position for position, _ in self.comments)}
        used |= {column[0] for column in self.closed if column}
        return tuple(name for position, name in enumerate(self.header) if name and position not in used)

    def _place_items(self) -> None:
        settings, version = self.settings, self.version
        known = f"{version.id} {version.version}"
        for code in dict.fromkeys([*settings.items, *settings.not_asked]):
            if code not in version.item:
                path = f"items.{code}" if code in settings.items else "not_asked"
                self._refuse(path, f"{known} has no item {code}{_suggestion(code, version.item)}")
        used: dict[str, str] = {}
        for item in version.items:
            own = settings.items.get(item.code)
            column = (own.column if own else None) or item.code
            if item.code in settings.not_asked:
                if own:
                    self._refuse(f"items.{item.code}", "the item is also among 'not_asked'")
                if item.kind != "comment":
                    self.closed.append(None)
                continue
            position = self._find(column, f"items.{item.code}" if own else "")
            if used.setdefault(column, item.code) != item.code:
                self._refuse(f"items.{item.code}", f"column {quoted(column)} is already that of item {used[column]}")
            if item.kind == "comment":
                self.comments.append((position, CommentColumn(item)))
                if own and own.answers:
                    self._refuse(
                        f"items.{item.code}.answers", "the item is a comment, so its cells are taken as they are"
                    )
                continue
            answers = ClosedColumn(version, item, {**settings.answers, **(own.answers if own else {})})
            for cell, meaning in (own.answers if own else {}).items():
                if not answers.offers(meaning):
                    self._refuse(f"items.{item.code}.answers.{cell}", f"item {item.code} does not offer {meaning}")
            self.closed.append((position, answers))
        if self._missing:
            what = f"has no column for {', '.join(self._missing)}: name their columns under 'items', or list them under 'not_asked'"
            self._problems.append(Problem("row 1", what))

    def _find(self, column: str, path: str) -> int:
        """The position of a column that there must be once; 0 stands in for one that is not. Without a path it is an item's."""
        count = self.header.count(column)
        if count == 1:
            return self.header.index(column)
        named = f", which {self._mapping} names under {path}" if path else ""
        suggestion = _suggestion(column, [name for name in self.header if name not in self.version.item])
        if count:
            self._problems.append(Problem("row 1", f"has {count} columns called {quoted(column)}{named}"))
        elif path or suggestion:
            self._problems.append(Problem("row 1", f"has no column {quoted(column)}{named}{suggestion}"))
        else:
            self._missing.append(column)
        return 0

    def _optional(self, column: str | None, path: str) -> int | None:
        return None if column is None else self._find(column, path)

    def _check_groups(self, source: GroupSource) -> None:
        codes = [group.code for group in self.version.learner_groups]
        named = {"learner_group": source.constant} if source.constant else {}
        named |= {f"learner_group.values.{cell}": code for cell, code in source.values.items()}
        for path, code in named.items():
            if code not in codes:
                self._refuse(path, f"'{code}' is not a learner group of the questionnaire ({', '.join(codes)})")

    def _check_day(self, source: DaySource) -> None:
        first, last = self.settings.campaign.opens_on, self.settings.campaign.closes_on
        if source.constant and not first <= source.constant <= last:
            self._refuse("answered_on", f"{source.constant} is outside the campaign ({first} to {last})")
        if source.column and not is_day_format(source.format):
            self._refuse("answered_on.format", f"'{source.format}' does not name year, month and day, such as %d/%m/%Y")

    def _refuse(self, path: str, what: str) -> None:
        self._problems.append(Problem(f"{self._mapping}: {path}", what))


def _suggestion(name: str, known: Iterable[str]) -> str:
    alike = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), alike, n=1, cutoff=_ALIKE)
    return f"; did you mean '{alike[found[0]]}'?" if found else ""
