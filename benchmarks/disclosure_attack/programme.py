"""A linear programme that is asked again and again how far one linear form can go."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Numbers = NDArray[np.float64]
Form: TypeAlias = Mapping[int, float]
SLACK = 1e-6


class Impossible(Exception):
    """What was taken to be known contradicts itself."""


class Programme:
    """Variables between bounds, and linear forms of them between others."""

    def __init__(self) -> None:
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[bool] = []
        self._rows: list[Form] = []
        self._between: list[tuple[float, float]] = []
        self._built: tuple[sparse.csr_array, Numbers, Numbers] | None = None

    def variable(self, low: float, high: float = np.inf, *, whole: bool = False) -> int:
        """A new variable, and its number; ``whole`` counts where the programme is solved in whole numbers."""
        self._low.append(low)
        self._high.append(high)
        self._whole.append(whole)
        return len(self._low) - 1

    def know(self, form: Form, low: float = -np.inf, high: float = np.inf) -> None:
        """A linear form lies between two numbers."""
        self._rows.append(form)
        self._between.append((low, high))
        self._built = None

    def range_of(self, form: Form, *, whole: bool = False) -> tuple[float, float]:
        """The least and the most that a form can be, given everything that is known.

        Raises
        ------
        Impossible
            If nothing fits what is known.
        """
        cost = np.zeros(len(self._low))
        for variable, weight in form.items():
            cost[variable] += weight
        return self._least(cost, whole=whole), -self._least(-cost, whole=whole)

    def _least(self, cost: Numbers, *, whole: bool) -> float:
        matrix, low, high = self._matrix()
        if whole:
            found: Any = milp(
                cost,
                integrality=np.array(self._whole),
                bounds=Bounds(np.array(self._low), np.array(self._high)),
                constraints=LinearConstraint(matrix, low - SLACK, high + SLACK),
                options={"time_limit": 5.0},
            )
            # a bound that has not been proven the best yet is still one
            value = found.mip_dual_bound if found.status == 1 else found.fun
            if value is None:  # without a bound, or not decided: then what holds of fractions holds
                return self._least(cost, whole=False)
        else:
            above, below = np.isfinite(high), np.isfinite(low)
            rows: Any = sparse.vstack([matrix[above], -matrix[below]])
            found = linprog(
                cost,
                A_ub=rows,
                b_ub=np.concatenate([high[above], -low[below]]) + SLACK,
                bounds=list(zip(self._low, self._high, strict=True)),
            )
            value = found.fun
        if found.status == 2:
            raise Impossible
        return -np.inf if found.status == 3 else float(value)

    def _matrix(self) -> tuple[sparse.csr_array, Numbers, Numbers]:
        if self._built is None or self._built[0].shape != (len(self._rows), len(self._low)):
            row = [number for number, form in enumerate(self._rows) for _ in form]
            column = [variable for form in self._rows for variable in form]
            value = [weight for form in self._rows for weight in form.values()]
            matrix = sparse.csr_array((value, (row, column)), shape=(len(self._rows), len(self._low)))
            between = np.array(self._between, dtype=np.float64).reshape(-1, 2)
            self._built = (matrix, between[:, 0], between[:, 1])
        return self._built


def summed(forms: Sequence[Form], weights: Sequence[float] = ()) -> dict[int, float]:
    """The sum of some forms, each times its weight."""
    found: dict[int, float] = {}
    for form, weight in zip(forms, weights or [1.0] * len(forms), strict=True):
        for variable, factor in form.items():
            found[variable] = found.get(variable, 0.0) + weight * factor
    return found
