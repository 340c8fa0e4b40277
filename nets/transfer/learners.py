"""The cells that say who answered and when: learner group and day, a column of the file or the same for every row."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nets.questionnaire.version import QuestionnaireVersion
from nets.transfer.answers import quoted
from nets.transfer.mapping import CampaignSettings, DaySource, GroupSource

_MOST_DAYS_KEPT: Final = 10_000


class GroupCells:
    """Learner groups by cell, as positions among the groups of the version."""

    def __init__(self, source: GroupSource, version: QuestionnaireVersion) -> None:
        self.codes = [group.code for group in version.learner_groups]
        cells = source.values or {code: code for code in self.codes}
        self._known = {cell.strip(): self.codes.index(code) for cell, code in cells.items()}
        self._constant = None if source.constant is None else self.codes.index(source.constant)

    def read(self, column: Sequence[str] | None, n_rows: int) -> NDArray[np.int16]:
        """Groups of a block, shape (n_rows,); -1 where the cell names none. ``column`` is None where all rows have one group."""
        if column is None:
            return np.full(n_rows, self._constant, dtype=np.int16)
        return np.fromiter((self._known.get(cell.strip(), -1) for cell in column), dtype=np.int16, count=n_rows)

    def problem(self, cell: str) -> str | None:
        """What is wrong with a cell, or None."""
        if cell.strip() in self._known:
            return None
        return f"{quoted(cell)} is not one of the learner groups ({', '.join(self._known)})"


class DayCells:
    """Days by cell, within the campaign."""

    def __init__(self, source: DaySource, campaign: CampaignSettings) -> None:
        self._source = source
        self._first, self._last = campaign.opens_on, campaign.closes_on
        self._known: dict[str, date] = {}

    def read(self, column: Sequence[str] | None, n_rows: int) -> list[date | None]:
        """Days of a block; None where the cell is no day of the campaign. ``column`` is None where all rows have one day."""
        if column is None:
            return [self._source.constant] * n_rows
        return [self._known.get(cell) or self._read(cell) for cell in column]

    def problem(self, cell: str) -> str | None:
        """What is wrong with a cell, or None."""
        if self._read(cell) is not None:
            return None
        return f"{quoted(cell)} is not a day from {self._first} to {self._last} written as {self._source.format}"

    def _read(self, cell: str) -> date | None:
        try:
            day = datetime.strptime(cell.strip(), self._source.format).date()
        except ValueError:
            return None
        if not self._first <= day <= self._last:
            return None
        if len(self._known) < _MOST_DAYS_KEPT:
            self._known[cell] = day
        return day


def is_day_format(given: str) -> bool:
    """Whether a format of ``strftime`` names a day: year, month and day of the month."""
    day = date(2013, 10, 24)
    try:
        return datetime.strptime(day.strftime(given), given).date() == day
    except (ValueError, UnicodeError):
        return False
