"""Omega, ordinal alpha and average variance extracted against lavaan and semTools, for eleven scales."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import PairwiseTables, cronbach_alpha, mcdonald_omega, ordinal_alpha

FOLDER = Path(__file__).parent
TABLES: dict[str, Any] = json.loads((FOLDER / "moments/classical_tables.json").read_text())["result"]
NETS = {"F1": (1, 6), "F2": (7, 11), "F3": (12, 16), "F4": (17, 21), "F5": (22, 26), "F6": (27, 31)}

Expected = Callable[[str], Any]
Tables = Callable[..., PairwiseTables]

ESTIMATES = 1e-6  # lavaan's search stops some 1e-7 from the minimum
COEFFICIENTS = 5e-7
"""Sums of loadings, whose errors partly cancel out."""

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
