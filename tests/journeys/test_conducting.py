"""The survey manager's and the data protection pages in a browser: a campaign from its opening to its close."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nets.access.roles import Role

Visitors = Callable[..., Any]
ROSTER = "placement_id,learner_group,learners\nP0001,nursing,60\nP0001,pharmacy,60\n"


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_a_campaign_is_opened_given_a_roster_and_closed(
    new_visitor: Visitors, javascript: bool, tmp_path: Path
) -> None:
    visitor = new_visitor(320 if javascript else 375, javascript=javascript)
    visitor.sign_in(Role.SURVEY_MANAGER)
    page, code = visitor.page, f"tea-{'with' if javascript else 'without'}-script"
    visitor.open("/campaigns")
    visitor.look("conducting-1-campaigns")
    page.get_by_role("button", name="Open a campaign").click()
    page.get_by_role("button", name="Open the campaign").click()
    assert "There is a problem" in page.inner_text("main")
    visitor.complaints.clear()  # the browser notes the status of the refusal
    visitor.look("conducting-2-problems")
    page.fill("#title", "Tea survey")
    page.fill("#id", code)
    page.select_option("#questionnaire", "nets/2026.1")
    page.fill("#opens", "2026-02-01")
    page.fill("#closes", "2026-12-31")
    page.get_by_label("Open link").check()
    page.get_by_role("button", name="Open the campaign").click()
    assert visitor.path == f"/campaigns/{code}"
    visitor.look("conducting-3-opened")
    page.get_by_role("link", name="Upload a roster").click()
    visitor.look("conducting-4-roster")
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER.replace("60", "sixty"), "utf-8")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload").click()
    assert "Row 2, column learners" in page.inner_text("main")
    visitor.complaints.clear()  # the browser notes the status of the refusal
    visitor.look("conducting-5-roster-problems")
    file.write_text(ROSTER, "utf-8")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload").click()
    assert "0 of 120 learners answered" in page.inner_text("main")
    visitor.look("conducting-6-rates")
    visitor.open("/campaigns/nets-2025")
    page.get_by_role("button", name="Make a release").click()
    assert "A release is for ever" in page.inner_text("main")
    visitor.look("conducting-7-release")
    visitor.open(f"/campaigns/{code}/close")
    visitor.look("conducting-8-close")
    page.get_by_role("button", name="Close the campaign today").click()
    assert "closed early" in page.inner_text("main")


def test_who_answers_for_data_protection_reads_what_is_hidden_and_who_did_what(
    new_visitor: Visitors,
) -> None:
    for width in (320, 1280):
        visitor = new_visitor(width)
        visitor.sign_in(Role.DATA_PROTECTION)
        visitor.open("/protection")
        assert "Hidden in release" in visitor.page.inner_text("main")
        visitor.look(f"protection-1-{width}")
        visitor.page.get_by_role("link", name="Audit trail").click()
        assert "The trail is whole" in visitor.page.inner_text("main")
        visitor.look(f"protection-2-audit-{width}")
