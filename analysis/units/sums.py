"""What a scale score leaves behind in each unit: its count, its mean and its squared deviations.

For the one-way random effects model these three are sufficient, so everything in this folder that deals with one
score runs on them: a survey of ten million rows and ten thousand placements is ten thousand short rows here.

Counts, means and squared deviations of two batches are pooled as in Chan, Golub and LeVeque (1983), "Algorithms for
computing the sample variance", The American Statistician 37, 242-247, eq. 2.1, which does not lose digits as a bare
sum of squares does when the mean is large beside the spread.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..counted import counted
from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_only
from ..options import read_numbers, refuse, shown, wrong_whole
from ..score_columns import read_column


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSums:
    """Count, mean and squared deviations of one score in each unit; made by the class methods.

    Two batches of rows add up: ``ScoreSums.from_scores(a, u) + ScoreSums.from_scores(b, v)`` is what the rows of both
    would have given (to rounding).

    Attributes
    ----------
    unit : tuple, length n_units
        Labels in order of first appearance.
    n : int array, shape (n_units,)
        Scores present in each unit; 0 where all of a unit's scores are missing.
    mean : float array, shape (n_units,)
        Mean score, in the score's unit; NaN where n = 0.
    squares : float array, shape (n_units,)
        Sum of squared deviations from the unit's own mean.
    n_missing : int
        Scores that were NaN and are not counted.
    """

    unit: tuple[Hashable, ...]
    n: IntArray
    mean: FloatArray
    squares: FloatArray
    n_missing: int

    @classmethod
    def from_scores(cls, scores: ArrayLike, unit: ArrayLike | Sequence[Hashable]) -> ScoreSums:
        """Sum up one score per person (NaN where missing) by the unit each belongs to.

        Raises
        ------
        AnalysisError
            For scores that are not one finite number (or NaN) a person, units of another length, missing units.

        Examples
        --------
        >>> sums = ScoreSums.from_scores([70.0, 90.0, 40.0, float("nan")], ["Elm", "Elm", "Oak", "Oak"])
        >>> sums.unit, sums.n.tolist(), sums.mean.tolist(), sums.n_missing
        (('Elm', 'Oak'), [2, 1], [80.0, 40.0], 1)
        """
        values, labels = read_scores(scores, unit)
        names, code = encode_units(labels)
        present = ~np.isnan(values)
        kept, code = values[present], code[present]
        n = np.bincount(code, minlength=len(names))
        total = np.bincount(code, weights=kept, minlength=len(names))
        mean = np.divide(total, n, out=np.full(len(names), np.nan), where=n > 0)
        squares = np.bincount(code, weights=(kept - mean[code]) ** 2, minlength=len(names)).astype(np.float64)
        return cls._of(names, n, mean, squares, int(values.size - kept.size))

    @classmethod
    def from_sums(
        cls,
        unit: Sequence[Hashable] | NDArray[np.integer[Any]],
        n: ArrayLike,
        total: ArrayLike,
        sum_of_squares: ArrayLike,
        n_missing: int = 0,
    ) -> ScoreSums:
        """Take counts, sums and (raw) sums of squares that something else, a database for one, has added up.

        Raises
        ------
        AnalysisError
            For lengths that differ, repeated units, negative or broken counts, and sums of squares smaller than the
            sum allows.
        """
        labels, problems = read_units(unit, len(unit) if hasattr(unit, "__len__") else 0)
        problems += wrong_whole("n_missing", n_missing, least=0)
        columns = []
        for name, column in (("n", n), ("total", total), ("sum_of_squares", sum_of_squares)):
            try:
                columns.append(read_numbers(name, column))
            except AnalysisError as error:
                problems += error.problems
        refuse(problems)
        names = tuple(labels)
        if any(column.shape != (len(names),) for column in columns):
            shapes = ", ".join(str(column.shape) for column in columns)
            raise AnalysisError([f"{len(names)} units came with n, total and sum_of_squares of shapes {shapes}"])
        size, total_, raw = columns
        if len(set(names)) != len(names):
            problems.append("a unit appears more than once among the sums")
        if not all(np.isfinite(column).all() for column in columns):
            problems.append("n, total and sum_of_squares must be finite numbers")
        elif (size < 0).any() or (size != np.floor(size)).any():
            problems.append("n must be whole numbers, none of them negative")
        else:
            squares = raw - np.divide(total_**2, size, out=np.zeros_like(raw), where=size > 0)
            short = squares < -1e-9 * np.maximum(raw, 1e-300)
            problems += [
                f"unit {names[i]!r}: the sum of squares {raw[i]:g} is too small for {size[i]:g} scores "
                f"that add up to {total_[i]:g}"
                for i in np.flatnonzero(short)
            ]
            problems += [
                f"unit {names[i]!r}: a sum is given for no scores"
                for i in np.flatnonzero((size == 0) & ((total_ != 0) | (raw != 0)))
            ]
        if problems:
            raise AnalysisError(problems)
        mean = np.divide(total_, size, out=np.full(len(names), np.nan), where=size > 0)
        # One score has no spread, whatever rounding says.
        squares = np.where(size > 1, np.maximum(squares, 0.0), 0.0)
        return cls._of(names, size.astype(np.int64), mean, squares, n_missing)

    @classmethod
    def _of(
        cls, unit: tuple[Hashable, ...], n: NDArray[Any], mean: FloatArray, squares: FloatArray, n_missing: int
    ) -> ScoreSums:
        return cls(unit, read_only(n.astype(np.int64)), read_only(mean), read_only(squares), n_missing)

    def __add__(self, other: ScoreSums) -> ScoreSums:
        """Pool two batches; units keep the order of their first appearance."""
        if not isinstance(other, ScoreSums):
            return NotImplemented
        place = {name: i for i, name in enumerate(dict.fromkeys((*self.unit, *other.unit)))}
        n = np.zeros(len(place))
        total, squares = np.zeros(len(place)), np.zeros(len(place))
        means = np.zeros((2, len(place)))
        counts = np.zeros((2, len(place)))
        for side, part in enumerate((self, other)):
            where = np.array([place[name] for name in part.unit], dtype=np.intp)
            means[side, where] = np.where(part.n > 0, part.mean, 0.0)
            counts[side, where] = part.n
            squares[where] += part.squares
        n = counts.sum(axis=0)
        total = (counts * means).sum(axis=0)
        some = n > 0
        mean = np.divide(total, n, out=np.full(len(place), np.nan), where=some)
        cross = np.divide(counts[0] * counts[1], n, out=np.zeros(len(place)), where=some)
        squares = squares + cross * (means[0] - means[1]) ** 2
        return ScoreSums._of(tuple(place), n, mean, squares, self.n_missing + other.n_missing)


def read_sums(scores: ArrayLike | ScoreSums, unit: ArrayLike | Sequence[Hashable] | None) -> ScoreSums:
    """Return the sums of raw scores and units, or the sums that were given in their place."""
    if isinstance(scores, ScoreSums):
        if unit is not None:
            raise AnalysisError(["sums of scores already name their units: leave `unit` out"])
        return scores
    if unit is None:
        raise AnalysisError(["scores need `unit`: the placement, team or school of each person, in the same order"])
    return ScoreSums.from_scores(scores, unit)


def encode_units(labels: Sequence[Hashable]) -> tuple[tuple[Hashable, ...], NDArray[np.intp]]:
    """Number the labels in order of first appearance."""
    codes = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    return tuple(codes), np.fromiter(map(codes.__getitem__, labels), dtype=np.intp, count=len(labels))


def encode_whole_numbers(labels: NDArray[np.integer[Any]]) -> tuple[tuple[Hashable, ...], NDArray[np.intp]]:
    """Number labels that are whole numbers as `encode_units` does, without looking at one after the other."""
    found, first, place = np.unique(labels, return_index=True, return_inverse=True)
    by_appearance = np.argsort(first)
    code = np.empty_like(by_appearance)
    code[by_appearance] = np.arange(len(found))
    return tuple(found[by_appearance].tolist()), code[place]


def read_units(unit: ArrayLike | Sequence[Hashable], n_people: int) -> tuple[list[Hashable], list[str]]:
    """Return the unit labels as a list, with a sentence for everything that is wrong with them."""
    if isinstance(unit, np.ndarray) and unit.shape == (n_people,) and unit.dtype.kind in "iu":
        return unit.tolist(), []
    # A list stays as it is: NumPy would turn labels of mixed kinds into strings, and tuples into columns.
    if isinstance(unit, (list, tuple)):
        labels = list(unit)
    elif isinstance(unit, str | bytes | Mapping):
        return [], [f"units must be one label a person, not {shown(unit)}"]
    else:
        array = np.asarray(unit)
        if array.ndim != 1:
            return [], [f"units must be one label a person, not an array of shape {array.shape}"]
        labels = array.tolist()
    problems = []
    lists = [row for row, label in enumerate(labels, start=1) if not isinstance(label, Hashable)]
    if lists:
        kind = type(labels[lists[0] - 1]).__name__
        problems.append(f"units must be one label a person, such as a name or a number: row {lists[0]} has a {kind}")
    if len(labels) != n_people:
        problems.append(f"{counted(n_people, 'person', 'people')} came with {counted(len(labels), 'unit')}")
    missing = [row for row, label in enumerate(labels, start=1) if is_missing(label)]
    if missing:
        people = counted(len(missing), "person has", "people have")
        problems.append(f"{people} no unit: first in row {missing[0]}")
    return [] if lists else labels, problems


def read_scores(scores: Any, unit: ArrayLike | Sequence[Hashable]) -> tuple[FloatArray, list[Hashable]]:
    """Return scores and labels, or raise with every problem of both."""
    try:
        values = read_column("score", scores)
    except AnalysisError as error:
        if not hasattr(scores, "__len__") or getattr(scores, "ndim", 1) != 1:
            raise
        _, problems = read_units(unit, len(scores))
        raise AnalysisError([*error.problems, *problems]) from None
    labels, problems = read_units(unit, values.size)
    if problems:
        raise AnalysisError(problems)
    return values, labels


def is_missing(label: Hashable) -> bool:
    """Tell whether a label is None, NaN or a frame library's missing value."""
    # pandas' NA comes first: comparing it gives NA again, which is neither true nor false.
    return label is None or type(label).__name__ in {"NAType", "NaTType"} or label == "" or bool(label != label)
