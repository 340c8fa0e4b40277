"""Case-mix from cells against lme4 in R: gender and profession in one placement each (mixed.R, nets_F1)."""

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import CaseMixCells, CaseMixScores, case_mix_scores

Agrees = Callable[..., None]

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/mixed__lme4.json").read_text())["result"]["nets_F1"]

# bobyqa stops where the deviance changes by less than rounding, which leaves variances some 1e-7 from the maximum.
TIGHT = 1e-5


@pytest.fixture(scope="module")
def found() -> CaseMixScores:
    """The scores from counts and sums of placement by gender by profession."""
    with (FOLDER / "data/nets_synth.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    answers = np.array([[float(row[f"q{item:02d}"] or "nan") for item in range(1, 7)] for row in rows])
    score = answers.mean(axis=1)
    scored: dict[tuple[str, str, str], list[float]] = {}
    for row, value in zip(rows, score, strict=True):
        if not np.isnan(value) and row["gender"] and row["profession"]:
            scored.setdefault((row["placement"], row["gender"], row["profession"]), []).append(float(value))
    placement, gender, profession = zip(*scored, strict=True)
    cells = CaseMixCells.of(placement, {"gender": gender, "profession": profession})
    values = list(scored.values())
    squares = sum(value**2 for own in values for value in own)
    return case_mix_scores(cells, [len(own) for own in values], [sum(own) for own in values], squares)


def test_variances_and_likelihood_are_lmers(found: CaseMixScores, agrees: Agrees) -> None:
    held = partial(agrees, "case_mix_scores", against="lme4::lmer", on="nets")
    held("tau2", found.tau2, EXPECTED["variances"]["placement"], rtol=TIGHT)
    held("sigma2", found.sigma2, EXPECTED["variances"]["Residual"], rtol=TIGHT)
    held("log_likelihood", found.log_likelihood, EXPECTED["logLik"], rtol=1e-11)
    held("n_scores", found.n_scores, EXPECTED["n"])


def test_effects_of_labels_are_lmers(found: CaseMixScores, agrees: Agrees) -> None:
    """lme4 compares with the label that it was told to, here with the most frequent one: differences of two are the same."""
    fixed = dict(zip(EXPECTED["fixed"]["name"], EXPECTED["fixed"]["estimate"], strict=True))
    theirs = {name.rpartition(")")[2] or name: value for name, value in fixed.items()} | {"medical": 0.0}
    ours = {str(label): value for covariate, label, value in found.effect if covariate == "profession"}
    (reference,) = {"AHP", "dental", "nursing", "pharmacy", "medical"} - ours.keys()
    held = partial(agrees, "case_mix_scores", against="lme4::lmer", on="nets", atol=1e-6)
    held("effect", ours, {label: theirs[label] - theirs[reference] for label in ours})


def test_adjusted_scores_are_lmers(found: CaseMixScores, agrees: Agrees) -> None:
    figures = EXPECTED["ranef"]["placement"]
    effect = dict(zip(map(str, found.unit), (found.adjusted - found.grand_mean).tolist(), strict=True))
    sd = float(np.std(figures["effect"]))
    held = partial(agrees, "case_mix_scores", against="lme4::ranef", on="nets")
    held(
        "adjusted, less the grand mean, in their sd",
        {place: effect[place] / sd for place in figures["place"]},
        dict(zip(figures["place"], (value / sd for value in figures["effect"]), strict=True)),
        atol=1e-4,
    )
    conditional = dict(zip(map(str, found.unit), np.sqrt(found.tau2 * (1 - found.reliability)).tolist(), strict=True))
    theirs = dict(zip(figures["place"], EXPECTED["cond_sd"], strict=True))
    held(
        "reliability, by the conditional sd",
        {place: conditional[place] for place in theirs},
        theirs,
        rtol=TIGHT,
    )
