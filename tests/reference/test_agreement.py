"""Agreement within units against multilevel in R, from the answers' frequencies in each unit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import ScoreSums, WithinGroupAgreement, unit_scores, within_group_agreement

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/multilevel__rwg.json").read_text())["result"]
FREQUENCIES: dict[str, Any] = json.loads((FOLDER / "moments/unit_frequencies.json").read_text())["result"]

every_set = pytest.mark.parametrize("name", EXPECTED)


def _agreement(name: str, item: slice = slice(None)) -> tuple[WithinGroupAgreement, list[str]]:
    """Measure agreement of people who have the same frequencies on every item, which is all that it depends on."""
    people, unit = [], []
    found = FREQUENCIES[name]
    for label, items in zip(found["unit"], found["frequencies"], strict=True):
        columns = [np.repeat(np.arange(1, 6), counts) for counts in items[item]]
        people.append(np.column_stack(columns))
        unit += [label] * len(columns[0])
    return within_group_agreement(np.vstack(people), unit, categories=5, n_resamples=1), unit


def _ordered(agreement: WithinGroupAgreement, labels: list[Any]) -> list[int]:
    return [agreement.unit.index(str(label)) for label in labels]


@every_set
@pytest.mark.parametrize(
    ("table", "cell", "attribute"),
    [
        ("rwg_j", "rwg.j", "rwg_j"),
        ("rwg_j", "gsize", "n"),
        ("rwg_j_lindell", "rwg.lindell", "lindell"),
        ("ad_m", "AD.M", "average_deviation"),
        ("awg", "a.wg", "awg"),
    ],
)
def test_agreement_over_items_agrees_with_multilevel(name: str, table: str, cell: str, attribute: str) -> None:
    agreement, _ = _agreement(name)
    found = getattr(agreement, attribute)[_ordered(agreement, EXPECTED[name][table]["grpid"])]
    np.testing.assert_allclose(found, EXPECTED[name][table][cell], rtol=1e-10, atol=1e-12)


@every_set
def test_agreement_on_one_item_agrees_with_multilevel(name: str) -> None:
    agreement, _ = _agreement(name, slice(1))
    expected = EXPECTED[name]["rwg_item1"]
    found = agreement.rwg_j[_ordered(agreement, expected["grpid"])]
    np.testing.assert_allclose(found, expected["rwg"], rtol=1e-10, atol=1e-12)


@every_set
def test_the_mean_and_median_agreement_agree_with_multilevel(name: str) -> None:
    agreement, _ = _agreement(name)
    assert agreement.rwg_j.mean() == pytest.approx(EXPECTED[name]["mean_rwgj"], rel=1e-10)
    assert np.median(agreement.rwg_j) == pytest.approx(EXPECTED[name]["median_rwgj"], rel=1e-10)


@every_set
def test_the_variance_of_a_units_scores_agrees_with_multilevel(name: str) -> None:
    found, expected = FREQUENCIES[name], EXPECTED[name]["awg"]
    n = [sum(items[0]) for items in found["frequencies"]]
    scores = unit_scores(ScoreSums.from_sums(found["unit"], n, found["total"], found["sum_of_squares"]))
    order = [scores.unit.index(str(label)) for label in expected["grpid"]]
    np.testing.assert_allclose(scores.sd[order] ** 2, expected["avg.grp.var"], rtol=1e-10)
