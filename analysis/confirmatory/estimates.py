"""Every parameter of a fitted model as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from ..item_responses import FloatArray, read_only
from ..table import Cell, ResultTable, Table
from .estimation.solution import Solution
from .standardized import Estimates
from .structure.parameter_table import DERIVED, FIXED


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParameterEstimates(ResultTable):
    """Parameters of all groups in turn.

    Attributes
    ----------
    left, operator, right : tuple of str
        As the model's text names them: ``F =~ q1`` a loading, ``q1 ~~ q1`` a residual variance, ``F ~~ G`` a covariance of
        factors, ``q1 | t1`` a threshold, ``q1 ~1`` an intercept.
    group : tuple of str
        Empty where there is a single group.
    status : tuple of {"free", "fixed", "derived"}
        A derived parameter follows from others: residual variances behind ordered items in the delta parameterization, scales
        in the theta parameterization.
    estimate, standard_error : ndarray, shape (n_parameters,)
        A fixed parameter has the standard error 0.
    z, p : ndarray, shape (n_parameters,)
        Of the parameter being nought; NaN where fixed.
    standardized, standardized_error : ndarray, shape (n_parameters,)
        As if items and factors had the variance one; a fixed loading has a standard error then.
    """

    left: tuple[str, ...]
    operator: tuple[str, ...]
    right: tuple[str, ...]
    group: tuple[str, ...]
    status: tuple[str, ...]
    estimate: FloatArray
    standard_error: FloatArray
    z: FloatArray
    p: FloatArray
    standardized: FloatArray
    standardized_error: FloatArray

    @classmethod
    def of(cls, solution: Solution, found: Estimates) -> ParameterEstimates:
        """Add z and p."""
        status = {FIXED: "fixed", DERIVED: "derived"}
        with np.errstate(invalid="ignore", divide="ignore"):
            z = np.where(found.standard_error > 0, found.value / found.standard_error, np.nan)
        return cls(
            tuple(each.left for each in found.parameters),
            tuple(each.operator for each in found.parameters),
            tuple(each.right for each in found.parameters),
            tuple(solution.groups[each.group].name for each in found.parameters),
            tuple(status.get(each.position, "free") for each in found.parameters),
            read_only(found.value),
            read_only(found.standard_error),
            read_only(z),
            read_only(2 * special.ndtr(-np.abs(z))),
            read_only(found.standardized),
            read_only(found.standardized_error),
        )

    def rows(self, operators: frozenset[str] | None = None) -> tuple[tuple[Cell, ...], ...]:
        """Give one row a parameter, of all operators or of some, with the group where there are several."""
        several = len(set(self.group)) > 1
        numbers = zip(
            self.estimate, self.standard_error, self.z, self.p, self.standardized, self.standardized_error, strict=True
        )
        names = zip(self.left, self.operator, self.right, self.group, strict=True)
        return tuple(
            (f"{left} {operator} {right}".rstrip(), *((group,) if several else ()), *map(float, cells))
            for (left, operator, right, group), cells in zip(names, numbers, strict=True)
            if operators is None or operator in operators
        )

    def columns(self) -> tuple[str, ...]:
        """Give the headings of `rows`."""
        several = ("group",) if len(set(self.group)) > 1 else ()
        return ("parameter", *several, "estimate", "SE", "z", "p", "standardized", "SE (std)")

    def table(self) -> Table:
        """Give every parameter."""
        return Table("Parameters", self.columns(), self.rows())
