"""The rule is data: every version stays as it was shipped, and an older one is read as it then worked."""

import hashlib
import json
from importlib import resources

import pytest

from nets.errors import NotFound
from nets.risk import RiskLevel, read_rule
from nets.risk.rule import NEWEST

SHIPPED = {
    "risk-2026.1": "4610050c0f26b30ac05e1a593d566b8f57fa1fb4c9106d620f442c481c02fa63",
    "risk-2026.2": "26f534c987fe0041e5d1421854c400b6c29487463f03806663a46610ba896519",
}
RULES = resources.files("nets").joinpath("rules")


@pytest.mark.parametrize("version", SHIPPED)
def test_a_shipped_rule_is_never_edited(version: str) -> None:
    data = RULES.joinpath(f"{version}.json").read_bytes()
    assert json.loads(data)["version"] == read_rule(version).version == version
    assert hashlib.sha256(data).hexdigest() == SHIPPED[version], "copy it to a new version instead"


def test_every_rule_there_is_stands_above_and_the_newest_is_read_unasked() -> None:
    there = {file.name.removesuffix(".json") for file in RULES.iterdir() if file.name.startswith("risk-")}
    assert there == set(SHIPPED)
    assert read_rule().version == NEWEST == max(SHIPPED)


def test_an_unknown_rule_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound, match=r"no risk rule 'risk-1999.1'; there is risk-2026.1, risk-2026.2"):
        read_rule("risk-1999.1")


@pytest.mark.parametrize("version", SHIPPED)
def test_the_default_mapping_of_colours_to_levels(version: str) -> None:
    rule = read_rule(version)
    assert rule.level_of_colour == {"R": "high", "A/R": "high", "A": "medium", "G/A": "low", "G": "low"}
    assert {level: rule.interventions[level] for level in RiskLevel} == {
        "high": ("triggered visit", "programme review"),
        "medium": ("programme review", "learner and educator meetings"),
        "low": ("desktop review", "programme review", "learner and educator meetings"),
    }


def test_the_first_rule_is_read_as_it_worked() -> None:
    rule = read_rule("risk-2026.1")
    assert (rule.cap, rule.cap_until, rule.likelihood_if_persistent) == (3, "second campaign", 1)
    assert not rule.groups_open_the_gate
    assert rule.supportive == ()
    assert (rule.impact("dignity"), rule.impact("learning"), rule.impact("anything")) == (4, 3, 3)


def test_subjects_have_titles_and_impacts() -> None:
    rule = read_rule()
    assert (rule.title("relationship"), rule.impact("relationship")) == (
        "Working relationships between organisations",
        2,
    )
    assert (rule.title("team_climate"), rule.impact("team_climate")) == ("Team climate", 3)
    assert {code: rule.impact(code) for code in ("facilities", "overall", "induction", "supervision", "learning", "teamwork")} == {
        "facilities": 2, "overall": 2, "induction": 3, "supervision": 3, "learning": 3, "teamwork": 3
    }  # fmt: skip
    assert {code: rule.impact(code) for code in ("dignity", "unsupervised_practice", "patient_safety")} == {
        "dignity": 4, "unsupervised_practice": 5, "patient_safety": 5
    }  # fmt: skip


def test_the_handbooks_supportive_interventions_are_there() -> None:
    assert len(read_rule().supportive) == 9
    assert "senior leader engagement visit" in read_rule().supportive
