"""Evidence for programs: read as on the page, entered once and withdrawn by those who may assess, and never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.audit import Act
from nets.access.roles import Role
from nets.risk.concern import ConcernStatus, Lead
from nets.risk.entering import enter_concern, enter_evidence, write_about_concern
from nets.risk.external_evidence import Bearing, Source
from nets.store.audit import read_audit
from nets.store.evidence import list_evidence

EVIDENCE = "/v1/risks/W-1/evidence"
PIECE = {
    "dated_on": "2026-03-03",
    "source": "visit",
    "bearing": "adverse",
    "about": "tea",
    "sentence": "The kettle was away.",
    "by": "A. Example",
}
ONCE = {"Idempotency-Key": "5d9a7f06-41c8-4b7b-a3f2-90be6c21d874"}
OTHER = {"Idempotency-Key": "5d9a7f06-41c8-4b7b-a3f2-90be6c21d875"}
GONE = {"reason": "It was another ward.", "by": "B. Example"}


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A test that names the engine runs on either."""
    engine = request.getfixturevalue("engine_name") if "engine_name" in request.fixturenames else "sqlite"
    return str(request.getfixturevalue(f"copied_{engine}"))


@pytest.fixture
def office(keyed: Callable[[Role], TestClient]) -> TestClient:
    """A program of a local office, which may assess."""
    return keyed(Role.LOCAL_OFFICE)


def withdrawal(code: str, place_id: str = "W-1") -> str:
    return f"/v1/risks/{place_id}/evidence/{code}/withdrawal"


def audited(paddle: Any, act: Act) -> list[tuple[str, str]]:
    with paddle.database.read() as connection:
        return [(row.who, row.about) for row in read_audit(connection) if row.act == act]


def test_evidence_is_entered_counts_at_once_and_is_read_with_the_others(office: TestClient, paddle: Any) -> None:
    answer = office.post(EVIDENCE, json=PIECE, headers=ONCE)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert {name: made[name] for name in PIECE if name != "by"} == {name: PIECE[name] for name in PIECE if name != "by"}
    assert (made["entered_by"], made["entered_on"], made["programme"]) == ("A. Example", "2026-03-10", "")
    assert made["standing"] == {"kind": "counts"}
    assert office.get(EVIDENCE).json()["items"] == [made]
    assert any(
        "The kettle was away." in reason for reason in office.get("/v1/risks/W-1").json()["suggestion"]["reasons"]
    )
    assert audited(paddle, Act.EVIDENCE_ENTERED) == [("key k7qmt4xc", made["id"])]


@pytest.mark.usefixtures("engine_name")
def test_the_same_sent_twice_or_twice_at_once_is_stored_once(office: TestClient, paddle: Any) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: office.post(EVIDENCE, json=PIECE, headers=ONCE), range(2)))
    again = office.post(EVIDENCE, json=PIECE, headers=ONCE)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert again.status_code == 200
    assert answers[0].json() == answers[1].json() == again.json()
    assert len(audited(paddle, Act.EVIDENCE_ENTERED)) == 1
    other = office.post(EVIDENCE, json={**PIECE, "sentence": "It came back."}, headers=ONCE)
    assert other.status_code == 409
    assert "something else was stored under this key" in other.json()["problems"][0]["what"]
    assert office.post(EVIDENCE, json={**PIECE, "sentence": "It came back."}, headers=OTHER).status_code == 201
    assert len(office.get(EVIDENCE).json()["items"]) == 2


def test_withdrawn_evidence_stays_with_its_reason_and_counts_no_more(office: TestClient, paddle: Any) -> None:
    code = office.post(EVIDENCE, json=PIECE, headers=ONCE).json()["id"]
    first, again = (office.post(withdrawal(code), json=GONE) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    (kept,) = office.get(EVIDENCE).json()["items"]
    assert first.json() == again.json() == kept
    assert kept["standing"] == {
        "kind": "withdrawn", "reason": "It was another ward.", "withdrawn_by": "B. Example", "withdrawn_on": "2026-03-10"
    }  # fmt: skip
    assert kept["sentence"] == "The kettle was away."
    assert "kettle" not in str(office.get("/v1/risks/W-1").json()["suggestion"])
    late = office.post(withdrawal(code), json={**GONE, "reason": "A slip."})
    assert late.status_code == 409
    assert "was withdrawn before" in late.json()["problems"][0]["what"]
    assert audited(paddle, Act.EVIDENCE_WITHDRAWN) == [("key k7qmt4xc", code)]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        (
            {"dated_on": "2026-02-30", "about": "weather", "sentence": " ", "by": ""},
            {"dated_on", "about", "sentence", "by"},
        ),
        ({"dated_on": "2026-03-11", "by": "A\nB"}, {"dated_on", "by"}),
        ({"dated_on": 1_772_000_000, "source": "gossip", "colour": "G"}, {"dated_on", "source", "body"}),
        ({"sentence": "x" * 301, "programme": "x" * 101}, {"sentence", "programme"}),
    ],
    ids=["all at once", "still to come", "unknown", "too long"],
)
def test_what_is_wrong_is_named_all_at_once_and_nothing_is_stored(
    office: TestClient, changes: dict[str, Any], where: set[str]
) -> None:
    answer = office.post(EVIDENCE, json={**PIECE, **changes}, headers=ONCE)
    assert answer.status_code == 422
    assert {problem["where"] for problem in answer.json()["problems"]} == where
    assert office.get(EVIDENCE).json()["items"] == []


def test_a_withdrawal_says_why_and_in_whose_name(office: TestClient) -> None:
    code = office.post(EVIDENCE, json=PIECE, headers=ONCE).json()["id"]
    answer = office.post(withdrawal(code), json={"reason": " "})
    assert answer.status_code == 422
    assert {problem["where"] for problem in answer.json()["problems"]} == {"reason", "by"}
    assert office.get(EVIDENCE).json()["items"][0]["standing"] == {"kind": "counts"}


def test_a_provider_reads_its_own_and_writes_nothing(
    office: TestClient, keyed: Callable[[Role], TestClient], paddle: Any
) -> None:
    made = office.post(EVIDENCE, json=PIECE, headers=ONCE).json()
    provider = keyed(Role.PROVIDER)
    assert provider.get(EVIDENCE).json()["items"] == [made]
    assert provider.post(EVIDENCE, json=PIECE, headers=OTHER).status_code == 404
    assert provider.post(withdrawal(made["id"]), json=GONE).status_code == 404
    for foreign in ("P-2", "W-8", "R-1", "nation", "W-99"):
        assert provider.get(f"/v1/risks/{foreign}/evidence").status_code == 404
    with paddle.database.read() as connection:
        assert [kept.withdrawals for kept in list_evidence(connection)] == [()]


def test_evidence_is_withdrawn_at_its_own_place_alone(office: TestClient) -> None:
    code = office.post(EVIDENCE, json=PIECE, headers=ONCE).json()["id"]
    for place_id in ("W-2", "P-1", "R-1"):
        assert office.post(withdrawal(code, place_id), json=GONE).status_code == 404
    assert office.post(withdrawal("ev-00000000"), json=GONE).status_code == 404
    assert office.get(EVIDENCE).json()["items"][0]["standing"] == {"kind": "counts"}


def test_who_has_signed_in_enters_and_withdraws_in_her_own_name(sign_in: Callable[..., TestClient]) -> None:
    browser = sign_in(Role.LOCAL_OFFICE)
    unsigned = {name: value for name, value in PIECE.items() if name != "by"}
    assert browser.post(EVIDENCE, json=PIECE, headers=ONCE).status_code == 422
    elsewhere = {**ONCE, "Origin": "https://elsewhere.example"}
    assert browser.post(EVIDENCE, json=unsigned, headers=elsewhere).status_code == 403
    made = browser.post(EVIDENCE, json=unsigned, headers=ONCE).json()
    assert made["entered_by"] == "local_office"
    gone = browser.post(withdrawal(made["id"]), json={"reason": "A slip."}).json()
    assert gone["standing"]["withdrawn_by"] == "local_office"


def test_a_list_has_what_is_too_old_too_in_pages_and_is_not_sent_again_unchanged(
    office: TestClient, paddle: Any
) -> None:
    for number, day in enumerate((date(2020, 1, 1), date(2026, 3, 1), date(2026, 3, 2))):
        enter_evidence(
            paddle.database, "W-1", f"Visit {number}.", programme="Foundation", dated_on=day, source=Source.VISIT,
            bearing=Bearing.CONTEXT, about="tea", by="Ann", on=date(2026, 3, 10), who="test",
        )  # fmt: skip
    first = office.get(f"{EVIDENCE}?limit=2").json()
    last = office.get(f"{EVIDENCE}?limit=2&cursor={first['next_cursor']}").json()
    told = [(one["sentence"], one["standing"]["kind"]) for one in (*first["items"], *last["items"])]
    assert told == [("Visit 2.", "counts"), ("Visit 1.", "counts"), ("Visit 0.", "too_old")]
    assert last["next_cursor"] is None
    tag = office.get(EVIDENCE).headers["etag"]
    assert office.get(EVIDENCE, headers={"If-None-Match": tag}).status_code == 304
    office.post(EVIDENCE, json=PIECE, headers=ONCE)
    assert office.get(EVIDENCE, headers={"If-None-Match": tag}).status_code == 200


def test_no_address_for_programs_tells_what_a_concern_says(paddle: Any, keyed: Callable[[Role], TestClient]) -> None:
    concern = enter_concern(
        paddle.database, "W-1", "I was alone on nights.", programme="", raised_on=date(2026, 3, 3), is_safety=True,
        about="patient_safety", lead=Lead("Jo Lead", "dean", "L-1"), by="learner", on=date(2026, 3, 10), who="test",
    )  # fmt: skip
    write_about_concern(
        paddle.database,
        concern.id,
        ConcernStatus.LOOKED_INTO,
        note="Rota asked for.",
        by="Jo Lead",
        on=date(2026, 3, 10),
        who="test",
    )
    names = {"release_id": "paddle-2025-r1", "place_id": "W-1", "questionnaire_id": "paddle", "version": "1.0"}
    for role in (Role.NATIONAL, Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER):
        program, told = keyed(role), 0
        for path, operations in program.get("/v1/openapi.json").json()["paths"].items():
            assert "concern" not in path
            if "get" in operations and path.startswith("/v1"):
                needed = {"place": "W-1"} if path.endswith("/trends") else {}
                answer = program.get(path.format(campaign_id="paddle-2026", **names), params=needed)
                assert answer.status_code == 200, path
                for secret in ("alone on nights", "Jo Lead", "Rota asked for", 'learner"'):
                    assert secret not in answer.text, path
                told += "A safety concern has reached a named lead" in answer.text
        assert told == 2  # among the risks of today, and at that of the place
