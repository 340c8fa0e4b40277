"""Case-mix from cells gives what the mixed model of people gives, whatever labels hang together, and recovers the truth."""

from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError, CaseMixCells, CaseMixScores, case_mix_scores, mixed_scores, unit_scores

REFUSED = [
    ({"n": [1, 2]}, "2 cells|cells came with"),
    ({"total": [300.0, 100.0, 200.0, 300.0]}, "every score is the same"),
    ({"n": [1, 0, 1, 0], "total": [70.0, 0.0, 40.0, 0.0]}, "two units with scores, and one with two"),
    ({"sum_of_squares": -1.0}, "sum_of_squares"),
    ({"ci": 95}, "0.95|between 0 and 1"),
]


def survey(n: int, units: int, seed: int) -> tuple[np.ndarray[Any, Any], ...]:
    """Scores, units, groups and levels of people, in which group g scores 3 g points more and some units have most of one."""
    chance = np.random.default_rng(seed)
    unit = chance.choice(units, n, p=chance.dirichlet(np.full(units, 1.5)))
    group = (unit + chance.integers(0, 3, n)) % 5
    level = chance.integers(0, 3, n)
    true = chance.normal(0, 6, units)
    score = 70 + true[unit] + 3.0 * group - 2.0 * level + chance.normal(0, 15, n)
    return score, unit, group, level, true


def from_people(score: Any, unit: Any, covariates: dict[str, Any], **options: Any) -> CaseMixScores:
    labels = {name: list(map(str, column)) for name, column in covariates.items()}
    cells = CaseMixCells.of(unit.tolist(), labels)
    return case_mix_scores(cells, np.ones(len(score)), score, float((score**2).sum()), **options)


@pytest.mark.parametrize("size", [(150, 8), (900, 60)], ids=["small", "large"])
def test_it_is_the_mixed_model_of_people(size: tuple[int, int]) -> None:
    score, unit, group, level, _ = survey(*size, seed=4)
    found = from_people(score, unit, {"group": group, "level": level})
    model = mixed_scores(score, unit, {"group": list(map(str, group)), "level": list(map(str, level))})
    assert found.unit == model.unit
    np.testing.assert_allclose(found.adjusted, model.adjusted, rtol=1e-9)
    np.testing.assert_allclose(found.reliability, model.reliability, atol=1e-9)
    assert found.log_likelihood == pytest.approx(model.log_likelihood, rel=1e-12)
    # The same integral over the variance, by 24 nodes here and by 11 that leave out the tails there.
    width = np.diff(found.interval, axis=1)
    assert (np.abs(found.interval - model.interval) < 0.015 * width).all()


def test_without_covariates_it_is_unit_scores() -> None:
    score, unit, *_ = survey(300, 20, seed=5)
    found, alone = from_people(score, unit, {}), unit_scores(score, unit.tolist())
    np.testing.assert_allclose(found.adjusted, alone.shrunken, rtol=1e-10)
    np.testing.assert_allclose(found.adjusted_mean, alone.mean, rtol=1e-12)
    np.testing.assert_allclose(found.interval, alone.shrunken_interval, rtol=1e-8)
    np.testing.assert_allclose(found.probability_below(70.0), alone.probability_below(70.0), atol=1e-9)
    np.testing.assert_allclose(found.probability_in_lowest(0.1), alone.probability_in_lowest(0.1), atol=1e-9)


def test_people_gathered_in_cells_give_what_they_give_one_by_one() -> None:
    score, unit, group, level, _ = survey(500, 15, seed=6)
    one_by_one = from_people(score, unit, {"group": group, "level": level})
    gathered: dict[tuple[int, str, str], list[float]] = {}
    for value, *cell in zip(score.tolist(), unit.tolist(), map(str, group), map(str, level), strict=True):
        gathered.setdefault(tuple(cell), []).append(value)
    units, groups, levels = zip(*gathered, strict=True)
    cells = CaseMixCells.of(units, {"group": groups, "level": levels})
    values = list(gathered.values())
    found = case_mix_scores(cells, list(map(len, values)), list(map(sum, values)), float((score**2).sum()))
    np.testing.assert_allclose(found.adjusted, one_by_one.adjusted, rtol=1e-10)


def test_labels_that_follow_from_others_change_nothing() -> None:
    score, unit, group, level, _ = survey(500, 15, seed=7)
    found = from_people(score, unit, {"group": group, "level": level})
    paid = np.where(group == 2, "bursary", "none")
    more = from_people(score, unit, {"group": group, "paid": paid, "level": level})
    np.testing.assert_allclose(more.adjusted, found.adjusted, rtol=1e-10)
    assert len(more.effect) == len(found.effect)


def test_an_adjusted_mean_is_nearer_the_truth_than_the_mean_where_units_differ_in_their_learners() -> None:
    score, unit, group, level, true = survey(20_000, 40, seed=8)
    found = from_people(score, unit, {"group": group, "level": level})
    at = np.array(found.unit, dtype=int)
    truth = true[at] - true.mean()

    def error(means: Any) -> float:
        return float(np.sqrt(np.mean((means - means.mean() - truth) ** 2)))

    assert error(found.adjusted_mean) < 0.75 * error(found.mean)
    effects = {str(label): value for name, label, value in found.effect if name == "group"}
    (reference,) = set("01234") - effects.keys()
    for label, value in effects.items():
        assert value == pytest.approx(3.0 * (int(label) - int(reference)), abs=1.2)


def test_where_units_do_not_differ_nothing_is_said_of_them_but_the_grand_mean() -> None:
    score = np.array([60.0, 80.0] * 12)
    unit = np.repeat(np.arange(6), 4)
    found = from_people(score, unit, {"group": np.tile([0, 0, 1, 1], 6)})
    assert found.tau2 == 0
    np.testing.assert_allclose(found.adjusted, 70.0)
    assert (found.interval[:, 1] > found.interval[:, 0]).all()


def test_a_unit_without_scores_gets_the_grand_mean_and_no_mean_of_its_own() -> None:
    cells = CaseMixCells.of(["Elm", "Elm", "Oak", "Ash"], {"group": ["a", "b", "a", "b"]})
    found = case_mix_scores(cells, [3, 2, 4, 0], [200.0, 150.0, 240.0, 0.0], 40_000.0)
    assert np.isnan(found.mean[2])
    assert found.adjusted[2] == pytest.approx(found.grand_mean)


@pytest.mark.parametrize(("changes", "told"), REFUSED, ids=["shapes", "alike", "one a unit", "squares", "level"])
def test_it_says_what_cannot_be_scored(changes: dict[str, Any], told: str) -> None:
    cells = CaseMixCells.of(["Elm", "Elm", "Oak", "Oak"], {"group": ["a", "b", "a", "b"]})
    given: dict[str, Any] = {"n": [3, 1, 2, 3], "total": [200.0, 90.0, 100.0, 150.0], "sum_of_squares": 90_000.0}
    with pytest.raises(AnalysisError, match=told):
        case_mix_scores(cells, **{**given, **changes})


def test_cells_name_what_is_missing() -> None:
    with pytest.raises(AnalysisError, match="covariate group"):
        CaseMixCells.of(["Elm", "Oak"], {"group": ["a", None]})


def test_scores_that_the_labels_explain_leave_nothing_to_take_apart() -> None:
    with pytest.raises(AnalysisError, match="explain every score"):
        from_people(np.array([1.0, 2.0] * 6), np.repeat(np.arange(3), 4), {"group": np.tile([0, 1], 6)})


def test_it_prints_a_row_a_unit() -> None:
    score, unit, group, level, _ = survey(150, 8, seed=4)
    printed = str(from_people(score, unit, {"group": group, "level": level}))
    assert printed.startswith("Unit scores, adjusted for case-mix")
    assert len(printed.splitlines()) == 8 + 3
