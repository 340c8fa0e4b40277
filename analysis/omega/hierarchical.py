r"""How much of a total over several factors is general: omega hierarchical, of standardized items or of answers.

The items are explored (minres, oblimin) and the solution split by Schmid and Leiman into loadings g on a general factor and s
on group factors (`exploratory.schmid_leiman`, which has the formulas of the linear and the latent kind): of the variance of the
sum, :math:`\omega_h` is the share of the general factor and :math:`\omega_t` that of all factors (Zinbarg et al. 2005).
Their quotient is what :math:`\omega_h` tends to as items of the same make are added.

The categorical kind takes the sum of the answers themselves, as Green & Yang (2009) do for one factor. With
:math:`g_{ij}(r)` the covariance of answers i and j to cuts of normal variables with correlation r (`answer_covariance`),

.. math:: \omega_h = \frac{\sum_{ij} c_i c_j \, g_{ij}(g_i g_j)}{\sum_{ij} c_i c_j \, g_{ij}(\rho_{ij})}, \qquad
   \omega_t = \frac{\sum_{ij} c_i c_j \, g_{ij}(\eta_{ij})}{\sum_{ij} c_i c_j \, g_{ij}(\rho_{ij})},

where :math:`\eta = \Lambda \Phi \Lambda'` is what all factors explain, communalities on its diagonal, :math:`\rho_{ii} = 1`, and
:math:`c_i` is -1 for an item that goes against the general factor and is counted reversed. For items alike in everything these are
correlations of the sum with that of a second administration in which the general factor, or every factor, is the same and all
else is drawn anew.

References
----------
Green, S. B. & Yang, Y. (2009). Reliability of summed item scores using structural equation modeling: an alternative to
    coefficient alpha. Psychometrika 74, 155-167.
Zinbarg, R. E., Revelle, W., Yovel, I. & Li, W. (2005). Cronbach's alpha, Revelle's beta, and McDonald's omega_h.
    Psychometrika 70, 123-133.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..correlation_matrix import CorrelationMatrix
from ..errors import AnalysisError
from ..exploratory import FactorSolution, SchmidLeiman, explore_factors, schmid_leiman
from ..exploratory.fit import degrees_of_freedom
from ..moments import Missing
from ..table import ResultTable, Table
from .observed_score import answer_covariance
from .unidimensional import SUM_OF, OmegaKind


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HierarchicalOmega(ResultTable):
    """McDonald's omegas of a total over several factors.

    Attributes
    ----------
    total : float
        Share of the variance of the sum that all factors explain.
    hierarchical : float
        Share that the general factor explains.
    asymptotic : float
        `hierarchical` over `total`: of what is reliable, how much is general.
    ecv : float
        Explained common variance: the general factor's share of all squared loadings.
    kind : {"linear", "categorical", "latent"}
        Which sum is meant.
    transformation : SchmidLeiman
        Loadings on the general and the group factors; and omegas of each group factor's items, which are of standardized
        items, for "categorical" and "latent" of what underlies the answers.
    item_names : tuple of str
    n : int
        Respondents used: with any answer, or with every answer where `missing` is "listwise".
    missing : {"pairwise", "listwise"}
    method : str
    converged : bool
    iterations : int
        Of the extraction.
    notes : tuple of str
    """

    total: float
    hierarchical: float
    asymptotic: float
    ecv: float
    kind: OmegaKind
    transformation: SchmidLeiman
    item_names: tuple[str, ...]
    n: int
    missing: Missing
    method: str
    converged: bool
    iterations: int
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the omegas in the title and the loadings, one row an item."""
        loadings = self.transformation.table()
        title = (
            f"McDonald's omega ({self.kind}, {len(self.transformation.factor_names)} factors): total {self.total:.3f}, "
            f"hierarchical {self.hierarchical:.3f}, asymptotic {self.asymptotic:.3f}; ECV {self.ecv:.3f}"
        )
        return Table(title, loadings.columns, loadings.rows, self.notes)


def hierarchical_omega(item_responses: Any, n_factors: int, kind: OmegaKind, missing: Missing) -> HierarchicalOmega:
    """Give omegas of more than one factor."""
    _check_matrix(item_responses, kind)
    solution = explore_factors(
        item_responses, n_factors, "pearson" if kind == "linear" else "polychoric", missing=missing
    )
    if degrees_of_freedom(solution.n_items, n_factors) < 0:
        raise AnalysisError(
            f"{solution.n_items} items have fewer correlations than {n_factors} factors have loadings, so that many solutions "
            "fit equally well and omega is not determined: ask for fewer factors"
        )
    found = schmid_leiman(solution)
    total, hierarchical = found.omega_total, found.omega_hierarchical
    if kind == "categorical":
        total, hierarchical = _of_answers(solution, found)
    of_sum = SUM_OF[kind] if kind != "linear" else "the sum of the standardized items"
    return HierarchicalOmega(
        total=total,
        hierarchical=hierarchical,
        asymptotic=hierarchical / total,
        ecv=found.ecv,
        kind=kind,
        transformation=found,
        item_names=found.item_names,
        n=found.n,
        missing=solution.correlation.missing,
        method=found.method,
        converged=found.converged,
        iterations=solution.iterations,
        notes=(f"of {of_sum}", *found.notes),
    )


def _of_answers(solution: FactorSolution, found: SchmidLeiman) -> tuple[float, float]:
    """Give omega total and hierarchical of the sum of the answers."""
    common = solution.structure @ solution.loadings.T
    general = np.outer(found.general, found.general)
    turn = np.array([-1.0 if name in found.reversed_items else 1.0 for name in found.item_names])
    thresholds = np.array(solution.correlation.thresholds)
    everything, of_factors, of_general = (
        float(turn @ answer_covariance(thresholds, np.clip(correlation, -1, 1)) @ turn)
        for correlation in (solution.correlation.matrix, common, general)
    )
    return of_factors / everything, of_general / everything


def _check_matrix(item_responses: Any, kind: OmegaKind) -> None:
    """Refuse correlations that were found in another way than the kind says."""
    if not isinstance(item_responses, CorrelationMatrix):
        return
    polychoric = item_responses.method.startswith("polychoric")
    if polychoric and kind == "linear":
        raise AnalysisError('these correlations are polychoric: kind is "latent" or "categorical"')
    if not polychoric and kind != "linear":
        raise AnalysisError(f'kind "{kind}" needs polychoric correlations; these are {item_responses.method}')
