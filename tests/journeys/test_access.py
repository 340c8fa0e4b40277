"""Ways to use the path that are not a mouse on a wide screen: keyboard, magnifier, forced colours, another language."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Visitors = Callable[..., Any]
START = "/c/nets-2026"
MOST_TABS = 120
ANIMATED = "document.getAnimations().map((one) => one.transitionProperty ?? one.animationName)"
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), place = one.getBoundingClientRect()
  const label = one.labels?.[0]
  const marks = [one, label].filter(Boolean).flatMap((part) => [getComputedStyle(part), getComputedStyle(part, '::before')])
  return {
    inSight: place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth,
    marked: marks.some((mark) => mark.outlineStyle !== 'none' && parseFloat(mark.outlineWidth) >= 2 || mark.boxShadow !== 'none'),
    named: (one.innerText || label?.innerText || one.getAttribute('aria-label') || one.title || '').trim(),
  }
}"""


_PAGES = (
    "placement?change=1&q=ward",
    "placement?q=zebra",
    "placement?missing=1",
    "group?missing=1",
    "p/induction-1",
    "p/safety-start",
    "p/comment-good",
    "check",
)
"""Of somebody on her way: a search, errors, questions, a break, a comment, and all her answers."""

_ELSEWHERE = (
    f"/i/{'A' * 43}",
    "/i?paused=1",
    "/i?left=1",
    f"/stop/{'A' * 43}",
    "/stop",
    "/withdraw",
    "/withdraw?unknown=1",
    "/withdraw?wait=30",
    "/withdraw?done=1",
    "/",
    "/privacy",
    "/accessibility",
    "/c/nets-2025",
    "/nothing",
)
"""Around the path: invitations, messages, receipts, notices, and where there is nothing."""


def _named(address: str) -> str:
    return re.sub(r"\W+", "-", address).strip("-")[:40]


def _tab_to(page: Page, wanted: Callable[[dict[str, Any]], bool], role: str = "") -> None:
    """Go on by the Tab key alone; every stop must be in sight, marked and named."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["inSight"], (page.url, focus)
        assert focus["marked"], (page.url, focus)
        assert focus["named"], (page.url, focus)
        if wanted(focus) and (not role or page.evaluate("document.activeElement.type") == role):
            return
    raise AssertionError(f"the keyboard does not get there on {page.url}")


def _press(page: Page, name: str) -> None:
    _tab_to(page, lambda focus: focus["named"] == name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_path_can_be_walked_by_keyboard_alone(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page: Page = visitor.page
    visitor.open(f"{START}?placement=P0003")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    _press(page, "Yes, start")
    _press(page, "Yes, continue")
    _tab_to(page, lambda focus: True, "radio")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    n_pages = 0
    while "/p/" in visitor.path:
        n_pages += 1
        assert n_pages < 40, "the path does not end"
        if page.locator("input[type=radio]").count():
            _tab_to(page, lambda focus: True, "radio")
            page.keyboard.press("Space")
            with page.expect_navigation():
                page.keyboard.press("Enter")
        else:
            _press(page, "Continue" if page.locator("textarea").count() else "Skip these questions")
    assert n_pages > 12
    _tab_to(page, lambda focus: focus["named"] == "Go straight to sending")
    page.keyboard.press("Enter")
    _press(page, "Send my response")
    expect(page.locator(".app-receipt")).to_be_visible()


def test_four_hundred_per_cent_leave_every_kind_of_page_usable(new_visitor: Visitors) -> None:
    """A window of 1280 by 1024 at 400% is one of 320 by 256."""
    visitor = new_visitor(320, height=256)
    page: Page = visitor.page
    visitor.open(f"{START}?placement=P0002")
    visitor.look("zoom-start")
    _press(page, "No, it is shared: start")
    visitor.look("zoom-placement")
    _press(page, "Yes, continue")
    page.get_by_label("Pharmacy", exact=True).check()
    _press(page, "Continue")
    for address in (*_PAGES, "leave", "resume"):
        visitor.open(f"{START}/{address}")
        visitor.look(f"zoom-{_named(address)}")
        _tab_to(page, lambda focus: page.evaluate("document.activeElement.closest('main') !== null"))
    for address in _ELSEWHERE:
        visitor.open(address)
        visitor.look(f"zoom-{_named(address)}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_and_reduced_motion_are_respected(new_visitor: Visitors, scheme: Any) -> None:
    visitor = new_visitor()
    page: Page = visitor.page
    page.emulate_media(forced_colors="active", reduced_motion="reduce", color_scheme=scheme)
    visitor.open(f"{START}?placement=P0003")
    visitor.look(f"forced-{scheme}-start", own_colours=False)
    _press(page, "Yes, start")
    _press(page, "Yes, continue")
    page.get_by_label("Pharmacy", exact=True).check()
    _press(page, "Continue")
    visitor.open(f"{START}/p/induction-1")
    _tab_to(page, lambda focus: True, "radio")
    page.keyboard.press("Space")
    assert page.evaluate(ANIMATED) == []
    visitor.look(f"forced-{scheme}-questions", own_colours=False)
    # What is chosen shows by a dot that forced colours do not take away, and a button by its edge.
    dot = page.evaluate("getComputedStyle(document.querySelector('input:checked + label'), '::after').borderTopWidth")
    assert float(dot.removesuffix("px")) > 2
    edge = page.evaluate(
        "(() => { const s = getComputedStyle(document.querySelector('main .nhsuk-button'));"
        " return parseFloat(s.borderTopWidth) + (s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth)) })()"
    )
    assert edge > 0
    for address in (*_PAGES, "leave", "resume?unknown=1", "resume?paused=1"):
        visitor.open(f"{START}/{address}")
        visitor.look(f"forced-{scheme}-{_named(address)}", own_colours=False)
    visitor.open(f"{START}/check")
    _press(page, "Send my response")
    visitor.look(f"forced-{scheme}-sent", own_colours=False)
    for address in _ELSEWHERE:
        visitor.open(address)
        visitor.look(f"forced-{scheme}-{_named(address)}", own_colours=False)
    assert page.evaluate(ANIMATED) == []


def test_the_path_in_another_language(new_visitor: Visitors) -> None:
    """The pseudo-language is a quarter longer than English, on the narrowest screen; every page keeps what English keeps."""
    visitor = new_visitor(320)
    page: Page = visitor.page
    visitor.open("/c/nets-pseudo?placement=P0002")
    with page.expect_navigation():
        page.locator("a[hreflang=en-xa]").click()
    assert page.evaluate("document.documentElement.lang") == "en-xa"
    visitor.open("/c/nets-pseudo?placement=P0002")
    visitor.look("pseudo-start")
    for name in ("placement", "group"):
        with page.expect_navigation():
            page.locator("main button.nhsuk-button").first.click()
        visitor.look(f"pseudo-{name}")
    page.get_by_role("radio").nth(3).check()
    n_pages = 0
    while "/check" not in visitor.path:
        n_pages += 1
        assert n_pages < 60, "the path does not end"
        with page.expect_navigation():
            page.locator("main button.nhsuk-button").first.click()
        visitor.look(f"pseudo-{n_pages + 10}", axe=n_pages % 4 == 0)
    visitor.look("pseudo-check")
    with page.expect_navigation():
        page.locator("#send button").click()
    visitor.look("pseudo-sent")
    expect(page.locator(".app-receipt")).to_be_visible()
