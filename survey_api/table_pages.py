"""Long tables a page at a time: two thousand rows at once are twenty megabytes, which nobody reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias, TypeVar

from fastapi import Query

ROWS_ON_A_PAGE: Final = 100

AskedPage: TypeAlias = Annotated[int, Query(ge=1, le=10_000)]
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class TablePage:
    """Page ``number`` of ``last``."""

    number: int
    last: int

    @classmethod
    def of(cls, asked: int, n_rows: int) -> "TablePage":
        """The page that was asked for, or the last one where there are fewer."""
        last = max(1, -(-n_rows // ROWS_ON_A_PAGE))
        return cls(min(asked, last), last)

    def rows(self, rows: Sequence[_Row]) -> Sequence[_Row]:
        """Those of all rows that stand on this page."""
        return rows[(self.number - 1) * ROWS_ON_A_PAGE : self.number * ROWS_ON_A_PAGE]
