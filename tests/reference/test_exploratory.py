"""Extraction, rotation and fit against psych, stats, GPArotation and factor_analyzer."""

from collections.abc import Callable
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import (
    CorrelationMatrix,
    FactorFit,
    FactorSolution,
    PairwiseTables,
    Rotation,
    explore_factors,
    factor_score_weights,
    pearson_correlation,
    polychoric_correlation,
)
from analysis.exploratory.rotation import promax, rotate

Expected = Callable[[str], Any]
Agrees = Callable[..., None]
Array = NDArray[np.float64]

PSYCH = 5e-5  # psych's L-BFGS and its rotations stop where steps still change loadings by a few 1e-5
PSYCH_GEOMIN = 2e-4  # GPArotation's default tolerance leaves 1e-4 in geomin of bfi
PSYCH_QUARTIMAX = 1e-3  # and 8e-4 in its quartimax
PSYCH_VARIMAX = 2.5e-3  # stats::varimax stops when a step gains one part in 1e5, in bfi 2e-3 off the maximum
TO_THE_END = 2e-6  # figures of rotation.R, run to the end from loadings printed to 8 digits

pearson_sets = ["bfi", "nets_complete", "lq2002", "hs1939"]
matrices = [f"{name}__efa_pearson_pairwise" for name in pearson_sets] + [
    f"{name}__efa_polychoric_correct0" for name in ("bfi", "nets_complete", "lq2002")
]
every_matrix = pytest.mark.parametrize("name", matrices)
every_set = pytest.mark.parametrize("name", pearson_sets)


def _values(matrix: Any) -> Array:
    return np.array(matrix["values"], dtype=np.float64)


def _correlation(figures: Any) -> CorrelationMatrix:
    return CorrelationMatrix.from_matrix(_values(figures["R"]), figures["n.obs"], figures["R"]["rows"])


def _placed(ours: Array, theirs: Array) -> tuple[list[int], Array]:
    """Find which of our factors are theirs, in their order, and the signs that make them so."""
    likeness = ours.T @ theirs
    m = len(likeness)
    order = max(permutations(range(m)), key=lambda places: np.abs(likeness[list(places), range(m)]).sum())
    return list(order), np.sign(likeness[list(order), range(m)])


def _hold(agrees: Agrees, what: str, ours: Array, phi: Array, theirs: Any, their_phi: Any) -> None:
    """Hold pattern and factor correlations to theirs, whatever the order and sign of factors."""
    order, signs = _placed(ours, _values(theirs))
    agrees(what, ours[:, order] * signs, _values(theirs))
    if their_phi is not None:
        aligned = phi[np.ix_(order, order)] * np.outer(signs, signs)
        agrees(f"{what.partition(':')[0]}: factor_correlations", aligned, np.array(their_phi))


def _on(name: str) -> str:
    """Give the data set of an expected file."""
    return name.partition("__")[0]


@every_matrix
@pytest.mark.parametrize(
    ("key", "tolerance"),
    [
        ("minres_none", PSYCH),
        ("minres_oblimin", PSYCH),
        ("minres_geominQ", PSYCH_GEOMIN),
        ("minres_varimax", PSYCH_VARIMAX),
        ("minres_quartimax", PSYCH_QUARTIMAX),
        ("minres_promax", PSYCH_VARIMAX),
        ("uls_none", PSYCH),
        ("uls_oblimin", PSYCH),
        ("ml_none", PSYCH),
        ("ml_oblimin", PSYCH),
        ("ml_geominQ", PSYCH_GEOMIN),
        ("ml_varimax", PSYCH_VARIMAX),
        ("ml_quartimax", PSYCH_QUARTIMAX),
        ("ml_promax", PSYCH_VARIMAX),
        ("pa_none", 1e-7),
        ("pa_oblimin", PSYCH),
    ],
)
def test_solutions_agree_with_psych(name: str, key: str, tolerance: float, expected: Expected, agrees: Agrees) -> None:
    figures = expected(name)
    theirs = figures[key]
    extraction, rotation = key.split("_")
    found = explore_factors(
        _correlation(figures),
        theirs["nfactors"],
        extraction={"uls": "minres"}.get(extraction, extraction),  # type: ignore[arg-type]
        rotation={"geominQ": "geomin"}.get(rotation, rotation),  # type: ignore[arg-type]
    )
    assert found.converged
    assert not found.heywood
    phi = None if theirs["phi"] is None else _values(theirs["phi"])
    hold = partial(agrees, "explore_factors", against="psych::fa", on=_on(name))
    close, what = partial(hold, atol=tolerance), key.replace("_", " ").replace("geominQ", "geomin")
    _hold(close, f"{what}: loadings", found.loadings, found.factor_correlations, theirs["loadings"], phi)
    if theirs["structure"] is not None:
        _hold(close, f"{what}: structure", found.structure, found.factor_correlations, theirs["structure"], None)
    order, _ = _placed(found.loadings, _values(theirs["loadings"]))
    explained = _values(theirs["vaccounted"])[0]
    # A sum of squares of p loadings, each within the tolerance.
    hold(f"{what}: variance_explained", found.variance_explained[order], explained, atol=10 * tolerance)
    if extraction != "uls":
        # A ratio of sums of squares and of fourth powers, up to twenty times as sensitive as a loading.
        complexity = [*theirs["complexity"].values()]
        hold(f"{what}: complexity", found.complexity, complexity, atol=20 * tolerance)
    communalities = np.array(list(theirs["communality"].values()))
    # Communalities do not depend on the rotation.
    hold(f"{extraction}: communalities", found.communalities, communalities, atol=PSYCH)
    hold(f"{extraction}: uniquenesses", found.uniquenesses, 1 - communalities, atol=PSYCH)


@every_matrix
@pytest.mark.parametrize("key", ["minres_oblimin", "ml_oblimin", "pa_oblimin"])
def test_fit_agrees_with_psych(name: str, key: str, expected: Expected, agrees: Agrees) -> None:
    figures = expected(name)
    theirs = figures[key]
    found = explore_factors(_correlation(figures), theirs["nfactors"], extraction=key.split("_")[0])  # type: ignore[arg-type]
    assert isinstance(found.fit, FactorFit)
    hold = partial(agrees, "explore_factors", against="psych::fa", on=_on(name))
    hold("fit.df, fit.null_df", [found.fit.df, found.fit.null_df], [theirs["dof"], theirs["null_dof"]])
    hold("fit.discrepancy", found.fit.discrepancy, theirs["objective"], rtol=1e-5)
    hold("fit.chi_square", found.fit.chi_square, theirs["STATISTIC"], rtol=1e-5)
    hold("fit.p", found.fit.p, theirs["PVAL"], rtol=1e-3, atol=1e-12)
    hold("fit.null_chi_square", found.fit.null_chi_square, theirs["null_chisq"], rtol=1e-7)
    hold("fit.tli", found.fit.tli, theirs["TLI"], atol=2e-6)
    # This psych gives no CFI; its chi-squares do, taken with the same multiplier as its TLI takes them.
    chi_square, p, m = theirs["STATISTIC"], found.n_items, theirs["nfactors"]
    null = theirs["null_chisq"] * (chi_square / theirs["objective"]) / (found.n - 1 - (2 * p + 5) / 6)
    cfi = 1 - max(chi_square - theirs["dof"], 0) / (null - theirs["null_dof"])
    hold("fit.cfi, from psych's chi-squares", found.fit.cfi, cfi, atol=2e-6)
    assert found.n_factors == m
    hold(
        "fit.bic, by chi-square", found.fit.bic / found.fit.chi_square, theirs["BIC"] / found.fit.chi_square, atol=1e-4
    )
    # psych divides chi-square by n df and takes 1 / (n - 1) away, up to 2e-4 less than Steiger's, which divides both by n - 1.
    n, df = found.n, found.fit.df
    as_psych = max(found.fit.chi_square / (n * df) - 1 / (n - 1), 0) ** 0.5
    hold("fit.rmsea, by psych's formula", as_psych, theirs["RMSEA"][0], atol=1e-6)
    hold("fit.rmsea", found.fit.rmsea, theirs["RMSEA"][0], atol=2e-4)
    interval = [found.fit.rmsea_interval.low, found.fit.rmsea_interval.high]
    hold("fit.rmsea_interval", interval, theirs["RMSEA"][1:3], atol=1e-6)
    hold("fit.empirical_chi_square", found.fit.empirical_chi_square, theirs["chi_empirical"], rtol=1e-5)
    hold("rmsr", found.rmsr, theirs["rms"], atol=5e-7)
    hold("fit.corrected_rmsr", found.fit.corrected_rmsr, theirs["crms"], atol=5e-7)
    hold("complexity", found.complexity, list(theirs["complexity"].values()), atol=1e-3)


@every_set
@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("oblimin", Rotation("oblimin", False, 0, 4, 0.01, 0, 1)),
        ("oblimin_kaiser", Rotation("oblimin", True, 0, 4, 0.01, 0, 1)),
        ("oblimin_gamma_minus1", Rotation("oblimin", False, -1, 4, 0.01, 0, 1)),
        ("geomin", Rotation("geomin", False, 0, 4, 0.01, 10, 1)),
        ("geomin_orthogonal", Rotation("geomin_orthogonal", False, 0, 4, 0.01, 20, 1)),
        ("quartimax", Rotation("quartimax", False, 0, 4, 0.01, 0, 1)),
        ("varimax_raw", Rotation("varimax", False, 0, 4, 0.01, 0, 1)),
        ("varimax", Rotation("varimax", True, 0, 4, 0.01, 0, 1)),
        ("promax", Rotation("promax", True, 0, 4, 0.01, 0, 1)),
    ],
)
def test_rotations_agree_with_r_run_to_the_end(
    name: str, key: str, rule: Rotation, expected: Expected, agrees: Agrees
) -> None:
    theirs = expected(f"{name}__rotation")[key]
    unrotated = _values(expected(f"{name}__efa_pearson_pairwise")["minres_none"]["loadings"])
    found = rotate(unrotated, rule)
    assert found.converged
    source = {"varimax": "stats::varimax", "promax": "stats::promax"}.get(key.partition("_")[0])
    named = {"geomin": "geominQ", "geomin_orthogonal": "geominT"}.get(key, key.partition("_")[0])
    hold = partial(agrees, "explore_factors", against=source or f"GPArotation::{named}", on=name, atol=TO_THE_END)
    what = f"{key.replace('_', ' ')}, to the end: loadings"
    _hold(hold, what, found.loadings, found.factor_correlations, theirs["L"], theirs.get("Phi"))


@every_set
def test_powers_of_kaisers_varimax_agree_with_r(name: str, expected: Expected, agrees: Agrees) -> None:
    unrotated = _values(expected(f"{name}__efa_pearson_pairwise")["minres_none"]["loadings"])
    pattern, phi = promax(rotate(unrotated, Rotation("varimax", True, 0, 4, 0.01, 0, 1)).loadings, 4)
    hold = partial(agrees, "explore_factors", against="stats::promax", on=name, atol=TO_THE_END)
    theirs = expected(f"{name}__rotation")["promax_stats"]["L"]
    _hold(hold, "promax of Kaiser's varimax: loadings", pattern, phi, theirs, None)


@every_set
def test_geomin_with_little_epsilon_ends_at_or_below_the_minimum_of_r(name: str, expected: Expected) -> None:
    theirs = _values(expected(f"{name}__rotation")["geomin_0001"]["L"])
    unrotated = _values(expected(f"{name}__efa_pearson_pairwise")["minres_none"]["loadings"])
    found = rotate(unrotated, Rotation("geomin", False, 0, 4, 0.001, 30, 1))
    reached = np.exp(np.log(theirs**2 + 0.001).mean(axis=1)).sum()
    assert found.criterion <= reached + 1e-8


@every_set
def test_maximum_likelihood_agrees_with_factanal(name: str, expected: Expected, agrees: Agrees) -> None:
    figures, theirs = expected(f"{name}__efa_pearson_pairwise"), expected(f"{name}__rotation")["factanal"]
    m = figures["minres_none"]["nfactors"]
    found = explore_factors(_correlation(figures), m, extraction="ml", rotation="none")
    hold = partial(agrees, "explore_factors", against="stats::factanal", on=name)
    _hold(partial(hold, atol=5e-8), "ml none: loadings", found.loadings, np.eye(m), theirs["L"], None)
    hold("ml: uniquenesses", found.uniquenesses, theirs["uniquenesses"], atol=5e-8)
    assert isinstance(found.fit, FactorFit)
    hold("fit.chi_square", found.fit.chi_square, figures["factanal_ml"]["stat"], rtol=1e-6)


def test_maximum_likelihood_and_geomin_agree_with_lavaan(
    expected: Expected, pairwise_tables: Callable[..., PairwiseTables], agrees: Agrees
) -> None:
    figures, tables = expected("bfi__lavaan_efa"), pairwise_tables("bfi", "listwise")
    # lavaan rotates standardized loadings with this epsilon, and gives them in the units of the answers.
    found = explore_factors(tables, 5, "pearson", extraction="ml", rotation="geomin", epsilon=0.001)
    n = tables.n_used
    deviations = np.sqrt(np.diagonal(tables.moments().covariance) * (n - 1) / n)
    hold = partial(agrees, "explore_factors", against="lavaan::efa", on="bfi")
    theirs = {"values": _values(figures["load"]) / deviations[:, None]}
    _hold(partial(hold, atol=PSYCH), "ml geomin of 0.001: loadings", found.loadings, np.eye(5), theirs, None)
    assert isinstance(found.fit, FactorFit)
    fit = figures["fit"]
    hold("fit.discrepancy times n", found.fit.discrepancy * n, fit["chisq"], rtol=1e-9)
    hold("fit.df, fit.null_df", [found.fit.df, found.fit.null_df], [fit["df"], fit["baseline.df"]])
    hold("rmsr", found.rmsr, fit["crmr"], atol=1e-8)


@pytest.mark.parametrize(("name", "n_factors"), [("bfi_keyed", 5), ("nets_complete", 6), ("lq2002", 3)])
@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
def test_from_tables_to_loadings_agrees_with_psych(
    name: str,
    n_factors: int,
    kind: Any,
    expected: Expected,
    pairwise_tables: Callable[..., PairwiseTables],
    agrees: Agrees,
) -> None:
    ending = "pearson_pairwise" if kind == "pearson" else "polychoric_correct0"
    theirs = expected(f"{name.removesuffix('_keyed')}__efa_{ending}")["minres_oblimin"]
    found = explore_factors(pairwise_tables(name), n_factors, kind)
    # psych's polychoric correlations stop some 2e-5 from the maximum.
    tolerance = PSYCH if kind == "pearson" else 1e-4
    on, phi = name.removesuffix("_keyed"), _values(theirs["phi"])
    hold = partial(agrees, "explore_factors", against="psych::fa", on=on, atol=tolerance)
    what = f"minres oblimin of {kind} correlations of answers: loadings"
    _hold(hold, what, found.loadings, found.factor_correlations, theirs["loadings"], phi)
    correlate = pearson_correlation if kind == "pearson" else polychoric_correlation
    again: FactorSolution = explore_factors(correlate(pairwise_tables(name)), n_factors)
    np.testing.assert_array_equal(again.loadings, found.loadings)


@every_set
def test_factor_score_weights_agree_with_psych(name: str, expected: Expected, agrees: Agrees) -> None:
    figures, theirs = expected(f"{name}__efa_pearson_pairwise"), expected(f"{name}__factor_scores")
    solution = explore_factors(_correlation(figures), figures["minres_oblimin"]["nfactors"])
    found = factor_score_weights(solution)
    order, signs = _placed(found.weights, _values(theirs["weights"]))
    hold = partial(agrees, "factor_score_weights", against="psych::factor.scores", on=name)
    hold("regression: weights", found.weights[:, order] * signs, _values(theirs["weights"]), atol=PSYCH)
    hold("determinacy", found.determinacy[order], theirs["R2"], atol=1e-5)


@pytest.mark.parametrize(("kind", "cell"), [("regression", "reg20"), ("bartlett", "bart20"), ("ten_berge", "tb20")])
def test_factor_scores_agree_with_psych(
    kind: Any, cell: str, expected: Expected, nets_answers: Callable[[str], Array], agrees: Agrees
) -> None:
    answers = nets_answers("nets_complete")
    theirs = expected("nets_complete__factor_scores")
    found = factor_score_weights(explore_factors(answers, 6, "pearson"), kind)
    order, signs = _placed(found.weights, _values(theirs["weights"]))
    scores = found.scores(answers)[:20, order] * signs
    hold = partial(agrees, "factor_score_weights", against="psych::factor.scores", on="nets_complete", atol=PSYCH)
    hold(f"{kind}: scores", scores, _values(theirs[cell]))
