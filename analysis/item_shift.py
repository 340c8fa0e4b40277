"""An item that works differently in one group: what simulated answers may hold for a study to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .options import is_list, shown, wrong_number
from .response_model import ResponseModel
from .units.sums import read_units

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ItemShift:
    """Differential item functioning: one item works differently in one group.

    Attributes
    ----------
    item : str
    group : Any
        A label of the respondents' `group`.
    harder : float
        Added to every threshold of the item, in standard deviations of the continuous answer (uniform).
    steeper : float
        Added to the item's loadings that are not 0 (non-uniform).
    """

    item: str
    group: Any
    harder: float = 0.0
    steeper: float = 0.0


def wrong_shifts(dif: Any) -> list[str]:
    """Say what is wrong with what was given for shifts of items."""
    if not is_list(dif) or not all(isinstance(shift, ItemShift) for shift in dif):
        return [f"dif is a list of ItemShift, not {shown(dif)}"]
    return [
        problem
        for shift in dif
        for name, size in (("harder", shift.harder), ("steeper", shift.steeper))
        for problem in wrong_number(f"{name} of the shift of {shift.item}", size)
    ]


def read_dif(
    model: ResponseModel,
    dif: Sequence[ItemShift],
    group: ArrayLike | Sequence[Any] | None,
    n: int,
    problems: list[str],
) -> tuple[tuple[int, BoolArray, ItemShift], ...]:
    """Give each shift with the place of its item and who is in its group; add what is wrong to `problems`."""
    wrong = wrong_shifts(dif)
    if wrong:
        problems += wrong
        return ()
    if group is None:
        if dif:
            problems.append("dif needs `group`: the group of each respondent")
        return ()
    labels, group_problems = read_units(group, n)
    problems += [problem.replace("unit", "group") for problem in group_problems]
    found = []
    for shift in dif:
        if shift.item not in model.items:
            problems.append(f"dif names item {shift.item}, which the model does not have")
        elif shift.group not in labels:
            problems.append(f"dif names group {shift.group!r}, which no respondent is in")
        else:
            members = np.array([label == shift.group for label in labels], dtype=bool)
            found.append((model.items.index(shift.item), members, shift))
    return tuple(found)
