"""Covariates of people as columns of numbers: numbers as they are, labels as indicators against a reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from ..errors import AnalysisError
from ..item_responses import FloatArray
from ..units.sums import encode_units, is_missing


@dataclass(frozen=True, slots=True, eq=False)
class Covariate:
    """One covariate.

    Attributes
    ----------
    name : str
    columns : tuple of str
        Its own name, or "name = label" for each label but the reference.
    values : float array, shape (n_people, n_columns)
        NaN in the rows where it is missing.
    reference : str
        The label that the others are compared with; empty for numbers.
    """

    name: str
    columns: tuple[str, ...]
    values: FloatArray
    reference: str


def read_covariates(covariates: Mapping[str, Any] | None, reference: Mapping[str, Hashable]) -> list[Covariate]:
    """Read every covariate of a mapping or frame, or name what is wrong with each.

    Labels are ordered as text; the reference is the most frequent unless it is given.

    Examples
    --------
    >>> age, group = read_covariates({"age": [20, None, 30], "group": ["nurse", "doctor", "nurse"]}, {})
    >>> age.values.ravel().tolist(), group.columns, group.reference
    ([20.0, nan, 30.0], ('group = doctor',), 'nurse')
    """
    read, problems = [], []
    named = dict(covariates.items()) if covariates is not None else {}
    problems += [f"a reference is given for {name}, which is no covariate" for name in reference if name not in named]
    for name, column in named.items():
        try:
            labels = read_labels(f"covariate {name}", column)
            kept = [label for label in labels if not is_missing(label)]
            if not kept:
                raise AnalysisError(f"covariate {name} is missing for everybody")
            if _are_labels(column, kept):
                read.append(_indicators(str(name), labels, kept, reference.get(name)))
            elif name in reference:
                raise AnalysisError(f"covariate {name} is a number and has no reference: give its values as text")
            else:
                read.append(_numbers(str(name), labels))
        except AnalysisError as error:
            problems += error.problems
    if problems:
        raise AnalysisError(problems)
    return read


def read_labels(what: str, column: Any) -> list[Hashable]:
    """Return a column as a list of labels or numbers, missing ones included."""
    if isinstance(column, (list, tuple)):
        return list(column)
    array = np.asarray(column)
    if array.ndim != 1:
        raise AnalysisError(f"{what} must be one value a person, not an array of shape {array.shape}")
    return list(array.tolist())


def _are_labels(column: Any, kept: Sequence[Hashable]) -> bool:
    if str(getattr(column, "dtype", "")) == "category":
        return True
    return any(isinstance(label, bool) or not isinstance(label, Real) for label in kept)


def _numbers(name: str, values: Sequence[Any]) -> Covariate:
    numbers = np.array([np.nan if is_missing(value) else float(value) for value in values])
    if np.isinf(numbers).any():
        raise AnalysisError(f"covariate {name} has {int(np.isinf(numbers).sum())} infinite values")
    return Covariate(name, (name,), numbers[:, None], "")


def _indicators(
    name: str, labels: Sequence[Hashable], kept: Sequence[Hashable], reference: Hashable | None
) -> Covariate:
    count = Counter(kept)
    ordered = sorted(count, key=str)
    if reference is not None and reference not in count:
        raise AnalysisError(f"covariate {name}: nobody has the reference {reference!r}")
    # The most frequent label, the first of several: comparisons with a handful of people tell little.
    base = max(ordered, key=lambda label: count[label]) if reference is None else reference
    if len(ordered) == 1:
        raise AnalysisError(f"covariate {name} is constant: everybody is {base}")
    others = [label for label in ordered if label != base]
    names, code = encode_units([*others, base, *labels])
    code = code[len(ordered) :]
    values = (code[:, None] == np.arange(len(others))).astype(np.float64)
    values[[is_missing(label) for label in labels]] = np.nan
    return Covariate(name, tuple(f"{name} = {label}" for label in names[: len(others)]), values, str(base))
