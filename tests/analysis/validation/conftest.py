"""Answers to a small instrument of three scales, clean or with something planted, and their report."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis import ResponseModel, SimulatedResponses, ValidationReport, simulate_responses, validation_report

SCALES: Mapping[str, Sequence[str]] = {
    "Induction": ("item_1", "item_2", "item_3", "item_4"),
    "Teamwork": ("item_5", "item_6", "item_7", "item_8"),
    "Facilities": ("item_9", "item_10", "item_11", "item_12"),
}
QUICK = {"n_draws": 20, "n_resamples": 100}


def truth(**extra: Mapping[str, float]) -> ResponseModel:
    """Loadings of 0.75 on the three scales, and on whatever else is asked for."""
    loadings: dict[str, Mapping[str, float]] = {
        scale: dict.fromkeys(items, 0.75) for scale, items in SCALES.items()
    } | dict(extra)
    within = np.full((len(loadings), len(loadings)), 0.5)
    within[3:, :] = within[:, 3:] = 0.0
    np.fill_diagonal(within, 1.0)
    return ResponseModel.of(loadings, within=within, between=0.8, latent_icc=0.2)


def draw(n: int, *, seed: int = 1, model: ResponseModel | None = None, **planted: Any) -> SimulatedResponses:
    """Answers of n learners in units of twenty."""
    units = [f"P{person // 20}" for person in range(n)]
    return simulate_responses(model or truth(), n, seed=seed, unit=units, **planted)


@cache
def clean_report() -> ValidationReport:
    drawn = draw(600)
    return validation_report(drawn.responses, SCALES, unit=list(drawn.unit), unit_name="placement", **QUICK)  # type: ignore[arg-type]


@pytest.fixture
def clean() -> ValidationReport:
    """The report of a clean instrument that 600 learners answered."""
    return clean_report()


@pytest.fixture
def validate() -> Callable[..., ValidationReport]:
    """Report on answers, with few draws."""

    def report(answers: Any, model: Mapping[str, Sequence[str]] = SCALES, **given: Any) -> ValidationReport:
        return validation_report(answers, model, **{**QUICK, **given})

    return report


@pytest.fixture
def simulate() -> Callable[..., SimulatedResponses]:
    """Draw answers, see ``draw``."""
    return draw


@pytest.fixture
def model_with() -> Callable[..., ResponseModel]:
    """A truth with further factors, see ``truth``."""
    return truth
