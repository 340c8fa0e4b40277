"""How a factor model is laid out: kind of items, groups, units, and what groups have in common."""

from dataclasses import dataclass
from typing import Literal

Parameterization = Literal["delta", "theta"]
Identification = Literal["marker", "unit variance", "Wu-Estabrook"]
Equal = Literal["loadings", "intercepts", "residuals", "thresholds"]


@dataclass(frozen=True, slots=True)
class Setting:
    """How a model is laid out.

    Attributes
    ----------
    n_groups : int
    ordered : bool
        Whether items are cuts of normal variables.
    n_categories : tuple of int
        Of each of the model's items; empty where they are not ordered.
    means : bool
        Whether items that are not ordered have intercepts.
    parameterization : {"delta", "theta"}
        Of ordered items: whether the normal variables behind them have variance one, or their residuals.
    identification : {"marker", "unit variance", "Wu-Estabrook"}
    orthogonal : bool
        Whether factors are uncorrelated unless the model says otherwise.
    equal : frozenset of {"loadings", "intercepts", "residuals", "thresholds"}
        What is equal in all groups.
    released : frozenset of str
        Names of parameters that are free in every group all the same.
    """

    n_groups: int
    ordered: bool
    n_categories: tuple[int, ...]
    means: bool
    parameterization: Parameterization
    identification: Identification
    orthogonal: bool
    equal: frozenset[str]
    released: frozenset[str]

    @property
    def stepwise(self) -> bool:
        """Whether ordered items are compared in the steps of Wu & Estabrook."""
        return self.identification == "Wu-Estabrook"
