"""Sampling adequacy, sphericity, average partials and parallel analysis against psych and lavaan."""

from collections.abc import Callable
from functools import partial
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
    pearson_correlation,
    polychoric_correlation,
    sampling_adequacy,
)
from analysis.item_responses import FloatArray

Tables = Callable[..., PairwiseTables]
Expected = Callable[[str], Any]
Answers = Callable[[str], FloatArray]
Agrees = Callable[..., None]

CLOSED = 1e-10
COPIED = 1e-7  # the copies of psych::vss, and of the correlations it was given, keep eight digits
LAVAAN = 1e-7  # lavaan stops some 3e-8 from each correlation's maximum; an eigenvalue adds up many
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
    name: str, missing: Any, expected: Expected, source: Callable[..., Any], agrees: Agrees
) -> None:
    figures = expected(f"{name}__kmo_bartlett")[missing]
    found = sampling_adequacy(source(name, missing), missing=missing)
    hold = partial(agrees, "sampling_adequacy", against="psych::KMO", on=name, rtol=CLOSED)
    hold("overall", found.overall, figures["MSA"])
    hold("per_item", found.per_item, list(figures["MSAi"].values()))
    if name != "hs1939":
        assert list(found.item_names) == list(figures["MSAi"])
    matrix = np.array(expected(f"{name}__kmo_bartlett")[f"R_{missing}"]["values"])
    if name != "hs1939":
        matrix = pearson_correlation(source(name, missing)).matrix
    hold = partial(agrees, "pearson_correlation", on=name, atol=CLOSED)
    explained = 1 - 1 / np.diagonal(np.linalg.inv(matrix))
    hold("squared multiple correlations of matrix", explained, [*figures["smc"].values()], against="psych::smc")
    hold("eigenvalues of matrix", np.linalg.eigvalsh(matrix)[::-1], figures["eigen"], against="base::eigen")


@every_set
@listwise_too
def test_sphericity_agrees_with_psych(
    name: str, missing: Any, expected: Expected, source: Callable[..., Any], agrees: Agrees
) -> None:
    figures = expected(f"{name}__kmo_bartlett")[missing]
    found = bartlett_sphericity(source(name, missing), missing=missing)
    hold = partial(agrees, "bartlett_sphericity", against="psych::cortest.bartlett", on=name)
    hold("chi_square", found.chi_square, figures["chisq"], rtol=CLOSED)
    hold("df", found.df, figures["df"])
    hold("p", found.p, figures["p"], rtol=1e-8, atol=1e-300)
    hold = partial(agrees, "bartlett_sphericity", against="base::det", on=name)
    hold("log_determinant", found.log_determinant, np.log(figures["det"]), rtol=CLOSED)


@every_set
def test_average_partials_agree_with_partial_correlations_in_r(
    name: str, expected: Expected, source: Callable[..., Any], agrees: Agrees
) -> None:
    figures = expected("average_partial")[name]
    found = minimum_average_partial(source(name))
    # With one component left all partial correlations are 1 or -1. R's road there subtracts, and loses digits.
    assert found.values[-1] == pytest.approx(1, abs=1e-12)
    hold = partial(agrees, "minimum_average_partial", against="psych::partial.r", on=name)
    hold("values", found.values[:-1], figures["square"][:-1], rtol=1e-9)
    hold("fourth_powers", found.fourth_powers[:-1], figures["fourth"][:-1], rtol=1e-9)
    hold("n_factors", found.n_factors, np.argmin(figures["square"]))
    hold("n_factors_fourth", found.n_factors_fourth, np.argmin(figures["fourth"]))


def test_average_partials_of_harmans_eight_physical_variables(expected: Expected, agrees: Agrees) -> None:
    figures = expected("average_partial")["harman"]
    found = minimum_average_partial(CorrelationMatrix.from_matrix(figures["R"]["values"], n=305))
    hold = partial(agrees, "minimum_average_partial", against="psych::partial.r", on="Harman", rtol=CLOSED)
    hold("values", found.values, figures["square"])
    hold("fourth_powers", found.fourth_powers, figures["fourth"])
    assert (found.n_factors, found.n_factors_fourth) == (2, 2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "pearson_pairwise") for name in ("bfi", "nets_complete", "lq2002", "hs1939")),
        *((name, "polychoric_correct0") for name in ("bfi", "nets_complete", "lq2002")),
    ],
)
def test_average_partials_agree_with_vss(name: str, kind: str, expected: Expected, agrees: Agrees) -> None:
    figures = expected(f"{name}__efa_{kind}")
    found = minimum_average_partial(CorrelationMatrix.from_matrix(figures["R"]["values"], n=int(figures["n.obs"])))
    hold = partial(agrees, "minimum_average_partial", against="psych::vss", on=name)
    # vss begins with one component and was asked for eight.
    hold("values", found.values[1:9], figures["vss"]["map"], rtol=COPIED)
    hold("n_factors", found.n_factors, figures["vss"]["map_n"])


@every_set
def test_parallel_analysis_of_pearson_correlations_agrees_with_psych(
    name: str, expected: Expected, source: Callable[..., Any], agrees: Agrees
) -> None:
    figures = expected(f"{name}__parallel_pearson")
    found = parallel_analysis(source(name), "pearson", n_draws=2000)
    hold = partial(agrees, "parallel_analysis", against="psych::fa.parallel", on=name)
    hold("observed, Pearson", found.observed, figures["fa_values"], atol=1e-10)
    hold("observed_components, Pearson", found.observed_components, figures["pc_values"], atol=1e-10)
    hold("n_factors, n_components", [found.n_factors, found.n_components], [figures["nfact"], figures["ncomp"]])
    assert (found.n_factors, found.n_components) == PSYCH_COUNTS[name]
    # Psych's resampled columns carry their missing answers with them.
    _check_draws(hold, "Pearson, of answers resampled", found, figures["resampled"])


@pytest.mark.parametrize("name", ["bfi", "nets_complete", "lq2002", "hs1939"])
def test_parallel_analysis_agrees_with_psych_from_another_seed(
    name: str, expected: Expected, source: Callable[..., Any], agrees: Agrees
) -> None:
    figures, more = expected(f"{name}__fa_parallel"), expected(f"{name}__parallel_pearson")
    squared = figures["quant95_SMC"]
    found = parallel_analysis(source(name), "pearson", n_draws=2000)
    hold = partial(agrees, "parallel_analysis", against="psych::fa.parallel", on=name)
    hold("observed, Pearson", found.observed, squared["fa_values"], atol=COPIED)
    hold("observed_components, Pearson", found.observed_components, figures["pc_values"], atol=COPIED)
    hold("n_factors, n_components", [found.n_factors, found.n_components], [squared["nfact"], squared["ncomp"]])
    for kind, cell in (("answers resampled", "pc_simr"), ("normal variables", "pc_sim")):
        spread = np.array(more["resampled" if cell == "pc_simr" else "normal"]["components"]["sd"])
        mean = found.mean_components
        errors = spread * np.sqrt(1 / figures["n_iter"] + 1 / found.n_draws)
        hold(f"mean of components: Pearson, of {kind}", mean, figures[cell], errors=errors, atol=4)


@every_set
def test_the_wishart_null_is_that_of_psychs_normal_variables(
    name: str, expected: Expected, source: Callable[..., Any], agrees: Agrees
) -> None:
    observed = source(name)
    n = observed.n if name == "hs1939" else observed.n_rows
    matrix = expected(f"{name}__kmo_bartlett")["R_pairwise"]["values"]
    found = parallel_analysis(CorrelationMatrix.from_matrix(matrix, n=n), n_draws=2000, seed=2)
    hold = partial(agrees, "parallel_analysis", against="psych::fa.parallel", on=name)
    _check_draws(hold, "Pearson, of normal variables", found, expected(f"{name}__parallel_pearson")["normal"])


@ordinal_set
def test_parallel_analysis_of_polychoric_correlations_agrees_with_lavaan_on_permuted_answers(
    name: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    figures = expected(f"{name}__parallel_polychoric")
    found = parallel_analysis(pairwise_tables(name), n_draws=300)
    hold = partial(agrees, "parallel_analysis", against="lavaan::lavCor", on=name)
    hold("observed, polychoric", found.observed, figures["fa_values"], atol=LAVAAN)
    hold("observed_components, polychoric", found.observed_components, figures["pc_values"], atol=LAVAAN)
    assert ("large-sample" in found.null) == (name == "bhr2000")
    _check_draws(hold, "polychoric, of answers permuted", found, figures["permuted"])


def test_missing_answers_may_stay_where_they_are(expected: Expected, nets_answers: Answers, agrees: Agrees) -> None:
    found = parallel_analysis(nets_answers("nets"), n_draws=300, seed=3)
    assert "among the respondents who gave one" in found.null
    hold = partial(agrees, "parallel_analysis", against="lavaan::lavCor", on="nets")
    _check_draws(hold, "polychoric, of answers permuted", found, expected("nets__parallel_polychoric")["permuted"])


def test_a_polychoric_matrix_alone_gives_the_null_of_its_tables(pairwise_tables: Tables) -> None:
    tables = pairwise_tables("nets")
    from_tables = parallel_analysis(tables, n_draws=20)
    from_matrix = parallel_analysis(polychoric_correlation(tables), n_draws=20)
    assert (from_matrix.quantile == from_tables.quantile).all()


def _check_draws(agrees: Agrees, kind: str, found: ParallelAnalysis, figures: Any) -> None:
    """Hold means and quantiles within four standard errors, ours and theirs together, of theirs."""
    for name, mean, quantile in (
        ("factors", found.mean, found.quantile),
        ("components", found.mean_components, found.quantile_components),
    ):
        theirs = {key: np.array(value) for key, value in figures[name].items()}
        # The law is the same, so that standard errors shrink with the root of the draws.
        both = np.sqrt(1 / theirs["draws"] + 1 / found.n_draws)
        agrees(f"mean of {name}: {kind}", mean, theirs["mean"], errors=theirs["sd"] * both, atol=4)
        one = theirs["q95_se"] * np.sqrt(theirs["draws"])
        agrees(f"quantile of {name}: {kind}", quantile, theirs["q95"], errors=one * both, atol=4)
