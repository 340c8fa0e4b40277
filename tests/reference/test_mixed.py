"""Mixed models against lme4 and lmerTest in R: nested and crossed levels, case-mix by numbers and labels."""

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import MixedScores, mixed_scores

Agrees = Callable[..., None]

FOLDER = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected/mixed__lme4.json").read_text())["result"]
MODELS = [name for name in EXPECTED if name != "nested_default_control"]

# bobyqa stops where the deviance changes by less than rounding, which leaves variances some 1e-7 from the maximum, one
# of a hundredth of the others 6e-6.
TIGHT = 1e-5
# lmer as it comes stops earlier.
DEFAULT = 1e-4
# lmerTest differentiates numerically.
NUMERICAL = 1e-4


def _columns(file: str) -> dict[str, list[str]]:
    with (FOLDER / "data" / file).open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {name: [row[name] for row in rows] for name in rows[0]}


def _numbers(column: list[str]) -> list[float]:
    return [float(cell or "nan") for cell in column]


def _fit(name: str) -> MixedScores:
    if name.startswith("nets"):
        return _fit_nets(name)
    data = _columns("mixed_synth.csv")
    covariates = {"group": data["group"], "level": _numbers(data["level"])}
    placement, year = data["placement"], data["year"]
    levels: dict[str, Any] = {"provider": data["provider"], "year": year}
    reference = {"group": "medical"}
    match name:
        case "crossed":
            return mixed_scores(
                _numbers(data["score"]), placement, covariates, {"year": year}, reference={"group": "nursing"}
            )
        case "nested":
            return mixed_scores(_numbers(data["score"]), placement, covariates, levels, reference=reference)
        case "cells":
            levels["placement:year"] = [f"{place}:{when}" for place, when in zip(placement, year, strict=True)]
            return mixed_scores(_numbers(data["score"]), placement, covariates, levels, reference=reference)
    return mixed_scores(_numbers(data["score"]), placement)


def _fit_nets(name: str) -> MixedScores:
    data = _columns("nets_synth.csv")
    items = range(1, 7) if name == "nets_F1" else range(17, 22)
    answers = np.array([[float(cell or "nan") for cell in data[f"q{item:02d}"]] for item in items])
    gender = {"gender": data["gender"]}
    if name == "nets_F1":
        covariates = {**gender, "profession": data["profession"]}
        reference = {"gender": "1", "profession": "medical"}
        return mixed_scores(answers.mean(axis=0), data["placement"], covariates, reference=reference)
    levels = {"profession": data["profession"]}
    return mixed_scores(answers.mean(axis=0), data["placement"], gender, levels, reference={"gender": "1"})


@pytest.fixture(scope="module")
def fits() -> dict[str, MixedScores]:
    return {name: _fit(name) for name in MODELS}


every_model = pytest.mark.parametrize("name", MODELS)


def _on(name: str) -> str:
    """Give the data set of a model."""
    return "nets" if name.startswith("nets") else "mixed_synth"


def _theirs(name: str) -> str:
    """Turn lme4's name of a level into ours."""
    return {"placement": "unit", "Residual": "residual"}.get(name, name)


@every_model
def test_the_variances_are_lmers(fits: dict[str, MixedScores], name: str, agrees: Agrees) -> None:
    found = dict(zip(fits[name].variances.name, fits[name].variances.variance, strict=True))
    figures = {_theirs(level): value for level, value in EXPECTED[name]["variances"].items()}
    assert found.keys() == figures.keys()
    hold = partial(agrees, "mixed_scores", against="lme4::lmer", on=_on(name), rtol=TIGHT)
    hold("variances", found, {level: figures[level] for level in found})


def test_the_variances_are_those_that_lmer_prints_as_it_comes(fits: dict[str, MixedScores], agrees: Agrees) -> None:
    variances = fits["nested"].variances
    found = dict(zip(variances.name, variances.variance, strict=True))
    figures = {_theirs(level): value for level, value in EXPECTED["nested_default_control"].items()}
    hold = partial(agrees, "mixed_scores", against="lme4::lmer", on="mixed_synth", rtol=DEFAULT)
    hold("variances, lmer's own tolerance", {level: found[level] for level in figures}, figures)


@every_model
def test_the_likelihood_is_lmers_and_never_below_it(fits: dict[str, MixedScores], name: str, agrees: Agrees) -> None:
    theirs = EXPECTED[name]["logLik"]
    hold = partial(agrees, "mixed_scores", against="lme4::lmer", on=_on(name))
    hold("log_likelihood", fits[name].log_likelihood, theirs, rtol=1e-11)
    assert fits[name].log_likelihood >= theirs - 1e-8
    hold("n_used", fits[name].n_used, EXPECTED[name]["n"])


@every_model
@pytest.mark.parametrize(
    ("cell", "attribute", "tolerance"),
    [("estimate", "estimate", TIGHT), ("se", "standard_error", TIGHT), ("df", "df", NUMERICAL), ("p", "p", 1e-3)],
)
def test_the_fixed_effects_are_lmertests(
    fits: dict[str, MixedScores], name: str, cell: str, attribute: str, tolerance: float, agrees: Agrees
) -> None:
    figures = np.atleast_1d(EXPECTED[name]["fixed"][cell])
    hold = partial(agrees, "mixed_scores", against="lmerTest::lmer", on=_on(name), rtol=tolerance)
    hold(f"fixed_effects.{attribute}", getattr(fits[name].fixed_effects, attribute), figures)


@every_model
def test_the_fixed_effects_are_named_as_in_r_and_say_what_they_are_compared_with(
    fits: dict[str, MixedScores], name: str
) -> None:
    theirs = EXPECTED[name]["fixed"]["name"]
    theirs = [theirs] if isinstance(theirs, str) else theirs
    found = fits[name].fixed_effects
    for ours, other in zip(found.name[1:], theirs[1:], strict=True):
        assert other.endswith(ours.rpartition(" = ")[2])
    if name == "nested":
        assert found.name == ("intercept", "group = AHP", "group = nursing", "group = pharmacy", "level")
        assert found.reference == (("group", "medical"),)


@every_model
def test_the_predicted_effects_of_every_level_are_lmers(
    fits: dict[str, MixedScores], name: str, agrees: Agrees
) -> None:
    ours = {places.level: places for places in fits[name].places}
    # An effect moves with its level's variance, and by which way the processor sums: 1.2e-5 was seen.
    hold = partial(agrees, "mixed_scores", against="lme4::ranef", on=_on(name), atol=DEFAULT)
    for level, figures in EXPECTED[name]["ranef"].items():
        places = ours[_theirs(level)]
        found = dict(zip(map(str, places.place), places.effect, strict=True))
        theirs = dict(zip(map(str, figures["place"]), figures["effect"], strict=True))
        sd = float(np.std(figures["effect"]))
        own = {place: found[place] / sd for place in theirs}
        hold("effects of places, in their sd", own, {place: effect / sd for place, effect in theirs.items()})


@every_model
def test_the_reliability_is_one_less_lmers_conditional_variance(name: str, agrees: Agrees) -> None:
    expected = EXPECTED[name]
    found = _fit(name)
    if found.part_of_score:
        # lme4 gives the conditional variance of the placement alone.
        data = _columns("mixed_synth.csv")
        levels: dict[str, Any] = {"provider": data["provider"], "year": data["year"]}
        if name == "cells":
            levels["cell"] = list(zip(data["placement"], data["year"], strict=True))
        covariates = {"group": data["group"], "level": _numbers(data["level"])}
        found = mixed_scores(_numbers(data["score"]), data["placement"], covariates, levels, part_of_score=())
    tau2 = found.variances.variance[0]
    by_unit = dict(zip(found.unit, np.sqrt(tau2 * (1.0 - found.reliability)), strict=True))
    theirs = dict(zip(expected["ranef"]["placement"]["place"], expected["cond_sd"], strict=True))
    hold = partial(agrees, "mixed_scores", against="lme4::ranef", on=_on(name), rtol=1e-5)
    hold("reliability, by the conditional sd", {place: by_unit[place] for place in theirs}, theirs)


@every_model
def test_a_score_is_the_grand_mean_and_the_effects_of_the_unit_and_of_what_contains_it(
    fits: dict[str, MixedScores], name: str
) -> None:
    found = fits[name]
    effects = {places.level: dict(zip(places.place, places.effect, strict=True)) for places in found.places}
    provider = dict(zip(*(_columns("mixed_synth.csv")[column] for column in ("placement", "provider")), strict=True))
    for i, unit in enumerate(found.unit):
        expected = found.grand_mean + effects["unit"][unit]
        expected += sum(effects[level][provider[str(unit)]] for level in found.part_of_score)
        assert found.adjusted[i] == pytest.approx(expected, rel=1e-12)
    assert found.part_of_score == (("provider",) if name in ("nested", "cells") else ())
