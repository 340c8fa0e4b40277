"""The answers that a model is about: its items found among the columns, rows parted by group, clusters numbered."""

import difflib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_codes, read_item_responses
from ..units.sums import encode_units, read_units

Labels = str | ArrayLike | Sequence[Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class ModelAnswers:
    """Answers to a model's items, in the model's order.

    Attributes
    ----------
    answers : ndarray, shape (n_rows, n_items)
        Categories from 1 up, as bytes, 0 where missing: as given, or the places of those that are used (`without_gaps`); or
        floats, NaN where missing.
    groups : tuple of str
        Names, in order of first appearance; a single "" where there are none.
    group : ndarray of int64, shape (n_rows,)
    cluster : ndarray of int64, shape (n_rows,)
        Empty where respondents are independent.
    n_clusters : int
    notes : tuple of str
        Which categories nobody chose, and what was done about groups.
    """

    answers: NDArray[np.int8] | FloatArray
    groups: tuple[str, ...]
    group: IntArray
    cluster: IntArray
    n_clusters: int
    notes: tuple[str, ...]

    def rows_of(self, place: int) -> IntArray:
        """Give the rows of one group."""
        return np.flatnonzero(self.group == place)


def read_answers(
    item_responses: Any, items: tuple[str, ...], group: Labels | None, cluster: Labels | None, *, ordered: bool
) -> ModelAnswers:
    """Read the answers to a model's items; ordered ones with the categories as they were given, gaps included.

    Raises
    ------
    AnalysisError
        Naming items that are not among the columns, with what may have been meant, answers that cannot be read, and
        labels that are missing or of another number.
    """
    chosen = _select(item_responses, items)
    problems: list[str] = []
    codes = np.zeros((0, len(items)), dtype=np.int8)
    values = np.zeros((0, len(items)))
    try:
        if ordered:
            codes, _ = read_codes(chosen)
        else:
            values = read_item_responses(chosen).values
    except AnalysisError as error:
        problems += _renamed(error.problems, items, chosen)
    n_rows = max(len(codes), len(values)) or len(np.asarray(chosen))
    groups, of_group = _labels("group", group, item_responses, n_rows, problems)
    clusters, of_cluster = _labels("cluster", cluster, item_responses, n_rows, problems)
    if cluster is not None and len(clusters) == 1:
        problems.append("all respondents are in one cluster: at least two are needed")
    if problems:
        raise AnalysisError(problems)
    names = tuple(str(name) for name in groups) if group is not None else ("",)
    of_cluster = of_cluster if cluster is not None else of_cluster[:0]
    return ModelAnswers(codes if ordered else values, names, of_group, of_cluster, len(clusters), ())


def refuse_lone_clusters(given: ModelAnswers) -> None:
    """Ask for at least two clusters in every group: one says nothing of how clusters differ."""
    if given.n_clusters:
        problems = [
            f"all respondents of group {name} are in one cluster: at least two are needed"
            for place, name in enumerate(given.groups)
            if len(np.unique(given.cluster[given.group == place])) == 1
        ]
        if problems:
            raise AnalysisError(problems)


def category_counts(given: ModelAnswers, *, listwise: bool) -> IntArray:
    """Count how often each category of each item was chosen in each group, shape (n_groups, n_items, k).

    With `listwise` only respondents who answered every item count.
    """
    codes, of_group = given.answers.astype(np.int8, copy=False), given.group
    most = int(codes.max(initial=0))
    if listwise:
        complete = codes.all(axis=1)
        codes, of_group = codes[complete], of_group[complete]
    several = len(given.groups) > 1
    parts = [codes[of_group == place] for place in range(len(given.groups))] if several else [codes]
    return np.array([[np.bincount(column, minlength=most + 1)[1:] for column in part.T] for part in parts])


def without_gaps(given: ModelAnswers, items: tuple[str, ...], *, listwise: bool) -> ModelAnswers:
    """Number the categories that are used without gaps.

    Raises
    ------
    AnalysisError
        Naming each group that uses other categories than others do.
    """
    codes, groups = given.answers.astype(np.int8, copy=False), given.groups
    most = int(codes.max(initial=0))
    counts = category_counts(given, listwise=listwise)
    used: NDArray[np.bool_] = counts > 0
    anywhere: NDArray[np.bool_] = counts.sum(axis=0) > 0
    problems = []
    for place, item in enumerate(items):
        for group, name in enumerate(groups):
            lacking = np.flatnonzero(anywhere[place] & ~used[group, place]) + 1
            if len(lacking):
                answers = " or ".join(map(str, lacking))
                problems.append(
                    f"nobody in group {name} answered {answers} to {item}, as others did: groups can be compared only on "
                    "the same categories, so that some must be joined first"
                )
    if problems:
        raise AnalysisError(problems)
    top = anywhere.sum(axis=1)
    if (anywhere == (np.arange(most) < top[:, None])).all():
        dense = codes
    else:
        numbers = np.zeros((len(items), most + 1), dtype=np.int8)
        numbers[:, 1:] = np.cumsum(anywhere, axis=1) * anywhere
        dense = numbers[np.arange(len(items)), codes]
    unused = tuple(
        f"nobody answered {' or '.join(map(str, np.flatnonzero(~row) + 1))} to {item}"
        for item, row in zip(items, anywhere, strict=True)
        if not row.all()
    )
    return replace(given, answers=dense, notes=(*given.notes, *unused))


def _select(item_responses: Any, items: tuple[str, ...]) -> Any:
    """Give the columns of the items, in a frame or an array."""
    names = getattr(item_responses, "column_names", None)  # pyarrow; its `columns` are the data
    if names is None and hasattr(item_responses, "to_numpy"):
        names = getattr(item_responses, "columns", None)
    if names is not None:
        columns = [str(name) for name in names]
        _check_known(items, columns)
        own = [names[columns.index(item)] for item in items]
        return item_responses.select(own) if hasattr(item_responses, "column_names") else item_responses[own]
    try:
        table = np.asarray(item_responses)
        if table.dtype.kind in "US":
            table = np.asarray(item_responses, dtype=object)
    except ValueError as error:  # numpy on ragged rows
        raise AnalysisError("the rows differ in length: every respondent needs one value for each item") from error
    if table.ndim != 2:
        raise AnalysisError(f"a table of respondents by items is needed, not an array of {table.ndim} dimensions")
    columns = [f"item_{place}" for place in range(1, table.shape[1] + 1)]
    _check_known(items, columns)
    return table[:, [columns.index(item) for item in items]]


def _check_known(items: tuple[str, ...], columns: list[str]) -> None:
    problems = []
    for item in items:
        if item not in columns:
            near = difflib.get_close_matches(item, columns, n=1)
            meant = f" (did you mean {near[0]}?)" if near else ""
            problems.append(f"the model names {item}, which is not among the {len(columns)} columns{meant}")
        elif columns.count(item) > 1:
            problems.append(f"the name {item} is used for more than one column")
    if problems:
        raise AnalysisError(problems)


def _renamed(problems: Sequence[str], items: tuple[str, ...], chosen: Any) -> list[str]:
    """Give the items of an array the names that the model knows them by."""
    if not isinstance(chosen, np.ndarray):
        return list(problems)
    found = []
    for problem in problems:
        words = problem.split(" ")
        for place, item in enumerate(items, start=1):
            words = [item if word == f"item_{place}" else word for word in words]
        found.append(" ".join(words))
    return found


def _labels(
    what: str, given: Labels | None, item_responses: Any, n_rows: int, problems: list[str]
) -> tuple[tuple[Hashable, ...], IntArray]:
    """Read labels, or the column of that name, and number them in order of first appearance."""
    nothing = ((), np.zeros(n_rows, dtype=np.int64))
    if given is None:
        return nothing
    if isinstance(given, str):
        try:
            given = item_responses[given]
        except (KeyError, TypeError, IndexError, ValueError):
            problems.append(f"there is no column {given} to take the {what} from")
            return nothing
    if hasattr(given, "to_numpy"):
        given = given.to_numpy()
    labels, wrong = read_units(given, n_rows)
    problems += [problem.replace("units", f"{what}s").replace("unit", what) for problem in wrong]
    if wrong:
        return nothing
    names, place = encode_units(labels)
    return names, place.astype(np.int64)
