"""Evidence and concerns are entered on pages by those who may assess: once, with everything that is wrong said at once."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.audit import Act
from nets.access.roles import Role
from nets.risk.concern import Lead
from nets.risk.external_evidence import Bearing, Source
from nets.store.audit import read_audit
from nets.store.concerns import list_concerns
from nets.store.evidence import list_evidence

PLACE = "/quality/paddle-2025-r1/places/W-1"
EVIDENCE = {
    "dated_on": "2026-03-03",
    "source": "visit",
    "about": "tea",
    "bearing": "adverse",
    "sentence": "The kettle\r\nwas away.",
    "programme": "",
}
CONCERN = {
    "raised_on": "2026-03-03",
    "is_safety": "yes",
    "about": "patient_safety",
    "sentence": "I was alone on nights.",
    "programme": "Foundation",
    "lead": "Jo Lead",
    "lead_role": "dean",
    "lead_at": "L-1",
}
FORMS = {"evidence": EVIDENCE, "concern": CONCERN}


@pytest.fixture
def office(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.LOCAL_OFFICE)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def form(client: TestClient, kind: str, place: str = PLACE, **fields: str) -> dict[str, str]:
    page = client.get(f"{place}/{kind}").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', page))
    assert re.fullmatch("[0-9a-f]{8}", hidden["once"])
    return hidden | FORMS[kind] | fields


def stored(paddle: Any, kind: str) -> list[Any]:
    with paddle.database.read() as connection:
        if kind == "evidence":
            return [kept.evidence for kept in list_evidence(connection)]
        return [kept.concern for kept in list_concerns(connection)]


def test_evidence_is_entered_and_counts_at_once(paddle: Any, office: TestClient) -> None:
    sent = form(office, "evidence")
    answer = office.post(f"{PLACE}/evidence", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PLACE}/risk?entered=ev-{sent['once']}")
    (piece,) = stored(paddle, "evidence")
    assert (piece.source, piece.bearing, piece.about) == (Source.VISIT, Bearing.ADVERSE, "tea")
    assert (piece.sentence, str(piece.dated_on), str(piece.entered_on)) == (
        "The kettle was away.",
        "2026-03-03",
        "2026-03-10",
    )
    assert piece.entered_by == "local_office"
    page = words(office.get(answer.headers["location"]).text)
    assert f"stored with the code {piece.id}" in page
    assert "3 March 2026, visit, on tea: The kettle was away. Adverse." in page
    with paddle.database.read() as connection:
        *_, row = read_audit(connection)
    assert (row.act, row.who, row.about) == (Act.EVIDENCE_ENTERED, "local_office", piece.id)


def test_a_concern_goes_to_its_lead_and_the_provider_reads_that_there_is_one(
    paddle: Any, office: TestClient, sign_in: Callable[..., TestClient]
) -> None:
    answer = office.post(f"{PLACE}/concern", data=form(office, "concern"))
    assert answer.status_code == 303
    (concern,) = stored(paddle, "concern")
    assert (concern.is_safety, concern.programme, concern.lead) == (True, "Foundation", Lead("Jo Lead", "dean", "L-1"))
    page = words(office.get(answer.headers["location"]).text)
    assert "I was alone on nights." in page
    assert f"stored with the code {concern.id}" in page
    theirs = words(sign_in(Role.PROVIDER).get(answer.headers["location"]).text)
    assert "There is a concern that is not closed." in theirs
    assert "alone" not in theirs
    assert concern.id not in theirs


@pytest.mark.parametrize("kind", FORMS)
def test_the_same_form_sent_twice_is_stored_once_and_other_words_need_another_form(
    paddle: Any, office: TestClient, kind: str
) -> None:
    sent = form(office, kind)
    answers = [office.post(f"{PLACE}/{kind}", data=sent) for _ in range(2)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(stored(paddle, kind)) == 1
    other = office.post(f"{PLACE}/{kind}", data=sent | {"sentence": "Something else."})
    assert other.status_code == 409
    assert "this form was sent before with other words" in words(other.text).lower()
    assert "Something else.</textarea>" in other.text
    (once,) = re.findall(r'name="once" value="(\w+)"', other.text)
    again = office.post(f"{PLACE}/{kind}", data=sent | {"sentence": "Something else.", "once": once})
    assert again.status_code == 303
    assert len(stored(paddle, kind)) == 2


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        (
            "evidence",
            dict.fromkeys(EVIDENCE, ""),
            {
                "dated_on": "Day of the visit, the report, the meeting: write it like 2026-10-01",
                "source": "Where it comes from: choose one",
                "about": "Subject: choose one",
                "bearing": "What it says about the risk: choose one",
                "sentence": "What was found: is missing",
            },
        ),
        (
            "evidence",
            {"dated_on": "2026-03-11", "programme": "x" * 101},
            {
                "dated_on": "Day of the visit, the report, the meeting: 2026-03-11 is still to come on 2026-03-10",
                "programme": "Programme: is not one line of 1 to 100 characters",
            },
        ),
        (
            "evidence",
            {"dated_on": "3 March", "sentence": "x" * 301, "source": "gossip"},
            {
                "dated_on": "Day of the visit, the report, the meeting: write it like 2026-10-01",
                "source": "Where it comes from: choose one",
                "sentence": "What was found: is not one line of 1 to 300 characters",
            },
        ),
        (
            "concern",
            dict.fromkeys(CONCERN, ""),
            {
                "raised_on": "Day on which it was raised: write it like 2026-10-01",
                "is_safety": "Whether learners or patients may come to harm: choose one",
                "about": "Subject: choose one",
                "sentence": "What the concern is: is missing",
                "lead": "Name of the lead: is missing",
                "lead_role": "What the lead is: is missing",
                "lead_at": "Where the lead sits: choose one",
            },
        ),
        (
            "concern",
            {"lead_at": "P-1", "about": "weather"},
            {"about": "Subject: choose one", "lead_at": "Where the lead sits: choose one"},
        ),
    ],
    ids=["evidence-empty", "evidence-to-come", "evidence-strange", "concern-empty", "concern-within-the-provider"],
)
def test_everything_that_is_wrong_is_said_at_once_in_the_order_and_the_words_of_the_form(
    paddle: Any, office: TestClient, kind: str, fields: dict[str, str], wrong: dict[str, str]
) -> None:
    answer = office.post(f"{PLACE}/{kind}", data=form(office, kind, **fields))
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    summary = answer.text.split("nhsuk-error-summary__list", 1)[1].split("</ul>", 1)[0]
    assert re.findall(r'href="#(\w+)">\s*([^<]*?)\s*<', summary) == list(wrong.items())
    for name, what in wrong.items():
        assert re.search(f'id="{name}(-1)?"', answer.text)
        assert answer.text.count(what) == 2  # above the form, and at the field
    assert stored(paddle, kind) == []
    kept = fields.get("sentence", FORMS[kind]["sentence"]).replace("\r\n", "\n")
    assert f"{kept}</textarea>" in answer.text


@pytest.mark.parametrize("kind", FORMS)
def test_who_may_not_assess_finds_no_form_and_no_way_to_it(
    paddle: Any, office: TestClient, sign_in: Callable[..., TestClient], kind: str
) -> None:
    sent, provider = form(office, kind), sign_in(Role.PROVIDER)
    own = re.findall(r'name="token" value="(\w+)"', provider.get("/account").text)
    assert provider.get(f"{PLACE}/{kind}").status_code == 404
    assert provider.post(f"{PLACE}/{kind}", data=sent | {"token": own[0]}).status_code == 404
    assert f"{PLACE}/{kind}" not in provider.get(f"{PLACE}/risk").text
    assert f'href="{PLACE}/{kind}"' in office.get(f"{PLACE}/risk").text
    assert stored(paddle, kind) == []


def test_a_place_above_has_forms_and_the_nation_has_none(office: TestClient, reader: TestClient) -> None:
    trust = PLACE.replace("W-1", "P-1")
    assert office.post(f"{trust}/concern", data=form(office, "concern", trust)).status_code == 303
    assert reader.get(PLACE.replace("W-1", "nation") + "/evidence").status_code == 404
    assert office.get(PLACE.replace("W-1", "R-1") + "/evidence").status_code == 404
