"""Omegas, ordinal alpha and average variance extracted against lavaan, semTools and psych."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    HierarchicalOmega,
    PairwiseTables,
    cronbach_alpha,
    mcdonald_omega,
    ordinal_alpha,
)
from analysis.omega.one_factor import fit_by_least_squares

FOLDER = Path(__file__).parent
TABLES: dict[str, Any] = json.loads((FOLDER / "moments/classical_tables.json").read_text())["result"]
NETS = {"F1": (1, 6), "F2": (7, 11), "F3": (12, 16), "F4": (17, 21), "F5": (22, 26), "F6": (27, 31)}

Expected = Callable[[str], Any]
Tables = Callable[..., PairwiseTables]

ESTIMATES = 1e-6  # lavaan's search stops some 1e-7 from the minimum
COEFFICIENTS = 5e-7
"""Sums of loadings, whose errors partly cancel out."""

PSYCH = 5e-6
"""psych stops at its own distance from the optimum, which these sums feel less than single loadings do."""

PSYCH_POLYCHORIC = 1e-4
"""psych's polychoric correlations are 2e-5 from the maximum, and it fills the empty cells of lq2002 (1.4e-4)."""

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


@every_scale
def test_categorical_omega_agrees_with_semtools(scale: str, tables: PairwiseTables, expected: Expected) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["WLSMV"]
    omega = mcdonald_omega(tables, kind="categorical")
    reliability = dict(zip(model["reliability"]["rows"], np.ravel(model["reliability"]["values"]), strict=True))
    np.testing.assert_allclose(omega.loadings, _loadings(model), rtol=0, atol=ESTIMATES)
    assert omega.total == pytest.approx(model["compRelSEM"]["F"], abs=COEFFICIENTS)
    assert omega.total == pytest.approx(reliability["omega3"], abs=COEFFICIENTS)
    assert omega.total_implied == pytest.approx(reliability["omega"], abs=COEFFICIENTS)
    assert omega.average_variance_extracted == pytest.approx(model["AVE"]["F"], abs=COEFFICIENTS)


@every_scale
def test_latent_omega_agrees_with_semtools(scale: str, tables: PairwiseTables, expected: Expected) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["WLSMV"]
    omega = mcdonald_omega(tables, kind="latent")
    assert omega.total == pytest.approx(model["compRelSEM_ord_scaleFALSE"]["F"], abs=COEFFICIENTS)
    loadings = np.array(_loadings(model))
    implied = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert omega.total_implied == pytest.approx(implied, abs=COEFFICIENTS)


@bfi_scale
def test_linear_omega_agrees_with_semtools(scale: str, tables: PairwiseTables, expected: Expected) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["ML"]
    omega = mcdonald_omega(tables)
    reliability = dict(zip(model["reliability"]["rows"], np.ravel(model["reliability"]["values"]), strict=True))
    np.testing.assert_allclose(omega.loadings, _loadings(model), rtol=0, atol=ESTIMATES)
    assert omega.total == pytest.approx(model["compRelSEM"]["F"], abs=COEFFICIENTS)
    assert omega.total == pytest.approx(reliability["omega3"], abs=COEFFICIENTS)
    assert omega.total_implied == pytest.approx(reliability["omega"], abs=COEFFICIENTS)
    assert omega.average_variance_extracted == pytest.approx(reliability["avevar"], abs=COEFFICIENTS)


@every_scale
def test_both_alphas_agree_with_semtools(scale: str, tables: PairwiseTables, expected: Expected) -> None:
    model = expected(f"{scale}__1f_ordinal_reliability")["WLSMV"]
    reliability = dict(zip(model["reliability"]["rows"], np.ravel(model["reliability"]["values"]), strict=True))
    # lavaan's polychoric correlations are up to 3e-8 from the maximum.
    assert ordinal_alpha(tables).coefficient == pytest.approx(reliability["alpha.ord"], abs=1e-8)
    assert ordinal_alpha(tables).coefficient == pytest.approx(model["compRelSEM_tau_eq_ordF"]["F"], abs=1e-8)
    assert cronbach_alpha(tables).coefficient == pytest.approx(reliability["alpha"], rel=1e-10)


def _hold(found: object, figures: Any, tolerance: float) -> None:
    assert isinstance(found, HierarchicalOmega)
    assert {
        "omega_h": found.hierarchical,
        "omega_tot": found.total,
        "omega_lim": found.asymptotic,
        "ECV": found.ecv,
    } == pytest.approx({cell: figures[cell] for cell in ("omega_h", "omega_tot", "omega_lim", "ECV")}, abs=tolerance)


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
    name: str, n_factors: int, cells: tuple[str, ...], expected: Expected, pairwise_tables: Tables
) -> None:
    figures = expected(cells[0])
    for cell in cells[1:]:
        figures = figures[cell]
    _hold(mcdonald_omega(pairwise_tables(name), n_factors), figures, PSYCH)


@pytest.mark.parametrize(("name", "n_factors", "cell"), [("nets_complete", 6, "nets"), ("lq2002", 3, "lq2002")])
def test_latent_omega_of_several_factors_agrees_with_psych(
    name: str, n_factors: int, cell: str, expected: Expected, pairwise_tables: Tables
) -> None:
    found = mcdonald_omega(pairwise_tables(name), n_factors, "latent")
    _hold(found, expected(f"{cell}__omega")["poly"], PSYCH_POLYCHORIC)


def test_omega_of_a_published_matrix_agrees_with_psych(expected: Expected) -> None:
    kept = json.loads((FOLDER / "moments/thurstone_correlation.json").read_text())
    matrix = CorrelationMatrix.from_matrix(kept["matrix"], kept["n"], kept["items"])
    _hold(mcdonald_omega(matrix, 3), expected("thurstone__omega"), PSYCH)


@bfi_scale
def test_what_too_few_items_do_not_determine_is_refused_where_psych_gives_a_number(
    scale: str, pairwise_tables: Tables
) -> None:
    tables = pairwise_tables("bfi_keyed").select([f"{scale[-1]}{place}" for place in range(1, 6)])
    with pytest.raises(AnalysisError, match="5 items have fewer correlations than 3 factors have loadings"):
        mcdonald_omega(tables, 3)


@pytest.mark.parametrize("scale", [*(f"bfi_{scale}" for scale in "ACENO"), "bhr2000"])
def test_unweighted_squares_of_one_factor_agree_with_psych(
    scale: str, expected: Expected, pairwise_tables: Tables
) -> None:
    tables = pairwise_tables(scale if scale == "bhr2000" else "bfi_keyed")
    if scale != "bhr2000":
        tables = tables.select([f"{scale[-1]}{place}" for place in range(1, 6)])
    r = tables.moments().correlation
    figures = expected(f"{scale}__omega")["nf1"]
    found = fit_by_least_squares(r, np.ones_like(r))
    loadings = [row[0] for row in figures["schmid_sl"]["values"]]
    np.testing.assert_allclose(found.loadings, loadings, rtol=0, atol=5e-5)
    # psych calls this omega_h, and its omega_tot, which can be the smaller, is one less the uniquenesses' share.
    assert found.loadings.sum() ** 2 / r.sum() == pytest.approx(figures["omega_h"], abs=PSYCH)
    assert 1 - found.uniquenesses.sum() / r.sum() == pytest.approx(figures["omega_tot"], abs=PSYCH)
