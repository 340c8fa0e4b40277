"""Decision studies: how reliable a score of other numbers of items and learners would be."""

from __future__ import annotations

from dataclasses import dataclass

from ..item_responses import FloatArray
from ..table import ResultTable, Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DecisionStudy(ResultTable):
    """Reliability of scores to come, one entry a plan.

    Attributes
    ----------
    n_items : float array, shape (n_plans,)
    n_persons : float array, shape (n_plans,)
        Persons of each unit; 1 where a person is scored.
    universe_variance : float array, shape (n_plans,)
    relative_error, absolute_error : float array, shape (n_plans,)
        Variances, in score units squared.
    e_rho2, phi : float array, shape (n_plans,)
    of : str
        "person" or "unit".
    method : str
    """

    n_items: FloatArray
    n_persons: FloatArray
    universe_variance: FloatArray
    relative_error: FloatArray
    absolute_error: FloatArray
    e_rho2: FloatArray
    phi: FloatArray
    of: str
    method: str

    def table(self) -> Table:
        """Give one row a plan."""
        rows = tuple(
            (
                f"{self.n_items[i]:g}" if self.of == "person" else f"{self.n_items[i]:g} x {self.n_persons[i]:g}",
                float(self.e_rho2[i]),
                float(self.phi[i]),
                float(self.relative_error[i] ** 0.5),
                float(self.absolute_error[i] ** 0.5),
            )
            for i in range(self.n_items.size)
        )
        plan = "items" if self.of == "person" else "items x persons"
        columns = (plan, "E rho^2", "phi", "SEM, relative", "SEM, absolute")
        return Table(f"Reliability of the score of a {self.of}", columns, rows, (self.method,))
