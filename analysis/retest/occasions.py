"""Two measurements of the same learners, read and checked together: answers, who has not changed, days between."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, ItemResponses, read_item_responses

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """Answers at two measurements, row by row the same learner.

    Attributes
    ----------
    item_names : tuple of str
    first, second : float array, shape (n_rows, n_items)
        NaN where missing.
    unchanged : float array, shape (n_rows,)
        1 where what was rated has not changed, 0 where it has, NaN where that is not known.
    days : float array, shape (n_rows,)
        Days between, NaN where not known.
    """

    item_names: tuple[str, ...]
    first: FloatArray
    second: FloatArray
    unchanged: FloatArray
    days: FloatArray

    @property
    def invited(self) -> BoolArray:
        """Who answered anything at the first measurement."""
        return np.asarray(~np.isnan(self.first).all(axis=1))

    @property
    def came(self) -> BoolArray:
        """Who of them answered anything at the second."""
        return self.invited & np.asarray(~np.isnan(self.second).all(axis=1))

    @property
    def declined(self) -> BoolArray:
        """Who of the invited did not."""
        return self.invited & ~self.came

    @property
    def stable(self) -> BoolArray:
        """Who came and has not changed."""
        return np.asarray(self.came & (self.unchanged == 1))


def read_occasions(
    first: Any, second: Any, stable: ArrayLike | Sequence[Any] | None, days: ArrayLike | None
) -> tuple[Occasions, list[str]]:
    """Read both measurements, with a sentence for everything that is wrong with `stable` and `days`.

    Raises
    ------
    AnalysisError
        For answers that are not whole numbers from 1, and measurements of other learners or items.
    """
    before, after = _read_both(first, second)
    unchanged, stable_problems = _read_stable(stable, before.n_rows)
    waited, days_problems = _read_days(days, before.n_rows)
    occasions = Occasions(before.item_names, before.values, after.values, unchanged, waited)
    return occasions, stable_problems + days_problems


def _read_both(first: Any, second: Any) -> tuple[ItemResponses, ItemResponses]:
    problems: list[str] = []
    read = []
    for name, answers in (("first", first), ("second", second)):
        try:
            read.append(
                read_item_responses(
                    answers, categories=127, minimum_respondents=0, allow_constant=True, allow_empty=True
                )
            )
        except AnalysisError as error:
            problems += [f"{name} measurement: {problem}" for problem in error.problems]
    if problems:
        raise AnalysisError(problems)
    before, after = read
    if before.values.shape != after.values.shape:
        problems.append(
            f"both measurements need the same learners and items: shapes {before.values.shape} and {after.values.shape}"
        )
    elif before.item_names != after.item_names:
        apart = [f"{a} and {b}" for a, b in zip(before.item_names, after.item_names, strict=True) if a != b]
        problems.append(f"the items of both measurements differ: {', '.join(apart)}")
    if problems:
        raise AnalysisError(problems)
    return before, after


def _read_stable(stable: ArrayLike | Sequence[Any] | None, n: int) -> tuple[FloatArray, list[str]]:
    if stable is None:
        return np.ones(n), []
    try:
        found = np.array(
            [math.nan if value is None else value for value in np.asarray(stable, dtype=object)], dtype=float
        )
    except (TypeError, ValueError):
        return np.ones(n), ["stable is True, False or missing for each learner"]
    problems = []
    if found.shape != (n,):
        problems.append(f"stable has {len(found)} values for {n} learners")
    if not (np.isnan(found) | (found == 0) | (found == 1)).all():
        problems.append("stable is True (1), False (0) or missing for each learner")
    return found, problems


def _read_days(days: ArrayLike | None, n: int) -> tuple[FloatArray, list[str]]:
    if days is None:
        return np.full(n, math.nan), []
    try:
        found = np.asarray(days, dtype=np.float64)
    except (TypeError, ValueError):
        return np.full(n, math.nan), ["days must be numbers, NaN where not known"]
    if found.shape != (n,):
        return np.full(n, math.nan), [f"days has shape {found.shape} for {n} learners"]
    if (found < 0).any() or np.isinf(found).any():
        return found, ["days between the measurements cannot be negative or infinite"]
    return found, []
