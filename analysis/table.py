"""The table that a result prints: plain text, notebook HTML, or a data frame. Rounding happens only here."""

import html
import math
import re
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import AnalysisError

Cell = str | int | float | None
_PROBABILITY = re.compile(r"p\b")


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table of unrounded cells.

    Attributes
    ----------
    title : str
        One line, without a full stop.
    columns : tuple of str
        Column headings; the first column names the rows.
    rows : tuple of tuple
        One tuple a row, as long as `columns`. Text, whole numbers and unrounded floats; None leaves a cell empty.
    notes : tuple of str
        Sentences printed under the table: what was assumed, dropped or estimated.
    decimals : int
        Decimals shown for floats, in text and HTML; a p below the last of them is shown as less. `to_frame` never rounds.

    Examples
    --------
    >>> rows = (("Teamwork", 0.83471, 0.00002), ("Induction", math.nan, math.nan))
    >>> print(Table("Reliability", ("scale", "alpha", "p"), rows, ("n = 98",)))
    Reliability
    scale      alpha       p
    Teamwork   0.835  <0.001
    Induction      -       -
    n = 98
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    decimals: int = 3

    def __str__(self) -> str:
        cells = [list(self.columns), *(self._shown(row) for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        to_left = self._text_columns()
        lines = [
            "  ".join(
                cell.ljust(width) if left else cell.rjust(width)
                for cell, width, left in zip(row, widths, to_left, strict=True)
            ).rstrip()
            for row in cells
        ]
        return "\n".join([self.title, *lines, *self.notes])

    def _repr_html_(self) -> str:
        """Give the table as HTML, with a caption, and headings for both rows and columns."""
        head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in self.columns)
        to_left = self._text_columns()
        body = []
        for row in self.rows:
            first, *others = map(html.escape, self._shown(row))
            aligned = "".join(
                f'<td style="text-align: {"left" if left else "right"}">{cell}</td>'
                for cell, left in zip(others, to_left[1:], strict=True)
            )
            body.append(f'<tr><th scope="row" style="text-align: left">{first}</th>{aligned}</tr>')
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f"<table><caption>{html.escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{''.join(body)}</tbody></table>{notes}"
        )

    def to_frame(self) -> Any:
        """Give the unrounded cells as a pandas frame, one row a row; the first column is the index.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        AnalysisError
            Where pandas is not installed.
        """
        return frame_of(list(self.rows), self.columns).set_index(self.columns[0])

    def _text_columns(self) -> list[bool]:
        """Say of each column whether it holds text, and so is set to the left."""
        return [any(isinstance(row[place], str) for row in self.rows) for place in range(len(self.columns))]

    def _shown(self, row: tuple[Cell, ...]) -> list[str]:
        return [self._show(cell, column) for cell, column in zip(row, self.columns, strict=True)]

    def _show(self, cell: Cell, column: str) -> str:
        if cell is None:
            return ""
        if isinstance(cell, float):
            if math.isnan(cell):
                return "-"
            shown = f"{cell:.{self.decimals}f}"
            if _PROBABILITY.match(column) and float(shown) == 0:
                return f"<{10**-self.decimals:.{self.decimals}f}"  # as papers print it: no p is nought
            return shown.removeprefix("-") if float(shown) == 0 else shown
        return str(cell)


def frame_of(rows: Any, columns: tuple[str, ...]) -> Any:
    """Give rows as a pandas frame, or say that pandas is missing."""
    try:
        import pandas as pd  # here, because pandas takes longer to import than all of `analysis`
    except ImportError as error:
        raise AnalysisError("a data frame needs pandas: pip install pandas") from error
    return pd.DataFrame(rows, columns=list(columns))


class _HasTable(Protocol):
    def table(self) -> Table: ...


class ResultTable:
    """What every result shares: it prints through its `table()`.

    A result is declared with ``@dataclass(frozen=True, slots=True, eq=False, repr=False)`` so that the prompt of a
    notebook or a shell shows the table and not the raw arrays.
    """

    __slots__ = ()

    def __str__(self: _HasTable) -> str:
        return str(self.table())

    def __repr__(self: _HasTable) -> str:
        return str(self.table())

    def _repr_html_(self: _HasTable) -> str:
        return self.table()._repr_html_()

    def to_frame(self: _HasTable) -> Any:
        """Give the result's table as a pandas frame, unrounded."""
        return self.table().to_frame()
