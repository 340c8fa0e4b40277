r"""How groups differ on the factors, once items stand for the same in all of them.

Effects are differences in standard deviations of the factor within groups (Hancock 2001), groups weighted by size:

.. math:: d = \frac{\alpha_g - \alpha_1}{\sqrt{(n_1 \psi_1 + n_g \psi_g) / (n_1 + n_g)}} .

References
----------
Hancock, G. R. (2001). Effect size, power, and sample size determination for structured means modeling and MIMIC approaches
    to between-groups hypothesis testing of means on a single latent construct. Psychometrika 66, 373-388.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..confirmatory.fit import ConfirmatoryFit
from ..confirmatory.structure.syntax import MEAN
from ..item_responses import FloatArray, read_only
from ..table import Cell, ResultTable, Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LatentMeans(ResultTable):
    """Means of the factors in each group; nought in the first, which the others are compared with.

    Attributes
    ----------
    factors, groups : tuple of str
    mean, standard_error : ndarray, shape (n_groups, n_factors)
        In the units of the factors; with a standard error of nought where fixed.
    z, p : ndarray, shape (n_groups, n_factors)
        Of the difference from the first group; NaN where fixed.
    effect : ndarray, shape (n_groups, n_factors)
        In standard deviations of the factor within the two groups.
    step : str
        The step that they come from.
    """

    factors: tuple[str, ...]
    groups: tuple[str, ...]
    mean: FloatArray
    standard_error: FloatArray
    z: FloatArray
    p: FloatArray
    effect: FloatArray
    step: str

    def table(self) -> Table:
        """Give one row for each factor and later group."""
        rows: list[tuple[Cell, ...]] = []
        for factor, name in enumerate(self.factors):
            for group in range(1, len(self.groups)):
                numbers = (self.mean, self.standard_error, self.z, self.p, self.effect)
                rows.append((name, self.groups[group], *(float(each[group, factor]) for each in numbers)))
        columns = ("factor", "group", "mean", "SE", "z", "p", "effect")
        note = f"differences from group {self.groups[0]}; effects in standard deviations within groups"
        return Table(f"Latent means ({self.step} step)", columns, tuple(rows), (note,))


def latent_means(fit: ConfirmatoryFit, step: str) -> LatentMeans:
    """Read the means of the factors from a fit with equal loadings and intercepts."""
    factors, n_groups = fit.model.factors, len(fit.groups)
    found = np.zeros((4, n_groups, len(factors)))
    place = {name: number for number, name in enumerate(factors)}
    group = {each.name: number for number, each in enumerate(fit.groups)}
    own = fit.estimates
    for row, (left, operator) in enumerate(zip(own.left, own.operator, strict=True)):
        if operator == MEAN and left in place:
            numbers = own.estimate[row], own.standard_error[row], own.z[row], own.p[row]
            found[:, group[own.group[row]], place[left]] = numbers
    first = fit.groups[0]
    effect = np.zeros((n_groups, len(factors)))
    for number, each in enumerate(fit.groups[1:], start=1):
        variances = first.n * np.diagonal(first.factor_covariances) + each.n * np.diagonal(each.factor_covariances)
        with np.errstate(invalid="ignore"):
            spread = np.sqrt(variances / (first.n + each.n))
        effect[number] = each.factor_means / np.where(spread > 0, spread, math.nan)
    mean, error, z, p = (read_only(each.copy()) for each in found)
    return LatentMeans(factors, tuple(group), mean, error, z, p, read_only(effect), step)
