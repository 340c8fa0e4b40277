"""Units made of parts: what a mean over parts is worth, and how it is told from others."""

import numpy as np
import pytest

from analysis import AnalysisError, ScoreSums, nested_unit_scores, part_sums, unit_scores


def simulated(
    seed: int, parts: list[int], size: int, *, between: float, omega: float, sigma: float
) -> tuple[ScoreSums, list[int], np.ndarray]:
    """Units of so many parts of ``size`` people on average; sums of the parts, the unit of each, and the units' truth."""
    chance = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(parts)), parts)
    truth = 70 + chance.normal(0, between, len(parts))
    n = 1 + chance.poisson(size - 1, unit.size)
    mean = truth[unit] + chance.normal(0, omega, unit.size)
    part = np.repeat(np.arange(unit.size), n)
    return ScoreSums.from_scores(mean[part] + chance.normal(0, sigma, part.size), part), unit.tolist(), truth


def test_parts_of_one_each_make_the_same_of_their_units_as_people_do_where_parts_do_not_differ() -> None:
    sums, unit, _ = simulated(1, [4] * 12, 8, between=5, omega=0, sigma=15)
    found = part_sums(sums, unit)
    if found.between_parts == 0:
        assert found.worth.tolist() == pytest.approx(found.n.tolist())
    assert (found.worth <= found.n * (1 + 1e-12)).all()


def test_many_people_in_few_parts_are_worth_less_than_in_many() -> None:
    sums, unit, _ = simulated(2, [2] * 10 + [20] * 10, 10, between=4, omega=8, sigma=15)
    found = part_sums(sums, unit)
    each = found.worth / found.n
    assert each[:10].max() < 0.5
    assert found.worth[:10].max() < found.worth[10:].min()
    few, many = found.worth[:10] / found.n_parts[:10], found.worth[10:] / found.n_parts[10:]
    # However many people a part has, it is worth no more than (omega2 + sigma2) / omega2 of them.
    most = (found.between_parts + found.within_parts) / found.between_parts
    assert max(few.max(), many.max()) <= most


def test_the_interval_of_a_mean_covers_the_unit_and_not_only_the_parts_that_were_met() -> None:
    covered, naive = [], []
    for seed in range(120):
        sums, unit, truth = simulated(seed, [3, 5, 8, 4, 6, 10, 3, 7], 12, between=4, omega=6, sigma=15)
        found = part_sums(sums, unit)
        low, high = found.interval().T
        covered += ((low <= truth) & (truth <= high)).tolist()
        half = 1.96 * found.sd / np.sqrt(found.n)
        naive += (abs(found.mean - truth) <= half).tolist()
    assert 0.92 < np.mean(covered) < 0.98
    assert np.mean(naive) < 0.8


def test_shrunken_scores_cover_the_truth_and_lie_nearer_to_it_than_the_means() -> None:
    covered, shrunken, plain, learners = [], [], [], []
    for seed in range(60):
        sums, unit, truth = simulated(seed, [2, 3, 5, 9] * 6, 12, between=3, omega=6, sigma=15)
        found = nested_unit_scores(sums, unit)
        low, high = found.shrunken_interval.T
        covered += ((low <= truth) & (truth <= high)).tolist()
        shrunken.append(((found.shrunken - truth) ** 2).mean())
        plain.append(((found.mean - truth) ** 2).mean())
        by_people = unit_scores(ScoreSums.from_sums(found.unit, part_sums(sums, unit).n, *_raw(sums, unit)))
        learners.append(((by_people.shrunken - truth) ** 2).mean())
    assert 0.92 < np.mean(covered) < 0.98
    assert np.mean(shrunken) < 0.9 * np.mean(plain)
    assert np.mean(shrunken) < np.mean(learners)


def _raw(sums: ScoreSums, unit: list[int]) -> tuple[np.ndarray, np.ndarray]:
    total = np.bincount(unit, weights=sums.n * sums.mean)
    return total, np.bincount(unit, weights=sums.squares + sums.n * sums.mean**2)


def test_a_unit_of_one_part_is_as_uncertain_as_its_part() -> None:
    sums, unit, _ = simulated(5, [1, 4, 4, 4, 4], 10, between=4, omega=6, sigma=15)
    found = part_sums(sums, unit)
    assert found.variance[0] == pytest.approx(found.between_parts + found.within_parts / found.n[0])


def test_empty_parts_and_units_are_left_out() -> None:
    sums = ScoreSums.from_sums(["a", "b", "c", "d"], [2, 0, 3, 0], [100, 0, 200, 0], [5100, 0, 13500, 0])
    found = part_sums(sums, ["Elm", "Elm", "Oak", "Ash"])
    assert found.unit == ("Elm", "Oak")
    assert found.n_parts.tolist() == [1, 1]


def test_one_part_a_unit_leaves_nothing_between_parts() -> None:
    sums = ScoreSums.from_scores([70, 80, 90, 50, 40, 60], [1, 1, 1, 2, 2, 2])
    found = part_sums(sums, ["Elm", "Oak"])
    assert (found.between_parts, found.within_parts) == (0.0, 100.0)
    nested, plain = nested_unit_scores(sums, ["Elm", "Oak"]), unit_scores(sums)
    assert nested.shrunken.tolist() == pytest.approx(plain.shrunken.tolist())
    assert nested.shrunken_interval == pytest.approx(plain.shrunken_interval)


@pytest.mark.parametrize(
    ("sums", "unit", "message"),
    [
        (ScoreSums.from_scores([70, 80], [1, 2]), ["Elm", "Oak"], "parts cannot be told from people"),
        (ScoreSums.from_scores([70, 70, 80, 80], [1, 1, 2, 2]), ["Elm", "Oak"], "parts cannot be told from people"),
        (ScoreSums.from_scores([70, 80, 80, 90], [1, 1, 2, 2]), ["Elm"], "2 parts came with 1 units"),
        (
            ScoreSums.from_scores([70, 80, 80, 90], [1, 1, 2, 2]),
            ["Elm", "Elm"],
            "at least two units with scores; there is 1",
        ),
        (ScoreSums.from_scores([70, 80, 80, 90], [1, 1, 2, 2]), None, "parts need `unit`"),
    ],
)
def test_what_cannot_be_scored_is_said(sums: ScoreSums, unit: list[str] | None, message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        nested_unit_scores(sums, unit)


def test_sums_of_parts_can_be_given_in_the_place_of_parts() -> None:
    sums, unit, _ = simulated(6, [3] * 6, 8, between=4, omega=6, sigma=15)
    added = part_sums(sums, unit)
    assert nested_unit_scores(added).shrunken.tolist() == nested_unit_scores(sums, unit).shrunken.tolist()
    with pytest.raises(AnalysisError, match="already name their units"):
        nested_unit_scores(added, unit)
    without = nested_unit_scores(added, intervals=False)
    assert np.isnan(without.shrunken_interval).all()
    assert without.shrunken.tolist() == nested_unit_scores(added).shrunken.tolist()
