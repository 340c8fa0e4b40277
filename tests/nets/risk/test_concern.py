"""A concern has a lead with a name and a role, who sits outside the provider."""

from dataclasses import fields, replace
from datetime import date

import pytest

from nets.errors import InvalidSetting
from nets.organisation import Level
from nets.risk.concern import Concern, ConcernNotice, ConcernStatus, ConcernStep, Lead, not_outside_the_provider

ALONE = Concern(
    "co-1", "P0001", "", date(2026, 5, 3), True, "unsupervised_practice", "I was alone on nights.",
    Lead("Jo Example", "postgraduate dean", "L01"), "learner", date(2026, 5, 3),
)  # fmt: skip


def test_a_concern_without_a_named_lead_is_refused_with_all_else_that_is_wrong() -> None:
    with pytest.raises(InvalidSetting) as caught:
        replace(ALONE, sentence="", lead=Lead("", " ", "L01"), entered_by="", raised_on=date(2026, 5, 4))
    assert [problem.where for problem in caught.value.problems] == [
        "sentence", "lead", "lead_role", "entered_by", "raised_on"
    ]  # fmt: skip


@pytest.mark.parametrize("level", [Level.PROVIDER, Level.SITE, Level.PLACEMENT])
def test_a_lead_within_a_provider_is_none(level: Level) -> None:
    (problem,) = not_outside_the_provider("T001", level)
    assert "outside the provider" in problem.what


@pytest.mark.parametrize(("at", "level"), [("L01", Level.LOCAL_OFFICE), ("R1", Level.REGION), ("national", None)])
def test_a_lead_sits_at_a_local_office_a_region_or_nationally(at: str, level: Level | None) -> None:
    assert not_outside_the_provider(at, level) == []


def test_a_lead_at_a_place_that_is_not_there_is_told() -> None:
    (problem,) = not_outside_the_provider("L99", None)
    assert problem.what.startswith("there is no place L99")


def test_what_may_be_told_of_a_concern_has_neither_its_words_nor_its_day() -> None:
    assert ALONE.notice == ConcernNotice("co-1", "unsupervised_practice", True)
    assert {field.name for field in fields(ConcernNotice)} == {"id", "about", "is_safety"}


def test_a_step_is_signed_and_says_something() -> None:
    with pytest.raises(InvalidSetting) as caught:
        ConcernStep("co-1", 1, ConcernStatus.CLOSED, "", "", date(2026, 5, 4))
    assert [problem.where for problem in caught.value.problems] == ["note", "taken_by"]
