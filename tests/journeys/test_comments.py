"""A comment on its way: read by whoever answers for data protection, then by whoever may see its placement."""

from collections.abc import Callable
from typing import Any

import pytest

from nets.access.roles import Role

Visitors = Callable[..., Any]


@pytest.mark.parametrize(("width", "javascript"), [(375, True), (1280, False)], ids=["375", "1280-without-javascript"])
def test_a_comment_is_reviewed_and_read(new_visitor: Visitors, width: int, javascript: bool) -> None:
    reviewer, reader = new_visitor(width, javascript=javascript), new_visitor(width, javascript=javascript)
    reviewer.sign_in(Role.DATA_PROTECTION)
    reviewer.open("/protection/comments")
    reviewer.look("comments-1-waiting", axe=javascript)
    page = reviewer.page
    page.get_by_label("Show it with words taken out").check()
    page.get_by_role("button", name="Store the decision").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    reviewer.complaints.clear()  # the browser notes the status of the refusal
    reviewer.look("comments-2-refused", axe=javascript)
    page.get_by_label("With words taken out", exact=True).fill("Time to read. […]")
    page.get_by_role("button", name="Store the decision").click()
    page.get_by_text("The decision is stored.").wait_for()
    reviewer.look("comments-3-stored", axe=javascript)
    reviewer.open("/protection/comments/decided")
    reviewer.look("comments-4-decided", axe=javascript)
    page.locator("tbody a").first.click()
    page.get_by_role("heading", name="What was decided").wait_for()
    reviewer.look("comments-5-one", axe=javascript)
    reader.sign_in(Role.NATIONAL)
    reader.open("/quality/nets-2025-r1/places/nation/comments")
    assert reader.page.get_by_text("Time to read. […]").count() >= 1
    reader.look("comments-6-read", axe=javascript)
