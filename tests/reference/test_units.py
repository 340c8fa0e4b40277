"""Unit reliability and unit scores against multilevel, nlme and lme4 in R, from the sums of each unit."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import ScoreSums, UnitScores, unit_reliability, unit_scores

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/multilevel__icc1_icc2_eb.json").read_text())["result"]
SUMS: dict[str, Any] = json.loads((FOLDER / "moments/unit_sums.json").read_text())["result"]

Agrees = Callable[..., None]

CLOSED_FORM = 1e-10
# lmer and lme stop when the likelihood hardly changes, which leaves tau2 some 1e-6 and 1e-5 from the maximum.
LMER = 5e-6
LME = 1e-4


def _sums(name: str) -> ScoreSums:
    found = SUMS[name]
    return ScoreSums.from_sums(found["unit"], found["n"], found["total"], found["sum_of_squares"])


def _in_order_of(scores: UnitScores, labels: list[str]) -> list[int]:
    return [scores.unit.index(label) for label in labels]


every_set = pytest.mark.parametrize("name", EXPECTED)


def _on(name: str) -> str:
    """Give the data set of a scale."""
    return name.partition("_")[0]


@every_set
@pytest.mark.parametrize(
    ("cell", "attribute", "rtol"),
    [
        ("groups", "n_units", 0),
        ("n", "n", 0),
        ("n0", "n0", 1e-12),
        ("mean_size", "mean_size", 1e-12),
    ],
)
def test_it_counts_as_r_does(name: str, cell: str, attribute: str, rtol: float, agrees: Agrees) -> None:
    found = getattr(unit_reliability(_sums(name)), attribute)
    agrees("unit_reliability", attribute, found, EXPECTED[name][cell], against="base::table", on=_on(name), rtol=rtol)


@every_set
@pytest.mark.parametrize(
    ("cell", "attribute", "source"),
    [
        ("MSB", "ms_between", "stats::aov"),
        ("MSW", "ms_within", "stats::aov"),
        ("F", "f", "stats::aov"),
        ("p", "p", "stats::aov"),
        ("multilevel_ICC1", "icc1_mean_size", "multilevel::ICC1"),
        ("multilevel_ICC2", "icc2", "multilevel::ICC2"),
        ("ICC1_n0", "icc1_n0", "stats::aov"),
    ],
)
def test_the_analysis_of_variance_agrees_with_multilevel(
    name: str, cell: str, attribute: str, source: str, agrees: Agrees
) -> None:
    anova = unit_reliability(_sums(name), method="anova").anova
    # A tail probability of 1e-124 magnifies the rounding of F some hundredfold.
    hold = partial(agrees, "unit_reliability", against=source, on=_on(name), rtol=1e-8 if cell == "p" else CLOSED_FORM)
    hold(f"anova.{attribute}", getattr(anova, attribute), EXPECTED[name][cell])


@every_set
@pytest.mark.parametrize(
    ("cell", "attribute"), [("tau2", "tau2"), ("sigma2", "sigma2"), ("intercept", "grand_mean"), ("icc", "icc1")]
)
def test_the_variances_agree_with_lmer(name: str, cell: str, attribute: str, agrees: Agrees) -> None:
    found = getattr(unit_reliability(_sums(name)), attribute)
    hold = partial(agrees, "unit_reliability", against="lme4::lmer", on=_on(name), rtol=LMER)
    hold(attribute, found, EXPECTED[name]["lmer_reml"][cell])


@every_set
def test_the_profile_intervals_agree_with_lmers_confint(name: str, agrees: Agrees) -> None:
    found = [[interval.low, interval.high] for interval in unit_reliability(_sums(name)).sd_intervals()]
    # confint interpolates the profile between some twenty points with a spline.
    hold = partial(agrees, "unit_reliability", against="lme4::confint.merMod", on=_on(name), rtol=2e-5)
    hold("sd_intervals", found, EXPECTED[name]["lmer_reml"]["profile_ci_sd"]["values"])


@every_set
def test_the_restricted_likelihood_is_lmers_and_never_below_it(name: str, agrees: Agrees) -> None:
    found, theirs = unit_reliability(_sums(name)).log_likelihood, EXPECTED[name]["lmer_reml"]["logLik"]
    agrees("unit_reliability", "log_likelihood", found, theirs, against="lme4::lmer", on=_on(name), rtol=1e-9)
    assert found >= theirs - 1e-9


@every_set
def test_the_reliability_of_each_mean_agrees_with_nlme(name: str, agrees: Agrees) -> None:
    expected = EXPECTED[name]
    scores = unit_scores(_sums(name))
    order = _in_order_of(scores, expected["eb"]["group"])
    hold = partial(agrees, "unit_scores", against="multilevel::gmeanrel", on=_on(name), rtol=LME)
    hold("reliability", scores.reliability[order], expected["GmeanRel"]["MeanRel"])
    hold("fit.icc1", scores.fit.icc1, expected["GmeanRel"]["ICC"])


@every_set
def test_the_shrunken_scores_agree_with_lmer(name: str, agrees: Agrees) -> None:
    expected = EXPECTED[name]["eb"]
    scores = unit_scores(_sums(name))
    order = _in_order_of(scores, expected["group"])
    plain = partial(agrees, "unit_scores", against="base::tapply", on=_on(name))
    plain("n", scores.n[order], expected["n"])
    plain("mean", scores.mean[order], expected["raw_mean"], rtol=1e-12)
    hold = partial(agrees, "unit_scores", against="lme4::ranef", on=_on(name))
    shift = (scores.shrunken[order] - scores.grand_mean) / np.sqrt(scores.tau2)
    hold("shrunken, in sd between units", shift, expected["blup"] / np.sqrt(scores.tau2), atol=LMER)
    conditional = np.sqrt(scores.tau2 * (1.0 - scores.reliability[order]))
    hold("conditional sd", conditional, expected["cond_sd"], rtol=LMER)


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
