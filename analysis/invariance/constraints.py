r"""Which equal parameters the groups contradict: score tests of letting one group have its own (Sörbom 1989).

A parameter that is equal in all groups is freed in one of them by a deviation from it, of which the score g, the information
i, and that with the free parameters c say

.. math:: X = \frac{g^2}{i - c' A^{-1} c}, \qquad \text{change} = \frac{g}{i - c' A^{-1} c}

with A the information of the free parameters: by how much the unadjusted chi-square would fall, and how far apart the
group's parameter would go.

References
----------
Sörbom, D. (1989). Model modification. Psychometrika 54, 371-384.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from ..confirmatory.estimation.solution import Solution
from ..confirmatory.structure.comparison import Comparison
from ..confirmatory.structure.matrices import Cells, cells_of
from ..confirmatory.structure.parameter_table import FIXED, Parameter
from ..confirmatory.structure.syntax import LOADING
from ..item_responses import FloatArray, read_only
from ..options import refuse, wrong_number, wrong_whole
from ..table import Cell, ResultTable, Table

_FIVE_PERCENT = float(special.chdtri(1, 0.05))

_NONE = 1e-7
"""Information of its own below this share is none."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EqualityTests(ResultTable):
    """Parameters that are equal in all groups, those that the groups contradict most first.

    Attributes
    ----------
    parameter : tuple of str
        As `release` takes it.
    group : tuple of str
        The group that would have its own.
    chi_square, p : ndarray, shape (n_tests,)
        On one degree of freedom.
    expected_change : ndarray, shape (n_tests,)
        What the group's parameter would be more than it is.
    step : str
    notes : tuple of str
    """

    parameter: tuple[str, ...]
    group: tuple[str, ...]
    chi_square: FloatArray
    p: FloatArray
    expected_change: FloatArray
    step: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a parameter and group."""
        numbers = zip(self.chi_square, self.p, self.expected_change, strict=True)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (parameter, group, *map(float, own))
            for parameter, group, own in zip(self.parameter, self.group, numbers, strict=True)
        )
        columns = ("parameter", "group", "chi-square", "p", "expected change")
        return Table(f"Equal parameters ({self.step} step)", columns, rows, self.notes)


def equality_tests(solution: Solution, step: str, minimum: float, largest: int | None) -> EqualityTests:
    """Test every parameter that is equal in all groups; of two groups, in the second."""
    refuse(
        [
            *wrong_number("minimum", minimum, least=0),
            *(() if largest is None else wrong_whole("largest", largest, least=1)),
        ]
    )
    comparison = Comparison(solution.table.model, solution.table.setting)
    inverse = np.linalg.inv(solution.curvature.information())
    names: list[str] = []
    groups: list[str] = []
    numbers: list[FloatArray] = []
    first = 1 if len(solution.groups) == 2 else 0
    for place, group in enumerate(solution.groups[first:], start=first):
        parameters = solution.table.of_group(place)
        held = np.array([_is_held(each, comparison) for each in parameters])
        if not held.any():
            continue
        cells = Cells(*cells_of(parameters, solution.table.model.items, solution.table.model.factors)).of(held)
        score, information, with_free = solution.curvature.scores(place, cells)
        left = information - np.einsum("aq,aq->a", with_free @ inverse, with_free)
        left = np.where(left > _NONE * information, left, np.nan)
        names += [each.name for each, own in zip(parameters, held, strict=True) if own]
        groups += [group.name] * len(cells)
        numbers.append(np.column_stack([score**2 / left, score / left]))
    found = np.concatenate(numbers) if numbers else np.zeros((0, 2))
    known = np.isfinite(found[:, 0])
    shown = np.flatnonzero(known & (found[:, 0] >= minimum))
    order = shown[np.argsort(-found[shown, 0], kind="stable")][:largest]
    index, change = found[order].T
    return EqualityTests(
        tuple(names[place] for place in order),
        tuple(groups[place] for place in order),
        read_only(index.copy()),
        read_only(special.chdtrc(1, index)),
        read_only(change.copy()),
        step,
        (
            f"{int(known.sum())} parameters looked at one by one, {int((found[known, 0] >= _FIVE_PERCENT).sum())} with p < 0.05",
            "score tests of the unadjusted chi-square suggest; only what the items mean decides",
        ),
    )


def _is_held(parameter: Parameter, comparison: Comparison) -> bool:
    """Say whether only the step makes a parameter equal; a factor's unit and what has a name are so anyhow."""
    if parameter.label or (parameter.operator == LOADING and parameter.position == FIXED):
        return False
    return comparison.is_equal(parameter.operator, parameter.left, parameter.right)
