"""Groups that cannot be compared as they are, and what the caller may have done about it."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, measurement_invariance

Draw = Callable[..., pd.DataFrame]
Model = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def sparse(draw: Draw) -> pd.DataFrame:
    """Three groups, in one of which nobody answered 1 to q2, nor 4 to q5."""
    frame = draw(900, 21, groups=("nurse", "midwife", "prefer not to say"))
    quiet = frame["group"] == "prefer not to say"
    frame.loc[quiet & (frame["q2"] == 1), "q2"] = 2
    frame.loc[quiet & (frame["q5"] == 4), "q5"] = 3
    return frame


def test_empty_categories_are_refused_and_all_named(sparse: pd.DataFrame, two_factors: Model) -> None:
    with pytest.raises(AnalysisError) as caught:
        measurement_invariance(two_factors, sparse, "group")
    assert [problem.split(",")[0] for problem in caught.value.problems] == [
        "nobody in group prefer not to say answered 1 to q2",
        "nobody in group prefer not to say answered 4 to q5",
    ]


def test_empty_categories_are_joined_with_a_neighbour_in_all_groups(sparse: pd.DataFrame, two_factors: Model) -> None:
    found = measurement_invariance(two_factors, sparse, "group", empty_categories="collapse")
    assert "answers 1 and 2 to q2 were joined: not every group used each" in found.notes
    assert "answers 3 and 4 to q5 were joined: not every group used each" in found.notes
    by_hand = sparse.assign(q2=np.maximum(sparse["q2"], 2), q5=np.minimum(sparse["q5"], 3))
    same = measurement_invariance(two_factors, by_hand, "group")
    assert [step.fit.fit for step in found.steps] == [step.fit.fit for step in same.steps]
    assert not any("nobody answered" in note for note in found.notes)


def test_an_inner_category_is_joined_with_the_neighbour_that_fewer_chose(draw: Draw, two_factors: Model) -> None:
    frame = draw(900, 22)
    frame.loc[(frame["group"] == "midwife") & (frame["q1"] == 2), "q1"] = 3
    counts = frame["q1"].value_counts()
    assert counts[1] < counts[3]
    found = measurement_invariance(two_factors, frame, "group", empty_categories="collapse")
    assert "answers 1 and 2 to q1 were joined: not every group used each" in found.notes


def test_categories_that_nobody_chose_are_told_as_they_were_given(draw: Draw, two_factors: Model) -> None:
    frame = draw(600, 23)
    frame["q3"] = frame["q3"].replace({4: 5})
    frame.loc[(frame["group"] == "midwife") & (frame["q1"] == 1), "q1"] = 2
    found = measurement_invariance(two_factors, frame, "group", empty_categories="collapse")
    notes = [note for note in found.notes if "q3" in note or "q1" in note]
    assert notes[:2] == ["nobody answered 5 to q1", "answers 1 and 2 to q1 were joined: not every group used each"]
    assert "nobody answered 4 to q3" in notes


def test_items_with_empty_categories_may_be_left_out(sparse: pd.DataFrame) -> None:
    found = measurement_invariance(
        {"All": ["q1", "q2", "q3", "q4", "q5", "q6"]}, sparse, "group", empty_categories="drop items"
    )
    assert found.steps[0].fit.item_names == ("q1", "q3", "q4", "q6")
    assert "q2 was left out: nobody in group prefer not to say answered 1 to q2" in found.notes
    same = measurement_invariance({"All": ["q1", "q3", "q4", "q6"]}, sparse, "group")
    assert found.steps[-1].fit.fit == same.steps[-1].fit.fit
    with pytest.raises(AnalysisError, match="factor Only has no items left"):
        measurement_invariance(
            {"Team": ["q1", "q3", "q4"], "Only": ["q2", "q5"]}, sparse, "group", empty_categories="drop items"
        )


def test_groups_with_empty_categories_may_be_left_out(sparse: pd.DataFrame, two_factors: Model) -> None:
    found = measurement_invariance(two_factors, sparse, "group", empty_categories="drop groups")
    assert (found.groups, found.n) == (("nurse", "midwife"), 600)
    assert "group prefer not to say was left out: nobody in it answered 1 to q2, 4 to q5" in found.notes
    two = sparse[sparse["group"] != "nurse"]
    with pytest.raises(AnalysisError, match="compares groups, and the only group is midwife"):
        measurement_invariance(two_factors, two, "group", empty_categories="drop groups")


@pytest.mark.parametrize("estimator", ["ML", "MLR", "WLSMV"])
def test_a_group_of_eight_is_refused_or_left_out(draw: Draw, two_factors: Model, estimator: str) -> None:
    frame = draw(608, 24)
    frame["group"] = ["prefer not to say" if row >= 600 else group for row, group in enumerate(frame["group"])]
    with pytest.raises(AnalysisError, match="group prefer not to say has 8 respondents: at least 20 are needed"):
        measurement_invariance(two_factors, frame, "group", estimator)  # type: ignore[arg-type]
    found = measurement_invariance(two_factors, frame, "group", estimator, small_groups="drop")  # type: ignore[arg-type]
    assert "group prefer not to say has 8 respondents, fewer than 20, and was left out" in found.notes
    assert (found.groups, found.n) == (("nurse", "midwife"), 600)
    same = measurement_invariance(two_factors, frame[:600], "group", estimator)  # type: ignore[arg-type]
    assert found.steps[-1].fit.fit == same.steps[-1].fit.fit


def test_a_small_group_is_told_to_show_little(draw: Draw, two_factors: Model) -> None:
    frame = draw(400, 25)
    frame["group"] = ["other" if row < 90 else "nurse" for row in range(400)]
    found = measurement_invariance(two_factors, frame, "group", "ML")
    assert (
        "group other has 90 respondents: with 100 or fewer in a group, tests of invariance find little" in found.notes
    )


def test_leaving_out_a_group_leaves_out_its_clusters(draw: Draw, two_factors: Model) -> None:
    frame = draw(608, 26).assign(team=[f"T{row // 8}" for row in range(608)])
    frame["group"] = ["other" if row >= 600 else group for row, group in enumerate(frame["group"])]
    found = measurement_invariance(two_factors, frame, "group", "MLR", cluster="team", small_groups="drop")
    assert "standard errors and tests for respondents in 75 clusters" in found.notes


def test_listwise_looks_for_categories_among_those_who_answered_everything(draw: Draw, two_factors: Model) -> None:
    frame = draw(600, 27).astype({f"q{item}": float for item in range(1, 7)})
    alone = frame.index[frame["group"] == "midwife"]
    rare = [row for row in alone if frame.loc[row, "q1"] == 1]
    frame.loc[rare, "q6"] = np.nan
    with pytest.raises(AnalysisError, match="nobody in group midwife answered 1 to q1"):
        measurement_invariance(two_factors, frame, "group", missing="listwise")
    assert measurement_invariance(two_factors, frame, "group").n == 600
