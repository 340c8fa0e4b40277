"""Differential item functioning: what was planted is found, a clean instrument is left alone, odd input is named."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, ItemShift, ResponseModel, differential_item_functioning, simulate_responses

Array = NDArray[np.float64]

MODEL = ResponseModel.of({"Teamwork": {f"q{place}": 0.75 for place in range(1, 9)}})
GROUPS = ["nurse", "midwife", "prefer not to say"]


def draw(seed: int, n: int, dif: tuple[ItemShift, ...] = (), impact: float = 0.0) -> tuple[Array, list[str]]:
    group = [GROUPS[place % 3] for place in range(n)]
    shift = np.array([[impact * (label == "midwife")] for label in group])
    return simulate_responses(MODEL, n, seed=seed, group=group, dif=dif, person_shift=shift).responses, group


@pytest.mark.parametrize("matching", ["total", "rest", "trait"])
def test_planted_differences_are_found_and_nothing_else(matching: Any) -> None:
    dif = (ItemShift("q2", "midwife", harder=0.7), ItemShift("q5", "prefer not to say", harder=-0.7))
    found = differential_item_functioning(*draw(1, 1800, dif, impact=-0.3), matching=matching)
    assert found.flagged == ("item_2", "item_5")
    assert found.converged
    assert found.effects[1, found.group.index("midwife")] < -0.8
    assert found.effects[4, found.group.index("prefer not to say")] > 0.8
    assert found.p_uniform[1] < 1e-8


def test_an_item_that_is_steeper_in_a_group_differs_non_uniformly() -> None:
    # Thresholds about the middle, so that a steeper item is not a harder or an easier one as well.
    model = ResponseModel.of({"T": {f"q{i}": 0.6 for i in range(8)}}, thresholds=(-1.2, -0.4, 0.4, 1.2))
    group = ["a", "b"] * 1000
    answers = simulate_responses(model, 2000, seed=3, group=group, dif=[ItemShift("q4", "b", steeper=0.5)]).responses
    found = differential_item_functioning(answers, group)
    assert found.flagged == ("item_5",)
    assert found.p_non_uniform[4] < 1e-6
    assert found.p_uniform[4] > 1e-3
    assert found.models[4].slope[found.group.index("b")] > found.models[4].slope[found.group.index("a")]


def test_a_clean_instrument_is_rarely_accused() -> None:
    accused, p = 0, []
    for seed in range(20):
        found = differential_item_functioning(
            *draw(100 + seed, 900, impact=-0.3), matching="trait" if seed == 0 else "total"
        )
        accused += bool(found.flagged)
        p += found.p_both.tolist()
    # One in a hundred instruments at alpha 0.01; four standard errors above in twenty is two.
    assert accused <= 2
    # 160 tests at 5 %: four standard errors above is 19.
    assert sum(value < 0.05 for value in p) <= 19


def test_purification_clears_items_that_only_made_up_for_others() -> None:
    dif = tuple(ItemShift(f"q{place}", "midwife", harder=1.1) for place in (1, 2, 3))
    answers, group = draw(4, 2400, dif)
    raw = differential_item_functioning(answers, group, purify=False)
    pure = differential_item_functioning(answers, group)
    assert set(raw.flagged) > {"item_1", "item_2", "item_3"}
    assert pure.flagged == ("item_1", "item_2", "item_3")
    assert pure.rounds[0] == raw.flagged
    assert f"settled after {len(pure.rounds)} rounds" in str(pure)
    assert raw.rounds == (raw.flagged,)


def test_a_score_that_never_settles_says_so() -> None:
    dif = tuple(ItemShift(f"q{place}", "midwife", harder=1.5 * (-1) ** place) for place in range(1, 8))
    found = differential_item_functioning(*draw(5, 2400, dif))
    assert not found.converged
    assert "did not settle" in str(found)


def test_chi_squares_and_r_squared_follow_from_the_log_likelihoods() -> None:
    answers, group = draw(6, 600)
    found = differential_item_functioning(answers, group, purify=False)
    none, score, groups, both = found.models[3].log_likelihoods
    assert found.chi_square_uniform[3] == pytest.approx(2 * (groups - score))
    assert found.chi_square_non_uniform[3] == pytest.approx(2 * (both - groups))
    assert found.df.tolist() == [2] * 8
    np.testing.assert_allclose(found.mcfadden[3], [1 - score / none, 1 - groups / none, 1 - both / none])
    cox = 1 - math.exp(2 * (none - both) / 600)
    assert found.nagelkerke[3, 2] == pytest.approx(cox / (1 - math.exp(2 * none / 600)))
    shares = np.unique(answers[:, 3], return_counts=True)[1]
    assert none == pytest.approx(float((shares * np.log(shares / 600)).sum()))


def test_sizes_are_those_of_the_published_rules() -> None:
    found = differential_item_functioning(*draw(7, 1200, (ItemShift("q2", "midwife", harder=1.2),)))
    change = found.nagelkerke[:, 2] - found.nagelkerke[:, 0]
    assert found.size[1] == "large"
    assert 0.07 <= change[1] < 0.26
    assert found.size_zumbo[1] == ("moderate" if change[1] >= 0.13 else "negligible")
    assert found.size[0] == "negligible"


def test_a_difference_may_be_asked_to_have_a_size() -> None:
    answers, group = draw(8, 3000, (ItemShift("q2", "midwife", harder=0.35),))
    assert differential_item_functioning(answers, group).flagged == ("item_2",)
    assert differential_item_functioning(answers, group, smallest_change=0.05).flagged == ()


def test_total_and_rest_are_means_of_answered_items_of_those_who_answered_half() -> None:
    answers, group = draw(9, 600)
    answers = answers.copy()
    answers[0, :5] = np.nan
    answers[1, 0] = np.nan
    total = differential_item_functioning(answers, group, purify=False)
    assert total.n_answered.tolist() == [598] * 1 + [599] * 4 + [599] * 3
    rest = differential_item_functioning(answers, group, purify=False, matching="rest")
    low, high = rest.models[7].score_range
    means = np.nanmean(answers[1:, :7], axis=1)
    assert (low, high) == (means.min(), means.max())


def test_small_groups_are_left_out_by_name() -> None:
    answers, group = draw(10, 600)
    group[:40] = ["independent"] * 40
    found = differential_item_functioning(answers, group)
    assert "independent" not in found.group
    assert "group independent left out: 40 respondents, too few to compare" in str(found)
    assert found.n_people.sum() == 560


def test_the_largest_group_is_the_reference_unless_another_is_named() -> None:
    answers, group = draw(11, 700)
    found = differential_item_functioning(answers, group, purify=False)
    assert found.reference == "nurse"
    np.testing.assert_array_equal(found.effects[:, found.group.index("nurse")], 0.0)
    other = differential_item_functioning(answers, group, purify=False, reference="midwife")
    np.testing.assert_allclose(
        other.effects[:, other.group.index("nurse")], -found.effects[:, found.group.index("midwife")], atol=1e-6
    )
    np.testing.assert_allclose(other.p_both, found.p_both, rtol=1e-6)


def test_a_scale_is_some_of_the_columns() -> None:
    answers, group = draw(12, 600)
    frame = pd.DataFrame(answers, columns=list("abcdefgh")).assign(i=1.0)
    found = differential_item_functioning(frame, pd.Series(group), ["h", "a", "c", "d"], purify=False)
    assert found.item_names == ("h", "a", "c", "d")
    assert list(found.to_frame().index) == ["h", "a", "c", "d"]
    same = differential_item_functioning(answers[:, [7, 0, 2, 3]], group, purify=False)
    np.testing.assert_array_equal(found.p_both, same.p_both)
    assert len(found.effect_table().rows) == 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"group": ["a"] * 300}, "at least two groups of 100 or more respondents needed; there are a 300"),
        ({"group": ["a"] * 200 + [None] * 100}, "100 people have no group: first in row 201"),
        ({"group": ["a"] * 200}, "300 people came with 200 groups"),
        ({"scale": ["item_1", "item_2", "item_3"]}, "at least 4 items needed, got 3"),
        ({"scale": ["item_1", "item_2", "item_3", "q9"]}, "the scale has item q9, which has no answers"),
        ({"reference": "nobody"}, "the reference group 'nobody' is none of the groups"),
        ({"matching": "sum", "alpha": 5}, "(?s)matching is .*alpha is a number between 0 and 1"),
    ],
)
def test_what_cannot_be_compared_is_named(change: dict[str, Any], said: str) -> None:
    answers, group = draw(13, 300)
    with pytest.raises(AnalysisError, match=said):
        differential_item_functioning(answers, **{"group": group, **change})


def test_items_without_spread_among_the_groups_compared_are_named() -> None:
    answers, group = draw(14, 600)
    answers = answers.copy()
    answers[:, 2], answers[:, 4] = 3.0, np.nan
    with pytest.raises(AnalysisError) as refused:
        differential_item_functioning(answers, group)
    assert refused.value.problems == ("item item_3 is constant: every answer is 3", "item item_5 has no answers")


def test_the_picture_has_a_line_for_each_group_at_its_expected_answers() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    found = differential_item_functioning(*draw(15, 1200, (ItemShift("q6", "midwife", harder=1.0),)))
    ax = found.plot()
    assert ax.get_title(loc="left") == "item_6"
    lines = dict(zip(found.group, ax.get_lines(), strict=True))
    assert (lines["midwife"].get_ydata() < lines["nurse"].get_ydata()).all()
    # The model's expected answers average to those given.
    model = found.models[5]
    assert 1.0 <= model.expected_answer(0, np.array([model.score_range[0]]))[0] < 3.0
    with pytest.raises(AnalysisError, match="there is no item q9"):
        found.plot(item="q9")
    pyplot.close("all")


def test_an_item_that_only_one_group_answered_is_not_called_negligible() -> None:
    answers, group = draw(5, 600)
    answers, of = np.array(answers), np.array(group)
    answers[of != "nurse", 0] = np.nan
    found = differential_item_functioning(answers, group)
    assert "item item_1 is not tested: fewer than two groups answered it" in found.notes
    assert found.table().rows[0][-2:] == ("not tested", "not tested")


def test_a_reference_that_did_not_answer_an_item_leaves_the_others_to_be_compared() -> None:
    dif = (ItemShift("q1", "midwife", harder=0.9),)
    answers, group = draw(6, 900, dif)
    answers, of = np.array(answers), np.array(group)
    answers[of == "nurse", 0] = np.nan
    found = differential_item_functioning(answers, group, reference="nurse")
    assert "item item_1: nothing is told of nurse, where nobody answered it" in found.notes
    assert found.df.tolist() == [1] + [2] * 7
    assert np.isnan(found.effects[0]).all()
    without = of != "nurse"
    alone = differential_item_functioning(answers[without], of[without].tolist(), purify=False)
    together = differential_item_functioning(answers, group, reference="nurse", purify=False)
    assert together.chi_square_uniform[0] == pytest.approx(alone.chi_square_uniform[0], rel=1e-6)
