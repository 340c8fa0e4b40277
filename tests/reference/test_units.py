"""Unit reliability and unit scores against multilevel, nlme and lme4 in R, from the sums of each unit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import ScoreSums, UnitScores, unit_reliability, unit_scores

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/multilevel__icc1_icc2_eb.json").read_text())["result"]
SUMS: dict[str, Any] = json.loads((FOLDER / "moments/unit_sums.json").read_text())["result"]

# lmer stops when its deviance hardly changes, which leaves tau2 some 1e-5 from the maximum.
LMER = 1e-4


def _sums(name: str) -> ScoreSums:
    found = SUMS[name]
    return ScoreSums.from_sums(found["unit"], found["n"], found["total"], found["sum_of_squares"])


def _in_order_of(scores: UnitScores, labels: list[str]) -> list[int]:
    return [scores.unit.index(label) for label in labels]


every_set = pytest.mark.parametrize("name", EXPECTED)


@every_set
@pytest.mark.parametrize(
    ("cell", "attribute"),
    [
        ("groups", "n_units"),
        ("n", "n"),
        ("n0", "n0"),
        ("mean_size", "mean_size"),
    ],
)
def test_it_counts_as_r_does(name: str, cell: str, attribute: str) -> None:
    assert getattr(unit_reliability(_sums(name)), attribute) == pytest.approx(EXPECTED[name][cell], rel=1e-12)


@every_set
@pytest.mark.parametrize(
    ("cell", "attribute"),
    [
        ("MSB", "ms_between"),
        ("MSW", "ms_within"),
        ("F", "f"),
        ("p", "p"),
        ("multilevel_ICC1", "icc1_mean_size"),
        ("multilevel_ICC2", "icc2"),
        ("ICC1_n0", "icc1_n0"),
    ],
)
def test_the_analysis_of_variance_agrees_with_multilevel(name: str, cell: str, attribute: str) -> None:
    anova = unit_reliability(_sums(name), method="anova").anova
    # A tail probability of 1e-124 magnifies the rounding of F some hundredfold.
    tolerance = 1e-8 if cell == "p" else 1e-10
    assert getattr(anova, attribute) == pytest.approx(EXPECTED[name][cell], rel=tolerance)


@every_set
@pytest.mark.parametrize(
    ("cell", "attribute"), [("tau2", "tau2"), ("sigma2", "sigma2"), ("intercept", "grand_mean"), ("icc", "icc1")]
)
def test_the_variances_agree_with_lmer(name: str, cell: str, attribute: str) -> None:
    found = getattr(unit_reliability(_sums(name)), attribute)
    assert found == pytest.approx(EXPECTED[name]["lmer_reml"][cell], rel=LMER)


@every_set
def test_the_profile_intervals_agree_with_lmers_confint(name: str) -> None:
    found = [[interval.low, interval.high] for interval in unit_reliability(_sums(name)).sd_intervals()]
    # confint interpolates the profile between some twenty points with a spline.
    np.testing.assert_allclose(found, EXPECTED[name]["lmer_reml"]["profile_ci_sd"]["values"], rtol=2e-5)


@every_set
def test_the_restricted_likelihood_is_lmers_and_never_below_it(name: str) -> None:
    found, theirs = unit_reliability(_sums(name)).log_likelihood, EXPECTED[name]["lmer_reml"]["logLik"]
    assert found == pytest.approx(theirs, rel=1e-9)
    assert found >= theirs - 1e-9


@every_set
def test_the_reliability_of_each_mean_agrees_with_nlme(name: str) -> None:
    expected = EXPECTED[name]
    scores = unit_scores(_sums(name))
    order = _in_order_of(scores, expected["eb"]["group"])
    np.testing.assert_allclose(scores.reliability[order], expected["GmeanRel"]["MeanRel"], rtol=LMER)
    assert scores.fit.icc1 == pytest.approx(expected["GmeanRel"]["ICC"], rel=LMER)


@every_set
def test_the_shrunken_scores_agree_with_lmer(name: str) -> None:
    expected = EXPECTED[name]["eb"]
    scores = unit_scores(_sums(name))
    order = _in_order_of(scores, expected["group"])
    assert scores.n[order].tolist() == expected["n"]
    np.testing.assert_allclose(scores.mean[order], expected["raw_mean"], rtol=1e-12)
    shift = scores.shrunken[order] - scores.grand_mean
    np.testing.assert_allclose(shift, expected["blup"], atol=LMER * np.sqrt(scores.tau2), rtol=LMER)
    conditional = np.sqrt(scores.tau2 * (1.0 - scores.reliability[order]))
    np.testing.assert_allclose(conditional, expected["cond_sd"], rtol=LMER)


@every_set
def test_the_interval_of_a_shrunken_score_is_wider_than_lmers_plug_in_one_but_not_much_with_many_units(
    name: str,
) -> None:
    expected = EXPECTED[name]["eb"]
    scores = unit_scores(_sums(name))
    width = np.diff(scores.shrunken_interval[_in_order_of(scores, expected["group"])], axis=1)[:, 0]
    plug_in = 2 * 1.959963984540054 * np.array(expected["cond_sd"])
    assert np.all(width > 0.99 * plug_in)
    assert np.mean(width / plug_in) == pytest.approx(1.04, abs=0.04)
