"""Correlations within and between units against psych::statsBy in R.

Of complete answers they depend on each unit's size and means, and on the sum of products of deviations from these: other
answers with the same moments stand in for those that are not free to copy.
"""

import csv
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import LevelCorrelations, within_between_correlation
from analysis.item_responses import FloatArray

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/multilevel__statsBy.json").read_text())["result"]
MOMENTS: dict[str, Any] = json.loads((FOLDER / "moments/unit_levels.json").read_text())["result"]

Agrees = Callable[..., None]

every_set = pytest.mark.parametrize("name", EXPECTED)


def _answers_with(moments: dict[str, Any]) -> tuple[FloatArray, list[str]]:
    """Make answers with these sizes and totals of units, and these products of deviations within them."""
    n = np.array(moments["n"])
    place = np.repeat(np.arange(len(n)), n)
    noise = np.random.default_rng(1).standard_normal((n.sum(), len(moments["items"])))
    own = np.zeros((len(n), noise.shape[1]))
    np.add.at(own, place, noise)
    directions = np.linalg.qr(noise - (own / n[:, None])[place])[0]
    means = (np.array(moments["totals"]) / n[:, None])[place]
    answers: FloatArray = means + directions @ np.linalg.cholesky(moments["within"]).T
    return answers, [moments["unit"][unit] for unit in place]


@pytest.fixture(scope="module")
def found(read_answers: Callable[[Path, list[str]], FloatArray]) -> dict[str, LevelCorrelations]:
    items = [item for item in EXPECTED["nets"]["ICC1"] if item != "g"]
    path = FOLDER / "data/nets_synth.csv"
    with path.open(newline="") as file:
        unit = [row["placement"] for row in csv.DictReader(file)]
    nets = within_between_correlation(read_answers(path, items), unit)
    return {"nets": nets} | {
        name: within_between_correlation(*_answers_with(moments)) for name, moments in MOMENTS.items()
    }


@every_set
@pytest.mark.parametrize(("cell", "attribute"), [("ICC1", "icc1_mean_size"), ("ICC2", "icc2"), ("F", "f")])
def test_each_items_analysis_of_variance_agrees(
    found: dict[str, LevelCorrelations], name: str, cell: str, attribute: str, agrees: Agrees
) -> None:
    expected = [value for item, value in EXPECTED[name][cell].items() if item != "g"]
    hold = partial(agrees, "within_between_correlation", against="psych::statsBy", on=name, rtol=1e-10)
    hold(attribute, getattr(found[name], attribute), expected)


@every_set
@pytest.mark.parametrize(("cell", "attribute"), [("rwg", "within"), ("rbg", "between_means")])
def test_the_correlations_of_each_level_agree(
    found: dict[str, LevelCorrelations], name: str, cell: str, attribute: str, agrees: Agrees
) -> None:
    hold = partial(agrees, "within_between_correlation", against="psych::statsBy", on=name, atol=1e-10)
    hold(attribute, getattr(found[name], attribute), EXPECTED[name][cell]["values"])


@every_set
def test_the_correlation_of_an_item_with_its_units_mean_agrees(
    found: dict[str, LevelCorrelations], name: str, agrees: Agrees
) -> None:
    expected = EXPECTED[name]["etabg"]
    assert all(re.fullmatch(r".+\.bg", item) for item in expected)
    hold = partial(agrees, "within_between_correlation", against="psych::statsBy", on=name, rtol=1e-10)
    hold("eta_between", found[name].eta_between, list(expected.values()))
