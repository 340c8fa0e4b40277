"""A suggestion as it is told without exact numbers: the same cell, and no word that depends on how many learners there were."""

from collections.abc import Mapping

import pytest

from nets.placement import Verdict
from nets.risk import (
    Evidence,
    GroupEvidence,
    InsufficientEvidence,
    NoConcern,
    RiskSuggestion,
    ScaleEvidence,
    Suggestion,
    SurveyEvidence,
    read_rule,
    suggest_risk,
    told_in_bands,
)

RULE = read_rule()


def suggestion(n: int, probability: float, reliability: float) -> Suggestion:
    """What is suggested of a ward with two scales and so many learners."""
    group = GroupEvidence("nursing", "Nursing", 0.9, reliability)
    scales = (
        ScaleEvidence("supervision", "Supervision", probability, reliability, n, (group,)),
        ScaleEvidence("teamwork", "Teamwork", 0.1, reliability + 0.15, n),
    )
    return suggest_risk(Evidence(SurveyEvidence("tea-r1", scales)), RULE)


INDICATIVE: Mapping[str, Verdict] = {"Supervision": Verdict.INDICATIVE, "Teamwork": Verdict.INDICATIVE}
INSUFFICIENT: Mapping[str, Verdict] = dict.fromkeys(INDICATIVE, Verdict.INSUFFICIENT)


@pytest.mark.parametrize("probability", [0.85, 0.2], ids=["the whole place", "one group"])
def test_two_numbers_of_learners_that_lead_to_one_cell_are_told_in_the_same_words(probability: float) -> None:
    few, many = suggestion(12, probability, 0.52), suggestion(19, probability, 0.72)
    assert few != many
    told = told_in_bands(few, INDICATIVE)
    assert told == told_in_bands(many, INDICATIVE)
    assert isinstance(few, RiskSuggestion)
    assert isinstance(told, RiskSuggestion)
    assert (told.likelihood, told.impact, told.colour, told.about) == (
        few.likelihood,
        few.impact,
        few.colour,
        few.about,
    )
    assert "indicative: Supervision, Teamwork" in told.robustness


def test_no_concern_is_said_only_where_the_banded_scores_carry_it() -> None:
    """Otherwise a ward would be told "no concern" from twelve learners on, and "insufficient evidence" with eleven."""
    survey = SurveyEvidence("tea-r1", (ScaleEvidence("supervision", "Supervision", 0.1, 0.52, 12),))
    enough = suggest_risk(Evidence(survey), RULE)
    survey = SurveyEvidence("tea-r1", (ScaleEvidence("supervision", "Supervision", 0.1, 0.48, 11),))
    too_few = suggest_risk(Evidence(survey), RULE)
    assert isinstance(enough, NoConcern)
    assert isinstance(too_few, InsufficientEvidence)
    verdicts = {"Supervision": Verdict.INSUFFICIENT}
    assert told_in_bands(enough, verdicts) == told_in_bands(too_few, verdicts)
    assert isinstance(told_in_bands(enough, {"Supervision": Verdict.INDICATIVE}), NoConcern)
    assert isinstance(told_in_bands(enough, {**verdicts, "Teamwork": Verdict.INDICATIVE}), NoConcern)


def test_where_nothing_is_known_of_the_banded_scores_no_verdict_is_told() -> None:
    told = told_in_bands(suggestion(12, 0.85, 0.52), {})
    assert isinstance(told, RiskSuggestion)
    assert told.robustness == (
        "Robustness: how far each score could be relied on is in the record, and not here, because it would tell how many "
        "learners answered."
    )


@pytest.mark.parametrize("release_id", ["", "tea-r1"], ids=["no release", "nothing to compare"])
def test_what_depends_on_no_number_is_told_as_it_is(release_id: str) -> None:
    nothing = suggest_risk(Evidence(SurveyEvidence(release_id)), RULE)
    assert told_in_bands(nothing, {}) == told_in_bands(nothing, INDICATIVE) == nothing
