"""Evidence is withdrawn and concerns are written about on pages: once, by those who may, and nothing is overwritten."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.audit import Act
from nets.access.roles import PERMISSIONS, Permission, Role
from nets.risk.concern import ConcernStatus, Lead
from nets.risk.entering import enter_concern, enter_evidence, take_back_evidence, write_about_concern
from nets.risk.external_evidence import Bearing, Source
from nets.store.audit import read_audit
from nets.store.concerns import get_concern
from nets.store.evidence import get_evidence

PLACE = "/quality/paddle-2025-r1/places/W-1"
RISK = f"{PLACE}/risk"
TODAY = date(2026, 3, 10)
LEAD = Lead("Jo Lead", "dean", "L-1")


@pytest.fixture
def office(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.LOCAL_OFFICE)


@pytest.fixture
def withdraw(paddle: Any) -> str:
    """The address of the form that withdraws a piece of evidence about ward 1."""
    piece = enter_evidence(
        paddle.database, "W-1", "The kettle was away.", programme="", dated_on=date(2026, 3, 3), source=Source.VISIT,
        bearing=Bearing.ADVERSE, about="tea", by="ann", on=TODAY, who="ann",
    )  # fmt: skip
    return f"{PLACE}/evidence/{piece.id}/withdraw"


@pytest.fixture
def step(paddle: Any) -> str:
    """The address of the form about a safety concern of ward 1."""
    concern = enter_concern(
        paddle.database, "W-1", "I was alone on nights.", programme="", raised_on=date(2026, 3, 3), is_safety=True,
        about="patient_safety", lead=LEAD, by="learner", on=TODAY, who="ann",
    )  # fmt: skip
    return f"{PLACE}/concern/{concern.id}/step"


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def code_in(address: str) -> str:
    return address.split("/")[-2]


def form(client: TestClient, address: str, **fields: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', client.get(address).text)) | fields


def steps(paddle: Any, address: str) -> list[tuple[str, str, str, str]]:
    with paddle.database.read() as connection:
        kept = get_concern(connection, code_in(address))
    return [(one.status.value, one.note, one.taken_by, str(one.taken_on)) for one in kept.steps]


def withdrawals(paddle: Any, address: str) -> list[tuple[str, str, str]]:
    with paddle.database.read() as connection:
        kept = get_evidence(connection, code_in(address), "W-1")
    return [(one.reason, one.withdrawn_by, str(one.withdrawn_on)) for one in kept.withdrawals]


def acts(paddle: Any) -> list[tuple[str, str, str]]:
    with paddle.database.read() as connection:
        return [(row.act, row.who, row.about) for row in read_audit(connection)]


def test_withdrawn_evidence_stays_on_the_page_with_the_reason_and_counts_no_more(
    paddle: Any, office: TestClient, sign_in: Callable[..., TestClient], withdraw: str
) -> None:
    code = code_in(withdraw)
    before = words(office.get(RISK).text)
    assert f'href="{withdraw}"' in office.get(RISK).text
    assert before.count("The kettle was away.") == 2  # among the reasons, and on record
    assert "The kettle was away. Adverse. Entered by ann" in words(office.get(withdraw).text)
    answer = office.post(withdraw, data=form(office, withdraw, reason="It was\r\nanother ward."))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RISK}?withdrawn={code}")
    assert withdrawals(paddle, withdraw) == [("It was another ward.", "local_office", "2026-03-10")]
    page = office.get(answer.headers["location"]).text
    told = "Withdrawn by local_office on 10 March 2026, and counts no more: It was another ward."
    for text in (words(page), words(sign_in(Role.PROVIDER).get(RISK).text)):
        assert text.count("The kettle was away.") == 1
        assert told in text
    assert f"Evidence {code} is withdrawn" in words(page)
    assert f'href="{withdraw}"' not in page
    assert (Act.EVIDENCE_WITHDRAWN, "local_office", code) in acts(paddle)


def test_a_page_says_withdrawn_and_written_of_what_was_alone(office: TestClient, withdraw: str, step: str) -> None:
    for said in (f"withdrawn={code_in(withdraw)}", f"followed={code_in(step)}", "withdrawn=ev-00000000"):
        text = words(office.get(f"{RISK}?{said}").text)
        assert "is withdrawn" not in text
        assert "What you wrote" not in text


def test_the_same_withdrawal_sent_twice_is_stored_once_and_another_is_told_what_came_before(
    paddle: Any, office: TestClient, reader: TestClient, withdraw: str
) -> None:
    sent = form(office, withdraw, reason="Another ward.")
    answers = [office.post(withdraw, data=sent) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {f"{RISK}?withdrawn={code_in(withdraw)}"}
    late = reader.post(withdraw, data=form(reader, withdraw, reason="A slip."))
    assert late.status_code == 409
    assert "Withdrawn by local_office on 10 March 2026: Another ward." in words(late.text)
    assert words(late.text).lower().count("it was withdrawn before") == 2  # above the form, and at the field
    assert "A slip.</textarea>" in late.text
    assert withdrawals(paddle, withdraw) == [("Another ward.", "local_office", "2026-03-10")]
    assert [act for act, _, _ in acts(paddle)].count(Act.EVIDENCE_WITHDRAWN) == 1
    seen = office.get(withdraw)
    assert "Withdrawn by local_office" in words(seen.text)
    assert 'name="reason"' not in seen.text


def test_what_was_done_is_written_down_and_a_closed_concern_counts_no_more(
    paddle: Any, office: TestClient, sign_in: Callable[..., TestClient], step: str
) -> None:
    assert f'href="{step}"' in office.get(RISK).text
    page = words(office.get(step).text)
    assert "I was alone on nights. With Jo Lead, dean" in page
    answer = office.post(step, data=form(office, step, status="looked_into", note="Rota\r\nasked for."))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RISK}?followed={code_in(step)}")
    text = words(office.get(answer.headers["location"]).text)
    assert f"What you wrote about concern {code_in(step)} is stored." in text
    assert "10 March 2026, local_office: looked into (Rota asked for.)" in text
    assert "A safety concern has reached a named lead" in text
    assert "10 March 2026, local_office: looked into . Rota asked for." in words(office.get(step).text)
    office.post(step, data=form(office, step, status="closed", note="Two seniors a night."))
    assert steps(paddle, step) == [
        ("looked_into", "Rota asked for.", "local_office", "2026-03-10"),
        ("closed", "Two seniors a night.", "local_office", "2026-03-10"),
    ]
    assert "A safety concern has reached a named lead" not in words(office.get(RISK).text)
    assert acts(paddle)[-1] == (Act.CONCERN_STEP, "local_office", code_in(step))
    theirs = words(sign_in(Role.PROVIDER).get(RISK).text)
    for secret in ("Two seniors", "alone on nights", "Jo Lead", code_in(step)):
        assert secret not in theirs


def test_the_same_step_sent_twice_is_stored_once_and_who_has_not_seen_another_looks_again(
    paddle: Any, office: TestClient, reader: TestClient, step: str
) -> None:
    unseen = form(reader, step, status="closed", note="All is well.")
    sent = form(office, step, status="looked_into", note="Rota asked for.")
    answers = [office.post(step, data=sent) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {f"{RISK}?followed={code_in(step)}"}
    late = reader.post(step, data=unseen)
    assert late.status_code == 409
    text = words(late.text)
    assert "somebody has written about it since you opened this page" in text.lower()
    assert "Rota asked for." in text
    assert "All is well.</textarea>" in late.text
    assert re.search(r'value="closed"[^>]*checked', late.text)
    assert len(steps(paddle, step)) == 1
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', late.text))
    assert reader.post(step, data=unseen | again).status_code == 303
    assert [one[0] for one in steps(paddle, step)] == ["looked_into", "closed"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(
    paddle: Any, office: TestClient, withdraw: str, step: str
) -> None:
    for address, sent, wrong in (
        (withdraw, {"reason": " "}, {"reason": "Why it should not count: is missing"}),
        (
            withdraw,
            {"reason": "x" * 301},
            {"reason": "Why it should not count: is not one line of 1 to 300 characters"},
        ),
        (
            step,
            {"status": "done", "note": ""},
            {"status": "How far it has come: choose one", "note": "What was done: is missing"},
        ),
    ):
        answer = office.post(address, data=form(office, address, **sent))
        assert answer.status_code == 422
        assert "<title>Error: " in answer.text
        summary = answer.text.split("nhsuk-error-summary__list", 1)[1].split("</ul>", 1)[0]
        assert re.findall(r'href="#(\w+)">\s*([^<]*?)\s*<', summary) == list(wrong.items())
        for name, what in wrong.items():
            assert re.search(f'id="{name}(-1)?"', answer.text)
            assert answer.text.count(what) == 2  # above the form, and at the field
    assert (withdrawals(paddle, withdraw), steps(paddle, step)) == ([], [])
    assert not {Act.EVIDENCE_WITHDRAWN, Act.CONCERN_STEP} & {act for act, _, _ in acts(paddle)}


def test_a_form_leads_to_what_is_known_of_its_own_place_alone(
    paddle: Any, office: TestClient, withdraw: str, step: str
) -> None:
    for address in (withdraw, step):
        sent = form(office, address, reason="A slip.", status="closed", note="A slip.")
        for elsewhere in (
            address.replace("W-1", "W-2"),
            address.replace("W-1", "P-1"),
            address.replace("W-1", "R-1"),
            address.replace(code_in(address), code_in(address)[:3] + "00000000"),
        ):
            assert office.get(elsewhere).status_code == 404
            assert office.post(elsewhere, data=sent).status_code == 404
    assert (withdrawals(paddle, withdraw), steps(paddle, step)) == ([], [])


def test_who_may_not_assess_finds_no_form_and_no_way_to_it(
    paddle: Any, office: TestClient, sign_in: Callable[..., TestClient], withdraw: str, step: str
) -> None:
    provider = sign_in(Role.PROVIDER)
    own = re.findall(r'name="token" value="(\w+)"', provider.get("/account").text)[0]
    for address in (withdraw, step):
        assert provider.get(address).status_code == 404
        assert provider.post(address, data={"token": own, "reason": "x", "seen": "0"}).status_code == 404
        assert address not in provider.get(RISK).text
        assert office.post(address, data=form(office, address, token="0" * 64)).status_code == 403
    assert (withdrawals(paddle, withdraw), steps(paddle, step)) == ([], [])


def test_a_role_that_assesses_and_may_not_read_concerns_writes_about_none(
    paddle: Any, office: TestClient, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setitem(PERMISSIONS, Role.LOCAL_OFFICE, PERMISSIONS[Role.LOCAL_OFFICE] - {Permission.READ_CONCERNS})
    assert office.get(step).status_code == 404
    page = office.get(RISK).text
    assert "alone on nights" not in page
    assert code_in(step) not in page


def test_what_the_commands_wrote_stands_on_the_page_too(
    paddle: Any, office: TestClient, withdraw: str, step: str
) -> None:
    take_back_evidence(paddle.database, code_in(withdraw), reason="A slip.", by="ann", on=TODAY, who="ann")
    write_about_concern(
        paddle.database, code_in(step), ConcernStatus.CLOSED, note="Done.", by="Jo Lead", on=TODAY, who="ann"
    )
    text = words(office.get(RISK).text)
    assert "Withdrawn by ann on 10 March 2026, and counts no more: A slip." in text
    assert "10 March 2026, Jo Lead: closed (Done.)" in text
