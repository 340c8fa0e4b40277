"""Risks as they stand today: read within a scope, confirmed once, on what was seen, and never overwritten."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.audit import Act
from nets.access.roles import Role
from nets.store.audit import read_audit

RISK, ASSESSMENTS = "/v1/risks/W-1", "/v1/risks/W-1/assessments"
DECISION = {"interventions": ["triggered visit"], "by": "A. Example"}


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest) -> str:
    """What is confirmed must be in force once on either engine."""
    return str(request.getfixturevalue(f"copied_{engine_name}"))


@pytest.fixture
def office(keyed: Callable[[Role], TestClient]) -> TestClient:
    """A program of a local office, which may assess."""
    return keyed(Role.LOCAL_OFFICE)


def state(client: TestClient) -> str:
    return str(client.get(RISK).json()["state"])


def test_the_risk_of_a_place_comes_with_its_reasons_and_what_is_in_force(national: TestClient) -> None:
    risk = national.get(RISK).json()
    assert risk["suggestion"]["outcome"] == "suggested"
    assert risk["assessment"] == {"kind": "not_assessed"}
    (listed,) = (one for one in national.get("/v1/risks").json()["items"] if one["place_id"] == "W-1")
    assert listed == risk


def test_risks_stand_from_the_most_severe_down_and_within_the_scope(program: Callable[[Role], TestClient]) -> None:
    items = program(Role.PROVIDER).get("/v1/risks").json()["items"]
    assert items[0]["place_id"] == "W-1"
    assert {item["place_id"] for item in items} <= {f"W-{number}" for number in range(1, 8)}
    assert program(Role.PROVIDER).get("/v1/risks?under=P-2").status_code == 404
    assert program(Role.NATIONAL).get("/v1/risks?under=S-2").json()["items"] == []


def test_a_confirmed_risk_is_stored_in_force_and_audited(office: TestClient, paddle: Any) -> None:
    answer = office.post(ASSESSMENTS, json={**DECISION, "seen": state(office)})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["id"], made["as_suggested"], made["confirmed_by"]) == ("W-1-a1", True, "A. Example")
    assert office.get(RISK).json()["assessment"] == made
    assert office.get(ASSESSMENTS).json()["items"] == [made]
    with paddle.database.read() as connection:
        (row,) = (row for row in read_audit(connection) if row.act == Act.RISK_ASSESSED)
    assert (row.who, row.about) == ("key k7qmt4xc", "W-1-a1")


def test_the_next_assessment_supersedes_and_changes_nothing(office: TestClient) -> None:
    first = office.post(ASSESSMENTS, json={**DECISION, "seen": state(office)}).json()
    other = {**DECISION, "likelihood": 5, "impact": 5, "reason": "The visit found more."}
    second = office.post(ASSESSMENTS, json={**other, "seen": state(office)}).json()
    assert second["number"] == 2
    assert office.get(ASSESSMENTS).json()["items"] == [second, first]


def test_the_same_sent_twice_is_stored_once(office: TestClient) -> None:
    sent = {**DECISION, "seen": state(office)}
    first, again = (office.post(ASSESSMENTS, json=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(office.get(ASSESSMENTS).json()["items"]) == 1


def test_the_same_sent_twice_at_once_is_stored_once(office: TestClient) -> None:
    sent = {**DECISION, "seen": state(office)}
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: office.post(ASSESSMENTS, json=sent), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].json() == answers[1].json()
    assert len(office.get(ASSESSMENTS).json()["items"]) == 1


def test_of_two_people_at_once_one_is_told_to_look_again(office: TestClient) -> None:
    seen = state(office)
    decisions = [{**DECISION, "by": by, "seen": seen} for by in ("A. Example", "B. Example")]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda sent: office.post(ASSESSMENTS, json=sent), decisions))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (late,) = (answer for answer in answers if answer.status_code == 409)
    assert "look at it again" in late.json()["problems"][0]["what"]
    assert len(office.get(ASSESSMENTS).json()["items"]) == 1


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"interventions": ["triggered visit"]}, {"by"}),
        ({**DECISION, "likelihood": 1, "impact": 1}, {"reason"}),
        (
            {"by": "A. Example", "interventions": ["a holiday"], "likelihood": 5, "impact": 5},
            {"reason", "intervention"},
        ),
        ({**DECISION, "likelihood": 9, "colour": "G"}, {"likelihood", "body"}),
        ({**DECISION, "likelihood": "4"}, {"likelihood"}),
    ],
    ids=["nobody", "no reason", "all at once", "unknown field", "text"],
)
def test_what_cannot_stand_is_named_all_at_once_and_nothing_is_stored(
    office: TestClient, sent: dict[str, Any], where: set[str]
) -> None:
    answer = office.post(ASSESSMENTS, json={**sent, "seen": state(office)})
    assert answer.status_code == 422
    assert {problem["where"] for problem in answer.json()["problems"]} == where
    assert office.get(ASSESSMENTS).json()["items"] == []


def test_a_provider_reads_and_may_not_assess(keyed: Callable[[Role], TestClient]) -> None:
    provider = keyed(Role.PROVIDER)
    answer = provider.post(ASSESSMENTS, json={**DECISION, "seen": state(provider)})
    assert answer.status_code == 404
    assert provider.get(ASSESSMENTS).json()["items"] == []


def test_who_has_signed_in_confirms_in_her_own_name(sign_in: Callable[..., TestClient]) -> None:
    browser = sign_in(Role.LOCAL_OFFICE)
    sent = {"interventions": ["triggered visit"], "seen": state(browser)}
    assert browser.post(ASSESSMENTS, json={**sent, "by": "B. Example"}).status_code == 422
    assert browser.post(ASSESSMENTS, json=sent, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert browser.post(ASSESSMENTS, json=sent).json()["confirmed_by"] == "local_office"


def test_words_for_a_program_that_is_not_national_tell_no_exact_number(program: Callable[[Role], TestClient]) -> None:
    for role in (Role.NATIONAL, Role.PROVIDER):
        risk, page = program(role).get(RISK).json(), program(role).get("/v1/releases/paddle-2025-r1/risks?place=W-1")
        assert risk["suggestion"] == page.json()["items"][0]["risk"]
