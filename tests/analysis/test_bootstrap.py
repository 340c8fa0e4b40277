"""Bootstrap intervals against brute force: the rows of every resample, copied."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    UnitMoments,
    alpha_from_covariance,
    bootstrap,
    bootstrap_interval,
    bootstrap_intervals,
    cronbach_alpha,
    omega_from_covariance,
)
from analysis.item_responses import FloatArray

BRUTE_FORCE = 1e-10


def _answers(n: int, seed: int = 2, p: int = 4, missing: float = 0.08) -> FloatArray:
    rng = np.random.default_rng(seed)
    difficulty = np.linspace(2.2, 4.4, p)  # items whose means round to different whole numbers
    answers = np.clip(np.round(difficulty + rng.standard_normal((n, 1)) + rng.standard_normal((n, p))), 1, 5)
    answers[rng.random(answers.shape) < missing] = math.nan
    return answers


def _draws(n: int, n_resamples: int, seed: int, block: int) -> list[NDArray[np.intp]]:
    """Draw as the procedure says: how many of the n fall into each block, and which of the block each of them is."""
    rng = np.random.default_rng(seed)
    sizes = [min(block, n - start) for start in range(0, n, block)]
    shares = rng.multinomial(n, np.array(sizes) / n, size=n_resamples)
    drawn: list[list[NDArray[np.intp]]] = [[] for _ in range(n_resamples)]
    for place, size in enumerate(sizes):
        of_block = rng.integers(0, size, shares[:, place].sum())
        for own, part in zip(drawn, np.split(of_block, np.cumsum(shares[:, place])[:-1]), strict=True):
            own.append(place * block + part)
    return [np.concatenate(parts) for parts in drawn]


def _interval_of_copies(samples: list[FloatArray], missing: str) -> tuple[float, float]:
    alphas = []
    for rows in samples:
        frame = pd.DataFrame(rows)
        if missing == "listwise":
            frame = frame.dropna()
        covariance = frame.cov().to_numpy()  # pandas: pairwise complete
        p = len(covariance)
        alphas.append(p / (p - 1) * (1 - np.trace(covariance) / covariance.sum()))
    low, high = np.quantile(alphas, [0.025, 0.975])
    return float(low), float(high)


def _chosen(answers: FloatArray, missing: str) -> FloatArray:
    """The rows that are drawn from."""
    used = ~np.isnan(answers).any(axis=1) if missing == "listwise" else ~np.isnan(answers).all(axis=1)
    return answers[used]


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
@pytest.mark.parametrize("block", [2048, 37])
@pytest.mark.parametrize("scale", [1.0, 0.1])
@pytest.mark.parametrize("share", [0.08, 0.0])
def test_respondents_resampled_give_what_copied_rows_give(
    missing: Any, block: int, scale: float, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Scaled by a tenth the answers are no whole numbers, and their moments are summed as floats.
    answers = _answers(120, missing=share) * scale
    answers[5] = math.nan
    monkeypatch.setattr(bootstrap, "_BLOCK", block)
    found = bootstrap_interval(alpha_from_covariance, answers, n_resamples=150, seed=9, missing=missing)
    rows = _chosen(answers, missing)
    expected = _interval_of_copies([rows[draw] for draw in _draws(len(rows), 150, 9, block)], missing)
    assert (found.low, found.high) == pytest.approx(expected, rel=BRUTE_FORCE)


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
@pytest.mark.parametrize("block", [2048, 7])
@pytest.mark.parametrize("share", [0.08, 0.0])
def test_units_resampled_give_what_copied_rows_of_units_give(
    missing: Any, block: int, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = _answers(300, missing=share)
    unit = np.random.default_rng(4).integers(0, 25, 300)
    monkeypatch.setattr(bootstrap, "_BLOCK", block)
    found = bootstrap_interval(alpha_from_covariance, answers, unit=unit, n_resamples=150, seed=9, missing=missing)
    labels = list(dict.fromkeys(unit.tolist()))
    samples = [
        np.concatenate([answers[unit == labels[place]] for place in draw])
        for draw in _draws(len(labels), 150, 9, block)
    ]
    assert (found.low, found.high) == pytest.approx(_interval_of_copies(samples, missing), rel=BRUTE_FORCE)


def test_the_spread_over_resamples_is_the_standard_error_of_normal_answers() -> None:
    rng = np.random.default_rng(6)
    answers = rng.standard_normal((400, 1)) + rng.standard_normal((400, 5))
    alpha = cronbach_alpha(answers)
    found = bootstrap_interval(alpha_from_covariance, answers, n_resamples=4000)
    width = 2 * 1.96 * alpha.standard_error
    # Quantiles of 4,000 draws are off by some 3 %, the standard error of 400 rows by some 5 %: four times both together.
    assert found.high - found.low == pytest.approx(width, rel=0.24)
    assert alpha.coefficient in found


def test_learners_who_resemble_each_other_make_the_interval_wider() -> None:
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(40), 25)
    of_ward = 1.5 * rng.standard_normal(40)[unit]
    answers = of_ward[:, None] + rng.standard_normal((1000, 1)) + 2 * rng.standard_normal((1000, 4))
    whole = np.clip(np.round(60 + 8 * answers), 1, 120)
    alone = bootstrap_interval(alpha_from_covariance, whole)
    together = bootstrap_interval(alpha_from_covariance, whole, unit=unit)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_a_function_of_one_matrix_serves_as_well_as_one_of_a_stack() -> None:
    answers = _answers(80)
    of_stack = bootstrap_interval(alpha_from_covariance, answers, n_resamples=100)
    of_each = bootstrap_interval(lambda each: [alpha_from_covariance(c) for c in each], answers, n_resamples=100)
    assert of_each == of_stack


def test_statistics_of_the_same_resamples_are_those_of_each_alone() -> None:
    answers = _answers(80)
    together = bootstrap_intervals(
        {"alpha": alpha_from_covariance, "omega": omega_from_covariance}, answers, n_resamples=100, seed=3
    )
    for name, statistic in (("alpha", alpha_from_covariance), ("omega", omega_from_covariance)):
        assert together[name] == bootstrap_interval(statistic, answers, n_resamples=100, seed=3)
    assert together["alpha"] != together["omega"]


def test_the_same_seed_gives_the_same_interval_and_another_another() -> None:
    answers = _answers(80)
    found = [bootstrap_interval(alpha_from_covariance, answers, n_resamples=100, seed=seed) for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]


def test_a_wider_level_holds_the_narrower_interval() -> None:
    answers = _answers(80)
    narrow, wide = (bootstrap_interval(alpha_from_covariance, answers, ci=level) for level in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high
    assert (narrow.level, wide.level) == (0.8, 0.99)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"n_resamples": 99}, "n_resamples is a whole number from 100 to 1000000, not 99"),
        ({"ci": 95}, "share between 0 and 1"),
        ({"missing": "fiml"}, 'missing is "pairwise" or "listwise"'),
        ({"unit": ["Oak"] * 60}, "at least 2 units are needed to resample them, got 1"),
        ({"unit": ["Oak"] * 3}, "60 people came with 3 units"),
        ({"unit": ["Oak"] * 59 + [None]}, "1 person has no unit: first in row 60"),
        ({"item_responses": [[1, 2], [2, 3]]}, "at least 3 respondents with an answer needed, got 2"),
        ({"item_responses": [[1], [2], [3]]}, "at least 2 items needed, got 1"),
        ({"item_responses": iter([[[1, 2]]])}, "the answers themselves are needed here, not an iterator"),
        ({"statistic": lambda matrices: 0.5}, r"the statistic gave \(.*\) numbers for 2000 covariance matrices"),
        ({"statistic": lambda matrices: [math.nan] * len(matrices)}, "undefined in 2000 of 2000 resamples"),
    ],
)
def test_it_says_why_there_is_no_interval(changes: dict[str, Any], problem: str) -> None:
    given: dict[str, Any] = {"statistic": alpha_from_covariance, "item_responses": _answers(60)}
    with pytest.raises(AnalysisError, match=problem):
        bootstrap_interval(**(given | changes))


def test_an_item_that_becomes_constant_in_a_resample_is_said_to() -> None:
    answers = np.array([[1, 2, 2], [2, 1, 1], [2, 3, 2], [2, 2, 3]])
    with pytest.raises(AnalysisError, match=r"undefined in [0-9]+ of 200 resamples, as it is where an item becomes"):
        bootstrap_interval(lambda each: alpha_from_covariance(_standardized(each)), answers, n_resamples=200)


def test_moments_by_unit_name_their_units_and_keep_no_rows() -> None:
    state = UnitMoments.from_responses(_answers(60), np.arange(60) % 6)
    with pytest.raises(AnalysisError, match="moments by unit already name their units"):
        bootstrap_interval(alpha_from_covariance, state, unit=np.arange(60) % 6)
    with pytest.raises(AnalysisError, match='make them with missing="listwise"'):
        bootstrap_interval(alpha_from_covariance, state, missing="listwise")


def _standardized(matrices: FloatArray) -> FloatArray:
    deviations = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(matrices / (deviations[:, :, None] * deviations[:, None, :]))


def test_a_function_of_answers_is_told_from_one_of_covariances() -> None:
    with pytest.raises(AnalysisError) as raised:
        bootstrap_interval(cronbach_alpha, [[1, 2], [2, 3], [3, 1]])  # type: ignore[arg-type]
    assert raised.value.problems == (
        "statistic takes covariance matrices, as alpha_from_covariance does; cronbach_alpha takes answers",
    )
