"""Omegas, ordinal alpha and average variance extracted against lavaan, semTools and psych."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    HierarchicalOmega,
    PairwiseTables,
    alpha_from_covariance,
    cronbach_alpha,
    mcdonald_omega,
    ordinal_alpha,
    polychoric_correlation,
)
from analysis.guttman import lambda6_from_correlation
from analysis.omega.one_factor import fit_by_least_squares

FOLDER = Path(__file__).parent
TABLES: dict[str, Any] = json.loads((FOLDER / "moments/classical_tables.json").read_text())["result"]
NETS = {"F1": (1, 6), "F2": (7, 11), "F3": (12, 16), "F4": (17, 21), "F5": (22, 26), "F6": (27, 31)}

Expected = Callable[[str], Any]
Agrees = Callable[..., None]
Tables = Callable[..., PairwiseTables]

ESTIMATES = 1e-6  # lavaan's search stops some 1e-7 from the minimum
COEFFICIENTS = 5e-7
"""Sums of loadings, whose errors partly cancel out."""

PSYCH = 5e-6
"""psych stops at its own distance from the optimum, which these sums feel less than single loadings do."""

PSYCH_POLYCHORIC = 1e-4
"""psych's polychoric correlations are 2e-5 from the maximum, and it fills the empty cells of lq2002 (1.4e-4)."""

KEPT = 1e-8
"""Eight digits are kept."""

every_scale = pytest.mark.parametrize(
    "scale", [*(f"bfi_{scale}" for scale in "ACENO"), *(f"nets_{scale}" for scale in NETS)]
)
bfi_scale = pytest.mark.parametrize("scale", [f"bfi_{scale}" for scale in "ACENO"])


@pytest.fixture
def tables(scale: str, pairwise_tables: Tables) -> PairwiseTables:
    """The complete answers to a scale, keyed in one direction."""
    kind, _, name = scale.partition("_")
    if kind == "nets":
        first, last = NETS[name]
        return pairwise_tables("nets_complete").select([f"q{item:02d}" for item in range(first, last + 1)])
    found = TABLES[f"{scale}__listwise"]
    counts = np.array(found["counts"])
    names = tuple(f"{name}{place}" for place in range(1, len(counts) + 1))
    return PairwiseTables(counts, names, found["n_rows"], found["n_respondents"], found["n_used"], "listwise")


def _loadings(model: Any) -> list[float]:
    columns = model["standardized"]
    return [value for value, op in zip(columns["est.std"], columns["op"], strict=True) if op == "=~"]


def _on(scale: str) -> str:
    """Give the data set of a scale."""
    return "bfi" if scale.startswith("bfi") else "nets_complete"


@every_scale
def test_categorical_omega_agrees_with_semtools(
    scale: str, tables: PairwiseTables, expected: Expected, agrees: Agrees
) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["WLSMV"]
    omega = mcdonald_omega(tables, kind="categorical")
    reliability = dict(zip(model["reliability"]["rows"], np.ravel(model["reliability"]["values"]), strict=True))
    hold = partial(agrees, "mcdonald_omega", on=_on(scale), atol=COEFFICIENTS)
    agrees(
        "mcdonald_omega",
        "categorical: loadings",
        omega.loadings,
        _loadings(model),
        against="lavaan::cfa",
        on=_on(scale),
        atol=ESTIMATES,
    )
    hold("categorical: total", omega.total, model["compRelSEM"]["F"], against="semTools::compRelSEM")
    hold("categorical: total", omega.total, reliability["omega3"], against="semTools::reliability")
    hold("categorical: total_implied", omega.total_implied, reliability["omega"], against="semTools::reliability")
    extracted = omega.average_variance_extracted
    hold("categorical: average_variance_extracted", extracted, model["AVE"]["F"], against="semTools::AVE")


@every_scale
def test_latent_omega_agrees_with_semtools(
    scale: str, tables: PairwiseTables, expected: Expected, agrees: Agrees
) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["WLSMV"]
    omega = mcdonald_omega(tables, kind="latent")
    hold = partial(agrees, "mcdonald_omega", on=_on(scale), atol=COEFFICIENTS)
    figure = model["compRelSEM_ord_scaleFALSE"]["F"]
    hold("latent: total", omega.total, figure, against="semTools::compRelSEM")
    loadings = np.array(_loadings(model))
    implied = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    hold("latent: total_implied", omega.total_implied, implied, against="lavaan::cfa")


@bfi_scale
def test_linear_omega_agrees_with_semtools(
    scale: str, tables: PairwiseTables, expected: Expected, agrees: Agrees
) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["ML"]
    omega = mcdonald_omega(tables)
    reliability = dict(zip(model["reliability"]["rows"], np.ravel(model["reliability"]["values"]), strict=True))
    hold = partial(agrees, "mcdonald_omega", on="bfi", atol=COEFFICIENTS)
    agrees(
        "mcdonald_omega",
        "linear: loadings",
        omega.loadings,
        _loadings(model),
        against="lavaan::cfa",
        on="bfi",
        atol=ESTIMATES,
    )
    hold("linear: total", omega.total, model["compRelSEM"]["F"], against="semTools::compRelSEM")
    hold("linear: total", omega.total, reliability["omega3"], against="semTools::reliability")
    hold("linear: total_implied", omega.total_implied, reliability["omega"], against="semTools::reliability")
    extracted = omega.average_variance_extracted
    hold("linear: average_variance_extracted", extracted, reliability["avevar"], against="semTools::reliability")


@every_scale
def test_both_alphas_agree_with_semtools(
    scale: str, tables: PairwiseTables, expected: Expected, agrees: Agrees
) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["WLSMV"]
    reliability = dict(zip(model["reliability"]["rows"], np.ravel(model["reliability"]["values"]), strict=True))
    hold = partial(agrees, on=_on(scale))
    # lavaan's polychoric correlations are up to 3e-8 from the maximum.
    found, figure = ordinal_alpha(tables).coefficient, model["compRelSEM_tau_eq_ordF"]["F"]
    hold("ordinal_alpha", "coefficient", found, reliability["alpha.ord"], against="semTools::reliability", atol=1e-8)
    hold("ordinal_alpha", "coefficient", found, figure, against="semTools::compRelSEM", atol=1e-8)
    plain, figure = cronbach_alpha(tables).coefficient, reliability["alpha"]
    hold("cronbach_alpha", "coefficient", plain, figure, against="semTools::reliability", rtol=1e-10)


def _hold(agrees: Agrees, kind: str, found: object, figures: Any) -> None:
    assert isinstance(found, HierarchicalOmega)
    agrees(f"{kind}, several factors: hierarchical", found.hierarchical, figures["omega_h"])
    agrees(f"{kind}, several factors: total", found.total, figures["omega_tot"])
    agrees(f"{kind}, several factors: asymptotic", found.asymptotic, figures["omega_lim"])
    agrees(f"{kind}, several factors: ecv", found.ecv, figures["ECV"])


@pytest.mark.parametrize(
    ("name", "n_factors", "cells"),
    [
        ("bfi_keyed", 5, ("bfi__omega",)),
        ("nets_complete", 6, ("nets__omega", "pearson")),
        ("lq2002", 3, ("lq2002__omega", "pearson")),
        ("bhr2000", 3, ("bhr2000__omega", "nf3")),
    ],
)
def test_linear_omega_of_several_factors_agrees_with_psych(
    name: str, n_factors: int, cells: tuple[str, ...], expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    figures = expected(cells[0])
    for cell in cells[1:]:
        figures = figures[cell]
    on = name.removesuffix("_keyed")
    hold = partial(agrees, "mcdonald_omega", against="psych::omega", on=on, atol=PSYCH)
    _hold(hold, "linear", mcdonald_omega(pairwise_tables(name), n_factors), figures)


@pytest.mark.parametrize(("name", "n_factors", "cell"), [("nets_complete", 6, "nets"), ("lq2002", 3, "lq2002")])
def test_latent_omega_of_several_factors_agrees_with_psych(
    name: str, n_factors: int, cell: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    found = mcdonald_omega(pairwise_tables(name), n_factors, "latent")
    hold = partial(agrees, "mcdonald_omega", against="psych::omega", on=name, atol=PSYCH_POLYCHORIC)
    _hold(hold, "latent", found, expected(f"{cell}__omega")["poly"])


def test_omega_of_a_published_matrix_agrees_with_psych(expected: Expected, agrees: Agrees) -> None:
    kept = json.loads((FOLDER / "moments/thurstone_correlation.json").read_text())
    matrix = CorrelationMatrix.from_matrix(kept["matrix"], kept["n"], kept["items"])
    hold = partial(agrees, "mcdonald_omega", against="psych::omega", on="Thurstone", atol=PSYCH)
    _hold(hold, "linear", mcdonald_omega(matrix, 3), expected("thurstone__omega"))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("bfi_keyed", ("bfi__omega",)),
        ("nets_complete", ("nets__omega", "pearson")),
        ("nets_complete", ("nets__omega", "poly")),
        ("lq2002", ("lq2002__omega", "pearson")),
        ("lq2002", ("lq2002__omega", "poly")),
        ("Thurstone", ("thurstone__omega",)),
        *(("bhr2000", ("bhr2000__omega", kind)) for kind in ("nf3", "nf1")),
        *(("bfi_keyed", (f"bfi_{scale}__omega", kind)) for scale in "ACENO" for kind in ("nf3", "nf1")),
    ],
)
def test_the_lower_bounds_that_psych_prints_beside_omega(
    name: str, cells: tuple[str, ...], expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    figures = expected(cells[0])
    for cell in cells[1:]:
        figures = figures[cell]
    rows = figures["schmid_sl"]["rows"]
    items = [row.removesuffix("-") for row in rows]
    if name == "Thurstone":
        matrix = json.loads((FOLDER / "moments/thurstone_correlation.json").read_text())["matrix"]
    elif "poly" in cells:
        matrix = polychoric_correlation(pairwise_tables(name), empty_cells=0.5 if name == "lq2002" else 0.0).matrix
    else:
        matrix = pairwise_tables(name).select(items).moments().correlation
    # psych turns the items, marked -, that go against the general factor.
    signs = np.array([-1.0 if row.endswith("-") else 1.0 for row in rows])
    r = matrix * np.outer(signs, signs)
    hold = partial(agrees, against="psych::omega", on=name.removesuffix("_keyed"))
    tolerance = PSYCH_POLYCHORIC if "poly" in cells else KEPT
    hold("alpha_from_covariance", "of correlations", alpha_from_covariance(r), figures["alpha"], atol=tolerance)
    hold("guttman_lambdas", "lambda6, of correlations", lambda6_from_correlation(r), figures["G6"], atol=tolerance)


@bfi_scale
def test_what_too_few_items_do_not_determine_is_refused_where_psych_gives_a_number(
    scale: str, pairwise_tables: Tables
) -> None:
    tables = pairwise_tables("bfi_keyed").select([f"{scale[-1]}{place}" for place in range(1, 6)])
    with pytest.raises(AnalysisError, match="5 items have fewer correlations than 3 factors have loadings"):
        mcdonald_omega(tables, 3)


@pytest.mark.parametrize("scale", [*(f"bfi_{scale}" for scale in "ACENO"), "bhr2000"])
def test_unweighted_squares_of_one_factor_agree_with_psych(
    scale: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    tables = pairwise_tables(scale if scale == "bhr2000" else "bfi_keyed")
    if scale != "bhr2000":
        tables = tables.select([f"{scale[-1]}{place}" for place in range(1, 6)])
    r = tables.moments().correlation
    figures = expected(f"{scale}__omega")["nf1"]
    found = fit_by_least_squares(r, np.ones_like(r))
    loadings = [row[0] for row in figures["schmid_sl"]["values"]]
    hold = partial(agrees, "mcdonald_omega", against="psych::omega", on=scale.partition("_")[0])
    hold("unweighted least squares, not offered: loadings", found.loadings, loadings, atol=5e-5)
    # psych calls this omega_h, and its omega_tot, which can be the smaller, is one less the uniquenesses' share.
    general, total = found.loadings.sum() ** 2 / r.sum(), 1 - found.uniquenesses.sum() / r.sum()
    hold("unweighted least squares, not offered: omega_h", general, figures["omega_h"], atol=PSYCH)
    hold("unweighted least squares, not offered: omega_tot", total, figures["omega_tot"], atol=PSYCH)
