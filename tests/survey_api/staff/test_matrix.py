"""Every role at every route with places inside and outside of its scope; and the same check finds a scope that was forgotten.

The routes come from the application itself, so one that is new must either be open to everybody by name, or be walked here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.testclient import TestClient

from nets import reading
from nets.access.roles import PERMISSIONS, WHOLE_SURVEY, Permission, Role
from nets.organisation import Level, Organisation
from nets.risk.concern import NATIONAL, Concern, Lead
from nets.risk.external_evidence import Bearing, ExternalEvidence, Source
from nets.store.comment_reviews import list_waiting
from nets.store.concerns import add_concern
from nets.store.evidence import add_evidence
from nets.store.organisations import add_organisations, list_organisations
from survey_api.dependencies import ServiceHere
from survey_api.staff.principal import the_principal

OPEN = re.compile(
    r"/|/c/.*|/i|/i/.*|/stop|/stop/.*|/withdraw|/privacy|/cookies|/accessibility|/language/.*|/health|/ready|/docs|/sign-in|"
    r"/sign-in/openid.*|/v1/questionnaires.*|/v1/campaigns/.*"
)
"""What is there for learners, for whoever comes to sign in, and for a balancer."""

ELSEWHERE = (
    Organisation("R-2", Level.REGION, "Elsewhere Region", None),
    Organisation("L-2", Level.LOCAL_OFFICE, "Elsewhere Office", "R-2"),
    Organisation("L-3", Level.LOCAL_OFFICE, "Nearby Office", "R-1"),
    Organisation("P-3", Level.PROVIDER, "Elsewhere Trust", "L-2"),
    Organisation("P-4", Level.PROVIDER, "Nearby Trust", "L-3"),
    Organisation("S-3", Level.SITE, "Elsewhere Site", "P-3"),
    Organisation("S-4", Level.SITE, "Nearby Site", "P-4"),
    Organisation("W-31", Level.PLACEMENT, "Elsewhere Room", "S-3"),
    Organisation("W-41", Level.PLACEMENT, "Nearby Room", "S-4"),
)
TODAY = date(2026, 3, 10)
HOME = {Role.REGION: "R-1", Role.LOCAL_OFFICE: "L-1", Role.PROVIDER: "P-1"}
READS_SCORES = {Role.NATIONAL, Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER}
ASSESSES = READS_SCORES - {Role.PROVIDER}
FORMS_OF_ASSESSORS = re.compile(r"/quality/.*/(evidence|concern)(/.*)?")
SECTIONS = {"/campaigns": {Role.SURVEY_MANAGER}, "/protection": {Role.DATA_PROTECTION}}
"""Who opens the parts of the site in which no score stands."""
OWN = {"/account", "/account/password", "/sign-out"}
"""What is there for everybody who signed in, whatever the role."""

NAMES_A_PLACE = "place_id"
KNOWN_OF_A_PLACE = {"evidence_id": "ev", "concern_id": "co"}
"""What else an address names of a place; the survey of these tests knows one of each of every place."""
READS_ANY_PLACE = re.compile(
    r"/quality/[^/]+/places/[^/]+(/(answers|groups|trend)([.]csv)?)?|/v1/organisations/[^/?]+|/v1/(?!.*/comments[?]).*[?]place=.*"
)
"""What is told of a place itself is there for comparison too: of the reader's own region and the nation; comments are not."""
SENT: dict[str, tuple[dict[str, Any], int]] = {
    "/v1/risks/{place_id}/assessments": ({"seen": "what never was so", "interventions": ["triggered visit"]}, 409),
    "/v1/risks/{place_id}/evidence": (
        {"dated_on": "2026-03-03", "source": "visit", "bearing": "adverse", "about": "weather", "sentence": "Rain."},
        422,
    ),
    "/v1/risks/{place_id}/evidence/{evidence_id}/withdrawal": ({"reason": " "}, 422),
}
"""What programs may send about a place, each as nobody could store it; and what whoever may send it is answered."""
ONCE = {"Idempotency-Key": "5d9a7f06-41c8-4b7b-a3f2-90be6c21d874"}
NAME_PLACES = ("place", "under")
"""Filters that name a place."""


@pytest.fixture
def visitors(paddle: Any, sign_in: Callable[..., TestClient]) -> dict[Role, TestClient]:
    """A browser a role, in a survey that has places elsewhere too, and knows something of each."""
    with paddle.database.begin() as connection:
        add_organisations(connection, ELSEWHERE)
        for place in list_organisations(connection):
            add_evidence(connection, _evidence_of(place.id))
            add_concern(connection, _concern_of(place.id))
    return {role: sign_in(role) for role in Role}


def _known_id(name: str, place_id: str) -> str:
    return f"{KNOWN_OF_A_PLACE[name]}-{sha256(place_id.encode()).hexdigest()[:8]}"


def _evidence_of(place_id: str) -> ExternalEvidence:
    return ExternalEvidence(
        _known_id("evidence_id", place_id),
        place_id,
        "",
        TODAY,
        Source.VISIT,
        Bearing.CONTEXT,
        "tea",
        "Seen.",
        "ann",
        TODAY,
    )


def _concern_of(place_id: str) -> Concern:
    lead = Lead("Jo Lead", "dean", NATIONAL)
    return Concern(_known_id("concern_id", place_id), place_id, "", TODAY, False, "tea", "Cold.", lead, "ann", TODAY)


def routes(app: Any) -> Iterator[RouteContext]:
    return (route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute))


def is_guarded(dependant: Any) -> bool:
    return any(one.call is the_principal or is_guarded(one) for one in dependant.dependencies)


def path_of(places: dict[str, Organisation], place: Organisation | None) -> list[str]:
    """The ids from a place up to its region."""
    found: list[str] = []
    while place is not None:
        found.append(place.id)
        place = places.get(place.parent_id) if place.parent_id else None
    return found


def addresses(paddle: Any, route: RouteContext, places: dict[str, Organisation]) -> Iterator[tuple[str, str | None]]:
    """Every address of a route with the place that it names, if it names one."""
    path = str(route.path).replace("{release_id}", paddle.release_id).replace("{campaign_id}", "paddle-invited")
    path = path.replace("{comment_id}", str(waiting_comment(paddle)))
    if f"{{{NAMES_A_PLACE}}}" in path:
        for place in places.values():
            yield _about(path, place.id), place.id
    elif not needs_a_place(route):
        yield path, None
    for name in filters(route):
        for place in places.values():
            yield f"{path}?{name}={place.id}", place.id


def _about(path: str, place_id: str) -> str:
    """The address of a route about one place, and about what is known of that one."""
    for name in KNOWN_OF_A_PLACE:
        path = path.replace(f"{{{name}}}", _known_id(name, place_id))
    return path.replace(f"{{{NAMES_A_PLACE}}}", place_id)


def waiting_comment(paddle: Any) -> UUID:
    """A comment that a reviewer may read."""
    with paddle.database.within(WHOLE_SURVEY).read() as connection:
        return list_waiting(connection)[0]


def needs_a_place(route: RouteContext) -> bool:
    """Whether a route answers only to a filter that names a place."""
    asked = [getattr(field.field_info.annotation, "model_fields", {}) for field in route.dependant.query_params]
    return any(fields[name].is_required() for fields in asked for name in NAME_PLACES if name in fields)


def filters(route: RouteContext) -> list[str]:
    """The filters of a route that name a place."""
    known = {field.alias for field in route.dependant.query_params}
    for field in route.dependant.query_params:
        known |= set(getattr(field.field_info.annotation, "model_fields", ()))
    return [name for name in NAME_PLACES if name in known]


def complaints(
    paddle: Any, visitors: dict[Role, TestClient], anonymous: TestClient, at: str = ".*", most: int = 1
) -> list[str]:
    """Everything that somebody may do who should not, and everything that she cannot who should, at routes of this pattern.

    At each route so many places are asked for inside of a scope, and so many outside.
    """
    with paddle.database.read() as connection:
        places = {place.id: place for place in list_organisations(connection)}
    found = []
    for route in routes(paddle.app):
        path = str(route.path)
        if not re.fullmatch(at, path):
            continue
        unknown = set(re.findall(r"{(\w+)}", path)) - {
            NAMES_A_PLACE, *KNOWN_OF_A_PLACE, "release_id", "campaign_id", "comment_id"
        }  # fmt: skip
        if not is_guarded(route.dependant):
            found += [] if OPEN.fullmatch(path) else [f"{path}: anybody may come here"]
        elif unknown:
            found.append(f"{path}: the matrix does not know what {', '.join(unknown)} is")
        elif "GET" not in (route.methods or ()) and path.startswith("/v1"):
            found += _complaints_of_confirming(path, places, visitors, anonymous)
        elif "GET" not in (route.methods or ()):
            found += _complaints_of_form(next(addresses(paddle, route, places))[0], visitors, anonymous)
        else:
            asked = list(addresses(paddle, route, places))
            found += _complaints_of_page(path, asked, places, visitors, anonymous, most)
    return found


def _complaints_of_form(path: str, visitors: dict[Role, TestClient], anonymous: TestClient) -> Iterator[str]:
    if anonymous.post(path).headers.get("location") != "/sign-in":
        yield f"{path}: somebody who has not signed in may send this form"
    for role, visitor in visitors.items():
        if visitor.post(path, data={"token": "0" * 64}).status_code not in {403, 404}:
            yield f"{path}: a form without the session's token is taken from {role}"


def _complaints_of_confirming(
    path: str, places: dict[str, Organisation], visitors: dict[Role, TestClient], anonymous: TestClient
) -> Iterator[str]:
    """Whoever may assess is told what is wrong with what she sends; to everybody else there is nothing."""
    sent, told = SENT[path]
    for place in places.values():
        address = _about(path, place.id)
        if anonymous.post(address, json=sent, headers=ONCE).status_code != 401:
            yield f"{address}: somebody who has not signed in may assess"
        for role, visitor in visitors.items():
            inside = HOME.get(role) in {None, *path_of(places, place)}
            may = inside and role in ASSESSES
            status = visitor.post(address, json=sent, headers=ONCE).status_code
            if status != (told if may else 404):
                yield f"{address}: {role} gets {status}"


def _complaints_of_page(
    path: str,
    asked: list[tuple[str, str | None]],
    places: dict[str, Organisation],
    visitors: dict[Role, TestClient],
    anonymous: TestClient,
    most: int,
) -> Iterator[str]:
    readers = ASSESSES if FORMS_OF_ASSESSORS.fullmatch(path) else READS_SCORES
    may_open = next((roles for start, roles in SECTIONS.items() if path.startswith(start)), readers)
    answer = anonymous.get(asked[0][0])
    if (answer.status_code, answer.headers.get("location", "")[:14]) not in {(401, ""), (303, "/sign-in?back=")}:
        yield f"{path}: somebody who has not signed in gets {answer.status_code}"
    for role, visitor in visitors.items():
        home = HOME.get(role)
        reads = role in may_open or path in OWN
        walked: Counter[tuple[bool, str]] = Counter()
        for address, place_id in asked:
            inside = home is None or place_id is None or home in path_of(places, places[place_id])
            if not inside and READS_ANY_PLACE.fullmatch(address) and place_id == path_of(places, places[str(home)])[-1]:
                inside = True  # her own region, for comparison
            if place_id is not None:
                asked_as = address.partition("?")[2].partition("=")[0]
                walked[inside, asked_as] += 1
                if walked[inside, asked_as] > most:
                    continue
            answer = visitor.get(address)
            if answer.status_code != (200 if inside and reads else 404):
                yield f"{address}: {role} gets {answer.status_code}"
            elif home is not None and answer.status_code == 200:
                yield from _foreign_names(f"{address}: {role}", answer.text, home, places)


def _foreign_names(where: str, text: str, home: str, places: dict[str, Organisation]) -> Iterator[str]:
    """Places that neither lie inside the scope nor above it have no business on the page."""
    above = path_of(places, places[home])
    for place in places.values():
        if home not in path_of(places, place) and place.id not in above and place.name in text:
            yield f"{where} reads of {place.name}"


def test_every_role_sees_its_own_and_nothing_else(
    paddle: Any, visitors: dict[Role, TestClient], client: TestClient
) -> None:
    assert complaints(paddle, visitors, client, most=2) == []


def test_the_same_check_finds_a_scope_that_is_not_looked_at(
    paddle: Any, visitors: dict[Role, TestClient], client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "may_see", lambda *_: True)
    walked = "places/{place_id}|heat|scores|risks|organisations/{place_id}|flags|comments|response-rates|risks/{place_id}/evidence"
    found = complaints(paddle, visitors, client, f".*/({walked})")
    for role in HOME:
        for address in (
            "/places/",
            "/heat",
            "/scores?under=",
            "/risks?place=",
            "/v1/organisations/",
            "/flags?under=",
            "/comments?place=",
            "/response-rates?under=",
            "/v1/risks/",
        ):
            assert [one for one in found if address in one and one.endswith(f": {role} gets 200")], (role, address)
    assert not [one for one in found if Role.NATIONAL in one]


def test_the_same_check_finds_a_permission_that_is_not_looked_at(
    paddle: Any, visitors: dict[Role, TestClient], client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PERMISSIONS, Role.SURVEY_MANAGER, frozenset(Permission))
    found = complaints(paddle, visitors, client, "/protection.*|/campaigns|/quality|.*/heat")
    assert "/protection/audit: survey_manager gets 200" in found
    assert "/quality: survey_manager gets 200" in found
    assert not [complaint for complaint in found if "survey_manager" not in complaint]


def test_the_same_check_finds_a_route_that_asks_nobody_who_he_is(
    paddle: Any, visitors: dict[Role, TestClient], client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        paddle.app.router, "routes", [*paddle.app.router.routes]
    )  # other tests have the application, too
    router = APIRouter()

    @router.get("/quality/{release_id}/forgotten")
    def forgotten(service: ServiceHere, release_id: str) -> str:
        return release_id

    paddle.app.include_router(router)
    found = complaints(paddle, visitors, client, "/quality/{release_id}/(heat|forgotten)")
    assert found == ["/quality/{release_id}/forgotten: anybody may come here"]
