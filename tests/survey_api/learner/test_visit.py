from dataclasses import replace
from typing import Any

import pytest

from nets.store.campaigns import get_campaign
from nets.store.drafts import delete_draft
from survey_api.languages import read_languages
from survey_api.learner.device import COOKIE
from survey_api.learner.draft import load
from survey_api.learner.visit import NoDraft, Visit


@pytest.fixture
def visit(learner: Any, paddle: Any) -> Visit:
    """A request of one tab that has read the draft and not yet changed it."""
    learner.begin().answer_everything()
    token = learner.client.cookies[COOKIE]
    with paddle.database.read() as connection:
        draft = load(connection, token, "paddle-2026", paddle.version)
        campaign = get_campaign(connection, "paddle-2026")
    english = read_languages()["en"]
    return Visit(
        paddle.app.state.service,
        campaign,
        paddle.version,
        english,
        (english,),
        "",
        token,
        draft,
        is_shared=False,
        marks=(),
    )


def test_a_change_that_comes_behind_the_sending_in_another_tab_changes_nothing(visit: Visit, learner: Any) -> None:
    learner.post("send")
    receipt = learner.get("sent").text
    after = visit.change(lambda draft: replace(draft, answers={"TEA01": 1}))
    assert after.is_sent
    assert not after.answers
    assert learner.get("sent").text == receipt


def test_a_change_is_made_to_the_draft_as_it_is_now_and_not_as_it_was_read(visit: Visit, learner: Any) -> None:
    learner.post("p/tea", TEA01="1")
    changed = visit.change(lambda draft: replace(draft, answers={**draft.answers, "NUR01": 2}))
    assert (changed.answers["TEA01"], changed.answers["NUR01"]) == (1, 2)


def test_a_change_to_a_draft_that_was_deleted_meanwhile_finds_none(visit: Visit, paddle: Any) -> None:
    assert visit.token is not None
    with paddle.database.begin() as connection:
        delete_draft(connection, visit.token)
    with pytest.raises(NoDraft):
        visit.change(lambda draft: draft)
