"""Whatever stands in an export's responses is explained in its codebook, for people and for programs."""

from typing import Any

import pytest

from nets.campaign import Campaign
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.transfer.codebook import CODEBOOK_COLUMNS, RESPONSE_COLUMNS, codebook_document, codebook_rows


@pytest.fixture(params=["climate", "nets_version"])
def version(request: pytest.FixtureRequest) -> QuestionnaireVersion:
    """The small instrument and the shipped one."""
    found: QuestionnaireVersion = request.getfixturevalue(request.param)
    return found


def entries(version: QuestionnaireVersion) -> dict[str, dict[str, str]]:
    rows = [dict(zip(CODEBOOK_COLUMNS, row, strict=True)) for row in codebook_rows(version)]
    return {row["column"]: row for row in rows}


def meanings(entry: dict[str, str]) -> dict[str, str]:
    """What every code of a column means."""
    listed = "; ".join(filter(None, (entry["options"], entry["non_response"])))
    return dict(part.split(" = ", 1) for part in listed.split("; "))


def test_every_column_has_a_row_in_its_order(version: QuestionnaireVersion) -> None:
    assert list(entries(version)) == [*RESPONSE_COLUMNS, *(item.code for item in version.closed_items)]


def test_every_code_that_an_answer_can_be_is_explained(version: QuestionnaireVersion) -> None:
    for code, entry in entries(version).items():
        if code in RESPONSE_COLUMNS:
            continue
        item = version.item[code]
        codes = {str(option.value) for option in version.options(item)} | set(item.non_response) | set(Unanswered)
        assert set(meanings(entry)) == codes
        assert all(meanings(entry).values())


def test_an_item_carries_what_its_analysis_needs(climate: QuestionnaireVersion) -> None:
    entry = entries(climate)
    assert (entry["TENSE"]["reverse"], entry["TENSE"]["scale"], entry["TENSE"]["scale_kind"]) == (
        "yes",
        "climate",
        "criterion",
    )
    assert meanings(entry["TENSE"])["1"] == "Strongly disagree"
    assert (entry["HURT"]["sensitive"], entry["HURT"]["adverse"]) == ("yes", "4; 5")
    assert (entry["ALONE"]["kind"], entry["ALONE"]["scale"]) == ("choice", "")
    assert entry["CALM"]["standards"] == "3.3"
    assert entry["learner_group"]["options"] == "day = Day staff; night = Night staff"


def test_programs_get_the_same_in_every_language(climate: QuestionnaireVersion, campaign: Campaign) -> None:
    document: Any = codebook_document(campaign, climate, 600)
    assert document["campaign"]["n_responses"] == 600
    assert document["questionnaire"]["sha256"] == climate.digest
    assert [item["code"] for item in document["items"]] == [item.code for item in climate.closed_items]
    (tense,) = (item for item in document["items"] if item["code"] == "TENSE")
    assert tense["wording"]["cy"] == "Mae fy nhîm yn llawn tensiwn."
    assert tense["options"][0] == {
        "value": 1,
        "code": "strongly_disagree",
        "label": {"en": "Strongly disagree", "cy": "Anghytuno'n gryf"},
    }
    assert tense["reverse"] is True
    assert set(document["codes"]["unanswered"]) == set(Unanswered)
    assert set(document["codes"]["non_response"]) <= set(NonResponse)
    assert [scale["items"] for scale in document["scales"]] == [["CALM", "TENSE", "RUSHED"], ["HURT"]]
