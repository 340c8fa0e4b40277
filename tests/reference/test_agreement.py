"""Agreement within units against multilevel in R, from the answers' frequencies in each unit."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import ScoreSums, WithinGroupAgreement, unit_scores, within_group_agreement

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/multilevel__rwg.json").read_text())["result"]
FREQUENCIES: dict[str, Any] = json.loads((FOLDER / "moments/unit_frequencies.json").read_text())["result"]

Agrees = Callable[..., None]

CLOSED_FORM: dict[str, float] = {"rtol": 1e-10, "atol": 1e-12}

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
def test_agreement_over_items_agrees_with_multilevel(
    name: str, table: str, cell: str, attribute: str, agrees: Agrees
) -> None:
    agreement, _ = _agreement(name)
    found = getattr(agreement, attribute)[_ordered(agreement, EXPECTED[name][table]["grpid"])]
    hold = partial(agrees, "within_group_agreement", against=f"multilevel::{table.replace('_', '.')}", on=_on(name))
    hold(attribute, found, EXPECTED[name][table][cell], **({} if attribute == "n" else CLOSED_FORM))


@every_set
def test_agreement_on_one_item_agrees_with_multilevel(name: str, agrees: Agrees) -> None:
    agreement, _ = _agreement(name, slice(1))
    figures = EXPECTED[name]["rwg_item1"]
    found = agreement.rwg_j[_ordered(agreement, figures["grpid"])]
    hold = partial(agrees, "within_group_agreement", against="multilevel::rwg", on=_on(name), **CLOSED_FORM)
    hold("rwg_j of one item", found, figures["rwg"])


@every_set
def test_blind_answers_have_the_variance_that_r_was_given(name: str, agrees: Agrees) -> None:
    figure = json.loads((FOLDER / "expected/multilevel__ranvar.json").read_text())["result"]["ranvar"]
    agreement, _ = _agreement(name)
    agrees(
        "within_group_agreement",
        "null_variance",
        agreement.null_variance,
        figure,
        against="(25 - 1) / 12",
        on=_on(name),
    )


@every_set
def test_the_mean_and_median_agreement_agree_with_multilevel(name: str, agrees: Agrees) -> None:
    agreement, _ = _agreement(name)
    hold = partial(agrees, "within_group_agreement", against="multilevel::rwg.j", on=_on(name), rtol=1e-10)
    hold("mean of rwg_j", agreement.rwg_j.mean(), EXPECTED[name]["mean_rwgj"])
    hold("median of rwg_j", np.median(agreement.rwg_j), EXPECTED[name]["median_rwgj"])


@every_set
def test_the_variance_of_a_units_scores_agrees_with_multilevel(name: str, agrees: Agrees) -> None:
    found, figures = FREQUENCIES[name], EXPECTED[name]["awg"]
    n = [sum(items[0]) for items in found["frequencies"]]
    scores = unit_scores(ScoreSums.from_sums(found["unit"], n, found["total"], found["sum_of_squares"]))
    order = [scores.unit.index(str(label)) for label in figures["grpid"]]
    hold = partial(agrees, "unit_scores", against="multilevel::awg", on=_on(name), rtol=1e-10)
    hold("sd, squared", scores.sd[order] ** 2, figures["avg.grp.var"])


def _on(name: str) -> str:
    """Give the data set of a scale."""
    name = name.partition("_")[0]
    return {"nets": "nets_complete"}.get(name, name)
