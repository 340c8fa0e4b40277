"""The people of a mixed model: who has everything that is asked for, and how their levels lie to one another."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray
from ..units.sums import encode_units, is_missing, read_scores
from .case_mix import read_covariates, read_labels


@dataclass(frozen=True, slots=True, eq=False)
class MixedRows:
    """People with their unit, levels and covariates.

    Attributes
    ----------
    score : float array, shape (n_people,)
    used : bool array, shape (n_people,)
        Who has a score, every covariate and every level.
    unit_labels : list, length n_people
    names : tuple of str, length n_levels
        "unit", then the other levels as they were named.
    roles : tuple of str, length n_levels
        "unit", "contains units", "inside units" or "crossed".
    places : tuple of tuple
        Labels of each level's places in order of first appearance.
    codes : tuple of int arrays, each of shape (n_people,)
        Place of each person; -1 where missing.
    counts : tuple of int arrays
        People who are used, of each place.
    covariates : float array, shape (n_people, n_columns)
    columns : tuple of str, length n_columns
    reference : tuple of (covariate, label)
    part_of_score : tuple of int
        Levels whose effects belong to a unit's score.
    notes : tuple of str
    """

    score: FloatArray
    used: NDArray[np.bool_]
    unit_labels: list[Hashable]
    names: tuple[str, ...]
    roles: tuple[str, ...]
    places: tuple[tuple[Hashable, ...], ...]
    codes: tuple[NDArray[np.intp], ...]
    counts: tuple[IntArray, ...]
    covariates: FloatArray
    columns: tuple[str, ...]
    reference: tuple[tuple[str, str], ...]
    part_of_score: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Places of each level."""
        return tuple(len(places) for places in self.places)

    def places_of_units(self, level: int) -> NDArray[np.intp]:
        """Give the place of a level that contains each unit, shape (n_units,), from anybody of the unit who has one."""
        found = np.zeros(len(self.places[0]), dtype=np.intp)
        # Those used come last and so decide.
        for someone in (~self.used & (self.codes[level] >= 0), self.used):
            found[self.codes[0][someone]] = self.codes[level][someone]
        return found


def read_rows(
    scores: ArrayLike,
    unit: ArrayLike | Sequence[Hashable],
    covariates: Mapping[str, Any] | None,
    levels: Mapping[str, Any] | None,
    reference: Mapping[str, Hashable],
    part_of_score: Sequence[str] | None,
) -> MixedRows:
    """Read everything, or name every problem of it."""
    problems: list[str] = []
    score, unit_labels = np.empty(0), list[Hashable]()
    read = []
    try:
        score, unit_labels = read_scores(scores, unit)
    except AnalysisError as error:
        problems += error.problems
    try:
        read = read_covariates(covariates, reference)
    except AnalysisError as error:
        problems += error.problems
    if problems:
        raise AnalysisError(problems)
    labels: dict[str, list[Hashable]] = {"unit": unit_labels}
    for name, column in dict(levels.items() if levels is not None else {}).items():
        if name == "unit":
            problems.append('a level cannot be called "unit", which is the level of the units themselves')
            continue
        try:
            labels[str(name)] = read_labels(f"level {name}", column)
        except AnalysisError as error:
            problems += error.problems
    lengths = {f"covariate {covariate.name}": len(covariate.values) for covariate in read}
    lengths |= {f"level {name}": len(column) for name, column in labels.items()}
    problems += [
        f"{score.size} scores came with {length} values of {name}"
        for name, length in lengths.items()
        if length != score.size
    ]
    if problems:
        raise AnalysisError(problems)
    encoded = [_encode(column) for column in labels.values()]
    lacking: dict[str, NDArray[np.bool_]] = {"a score": np.isnan(score)}
    lacking |= {covariate.name: np.asarray(np.isnan(covariate.values).any(axis=1)) for covariate in read}
    lacking |= {name: code < 0 for name, (_, code) in zip(labels, encoded, strict=True)}
    used = ~np.logical_or.reduce(list(lacking.values()))
    if not used.any():
        raise AnalysisError(f"nobody has everything that was asked for: {_who_lacks(lacking)}")
    codes = tuple(code for _, code in encoded)
    names = tuple(labels)
    matrix = np.hstack([covariate.values for covariate in read]) if read else np.zeros((score.size, 0))
    _refuse_levels(names, [code[used] for code in codes], matrix[used])
    roles = ("unit", *(_role(codes[0][used], code[used]) for code in codes[1:]))
    return MixedRows(
        score=score,
        used=used,
        unit_labels=unit_labels,
        names=names,
        roles=roles,
        places=tuple(places for places, _ in encoded),
        codes=codes,
        counts=tuple(np.bincount(code[used], minlength=len(places)).astype(np.int64) for places, code in encoded),
        covariates=matrix,
        columns=tuple(column for covariate in read for column in covariate.columns),
        reference=tuple((covariate.name, covariate.reference) for covariate in read if covariate.reference),
        part_of_score=_part_of_score(names, roles, part_of_score),
        notes=_notes(used, lacking),
    )


def _encode(labels: Sequence[Hashable]) -> tuple[tuple[Hashable, ...], NDArray[np.intp]]:
    """Number labels in order of first appearance, -1 for missing ones."""
    missing = np.array([is_missing(label) for label in labels], dtype=bool)
    places, code = encode_units([label for label in labels if not is_missing(label)])
    found = np.full(len(labels), -1, dtype=np.intp)
    found[~missing] = code
    return places, found


def _role(unit: NDArray[np.intp], level: NDArray[np.intp]) -> str:
    pairs = np.unique(np.column_stack([unit, level]), axis=0)
    if len(pairs) == len(np.unique(unit)):
        return "contains units"
    return "inside units" if len(pairs) == len(np.unique(level)) else "crossed"


def _refuse_levels(names: Sequence[str], codes: Sequence[NDArray[np.intp]], covariates: FloatArray) -> None:
    """Name every level whose variance the data cannot tell from something else's."""
    problems = []
    n_places = [len(np.unique(code)) for code in codes]
    for name, count, code in zip(names, n_places, codes, strict=True):
        if count == 1:
            problems.append(f"level {name} has one place, so that its places cannot differ")
        elif count == code.size:
            problems.append(
                f"each of the {count} places of level {name} has one score, so that its differences cannot be told from "
                "those between people"
            )
        elif _are_told_apart(code, covariates):
            problems.append(f"the covariates tell all places of level {name} apart: nothing is left for its effects")
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            both = np.unique(np.column_stack([codes[first], codes[second]]), axis=0)
            if len(both) == n_places[first] == n_places[second] > 1:
                problems.append(f"levels {names[first]} and {names[second]} put the same people together")
    if problems:
        raise AnalysisError(problems)


def _are_told_apart(code: NDArray[np.intp], covariates: FloatArray) -> bool:
    """Tell whether indicators of the places are sums of the covariates' columns."""
    places = np.unique(code)
    if len(places) > covariates.shape[1] + 1:
        return False
    indicators = (code[:, None] == places).astype(np.float64)
    fixed = np.column_stack([np.ones(code.size), covariates])
    fixed /= np.maximum(np.abs(fixed).max(axis=0), 1e-300)
    rest = indicators - fixed @ np.linalg.lstsq(fixed, indicators)[0]
    return bool(np.abs(rest).max() < 1e-8)


def _part_of_score(names: tuple[str, ...], roles: tuple[str, ...], asked: Sequence[str] | None) -> tuple[int, ...]:
    containing = tuple(place for place, role in enumerate(roles) if role == "contains units")
    if asked is None:
        return containing
    problems = [
        f"{name} cannot be part of a unit's score: it {'does not contain the units' if name in names else 'is no level'}"
        for name in asked
        if name not in [names[place] for place in containing]
    ]
    if problems:
        raise AnalysisError(problems)
    return tuple(place for place in containing if names[place] in asked)


def _who_lacks(lacking: Mapping[str, NDArray[np.bool_]]) -> str:
    return ", ".join(f"{int(missing.sum())} lack {name}" for name, missing in lacking.items() if missing.any())


def _notes(used: NDArray[np.bool_], lacking: Mapping[str, NDArray[np.bool_]]) -> tuple[str, ...]:
    if used.all():
        return ()
    return (f"{int((~used).sum())} of {used.size} people left out: {_who_lacks(lacking)}.",)
