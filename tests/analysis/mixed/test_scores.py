"""Adjusted unit scores."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import AnalysisError, MixedScores, mixed_scores, posterior_flags, unit_scores

Array = NDArray[np.float64]


def _data(seed: int = 1, n: int = 160) -> tuple[Array, dict[str, Any], dict[str, Any], list[str]]:
    rng = np.random.default_rng(seed)
    unit = np.concatenate([np.arange(16), rng.integers(0, 16, n - 16)])
    year = rng.integers(2023, 2026, n)
    group = np.array(["nurse", "doctor", "midwife"])[rng.integers(0, 3, n)]
    age = rng.normal(30, 5, n)
    y = 60 + 4 * rng.normal(size=16)[unit] + 3 * rng.normal(size=4)[unit % 4] + (group == "doctor") * -5 + 0.2 * age
    y = y + 8 * rng.normal(size=n)
    covariates = {"group": group.tolist(), "age": age}
    return y, covariates, {"provider": unit % 4, "year": year}, [f"W{place}" for place in unit]


def _fit(seed: int = 1) -> MixedScores:
    y, covariates, levels, unit = _data(seed)
    return mixed_scores(y, unit, covariates, levels)


def test_a_unit_is_not_blamed_for_its_case_mix() -> None:
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(30), 20)
    # Doctors score 10 lower, and the first ten units have mostly doctors.
    doctor = rng.random(600) < np.where(unit < 10, 0.9, 0.1)
    y = 70 - 10 * doctor + rng.normal(size=30)[unit] + 5 * rng.normal(size=600)
    found = mixed_scores(y, unit, {"group": np.where(doctor, "doctor", "nurse")})
    assert found.unadjusted.shrunken[:10].mean() < found.unadjusted.shrunken[10:].mean() - 5
    assert found.adjusted[:10].mean() == pytest.approx(found.adjusted[10:].mean(), abs=1.5)
    effects = dict(zip(found.fixed_effects.name, found.fixed_effects.estimate, strict=True))
    assert effects["group = doctor"] == pytest.approx(-10, abs=1.5)


def test_without_covariates_and_levels_it_gives_the_shrunken_scores_of_units() -> None:
    y, _, _, unit = _data()
    found, alone = mixed_scores(y, unit), unit_scores(y, unit)
    np.testing.assert_allclose(found.adjusted, alone.shrunken, rtol=1e-9)
    np.testing.assert_allclose(found.reliability, alone.reliability, rtol=1e-7)
    assert found.grand_mean == pytest.approx(alone.grand_mean, rel=1e-10)
    assert found.grand_mean_se == pytest.approx(alone.fit.grand_mean_se, rel=1e-7)
    assert found.unit == alone.unit
    np.testing.assert_array_equal(found.unadjusted.shrunken, alone.shrunken)


def test_a_small_unit_is_drawn_towards_its_provider_and_not_towards_all() -> None:
    rng = np.random.default_rng(3)
    unit = np.concatenate([np.repeat(np.arange(20), 15), [20]])
    provider = np.where(unit == 20, 0, unit % 5)
    y = 60 + 8.0 * np.array([-2, -1, 0, 1, 2])[provider] + 4 * rng.normal(size=21)[unit] + 6 * rng.normal(size=301)
    found = mixed_scores(y, unit, levels={"provider": provider})
    at = found.unit.index(20)
    of_provider = float(found.grand_mean + found.places[1].effect[0])
    assert abs(found.adjusted[at] - of_provider) < 0.4 * abs(found.adjusted[at] - found.grand_mean)
    alone = mixed_scores(y, unit, levels={"provider": provider}, part_of_score=())
    np.testing.assert_allclose(alone.adjusted, alone.grand_mean + alone.effect, rtol=1e-12)
    assert alone.part_of_score == ()
    assert found.part_of_score == ("provider",)


def test_scores_are_at_the_case_mix_and_in_the_years_of_all() -> None:
    found = _fit()
    y, covariates, _, _ = _data()
    effects = dict(zip(found.fixed_effects.name, found.fixed_effects.estimate, strict=True))
    group = np.array(covariates["group"])
    expected = effects["intercept"] + effects["age"] * np.mean(covariates["age"])
    for label in ("doctor", "midwife", "nurse"):
        expected += effects.get(f"group = {label}", 0.0) * np.mean(group == label)
    years = found.places[2]
    expected += float(years.n @ years.effect) / y.size
    assert found.grand_mean == pytest.approx(expected, rel=1e-12)


def test_a_unit_nobody_of_whom_is_used_gets_what_its_provider_says_and_a_wide_interval() -> None:
    y, covariates, levels, unit = _data()
    lost = np.array(unit) == "W5"
    found = mixed_scores(np.where(lost, np.nan, y), unit, covariates, levels)
    at = found.unit.index("W5")
    assert (found.n[at], found.effect[at]) == (0, 0.0)
    assert np.isnan(found.mean[at])
    provider = found.places[1]
    assert found.adjusted[at] == pytest.approx(found.grand_mean + provider.effect[provider.place.index(1)])
    width = np.diff(found.interval)[:, 0]
    assert width[at] == width.max()
    kept = [i for i in range(len(found.unit)) if i != at]
    others = mixed_scores(
        y[~lost],
        [label for label in unit if label != "W5"],
        {name: np.array(column)[~lost] for name, column in covariates.items()},
        {name: column[~lost] for name, column in levels.items()},
    )
    np.testing.assert_allclose(found.adjusted[kept], others.adjusted, rtol=1e-8)
    np.testing.assert_allclose(found.interval[kept], others.interval, atol=5e-3 * width.mean())


def test_who_is_left_out_is_said() -> None:
    y, covariates, levels, unit = _data()
    y[3] = np.nan
    covariates["group"][7] = None
    found = mixed_scores(y, unit, covariates, levels)
    assert (found.n_used, found.n_left_out) == (158, 2)
    assert found.notes[0] == "2 of 160 people left out: 1 lack a score, 1 lack group."
    assert "group: compared with" in str(found)
    assert found.n.sum() == 158


def test_levels_without_differences_are_said_and_leave_the_intervals_a_width() -> None:
    rng = np.random.default_rng(0)
    unit, y = np.repeat(np.arange(8), 10), rng.normal(50, 10, 80)
    y = y - np.array([y[unit == place].mean() for place in range(8)])[unit]
    found = mixed_scores(y, unit, levels={"year": np.tile([1, 2, 3, 4, 5], 16)})
    assert found.variances.variance[0] == 0.0
    assert not found.reliability.any()
    np.testing.assert_allclose(found.adjusted, found.grand_mean)
    assert (np.diff(found.interval) > 2.0).all()
    assert any("places of unit beyond chance" in note for note in found.notes)


# One far larger and one far smaller unit of the scores, each way round.
@pytest.mark.parametrize(("seed", "shift", "scale", "negative"), [(3, 800.0, 50.0, True), (11, -0.3, 0.02, False)])
def test_shift_scale_and_order_do_what_they_should(seed: int, shift: float, scale: float, negative: bool) -> None:
    y, covariates, levels, unit = _data(seed, 60)
    factor = -scale if negative else scale
    order = np.random.default_rng(seed).permutation(y.size)
    first = mixed_scores(y, unit, covariates, levels)
    second = mixed_scores(
        factor * y[order] + shift,
        [unit[place] for place in order],
        {name: np.array(column)[order] for name, column in covariates.items()},
        {name: column[order] for name, column in levels.items()},
        reference=dict(first.fixed_effects.reference),
    )
    place = [second.unit.index(label) for label in first.unit]
    np.testing.assert_allclose(second.adjusted[place], factor * first.adjusted + shift, rtol=1e-6, atol=1e-5 * scale)
    ends = factor * first.interval + shift
    ends = ends[:, ::-1] if negative else ends
    width = float(np.diff(first.interval).mean())
    # Where the nodes of the integral lie depends on where a search stopped.
    np.testing.assert_allclose(second.interval[place], ends, rtol=1e-6, atol=5e-3 * scale * width)
    np.testing.assert_allclose(second.reliability[place], first.reliability, atol=1e-5)


def test_coding_a_label_anew_changes_no_score() -> None:
    y, covariates, levels, unit = _data()
    first = mixed_scores(y, unit, covariates, levels, reference={"group": "nurse"})
    second = mixed_scores(y, unit, covariates, levels, reference={"group": "doctor"})
    np.testing.assert_allclose(second.adjusted, first.adjusted, rtol=1e-9)
    np.testing.assert_allclose(second.interval, first.interval, rtol=1e-5)


def test_labels_of_any_kind_may_name_a_place() -> None:
    y, covariates, levels, unit = _data()
    mixed: list[Any] = [(label, 1) if label < "W3" else label for label in unit]
    found = mixed_scores(y, mixed, covariates, levels)
    np.testing.assert_allclose(found.adjusted, _fit().adjusted, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"unit": ["a"] * 160}, "level unit has one place"),
        ({"unit": range(160)}, "each of the 160 places of level unit has one score"),
        ({"scores": np.full(160, 70.0)}, "every score is the same"),
        ({"covariates": {"a": np.arange(160.0), "b": 2 * np.arange(160.0)}}, "covariate b is a combination"),
        ({"ci": 95}, "the level of an interval"),
    ],
)
def test_it_says_why_nothing_can_be_estimated(change: dict[str, Any], problem: str) -> None:
    y, covariates, levels, unit = _data()
    asked: dict[str, Any] = {"scores": y, "unit": unit, "covariates": covariates, "levels": levels} | change
    with pytest.raises(AnalysisError, match=problem):
        mixed_scores(**asked)


def test_scores_that_covariates_explain_wholly_are_refused() -> None:
    x = np.arange(40.0)
    with pytest.raises(AnalysisError, match="the covariates explain every score"):
        mixed_scores(3 * x + 1, np.arange(40) % 5, {"x": x})


def test_its_arrays_cannot_be_changed_and_it_prints_its_table() -> None:
    found = _fit()
    for array in (found.n, found.mean, found.effect, found.adjusted, found.interval, found.reliability):
        assert not array.flags.writeable
    lines = str(found).splitlines()
    assert lines[0] == "Unit scores, adjusted"
    assert lines[1].split()[:5] == ["unit", "n", "mean", "shrunken", "adjusted"]
    assert str(found.places[1]).startswith("Effects of provider")
    with pytest.raises(AnalysisError, match="finite"):
        found.probability_below(np.nan)


def test_flags_may_be_raised_on_adjusted_scores() -> None:
    found = _fit()
    flags = posterior_flags(found, below=found.grand_mean, at_least=0.8)
    np.testing.assert_array_equal(flags.probability, found.probability_below(found.grand_mean))
    assert flags.flagged.any()
    # With four providers their spread, and so the bound of the lowest fifth, may be far out; with units alone it is known.
    y, covariates, _, unit = _data()
    alone = posterior_flags(mixed_scores(y, unit, covariates), lowest=0.2)
    assert alone.probability.mean() == pytest.approx(0.2, abs=0.06)
    assert posterior_flags(found, lowest=0.2).probability.mean() < alone.probability.mean()
