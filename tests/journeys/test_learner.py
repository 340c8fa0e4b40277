import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nets.packing import unpack
from nets.store.organisations import get_organisation
from nets.store.questionnaires import get_version
from nets.store.responses import count_responses, read_responses

Visitors = Callable[..., Any]
START = "/c/nets-2026"


def _count(site: Any) -> int:
    with site.database.read() as connection:
        return count_responses(connection, site.campaign_id)


def _name_of(site: Any, placement: str) -> str:
    with site.database.read() as connection:
        return get_organisation(connection, placement).name


def _continue(page: Page, name: str = "Continue") -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()


def _begin(visitor: Any, placement: str, group: str) -> None:
    visitor.open(f"{START}?placement={placement}")
    _continue(visitor.page, "Yes, start")
    _continue(visitor.page, "Yes, continue")
    visitor.page.get_by_label(group, exact=True).check()
    _continue(visitor.page)


def _answer(page: Page) -> None:
    """Agree with everything on the page, and write something where there is room."""
    for group in page.locator("fieldset").all():
        radios = group.get_by_role("radio")
        radios.nth(min(3, radios.count() - 1)).check()
    for box in page.get_by_role("textbox").all():
        box.fill("The team made time for us.")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_learner_comes_from_the_qr_link_to_the_receipt(
    new_visitor: Visitors, site: Any, width: int, javascript: bool
) -> None:
    before = _count(site)
    visitor = new_visitor(width, javascript=javascript)
    page = visitor.page
    visitor.open(f"{START}?placement=P0016")
    visitor.look("01-start")
    _continue(page, "Yes, start")
    visitor.look("02-placement")
    _continue(page, "Yes, continue")
    visitor.look("03-group")
    page.get_by_label("Nursing", exact=True).check()
    _continue(page)
    n_pages = 0
    while "/p/" in visitor.path:
        n_pages += 1
        assert n_pages < 60, "the path does not end"
        name = visitor.path.rsplit("/", 1)[1]
        assert page.locator("input[type=radio]:checked").count() == 0
        _answer(page)
        visitor.look(f"{n_pages + 10}-{name}")
        _continue(
            page, "Continue to these questions" if page.locator("fieldset, textarea").count() == 0 else "Continue"
        )
    assert visitor.path == f"{START}/check"
    visitor.look("80-check")
    assert page.get_by_text("No answer").count() == 0
    _continue(page, "Send my response")
    assert visitor.path == f"{START}/sent"
    visitor.look("90-sent")
    expect(page.locator(".app-receipt")).to_have_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    assert _count(site) == before + 1


def test_a_placement_is_found_by_searching_without_javascript(new_visitor: Visitors) -> None:
    visitor = new_visitor(375, javascript=False)
    page = visitor.page
    visitor.open(START)
    _continue(page, "Yes, start")
    page.get_by_label("Find your placement").fill("maternity alderwick")
    _continue(page, "Search")
    visitor.look("search-found")
    page.get_by_label("Maternity unit").first.check()
    _continue(page)
    assert visitor.path == f"{START}/group"


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_every_turn_of_the_search_and_every_error_is_accessible(new_visitor: Visitors, width: int) -> None:
    visitor = new_visitor(width)
    page = visitor.page
    visitor.open(START)
    _continue(page, "Yes, start")
    visitor.look("search-empty")
    page.get_by_label("Find your placement").fill("ward")
    _continue(page, "Search")
    visitor.look("search-found")
    _continue(page)
    visitor.look("search-error")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    page.get_by_label("Find your placement").fill("zebra")
    _continue(page, "Search")
    visitor.look("search-nothing")
    visitor.open(f"{START}/placement?change=1&q=maternity")
    page.get_by_role("radio").first.check()
    _continue(page)
    _continue(page)
    visitor.look("group-error")
    page.get_by_label("Nursing", exact=True).check()
    _continue(page)
    visitor.open(f"{START}/p/comment-good")
    page.get_by_role("textbox").fill("x" * 1300)
    _continue(page)
    visitor.look("comment-error")
    visitor.open(START)
    visitor.look("start-unsent")


def test_skipped_questions_can_be_answered_after_all(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = visitor.page
    _begin(visitor, "P0003", "Pharmacy")
    visitor.open(f"{START}/p/safety-start")
    _continue(page, "Skip these questions")
    assert visitor.path == f"{START}/p/about-start"
    visitor.open(f"{START}/check")
    visitor.look("check-skipped")
    with page.expect_navigation():
        page.get_by_role("link", name="Answer them after all").first.click()
    _continue(page, "Continue to these questions")
    assert visitor.path == f"{START}/p/respect-1"


def test_back_shows_the_answers_and_clearing_takes_one_away(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = visitor.page
    _begin(visitor, "P0003", "Pharmacy")
    visitor.open(f"{START}/p/induction-1")
    _answer(page)
    _continue(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Back", exact=True).click()
    assert page.locator("input:checked").count() == 3
    visitor.look("questions-answered")
    with page.expect_navigation():
        page.get_by_role("button", name="Clear my answer").first.click()
    expect(page.locator("input:checked")).to_have_count(2)
    assert "#" in visitor.path
    visitor.open(f"{START}/check")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("safely.*Change")).click()
    expect(page.locator("legend", has_text="safely")).to_be_in_viewport(ratio=1)


def test_a_double_tap_without_javascript_is_one_response(new_visitor: Visitors, site: Any) -> None:
    before = _count(site)
    visitor = new_visitor(javascript=False)
    page = visitor.page
    _begin(visitor, "P0003", "Pharmacy")
    visitor.open(f"{START}/check")
    page.get_by_role("button", name="Send my response").dblclick(delay=5)
    # The second tap cuts the first one's navigation short; what counts is where she ends.
    expect(page.locator(".app-receipt")).to_be_visible()
    page.reload()
    assert visitor.path == f"{START}/sent"
    assert _count(site) == before + 1


def test_back_after_sending_shows_no_answer(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = visitor.page
    _begin(visitor, "P0003", "Pharmacy")
    visitor.open(f"{START}/p/comment-good")
    page.get_by_role("textbox").fill("A sentence that must not come back.")
    _continue(page)
    visitor.open(f"{START}/check")
    _continue(page, "Send my response")
    receipt = page.locator(".app-receipt").inner_text()
    for _ in range(3):
        page.go_back()
        assert "must not come back" not in page.content()
    assert visitor.path == f"{START}/sent?already=1"
    assert page.locator(".app-receipt").inner_text() == receipt
    visitor.open(START)
    visitor.look("start-sent")


def test_what_is_stored_is_what_was_chosen(new_visitor: Visitors, site: Any) -> None:
    visitor = new_visitor()
    page = visitor.page
    _begin(visitor, "P0101", "Paramedicine")
    visitor.open(f"{START}/p/induction-1")
    page.get_by_role("radio", name="Strongly disagree").first.check()
    _continue(page)
    visitor.open(f"{START}/check")
    _continue(page, "Send my response")
    with site.database.read() as connection:
        version = get_version(connection, "nets", "2026.1")
        stored = read_responses(connection, site.campaign_id)
    row = stored.placement_ids.index("P0101")
    assert stored.learner_groups[row] == "paramedicine"
    answered = {code: value for code, value in unpack(version, stored.packed[row]).items() if isinstance(value, int)}
    assert answered == {version.page["induction-1"].items[0]: 1}


def test_a_page_can_be_answered_by_keyboard_alone(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.open(f"{START}?placement=P0003")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    _continue(page, "Yes, start")
    _continue(page, "Yes, continue")
    page.get_by_label("Nursing", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/programme-midwifery")


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_survey_that_is_not_open_says_so(new_visitor: Visitors, width: int) -> None:
    visitor = new_visitor(width)
    visitor.open("/c/nets-2025")
    visitor.look("not-open")
    visitor.open("/nothing")
    visitor.look("not-found")


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_what_is_read_before_and_after_is_accessible(new_visitor: Visitors, width: int) -> None:
    visitor = new_visitor(width)
    page = visitor.page
    for notice in ("privacy", "cookies", "accessibility"):
        visitor.open(f"/{notice}")
        visitor.look(notice)
    visitor.open(f"{START}?lost=1&placement=P0002")
    visitor.look("start-lost-small")
    for state in ("paused=1", "unknown=1", "wait=30"):
        visitor.open(f"{START}/resume?{state}")
        visitor.look(f"resume-{state.partition('=')[0]}")
    visitor.open(f"{START}?placement=P0002")
    _continue(page, "No, it is shared: start")
    visitor.look("placement-shared-small")
    _continue(page, "Yes, continue")
    page.get_by_label("Pharmacy", exact=True).check()
    _continue(page)
    visitor.open(f"{START}/leave")
    visitor.look("leave-on-shared")
    visitor.open(f"{START}/check")
    visitor.look("check-unanswered")
    _continue(page, "Send my response")
    visitor.look("sent-shared")
    visitor.open(f"{START}/p/induction-1")
    visitor.look("already-sent")
    _continue(page, "Clear and finish")
    visitor.look("left")


def test_placements_are_found_while_the_name_is_typed(new_visitor: Visitors) -> None:
    visitor = new_visitor()
    page = visitor.page
    visitor.open(START)
    _continue(page, "Yes, start")
    page.get_by_label("Find your placement").press_sequentially("maternity alder", delay=30)
    expect(page.locator("#found-status")).to_have_text(re.compile(r"Placements found: [1-9]"))
    visitor.look("search-while-typing")
    page.get_by_label("Find your placement").fill("zebra")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_label("Find your placement").fill("maternity alder")
    page.get_by_label("Maternity unit").first.check()
    _continue(page)
    assert visitor.path == f"{START}/group"


@pytest.mark.parametrize(("width", "javascript"), [(320, True), (375, False), (1280, True)])
def test_a_confidential_response_is_taken_back_with_its_receipt(
    new_visitor: Visitors, site: Any, width: int, javascript: bool
) -> None:
    visitor = new_visitor(width, javascript=javascript)
    page = visitor.page
    visitor.open("/c/nets-confidential?placement=P0016")
    visitor.look("confidential-start")
    _continue(page, "Yes, start")
    _continue(page, "Yes, continue")
    page.get_by_label("Pharmacy", exact=True).check()
    _continue(page)
    visitor.open("/c/nets-confidential/check")
    visitor.look("confidential-check")
    _continue(page, "Send my response")
    visitor.look("confidential-sent")
    receipt = page.locator(".app-receipt").inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="Take your response back").click()
    visitor.look("withdraw")
    page.get_by_label("Your receipt").fill("K7QM-4TXD-9PWR")
    _continue(page, "Delete my response")
    visitor.look("withdraw-unknown")
    page.get_by_label("Your receipt").fill(receipt.lower().replace("-", " "))
    _continue(page, "Delete my response")
    assert visitor.path == "/withdraw?done=1"
    visitor.look("withdraw-done")
    with site.database.read() as connection:
        assert count_responses(connection, "nets-confidential") == 0


def test_two_tabs_end_in_one_receipt(new_visitor: Visitors, site: Any) -> None:
    before = _count(site)
    visitor = new_visitor()
    page = visitor.page
    _begin(visitor, "P0003", "Pharmacy")
    visitor.open(f"{START}/check")
    other = page.context.new_page()
    other.goto(site.address + f"{START}/check")
    _continue(page, "Send my response")
    receipt = page.locator(".app-receipt").inner_text()
    _continue(other, "Send my response")
    assert other.locator(".app-receipt").inner_text() == receipt
    assert _count(site) == before + 1


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_one_device_answers_once_about_a_placement_and_somebody_else_can_still_answer(
    new_visitor: Visitors, site: Any, javascript: bool
) -> None:
    before = _count(site)
    visitor = new_visitor(javascript=javascript)
    page = visitor.page
    _begin(visitor, "P0030", "Pharmacy")
    visitor.open(f"{START}/check")
    _continue(page, "Send my response")
    visitor.look("sent-own")
    visitor.open(f"{START}?placement=P0030")
    visitor.look("already-answered")
    _continue(page, "Answer about another placement")
    page.get_by_label("Find your placement").fill(_name_of(site, "P0030"))
    _continue(page, "Search")
    page.locator("input[value=P0030]").check()
    _continue(page)
    assert visitor.path == f"{START}/placement?already=P0030"
    visitor.look("already-answered-again")
    visitor.open(f"{START}?placement=P0030&other=1")
    visitor.look("start-other")
    _continue(page, "Start")
    visitor.look("placement-other")
    _continue(page, "Yes, continue")
    page.get_by_label("Pharmacy", exact=True).check()
    _continue(page)
    visitor.open(f"{START}/check")
    _continue(page, "Send my response")
    assert _count(site) == before + 2
    _continue(page, "Clear and finish")
    assert page.context.cookies() == []
