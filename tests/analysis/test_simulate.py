"""Answers drawn from a stated truth are what that truth implies."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr

from analysis import AnalysisError, ItemShift, ResponseModel, Retest, simulate_responses, unit_reliability

LOADINGS = {"F": {"a": 0.8, "b": 0.7, "c": 0.6}, "G": {"d": 0.75, "e": 0.5, "a": 0.1}}


def _model(**changes: Any) -> ResponseModel:
    return ResponseModel.of(LOADINGS, **{"within": 0.4, "between": 0.9, **changes})


def test_categories_come_as_often_as_the_thresholds_say() -> None:
    limits = {"a": [-1.0, 0.0, 1.0], "b": [0.2], "c": [-2, -1, 0, 1], "d": [0, 0.5], "e": [-1.5, -1, -0.5, 0.3]}
    drawn = simulate_responses(_model(thresholds=limits), 20_000, seed=5)
    for place, item in enumerate(drawn.items):
        expected = np.diff([0.0, *ndtr(np.array(limits[item])), 1.0])
        found = np.bincount(drawn.responses[:, place].astype(int), minlength=expected.size + 1)[1:] / 20_000
        np.testing.assert_allclose(found, expected, atol=4 * 0.5 / math.sqrt(20_000))


def test_the_continuous_answers_correlate_as_the_model_implies() -> None:
    # Two categories cut at 0: the share of agreement gives the correlation back, r = sin(pi (agreement - 1/2)).
    model = _model(thresholds=[0.0], latent_icc=[0.2, 0.3])
    unit = np.repeat(np.arange(20_000), 2)
    high = simulate_responses(model, 40_000, seed=2, unit=unit).responses == 2.0
    agreement = np.array([[np.mean(high[:, i] == high[:, j]) for j in range(5)] for i in range(5)])
    found = np.sin(math.pi * (agreement - 0.5))
    # The slope of the sine is below pi; pairs of one unit make the effective number a little smaller.
    np.testing.assert_allclose(found, model.implied_correlations(), atol=5 * math.pi * 0.5 / math.sqrt(40_000))


def test_factors_have_the_stated_correlations_and_share_between_units() -> None:
    unit = np.repeat(np.arange(1500), 8)
    truth = simulate_responses(_model(latent_icc=[0.1, 0.3]), 12_000, seed=3, unit=unit).truth
    assert np.asarray(np.corrcoef(truth.unit_shift.T))[0, 1] == pytest.approx(0.9, abs=0.02)
    np.testing.assert_allclose(
        np.corrcoef(truth.factors.T), _model(latent_icc=[0.1, 0.3]).factor_correlations(), atol=0.04
    )
    for factor, icc in enumerate((0.1, 0.3)):
        assert unit_reliability(truth.factors[:, factor], unit).icc1 == pytest.approx(icc, abs=0.04)
        assert truth.factors[:, factor].var() == pytest.approx(1.0, abs=0.05)


def test_the_same_seed_gives_the_same_answers_and_another_seed_others() -> None:
    first, again, other = (simulate_responses(_model(), 50, seed=seed).responses for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_options_leave_all_other_draws_as_they_were() -> None:
    plain = simulate_responses(_model(), 400, seed=7)
    full = simulate_responses(_model(), 400, seed=7, missing=0.1, straight_lining=0.2, retest=Retest(100))
    same = ~np.isnan(full.responses) & ~full.truth.straight_lining[:, None]
    np.testing.assert_array_equal(full.responses[same], plain.responses[same])
    assert 0.05 < np.isnan(full.responses).mean() < 0.15


def test_a_units_shift_is_planted_where_given_and_drawn_where_not() -> None:
    unit = np.repeat(["good", "drawn", "bad"], 300)
    shift = [[1.5, 0.0], [np.nan, np.nan], [-1.5, 0.0]]
    drawn = simulate_responses(_model(latent_icc=0.15), 900, seed=4, unit=unit, unit_shift=shift)
    assert drawn.units == ("good", "drawn", "bad")
    np.testing.assert_array_equal(drawn.truth.unit_shift[[0, 2]], [[1.5, 0.0], [-1.5, 0.0]])
    assert np.abs(drawn.truth.unit_shift[1]).min() > 0
    first_scale = drawn.responses[:, :3].mean(axis=1)
    means = [first_scale[unit == label].mean() for label in ("good", "drawn", "bad")]
    assert means[0] > means[1] + 0.3
    assert means[1] > means[2] + 0.3


def test_a_campaign_can_carry_the_units_of_the_one_before() -> None:
    unit = np.repeat(np.arange(20), 5)
    model = _model(latent_icc=0.2)
    first = simulate_responses(model, 100, seed=1, unit=unit)
    second = simulate_responses(model, 100, seed=2, unit=unit, unit_shift=first.truth.unit_shift - 0.5)
    np.testing.assert_allclose(second.truth.unit_shift, first.truth.unit_shift - 0.5)


def test_a_persons_shift_moves_that_person_alone() -> None:
    shift = np.zeros((200, 2))
    shift[:100, 0] = -2.0
    plain, moved = (simulate_responses(_model(), 200, seed=6, person_shift=own) for own in (None, shift))
    np.testing.assert_array_equal(moved.responses[100:], plain.responses[100:])
    np.testing.assert_array_equal(moved.responses[:, 4], plain.responses[:, 4])
    assert (moved.responses[:100, 0] <= plain.responses[:100, 0]).all()
    assert moved.responses[:100, 0].mean() < plain.responses[:100, 0].mean() - 1


def test_dif_makes_one_item_harder_or_steeper_in_one_group_alone() -> None:
    group = np.repeat([1, 2], 4000)
    for shift in (ItemShift("b", 2, harder=0.5), ItemShift("b", 2, steeper=0.3)):
        plain = simulate_responses(_model(), 8000, seed=8)
        shifted = simulate_responses(_model(), 8000, seed=8, group=group, dif=[shift])
        changed = plain.responses != shifted.responses
        assert not changed[:4000].any()
        assert not changed[:, [0, 2, 3, 4]].any()
        assert changed[4000:, 1].any()
        assert shifted.truth.dif == (shift,)
    harder = simulate_responses(
        _model(thresholds=[0.0]), 8000, seed=8, group=group, dif=[ItemShift("b", 2, harder=0.5)]
    )
    assert (harder.responses[4000:, 1] == 2).mean() == pytest.approx(1 - ndtr(0.5), abs=0.035)


def test_straight_liners_repeat_their_first_answer_within_the_items_categories() -> None:
    limits = {"a": [-1.0, 0.0, 1.0, 2.0], "b": [0.2], "c": [-2, -1, 0, 1], "d": [0, 0.5], "e": [-1.5, -1, -0.5, 0.3]}
    drawn = simulate_responses(_model(thresholds=limits), 2000, seed=9, straight_lining=0.3)
    rows = drawn.responses[drawn.truth.straight_lining]
    assert drawn.truth.straight_lining.mean() == pytest.approx(0.3, abs=0.05)
    np.testing.assert_array_equal(rows[:, 2], rows[:, 0])
    np.testing.assert_array_equal(rows[:, 1], np.minimum(rows[:, 0], 2))


def test_a_retest_is_as_stable_as_it_says() -> None:
    model = ResponseModel.of({"F": {"a": 0.8, "b": 0.8}}, thresholds=[0.0], latent_icc=0.25)
    unit = np.repeat(np.arange(2500), 8)
    retest = Retest(20_000, stability=0.8, residual_correlation=0.5)
    drawn = simulate_responses(model, 20_000, seed=1, unit=unit, retest=retest)
    np.testing.assert_array_equal(drawn.retest_rows, np.arange(20_000))
    factor = 0.64 * (0.25 + 0.75 * 0.8)
    for other, expected in ((0, factor + 0.5 * 0.36), (1, factor)):
        agreement = np.mean(drawn.responses[:, 0] == drawn.retest_responses[:, other])
        assert math.sin(math.pi * (agreement - 0.5)) == pytest.approx(expected, abs=0.05)


def test_a_perfect_retest_gives_the_same_answers() -> None:
    drawn = simulate_responses(_model(), 80, seed=1, retest=Retest(30, stability=1.0, residual_correlation=1.0))
    assert len(set(drawn.retest_rows.tolist())) == 30
    np.testing.assert_array_equal(drawn.retest_responses, drawn.responses[drawn.retest_rows])


def test_without_a_retest_its_rows_are_empty() -> None:
    drawn = simulate_responses(_model(), 10, seed=1)
    assert drawn.retest_rows.size == 0
    assert drawn.retest_responses.shape == (0, 5)


def test_missing_answers_come_as_often_as_asked_for_each_item() -> None:
    drawn = simulate_responses(_model(), 20_000, seed=1, missing=[0.0, 0.1, 0.2, 0.3, 0.5])
    np.testing.assert_allclose(np.isnan(drawn.responses).mean(axis=0), [0.0, 0.1, 0.2, 0.3, 0.5], atol=0.015)


def test_factors_that_are_one_and_loadings_of_1_are_allowed() -> None:
    model = ResponseModel.of({"F": {"a": 1.0}, "G": {"b": 1.0}}, within=1.0)
    drawn = simulate_responses(model, 100, seed=1)
    np.testing.assert_array_equal(drawn.responses[:, 0], drawn.responses[:, 1])


def test_a_model_names_everything_that_cannot_be() -> None:
    with pytest.raises(AnalysisError) as caught:
        ResponseModel.of(
            {"F": {"a": 1.2, "b": 0.7}, "G": {"c": 0.5}},
            thresholds={"a": [0.0, 1.0], "b": [1.0, 0.0]},
            within=[[1.0, 0.5], [0.4, 1.0]],
            between=-1.5,
            latent_icc=1.0,
        )
    assert caught.value.problems == (
        "item b: thresholds are finite numbers that rise, not [1.0, 0.0]",
        "item c has no thresholds",
        "correlations within units are not symmetric with ones on the diagonal",
        "correlations between units lie from -1 to 1; got -1.5",
        "latent_icc is one number from 0 to below 1, or one for each factor",
        "item a: its loadings explain 1.440 of a variance of 1",
    )


def test_a_request_names_everything_that_does_not_fit() -> None:
    with pytest.raises(AnalysisError) as caught:
        simulate_responses(
            _model(latent_icc=0.1),
            5,
            seed=1,
            unit=[1, 1, 2],
            unit_shift=[[0.0, 0.0]],
            person_shift=np.full((5, 2), np.nan),
            dif=[ItemShift("z", 1)],
            group=[1, 1, 1, 1, 1],
            missing=1.0,
            straight_lining=2.0,
            retest=Retest(6),
        )
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "5", "unit_shift", "person_shift", "missing", "straight_lining", "n", "dif",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"n": 0}, "n is a whole number from 1"),
        ({"unit_shift": [[1.0, 1.0]]}, "need `unit`"),
        ({"dif": [ItemShift("a", 1)]}, "dif needs `group`"),
        ({"dif": [ItemShift("a", 3)], "group": [1, 2, 1]}, "dif names group 3, which no respondent is in"),
        ({"person_shift": [[np.inf, 0.0]] * 3}, "infinite"),
    ],
)
def test_it_says_what_a_request_lacks(request_: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        simulate_responses(_model(), **{"n": 3, "seed": 1, **request_})


def test_an_empty_model_is_refused() -> None:
    with pytest.raises(AnalysisError, match="at least one factor"):
        ResponseModel.of({"F": {}})


def test_simulated_answers_show_in_a_line_and_keep_their_names_in_a_frame() -> None:
    model = ResponseModel.of({"Teamwork": {"q1": 0.8, "q2": 0.7}})
    drawn = simulate_responses(model, 30, seed=4, unit=["Elm", "Oak"] * 15, retest=Retest(10, 0.8))
    assert repr(drawn) == "SimulatedResponses(30 respondents, 2 items, 2 units, 10 measured again, seed 4)"
    assert repr(simulate_responses(model, 1, seed=4)) == "SimulatedResponses(1 respondent, 2 items, seed 4)"
    assert list(drawn.to_frame().columns) == ["q1", "q2"]
    np.testing.assert_array_equal(drawn.to_frame().to_numpy(), drawn.responses)
