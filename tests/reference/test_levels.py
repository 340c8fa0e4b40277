"""Correlations within and between units against psych::statsBy in R.

Correlations of items within units need the answers themselves, which are not free to copy: they are read from the
folder beside the checkout where it is there.
"""

import csv
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analysis import LevelCorrelations, within_between_correlation

EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "expected/multilevel__statsBy.json").read_text())[
    "result"
]
Agrees = Callable[..., None]

FILES = {"nets": ("nets_synth.csv", "placement"), "lq2002": ("lq2002.csv", "COMPID"), "bhr2000": ("bhr2000.csv", "GRP")}

every_set = pytest.mark.parametrize("name", EXPECTED)


@pytest.fixture(scope="module")
def found(shared_reference: Path) -> dict[str, LevelCorrelations]:
    results = {}
    for name, (file, unit) in FILES.items():
        items = [item for item in EXPECTED[name]["ICC1"] if item != "g"]
        with (shared_reference / "data" / file).open(newline="") as handle:
            rows = list(csv.DictReader(handle))
        x = [[float(row[item] or "nan") for item in items] for row in rows]
        results[name] = within_between_correlation(x, [row[unit] for row in rows])
    return results


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
