"""McDonald's omega: which model, and which sum (`unidimensional` and `hierarchical` have the formulas and the papers)."""

from __future__ import annotations

from typing import Any, Literal, overload

import numpy as np

from ..correlation_matrix import CorrelationMatrix
from ..errors import AnalysisError
from ..item_responses import FloatArray
from ..moments import Missing, wrong_missing
from ..options import refuse, wrong_whole, wrong_word
from ..reliability import read_covariance
from .hierarchical import HierarchicalOmega, hierarchical_omega
from .one_factor import fit_each_by_likelihood
from .unidimensional import SUM_OF, Omega, OmegaKind, omega_of_cuts, omega_of_numbers


@overload
def mcdonald_omega(
    item_responses: Any, n_factors: Literal[1] = 1, kind: OmegaKind = "linear", *, missing: Missing = "pairwise"
) -> Omega: ...


@overload
def mcdonald_omega(
    item_responses: Any, n_factors: int, kind: OmegaKind = "linear", *, missing: Missing = "pairwise"
) -> Omega | HierarchicalOmega: ...


def mcdonald_omega(
    item_responses: Any, n_factors: int = 1, kind: OmegaKind = "linear", *, missing: Missing = "pairwise"
) -> Omega | HierarchicalOmega:
    r"""Estimate the reliability of the sum of a scale's items from a factor model.

    .. math:: \omega = \frac{(1' \lambda)^2}{1' S 1}, \qquad
       \omega_h = \frac{(1' g)^2}{1' R 1}, \quad \omega_t = 1 - \frac{1' \psi}{1' R 1}

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or iterator of batches of rows
        At least three items, keyed in one direction, as columns; at least three respondents. For kind "linear" any numbers;
        otherwise whole numbers from 1 up (and not UnitMoments, which keep no tables of answers). For more than one factor
        also a `CorrelationMatrix`.
    n_factors : int
        One, for a scale that measures one thing. More for a total over several: then the items are explored (minres,
        oblimin), the solution is split into a general and group factors (`schmid_leiman`), and the result says how much
        of the total is general.
    kind : {"linear", "categorical", "latent"}
        "linear": of the sum of answers, taken as numbers. With one factor by maximum likelihood on covariances; with more of
        standardized items, from Pearson correlations.
        "categorical": of the sum of answers, taken as cuts of normal variables (Green & Yang 2009). With one factor by
        diagonally weighted least squares on polychoric correlations. For answers of five categories or fewer, and skewed
        ones.
        "latent": of the sum of those normal variables: an upper value that no score reaches.
    missing : {"pairwise", "listwise"}
        Use every pair of answers, or only respondents who answered all items.

    Returns
    -------
    Omega, or HierarchicalOmega for more than one factor

    Raises
    ------
    AnalysisError
        Naming each constant or empty item, each unreadable value and each pair of items without common respondents; where
        there are fewer than three items, the items' total does not vary, correlations are not positive definite
        ("linear") or reach one (otherwise); where no one-factor model fits or it leaves an item no variance of its own
        (Heywood case), naming the item. With more factors as `explore_factors`, and where the items are too few to determine
        them.

    See Also
    --------
    omega_from_covariance : for `bootstrap_interval`.

    Notes
    -----
    Anchors: with one factor ``semTools::compRelSEM`` of lavaan's fits (ML; WLSMV with ``ord.scale`` TRUE for "categorical"
    and FALSE for "latent"), ``semTools::reliability`` (omega3; omega for `total_implied`) and ``AVE``, to 1e-6; with more,
    ``psych::omega`` to 5e-6 and, with polychoric correlations, 1e-4.

    Examples
    --------
    >>> answers = [
    ...     [3, 3, 2, 3], [4, 3, 5, 5], [2, 3, 4, 4], [2, 3, 2, 2], [3, 4, 2, 3], [1, 1, 2, 1], [4, 3, 3, 3], [1, 2, 1, 3]
    ... ]
    >>> print(mcdonald_omega(answers))
    McDonald's omega 0.853 (linear, one factor)
    item    loading  uniqueness
    item_1    0.752       0.435
    item_2    0.608       0.631
    item_3    0.784       0.386
    item_4    0.877       0.232
    of the sum of the answers, taken as numbers
    n = 8 respondents, every item answered
    average variance extracted 0.606; root mean square residual correlation 0.124; omega with the implied variance 0.854
    >>> round(mcdonald_omega(answers, kind="categorical").total, 4)
    0.8781

    Nine items with a general factor beside three group factors:

    >>> import numpy as np
    >>> from analysis import CorrelationMatrix
    >>> group = np.kron(np.eye(3), np.full((3, 1), 0.5))
    >>> matrix = np.full((9, 9), 0.36) + group @ group.T
    >>> np.fill_diagonal(matrix, 1.0)
    >>> found = mcdonald_omega(CorrelationMatrix.from_matrix(matrix, n=400), 3)
    >>> round(found.hierarchical, 3), round(found.total, 3)
    (0.74, 0.911)
    """
    _check(item_responses, n_factors, kind, missing)
    if n_factors > 1:
        return hierarchical_omega(item_responses, n_factors, kind, missing)
    if kind == "linear":
        return omega_of_numbers(item_responses, missing)
    return omega_of_cuts(item_responses, kind, missing)


def omega_from_covariance(covariance: FloatArray) -> FloatArray:
    """Give linear omega of one covariance matrix, or of each matrix of a stack, shape (..., n_items, n_items).

    This is the statistic to hand to `bootstrap_interval`. Unlike in `mcdonald_omega`, no uniqueness falls below nought, so
    that every resample has its value; NaN where a matrix is not finite or an item does not vary.

    Raises
    ------
    AnalysisError
        For fewer than three items, and for what is no symmetric table of numbers.

    Notes
    -----
    Anchor: `mcdonald_omega` of each matrix alone.

    Examples
    --------
    >>> r = np.array([[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]])  # loadings 0.8, 0.7 and 0.6
    >>> round(float(omega_from_covariance(r)), 4)
    0.7449
    """
    covariance = read_covariance(covariance)
    p = covariance.shape[-1]
    if p < 3:
        raise AnalysisError(f"at least 3 items needed, got {p}")
    loadings, _ = fit_each_by_likelihood(covariance.reshape(-1, p, p))
    with np.errstate(invalid="ignore", divide="ignore"):  # a total that does not vary
        omega: FloatArray = loadings.sum(axis=1) ** 2 / covariance.reshape(-1, p * p).sum(axis=1)
    return omega.reshape(covariance.shape[:-2])


def _check(item_responses: Any, n_factors: Any, kind: Any, missing: Any) -> None:
    problems = [*wrong_word("kind", kind, tuple(SUM_OF)), *wrong_missing(missing)]
    not_whole = wrong_whole("n_factors", n_factors, least=1)
    if not_whole:
        problems += not_whole
    elif n_factors == 1 and isinstance(item_responses, CorrelationMatrix):
        problems.append(
            "with one factor answers or a state are needed; of a matrix, omega_from_covariance gives the linear kind"
        )
    refuse(problems)
