"""Omega of several factors: what it promises by simulation, known matrices, bad input; psych's figures are in tests/reference."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    CorrelationMatrix,
    HierarchicalOmega,
    PairwiseTables,
    explore_factors,
    mcdonald_omega,
    polychoric_correlation,
    schmid_leiman,
)
from analysis.omega.unidimensional import OmegaKind

Answers = NDArray[np.float64]

GENERAL = np.array([0.7, 0.6, 0.65, 0.6, 0.5, 0.55, 0.5, 0.6, 0.45])
OF_ITEM = np.repeat([0, 1, 2], 3)
GROUP = GENERAL * np.repeat([0.7, 0.9, 1.1], 3)  # in proportion within a group, as Schmid and Leiman have them
CUTS = (-1.4, -0.9, -0.1, 0.9)


def _factors(n: int, seed: int) -> tuple[Answers, Answers]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(n), rng.standard_normal((n, 3))


def _answers(general: Answers, groups: Answers, seed: int) -> Answers:
    unique = np.sqrt(1 - GENERAL**2 - GROUP**2)
    noise = np.random.default_rng(seed).standard_normal((len(general), 9))
    underlying = general[:, None] * GENERAL + groups[:, OF_ITEM] * GROUP + noise * unique
    answers: Answers = np.searchsorted(CUTS, underlying).astype(np.float64) + 1
    return answers


def _sum_correlation(first: Answers, second: Answers) -> float:
    return float(np.corrcoef(first.sum(axis=1), second.sum(axis=1))[0, 1])


def _omega(item_responses: object, kind: OmegaKind = "linear") -> HierarchicalOmega:
    found = mcdonald_omega(item_responses, 3, kind)
    assert isinstance(found, HierarchicalOmega)
    return found


def test_categorical_omegas_are_correlations_of_two_administrations_of_the_sum() -> None:
    n = 60_000
    general, groups = _factors(n, 1)
    first = _answers(general, groups, 2)
    same_factors = _sum_correlation(first, _answers(general, groups, 3))
    same_general = _sum_correlation(first, _answers(general, _factors(n, 4)[1], 5))
    found = _omega(first, "categorical")
    error = 4 * (1 - same_general**2) / np.sqrt(n)
    assert found.total == pytest.approx(same_factors, abs=error)
    assert found.hierarchical == pytest.approx(same_general, abs=2 * error)  # and the error of the loadings
    assert found.asymptotic == found.hierarchical / found.total
    latent = _omega(first, "latent")
    assert latent.total - found.total > 2 * error
    assert latent.ecv == found.ecv


def test_categorical_omegas_of_many_categories_are_those_of_what_underlies() -> None:
    # With a hundred answers hardly anything is lost by cutting.
    rng = np.random.default_rng(2)
    general, groups = _factors(4000, 3)
    unique = np.sqrt(1 - GENERAL**2 - GROUP**2)
    underlying = general[:, None] * GENERAL + groups[:, OF_ITEM] * GROUP + rng.standard_normal((4000, 9)) * unique
    fine = np.clip(np.rint(8 * underlying), -20, 20) + 21
    categorical, latent = _omega(fine, "categorical"), _omega(fine, "latent")
    assert categorical.hierarchical == pytest.approx(latent.hierarchical, abs=2e-3)
    assert categorical.total == pytest.approx(latent.total, abs=5e-3)


def test_a_known_hierarchy_gives_its_omegas() -> None:
    general, group = np.full(9, 0.6), np.full(9, 0.5)
    r = np.outer(general, general) + np.where(OF_ITEM[:, None] == OF_ITEM, np.outer(group, group), 0)
    np.fill_diagonal(r, 1.0)
    found = _omega(CorrelationMatrix.from_matrix(r, n=500))
    assert found.hierarchical == pytest.approx(5.4**2 / r.sum(), abs=1e-6)
    assert found.total == pytest.approx(1 - 9 * (1 - 0.36 - 0.25) / r.sum(), abs=1e-6)
    assert found.ecv == pytest.approx(0.36 / 0.61, abs=1e-6)
    assert found.n == 500
    assert found.notes[0] == "of the sum of the standardized items"


@pytest.mark.parametrize("kind", ["linear", "categorical", "latent"])
def test_an_item_keyed_the_other_way_is_counted_reversed_and_said_to_be(kind: OmegaKind) -> None:
    answers = _answers(*_factors(800, 6), seed=7)
    plain = _omega(answers, kind)
    answers[:, 4] = 6 - answers[:, 4]
    turned = _omega(answers, kind)
    assert turned.transformation.reversed_items == ("item_5",)
    assert any(note.endswith("item_5") and note.startswith("counted reversed") for note in turned.notes)
    assert (turned.total, turned.hierarchical, turned.ecv) == pytest.approx(
        (plain.total, plain.hierarchical, plain.ecv), abs=2e-5
    )


def test_it_is_read_off_the_transformed_solution() -> None:
    answers = _answers(*_factors(600, 8), seed=9)
    for kind, correlation in (("linear", "pearson"), ("latent", "polychoric")):
        found = _omega(answers, kind)  # type: ignore[arg-type]
        own = schmid_leiman(explore_factors(answers, 3, correlation))  # type: ignore[arg-type]
        assert (found.hierarchical, found.total, found.ecv) == (own.omega_hierarchical, own.omega_total, own.ecv)
        assert found.transformation.general.tolist() == own.general.tolist()


@pytest.mark.parametrize("kind", ["linear", "categorical", "latent"])
def test_a_state_gives_what_its_answers_give(kind: OmegaKind) -> None:
    answers = _answers(*_factors(400, 10), seed=11)
    answers[::9, 3] = np.nan
    from_rows, from_state = _omega(answers, kind), _omega(PairwiseTables.from_responses(answers), kind)
    assert from_state.hierarchical == pytest.approx(from_rows.hierarchical, rel=1e-9)
    assert from_rows.missing == "pairwise"
    complete = mcdonald_omega(answers, 3, kind, missing="listwise")
    assert (complete.n, complete.missing) == (355, "listwise")


def test_the_table_shows_omegas_and_loadings() -> None:
    found = _omega(_answers(*_factors(600, 12), seed=13), "categorical")
    printed = str(found).splitlines()
    assert printed[0].startswith(f"McDonald's omega (categorical, 3 factors): total {found.total:.3f}, hierarchical 0.")
    assert printed[1].split()[:3] == ["item", "general", "F1*"]
    assert "of the sum of the answers, taken as cuts of normal variables (Green & Yang)" in printed
    assert found.to_frame()["general"].tolist() == found.transformation.general.tolist()


def test_two_factors_are_said_to_load_equally() -> None:
    answers = _answers(*_factors(600, 14), seed=15)[:, :6]
    found = mcdonald_omega(answers, 2)
    assert "both factors load equally on the general factor" in found.notes


def test_correlations_must_be_of_the_kind_that_is_asked_for() -> None:
    answers = _answers(*_factors(300, 16), seed=17)
    polychoric = polychoric_correlation(answers)
    assert _omega(polychoric, "categorical").total == pytest.approx(_omega(answers, "categorical").total)
    with pytest.raises(AnalysisError, match='these correlations are polychoric: kind is "latent" or "categorical"'):
        mcdonald_omega(polychoric, 3)
    given = CorrelationMatrix.from_matrix(polychoric.matrix, n=300)
    with pytest.raises(AnalysisError, match='kind "categorical" needs polychoric correlations; these are given'):
        mcdonald_omega(given, 3, "categorical")
    with pytest.raises(AnalysisError, match="with one factor answers or a state are needed"):
        mcdonald_omega(polychoric, 1, "latent")


@pytest.mark.parametrize("n_factors", [0, -1, 1.5, True, "two"])
def test_the_number_of_factors_is_a_whole_number(n_factors: object) -> None:
    with pytest.raises(AnalysisError) as refused:
        mcdonald_omega(_answers(*_factors(50, 18), seed=19), n_factors, "ordinal")  # type: ignore[call-overload]
    assert refused.value.problems == (
        'kind is "linear", "categorical" or "latent", not \'ordinal\'',
        f"n_factors is a whole number from 1 up, not {n_factors!r}",
    )


def test_more_factors_than_items_determine_are_refused() -> None:
    answers = _answers(*_factors(300, 20), seed=21)[:, :5]
    with pytest.raises(AnalysisError, match="5 items have fewer correlations than 3 factors have loadings"):
        mcdonald_omega(answers, 3)
