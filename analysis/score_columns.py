"""Scores side by side: one number a person from each of several columns, read and checked once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .counted import counted
from .errors import AnalysisError
from .item_responses import FloatArray, read_item_responses, read_only


@dataclass(frozen=True, slots=True, eq=False)
class ScoreColumns:
    """Columns of the same people, and the people who have them all.

    Attributes
    ----------
    values : float array, shape (n_rows, n_columns)
        NaN where missing.
    complete : float array, shape (n, n_columns)
        The rows without a missing value, which is what the statistics use.
    n_dropped : int
        Rows with something missing.
    """

    values: FloatArray
    complete: FloatArray
    n_dropped: int

    @property
    def n(self) -> int:
        """People who have every column."""
        return int(self.complete.shape[0])

    def note_on_missing(self) -> tuple[str, ...]:
        """Say in one sentence who was left out, where anybody was."""
        if not self.n_dropped:
            return ()
        return (
            f"{counted(self.n_dropped, 'person', 'people')} of {self.values.shape[0]} left out: a score is missing",
        )


def read_columns(columns: Mapping[str, Any], *, minimum: int = 2, varying: tuple[str, ...] = ()) -> ScoreColumns:
    """Read columns of numbers, NaN where missing, and name every problem of all of them.

    Parameters
    ----------
    columns : mapping of name to array_like, each of shape (n,)
    minimum : int
        The fewest people with every column.
    varying : tuple of str
        Columns that must have more than one value among the people with every column.

    Raises
    ------
    AnalysisError
        For columns that are no numbers, infinite or not one number a person; lengths that differ; too few people; a
        column without spread.

    Examples
    --------
    >>> read_columns({"first": [1, 2, None], "second": [2, 4, 6]}).n_dropped
    1
    >>> read_columns({"first": [1, 2, 3], "second": [2, 4]})
    Traceback (most recent call last):
    analysis.errors.AnalysisError: every column needs one number a person: first has 3, second has 2
    """
    problems: list[str] = []
    read: dict[str, FloatArray] = {}
    for name, column in columns.items():
        try:
            read[name] = read_column(name, column)
        except AnalysisError as error:
            problems += error.problems
    if len({len(column) for column in read.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(column)}" for name, column in read.items())
        problems.append(f"every column needs one number a person: {lengths}")
    if problems:
        raise AnalysisError(problems)
    values = np.column_stack(list(read.values()))
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < minimum:
        together = " and ".join(columns)
        problems.append(f"at least {minimum} people with {together} needed, got {len(complete)}")
    else:
        for name in varying:
            column = complete[:, list(columns).index(name)]
            if column.max() == column.min():
                problems.append(f"{name} is constant: every value is {column[0]:g}")
    if problems:
        raise AnalysisError(problems)
    return ScoreColumns(read_only(values), read_only(complete), len(values) - len(complete))


def read_column(name: str, column: Any) -> FloatArray:
    """Read one column of numbers, NaN where missing or masked, shape (n,), or say what is wrong with `name`."""
    if hasattr(column, "to_numpy"):
        column = column.to_numpy()
    if isinstance(column, np.ma.MaskedArray) and column.dtype.kind in "biuf":
        column = np.ma.filled(column.astype(float), np.nan)
    try:
        array = np.asarray(column)
    except ValueError:  # numpy on rows of several lengths
        raise AnalysisError(f"{name} must be one number a person, not rows of several lengths") from None
    if array.ndim != 1:
        raise AnalysisError(f"{name} must be one number a person, not an array of shape {array.shape}")
    if array.dtype.kind in "US":  # one label among numbers turns them all to text: keep the numbers
        array = np.array([*column, None], dtype=object)[:-1]
    try:
        table = read_item_responses(
            array[:, None], minimum_respondents=0, allow_constant=True, allow_empty=True, allow_codes=True
        )
    except AnalysisError as error:
        raise AnalysisError(problem.replace("item item_1 has", f"{name} has") for problem in error.problems) from None
    return np.asarray(table.values[:, 0])
