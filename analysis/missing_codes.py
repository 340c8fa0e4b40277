"""Codes for a missing answer, -9 or 99, that were left among the answers: no error in themselves, and ruin for every statistic."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .counted import counted

LEAST_CODE = 8
"""The lowest high code: answers below it need not be looked at."""

_HIGH = {8, 9, *(10 * place + code for place in (7, 8, 9) for code in (7, 8, 9)), 777, 888, 998, 999, 7777, 8888, 9999}
_LOW = {-1, -2, -3, -7, -8, -9, -77, -88, -98, -99, -777, -888, -998, -999, -7777, -8888, -9999}
_LONGEST_SCALE = 11
_ENOUGH_TO_TELL = 50
"""In fewer answers an option that nobody chose leaves as wide a gap."""


def codes_for_missing(answers: NDArray[Any], item_names: tuple[str, ...]) -> list[str]:
    """Say which values are customary codes for a missing answer, standing apart from whole numbers of a response scale.

    Parameters
    ----------
    answers : ndarray, shape (n_respondents, n_items)
        NaN where missing.
    item_names : tuple of str

    Examples
    --------
    >>> codes_for_missing(np.array([[1, 4], [2, 5], [3, -1]] * 20), ("q1", "q2"))[0].split(" (")[0]
    '20 answers are -1 where all others are from 1 to 5'
    >>> codes_for_missing(np.array([[1, 2], [-2, 0], [2, -1]] * 20), ("q1", "q2"))
    []
    """
    given = answers[answers == answers]  # NaN differs from itself
    if given.size < _ENOUGH_TO_TELL or not (np.isfinite(given) & (given == np.rint(given))).all():
        return []
    values = [int(value) for value in np.unique(given)]
    codes = _apart(values)
    if not codes:
        return []
    kept = [value for value in values if value not in codes]
    found = np.isin(answers, codes)
    places = np.flatnonzero(found.any(axis=0))
    row = int(np.flatnonzero(found[:, places[0]])[0])
    first = ", ".join(item_names[place] for place in places[:3])
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    listed = " or ".join(str(code) for code in codes)
    where = (
        f"{'item' if len(places) == 1 else 'items'} {first}{more}: first {answers[row, places[0]]:g} in row {row + 1}"
    )
    return [
        f"{counted(int(found.sum()), 'answer is', 'answers are')} {listed} where all others are from {kept[0]} to {kept[-1]} "
        f"({where}): codes for a missing answer are given as NaN; options of the scale are numbered from 1 up without a gap"
    ]


def _apart(values: list[int]) -> list[int]:
    """Give the values that are customary codes and stand apart from an unbroken run of at least three others."""
    runs = [[value for _, value in run] for _, run in groupby(enumerate(values), lambda pair: pair[1] - pair[0])]
    scale = max(runs, key=len)
    if not 3 <= len(scale) <= _LONGEST_SCALE or scale[0] not in (0, 1):
        return []
    codes = [value for value in values if value not in scale]
    low, high = [code for code in codes if code < 0], [code for code in codes if code > 0]
    # Three below nought and three above are a scale without a middle.
    apart = all(code in _LOW for code in low) and (len(low) < 2 or low[0] < -scale[-1])
    apart &= all(code in _HIGH and code > scale[-1] + 2 for code in high)
    return codes if apart else []
