"""The start page: which places need attention, why, how sure that is and what to do, and every question one link away."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Door, Principal, Role
from nets.disclosure.banded import learners_of
from nets.organisation import Level
from nets.reading import open_release
from nets.releases.document import record_from_json
from nets.risk.assessing import assess
from nets.risk.concern import Lead
from nets.risk.confirmation import Decision
from nets.risk.entering import enter_concern
from nets.risk.words import in_short
from nets.store.releases import read_place
from survey_api.quality import attention
from survey_api.quality.figures import COLOUR_WORDS

RELEASE = "/quality/paddle-2025-r1"
TODAY = date(2026, 3, 10)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1])).split())


def table(client: TestClient, place_id: str) -> list[dict[str, str]]:
    answer = client.get(f"{RELEASE}/places/{place_id}/attention.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def concern(paddle: Any, place_id: str) -> None:
    enter_concern(
        paddle.database, place_id, "I was alone on nights.", programme="", raised_on=TODAY, is_safety=True,
        about="patient_safety", lead=Lead("Jo", "dean", "L-1"), by="learner", on=TODAY, who="test",
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.NATIONAL, Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER])
def test_the_start_says_which_place_why_how_sure_and_what_next(
    paddle: Any, sign_in: Callable[..., TestClient], role: Role
) -> None:
    scope = ("R-1", "L-1", "P-1")[: 0 if role.scope_level is None else list(Level).index(role.scope_level) + 1]
    with paddle.database.within(scope).read() as connection:
        reader = Principal("somebody", role, scope, Door.SESSION)
        record = open_release(connection, reader, paddle.release_id).place("W-1").record
    risk: Any = record.risk
    text = words(sign_in(role).get("/quality").text)
    card = text[text.index(f"Ward 1 {risk.colour}") :]
    assert f"Why {in_short(risk.reasons[0])} How sure Score " in card
    learners = learners_of(record.score("tea"))  # type: ignore[arg-type]
    assert (f"n = {learners}" if role is Role.NATIONAL else f"{learners} learners") in card
    assert "95% interval" in card
    assert card.startswith(f"Ward 1 {risk.colour} {COLOUR_WORDS[risk.colour]}, {risk.level} ")
    assert f"Offered first {', '.join(risk.interventions).capitalize()}." in card
    assert "Ward 3" not in text


def test_the_eight_questions_each_have_a_view_one_link_away(reader: TestClient) -> None:
    page = reader.get("/quality").text
    links = re.findall(r'<li><a href="([^"]+)">[^<]+\?</a>', page)
    assert len(links) == 8
    for link in links:
        answer = reader.get(link.partition("#")[0])
        assert answer.status_code == 200
        name = link.partition("#")[2]
        assert not name or f'id="{name}"' in answer.text or "made without flags" in answer.text, link


def test_a_safety_concern_is_acted_on_first_however_few_answered(paddle: Any, reader: TestClient) -> None:
    assert [row["place_id"] for row in table(reader, "nation")] == ["W-1"]
    concern(paddle, "W-7")
    concern(paddle, "P-2")
    rows = table(reader, "nation")
    assert [(row["band"], row["place_id"]) for row in rows] == [("act", "P-2"), ("act", "W-1"), ("act", "W-7")]
    page = reader.get("/quality").text
    assert "alone on nights" not in page
    assert "A safety concern has reached a named lead outside the provider" in page


def test_of_many_the_first_have_cards_some_have_their_names_and_all_are_in_the_table(
    paddle: Any, reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place_id in ("P-2", "W-5", "W-7"):
        concern(paddle, place_id)
    monkeypatch.setattr(attention, "MOST_CARDS", 1)
    monkeypatch.setattr(attention, "MOST_NAMED", 2)
    (act,) = re.findall(r'<section id="act".*?</section>', reader.get("/quality").text, flags=re.S)
    assert re.findall(r'<li><a href="[^"]*/places/([^"]+)">', act) == ["W-1", "W-5"]
    assert "And 3 more:" in act
    assert "1 more stand in the <a" in act
    assert [row["place_id"] for row in table(reader, "nation")] == ["P-2", "W-1", "W-5", "W-7"]


def test_what_was_written_about_another_patch_is_not_there(paddle: Any, sign_in: Callable[..., TestClient]) -> None:
    concern(paddle, "P-2")
    provider = sign_in(Role.PROVIDER)
    assert "Hilltop" not in provider.get("/quality").text
    assert provider.get(f"{RELEASE}/places/R-1/attention").status_code == 404
    assert {row["place_id"] for row in table(provider, "P-1")} == {"W-1"}


def test_a_place_that_was_assessed_stands_apart_with_what_was_chosen(paddle: Any, reader: TestClient) -> None:
    decision = Decision(None, None, "", ("triggered visit",), ("shadowing",), "Ann Example", TODAY)
    assess(paddle.database.within(()), "W-1", decision, campaign_id="paddle-2025", who="test")
    text = words(reader.get("/quality").text)
    assert "None of 8 placements here calls for action first" in text
    assert "by Ann Example on 10 March 2026" in text
    assert "Chosen: triggered visit, shadowing." in text
    (row,) = table(reader, "nation")
    assert (row["band"], row["assessment"], row["chosen"]) == ("assessed", "W-1-a1", "triggered visit; shadowing")


def test_a_concern_after_an_assessment_is_told_where_the_risk_can_be_no_higher(paddle: Any, reader: TestClient) -> None:
    concern(paddle, "W-1")
    decision = Decision(None, None, "", ("triggered visit",), (), "Ann Example", TODAY)
    assess(paddle.database.within(()), "W-1", decision, campaign_id="paddle-2025", who="test")
    assert "None of 8 placements here calls for action first" in words(reader.get("/quality").text)
    concern(paddle, "W-1")
    text = words(reader.get("/quality").text)
    assert "1 of 8 placements here calls for action first" in text
    assert "; a concern or adverse evidence has come in since . Chosen: triggered visit." in text
    assert "Assessed, and to be looked at again: Ward 1" in text


def test_what_has_become_known_since_an_assessment_is_told_by_its_kind(paddle: Any, reader: TestClient) -> None:
    decision = Decision(1, 1, "Seen to.", (), (), "Ann Example", TODAY)
    assess(paddle.database.within(()), "W-1", decision, campaign_id="paddle-2025", who="test")
    assert "become known since," not in words(reader.get("/quality").text)
    concern(paddle, "W-1")
    text = words(reader.get("/quality").text)
    assert "more has become known since, and a more severe risk is suggested" in text
    assert "this release has come out" not in text


@pytest.mark.parametrize("role", [Role.NATIONAL, Role.PROVIDER])
def test_why_a_risk_may_stand_beside_a_score_that_says_little_is_said_once(
    sign_in: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    said = "A risk beside “insufficient” is no contradiction"
    monkeypatch.setattr("nets.attention.is_on_little", lambda *_: False)
    assert said not in words(sign_in(role).get("/quality").text)
    monkeypatch.setattr("nets.attention.is_on_little", lambda *_: True)
    text = words(sign_in(role).get("/quality").text)
    assert text.count(said) == 1
    assert ("on the fewest learners of its band" in text) is (role is Role.PROVIDER)


def test_the_table_has_the_numbers_of_the_release(paddle: Any, reader: TestClient) -> None:
    with paddle.database.within(()).read() as connection:
        document = read_place(connection, paddle.release_id, "W-1")
    assert document is not None
    tea: Any = record_from_json(document).score("tea")
    (row,) = table(reader, "P-1")
    assert (row["about"], float(row["n"]), float(row["mean"])) == ("tea", tea.n, tea.mean)
    assert (float(row["low"]), float(row["high"]), row["verdict"]) == (*tea.interval, tea.verdict)
