from typing import Any

import numpy as np
import pytest

from analysis import (
    AnalysisError,
    NotEstimated,
    ResponseModel,
    Retest,
    intraclass_correlation,
    retest_report,
    simulate_responses,
    weighted_kappa,
)
from analysis.item_responses import FloatArray
from analysis.validity.effect_size import GroupDifference

MODEL = ResponseModel.of(
    {"A": {"q1": 0.8, "q2": 0.7, "q3": 0.6}, "B": {"q4": 0.8, "q5": 0.7, "q6": 0.6}}, thresholds=[-1.5, -0.5, 0.5, 1.5]
)
SCALES = {"A": ["item_1", "item_2", "item_3"], "B": ["item_4", "item_5", "item_6"]}


def _both(n: int = 300, again: int = 200) -> tuple[FloatArray, FloatArray]:
    drawn = simulate_responses(MODEL, n, seed=3, retest=Retest(again, 0.9, 0.2))
    second = np.full((n, 6), np.nan)
    second[drawn.retest_rows] = drawn.retest_responses
    return np.array(drawn.responses), second


def test_only_stable_learners_are_analysed() -> None:
    first, second = _both()
    came = ~np.isnan(second).all(axis=1)
    stable = np.where(came, 1.0, np.nan)
    changed = np.flatnonzero(came)[:40]
    stable[changed[:30]] = 0.0
    stable[changed[30:]] = np.nan
    spoiled = second.copy()
    spoiled[changed] = 6 - spoiled[changed]
    report = retest_report(first, spoiled, scales=SCALES, stable=stable, days=None)
    assert (report.n_invited, report.n_took_part, report.n_declined) == (300, 200, 100)
    assert (report.n_changed, report.n_unknown, report.n) == (30, 10, 160)
    kept = came & (stable == 1)
    scores = [answers[kept][:, :3].mean(axis=1) for answers in (first, second)]
    expected = intraclass_correlation(np.column_stack(scores)).icc_a1.coefficient
    assert getattr(report.scales[0].icc, "icc_a1").coefficient == pytest.approx(expected)  # noqa: B009
    kappa = weighted_kappa(first[kept, 4], second[kept, 4]).coefficient
    assert getattr(report.items[4].kappa, "coefficient", None) == pytest.approx(kappa)


def test_it_says_that_nobody_was_asked_whether_it_changed() -> None:
    first, second = _both()
    report = retest_report(first, second, scales=SCALES, stable=None, days=None)
    assert report.n == 200
    assert "nobody was asked whether it has changed" in str(report)
    assert "days between the measurements are not known" in str(report)


def test_days_are_summed_up_over_those_who_are_analysed() -> None:
    first, second = _both(20, 10)
    days = np.full(20, np.nan)
    came = np.flatnonzero(~np.isnan(second).all(axis=1))
    days[came] = [9, 10, 14, 14, 15, 16, 21, 22, np.nan, 30]
    stable = np.ones(20)
    stable[came[9]] = 0
    report = retest_report(first, second, scales=SCALES, stable=stable, days=days)
    assert (report.days.n_known, report.days.shortest, report.days.longest, report.days.n_outside) == (8, 9, 22, 2)
    assert "days between: median 14.5, 9 to 22; 2 outside 10 to 21; not known for 1" in str(report)
    assert "fewer than 100 stable learners" in str(report)


def test_those_who_take_part_are_compared_with_those_who_decline() -> None:
    first, second = _both()
    content = first[:, :3].mean(axis=1) > np.median(first[:, :3].mean(axis=1))
    second[~content] = np.nan
    report = retest_report(first, second, scales=SCALES, stable=None, days=None)
    on_a, on_b = (row.difference for row in report.participation)
    assert isinstance(on_a, GroupDifference)
    assert isinstance(on_b, GroupDifference)
    assert on_a.interval.low > 0.5
    assert on_a.hedges_g > on_b.hedges_g
    assert "Who took part" in str(report.participation_table())


def test_nobody_declined_is_no_comparison() -> None:
    first, second = _both(50, 50)
    assert retest_report(first, second, scales=SCALES, stable=None, days=None).participation == ()


def test_a_scale_needs_half_of_its_answers() -> None:
    first, second = _both(60, 60)
    first[0, :2] = np.nan
    report = retest_report(first, second, scales=SCALES, stable=None, days=None)
    assert [getattr(scale.icc, "n", 0) for scale in report.scales] == [59, 60]
    with_any = retest_report(first, second, scales=SCALES, stable=None, days=None, minimum_answered=0)
    assert [getattr(scale.icc, "n", 0) for scale in with_any.scales] == [60, 60]


def test_an_item_or_scale_that_everybody_answers_alike_is_not_estimated_and_says_why() -> None:
    first, second = _both(60, 60)
    first[:, :3] = second[:, :3] = 5.0
    report = retest_report(first, second, scales=SCALES, stable=None, days=None)
    assert isinstance(report.items[0].kappa, NotEstimated)
    assert "item_1: every rating is the same" in str(report.item_table())
    assert isinstance(report.scales[0].icc, NotEstimated)
    assert "A: every rating is 5: there is no variance to take apart" in str(report)
    # A score that nobody moved by has an error of nought all the same.
    assert report.to_frame().loc["A", "SEM"] == 0
    assert np.isnan(report.to_frame().loc["A", "ICC(A,1)"])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"scales": {}}, "at least one scale needed"),
        ({"scales": {"A": ["item_1", "item_9"]}}, "scale A has items without answers: item_9"),
        ({"scales": {"A": []}}, "scale A has no items"),
        ({"stable": [1, 1]}, "stable has 2 values for 20 learners"),
        ({"stable": [2] * 20}, r"stable is True \(1\), False \(0\) or missing"),
        ({"stable": ["yes"] * 20}, "stable is True, False or missing"),
        ({"stable": [0] * 20}, "at least 3 stable learners with both measurements needed, got 0"),
        ({"days": [14]}, r"days has shape \(1,\) for 20 learners"),
        ({"days": [-1] * 20}, "days between the measurements cannot be negative"),
        ({"days": ["soon"] * 20}, "days must be numbers"),
        ({"window": (21, 10)}, "window is the fewest and the most days"),
        ({"minimum_answered": 2}, "minimum_answered is a share"),
        ({"second": [[1, 2]]}, r"shapes \(20, 6\) and \(1, 2\)"),
        ({"second": [[1, 2.5]]}, "second measurement: item item_2 has 1 value that is not a whole number"),
    ],
)
def test_it_names_what_does_not_fit(changes: dict[str, Any], problem: str) -> None:
    first, second = _both(20, 20)
    given: dict[str, Any] = {"first": first, "second": second, "scales": SCALES, "stable": None, "days": None}
    with pytest.raises(AnalysisError, match=problem):
        retest_report(**(given | changes))


def test_all_problems_are_told_at_once() -> None:
    first, second = _both(20, 20)
    with pytest.raises(AnalysisError) as caught:
        retest_report(first, second, scales={"A": ["x"]}, stable=[1], days=[1], window=(3, 1))
    assert len(caught.value.problems) == 4
