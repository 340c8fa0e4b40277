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
    """Page ``number`` of ``last``, of so many rows each."""

    number: int
    last: int
    n_rows: int

    @classmethod
    def of(cls, asked: int, n_rows: int, on_a_page: int = ROWS_ON_A_PAGE) -> "TablePage":
        """The page that was asked for, or the last one where there are fewer."""
        last = max(1, -(-n_rows // on_a_page))
        return cls(min(asked, last), last, on_a_page)

    def rows(self, rows: Sequence[_Row]) -> Sequence[_Row]:
        """Those of all rows that stand on this page."""
        return rows[(self.number - 1) * self.n_rows : self.number * self.n_rows]
