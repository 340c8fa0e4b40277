"""Reasons in words: what else was looked at where a likelihood is held, and the short form of a reason for a card."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nets.risk import AdverseFlag, Evidence, GroupEvidence, RiskSuggestion, ScaleEvidence, read_rule, suggest_risk
from nets.risk.concern import ConcernNotice
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source
from nets.risk.survey_evidence import SurveyEvidence
from nets.risk.words import in_short, knows_no_group

VISIT = ExternalEvidence(
    "ev-1", "P0001", "", date(2026, 5, 3), Source.VISIT, Bearing.REASSURING, "supervision", "All was well.", "A. Example",
    date(2026, 5, 4),
)  # fmt: skip
MEETING = replace(VISIT, id="ev-2", source=Source.MEETING, bearing=Bearing.ADVERSE, about="facilities")
SAFETY = ConcernNotice("co-1", "patient_safety", True)
MINOR = ConcernNotice("co-2", "facilities", False)


def reasons(scale: dict[str, Any], version: str = "risk-2026.2", **known: Any) -> tuple[str, ...]:
    fields: dict[str, Any] = {
        "scale": "supervision", "title": "Clinical supervision", "probability": 0.99, "reliability": 0.74, "n": 31,
    }  # fmt: skip
    survey = SurveyEvidence("nets-2026-r1", (ScaleEvidence(**(fields | scale)),), first_campaign=True)
    survey = replace(survey, adverse=known.pop("adverse", ()))
    suggested = suggest_risk(Evidence(survey, **known), read_rule(version))
    assert isinstance(suggested, RiskSuggestion)
    return suggested.reasons


def held(version: str, **known: Any) -> str:
    (found,) = (reason for reason in reasons({}, version, **known) if reason.startswith("Likelihood is held"))
    return found.removeprefix("Likelihood is held at 3 (Possible) because ")


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, "the survey is the only source so far and no earlier campaign found the same."),
        (
            {"external": (VISIT,)},
            "nothing but the survey says so of clinical supervision: neither the evidence of 3 May 2026 (visit, reassuring) on "
            "clinical supervision nor an earlier campaign.",
        ),
        (
            {"external": (MEETING,), "concerns": (SAFETY, MINOR)},
            "nothing but the survey says so of clinical supervision: neither the evidence of 3 May 2026 (meeting, adverse) on "
            "facilities, the safety concern, the concern about facilities nor an earlier campaign.",
        ),
        (
            {"concerns": (SAFETY, replace(SAFETY, id="co-3"))},
            "nothing but the survey says so of clinical supervision: neither the safety concern nor an earlier campaign.",
        ),
    ],
    ids=["the survey alone", "what reassures", "what is about something else", "two that are named alike"],
)
def test_where_the_likelihood_is_held_every_other_source_is_named(known: Any, why: str) -> None:
    assert held("risk-2026.2", **known) == why


@pytest.mark.parametrize(
    ("external", "why"),
    [
        ((), "this is the first campaign and the survey is the only source."),
        (
            (VISIT,),
            "this is the first campaign and the survey is the only source that points to a risk; the evidence of 3 May 2026 "
            "(visit, reassuring) on supervision does not.",
        ),
        (
            (VISIT, replace(VISIT, bearing=Bearing.CONTEXT, about="teamwork")),
            "this is the first campaign and the survey is the only source that points to a risk; the evidence of 3 May 2026 "
            "(visit, reassuring) on supervision and the evidence of 3 May 2026 (visit, context) on teamwork do not.",
        ),
    ],
    ids=["the survey alone", "what reassures", "two that do not"],
)
def test_by_the_first_rule_too(external: tuple[ExternalEvidence, ...], why: str) -> None:
    assert held("risk-2026.1", external=external) == why


NURSING = GroupEvidence("nursing", "Nursing", 0.9, 0.6)
OTHERS = GroupEvidence("pharmacy", "Pharmacy", 0.1, 0.6)
FLAGGED = AdverseFlag("unsupervised_practice", "Unsupervised practice")


@pytest.mark.parametrize(
    ("scale", "known", "short"),
    [
        ({}, {}, "Clinical supervision: well below the benchmark, probability 95% or more."),
        (
            {"low_before": ("Training and Experience, 2024", "NETS 2025")},
            {},
            "Clinical supervision: well below the benchmark, probability 95% or more; so it was before.",
        ),
        (
            {"groups": (NURSING, OTHERS)},
            {},
            "Clinical supervision: well below the benchmark, probability 95% or more, in one learner group alone: Nursing.",
        ),
        (
            {"groups": (OTHERS,)},
            {},
            "Clinical supervision: well below the benchmark, probability 95% or more; no learner group's own score is as low.",
        ),
        (
            {"probability": 0.2, "groups": (NURSING, OTHERS)},
            {},
            "Clinical supervision, in the learner group Nursing: well below the benchmark of that group, probability 80% to 95% "
            "(indicative score); the place as a whole is not as low.",
        ),
        ({}, {"adverse": (FLAGGED,)}, "Unsupervised practice: learners report this more often here than elsewhere, beyond chance."),
        (
            {},
            {"concerns": (SAFETY,)},
            "A safety concern has reached a named lead outside the provider; one is enough, however few learners there are.",
        ),
    ],
    ids=["a scale", "a scale low before", "one group alone", "no group", "a group", "a flag", "a concern"],
)  # fmt: skip
def test_a_card_tells_a_reason_in_short(scale: Any, known: Any, short: str) -> None:
    first = reasons(scale, **known)[0]
    assert in_short(first) == short
    assert in_short(first.replace(" (reportable score)", "")) == short  # as it is told in bands


def test_whether_it_is_one_group_or_everyone_is_said_of_scores_alone() -> None:
    assert knows_no_group(reasons({})[0])
    assert not knows_no_group(reasons({"groups": (NURSING, OTHERS)})[0])
    assert not knows_no_group(reasons({}, adverse=(FLAGGED,))[0])
