"""Models of differential item functioning against cumulative link models in R and ordinal regression in statsmodels."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis import DifferentialItemFunctioning, differential_item_functioning
from analysis.item_functioning.item_tests import item_tests
from analysis.item_functioning.proportional_odds import fit_proportional_odds
from analysis.item_responses import FloatArray

Agrees = Callable[..., None]

ITEMS = ["q22", "q23", "q24", "q25", "q26"]
FOLDER = Path(__file__).parent

CLM = 1e-7
"""clm ends its Newton steps at a gradient of 1e-10 and p values magnify what is left of it."""

STATSMODELS = 1e-5
"""BFGS on numerical slopes."""


@pytest.fixture(scope="module")
def professions() -> list[str]:
    with (FOLDER / "data/nets_synth_complete.csv").open(newline="") as file:
        return [row["profession"] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def answers(read_answers: Callable[[Path, list[str]], FloatArray]) -> FloatArray:
    return read_answers(FOLDER / "data/nets_synth_complete.csv", ITEMS)


@pytest.fixture(scope="module")
def found(answers: FloatArray, professions: list[str]) -> DifferentialItemFunctioning:
    return differential_item_functioning(answers, professions, purify=False, minimum_group=50)


def test_each_item_has_the_models_that_r_fits(
    agrees: Agrees, expected: Callable[[str], Any], found: DifferentialItemFunctioning
) -> None:
    figures = expected("item_functioning")
    assert found.reference == "medical"
    for place, item in enumerate(ITEMS):
        figure, model = figures[item], found.models[place]
        order = [found.group.index(label) for label in figure["group"]]
        for quantity, ours, theirs in (
            ("log-likelihoods", model.log_likelihoods, figure["log_likelihoods"]),
            ("effects", model.effects[order], figure["effects"]),
            ("effect_errors", model.effect_errors[order], figure["effect_errors"]),
            ("p_uniform, p_non_uniform", [found.p_uniform[place], found.p_non_uniform[place]], figure["p"]),
            ("p_both", found.p_both[place], figure["p_both"]),
        ):
            agrees(
                "differential_item_functioning", quantity, ours, theirs, against="ordinal::clm", on="nets_complete",
                rtol=CLM, atol=1e-9,
            )  # fmt: skip
        agrees(
            "differential_item_functioning", "log-likelihoods", model.log_likelihoods[1:], figure["polr_log_likelihoods"],
            against="MASS::polr", on="nets_complete", rtol=1e-10,
        )  # fmt: skip


def test_an_item_has_the_coefficients_that_statsmodels_finds(
    agrees: Agrees, answers: FloatArray, professions: list[str], found: DifferentialItemFunctioning
) -> None:
    nursing = np.array([label == "nursing" for label in professions], dtype=float)
    score = answers.mean(axis=1)
    predictors = np.column_stack([score, nursing, score * nursing])
    theirs = OrderedModel(answers[:, 2], predictors, distr="logit").fit(method="bfgs", disp=0, maxiter=500, gtol=1e-7)
    counts = (answers[:, 2, None] == np.arange(1, 6)).astype(float)
    ours = fit_proportional_odds(counts, predictors)
    tests = item_tests("q24", answers[:, 2], score, nursing.astype(np.intp), 2, 0)
    of_tests = [tests.slope[0], tests.level[1] - tests.level[0], tests.slope[1] - tests.slope[0]]
    np.testing.assert_allclose(of_tests, ours.coefficients, rtol=1e-7)
    against = "statsmodels.miscmodels.ordinal_model.OrderedModel"
    for quantity, one, other in (
        ("coefficients", ours.coefficients, theirs.params[:3]),
        ("log-likelihoods", ours.log_likelihood, theirs.llf),
    ):
        agrees(
            "differential_item_functioning", quantity, one, other, against=against, on="nets_complete",
            rtol=STATSMODELS,
        )  # fmt: skip
