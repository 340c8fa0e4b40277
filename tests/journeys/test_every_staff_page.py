"""Every page of the staff, from the application's own list of routes, so that one that is new is walked or is missed here.

All are held to axe in every state. By itself each is held to three widths; in its other states, which are many, to the narrowest,
and there axe leaves contrast out, for which it takes longest and which all states have of the one style sheet. How they print
stands in ``test_quality_pages.py``.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from nets.access.roles import WHOLE_SURVEY, Role
from nets.risk.concern import Lead
from nets.risk.entering import enter_concern, enter_evidence
from nets.risk.external_evidence import Bearing, Source
from nets.store.comment_reviews import list_waiting
from nets.store.database import Database
from survey_api.app import create_app
from survey_api.settings import Settings

Visitors = Callable[..., Any]
WIDTHS = (320, 375, 1280)
ELSEWHERE = re.compile(
    r"/|/c/.*|/i|/i/.*|/stop.*|/withdraw|/privacy|/cookies|/accessibility|/language/.*|/health|/ready|/docs|/v1/.*|.*[.]csv|"
    r"/sign-in/openid.*"
)
"""What is there for learners and programs, what leads on at once, and tables as files."""
WITHOUT_FORM = {"/account/password": "/account", "/sign-out": "/account"}
"""Where the form is that a route takes which shows none of its own."""
DOES_IT = {"/sign-out", "/campaigns/{campaign_id}/close", "/campaigns/{campaign_id}/release"}
"""Forms without fields: sent as they stand they do what they say (``test_staff.py``, ``test_conducting.py``)."""
ASKED = {
    "/quality/{release_id}/places/{place_id}/heat": ("?kind=standard&by=standard:1.1", "?kind=scale"),
    "/quality/{release_id}/places/{place_id}/compare": ("?with=P0003", "?with=P0001", "?q=ward"),
    "/protection/comments/decided": ("?code=zebra",),
}
"""What a page can be asked for; each is asked of the first place, beside what it shows by itself."""
SHOWN, HIDDEN, ABOVE = "P0001", "P0002", "T001"
"""A placement of which much is shown, one of which nothing is, and a place above them."""
OF_PLACEMENTS = re.compile(r".*/(trend|groups|answers|compare|risk)")
"""Of a place above the placements these look as they do of a placement."""
FORMS = re.compile(r".*/(evidence|concern|withdraw|step)")
"""These look alike of all places."""


def routes(app: Any, method: str) -> list[str]:
    found: list[RouteContext] = [
        one for one in iter_route_contexts(app.routes) if isinstance(one.original_route, APIRoute)
    ]
    return [str(one.path) for one in found if method in (one.methods or ()) and not ELSEWHERE.fullmatch(str(one.path))]


def role_of(path: str) -> Role | None:
    """Who opens a page."""
    if path == "/sign-in":
        return None
    return {"campaigns": Role.SURVEY_MANAGER, "protection": Role.DATA_PROTECTION}.get(path.split("/")[1], Role.NATIONAL)


@pytest.fixture(scope="module")
def ids(site: Any) -> dict[str, str]:
    """What stands for the names in a route's path, with a piece of evidence and a concern that are made for it."""
    on: Any = {"programme": "", "by": "Ann", "on": site.today, "who": "test"}
    evidence = enter_evidence(
        site.database, "P0001", "The rota has gaps.", dated_on=site.today, source=Source.VISIT, bearing=Bearing.ADVERSE,
        about="supervision", **on,
    )  # fmt: skip
    concern = enter_concern(
        site.database, "P0001", "Alone on nights.", raised_on=site.today, is_safety=False, about="supervision",
        lead=Lead("Jo", "dean", "L01"), **on,
    )  # fmt: skip
    with site.database.within(WHOLE_SURVEY).read() as connection:
        comment: UUID = list_waiting(connection)[0]
    return {
        "release_id": site.release_id,
        "campaign_id": "nets-2025",
        "comment_id": str(comment),
        "evidence_id": evidence.id,
        "concern_id": concern.id,
    }


def addresses(path: str, ids: dict[str, str]) -> list[str]:
    """The addresses of a route in its states; a name in its path that nobody knows here fails."""
    if "{place_id}" not in path:
        places = [""]
    elif FORMS.fullmatch(path):
        places = [SHOWN]
    else:
        places = [SHOWN, HIDDEN] if OF_PLACEMENTS.fullmatch(path) else [ABOVE, SHOWN, HIDDEN]
    found = [path.format(**ids, place_id=place) for place in places]
    return [*found, *(found[0] + query for query in ASKED.get(path, ()))]


def sign_in(visitor: Any, path: str) -> None:
    """As whoever opens the page; the page on which everybody signs in is for who has not."""
    visitor.page.context.clear_cookies()
    role = role_of(path)
    if role is not None:
        visitor.sign_in(role)


def go_to(visitor: Any, address: str, status: int = 200) -> None:
    answer = visitor.page.goto(visitor.site.address + address)
    assert answer.status == status, address
    assert answer.headers["content-type"].startswith("text/html"), address
    assert visitor.page.locator("h1:visible").count() == 1, address
    if status != 200:
        visitor.complaints.clear()  # the browser notes the status of a refusal


def named(address: str) -> str:
    return "every-" + re.sub(r"\W+", "-", address).strip("-")


def test_every_page_can_be_read(new_visitor: Visitors, site: Any, ids: dict[str, str]) -> None:
    visitor = new_visitor()
    for path in routes(site.app, "GET"):
        sign_in(visitor, path)
        first, *others = addresses(path, ids)
        go_to(visitor, first)
        for width in reversed(WIDTHS):
            visitor.width = width
            visitor.page.set_viewport_size({"width": width, "height": 740})
            visitor.look(named(path), axe=width == WIDTHS[0])
        for address in others:
            go_to(visitor, address)
            visitor.look(named(address), own_colours=False)


def test_every_page_is_whole_in_all_its_states_without_scripts(
    new_visitor: Visitors, site: Any, ids: dict[str, str]
) -> None:
    visitor = new_visitor(WIDTHS[0], javascript=False)
    for path in routes(site.app, "GET"):
        sign_in(visitor, path)
        for address in addresses(path, ids):
            go_to(visitor, address)
            visitor.look(named(address))
            assert visitor.page.locator("[hidden], noscript, .nhsuk-frontend-supported").count() == 0, address


def test_every_form_that_is_sent_empty_says_what_is_missing(
    new_visitor: Visitors, site: Any, ids: dict[str, str]
) -> None:
    visitor = new_visitor(WIDTHS[0])
    page = visitor.page
    pages = routes(site.app, "GET")
    for path in routes(site.app, "POST"):
        if path not in DOES_IT:
            at = path if path in pages else WITHOUT_FORM[path]
            sign_in(visitor, at)
            visitor.open(addresses(at, ids)[0])
            with page.expect_navigation() as sent:
                page.locator(f'form[action="{addresses(path, ids)[0]}"] button').click()
            assert sent.value.status in {401, 409, 422}, path
            assert page.title().startswith("Error: "), path
            assert page.locator(".nhsuk-error-summary").count() == 1, path
            visitor.complaints.clear()  # the browser notes the status of the refusal
            visitor.look(named(f"{path}-refused"), own_colours=False)


def test_every_page_that_says_no_can_be_read(new_visitor: Visitors, site: Any) -> None:
    visitor = new_visitor(WIDTHS[0])
    visitor.sign_in()
    for address, status in (
        ("/quality/none", 404),
        (f"/quality/{site.release_id}/places/none/risk", 404),
        ("/campaigns", 404),
        ("/sign-out", 405),
        (f"/quality/{site.release_id}/places/T001/heat?kind=colour", 422),
    ):
        go_to(visitor, address, status)
        visitor.look(named(address))
    visitor.open("/account")
    visitor.page.locator("input[name=token]").evaluate_all("all => all.forEach(one => one.value = '0'.repeat(64))")
    with visitor.page.expect_navigation() as sent:
        visitor.page.get_by_role("button", name="Sign out").click()
    assert sent.value.status == 403
    visitor.complaints.clear()
    visitor.look(named("/sign-out-foreign"))


def test_every_section_can_be_read_where_there_is_nothing_yet(
    new_visitor: Visitors,
    site: Any,
    served: Callable[..., AbstractContextManager[str]],
    new_session: Callable[..., str],
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'nets.sqlite3'}")
    database.upgrade()
    visitor = new_visitor(WIDTHS[0])
    with served(create_app(Settings(database_url=f"sqlite:///{tmp_path / 'nets.sqlite3'}"))) as address:
        visitor.site = replace(site, address=address, database=database)
        for path in (path for path in routes(site.app, "GET") if "{" not in path):
            sign_in(visitor, path)
            go_to(visitor, path)
            visitor.look(named(path), own_colours=False)
    database.dispose()
