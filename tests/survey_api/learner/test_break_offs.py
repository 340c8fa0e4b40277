"""Each step is counted once a learner, wherever she goes, and nothing is counted of whom it was."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.break_off import StepCount
from nets.errors import StoreUnavailable
from nets.store.break_offs import read_step_counts
from survey_api.learner.break_offs import every_hour
from survey_api.learner.draft import Draft

CAMPAIGN = "paddle-2026"


def counted(paddle: Any) -> dict[str, tuple[int, int]]:
    paddle.app.state.service.break_offs.store()
    with paddle.database.read() as connection:
        counts = read_step_counts(connection, CAMPAIGN)
    return {step: (count.reached, count.went_on) for step, count in counts.items()}


def test_a_learner_who_sends_has_gone_on_from_every_step(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("send")
    assert counted(paddle) == {
        "placement": (1, 1),
        "group": (1, 1),
        "p/tea": (1, 1),
        "p/ward": (1, 1),
        "p/pause": (1, 1),
        "p/rude": (1, 1),
        "p/words": (1, 1),
        "check": (1, 1),
        "sent": (1, 0),
    }


def test_whoever_stops_is_counted_where_she_came_furthest(
    learner: Any, new_learner: Callable[[], Any], paddle: Any
) -> None:
    learner.begin().post("p/tea", TEA01="4")
    learner.get("p/tea")
    learner.post("p/tea", TEA01="5")
    new_learner().post("start", device="own")
    found = counted(paddle)
    assert found == {"placement": (2, 1), "group": (1, 1), "p/tea": (1, 1), "p/ward": (1, 0)}


def test_going_back_a_refusal_a_second_tab_and_a_second_send_count_nothing_twice(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything()
    learner.post("p/tea?change=1", TEA01="4")
    learner.post("p/words", COM01="x" * 50)
    learner.post("p/words", COM01="Short.")
    learner.post("group", group="pharmacy")
    learner.post("p/tea", TEA01="4")
    learner.post("send")
    learner.post("send")
    found = counted(paddle)
    assert {reached for reached, _ in found.values()} == {1}
    assert found["check"] == (1, 1)


def test_what_a_branch_or_skipping_passes_by_is_not_reached(learner: Any, paddle: Any) -> None:
    learner.begin(group="pharmacy").post("p/tea")
    learner.post("p/pause", skip="1")
    assert set(counted(paddle)) == {"placement", "group", "p/tea", "p/pause", "p/words"}


def test_a_draft_of_an_earlier_release_is_counted_from_where_it_is() -> None:
    path = ("placement", "group", "p/tea", "check", "sent")
    assert Draft("c", "k", at="p/tea").advanced(path).furthest == "p/tea"
    assert Draft("c", "k", at="p/tea", furthest="check").advanced(path).furthest == "check"
    assert Draft("c", "k", at="p/gone", furthest="p/gone-too").advanced(path).furthest == ""


def test_nothing_is_stored_with_a_learners_own_step(learner: Any, paddle: Any) -> None:
    learner.begin().answer_everything().post("send")
    with paddle.database.read() as connection:
        assert read_step_counts(connection, CAMPAIGN) == {}


def test_a_service_that_stops_stores_what_it_counted(paddle: Any) -> None:
    with TestClient(paddle.app, headers={"Origin": "http://testserver"}) as client:
        client.post(f"/c/{CAMPAIGN}/start", data={"device": "own"})
    with paddle.database.read() as connection:
        assert read_step_counts(connection, CAMPAIGN) == {"placement": StepCount(1, 0)}


def test_what_could_not_be_stored_is_stored_an_hour_later(
    learner: Any, paddle: Any, run_apart: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    learner.post("start", device="own")
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            monkeypatch.undo()
            raise asyncio.CancelledError

    def fail(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr("survey_api.learner.break_offs.add_step_counts", fail)
    with caplog.at_level(logging.ERROR), pytest.raises(asyncio.CancelledError):
        run_apart(every_hour(paddle.app.state.service.break_offs))
    assert waits == [3600, 3600]
    assert "the disk is full" in caplog.text
    learner.post("placement", placement="W-1")
    assert counted(paddle) == {"placement": (1, 1), "group": (1, 0)}
