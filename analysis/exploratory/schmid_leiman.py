r"""The Schmid-Leiman transformation: one general factor, and what is left of each group factor without it.

The factor correlations of an oblique solution :math:`R \approx \Lambda \Phi \Lambda' + \Psi` are themselves explained by one
factor, :math:`\Phi \approx \gamma \gamma' + \operatorname{diag}(1 - \gamma_k^2)`, fitted by minres. Then (Schmid & Leiman 1957)

.. math:: \text{general: } g = \Lambda \gamma, \qquad \text{group: } s_{ik} = \lambda_{ik} \sqrt{1 - \gamma_k^2}.

With signs :math:`c_i` of g, so that items which go against the general factor count reversed, and
:math:`V = c' R c` the variance of the sum of standardized items (Zinbarg et al. 2005; Reise et al. 2013):

.. math::
   \omega_h = \frac{(\sum_i c_i g_i)^2}{V}, \qquad
   \omega_t = 1 - \frac{\sum_i \psi_i}{V}, \qquad
   ECV = \frac{\sum_i g_i^2}{\sum_i g_i^2 + \sum_{ik} s_{ik}^2}.

References
----------
Reise, S. P., Bonifay, W. E. & Haviland, M. G. (2013). Scoring and modeling psychological measures in the presence of
    multidimensionality. Journal of Personality Assessment 95, 129-140.
Schmid, J. & Leiman, J. M. (1957). The development of hierarchical factor solutions. Psychometrika 22, 53-61.
Zinbarg, R. E., Revelle, W., Yovel, I. & Li, W. (2005). Cronbach's alpha, Revelle's beta, and McDonald's omega_h.
    Psychometrika 70, 123-133.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..item_responses import FloatArray, IntArray, read_only
from ..one_thread import one_thread
from ..options import refuse, wrong_kind, wrong_word
from ..table import Cell, ResultTable, Table
from .extraction import extract, used_up
from .solution import FactorSolution

TwoFactors = Literal["equal", "first", "second"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SchmidLeiman(ResultTable):
    """A general factor with group factors, uncorrelated all.

    Attributes
    ----------
    general : ndarray, shape (n_items,)
        Loadings on the general factor.
    group : ndarray, shape (n_items, n_factors)
        Loadings on the group factors.
    factor_loadings : ndarray, shape (n_factors,)
        Of the correlated factors on the general one.
    communalities, uniquenesses : ndarray, shape (n_items,)
        Of the solution that was transformed.
    general_share : ndarray, shape (n_items,)
        Share of an item's loadings squared that is the general factor's. ``psych::schmid`` divides by the communality (p2), which
        the squares of more than three group factors and the general one do not add up to.
    omega_hierarchical : float
        Share of the variance of the total score that the general factor explains.
    omega_total : float
        Share that all factors explain.
    ecv : float
        Explained common variance: the general factor's share of all squared loadings.
    subscale : ndarray of int64, shape (n_items,)
        Place of the group factor that the item loads on most, from 0.
    subscale_omega, subscale_general, subscale_group : ndarray, shape (n_factors,)
        Shares of the variance of the sum of a factor's items that all factors, the general one, and the group factor itself
        explain; NaN where no item loads on it most.
    reversed_items : tuple of str
        Items that load on the general factor below nought, and count reversed in every sum here.
    factor_names, item_names : tuple of str
    n : int
    method : str
    converged : bool
        Of the solution and of the general factor.
    iterations : int
        Of the general factor.
    notes : tuple of str
    """

    general: FloatArray
    group: FloatArray
    factor_loadings: FloatArray
    communalities: FloatArray
    uniquenesses: FloatArray
    general_share: FloatArray
    omega_hierarchical: float
    omega_total: float
    ecv: float
    subscale: IntArray
    subscale_omega: FloatArray
    subscale_general: FloatArray
    subscale_group: FloatArray
    reversed_items: tuple[str, ...]
    factor_names: tuple[str, ...]
    item_names: tuple[str, ...]
    n: int
    method: str
    converged: bool
    iterations: int
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the loadings, one row an item, and the omegas in the title."""
        numbers = np.column_stack(
            (self.general, self.group, self.communalities, self.uniquenesses, self.general_share)
        ).tolist()
        rows: list[tuple[Cell, ...]] = [(name, *row) for name, row in zip(self.item_names, numbers, strict=True)]
        groups = tuple(f"{name}*" for name in self.factor_names)
        columns = ("item", "general", *groups, "communality", "uniqueness", "general share")
        title = (
            f"Schmid-Leiman: omega hierarchical {self.omega_hierarchical:.3f}, omega total {self.omega_total:.3f}, "
            f"ECV {self.ecv:.3f}"
        )
        return Table(title, columns, tuple(rows), self.notes)

    def subscale_table(self) -> Table:
        """Give one row a group factor: how much of the sum of its items is explained, and by what."""
        shares = (self.factor_loadings, self.subscale_omega, self.subscale_general, self.subscale_group)
        rows: list[tuple[Cell, ...]] = [
            (f"{name}*", int((self.subscale == place).sum()), *(float(share[place]) for share in shares))
            for place, name in enumerate(self.factor_names)
        ]
        columns = ("factor", "items", "on general", "omega", "general", "group")
        return Table("Sums of the items of each group factor", columns, tuple(rows))


def schmid_leiman(solution: FactorSolution, *, two_factors: TwoFactors = "equal") -> SchmidLeiman:
    r"""Split an oblique solution into a general factor and group factors.

    .. math:: g = \Lambda \gamma, \qquad s_{ik} = \lambda_{ik} \sqrt{1 - \gamma_k^2}, \qquad
       \omega_h = \Bigl(\sum_i |g_i|\Bigr)^2 / V

    Parameters
    ----------
    solution : FactorSolution
        At least two correlated factors.
    two_factors : {"equal", "first", "second"}
        Two factors have one correlation, which their two loadings on a general factor cannot be told from: equal loadings,
        or the first or the second factor taken as the general one.

    Returns
    -------
    SchmidLeiman

    Raises
    ------
    AnalysisError
        Where there is one factor, or the factors were kept uncorrelated.

    Notes
    -----
    Anchors: ``psych::schmid`` and ``psych::omega`` to 5e-5. omega_h is of standardized items: of the sum of what was
    correlated, which for polychoric correlations is not the sum of the answers.

    References
    ----------
    Schmid & Leiman (1957); Zinbarg et al. (2005); Reise et al. (2013).

    Examples
    --------
    >>> import numpy as np
    >>> from analysis import explore_factors
    >>> apart, along = 0.2, 0.5
    >>> matrix = np.kron(np.full((3, 3), apart) + (along - apart) * np.eye(3), np.ones((3, 3)))
    >>> np.fill_diagonal(matrix, 1)
    >>> found = schmid_leiman(explore_factors(matrix, 3, n=200))
    >>> round(found.omega_hierarchical, 4), round(found.omega_total, 4), round(found.ecv, 4)
    (0.5625, 0.8438, 0.4)
    >>> print(found.subscale_table())
    Sums of the items of each group factor
    factor  items  on general  omega  general  group
    F1*         3       0.632  0.750    0.300  0.450
    F2*         3       0.632  0.750    0.300  0.450
    F3*         3       0.632  0.750    0.300  0.450
    """
    _check(solution, two_factors)
    gamma, at_bound, converged, iterations, method = _general_factor(solution.factor_correlations, two_factors)
    general = solution.loadings @ gamma
    group = solution.loadings * np.sqrt(1 - gamma**2)
    if general.sum() < 0:
        general, gamma = -general, -gamma
    turn = np.where(general < 0, -1.0, 1.0)
    matrix = solution.correlation.matrix * np.outer(turn, turn)
    variance = float(matrix.sum())
    squares = general**2 + (group**2).sum(axis=1)
    subscale = np.abs(group).argmax(axis=1)
    names = solution.item_names
    reversed_items = tuple(name for name, sign in zip(names, turn, strict=True) if sign < 0)
    shares = np.array(
        [
            _subscale(matrix, subscale == place, turn * general, turn * group[:, place], solution.uniquenesses)
            for place in range(solution.n_factors)
        ]
    )
    return SchmidLeiman(
        general=read_only(general),
        group=read_only(group),
        factor_loadings=read_only(gamma),
        communalities=solution.communalities,
        uniquenesses=solution.uniquenesses,
        general_share=read_only(np.divide(general**2, squares, out=np.zeros_like(squares), where=squares > 0)),
        omega_hierarchical=float((turn * general).sum() ** 2) / variance,
        omega_total=1 - float(solution.uniquenesses.sum()) / variance,
        ecv=float((general**2).sum() / squares.sum()),
        subscale=read_only(subscale.astype(np.int64)),
        subscale_omega=read_only(shares[:, 0].copy()),
        subscale_general=read_only(shares[:, 1].copy()),
        subscale_group=read_only(shares[:, 2].copy()),
        reversed_items=reversed_items,
        factor_names=solution.factor_names,
        item_names=names,
        n=solution.n,
        method=f"{solution.method}; {method}",
        converged=solution.converged and converged,
        iterations=iterations,
        notes=_notes(solution, method, at_bound, reversed_items),
    )


def _check(solution: FactorSolution, two_factors: str) -> None:
    problems = [
        *wrong_kind("solution", solution, FactorSolution, "explore_factors"),
        *wrong_word("two_factors", two_factors, get_args(TwoFactors)),
    ]
    refuse(problems)
    if solution.n_factors < 2:
        problems.append("a single factor has no group factors beside it: at least 2 factors needed")
    elif not solution.rotation.oblique:
        problems.append(
            f"factors that were kept uncorrelated ({solution.method}) have no general factor: rotate by oblimin, promax "
            "or geomin"
        )
    refuse(problems)


def _general_factor(phi: FloatArray, two_factors: TwoFactors) -> tuple[FloatArray, list[int], bool, int, str]:
    """Give the loadings of factors on one factor, those at a bound, and how they were found."""
    if len(phi) == 2:
        correlation = float(phi[0, 1])
        if two_factors == "equal":
            size = math.sqrt(abs(correlation))
            gamma = np.array([size, math.copysign(size, correlation)])
            return gamma, [], True, 0, "both factors load equally on the general factor"
        gamma = np.array([1.0, correlation]) if two_factors == "first" else np.array([correlation, 1.0])
        return gamma, [], True, 0, f"the {two_factors} factor is taken as the general factor"
    with one_thread():
        found = extract(phi, 1, "minres", 1e-3)
    if not found.n_supported:
        return np.zeros(len(phi)), [], found.converged, found.iterations, "minres general factor"
    gamma = found.loadings[:, 0]
    return np.clip(gamma, -1, 1), used_up(gamma**2), found.converged, found.iterations, "minres general factor"


def _subscale(
    matrix: FloatArray, inside: FloatArray, general: FloatArray, group: FloatArray, uniquenesses: FloatArray
) -> tuple[float, float, float]:
    """Give the shares of the variance of a sum of items that all factors, the general and the group factor explain."""
    variance = float(matrix[np.ix_(inside, inside)].sum())
    if not variance > 0:
        return math.nan, math.nan, math.nan
    return (
        1 - float(uniquenesses[inside].sum()) / variance,
        float(general[inside].sum()) ** 2 / variance,
        float(group[inside].sum()) ** 2 / variance,
    )


def _notes(
    solution: FactorSolution, method: str, at_bound: list[int], reversed_items: tuple[str, ...]
) -> tuple[str, ...]:
    notes = [*solution.notes, method]
    if reversed_items:
        notes.append(f"counted reversed, because they go against the general factor: {', '.join(reversed_items)}")
    if at_bound:
        factors = ", ".join(solution.factor_names[place] for place in at_bound)
        notes.append(f"nothing is left of {factors} beside the general factor (Heywood case): read omega_h with care")
    if (solution.factor_correlations[np.triu_indices(solution.n_factors, 1)] < 0).any():
        notes.append("some factors correlate below nought: one general factor of them all may not be there")
    return tuple(notes)
