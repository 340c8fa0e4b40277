from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

Visitors = Callable[..., Any]


def _follow(page: Page, link: Locator) -> None:
    with page.expect_navigation():
        link.click()


def _row(page: Page, site: str) -> Locator:
    return page.get_by_role("row").filter(has_text=site)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_quality_lead_comes_from_the_start_to_a_risk_cell_and_its_reasons(
    new_visitor: Visitors, width: int, javascript: bool
) -> None:
    visitor = new_visitor(width, javascript=javascript)
    page = visitor.page
    visitor.sign_in()
    visitor.open("/quality")
    visitor.look("quality-1-nation")
    for name in ("North Vale", "Alderwick local office", "Alderwick University Hospitals"):
        _follow(page, page.get_by_role("link", name=name, exact=True))
    visitor.look("quality-2-provider")
    _follow(page, _row(page, "Alderwick Royal Infirmary").get_by_role("link", name="Emergency department"))
    visitor.look("quality-3-placement")
    assert page.locator(".app-matrix__here").count() == 1
    assert page.get_by_text("Clinical supervision: probability").count() == 1
    page.go_back()
    _follow(page, _row(page, "Alderwick Royal Infirmary").get_by_role("link", name="Medical ward 4"))
    visitor.look("quality-4-placement-suppressed")
    assert page.locator(".app-matrix").count() == 0


@pytest.mark.parametrize("width", [320, 768, 1024, 1180, 1440])
def test_no_width_lets_the_text_touch_the_edge(new_visitor: Visitors, width: int) -> None:
    visitor = new_visitor(width)
    visitor.sign_in()
    visitor.open("/quality")
    left, right = visitor.page.locator("main").evaluate(
        "main => { const box = main.getBoundingClientRect(); return [box.left, innerWidth - box.right] }"
    )
    assert left >= 16
    assert right >= 16


@pytest.mark.parametrize("width", [375, 1280])
def test_the_interface_is_documented_without_an_outside_request(new_visitor: Visitors, width: int) -> None:
    visitor = new_visitor(width)
    visitor.open("/docs")
    visitor.page.get_by_text("/v1/campaigns/{campaign_id}/responses").wait_for()
    visitor.look("data-interface")
