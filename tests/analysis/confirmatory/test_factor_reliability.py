"""Reliability of sums from a fitted model."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import ResponseModel, confirm_factors, simulate_responses
from analysis.item_responses import FloatArray

TRUTH = ResponseModel.of({f: {f"{f}{i}": 0.75 for i in range(3)} for f in "ABC"}, within=0.5)
HIGHER = "A =~ item_1 + item_2 + item_3; B =~ item_4 + item_5 + item_6; C =~ item_7 + item_8 + item_9; G =~ A + B + C"


@pytest.mark.parametrize("estimator", ["MLR", "WLSMV"])
def test_it_is_the_correlation_of_a_sum_with_its_like(estimator: str) -> None:
    # The same people answer twice, and nothing but the factors is the same.
    model = ResponseModel.of({"A": {"q1": 0.8, "q2": 0.7, "q3": 0.6, "q4": 0.7}})
    twice = ResponseModel.of({"A": {f"q{item}": value for item, value in enumerate([0.8, 0.7, 0.6, 0.7] * 2)}})
    answers = simulate_responses(twice, 20_000, seed=1).responses
    first, second = answers[:, :4].sum(axis=1), answers[:, 4:].sum(axis=1)
    assert len(model.items) == 4
    found = confirm_factors({"A": [f"item_{item}" for item in range(1, 5)]}, answers[:, :4], estimator).reliability()  # type: ignore[arg-type]
    assert found.omega[0] == pytest.approx(np.corrcoef(first, second)[0, 1], abs=0.015)
    if estimator == "WLSMV":
        total = 2.8**2
        assert found.omega_latent[0] == pytest.approx(total / (total + 4 - (0.64 + 0.49 + 0.36 + 0.49)), abs=0.01)


def test_of_one_factor_it_is_the_formula(draw: Callable[..., FloatArray], two_factors: Mapping[str, list[str]]) -> None:
    fit = confirm_factors(two_factors, draw(400, 2), "ML")
    group, found = fit.groups[0], fit.reliability()
    own = slice(0, 4)
    common = group.loadings[own, 0].sum() ** 2 * group.factor_covariances[0, 0]
    assert found.omega[0] == pytest.approx(common / group.observed[own, own].sum(), rel=1e-12)
    assert found.omega_implied[0] == pytest.approx(common / group.fitted[own, own].sum(), rel=1e-12)
    assert found.omega_latent[0] == found.omega[0]
    assert found.n_items.tolist() == [4, 4]


def test_a_factor_above_others_has_their_items() -> None:
    answers = simulate_responses(TRUTH, 3_000, seed=3).responses
    found = confirm_factors(HIGHER, answers, "ML").reliability()
    assert found.factors == ("A", "B", "C", "G")
    assert found.n_items.tolist() == [3, 3, 3, 9]
    # Half the variance of each factor is general.
    assert 0.55 < found.omega[3] < 0.8
    assert (found.average_variance_extracted[3] < found.average_variance_extracted[:3]).all()


def test_groups_have_a_row_each(draw: Callable[..., FloatArray], two_factors: Mapping[str, list[str]]) -> None:
    found = confirm_factors(two_factors, draw(400, 4), group=np.arange(400) % 2).reliability()
    assert found.factors == ("Team", "Space", "Team", "Space")
    assert found.group == ("0", "0", "1", "1")
    assert list(found.to_frame().columns) == ["group", "items", "omega", "omega implied", "omega latent", "AVE"]
    assert "taken as cuts of normal variables" in str(found)


def test_keying_an_item_the_other_way_takes_from_the_sum(draw: Callable[..., FloatArray]) -> None:
    answers = draw(400, 5)[:, :4]
    turned = answers.copy()
    turned[:, 3] = 6 - turned[:, 3]
    model = {"Team": [f"item_{item}" for item in range(1, 5)]}
    whole, less = (confirm_factors(model, given, "ML").reliability() for given in (answers, turned))
    assert less.omega[0] < whole.omega[0] - 0.1
    assert_allclose(less.average_variance_extracted, whole.average_variance_extracted, rtol=1e-7)
