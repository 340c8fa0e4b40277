"""Sampling adequacy, sphericity, average partials and parallel analysis against psych and lavaan."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis import (
    CorrelationMatrix,
    PairwiseTables,
    ParallelAnalysis,
    bartlett_sphericity,
    minimum_average_partial,
    parallel_analysis,
    polychoric_correlation,
    sampling_adequacy,
)
from analysis.item_responses import FloatArray

Tables = Callable[..., PairwiseTables]
Expected = Callable[[str], Any]
Answers = Callable[[str], FloatArray]

CLOSED = 1e-10
COPIED = 1e-7  # the copies of psych::vss, and of the correlations it was given, keep eight digits
LAVAAN = 1e-6  # lavaan stops some 3e-8 from each correlation's maximum; an eigenvalue adds up many
PSYCH_COUNTS = {
    "bfi": (8, 6),
    "nets": (6, 5),
    "nets_complete": (6, 5),
    "lq2002": (8, 4),
    "bhr2000": (6, 2),
    "hs1939": (3, 3),
}

every_set = pytest.mark.parametrize("name", list(PSYCH_COUNTS))
ordinal_set = pytest.mark.parametrize("name", [name for name in PSYCH_COUNTS if name != "hs1939"])
listwise_too = pytest.mark.parametrize("missing", ["pairwise", "listwise"])


@pytest.fixture
def source(expected: Expected, pairwise_tables: Tables) -> Callable[..., Any]:
    """Give the tables of an ordinal set; of hs1939, which is continuous, its correlations."""

    def read(name: str, missing: str = "pairwise") -> Any:
        if name != "hs1939":
            return pairwise_tables(name, missing)
        return CorrelationMatrix.from_matrix(expected("hs1939__kmo_bartlett")[f"R_{missing}"]["values"], n=301)

    return read


@every_set
@listwise_too
def test_sampling_adequacy_agrees_with_psych(
    name: str, missing: Any, expected: Expected, source: Callable[..., Any]
) -> None:
    figures = expected(f"{name}__kmo_bartlett")[missing]
    found = sampling_adequacy(source(name, missing), missing=missing)
    assert found.overall == pytest.approx(figures["MSA"], rel=CLOSED)
    np.testing.assert_allclose(found.per_item, list(figures["MSAi"].values()), rtol=CLOSED)
    if name != "hs1939":
        assert list(found.item_names) == list(figures["MSAi"])


@every_set
@listwise_too
def test_sphericity_agrees_with_psych(name: str, missing: Any, expected: Expected, source: Callable[..., Any]) -> None:
    figures = expected(f"{name}__kmo_bartlett")[missing]
    found = bartlett_sphericity(source(name, missing), missing=missing)
    assert found.chi_square == pytest.approx(figures["chisq"], rel=CLOSED)
    assert found.df == figures["df"]
    assert found.p == pytest.approx(figures["p"], rel=1e-8, abs=1e-300)
    assert found.log_determinant == pytest.approx(np.log(figures["det"]), rel=CLOSED)


@every_set
def test_average_partials_agree_with_partial_correlations_in_r(
    name: str, expected: Expected, source: Callable[..., Any]
) -> None:
    figures = expected("average_partial")[name]
    found = minimum_average_partial(source(name))
    # With one component left all partial correlations are 1 or -1. R's road there subtracts, and loses digits.
    assert found.values[-1] == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(found.values[:-1], figures["square"][:-1], rtol=1e-9)
    np.testing.assert_allclose(found.fourth_powers[:-1], figures["fourth"][:-1], rtol=1e-9)
    assert found.n_factors == np.argmin(figures["square"])
    assert found.n_factors_fourth == np.argmin(figures["fourth"])


def test_average_partials_of_harmans_eight_physical_variables(expected: Expected) -> None:
    figures = expected("average_partial")["harman"]
    found = minimum_average_partial(CorrelationMatrix.from_matrix(figures["R"]["values"], n=305))
    np.testing.assert_allclose(found.values, figures["square"], rtol=CLOSED)
    np.testing.assert_allclose(found.fourth_powers, figures["fourth"], rtol=CLOSED)
    assert (found.n_factors, found.n_factors_fourth) == (2, 2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "pearson_pairwise") for name in ("bfi", "nets_complete", "lq2002", "hs1939")),
        *((name, "polychoric_correct0") for name in ("bfi", "nets_complete", "lq2002")),
    ],
)
def test_average_partials_agree_with_vss(name: str, kind: str, expected: Expected) -> None:
    figures = expected(f"{name}__efa_{kind}")
    found = minimum_average_partial(CorrelationMatrix.from_matrix(figures["R"]["values"], n=int(figures["n.obs"])))
    # vss begins with one component and was asked for eight.
    np.testing.assert_allclose(found.values[1:9], figures["vss"]["map"], rtol=COPIED)
    assert found.n_factors == figures["vss"]["map_n"]


@every_set
def test_parallel_analysis_of_pearson_correlations_agrees_with_psych(
    name: str, expected: Expected, source: Callable[..., Any]
) -> None:
    figures = expected(f"{name}__parallel_pearson")
    found = parallel_analysis(source(name), "pearson", n_draws=2000)
    np.testing.assert_allclose(found.observed, figures["fa_values"], rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.observed_components, figures["pc_values"], rtol=0, atol=1e-10)
    assert (found.n_factors, found.n_components) == (figures["nfact"], figures["ncomp"]) == PSYCH_COUNTS[name]
    # Psych's resampled columns carry their missing answers with them.
    _check_draws(found, figures["resampled"])


@every_set
def test_the_wishart_null_is_that_of_psychs_normal_variables(
    name: str, expected: Expected, source: Callable[..., Any]
) -> None:
    observed = source(name)
    n = observed.n if name == "hs1939" else observed.n_rows
    matrix = expected(f"{name}__kmo_bartlett")["R_pairwise"]["values"]
    found = parallel_analysis(CorrelationMatrix.from_matrix(matrix, n=n), n_draws=2000, seed=2)
    _check_draws(found, expected(f"{name}__parallel_pearson")["normal"])


@ordinal_set
def test_parallel_analysis_of_polychoric_correlations_agrees_with_lavaan_on_permuted_answers(
    name: str, expected: Expected, pairwise_tables: Tables
) -> None:
    figures = expected(f"{name}__parallel_polychoric")
    found = parallel_analysis(pairwise_tables(name), n_draws=300)
    np.testing.assert_allclose(found.observed, figures["fa_values"], rtol=0, atol=LAVAAN)
    np.testing.assert_allclose(found.observed_components, figures["pc_values"], rtol=0, atol=LAVAAN)
    assert ("large-sample" in found.null) == (name == "bhr2000")
    _check_draws(found, figures["permuted"])


def test_missing_answers_may_stay_where_they_are(expected: Expected, nets_answers: Answers) -> None:
    found = parallel_analysis(nets_answers("nets"), n_draws=300, seed=3)
    assert "among the respondents who gave one" in found.null
    _check_draws(found, expected("nets__parallel_polychoric")["permuted"])


def test_a_polychoric_matrix_alone_gives_the_null_of_its_tables(pairwise_tables: Tables) -> None:
    tables = pairwise_tables("nets")
    from_tables = parallel_analysis(tables, n_draws=20)
    from_matrix = parallel_analysis(polychoric_correlation(tables), n_draws=20)
    assert (from_matrix.quantile == from_tables.quantile).all()


def _check_draws(found: ParallelAnalysis, figures: Any) -> None:
    """Hold means and quantiles within four standard errors, ours and theirs together, of theirs."""
    for kind, mean, quantile in (
        ("factors", found.mean, found.quantile),
        ("components", found.mean_components, found.quantile_components),
    ):
        theirs = {key: np.array(value) for key, value in figures[kind].items()}
        # The law is the same, so that standard errors shrink with the root of the draws.
        both = np.sqrt(1 / theirs["draws"] + 1 / found.n_draws)
        np.testing.assert_array_less(np.abs(mean - theirs["mean"]), 4 * theirs["sd"] * both)
        one = theirs["q95_se"] * np.sqrt(theirs["draws"])
        np.testing.assert_array_less(np.abs(quantile - theirs["q95"]), 4 * one * both)
