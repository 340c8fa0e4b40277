"""For whom a unit is low: no group, one, several, or everyone in it; `interaction.py` finds it out."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from ..counted import counted
from ..item_responses import FloatArray
from ..table import ResultTable, Table
from .group_patterns import BoolArray

OUTCOMES = ("no group", "one group", "several groups", "everyone")
UNTOLD = "cannot be told"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GroupSpread(ResultTable):
    """For whom each unit is low.

    Attributes
    ----------
    unit, group : tuple
        As in `UnitGroupInteraction`.
    outcome : tuple of str, length n_units
        "no group", "one group", "several groups", "everyone" or "cannot be told".
    named : bool array, shape (n_units, n_groups)
        The low groups of a unit where it is low for one group or several.
    probability : float array, shape (n_units, 4)
        Of no group, one, several and all being low, over the groups spoken of; NaN where fewer than two are.
    probability_low : float array, shape (n_units, n_groups)
        Of each group; NaN where it is not spoken of.
    q, p : float array, shape (n_units,)
        Cochran's test of the groups spoken of; NaN where fewer than two are.
    false_share : float
        Expected share of the statements made that are wrong; NaN where none is made.
    low_from : float
        Points below its benchmark from which a group is low.
    method : str
    """

    unit: tuple[Hashable, ...]
    group: tuple[Hashable, ...]
    outcome: tuple[str, ...]
    named: BoolArray
    probability: FloatArray
    probability_low: FloatArray
    q: FloatArray
    p: FloatArray
    false_share: float
    low_from: float
    method: str

    def table(self) -> Table:
        """Give the table that it prints: the units of which something can be said, but those low for no group."""
        said = [i for i, outcome in enumerate(self.outcome) if outcome not in ("no group", UNTOLD)]
        rows = tuple(
            (
                str(self.unit[i]),
                self.outcome[i],
                ", ".join(str(self.group[g]) for g in np.flatnonzero(self.named[i])),
                float(self.probability[i].max()),
                float(self.p[i]),
            )
            for i in said
        )
        made = sum(outcome != UNTOLD for outcome in self.outcome)
        notes = [f"low: {self.low_from:.2f} points or more below the group's own benchmark"]
        if made:
            notes.append(f"{counted(made, 'statement')}, {100 * self.false_share:.0f} % of them expected to be wrong")
        notes.append(f"{counted(len(self.outcome) - made, 'unit')} of which nothing can be told")
        return Table("For whom units are low", ("unit", "low for", "named", "probability", "p"), rows, tuple(notes))
