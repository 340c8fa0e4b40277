"""From stored bytes to what the validation report reads: keys, reasons, groups, outcomes, what was reported."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from analysis import ReportTable, ValidationReport
from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.organisation import Level
from nets.packing import answer_byte, pack
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.releases.tallying import CampaignAnswers
from nets.simulation.learners import simulate_learners
from nets.simulation.places import invented_places
from nets.validation import validate_campaign


@pytest.fixture(scope="module")
def version() -> QuestionnaireVersion:
    return QuestionnaireFolder().read("nets", "2026.1")


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return Campaign(
        "trial", "Trial", "nets", "2026.1", date(2026, 3, 1), date(2026, 4, 30), AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers(version: QuestionnaireVersion) -> CampaignAnswers:
    placements = [place for place in invented_places() if place.level is Level.PLACEMENT][:12]
    days = (date(2026, 3, 1), date(2026, 4, 30))
    learners = list(simulate_learners(version, placements, 240, days=days, seed=1))
    matrix = np.frombuffer(b"".join(pack(version, each.answers) for each in learners), dtype=np.uint8)
    return CampaignAnswers(
        np.array([each.placement_id for each in learners], dtype=object),
        np.array([each.learner_group for each in learners], dtype=object),
        matrix.reshape(len(learners), -1),
    )


@pytest.fixture(scope="module")
def report(campaign: Campaign, version: QuestionnaireVersion, answers: CampaignAnswers) -> ValidationReport:
    return validate_campaign(campaign, version, answers)


def rows(report: ValidationReport, caption: str) -> tuple[tuple[Any, ...], ...]:
    tables = [part for section in report.sections for part in section.parts if isinstance(part, ReportTable)]
    return next(table.rows for table in tables if table.caption == caption)


def test_the_themes_are_the_structure_and_the_overall_view_the_criterion(report: ValidationReport) -> None:
    assert report.n_items == 31
    assert len(report.section("criterion").values["outcomes"]) == 3
    assert [row[0] for row in rows(report, "Scale scores, 0 to 100")] == [
        "Induction", "Clinical supervision", "Facilities", "Learning opportunities", "Teamwork",
    ]  # fmt: skip


def test_prefer_not_to_say_is_a_group(report: ValidationReport) -> None:
    characteristics = dict(rows(report, "Other characteristics of the respondents"))
    assert (
        "Prefer not to say" in characteristics["What is your sex?"]
        or "too small" in characteristics["What is your sex?"]
    )
    assert "Which nursing programme are you on?" not in characteristics  # asked of nurses alone


def test_missing_answers_keep_their_reasons(report: ValidationReport, answers: CampaignAnswers, version: Any) -> None:
    by_reason = report.section("missingness").values["by_reason"]
    place = [item.code for item in version.closed_items].index("SUP08")
    cells = answers.matrix[:, place]
    assert by_reason["left blank"]["SUP08"] == pytest.approx(np.mean(cells == answer_byte(Unanswered.BLANK)))
    label = version.non_response_labels[NonResponse.NOT_APPLICABLE]["en"]
    assert by_reason[label]["SUP08"] == pytest.approx(np.mean(cells == answer_byte(NonResponse.NOT_APPLICABLE)))


def test_whoever_reports_something_adverse_is_expected_to_score_lower(report: ValidationReport) -> None:
    stated = report.section("known-groups").values["hypotheses"]
    assert [name.partition(":")[0] for name in stated] == [
        "Dignity and respect",
        "Unsupervised practice",
        "Patient safety",
    ]


def test_no_placement_is_named(report: ValidationReport, answers: CampaignAnswers) -> None:
    page = report.to_html() + report.to_json()
    assert not [place for place in set(answers.placement_ids) if place in page]


def test_learner_groups_below_the_floor_are_not_named(
    campaign: Campaign, version: QuestionnaireVersion, answers: CampaignAnswers
) -> None:
    groups = np.array(["nursing"] * 232 + ["pharmacy"] * 8, dtype=object)
    page = validate_campaign(
        campaign, version, CampaignAnswers(answers.placement_ids, groups, answers.matrix)
    ).to_html()
    assert "Pharmacy" not in page
