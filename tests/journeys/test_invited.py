"""From the link in a message to the receipt, in a real browser: no request but the first names the token."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nets.invitation import stop_token

Visitors = Callable[..., Any]


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()


@pytest.mark.parametrize(("width", "javascript"), [(320, True), (375, False)])
def test_an_invited_learner_comes_from_her_message_to_the_receipt(
    new_visitor: Visitors, invite: Callable[[], str], width: int, javascript: bool
) -> None:
    token = invite()
    visitor = new_visitor(width, javascript=javascript)
    page: Page = visitor.page
    named: list[str] = []
    page.on("request", lambda request: named.append(f"{request.url} {request.headers.get('referer', '')}"))
    visitor.open(f"/i/{token}")
    visitor.look("invited-link")
    _press(page, "Open the survey")
    assert visitor.path == "/c/nets-invited"
    visitor.look("invited-start")
    _press(page, "No, it is shared: start")
    visitor.look("invited-placement")
    visitor.open("/c/nets-invited/placement?change=1")
    visitor.look("invited-placement-change")
    page.go_back()
    _press(page, "Yes, continue")
    expect(page.locator("input:checked")).to_have_count(1)
    _press(page, "Continue")
    visitor.open("/c/nets-invited/leave")
    visitor.look("invited-leave")
    visitor.open(f"/i/{token}")  # on another device it would be the same
    _press(page, "Open the survey")
    visitor.look("invited-start-unsent")
    _press(page, "Yes, start")
    visitor.open("/c/nets-invited/check")
    _press(page, "Send my response")
    visitor.look("invited-sent")
    expect(page.locator(".app-receipt")).to_be_visible()
    assert [request for request in named if token in request] == [f"{visitor.site.address}/i/{token} "] * 2
    visitor.open(f"/i/{token}")
    _press(page, "Open the survey")
    expect(page.get_by_role("heading", name="You have already sent your response")).to_be_visible()


def test_every_page_around_an_invitation_is_accessible(new_visitor: Visitors, invite: Callable[[], str]) -> None:
    visitor = new_visitor(320)
    page: Page = visitor.page
    for state in ("", "?left=1", "?deleted=1", "?paused=1", "?sent=1"):
        visitor.open(f"/i{state}")
        visitor.look(f"link-{state.strip('?=1')}")
    visitor.open(f"/stop/{stop_token(invite())}")
    visitor.look("stop")
    _press(page, "Stop messages")
    assert visitor.path == "/stop"
    visitor.look("stopped")
    for state in ("", "?unknown=1", "?done=1"):
        visitor.open(f"/withdraw{state}")
        visitor.look(f"withdraw-{state.strip('?=1')}")


def test_a_learner_agrees_to_be_asked_once_more_and_answers_again(
    new_visitor: Visitors, invite: Callable[..., str], draw_again: Callable[[], str]
) -> None:
    visitor = new_visitor(320)
    page: Page = visitor.page
    visitor.open(f"/i/{invite('nets-again')}")
    _press(page, "Open the survey")
    _press(page, "Yes, start")
    _press(page, "Yes, continue")
    _press(page, "Continue")
    visitor.open("/c/nets-again/check")
    expect(page.locator("input:checked")).to_have_count(0)
    page.get_by_label("Yes, you may ask me once more").check()
    visitor.look("again-consent")
    _press(page, "Send my response")
    visitor.look("again-agreed", axe=False)
    visitor.open(f"/i/{draw_again()}")
    _press(page, "Open the survey")
    visitor.look("again-start")
    _press(page, "Yes, start")
    visitor.open("/c/nets-again/change")
    page.get_by_label("No, it is much the same").check()
    visitor.look("again-change")
    _press(page, "Continue")
    visitor.look("again-check", axe=False)
    _press(page, "Send my response")
    visitor.look("again-sent")
    expect(page.locator(".app-receipt")).to_be_visible()
