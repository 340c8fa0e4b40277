"""What is given beside the answers of a report: units, outcomes, hypotheses and settings, and what is wrong with them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..item_responses import FloatArray
from ..options import is_list, is_number, is_whole, shown, wrong_list, wrong_whole
from ..units.sums import is_missing
from .prose import counted
from .study import Hypothesis


def wrong_kinds(name: str, given: Any, kind: type) -> list[str]:
    """Ask for a list of what the report is made of."""
    if not is_list(given):
        return wrong_list(name, given, kind.__name__)
    return [f"{name}: made of {kind.__name__}, not {shown(one)}" for one in given if not isinstance(one, kind)]


def wrong_floor(name: str, value: Any) -> list[str]:
    """Ask for the fewest respondents that are shown."""
    if is_whole(value) and value < 3:
        return [f"groups and units of fewer than 3 are never shown: {name} is 3 or more, not {value}"]
    return wrong_whole(name, value, least=3)


def twice(what: str, names: Sequence[str]) -> list[str]:
    """Name what stands more than once in a list."""
    return [f"the {what} {name} is given twice" for name in dict.fromkeys(names) if names.count(name) > 1]


def unplaced(unit: Sequence[Any]) -> list[str]:
    """Name the respondents without a unit: those without one are no placement that could be compared with the others."""
    missing = [row for row, label in enumerate(unit, 1) if is_missing(label)]
    if not missing:
        return []
    who = counted(len(missing), "respondent")
    return [
        f"unit is missing for {who}, first in row {missing[0]}: leave them out, or give the unit that they belong to"
    ]


def numbers_of(name: str, given: Any, problems: list[str], *, yes_or_no: bool = False) -> FloatArray:
    """Read one number a respondent, NaN where there is none; what is not a list is told elsewhere."""
    if given is None or not is_list(given):
        return np.zeros(0)
    cells = np.asarray(given, dtype=object).tolist()
    found = np.full(len(cells), np.nan)
    wrong = []
    for row, cell in enumerate(cells):
        if is_missing(cell):
            continue
        if isinstance(cell, bool | np.bool_) or is_number(cell):
            found[row] = float(cell)
        if np.isnan(found[row]) or (yes_or_no and found[row] not in (0, 1)):
            wrong.append((row + 1, cell))
    if wrong:
        what = counted(len(wrong), "entry", "entries")
        expected = "neither 1, 0 nor missing" if yes_or_no else "no number"
        problems.append(
            f"{name} has {what} that {'is' if len(wrong) == 1 else 'are'} {expected}: "
            f"first {shown(wrong[0][1])} in row {wrong[0][0]}"
        )
    return found


def compare_nothing(hypotheses: Sequence[Hypothesis]) -> list[str]:
    """Name hypotheses that expect no difference."""
    problems = []
    for given in hypotheses:
        name = f"hypothesis {given.name}"
        if not is_list(given.expected) or len(given.expected) < 2:
            problems.append(f"{name} expects an order of at least 2 groups, not {shown(given.expected)}")
            continue
        problems += [f"{name}: {problem}" for problem in twice("group", [str(label) for label in given.expected])]
    return problems
