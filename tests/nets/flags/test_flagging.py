"""Lists of places by three rules: each is what its question says, and is wrong as often as it says."""

import json
import math
from collections.abc import Callable
from importlib import resources

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis import UnitScores, funnel_limits, gmc_flags, posterior_flags, unit_scores
from nets.flags.flagging import (
    NO_EARLIER_SCORES,
    EarlierScores,
    PlaceFlags,
    flag_places,
)
from nets.flags.place_flags import NotFlagged
from nets.flags.rule import FlagMethod, Side, flag_questions, read_flag_rule

RULE = read_flag_rule()
MEAN, TAU, SIGMA = 78.0, 6.0, 17.0
LISTS = 12
Floats = NDArray[np.float64]


def drawn(seed: int, n_units: int = 60) -> tuple[Floats, list[str], Floats]:
    """Learners' scores, their places and the places' true scores."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), rng.integers(1, 40, size=n_units))
    truth = MEAN + TAU * rng.normal(size=n_units)
    return truth[unit] + SIGMA * rng.normal(size=unit.size), [f"P{i:03}" for i in unit], truth


def flagged(
    units: UnitScores, respondents: Floats, least: int = 5, earlier: EarlierScores = NO_EARLIER_SCORES
) -> PlaceFlags:
    found = flag_places(units, respondents, units.n >= least, RULE, earlier)
    assert isinstance(found, PlaceFlags)
    return found


def as_earlier(units: UnitScores) -> EarlierScores:
    return EarlierScores(
        dict(zip(map(str, units.unit), units.posterior.mean.tolist(), strict=True)),
        dict(zip(map(str, units.unit), units.posterior.sd.tolist(), strict=True)),
    )


def test_every_list_says_which_question_it_answers() -> None:
    questions = flag_questions(RULE)
    assert len(questions) == LISTS
    assert all(code == question.code and question.question.endswith("?") for code, question in questions.items())
    assert len({question.question for question in questions.values()}) == LISTS
    assert {question.method for question in questions.values()} == set(FlagMethod)
    assert "99.8 %" in questions["funnel_far_low"].question
    assert "at least 95 % probable" in questions["below_benchmark"].question
    assert [question.side for question in questions.values()] == [Side.LOW] * 6 + [Side.HIGH] * 6


def test_the_rule_is_the_shipped_file() -> None:
    data = json.loads(resources.files("nets").joinpath("rules", "flags-2026.1.json").read_text("utf-8"))
    assert RULE.version == data["version"] == "flags-2026.1"
    assert RULE.funnel_far_level == data["funnel"]["far_level"]


def test_the_lists_are_those_of_the_three_rules() -> None:
    y, place, _ = drawn(1)
    units = unit_scores(y, place)
    found = flagged(units, y, least=1)
    gmc, funnel = gmc_flags(y, place), funnel_limits(units, levels=(0.95, 0.998))
    assert found.unit == units.unit
    np.testing.assert_array_equal(found.lists["gmc_low"].listed, gmc.below)
    np.testing.assert_array_equal(found.lists["gmc_high"].listed, gmc.above)
    assert found.lists["gmc_low"].false_share == pytest.approx(gmc.false_below, abs=1e-12)
    np.testing.assert_array_equal(found.lists["funnel_low"].listed, funnel.below[:, 0])
    np.testing.assert_array_equal(found.lists["funnel_far_high"].listed, funnel.above[:, 1])
    assert found.lists["funnel_low"].false_share == funnel.false_below[0]
    assert found.lists["funnel_high"].false_share == funnel.false_above[0]
    below = posterior_flags(units, below=units.grand_mean, at_least=0.95)
    np.testing.assert_array_equal(found.lists["below_benchmark"].listed, below.flagged)
    worst = posterior_flags(units, lowest=0.1, at_least=0.5)
    np.testing.assert_array_equal(found.lists["worst_tenth"].listed, worst.flagged)
    assert found.lists["worst_tenth"].false_share == worst.false_share
    assert all(place_list.listed.any() for code, place_list in found.lists.items() if "far" not in code)
    assert set(found.lists) == set(flag_questions(RULE)) - {"fallen", "risen"}


def test_excellent_places_are_found_as_poor_ones_are() -> None:
    y, place, _ = drawn(2)
    there, turned = (flagged(unit_scores(scores, place), scores) for scores in (y, 2 * MEAN - y))
    mirrored = {"below_benchmark": "above_benchmark", "worst_tenth": "best_tenth"} | {
        f"{rule}_low": f"{rule}_high" for rule in ("gmc", "funnel", "funnel_far")
    }
    for low, high in mirrored.items():
        np.testing.assert_array_equal(there.lists[low].listed, turned.lists[high].listed)
        np.testing.assert_allclose(there.lists[low].probability_false, turned.lists[high].probability_false, atol=1e-9)


def test_a_place_that_may_not_be_shown_is_never_listed_and_still_counts_for_the_benchmark() -> None:
    y, place, _ = drawn(3)
    units = unit_scores(y, place)
    whole, part = flagged(units, y, least=1), flagged(units, y, least=15)
    assert (part.lists["gmc_low"].listed <= (units.n >= 15)).all()
    for code, place_list in part.lists.items():
        np.testing.assert_array_equal(place_list.listed, whole.lists[code].listed & (units.n >= 15))
        np.testing.assert_array_equal(place_list.probability_false, whole.lists[code].probability_false)
    assert sum(
        int((a.listed != b.listed).any()) for a, b in zip(whole.lists.values(), part.lists.values(), strict=True)
    )


def test_places_carry_the_codes_of_their_lists() -> None:
    y, place, _ = drawn(1)
    found = flagged(unit_scores(y, place), y)
    codes = found.codes()
    assert 0 < len(codes) < len(found.unit)
    for i, unit in enumerate(found.unit):
        assert codes.get(unit, ()) == tuple(code for code, one in found.lists.items() if one.listed[i])


def test_the_expected_share_of_false_flags_comes_true_in_every_list() -> None:
    worst, best = MEAN + TAU * ndtri(0.1), MEAN - TAU * ndtri(0.1)
    not_so: dict[str, Callable[[Floats], NDArray[np.bool_]]] = {
        **dict.fromkeys(("gmc_low", "funnel_low", "below_benchmark"), lambda truth: truth >= MEAN),
        **dict.fromkeys(("gmc_high", "funnel_high", "above_benchmark"), lambda truth: truth <= MEAN),
        "worst_tenth": lambda truth: truth >= worst,
        "best_tenth": lambda truth: truth <= best,
    }
    stated: dict[str, list[float]] = {code: [] for code in not_so}
    wrong: dict[str, list[bool]] = {code: [] for code in not_so}
    for seed in range(100):
        y, place, truth = drawn(seed)
        lists = flagged(unit_scores(y, place, intervals=False), y).lists
        for code, is_wrong in not_so.items():
            listed = lists[code].listed
            stated[code] += [lists[code].false_share] * int(listed.sum())
            wrong[code] += is_wrong(truth[listed]).tolist()
    for code in not_so:
        error = 4 * max(float(np.std(wrong[code])), 0.05) / math.sqrt(len(wrong[code]))
        assert np.mean(stated[code]) == pytest.approx(np.mean(wrong[code]), abs=error + 0.01), code


def test_falls_and_rises_are_those_of_two_posteriors() -> None:
    y, place, _ = drawn(4)
    rng = np.random.default_rng(4)
    shifted = y + np.where(np.isin(place, ["P001", "P007"]), -15.0, 0.0) + rng.normal(size=y.size)
    before, now = unit_scores(y, place), unit_scores(shifted, place)
    found = flagged(now, shifted, earlier=as_earlier(before)).lists
    fallen = posterior_flags(now, fallen_since=before, at_least=RULE.change_probability)
    np.testing.assert_allclose(1 - found["fallen"].probability_false, fallen.probability, atol=1e-12)
    np.testing.assert_array_equal(found["fallen"].listed, fallen.flagged & (now.n >= 5))
    np.testing.assert_allclose(found["risen"].probability_false, 1 - found["fallen"].probability_false, atol=1e-12)
    assert found["fallen"].listed.any()


def test_a_place_that_is_new_can_have_neither_fallen_nor_risen() -> None:
    y, place, _ = drawn(5)
    units = unit_scores(y, place)
    earlier = as_earlier(units)
    known = EarlierScores({"P000": earlier.mean["P000"] + 40}, {"P000": earlier.sd["P000"]})
    found = flagged(units, y, least=1, earlier=known).lists
    assert np.flatnonzero(found["fallen"].listed).tolist() == [units.unit.index("P000")]
    assert not found["risen"].listed.any()
    assert np.isnan(found["risen"].probability_false).sum() == len(units.unit) - 1


def test_an_earlier_release_gives_means_and_the_spread_behind_its_intervals() -> None:
    earlier = EarlierScores.from_intervals({"P1": (70.0, 60.2, 79.8), "P2": (95.0, 85.2, 100.0)})
    assert earlier.mean == {"P1": 70.0, "P2": 95.0}
    assert earlier.sd == pytest.approx({"P1": 5.0, "P2": 5.0}, abs=1e-3)


def test_few_places_and_scores_without_chance_are_not_held_against_each_other() -> None:
    y, place, _ = drawn(6, n_units=9)
    units = unit_scores(y, place)
    few = flag_places(units, y, units.n > 0, RULE)
    assert few == NotFlagged("fewer than 10 places have a score that may be shown")
    alike = np.repeat(np.arange(12.0), 6)
    units = unit_scores(alike, alike.tolist())
    assert isinstance(flag_places(units, alike, units.n > 0, RULE), NotFlagged)
