from dataclasses import replace

import pytest

from nets.errors import InvalidQuestionnaire
from nets.framework import Framework, read_framework
from nets.questionnaire.coverage import (
    PAGE,
    UNSEEN_BY_LEARNERS,
    asked_of_everyone,
    can_be_skipped,
    coverage_page,
    items_by_standard,
    newest_nets_version,
)
from nets.questionnaire.version import QuestionnaireVersion


@pytest.fixture(scope="module")
def version() -> QuestionnaireVersion:
    return newest_nets_version()


@pytest.fixture(scope="module")
def framework(version: QuestionnaireVersion) -> Framework:
    return read_framework(version.framework)


def test_the_page_in_the_docs_is_what_the_data_says(version: QuestionnaireVersion, framework: Framework) -> None:
    assert PAGE.read_text(encoding="utf-8") == coverage_page(version, framework)


def test_every_standard_is_covered_or_has_a_reason_why_not(version: QuestionnaireVersion, framework: Framework) -> None:
    covering = items_by_standard(version, framework)
    assert len(covering) == 27
    assert {code for code, items in covering.items() if not items} == set(UNSEEN_BY_LEARNERS)


def test_an_item_of_a_branch_counts_as_asked_of_some(version: QuestionnaireVersion) -> None:
    everyone = asked_of_everyone(version)
    assert "IND01" in everyone
    assert "NUR01" not in everyone


def test_items_after_an_interruption_can_be_skipped_and_core_items_cannot(version: QuestionnaireVersion) -> None:
    skippable = can_be_skipped(version)
    assert {"RES01", "SAF03", "DEM12"} <= skippable
    assert not skippable & {"IND01", "TEA06", "OVR01", "COM01"}


def test_it_names_every_standard_that_nobody_accounts_for(version: QuestionnaireVersion, framework: Framework) -> None:
    unmapped = replace(
        version, items=tuple(replace(item, standards=()) for item in version.items if item.code != "SUP05")
    )
    with pytest.raises(InvalidQuestionnaire) as caught:
        coverage_page(unmapped, framework)
    assert [problem.where for problem in caught.value.problems] == [
        f"nets {version.version}: standard {standard.code}"
        for standard in framework.standards
        if standard.code not in UNSEEN_BY_LEARNERS
    ]


def test_it_names_a_reason_that_an_item_contradicts(version: QuestionnaireVersion, framework: Framework) -> None:
    with pytest.raises(
        InvalidQuestionnaire, match=r"standard 4\.2: said to be out of a learner's sight, yet covered by SUP05"
    ):
        coverage_page(version, framework, {**UNSEEN_BY_LEARNERS, "4.2": "Nobody sees this."})
