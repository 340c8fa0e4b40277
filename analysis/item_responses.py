"""The door: answers of respondents to items, read and checked once.

Everything that takes raw answers comes through `read_item_responses`, which names every problem at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .counted import counted
from .errors import AnalysisError
from .missing_codes import LEAST_CODE, codes_for_missing
from .options import is_whole, refuse, shown, wrong_switch, wrong_whole

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MAXIMUM_CATEGORIES = 127
"""Codes are signed bytes. More options than this are never a response scale, but a column that is no item."""

LARGEST_ANSWER = 1e70
"""Fourth powers of larger numbers, which a kurtosis adds up, overflow."""

_READ_ROWS = 65_536


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemResponses:
    """Answers that have been checked.

    Attributes
    ----------
    values : ndarray of float64, shape (n_rows, n_items)
        Answers, NaN where missing; read-only, in the order given.
    item_names : tuple of str
        The names of a frame's columns, or item_1, item_2, ...
    n_missing : ndarray of int64, shape (n_items,)
        Missing answers of each item among the `n_rows` rows.
    n_empty_rows : int
        Rows without a single answer. They are kept in `values`, counted here, and no statistic uses them.
    """

    values: FloatArray
    item_names: tuple[str, ...]
    n_missing: IntArray
    n_empty_rows: int

    @property
    def n_rows(self) -> int:
        """Rows given, empty ones included."""
        return int(self.values.shape[0])

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.values.shape[1])

    @property
    def n_respondents(self) -> int:
        """Rows with at least one answer."""
        return self.n_rows - self.n_empty_rows

    def complete_rows(self) -> FloatArray:
        """Give the rows in which every item is answered (listwise deletion)."""
        return self.values[~np.isnan(self.values).any(axis=1)]


def read_item_responses(
    item_responses: Any,
    *,
    categories: int | None = None,
    minimum_items: int = 1,
    minimum_respondents: int = 2,
    allow_constant: bool = False,
    allow_empty: bool = False,
    allow_codes: bool = False,
) -> ItemResponses:
    """Read answers and name everything that is wrong with them.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        Numbers, missing as NaN, None or pandas' NA. The columns of a frame name the items.
    categories : int, optional
        Where given, every answer must be a whole number from 1 to `categories`.
    minimum_items, minimum_respondents : int
        The fewest items, and rows with at least one answer, that the statistic needs.
    allow_constant, allow_empty : bool
        Whether an item may have a single value, or none: true for a batch of rows, which is only a part.
    allow_codes : bool
        Whether whole numbers that stand apart from the others, as -9 and 99 from 1 to 5, may be more than codes for a
        missing answer: true for a score.

    Returns
    -------
    ItemResponses

    Raises
    ------
    AnalysisError
        With one sentence for every problem: not a table, a value that is not a number, infinite or off the scale,
        a code for a missing answer (in 50 answers or more), a constant item, an item without answers, a name used twice,
        too few items or respondents.

    Examples
    --------
    >>> answers = read_item_responses([[1, 5], [2, None], [4, 3]], categories=5)
    >>> answers.item_names, answers.n_missing.tolist()
    (('item_1', 'item_2'), [0, 1])
    >>> read_item_responses([[1, 6], [1, 2.5], [1, 3]], categories=5)
    Traceback (most recent call last):
    analysis.errors.AnalysisError: item item_2 has 2 values that are not whole numbers from 1 to 5: first 6 in row 1
    item item_1 is constant: every answer is 1
    """
    refuse(
        [
            *wrong_categories(categories),
            *wrong_whole("minimum_items", minimum_items, least=0),
            *wrong_whole("minimum_respondents", minimum_respondents, least=0),
            *wrong_switch("allow_constant", allow_constant),
            *wrong_switch("allow_empty", allow_empty),
            *wrong_switch("allow_codes", allow_codes),
        ]
    )
    table, names = _as_table(item_responses)
    problems = _repeated(names)
    values, unreadable = _as_numbers(table, names)
    if unreadable:
        # Statements about spread or scale would only echo the unreadable cells.
        raise AnalysisError(problems + unreadable)
    if values is not table or values.flags.writeable:
        values = values.copy()
    problems += _off_scale(values, names, categories)
    if not problems and categories in (None, MAXIMUM_CATEGORIES) and not allow_codes:
        problems += codes_for_missing(values, names)
    missing = np.isnan(values)
    n_missing = missing.sum(axis=0, dtype=np.int64)
    n_empty_rows = int(missing.all(axis=1).sum()) if names else values.shape[0]
    problems += _spread(values, names, n_missing, allow_constant=allow_constant, allow_empty=allow_empty)
    if len(names) < minimum_items:
        problems.append(f"at least {counted(minimum_items, 'item')} needed, got {len(names)}")
    if values.shape[0] - n_empty_rows < minimum_respondents:
        respondents = counted(minimum_respondents, "respondent")
        problems.append(f"at least {respondents} with an answer needed, got {values.shape[0] - n_empty_rows}")
    if problems:
        raise AnalysisError(problems)
    return ItemResponses(read_only(values), names, read_only(n_missing), n_empty_rows)


def read_codes(item_responses: Any, categories: int | None = None) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Read whole answers from 1 to `categories` as bytes, 0 for missing, several times as fast as the checked floats.

    Constant and empty items pass: rows read here are counted, and may be only a part.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
    categories : int, optional
        By default any answer up to `MAXIMUM_CATEGORIES`.

    Returns
    -------
    codes : ndarray of int8, shape (n_respondents, n_items)
    item_names : tuple of str

    Raises
    ------
    AnalysisError
        As `read_item_responses` with `categories`.
    """
    refuse(wrong_categories(categories))
    largest = MAXIMUM_CATEGORIES if categories is None else categories
    table, names = _as_table(item_responses)
    unreadable: list[str] = []
    if table.dtype.kind not in "biuf":
        table, unreadable = _as_numbers(table, names)
    codes = np.zeros(table.shape, dtype=np.int8)
    readable = bool(names) and not unreadable and not _repeated(names)
    highest = 0
    for start in range(0, len(table), _READ_ROWS):
        rows = table[start : start + _READ_ROWS]
        found = codes[start : start + _READ_ROWS]
        with np.errstate(invalid="ignore"):  # an infinite answer is told by the comparison below
            found[...] = np.fmax(rows, 0.0).astype(np.int8)
        n_answers = np.count_nonzero(found)
        n_missing = np.count_nonzero(rows != rows)  # NaN differs from itself; quicker than isnan on any kind of number
        on_scale = n_answers + n_missing == rows.size and np.count_nonzero(found == rows) == n_answers
        highest = max(highest, int(found.max(initial=0)))
        readable = readable and on_scale
    readable = readable and highest <= largest
    if readable and categories is None and highest >= LEAST_CODE:
        refuse(codes_for_missing(np.where(codes == 0, math.nan, codes), names))
    if not readable:
        # Only now is it worth the time to find and name every problem.
        read_item_responses(
            item_responses, categories=largest, minimum_respondents=0, allow_constant=True, allow_empty=True
        )
    return codes, names


def wrong_categories(categories: Any) -> list[str]:
    """Ask for a number of response options, or None where it is read from the answers."""
    if categories is None or (is_whole(categories) and 2 <= categories <= MAXIMUM_CATEGORIES):
        return []
    return [f"a response scale has 2 to {MAXIMUM_CATEGORIES} categories, not {shown(categories)}"]


def holds_moments(item_responses: Any) -> bool:
    """Tell a state from answers; a frame may have a column called moments, but that cannot be called."""
    return callable(getattr(item_responses, "moments", None))


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Set an array that nobody else holds to read-only and give it back."""
    array.flags.writeable = False
    return array


def _as_table(item_responses: Any) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Give a two-dimensional array and the names of its columns, without importing any frame library."""
    if isinstance(item_responses, Iterator):
        raise AnalysisError("the answers themselves are needed here, not an iterator of batches of them")
    if holds_moments(item_responses):
        raise AnalysisError(
            f"the answers themselves are needed here, which {type(item_responses).__name__} does not keep"
        )
    if getattr(item_responses, "ndim", 2) == 1:  # a column of a frame has dtypes too, but only one
        raise AnalysisError(
            f"a table of respondents by items is needed, got {_shape_in_words(np.asarray(item_responses))}"
        )
    if isinstance(item_responses, Mapping):
        raise AnalysisError(
            "a table of respondents by items is needed; pandas.DataFrame makes one of a dictionary of columns"
        )
    # pyarrow keeps its names apart (its `columns` are the data); pandas and polars call them columns.
    names = getattr(item_responses, "column_names", None)
    if names is None and hasattr(item_responses, "to_numpy"):
        names = getattr(item_responses, "columns", None)
    if isinstance(item_responses, np.ma.MaskedArray):
        item_responses = np.ma.filled(item_responses.astype(float), math.nan)
    elif all(getattr(kind, "kind", "O") in "biuf" for kind in getattr(item_responses, "dtypes", "?")):
        # pandas' nullable whole numbers would otherwise arrive as objects, cell by cell.
        item_responses = item_responses.to_numpy(dtype=np.float64, na_value=math.nan)
    elif hasattr(item_responses, "dtypes") and hasattr(item_responses, "astype"):
        # Between whole numbers pandas gives the missing answers of a categorical column out as -2**63.
        item_responses = item_responses.astype(object)
    try:
        table = np.asarray(item_responses)
        if table.dtype.kind in "US":  # one label among numbers turns them all to text: keep the numbers
            table = np.asarray(item_responses, dtype=object)
    except ValueError as error:  # numpy on ragged rows
        raise AnalysisError("the rows differ in length: every respondent needs one value for each item") from error
    if table.ndim != 2:
        raise AnalysisError(f"a table of respondents by items is needed, got {_shape_in_words(table)}")
    if names is None:
        names = (f"item_{place}" for place in range(1, table.shape[1] + 1))
    return table, tuple(str(name) for name in names)


def _shape_in_words(table: NDArray[Any]) -> str:
    if table.ndim == 0:
        return "a single value"
    if table.ndim == 1:
        return f"one row or column of {table.shape[0]} values"
    return f"an array of {table.ndim} dimensions"


def _as_numbers(table: NDArray[Any], names: tuple[str, ...]) -> tuple[FloatArray, list[str]]:
    """Turn cells into floats, or say for each item which cells are no numbers."""
    if table.dtype.kind in "biuf":
        return np.asarray(table, dtype=np.float64), []
    values = np.full(table.shape, math.nan)
    problems = []
    for place, name in enumerate(names):
        unreadable = []
        for row, cell in enumerate(table[:, place]):
            number = _number(cell)
            if number is None:
                unreadable.append((row, cell))
            else:
                values[row, place] = number
        if unreadable:
            row, cell = unreadable[0]
            verb = "is not a number" if len(unreadable) == 1 else "are not numbers"
            problems.append(
                f"item {name} has {counted(len(unreadable), 'value')} that {verb}: first {cell!s} in row {row + 1}"
            )
    return values, problems


def _number(cell: Any) -> float | None:
    # Text is refused even where it looks like a number: "1" is as likely a label as an answer.
    if cell is None or type(cell).__name__ in {"NAType", "NaTType"}:
        return math.nan
    if isinstance(cell, str | bytes | complex):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def _off_scale(values: FloatArray, names: tuple[str, ...], categories: int | None) -> list[str]:
    if categories is None:
        bad = np.abs(values) > LARGEST_ANSWER
        what = "infinite" if np.isinf(values[bad]).all() else f"beyond {LARGEST_ANSWER:g}"
    else:
        on_scale = np.isnan(values) | ((values >= 1) & (values <= categories) & (values == np.floor(values)))
        bad, what = ~on_scale, f"not whole numbers from 1 to {categories}"
    problems = []
    for place in np.flatnonzero(bad.any(axis=0)):
        rows = np.flatnonzero(bad[:, place])
        verb = f"is {what}" if len(rows) == 1 else f"are {what}"
        verb = verb.replace("is not whole numbers", "is not a whole number")
        first = f"{values[rows[0], place]:g} in row {rows[0] + 1}"
        problems.append(f"item {names[place]} has {counted(len(rows), 'value')} that {verb}: first {first}")
    return problems


def _spread(
    values: FloatArray, names: tuple[str, ...], n_missing: IntArray, *, allow_constant: bool, allow_empty: bool
) -> list[str]:
    """Name the items without answers, and those with a single one for everybody."""
    n_rows = values.shape[0]
    problems: list[str] = []
    if not n_rows:
        return problems  # too few respondents says it once
    for place, name in enumerate(names):
        if n_missing[place] == n_rows:
            if not allow_empty:
                problems.append(f"item {name} has no answers")
            continue
        if not allow_constant:
            lowest, highest = np.nanmin(values[:, place]), np.nanmax(values[:, place])
            if lowest == highest:
                problems.append(f"item {name} is constant: every answer is {lowest:g}")
    return problems


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    repeated = dict.fromkeys(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return [f"the name {name} is used for more than one item" for name in repeated]
