from dataclasses import replace
from typing import Any

from survey_api.learner.draft import new_draft


def test_a_draft_loses_what_another_version_does_not_ask_and_keeps_the_rest(paddle: Any) -> None:
    draft = replace(
        new_draft("paddle-2026", "W-1", "code"), answers={"TEA01": 4, "OLD01": 2}, refused={"OLD02": "9", "TEA02": "9"}
    )
    fitted = draft.fitted(paddle.version)
    assert fitted.answers == {"TEA01": 4}
    assert fitted.refused == {"TEA02": "9"}
    assert (fitted.submission_key, fitted.code) == (draft.submission_key, "code")


def test_a_sent_draft_keeps_the_receipt_and_nothing_that_leads_to_the_answers(paddle: Any) -> None:
    draft = replace(new_draft("paddle-2026", "W-1", "code"), answers={"TEA01": 4}, learner_group="nursing", at="check")
    sent = draft.sent("ABCD-EFGH")
    assert sent.is_sent
    assert (sent.answers, sent.placement_id, sent.learner_group, sent.code, sent.at) == ({}, "", "", "", "")
