"""Ratings read and checked for the design they are to be analysed by."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..counted import counted
from ..errors import AnalysisError
from ..item_responses import FloatArray, read_item_responses
from ..options import refuse, wrong_switch, wrong_word
from ..units.sums import encode_units, read_units
from .design import EFFECTS, Design, ObjectOfMeasurement


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings that are used.

    Attributes
    ----------
    values : float array, shape (n, n_columns)
        NaN where missing.
    unit : int array, shape (n,)
        Number of each person's unit; 0 for all in a design without.
    sizes : float array, shape (n_units,)
        Persons of each unit.
    design, of : str
    n_items, n_persons : float
        Of a score.
    n_missing, n_dropped : int
    notes : tuple of str
    """

    values: FloatArray
    unit: NDArray[np.intp]
    sizes: FloatArray
    design: Design
    of: ObjectOfMeasurement
    n_items: float
    n_persons: float
    n_missing: int
    n_dropped: int
    notes: tuple[str, ...]

    @property
    def n(self) -> int:
        """Persons."""
        return int(self.values.shape[0])


def options_that_do_not_fit(unit: Any, design: Any, of: Any, fixed_items: Any, method: Any) -> list[str]:
    """Ask for options that exist, and go together."""
    design, of = _question(unit, design, of)
    no_design, no_object = wrong_word("design", design, tuple(EFFECTS)), wrong_word("of", of, ("person", "unit"))
    problems = [
        *no_design,
        *no_object,
        *wrong_switch("fixed_items", fixed_items),
        *wrong_word("method", method, ("anova", "reml")),
    ]
    if no_design or no_object:
        return problems
    with_units = design == "p:u x i"
    if of == "unit" and not with_units:
        problems.append(f"the design {design} has no units to score")
    if with_units and unit is None:
        problems.append("the design p:u x i needs the unit of each person")
    if not with_units and unit is not None:
        problems.append(f"the design {design} knows no units: leave `unit` out, or take p:u x i")
    if fixed_items and of != "unit":
        problems.append("items can be fixed for the scores of units alone: for a person nothing would be left as error")
    return problems


def _question(unit: Any, design: Design | None, of: ObjectOfMeasurement | None) -> tuple[Design, ObjectOfMeasurement]:
    """Say what is asked where it was left out."""
    if design is None:
        design = "p x i" if unit is None else "p:u x i"
    if of is None:
        of = "unit" if design == "p:u x i" else "person"
    return design, of


def read_ratings(
    ratings: Any,
    unit: ArrayLike | Sequence[Hashable] | None,
    design: Design | None,
    of: ObjectOfMeasurement | None,
    method: str,
) -> Ratings:
    """Read ratings by options that fit, or name everything that is wrong with them."""
    design, of = _question(unit, design, of)
    answers = read_item_responses(ratings, minimum_respondents=0, allow_constant=True, allow_empty=True)
    values = answers.values
    code = np.zeros(len(values), dtype=np.intp)
    if unit is not None:
        labels, problems = read_units(unit, len(values))
        if problems:
            raise AnalysisError(problems)
        code = encode_units(labels)[1]
    some = ~np.isnan(values).all(axis=1)
    if design != "i:p" and some.any():
        unrated = np.flatnonzero(np.isnan(values).all(axis=0))
        refuse(f"item {answers.item_names[place]} was answered by nobody" for place in unrated)
    used = some if method == "reml" or design == "i:p" else ~np.isnan(values).any(axis=1)
    n_missing = int(np.isnan(values[some]).sum())
    notes = []
    if (~some).any():
        notes.append(f"{counted(int((~some).sum()), 'person')} without any rating left out.")
    if (some & ~used).any():
        notes.append(f"{int((some & ~used).sum())} of {int(some.sum())} persons left out: a rating is missing.")
    elif n_missing and design != "i:p":
        notes.append(f"{n_missing} of {values[some].size} ratings missing; all others used.")
    values, code = values[used], np.unique(code[used], return_inverse=True)[1].astype(np.intp)
    sizes = np.bincount(code).astype(np.float64) if code.size else np.zeros(0)
    _refuse(values, sizes, design)
    rated = (~np.isnan(values)).sum(axis=1)
    return Ratings(
        values=values,
        unit=code,
        sizes=sizes,
        design=design,
        of=of,
        n_items=_harmonic_mean(rated.astype(np.float64)),
        n_persons=_harmonic_mean(sizes) if of == "unit" else 1.0,
        n_missing=n_missing if design != "i:p" else 0,
        n_dropped=int((~used).sum()),
        notes=tuple(notes),
    )


def _refuse(values: FloatArray, sizes: FloatArray, design: Design) -> None:
    """Name everything that the design cannot be estimated without."""
    problems = []
    if values.shape[1] < 2:
        problems.append(f"at least two items needed, got {values.shape[1]}")
    if len(values) < 2:
        problems.append(f"at least two persons with ratings needed, got {len(values)}")
    if problems:
        raise AnalysisError(problems)
    if np.nanmax(values) == np.nanmin(values):
        problems.append(f"every rating is {np.nanmax(values):g}: there is no variance to take apart")
    if design == "i:p" and (~np.isnan(values)).sum(axis=1).max() < 2:
        problems.append("every person has one rating, so that persons cannot be told from items")
    if design == "p:u x i":
        if sizes.size < 2:
            problems.append(f"at least two units needed, got {sizes.size}")
        elif sizes.max() < 2:
            problems.append(f"each of the {sizes.size} units has one person, so that units cannot be told from persons")
    if problems:
        raise AnalysisError(problems)


def _harmonic_mean(sizes: FloatArray) -> float:
    first = float(sizes[0])
    return first if bool((sizes == first).all()) else float(sizes.size / (1.0 / sizes).sum())
