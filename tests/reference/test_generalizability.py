"""Generalizability against the worked examples of Brennan (2001) and against lme4 in R."""

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import Generalizability, generalizability

Agrees = Callable[..., None]

FOLDER = Path(__file__).parent
LMER = json.loads((FOLDER / "expected/nets__gtheory.json").read_text())["result"]
MISSING = json.loads((FOLDER / "expected/gtheory__missing.json").read_text())["result"]

# lmer as it comes stops early; bobyqa to 1e-9 where answers are missing.
DEFAULT, TIGHT = 1e-4, 1e-5

# Brennan (2001), synthetic data sets: no. 1 (p x i), no. 2 (i:p), no. 4 (p x (r:t): ten persons, three tasks, four raters
# each, whose persons are our items, tasks our units and raters our persons), and the unbalanced p x (i:h) of ch. 7.
SET_1 = [
    [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    [1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0], [1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0],
    [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
]  # fmt: skip
SET_2 = [
    [2, 4, 5, 5, 4, 4, 2, 3, 0, 6], [6, 5, 5, 9, 3, 4, 6, 4, 5, 8], [7, 6, 4, 8, 5, 4, 6, 4, 4, 7],
    [5, 7, 6, 6, 6, 7, 5, 5, 5, 6], [2, 6, 5, 5, 4, 6, 2, 6, 5, 6], [5, 7, 4, 7, 5, 4, 7, 6, 5, 8],
    [5, 5, 5, 7, 6, 7, 7, 6, 5, 8], [5, 7, 5, 6, 4, 8, 5, 4, 3, 6],
]  # fmt: skip
SET_4 = [
    [5, 9, 3, 7, 9, 3, 7, 5, 9, 4], [6, 3, 4, 5, 2, 4, 3, 8, 9, 4], [5, 7, 3, 5, 9, 3, 7, 5, 8, 4],
    [5, 7, 3, 3, 7, 5, 7, 7, 8, 3], [5, 7, 5, 3, 7, 3, 7, 7, 6, 3], [3, 5, 3, 1, 7, 3, 5, 5, 6, 5],
    [4, 5, 3, 4, 3, 6, 5, 5, 6, 6], [5, 5, 5, 3, 7, 3, 7, 4, 5, 5], [6, 7, 6, 5, 2, 4, 5, 3, 5, 5],
    [7, 7, 5, 3, 7, 5, 5, 2, 8, 7], [3, 5, 1, 3, 5, 1, 5, 1, 1, 1], [3, 2, 6, 5, 3, 2, 4, 1, 1, 1],
]  # fmt: skip
UNBALANCED = [
    [4, 2, 2, 1, 3, 1, 3, 0], [5, 1, 4, 3, 3, 2, 5, 1], [3, 2, 4, 5, 6, 5, 6, 1], [3, 3, 7, 4, 7, 6, 8, 2],
    [5, 1, 6, 5, 5, 4, 6, 0], [4, 4, 5, 5, 7, 4, 7, 4], [5, 4, 8, 4, 8, 5, 7, 7], [7, 6, 7, 5, 9, 6, 8, 8],
]  # fmt: skip


def _brennan(agrees: Agrees, table: str) -> Agrees:
    """Hold variances, mean squares and degrees of freedom to what the book prints."""
    return partial(agrees, "generalizability", against=f"Brennan (2001), {table}", on="Brennan")


def test_brennans_persons_by_items(agrees: Agrees) -> None:
    found, hold = generalizability(SET_1), _brennan(agrees, "synthetic data set 1")
    hold("components.variance", found.components.variance, [0.0574, 0.0754, 0.1269], atol=6e-5)
    hold("components.mean_square", found.components.mean_square, [0.8157, 0.8811, 0.1269], atol=6e-5)
    hold("components.df", found.components.df, [9, 11, 99])
    hold("e_rho2, phi", [found.e_rho2, found.phi], [0.844, 0.773], atol=6e-4)


def test_brennans_items_in_persons(agrees: Agrees) -> None:
    found = generalizability(np.transpose(SET_2), design="i:p")
    hold = _brennan(agrees, "synthetic data set 2")
    hold("components.variance", found.components.variance, [0.6108, 2.0250], atol=6e-5)
    hold("components.mean_square", found.components.mean_square, [6.9111, 2.0250], atol=6e-5)
    hold("components.df", found.components.df, [9, 70])
    hold("e_rho2, phi", [found.e_rho2, found.phi], [0.71, 0.71], atol=6e-3)
    assert found.e_rho2 == found.phi


def test_brennans_raters_in_tasks_by_persons(agrees: Agrees) -> None:
    found = generalizability(SET_4, np.repeat(["t1", "t2", "t3"], 4))
    hold = _brennan(agrees, "synthetic data set 4")
    # Tasks, raters in tasks, persons, persons by tasks, the rest.
    hold("components.variance", found.components.variance, [0.3252, 0.6475, 0.4731, 0.5596, 2.3802], atol=6e-5)
    hold("components.mean_square", found.components.mean_square, [24.1, 8.8556, 10.2963, 4.6185, 2.3802], atol=6e-5)
    hold("components.df", found.components.df, [2, 9, 9, 18, 81])


def test_brennans_unbalanced_items_in_categories_by_persons(agrees: Agrees) -> None:
    found, hold = generalizability(UNBALANCED, [1, 1, 2, 2, 2, 2, 3, 3]), _brennan(agrees, "chapter 7")
    # Printed from rounded mean squares: the fourth is 0.99143.
    hold("components.variance", found.components.variance, [2.9161, 0.2946, 1.2014, 0.9913, 0.8429], atol=2e-4)
    assert found.n_persons == pytest.approx(3 / (1 / 2 + 1 / 4 + 1 / 2))


def _answers(file: str) -> tuple[np.ndarray[Any, Any], list[str]]:
    with (FOLDER / "data" / file).open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    items = [f"q{number:02d}" for number in range(7, 12)]
    return np.array([[float(row[item] or "nan") for item in items] for row in rows]), [row["placement"] for row in rows]


@pytest.fixture(scope="module")
def complete() -> tuple[np.ndarray[Any, Any], list[str]]:
    return _answers("nets_synth_complete.csv")


def _by_name(found: Generalizability) -> dict[str, float]:
    short = {
        "person": "p",
        "item": "i",
        "person x item, error": "Residual",
        "item in person, error": "Residual",
        "unit": "pl",
        "person in unit": "p",
        "unit x item": "pl:i",
        "person x item in unit, error": "Residual",
    }
    names = [short[name] for name in found.components.effect]
    return dict(zip(names, found.components.variance.tolist(), strict=True))


def test_mean_squares_agree_with_r(complete: tuple[np.ndarray[Any, Any], list[str]], agrees: Agrees) -> None:
    found, figures = generalizability(complete[0]), LMER["anova"]
    hold = partial(agrees, "generalizability", against="stats::var", on="nets_complete", rtol=1e-10)
    hold("components.mean_square", found.components.mean_square, [figures[cell] for cell in ("MSp", "MSi", "MSr")])
    variances = [figures[cell] for cell in ("sigma_p", "sigma_i", "sigma_r")]
    hold("components.variance", found.components.variance, variances)
    hold("e_rho2, phi", [found.e_rho2, found.phi], [figures["Erho2"], figures["phi"]])


@pytest.mark.parametrize(("with_units", "model"), [(False, "pxi_reml"), (True, "nested_reml")])
def test_likelihood_agrees_with_lmer(
    complete: tuple[np.ndarray[Any, Any], list[str]], with_units: bool, model: str, agrees: Agrees
) -> None:
    found = _by_name(generalizability(complete[0], complete[1] if with_units else None, method="reml"))
    # A variance that lmer sets to 0 is 0.
    hold = partial(agrees, "generalizability", against="lme4::lmer", on="nets_complete", rtol=DEFAULT, atol=1e-12)
    hold("components.variance, reml", found, {name: LMER[model][name] for name in found})


@pytest.mark.parametrize("model", MISSING)
def test_likelihood_agrees_with_lmer_where_answers_are_missing(model: str, agrees: Agrees) -> None:
    answers, placement = _answers("nets_synth.csv")
    arguments: dict[str, dict[str, Any]] = {"pxi": {}, "nested": {"unit": placement}, "ip": {"design": "i:p"}}
    found = _by_name(generalizability(answers, method="reml", **arguments[model]))
    hold = partial(agrees, "generalizability", against="lme4::lmer", on="nets", rtol=TIGHT, atol=1e-12)
    hold("components.variance, reml", found, {name: MISSING[model]["variances"][name] for name in found})
