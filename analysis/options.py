"""What the options of an analysis can be, and in a sentence what is wrong with one that is something else.

Every function here gives the problems of one option, none where it is right, so that a caller adds them up and names all at once
with `refuse`. Truth values pass for no number, though Python counts with them; NaN passes for none either.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from .errors import AnalysisError

MOST_DRAWS = 1_000_000
"""No analysis here is surer for more draws, and their memory would not suffice."""

_Problems = list[str]


def refuse(problems: Iterable[str]) -> None:
    """Raise one error with all problems, where there are any.

    Examples
    --------
    >>> refuse([*wrong_whole("n_draws", 5.5, least=20), *wrong_number("quantile", "0.95", above=0, below=1)])
    Traceback (most recent call last):
    analysis.errors.AnalysisError: n_draws is a whole number from 20 up, not 5.5
    quantile is a number between 0 and 1, not '0.95'
    """
    found = list(problems)
    if found:
        raise AnalysisError(found)


def wrong_whole(name: str, value: Any, *, least: int, most: int | None = None) -> _Problems:
    """Ask for a whole number; 5.0 is one of Python's floats and none of these."""
    if is_whole(value) and value >= least and (most is None or value <= most):
        return []
    end = "up" if most is None else f"to {most}"
    return [f"{name} is a whole number from {least} {end}, not {shown(value)}"]


def wrong_number(
    name: str,
    value: Any,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> _Problems:
    """Ask for a finite number, within ends that belong to it (`least`, `most`) or do not (`above`, `below`)."""
    if is_number(value) and (
        (least is None or value >= least)
        and (above is None or value > above)
        and (most is None or value <= most)
        and (below is None or value < below)
    ):
        return []
    return [f"{name} is a {_kind_of_number(least, above, most, below)}, not {shown(value)}"]


def wrong_share(name: str, value: Any) -> _Problems:
    """Ask for a share, none and all included."""
    return [] if is_number(value) and 0 <= value <= 1 else [f"{name} is a share from 0 to 1, not {shown(value)}"]


def wrong_level(value: Any) -> _Problems:
    """Ask for the level of an interval."""
    if is_number(value) and 0 < value < 1:
        return []
    return [f"the level of an interval is a share between 0 and 1, such as 0.95; got {shown(value)}"]


def wrong_seed(value: Any) -> _Problems:
    """Ask for a seed: only a number makes draws that somebody else can repeat."""
    return wrong_whole("seed", value, least=0)


def wrong_switch(name: str, value: Any) -> _Problems:
    """Ask for yes or no."""
    return [] if isinstance(value, bool | np.bool_) else [f"{name} is True or False, not {shown(value)}"]


def wrong_word(name: str, value: Any, words: Sequence[str]) -> _Problems:
    """Ask for one of some words."""
    if isinstance(value, str) and value in words:
        return []
    quoted = [f'"{word}"' for word in words]
    return [f"{name} is {', '.join(quoted[:-1])} or {quoted[-1]}, not {shown(value)}"]


def wrong_kind(name: str, value: Any, kind: type, source: str) -> _Problems:
    """Ask for what another function of the library gives."""
    if isinstance(value, kind):
        return []
    return [f"{name} is {_with_article(kind.__name__)}, which {source} gives, not {shown(value)}"]


def wrong_list(name: str, value: Any, of: str) -> _Problems:
    """Ask for a list, for which a lone piece of text passes in Python."""
    if is_list(value):
        return []
    return [f"{name} is a list of {of}, not {shown(value)}"]


def wrong_texts(name: str, value: Any) -> _Problems:
    """Ask for sentences or names, one or several or none of them."""
    if isinstance(value, tuple | list) and all(isinstance(text, str) for text in value):
        return []
    return [f"{name} are a list of texts, not {shown(value)}"]


def wrong_mapping(name: str, value: Any, of: str) -> _Problems:
    """Ask for a mapping; the columns of a frame are one."""
    if isinstance(value, Mapping) or (hasattr(value, "items") and hasattr(value, "columns")):
        return []
    return [f"{name} is a mapping of {of}, not {shown(value)}"]


def is_whole(value: Any) -> bool:
    """Tell a whole number from truth values and from floats."""
    return not isinstance(value, bool) and isinstance(value, Integral)


def is_number(value: Any) -> bool:
    """Tell a finite number from truth values, text and NaN."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


def is_list(value: Any) -> bool:
    """Tell several things in order from text, mappings, numbers and tables of more than one dimension."""
    if hasattr(value, "tolist"):  # an array, or a column of a frame
        return bool(getattr(value, "ndim", 0) == 1)
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def read_numbers(name: str, value: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Read one number, or an array of them, NaN included; text that looks like a number is none."""
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    try:
        array = np.asarray(value)
    except ValueError:  # numpy on rows of several lengths
        array = np.asarray("rows of several lengths")
    if array.dtype.kind not in "iuf":
        raise AnalysisError(f"{name} must be numbers, not {shown(value)}")
    return array.astype(np.float64)


def shown(value: Any) -> str:
    """Show a value in a line, however long it is."""
    return " ".join(reprlib.repr(value).split())


def _kind_of_number(least: float | None, above: float | None, most: float | None, below: float | None) -> str:
    if above is not None and below is not None:
        return f"number between {above:g} and {below:g}"
    low = f"of {least:g} or more" if least is not None else f"above {above:g}" if above is not None else ""
    high = f"of at most {most:g}" if most is not None else f"below {below:g}" if below is not None else ""
    if least is not None and high:
        return f"number from {least:g} to {f'{most:g}' if most is not None else high}"
    ends = " and ".join(filter(None, (low, high)))
    return f"number {ends}" if ends else "finite number"


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "AEIOU" else f"a {noun}"
