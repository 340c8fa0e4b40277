"""Exploratory factor analysis: correlations, extraction, rotation."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from ..correlation import CorrelationKind, read_correlations, wrong_correlation
from ..correlation_matrix import CorrelationMatrix
from ..errors import AnalysisError
from ..item_responses import read_only
from ..moments import Missing, wrong_missing
from ..not_estimated import NotEstimated
from ..one_thread import one_thread
from ..options import refuse, wrong_number, wrong_seed, wrong_switch, wrong_whole, wrong_word
from .extraction import SMALLEST_UNIQUENESS, Extraction, ExtractionName, extract, used_up
from .fit import degrees_of_freedom, factor_fit, residual_root_mean_square
from .rotation import Rotated, Rotation, RotationName, rotate
from .solution import FactorSolution

RANDOM_STARTS = 10
GEOMIN_STARTS = 30
MOST_STARTS = 10_000
LARGEST_POWER = 100.0
"""Powers of loadings beyond this are nought, and promax has no target left."""

_NAMES = {"minres": "minres", "ml": "maximum likelihood", "pa": "principal axis"}


def explore_factors(
    item_responses: Any,
    n_factors: int,
    correlation: CorrelationKind = "polychoric",
    extraction: ExtractionName = "minres",
    rotation: RotationName = "oblimin",
    *,
    n: int | None = None,
    missing: Missing = "pairwise",
    kaiser: bool | None = None,
    gamma: float = 0.0,
    power: float = 4.0,
    epsilon: float = 0.01,
    random_starts: int | None = None,
    seed: int = 1,
    axis_change: float = 1e-3,
) -> FactorSolution:
    r"""Find the loadings of items on a given number of common factors.

    .. math:: R \approx \Lambda \Phi \Lambda' + \Psi

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or CorrelationMatrix
        Answers or a state; or, with `n`, a correlation matrix. At least three items.
    n_factors : int
    correlation : {"polychoric", "pearson"}
        Of the answers; a matrix is taken as it is.
    extraction : {"minres", "ml", "pa"}
        Least squares, maximum likelihood, or principal axes iterated until the communalities hardly move.
    rotation : {"oblimin", "promax", "geomin", "varimax", "quartimax", "geomin_orthogonal", "none"}
        The first three let factors correlate.
    n : int, optional
        Respondents that a given correlation matrix rests on.
    missing : {"pairwise", "listwise"}
    kaiser : bool, optional
        Scale the items to equal communality while rotating; by default for varimax and promax only, as is custom.
    gamma : float
        Of oblimin: nought for direct quartimin, less for factors that correlate less.
    power : float
        Of promax, more than 1, at most 100.
    epsilon : float
        Of geomin, more than nought, at most 1. More evens out its local minima, and blurs simple structure.
    random_starts : int, optional
        Random axes to rotate from besides the unrotated ones; by default 30 for geomin and 10 for others.
    seed : int
        Of the random starts.
    axis_change : float
        "pa" stops when the sum of the communalities moves by less; at most 1. As it falls, "pa" becomes "minres".

    Returns
    -------
    FactorSolution
        Factors by falling variance explained, each signed so that its loadings sum to more than nought.

    Raises
    ------
    AnalysisError
        Naming every setting that does not exist, and each reason why the items have no correlations; where the
        correlations cannot carry so many factors; and for "ml" where they are not positive definite.

    Notes
    -----
    Anchors: ``psych::fa`` and ``stats::factanal`` to 5e-5 (they stop 1e-5 from the optimum), ``GPArotation``
    and ``stats::varimax`` run to the end to 2e-6.
    Standard normal theory gives the chi-square: of polychoric correlations it is a rough guide and no test.

    References
    ----------
    Harman & Jones (1966); Lawley & Maxwell (1971); Jennrich (2001, 2002): see `analysis.exploratory.extraction` and
    `analysis.exploratory.rotation`.

    Examples
    --------
    >>> matrix = [[1, 0.6, 0.5, 0.1, 0.2], [0.6, 1, 0.5, 0.2, 0.1], [0.5, 0.5, 1, 0.2, 0.2],
    ...           [0.1, 0.2, 0.2, 1, 0.6], [0.2, 0.1, 0.2, 0.6, 1]]
    >>> solution = explore_factors(matrix, 2, n=300)
    >>> solution.loadings.round(3)
    array([[ 0.78 , -0.021],
           [ 0.78 , -0.021],
           [ 0.624,  0.086],
           [ 0.001,  0.774],
           [ 0.001,  0.774]])
    >>> print(solution.factor_table())
    Factors
    factor  variance  share   r F1   r F2
    F1         1.613  0.323  1.000  0.275
    F2         1.214  0.243  0.275  1.000
    together 56.5 % of the variance; RMSR 0.032
    chi-square 19.0 with 1 df, p < 0.001; RMSEA 0.246, 0.157 to 0.348 (90 %); TLI 0.549; CFI 0.955; BIC 13.3
    n = 300
    rotation: 11 of 11 starts (seed 1) ended at the lowest criterion, 0.0017246
    """
    refuse(
        [
            *wrong_whole("n_factors", n_factors, least=1),
            *wrong_correlation(correlation),
            *wrong_word("extraction", extraction, get_args(ExtractionName)),
            *wrong_word("rotation", rotation, get_args(RotationName)),
            *(() if n is None else wrong_whole("n", n, least=2)),
            *wrong_missing(missing),
            *(() if kaiser is None else wrong_switch("kaiser", kaiser)),
            *wrong_number("gamma", gamma, most=0),  # oblimin with gamma above nought may have no minimum
            *wrong_number("power", power, above=1, most=LARGEST_POWER),
            *wrong_number("epsilon", epsilon, above=0, most=1),
            *(() if random_starts is None else wrong_whole("random_starts", random_starts, least=0, most=MOST_STARTS)),
            *wrong_seed(seed),
            *wrong_number("axis_change", axis_change, above=0, most=1),
        ]
    )
    found = _read(item_responses, correlation, n, missing)
    _check_matrix(found, n_factors, extraction)
    rule = Rotation(
        rotation,
        rotation in ("varimax", "promax") if kaiser is None else bool(kaiser),
        gamma,
        power,
        epsilon,
        (GEOMIN_STARTS if "geomin" in rotation else RANDOM_STARTS) if random_starts is None else random_starts,
        seed,
    )
    with one_thread():
        extracted = extract(found.matrix, n_factors, extraction, axis_change)
        if extracted.n_supported < n_factors:
            raise AnalysisError(
                f"the correlations carry {extracted.n_supported} common factors, not {n_factors}: "
                "a further factor would explain no variance"
            )
        rotated = rotate(extracted.loadings, rule)
        return _solution(found, extraction, extracted, rule, rotated)


def _solution(
    correlation: CorrelationMatrix, extraction: ExtractionName, extracted: Extraction, rule: Rotation, rotated: Rotated
) -> FactorSolution:
    pattern, phi = rotated.loadings, rotated.factor_correlations
    variance = np.diagonal(phi @ pattern.T @ pattern)
    order = np.argsort(-variance, kind="stable")
    signs = np.where(pattern.sum(axis=0) < 0, -1.0, 1.0)[order]
    pattern, phi = pattern[:, order] * signs, phi[np.ix_(order, order)] * np.outer(signs, signs)
    structure = pattern @ phi
    communalities = (structure * pattern).sum(axis=1)
    reproduced = structure @ pattern.T
    np.fill_diagonal(reproduced, 1.0)
    names = correlation.item_names
    heywood = tuple(names[place] for place in used_up(communalities))
    fit = (
        NotEstimated("the correlations are not positive definite")
        if not correlation.positive_definite
        else factor_fit(correlation.matrix, reproduced, len(phi), correlation.n)
    )
    rotation_name = "unrotated" if rule.name == "none" else f"{rule.name.replace('_', ', ')} rotation"
    return FactorSolution(
        loadings=read_only(pattern),
        structure=read_only(structure),
        factor_correlations=read_only(phi),
        communalities=read_only(communalities),
        uniquenesses=read_only(1 - communalities),
        variance_explained=read_only(variance[order]),
        rmsr=residual_root_mean_square(correlation.matrix - reproduced),
        fit=fit,
        heywood=heywood,
        correlation=correlation,
        factor_names=tuple(f"F{place}" for place in range(1, len(phi) + 1)),
        item_names=names,
        n=correlation.n,
        extraction=extraction,
        rotation=rule,
        method=f"{_NAMES[extraction]}, {rotation_name}, {correlation.method} correlations",
        converged=extracted.converged and rotated.converged and correlation.converged,
        iterations=extracted.iterations,
        rotation_iterations=rotated.iterations,
        notes=_notes(correlation, extracted, rule, rotated, heywood),
    )


def _notes(
    correlation: CorrelationMatrix, extracted: Extraction, rule: Rotation, rotated: Rotated, heywood: tuple[str, ...]
) -> tuple[str, ...]:
    notes = list(correlation.notes)
    if not correlation.positive_definite:
        notes.append(
            f"the correlations are not positive definite (smallest eigenvalue {correlation.smallest_eigenvalue:.3g})"
        )
    if correlation.method.startswith("polychoric"):
        notes.append("chi-square and what follows from it take correlations of normal scores: a rough guide here")
    if degrees_of_freedom(correlation.n_items, len(rotated.factor_correlations)) < 0:
        notes.append("more loadings than correlations determine: other loadings fit as well")
    if heywood:
        notes.append(f"uniqueness at or below {SMALLEST_UNIQUENESS} (Heywood case): {', '.join(heywood)}")
    if rotated.n_starts > 1:
        notes.append(
            f"rotation: {rotated.at_best} of {rotated.n_starts} starts (seed {rule.seed}) ended at the lowest criterion, "
            f"{rotated.criterion:.5g}"
        )
    if not extracted.converged:
        notes.append(f"the extraction did not converge in {extracted.iterations} steps")
    if not rotated.converged:
        notes.append(f"the rotation did not converge in {rotated.iterations} steps")
    return tuple(notes)


def _read(item_responses: Any, correlation: str, n: int | None, missing: Missing) -> CorrelationMatrix:
    knows_n = hasattr(item_responses, "moments") or isinstance(item_responses, CorrelationMatrix)
    if n is not None:
        if knows_n:
            raise AnalysisError(f"{type(item_responses).__name__} knows how many respondents it rests on: leave out n")
        names = getattr(item_responses, "columns", None)
        return CorrelationMatrix.from_matrix(
            item_responses, n, None if names is None else [str(name) for name in names]
        )
    if not knows_n and _looks_correlated(item_responses):
        raise AnalysisError("this looks like a correlation matrix: say how many respondents it rests on, as n=...")
    return read_correlations(item_responses, correlation, missing=missing, minimum_items=3)


def _looks_correlated(item_responses: Any) -> bool:
    try:
        table = np.asarray(item_responses)
    except ValueError:  # ragged rows, which reading names
        return False
    square = table.ndim == 2 and table.shape[0] == table.shape[1] and table.dtype.kind == "f"
    return square and bool((np.diagonal(table) == 1).all()) and np.allclose(table, table.T)


def _check_matrix(correlation: CorrelationMatrix, n_factors: int, extraction: str) -> None:
    p = correlation.n_items
    problems = []
    if p < 3:
        problems.append(f"at least 3 items needed, got {p}")
    elif n_factors >= p:
        problems.append(f"{p} items carry at most {p - 1} factors, not {n_factors}")
    if problems:
        raise AnalysisError(problems)
    if extraction == "ml":
        correlation.check_positive_definite("maximum likelihood")
