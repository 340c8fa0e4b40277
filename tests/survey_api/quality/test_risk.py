"""The risk of a place on a page: read by who may see it, decided by who may assess, once, on what she has seen."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.audit import Act
from nets.access.roles import Role
from nets.packing import pack
from nets.releases.releasing import make_release
from nets.risk.assessment import Assessment
from nets.risk.concern import Lead
from nets.risk.entering import enter_concern, enter_evidence
from nets.risk.external_evidence import Bearing, Source
from nets.store.assessments import list_assessments
from nets.store.audit import read_audit
from nets.store.database import Database
from nets.store.responses import add_responses

ADDRESS = "/quality/paddle-2025-r1/places/W-1/risk"
TODAY = date(2026, 3, 10)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', page))


def suggested(page: str) -> dict[str, str]:
    checked = re.findall(r'<input[^>]*name="(likelihood|impact)"[^>]*value="(\d)"[^>]*checked', page)
    return dict(checked)


def form(client: TestClient, **fields: str) -> dict[str, str]:
    """What a browser would send of the page as it stands, with some fields changed."""
    page = client.get(ADDRESS).text
    return hidden(page) | suggested(page) | {"intervention-0": "yes"} | fields


def stored(paddle: Any, place_id: str = "W-1") -> tuple[Assessment, ...]:
    with paddle.database.read() as connection:
        return list_assessments(connection, place_id=place_id)


def concern(paddle: Any, place_id: str = "W-1") -> None:
    enter_concern(
        paddle.database, place_id, "I was alone on nights.", programme="", raised_on=TODAY, is_safety=True,
        about="patient_safety", lead=Lead("Jo Lead", "dean", "L-1"), by="learner", on=TODAY, who="test",
    )  # fmt: skip


def evidence(paddle: Any, **fields: Any) -> None:
    given: dict[str, Any] = {
        "programme": "", "dated_on": TODAY, "source": Source.VISIT, "bearing": Bearing.CONTEXT, "about": "tea", "by": "Ann",
        "on": TODAY, "who": "test",
    }  # fmt: skip
    enter_evidence(paddle.database, "W-1", "The kettle was away.", **(given | fields))


def test_the_suggested_risk_is_confirmed_once_and_seen_at_once(paddle: Any, sign_in: Callable[..., TestClient]) -> None:
    office = sign_in(Role.LOCAL_OFFICE)
    sent = form(office, **{"supportive-4": "yes"})
    answer = office.post(ADDRESS, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ADDRESS}?stored=W-1-a1")
    (made,) = stored(paddle)
    assert made.is_as_suggested
    assert (made.supportive, made.confirmed_on) == (("shadowing",), TODAY)
    assert made.confirmed_by.startswith("local_office")
    text = words(office.get(answer.headers["location"]).text)
    assert "Assessment W-1-a1 is stored" in text
    assert "here, set" in text
    with paddle.database.read() as connection:
        *_, row = read_audit(connection)
    assert (row.act, row.who, row.about) == (Act.RISK_ASSESSED, made.confirmed_by, "W-1-a1")


def test_the_same_form_sent_twice_makes_one_assessment(paddle: Any, reader: TestClient) -> None:
    sent = form(reader)
    answers = [reader.post(ADDRESS, data=sent) for _ in range(2)]
    assert [answer.headers.get("location") for answer in answers] == [f"{ADDRESS}?stored=W-1-a1"] * 2
    assert len(stored(paddle)) == 1


def test_of_two_people_at_once_the_second_sees_what_the_first_decided_and_loses_nothing(
    paddle: Any, reader: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    office = sign_in(Role.LOCAL_OFFICE)
    mine, theirs = form(reader, impact="5", reason="Two seniors <left>."), form(office)
    assert office.post(ADDRESS, data=theirs).status_code == 303
    answer = reader.post(ADDRESS, data=mine)
    assert answer.status_code == 409
    assert "somebody has assessed this risk, since you opened this page" in words(answer.text)
    assert "Two seniors &lt;left&gt;.</textarea>" in answer.text
    assert suggested(answer.text)["impact"] == "5"
    assert [made.id for made in stored(paddle)] == ["W-1-a1"]
    again = reader.post(ADDRESS, data=mine | hidden(answer.text))
    assert again.headers["location"] == f"{ADDRESS}?stored=W-1-a2"
    first, second = reversed(stored(paddle))
    assert (first.impact, second.impact, second.reason) == (first.suggestion.impact, 5, "Two seniors <left>.")  # type: ignore[union-attr]
    text = words(reader.get(ADDRESS).text)
    assert text.index("in force") < text.index("superseded")


def test_a_concern_that_came_meanwhile_has_to_be_looked_at_first(paddle: Any, reader: TestClient) -> None:
    sent = form(reader)
    concern(paddle)
    answer = reader.post(ADDRESS, data=sent)
    assert answer.status_code == 409
    assert "A safety concern has reached a named lead" in words(answer.text)
    assert stored(paddle) == ()


def test_everything_that_is_wrong_is_said_at_once_with_what_was_entered(paddle: Any, reader: TestClient) -> None:
    sent = form(reader, likelihood="5", impact="5") | {"supportive-0": "yes"}
    del sent["intervention-0"]
    answer = reader.post(ADDRESS, data=sent)
    assert answer.status_code == 422
    text = words(answer.text)
    assert "Reason: must be given where the cell is not the suggested one" in text
    assert "What is to be done: a high risk asks for one; offered first: triggered visit, programme review" in text
    assert 'href="#reason"' in answer.text
    assert 'href="#intervention"' in answer.text
    assert 'name="supportive-0" value="yes" checked' in answer.text
    assert suggested(answer.text) == {"likelihood": "5", "impact": "5"}
    assert stored(paddle) == ()


def test_an_earlier_campaign_is_history_and_no_risk_is_assessed_on_it(paddle: Any, reader: TestClient) -> None:
    opened_before = form(reader)
    database = Database(paddle.settings.database_url)
    with database.begin() as connection:
        answers = pack(paddle.version, {"TEA01": 5, "TEA02": 5, "NUR01": 5, "SAF01": 1})
        add_responses(connection, "paddle-2026", [("W-1", "nursing", date(2026, 2, 3), answers)] * 12)
    make_release(database, "paddle-2026", date(2026, 4, 1))
    database.dispose()
    page = reader.get(ADDRESS).text
    assert "Assess the risk on the newest one, paddle-2026-r1" in words(page)
    assert 'name="likelihood"' not in page
    assert reader.post(ADDRESS, data=opened_before).status_code == 409
    assert stored(paddle) == ()


def test_where_nothing_is_suggested_nothing_is_ticked_and_a_cell_must_be_given(paddle: Any, reader: TestClient) -> None:
    address = ADDRESS.replace("W-1", "W-7")
    page = reader.get(address).text
    assert suggested(page) == {}
    answer = reader.post(address, data=hidden(page))
    assert answer.status_code == 422
    assert words(answer.text).count("Likelihood: must be given, for nothing is suggested") == 2
    assert words(answer.text).count("Impact: must be given, for nothing is suggested") == 2
    cell = {"likelihood": "2", "impact": "3", "reason": "A visit.", "intervention-0": "yes"}
    assert reader.post(address, data=hidden(page) | cell).status_code == 303
    assert [made.reason for made in stored(paddle, "W-7")] == ["A visit."]


def test_a_cell_can_be_asked_for(paddle: Any, reader: TestClient) -> None:
    address = ADDRESS.replace("W-1", "W-3")
    assert suggested(reader.get(address).text) == {}
    page = reader.get(f"{address}?ask=1").text
    cell = suggested(page)
    assert cell.keys() == {"likelihood", "impact"}
    assert reader.post(address, data=hidden(page) | cell).status_code == 303
    assert stored(paddle, "W-3")[0].is_as_suggested


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.SURVEY_MANAGER, Role.DATA_PROTECTION])
def test_nobody_assesses_who_may_not(
    paddle: Any, sign_in: Callable[..., TestClient], reader: TestClient, role: Role
) -> None:
    other = sign_in(role)
    assert "Store the assessment" not in other.get(ADDRESS).text
    token = hidden(other.get("/account").text)
    assert other.post(ADDRESS, data=form(reader) | token).status_code == 404
    assert stored(paddle) == ()


def test_a_form_from_elsewhere_is_refused(paddle: Any, reader: TestClient) -> None:
    sent = form(reader)
    assert reader.post(ADDRESS, data=sent, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert reader.post(ADDRESS, data=sent | {"token": "0" * 64}).status_code == 403
    assert stored(paddle) == ()


def test_what_a_concern_says_is_read_by_those_alone_who_may(
    paddle: Any, reader: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    concern(paddle)
    assert "I was alone on nights." in reader.get(ADDRESS).text
    page = sign_in(Role.PROVIDER).get(ADDRESS).text
    assert "There is a concern that is not closed." in page
    assert "A safety concern has reached a named lead" in page
    for secret in ("alone on nights", "Jo Lead"):
        assert secret not in page


def test_evidence_is_told_with_its_day_and_whether_it_counts(paddle: Any, reader: TestClient) -> None:
    evidence(paddle)
    evidence(paddle, dated_on=date(2020, 1, 1), bearing=Bearing.ADVERSE)
    text = words(reader.get(ADDRESS).text)
    assert text.count("The kettle was away.") == 3  # among the reasons, and twice on record
    assert text.count("Does not count: too old to count.") == 1


def test_the_mapping_of_colours_is_shown_as_the_setting_it_is(reader: TestClient) -> None:
    text = words(reader.get(ADDRESS).text)
    assert "that is a setting of rule risk-2026.2" in text
    assert "R Red High triggered visit, programme review" in text


def test_the_table_has_every_assessment(paddle: Any, reader: TestClient) -> None:
    reader.post(ADDRESS, data=form(reader))
    reader.post(ADDRESS, data=form(reader, likelihood="1", reason="=Seen."))
    rows = list(csv.DictReader(io.StringIO(reader.get(f"{ADDRESS}.csv").text)))
    assert [(row["assessment"], row["as_suggested"], row["reason"]) for row in rows] == [
        ("W-1-a2", "no", "'=Seen."),
        ("W-1-a1", "yes", ""),
    ]


@pytest.mark.parametrize(("role", "place"), [(Role.PROVIDER, "R-1"), (Role.PROVIDER, "P-2"), (Role.NATIONAL, "nation")])
def test_no_risk_is_there_outside_a_scope_nor_of_the_nation(
    sign_in: Callable[..., TestClient], role: Role, place: str
) -> None:
    assert sign_in(role).get(ADDRESS.replace("W-1", place)).status_code == 404
    assert sign_in(role).get(ADDRESS.replace("W-1", place) + ".csv").status_code == 404


def test_a_provider_is_assessed_like_a_placement(paddle: Any, reader: TestClient) -> None:
    concern(paddle, "P-1")
    address = ADDRESS.replace("W-1", "P-1")
    page = reader.get(address).text
    assert suggested(page) == {"likelihood": "3", "impact": "5"}
    sent = hidden(page) | suggested(page) | {"intervention-0": "yes"}
    assert reader.post(address, data=sent).headers["location"] == f"{address}?stored=P-1-a1"
