"""What the rule suggests, of what evidence, and the reasons in words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nets.risk import (
    AdverseFlag,
    EarlierAssessment,
    Evidence,
    GroupEvidence,
    InsufficientEvidence,
    NoConcern,
    RiskLevel,
    RiskSuggestion,
    ScaleEvidence,
    SurveyEvidence,
    read_rule,
    suggest_risk,
)
from nets.risk.concern import ConcernNotice
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source

RULE = read_rule()
FIRST_RULE = read_rule("risk-2026.1")
VISIT = ExternalEvidence(
    "ev-1", "P0001", "", date(2026, 5, 3), Source.VISIT, Bearing.ADVERSE, "supervision", "Gaps in the rota.", "A. Example",
    date(2026, 5, 4),
)  # fmt: skip
SAFETY = ConcernNotice("co-1", "unsupervised_practice", True)
BEFORE = EarlierAssessment("P0001-a1", "supervision", 4, 3, ("programme review",), date(2025, 12, 15))


def low_scale(**changes: Any) -> ScaleEvidence:
    fields: dict[str, Any] = {
        "scale": "supervision", "title": "Clinical supervision", "probability": 0.85, "reliability": 0.74, "n": 31,
    }  # fmt: skip
    return ScaleEvidence(**(fields | changes))


def group(title: str, probability: float, **changes: Any) -> GroupEvidence:
    fields: dict[str, Any] = {"group": title.lower(), "title": title, "probability": probability, "reliability": 0.6}
    return GroupEvidence(**(fields | changes))


def survey(*scales: ScaleEvidence, **changes: Any) -> SurveyEvidence:
    fields: dict[str, Any] = {"release_id": "nets-2026-r1", "scales": scales, "first_campaign": False}
    return SurveyEvidence(**(fields | changes))


def suggestion(evidence: Evidence, rule: Any = RULE) -> RiskSuggestion:
    suggested = suggest_risk(evidence, rule)
    assert isinstance(suggested, RiskSuggestion)
    return suggested


def persistent(**changes: Any) -> Evidence:
    return Evidence(survey(low_scale(low_before=("NETS 2025",), **changes)))


@pytest.mark.parametrize(("probability", "likelihood"), [(0.8, 4), (0.94, 4), (0.95, 5), (1.0, 5)])
def test_likelihood_follows_the_probability_of_what_was_found_before(probability: float, likelihood: int) -> None:
    assert suggestion(persistent(probability=probability)).likelihood == likelihood


@pytest.mark.parametrize("rule", [RULE, FIRST_RULE])
def test_below_the_gate_nothing_is_suggested(rule: Any) -> None:
    assert isinstance(suggest_risk(Evidence(survey(low_scale(probability=0.49))), rule), NoConcern)
    assert suggestion(Evidence(survey(low_scale(probability=0.5))), rule).likelihood == 3


@pytest.mark.parametrize(("probability", "is_held"), [(0.79, False), (0.8, True), (0.94, True), (0.99, True)])
def test_what_the_survey_alone_has_found_for_the_first_time_is_possible_and_no_more(
    probability: float, is_held: bool
) -> None:
    for first_campaign in (True, False):
        suggested = suggestion(Evidence(survey(low_scale(probability=probability), first_campaign=first_campaign)))
        assert suggested.likelihood == 3
        assert (
            any("held at 3 (Possible) because the survey is the only source" in reason for reason in suggested.reasons)
            is is_held
        )


def test_the_first_rule_held_it_in_the_first_campaign_alone() -> None:
    scale = low_scale(probability=0.99)
    held = suggestion(Evidence(survey(scale, first_campaign=True)), FIRST_RULE)
    assert held.likelihood == 3
    assert "because this is the first campaign and the survey is the only source" in held.reasons[1]
    assert suggestion(Evidence(survey(scale)), FIRST_RULE).likelihood == 5


def test_what_an_earlier_campaign_found_as_well_is_likely_at_least() -> None:
    suggested = suggestion(persistent(probability=0.55))
    assert suggested.likelihood == 4
    assert suggested.reasons == (
        "Clinical supervision: probability of 50% to 80% that the true score lies well below the benchmark (reportable score); "
        "whether it is one learner group or everyone, no score can tell; so it was in NETS 2025.",
        "Likelihood is 4 (Likely) at least, because an earlier campaign found the same.",
    )


def test_a_second_source_on_the_same_subject_lifts_the_cap_and_one_on_another_does_not() -> None:
    scales = survey(low_scale(probability=0.99))
    assert suggestion(Evidence(scales, external=(VISIT,))).likelihood == 5
    assert suggestion(Evidence(scales, external=(replace(VISIT, about="facilities"),))).likelihood == 3
    assert suggestion(Evidence(scales, concerns=(ConcernNotice("co-1", "supervision", False),))).likelihood == 5


@pytest.mark.parametrize("bearing", [Bearing.CONTEXT, Bearing.REASSURING])
def test_what_explains_or_reassures_is_told_and_is_no_second_source(bearing: Bearing) -> None:
    suggested = suggestion(Evidence(survey(low_scale(probability=0.99)), external=(replace(VISIT, bearing=bearing),)))
    assert suggested.likelihood == 3
    assert (
        suggested.reasons[-1] == f"Evidence of 3 May 2026 (visit, {bearing}) on clinical supervision: Gaps in the rota."
    )


@pytest.mark.parametrize(
    ("groups", "impact", "words"),
    [
        ((), 3, "; whether it is one learner group or everyone, no score can tell"),
        ((group("Nursing", 0.9, reliability=0.49),), 3, "; whether it is one learner group or everyone, no score can tell"),
        ((group("Nursing", 0.49), group("Pharmacy", 0.1)), 3, "; no learner group's own score is as low"),
        ((group("Nursing", 0.5), group("Pharmacy", 0.1)), 3, ", in one learner group alone: Nursing"),
        ((group("Nursing", 0.5),), 3, ", in the one learner group with a score of its own: Nursing"),
        ((group("A", 0.5), group("B", 0.6)), 4, ", in every learner group with a score of its own: A and B"),
        ((group("A", 0.5), group("B", 0.6), group("C", 0.2)), 4, ", in more than one learner group: A and B"),
    ],
)  # fmt: skip
def test_one_group_and_everyone_are_told_apart_and_two_groups_weigh_one_more(
    groups: tuple[GroupEvidence, ...], impact: int, words: str
) -> None:
    suggested = suggestion(Evidence(survey(low_scale(groups=groups))))
    assert suggested.impact == impact
    assert f"(reportable score){words}." in suggested.reasons[0]


def test_impact_never_passes_five() -> None:
    scale = low_scale(scale="patient_safety", groups=(group("Nursing", 0.9), group("Midwifery", 0.9)))
    assert suggestion(Evidence(survey(scale))).impact == 5


def test_one_learner_groups_own_score_opens_the_gate_where_the_place_as_a_whole_is_not_low() -> None:
    scale = low_scale(probability=0.3, groups=(group("Pharmacy", 0.9), group("Nursing", 0.1)))
    suggested = suggestion(Evidence(survey(scale)))
    assert (suggested.likelihood, suggested.impact, suggested.level) == (3, 3, RiskLevel.MEDIUM)
    assert suggested.reasons[0] == (
        "Clinical supervision, in the learner group Pharmacy: probability of 80% to 95% that the true score lies well below the "
        "benchmark of that group (indicative score); the place as a whole is not as low."
    )
    assert isinstance(suggest_risk(Evidence(survey(scale)), FIRST_RULE), NoConcern)


def test_a_groups_own_score_speaks_where_the_places_is_too_unreliable() -> None:
    scale = low_scale(probability=0.6, reliability=0.4, groups=(group("Pharmacy", 0.9, reliability=0.5),))
    reason = suggestion(Evidence(survey(scale))).reasons[0]
    assert reason.startswith("Clinical supervision, in the learner group Pharmacy: probability of 80% to 95%")
    assert reason.endswith("; the place as a whole has no score that carries a statement.")


def test_a_groups_unreliable_score_opens_no_gate() -> None:
    scale = low_scale(probability=0.3, groups=(group("Pharmacy", 0.9, reliability=0.49),))
    assert isinstance(suggest_risk(Evidence(survey(scale)), RULE), NoConcern)


def test_a_group_that_was_low_before_escalates() -> None:
    scale = low_scale(probability=0.3, groups=(group("Pharmacy", 0.6, low_before=("NETS 2025",)),))
    suggested = suggestion(Evidence(survey(scale)))
    assert (suggested.likelihood, suggested.colour) == (4, "A/R")
    assert suggested.reasons[0].endswith("; so it was in NETS 2025.")


def test_a_safety_concern_is_high_without_any_score_and_its_words_stay_with_its_lead() -> None:
    suggested = suggestion(Evidence(SurveyEvidence(""), concerns=(SAFETY,)))
    assert (suggested.likelihood, suggested.impact, suggested.colour, suggested.level) == (3, 5, "R", RiskLevel.HIGH)
    assert suggested.about == "unsupervised_practice"
    assert suggested.reasons == (
        "A safety concern has reached a named lead outside the provider; one is enough, however few learners there are.",
    )
    assert suggested.robustness == "Robustness: no campaign has been released, so nothing here rests on survey scores."


def test_a_concern_that_is_none_of_safety_has_its_subjects_impact() -> None:
    suggested = suggestion(Evidence(SurveyEvidence(""), concerns=(ConcernNotice("co-1", "facilities", False),)))
    assert (suggested.likelihood, suggested.impact, suggested.level) == (3, 2, RiskLevel.LOW)
    assert suggested.reasons[0].startswith("A concern about facilities has reached a named lead")


def test_the_adverse_flag_opens_the_gate_with_its_subjects_impact() -> None:
    flag = AdverseFlag("dignity", "Dignity and respect")
    suggested = suggestion(Evidence(survey(low_scale(probability=0.1), adverse=(flag,))))
    assert suggested.reasons[0].endswith(
        "learners report this more often here than elsewhere, beyond chance (99% interval)."
    )
    assert (suggested.likelihood, suggested.impact, suggested.about) == (3, 4, "dignity")


def test_adverse_evidence_alone_is_possible_with_its_subjects_impact() -> None:
    suggested = suggestion(Evidence(SurveyEvidence(""), external=(VISIT,)))
    assert (suggested.likelihood, suggested.impact, suggested.about) == (3, 3, "supervision")
    assert suggested.reasons == ("Evidence of 3 May 2026 (visit, adverse) on clinical supervision: Gaps in the rota.",)


@pytest.mark.parametrize(("probability", "likelihood"), [(0.19, 2), (0.2, 3), (0.49, 3)])
def test_adverse_evidence_weighs_less_where_the_survey_speaks_against_it(probability: float, likelihood: int) -> None:
    suggested = suggestion(Evidence(survey(low_scale(probability=probability)), external=(VISIT,)))
    assert suggested.likelihood == likelihood
    assert ("The survey does not bear this out" in " ".join(suggested.reasons)) is (likelihood == 2)


def test_context_asks_the_survey_about_its_own_subject() -> None:
    moved = replace(VISIT, bearing=Bearing.CONTEXT, about="learning", source=Source.SERVICE_CHANGE)
    scales = survey(low_scale(probability=0.45), low_scale(scale="learning", title="Learning", probability=0.3))
    suggested = suggestion(Evidence(scales, external=(moved,)))
    assert (suggested.about, suggested.likelihood, suggested.impact) == ("learning", 2, 3)
    assert isinstance(suggest_risk(Evidence(scales, external=(replace(moved, about="relationship"),)), RULE), NoConcern)


def test_reassuring_evidence_alone_suggests_nothing_and_is_told() -> None:
    good = replace(VISIT, bearing=Bearing.REASSURING)
    for found in (survey(low_scale(probability=0.1)), SurveyEvidence("")):
        suggested = suggest_risk(Evidence(found, external=(good,)), RULE)
        assert isinstance(suggested, NoConcern | InsufficientEvidence)
        assert "Gaps in the rota" in suggested.reasons[-1]


def test_who_asks_gets_the_likeliest_finding_and_not_the_gravest_subject() -> None:
    scales = survey(
        low_scale(scale="patient_safety", title="Patient safety", probability=0.02), low_scale(probability=0.3)
    )
    assert isinstance(suggest_risk(Evidence(scales), RULE), NoConcern)
    asked = suggestion(Evidence(scales, asked_for=True))
    assert (asked.about, asked.likelihood, asked.impact, asked.level) == ("supervision", 2, 3, RiskLevel.MEDIUM)
    assert "probability of 20% to 50%" in asked.reasons[0]


def test_of_two_findings_that_are_alike_likely_who_asks_gets_the_graver_subject() -> None:
    induction = low_scale(scale="induction", title="Induction", probability=0.3)
    safety = low_scale(scale="patient_safety", title="Patient safety", probability=0.3)
    for scales in ((induction, safety), (safety, induction)):
        assert suggestion(Evidence(survey(*scales), asked_for=True)).about == "patient_safety"


def test_who_asks_where_nothing_can_be_said_is_told_so() -> None:
    assert isinstance(suggest_risk(Evidence(survey(), asked_for=True), RULE), InsufficientEvidence)


def test_an_unreliable_score_alone_is_insufficient_evidence() -> None:
    suggested = suggest_risk(Evidence(survey(low_scale(reliability=0.49))), RULE)
    assert isinstance(suggested, InsufficientEvidence)
    assert suggested.reasons[0] == (
        "Robustness: insufficient: Clinical supervision. Too unreliable and therefore left out: Clinical supervision."
    )


def test_a_score_at_the_least_reliability_carries_a_statement() -> None:
    suggested = suggestion(Evidence(survey(low_scale(reliability=0.5))))
    assert suggested.robustness == "Robustness: indicative: Clinical supervision. All carry a statement."


def test_no_score_at_all_is_insufficient_evidence() -> None:
    suggested = suggest_risk(Evidence(survey()), RULE)
    assert isinstance(suggested, InsufficientEvidence)
    assert suggested.reasons == (
        "Robustness: no survey score here can be held against others: too few learners, or nothing to compare with.",
    )


def test_the_worst_cell_is_suggested_and_every_reason_is_kept() -> None:
    facilities = low_scale(scale="facilities", title="Facilities", probability=0.97, low_before=("NETS 2025",))
    suggested = suggestion(Evidence(survey(facilities, low_scale(low_before=("NETS 2025",)))))
    assert (suggested.likelihood, suggested.impact, suggested.colour) == (4, 3, "A/R")
    assert [reason.split(":")[0] for reason in suggested.reasons] == ["Clinical supervision", "Facilities"]


def test_of_two_equal_cells_the_surer_finding_comes_first() -> None:
    scales = survey(low_scale(scale="induction", title="Induction", probability=0.55), low_scale(probability=0.75))
    assert [reason.split(":")[0] for reason in suggestion(Evidence(scales)).reasons] == [
        "Clinical supervision", "Induction"
    ]  # fmt: skip


def test_of_two_equal_cells_what_somebody_has_seen_comes_before_what_a_score_makes_likely() -> None:
    suggested = suggestion(Evidence(survey(low_scale(probability=0.75)), external=(replace(VISIT, about="tea"),)))
    assert (suggested.likelihood, suggested.impact, suggested.about) == (3, 3, "tea")
    assert "Gaps in the rota" in suggested.reasons[0]


@pytest.mark.parametrize(("probability", "likelihood"), [(0.49, 2), (0.2, 2), (0.19, 1), (0.0, 1)])
def test_after_action_a_better_score_is_unlikely_or_rare(probability: float, likelihood: int) -> None:
    suggested = suggestion(Evidence(survey(low_scale(probability=probability)), earlier=(BEFORE,)))
    assert (suggested.likelihood, suggested.impact, suggested.about) == (likelihood, 3, "supervision")
    assert suggested.reasons[0].startswith(
        "Since assessment P0001-a1 of 15 December 2025 (programme review), Clinical supervision is well below the benchmark with "
        f"a probability {'of 20% to 50%' if likelihood == 2 else 'under 20%'}: likelihood {likelihood}"
    )


def test_after_action_without_change_the_finding_speaks_for_itself() -> None:
    suggested = suggestion(replace(persistent(probability=0.6), earlier=(BEFORE,)))
    assert (suggested.likelihood, suggested.colour) == (4, "A/R")
    assert not any(reason.startswith("Since assessment") for reason in suggested.reasons)


def test_an_earlier_assessment_stands_where_no_score_can_tell_of_a_change() -> None:
    suggested = suggestion(Evidence(survey(low_scale(reliability=0.3)), earlier=(BEFORE,)))
    assert (suggested.likelihood, suggested.impact) == (4, 3)
    assert "P0001-a1 of 15 December 2025 (programme review) stands" in suggested.reasons[0]


def test_the_robustness_clause_says_what_was_left_out() -> None:
    scales = (low_scale(), low_scale(scale="induction", title="Induction", reliability=0.31))
    assert suggestion(Evidence(survey(*scales))).robustness == (
        "Robustness: reportable: Clinical supervision; insufficient: Induction. "
        "Too unreliable and therefore left out: Induction."
    )


@pytest.mark.parametrize(
    ("probability", "words"),
    [(1.0, "of 95% or more"), (0.95, "of 95% or more"), (0.949, "of 80% to 95%"), (0.5, "of 50% to 80%")],
)
def test_a_probability_is_told_by_its_step(probability: float, words: str) -> None:
    reason = suggestion(Evidence(survey(low_scale(probability=probability)))).reasons[0]
    assert f"probability {words} that" in reason


def test_no_reason_tells_how_many_learners_there_are_or_how_reliable_they_make_a_score() -> None:
    scale = low_scale(
        n=37, reliability=0.7371, probability=0.8713, groups=(group("Nursing", 0.617, reliability=0.571),)
    )
    suggested = suggestion(Evidence(survey(scale)))
    told = " ".join((*suggested.reasons, suggested.robustness))
    assert not any(figure in told for figure in ("37", "0.7", "0.8", "87", "61", "57"))
