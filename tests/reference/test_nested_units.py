"""Providers of placements against lme4 in R, and the mean squares behind them against anova()."""

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from analysis import PartSums, ScoreSums, nested_unit_scores, part_sums

Agrees = Callable[..., None]

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/nested_units.json").read_text())["result"]
EVEN, UNEVEN = EXPECTED["even"], EXPECTED["uneven"]

CLOSED_FORM = 1e-10
# bobyqa stops where the deviance changes by less than rounding, which leaves variances some 1e-7 from the maximum.
TIGHT = 1e-5


def _parts(name: str) -> tuple[ScoreSums, list[str]]:
    with (FOLDER / "data/nested_units.csv").open(newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["set"] == name]
    provider = {row["placement"]: row["provider"] for row in rows}
    sums = ScoreSums.from_scores([float(row["score"]) for row in rows], [row["placement"] for row in rows])
    return sums, [provider[str(placement)] for placement in sums.unit]


def _sums(name: str) -> PartSums:
    return part_sums(*_parts(name))


def test_even_providers_are_those_of_a_mixed_model(agrees: Agrees) -> None:
    found = nested_unit_scores(*_parts("even"))
    order = [found.unit.index(provider) for provider in EVEN["provider"]]
    held = partial(agrees, "nested_unit_scores", against="lme4::lmer", on="nested_units, even", rtol=TIGHT)
    variances = EVEN["variances"]
    held("tau2", found.tau2, variances["provider"])
    held("sigma2", found.sigma2, variances["placement"] + variances["Residual"])
    held("grand_mean", found.grand_mean, EVEN["mean"])
    held("shrunken", found.shrunken[order], EVEN["shrunken"])
    held("reliability", found.reliability[order], EVEN["reliability"])


def test_the_variances_within_even_providers_are_those_of_a_mixed_model(agrees: Agrees) -> None:
    found = _sums("even")
    held = partial(agrees, "part_sums", against="lme4::lmer", on="nested_units, even", rtol=TIGHT)
    held("between_parts", found.between_parts, EVEN["variances"]["placement"])
    held("within_parts", found.within_parts, EVEN["variances"]["Residual"])


def test_means_and_mean_squares_of_uneven_providers_are_those_of_r(agrees: Agrees) -> None:
    found = _sums("uneven")
    order = [found.unit.index(provider) for provider in UNEVEN["provider"]]
    held = partial(agrees, "part_sums", on="nested_units, uneven", rtol=CLOSED_FORM)
    held("mean", found.mean[order], UNEVEN["mean"], against="base::tapply")
    held("sd", found.sd[order], UNEVEN["sd"], against="base::tapply")
    held("n_parts", found.n_parts[order], UNEVEN["placements"], against="base::tapply", rtol=0)
    held("within_parts", found.within_parts, UNEVEN["ms"]["residual"], against="stats::anova")
    # E(MSP) = sigma2 + n0 omega2 with n0 from the sizes alone.
    sums, provider = _parts("uneven")
    size = {name: sum(int(n) for n, own in zip(sums.n, provider, strict=True) if own == name) for name in found.unit}
    spread = sum(int(n) ** 2 / size[own] for n, own in zip(sums.n, provider, strict=True))
    n0 = (int(sums.n.sum()) - spread) / UNEVEN["df"]["placement"]
    msp = found.within_parts + n0 * found.between_parts
    held("mean square between parts", msp, UNEVEN["ms"]["placement"], against="stats::anova")
    variance = [
        found.between_parts
        * sum((int(n) / size[name]) ** 2 for n, own in zip(sums.n, provider, strict=True) if own == name)
        + found.within_parts / size[name]
        for name in found.unit
    ]
    np.testing.assert_allclose(found.variance, variance, rtol=1e-12)
