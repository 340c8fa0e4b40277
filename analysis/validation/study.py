"""What a validation report is made of: answers and what is known beside them, checked once and all faults named."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray
from ..item_statistics import scale_scores
from ..not_estimated import NotEstimated
from .grouping import Grouping
from .prose import listed, sentence

Result = TypeVar("Result")
TOTAL: Final = "All items"


@dataclass(frozen=True, slots=True, eq=False)
class RetestAnswers:
    """A second measurement of the same respondents.

    Attributes
    ----------
    second : array_like or data frame, shape (n_respondents, n_items)
        As the first answers, row by row the same respondent; a row without answers is one who was not asked or declined.
    stable : array_like, shape (n_respondents,), or None
        Whether what was rated is unchanged (1), has changed (0) or is not known (NaN); None where nobody was asked.
    days : array_like, shape (n_respondents,), or None
        Between the measurements; None where they were not kept.
    """

    second: Any
    stable: ArrayLike | None = None
    days: ArrayLike | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Something that the scores should go with.

    Attributes
    ----------
    name : str
        As it stands in the report: "Overall experience".
    values : array_like, shape (n_respondents,)
        Numbers in the order of the outcome, a high one good; NaN where missing.
    good_from : float
        From which value on it counts as good.
    """

    name: str
    values: Any
    good_from: float


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A difference between groups that was expected beforehand.

    Attributes
    ----------
    name : str
        "Learners who report bullying score lower".
    group : sequence of labels, length n_respondents
        None for those it says nothing of.
    expected : tuple of str
        The groups, the one with the lowest score first.
    """

    name: str
    group: Sequence[Any] | NDArray[Any]
    expected: tuple[str, ...]


class NamedAnswers:
    """Columns with names, as the functions of `analysis` take them from a data frame."""

    def __init__(self, values: FloatArray, columns: Sequence[str]) -> None:
        self.values, self.columns = values, tuple(columns)

    def to_numpy(self) -> FloatArray:
        """The answers."""
        return self.values

    def __getitem__(self, chosen: Sequence[str]) -> NamedAnswers:
        return NamedAnswers(self.values[:, [self.columns.index(name) for name in chosen]], chosen)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.values, dtype=dtype) if copy else np.asarray(self.values, dtype=dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Everything that the sections read; arrays have one entry a respondent with at least one answer.

    Attributes
    ----------
    values : ndarray, shape (n, n_items)
        Answers 1..k, NaN where missing, in the order of the scales.
    items, wording : tuple of str
    scales : mapping of scale to places of its items
    categories : int
    options : tuple of str
    reverse : bool array, shape (n_items,)
        Where answers were turned round.
    unit : int array, shape (n,)
        Unit of each respondent as a number; empty where units are not known.
    unit_name : str
        "placement".
    groups : tuple of Grouping
    outcomes, hypotheses : tuple
    adverse : ndarray, shape (n,)
        1 where something adverse was reported, 0 where not, NaN where not asked; empty where there is no such indicator.
    retest : tuple of RetestAnswers
        One or none.
    relevance : ndarray, shape (n_experts, n_items)
        Empty where there are no ratings.
    why_missing : mapping of reason to bool array, shape (n, n_items)
    n_empty, n_invited : int
        Respondents without an answer; how many could have answered, 0 where not known.
    least_group, least_unit : int
    n_draws, n_resamples, seed : int
    identical : tuple of (int, int)
        Places of items that everybody answered alike: the second of each pair says nothing new.
    """

    title: str
    about: tuple[tuple[str, str], ...]
    values: FloatArray
    items: tuple[str, ...]
    wording: tuple[str, ...]
    scales: Mapping[str, tuple[int, ...]]
    categories: int
    options: tuple[str, ...]
    reverse: NDArray[np.bool_]
    unit: IntArray
    unit_name: str
    groups: tuple[Grouping, ...]
    outcomes: tuple[Outcome, ...]
    hypotheses: tuple[Hypothesis, ...]
    adverse: FloatArray
    retest: tuple[RetestAnswers, ...]
    relevance: FloatArray
    why_missing: Mapping[str, NDArray[np.bool_]]
    n_empty: int
    n_invited: int
    least_group: int
    least_unit: int
    n_draws: int
    n_resamples: int
    seed: int
    identical: tuple[tuple[int, int], ...]

    @property
    def n(self) -> int:
        """Respondents with at least one answer."""
        return int(self.values.shape[0])

    @property
    def constant(self) -> tuple[int, ...]:
        """Places of items that nobody answered, or everybody alike."""
        known = ~np.isnan(self.values)
        low = np.where(known, self.values, np.inf).min(axis=0, initial=np.inf)
        high = np.where(known, self.values, -np.inf).max(axis=0, initial=-np.inf)
        return tuple(int(place) for place in np.flatnonzero(~(low < high)))

    @property
    def sound(self) -> tuple[int, ...]:
        """Places of items that vary and do not repeat another."""
        out = {*self.constant, *(second for _, second in self.identical)}
        return tuple(place for place in range(len(self.items)) if place not in out)

    def places(self, scale: str, *, sound: bool = False) -> tuple[int, ...]:
        """Places of a scale's items; only sound ones where asked."""
        kept = set(self.sound) if sound else set(range(len(self.items)))
        return tuple(place for place in self.scales[scale] if place in kept)

    def answers(self, places: Sequence[int], rows: NDArray[np.bool_] | None = None) -> NamedAnswers:
        """Answers to some items, under names that `told` turns back into the study's own."""
        values = self.values[:, list(places)] if rows is None else self.values[rows][:, list(places)]
        return NamedAnswers(values, [f"item_{place + 1}" for place in places])

    def as_given(self) -> FloatArray:
        """Answers as the respondents gave them, before any were turned round."""
        return np.asarray(np.where(self.reverse, self.categories + 1.0 - self.values, self.values))

    def score(self, scale: str) -> FloatArray:
        """Scores of a scale, or of all items together, on 0 to 100; NaN where fewer than half of the items are answered."""
        places = range(len(self.items)) if scale == TOTAL else self.scales[scale]
        return _scores(self.values[:, list(places)], self.categories)

    def rows(self, kept: NDArray[np.bool_]) -> Study:
        """The same study of some respondents, without what is compared or retested."""
        return replace(
            self,
            values=self.values[kept],
            unit=self.unit[kept] if self.unit.size else self.unit,
            groups=(),
            outcomes=(),
            hypotheses=(),
            retest=(),
            adverse=np.zeros(0),
            why_missing={reason: cells[kept] for reason, cells in self.why_missing.items()},
        )

    def attempt(self, compute: Callable[[], Result]) -> Result | NotEstimated:
        """Compute something, or say in the study's own words why it cannot be computed."""
        try:
            return compute()
        except AnalysisError as error:
            return NotEstimated(self.told(listed(error.problems, most=3)))

    def told(self, text: str) -> str:
        """Put the names of items and scales in the place of those they have in computations."""
        scales = list(self.scales)
        text = re.sub(r"\bitem item_(\d+)\b", r"item_\1", text)
        text = re.sub(r"\bitem_(\d+)\b", lambda found: f"item {self.items[int(found[1]) - 1]}", text)
        return re.sub(r"\bF(\d+)\b", lambda found: scales[int(found[1]) - 1], text)

    def named(self, place: int) -> str:
        """An item's name with its wording."""
        wording = self.wording[place]
        return f"{self.items[place]}  {wording}" if wording else self.items[place]

    def digest(self, *uses: str) -> str:
        """A fingerprint of some of the inputs."""
        found = hashlib.sha256()
        for name in uses:
            found.update(name.encode())
            _feed(found, getattr(self, name))
        return found.hexdigest()


def sorry(reason: str) -> str:
    """A sentence for the place where a figure would stand."""
    return sentence(f"Not computed: {reason}")


def _scores(values: FloatArray, categories: int) -> FloatArray:
    return np.asarray((scale_scores(values) - 1.0) / (categories - 1.0) * 100.0)


def _feed(digest: Any, thing: Any) -> None:
    if isinstance(thing, np.ndarray) and thing.dtype.kind in "biuf":
        digest.update(f"{thing.shape}{thing.dtype}".encode() + np.ascontiguousarray(thing).tobytes())
    elif isinstance(thing, Mapping):
        for key in thing:
            _feed(digest, key)
            _feed(digest, thing[key])
    elif isinstance(thing, tuple | list):
        digest.update(f"[{len(thing)}".encode())
        for part in thing:
            _feed(digest, part)
    elif hasattr(thing, "__dataclass_fields__"):
        for name in thing.__dataclass_fields__:
            _feed(digest, getattr(thing, name))
    elif hasattr(thing, "to_numpy"):
        _feed(digest, list(getattr(thing, "columns", ())))
        _feed(digest, np.asarray(thing.to_numpy(), dtype=float))
    else:
        digest.update(json.dumps(thing, default=str).encode())
