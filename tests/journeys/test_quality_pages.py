"""Pages of the quality team for each role and step by step: nothing for axe to find, nothing sideways, good on A4."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from nets.access.roles import Role
from nets.risk.concern import Lead
from nets.risk.entering import enter_concern, enter_evidence
from nets.risk.external_evidence import Bearing, Source

Visitors = Callable[..., Any]
RELEASE = "/quality/nets-2025-r1"
TODAY = date(2026, 11, 24)
PLACE, PROVIDER = f"{RELEASE}/places/P0001", f"{RELEASE}/places/T001"
WIDE = (f"{PLACE}/risk", f"{PLACE}/compare?with=P0003", f"{PROVIDER}/funnel")
"""As those see them who are told bands; as the national role does, every page is walked in ``test_every_staff_page.py``."""


def _name(address: str) -> str:
    return "views-" + "".join(
        letter if letter.isalnum() else "-" for letter in address.removeprefix(RELEASE).strip("/")
    )


@pytest.mark.parametrize(
    ("width", "javascript", "role"),
    [(1280, True, Role.LOCAL_OFFICE), (375, False, Role.PROVIDER)],
    ids=["1280-office", "375-provider-without-javascript"],
)
def test_pages_can_be_read_by_everybody(new_visitor: Visitors, width: int, javascript: bool, role: Role) -> None:
    visitor = new_visitor(width, javascript=javascript)
    visitor.sign_in(role, {Role.LOCAL_OFFICE: "L01", Role.PROVIDER: "T001"}.get(role))
    for address in WIDE:
        answer = visitor.page.goto(visitor.site.address + address)
        assert answer.status == 200, address
        visitor.look(_name(address), axe=javascript)


@pytest.fixture
def written_about(new_visitor: Visitors) -> Any:
    """A window of a local office, at a placement of which evidence and a concern are known."""
    visitor = new_visitor(320)
    enter_evidence(
        visitor.site.database, "P0003", "The rota has gaps.", programme="", dated_on=TODAY, source=Source.VISIT,
        bearing=Bearing.ADVERSE, about="supervision", by="Ann", on=TODAY, who="test",
    )  # fmt: skip
    enter_concern(
        visitor.site.database, "P0003", "I was alone on nights.", programme="", raised_on=TODAY, is_safety=True,
        about="patient_safety", lead=Lead("Jo", "dean", "L01"), by="learner", on=TODAY, who="test",
    )  # fmt: skip
    visitor.sign_in(Role.LOCAL_OFFICE, "L01")
    return visitor


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Store the assessment").click()


def test_a_risk_is_refused_stored_and_superseded(written_about: Any) -> None:
    visitor, page = written_about, written_about.page
    visitor.open(f"{RELEASE}/places/P0003/risk")
    visitor.look("risk-1-known")
    _send(page)
    visitor.complaints.clear()  # the browser notes the status of the refusal
    visitor.look("risk-2-refused")
    with page.expect_navigation(url="**#intervention"):
        page.get_by_role("link", name="asks for one").click()
    page.get_by_label("Triggered visit").check()
    _send(page)
    visitor.look("risk-3-stored")
    assert page.get_by_text("Assessment P0003-a1 is stored").count() == 1
    page.get_by_label("1 Negligible").check()
    page.get_by_label("Reason").fill("Two seniors a night since Monday.")
    _send(page)
    visitor.look("risk-4-superseded")
    assert page.get_by_text("superseded").count() == 1


def test_evidence_is_withdrawn_and_a_concern_followed_up(written_about: Any) -> None:
    visitor, page = written_about, written_about.page

    def go(role: Any, name: str) -> None:
        with page.expect_navigation():
            page.get_by_role(role, name=name).first.click()  # other evidence may stand below

    visitor.open(f"{RELEASE}/places/P0003/risk")
    go("link", "Withdraw it")
    visitor.look("risk-5-withdraw")
    page.get_by_label("Why should it not count?").fill("It was another ward.")
    go("button", "Withdraw it")
    assert page.get_by_text("and counts no more: It was another ward.").count() == 1
    go("link", "Write down what was done")
    page.get_by_label("Looked into").check()
    page.get_by_label("What was done?").fill("The rota was asked for.")
    go("button", "Store what was done")
    visitor.look("risk-6-followed-up")
    go("link", "Write down what was done")
    visitor.look("risk-7-step")


def test_pages_print_on_a4(new_visitor: Visitors) -> None:
    """An A4 page is 718 px wide between the margins that browsers leave."""
    visitor = new_visitor(718)
    page = visitor.page
    visitor.sign_in(Role.LOCAL_OFFICE, "L01")
    page.emulate_media(media="print")
    for address in (
        "/quality",
        PLACE,
        f"{PLACE}/risk",
        f"{PLACE}/compare?with=P0003",
        f"{PROVIDER}/heat",
        f"{PROVIDER}/groups",
    ):
        visitor.open(address)
        visitor.look(f"print-{_name(address)}", axe=False)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('main a'), '::after').content") == "none"
        assert page.locator("button:visible, form:visible, nav:visible, a[href*='.csv']:visible").count() == 0
        assert "Release nets-2025-r1 of 15 January 2026" in page.inner_text("footer")
        assert "The page /quality/nets-2025-r1/places/" in page.inner_text("footer")
        for header in page.locator("table.app-scores thead tr").all():  # tables, and not a list a row as on a phone
            assert header.bounding_box()["width"] > 600
