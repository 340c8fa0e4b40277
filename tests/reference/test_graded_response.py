"""The graded response model against brute force, a mixed model in R, and printed fits of two classical tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import graded_response
from analysis.graded_items.curves import GradedItems
from analysis.graded_items.likelihood import MarginalLikelihood, Quadrature
from analysis.graded_items.patterns import AnswerPatterns
from analysis.item_responses import FloatArray, read_item_responses

Agrees = Callable[..., None]

ITEMS = ["q22", "q23", "q24"]
FOLDER = Path(__file__).parent

# Both searches end where a further step would gain next to nothing, 1e-10 of log-likelihood here.
SEARCH = 1e-6
# The brute force integrates to 12 standard deviations, ours to 6.
TAILS = 1e-9
# ltm's 21 Gauss-Hermite points stop short of the integral: its estimates differ by 2e-3, a hundredth of an error.
LTM = 3e-3
# mirt's EM stops where parameters change by less than 1e-4, and prints three decimals.
MIRT = 1.5e-3
# The mixed model's adaptive quadrature changes by 1e-9 of the log-likelihood from 15 to 21 points.
ADAPTIVE = 1e-8


@pytest.fixture(scope="module")
def lsat() -> Callable[[str], FloatArray]:
    """Read one of two tests of five questions, 1000 people each."""
    counts = json.loads((FOLDER / "moments/lsat_patterns.json").read_text("utf-8"))
    patterns = 1.0 + np.array([[number >> place & 1 for place in range(4, -1, -1)] for number in range(32)])
    return lambda name: np.repeat(patterns, counts[name], axis=0)


def test_three_items_are_where_brute_force_finds_them(
    agrees: Agrees, expected: Callable[[str], Any], read_answers: Callable[[Path, list[str]], FloatArray]
) -> None:
    figures = expected("graded_response__brute_force")
    found = graded_response(read_answers(FOLDER / "data/nets_synth_complete.csv", ITEMS))
    against = "scipy.optimize.minimize of scipy.integrate.quad_vec"
    for name in ("discrimination", "discrimination_errors", "thresholds", "threshold_errors"):
        given = getattr(found, name)
        agrees("graded_response", name, given, figures[name], against=against, on="nets_complete", rtol=SEARCH)
    agrees(
        "graded_response", "log_likelihood", found.log_likelihood, figures["log_likelihood"], against=against,
        on="nets_complete", rtol=TAILS,
    )  # fmt: skip


def test_the_likelihood_is_that_of_a_mixed_model_and_highest_where_that_finds_it(
    agrees: Agrees, expected: Callable[[str], Any], read_answers: Callable[[Path, list[str]], FloatArray]
) -> None:
    figures = expected("graded_response__equal")
    answers = read_item_responses(read_answers(FOLDER / "data/nets_synth_complete.csv", ITEMS)[:400])
    places = [np.arange(5) + 5 * item for item in range(3)]
    likelihood = MarginalLikelihood(
        GradedItems.of(np.array([5, 5, 5])), AnswerPatterns.of(answers, places), Quadrature.of(121)
    )
    parameters = np.array([[figures["discrimination"], *own] for own in figures["intercepts"]])
    found = likelihood.expect(parameters.ravel())
    agrees(
        "graded_response", "log_likelihood with equal discriminations", found.log_likelihood, figures["log_likelihood"],
        against="ordinal::clmm2", on="nets_complete", rtol=ADAPTIVE,
    )  # fmt: skip
    slopes = found.gradient.reshape(3, 5)
    # With one discrimination for all, its slope is the sum of theirs. Errors of the estimates are some tenths.
    np.testing.assert_allclose([slopes[:, 0].sum(), *slopes[:, 1:].ravel()], 0.0, atol=2e-3)
    assert np.abs(slopes[:, 0]).max() > 0.5


def test_printed_fits_of_two_answers_are_met(
    agrees: Agrees, expected: Callable[[str], Any], lsat: Callable[[str], FloatArray]
) -> None:
    figures = expected("graded_response__published")
    six, printed = graded_response(lsat("lsat6")), figures["lsat6"]
    for quantity, found, figure in (
        ("thresholds", [b[0] for b in six.thresholds], printed["threshold"]),
        ("threshold_errors", [b[0] for b in six.threshold_errors], printed["threshold_error"]),
        ("discrimination", six.discrimination, printed["discrimination"]),
        ("discrimination_errors", six.discrimination_errors, printed["discrimination_error"]),
    ):
        agrees("graded_response", quantity, found, figure, against="Rizopoulos (2006)", on="LSAT 6", atol=LTM)
    seven, documented = graded_response(lsat("lsat7")), figures["lsat7"]
    for quantity, found, figure in (
        ("discrimination", seven.discrimination, documented["discrimination"]),
        ("intercepts", [d[0] for d in seven.intercepts], documented["intercept"]),
    ):
        agrees("graded_response", quantity, found, figure, against="Chalmers (2012)", on="LSAT 7", atol=MIRT)
    for fit, told, source, on in (
        (six, printed, "Rizopoulos (2006)", "LSAT 6"),
        (seven, documented, "Chalmers (2012)", "LSAT 7"),
    ):
        found = [fit.log_likelihood, fit.aic, fit.bic]
        figure = [told[name] for name in ("log_likelihood", "aic", "bic")]
        agrees("graded_response", "log_likelihood, aic, bic", found, figure, against=source, on=on, atol=1.1e-3)
