"""Who sends a request: the session or the key that came with it, what may be done with it, and how often.

A route states what it needs by its parameter: ``reader: ScoreReader``. Who has not signed in is sent to sign in, a program gets
401; who has no such right finds nothing at the address (404), as with a place outside her scope, so that neither tells anything.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from nets.access.roles import Door, Permission, Principal
from nets.errors import NetsError, NotFound
from nets.store.accounts import get_account, principal_of
from nets.store.api_keys import find_key, principal_of_key
from nets.store.sessions import SessionLimits, find_session, use_session
from survey_api.dependencies import Service, ServiceHere, require_own_form
from survey_api.errors import ForeignForm, NotSignedIn, TooManyRequests
from survey_api.learner.form import Form
from survey_api.settings import Settings
from survey_api.staff.session_cookie import is_own_form, read_token

_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key made by `nets keys add`, sent as `Authorization: Bearer nets_...`. It does what its role may in its scope.",
)


def session_limits(settings: Settings) -> SessionLimits:
    """How long sessions last."""
    return SessionLimits(settings.session_idle_minutes * 60, settings.session_hours * 3_600)


def the_principal(request: Request, service: ServiceHere, _: Annotated[Any, Security(_BEARER)]) -> Principal:
    """Whoever sends this request.

    Raises
    ------
    NotSignedIn
        If nobody does: no session and no key, or one that opens nothing (any more).
    TooManyRequests
        If she asks too often.
    ForeignForm
        If a session is to change something, and it was not this site that asked for it.
    """
    sent = request.headers.get("authorization")
    principal, a_minute = _by_key(service, sent) if sent is not None else _by_session(service, request)
    wait = service.rate.seconds_to_wait(f"{principal.door} {principal.who}", a_minute, service.now())
    if wait:
        raise TooManyRequests(wait)
    return principal


def _by_key(service: Service, sent: str) -> tuple[Principal, int]:
    scheme, _, value = sent.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn
    with service.database.read() as connection:
        key = find_key(connection, value.strip(), service.today())
        if key is None:
            raise NotSignedIn
        return principal_of_key(connection, key), key.requests_a_minute


def _by_session(service: Service, request: Request) -> tuple[Principal, int]:
    token = read_token(request, service.settings)
    if not token:
        raise NotSignedIn
    with service.database.read() as connection:
        session = find_session(connection, token, service.now(), session_limits(service.settings))
        account = get_account(connection, session.account_name) if session else None
        if session is None or account is None or account.is_disabled:
            raise NotSignedIn
        principal = principal_of(connection, account)
    require_own_form(request, service)
    if session.is_stale:
        # nobody waits for it, and a page that can be read is shown though nothing can be written just now
        with suppress(NetsError):
            service.writer.enqueue(lambda connection: use_session(connection, token, service.now()))
    return principal, service.settings.requests_a_minute


def whoever_signed_in(request: Request, service: Service) -> Principal | None:
    """Whoever has signed in in this browser, where somebody has: for a page that everybody may open."""
    with suppress(NotSignedIn):
        return _by_session(service, request)[0]
    return None


SignedIn = Annotated[Principal, Depends(the_principal)]


def _who_may(*permissions: Permission) -> Callable[[Principal], Principal]:
    def require(principal: SignedIn) -> Principal:
        if not all(map(principal.may, permissions)):
            raise NotFound("there is nothing at this address")
        return principal

    return require


ScoreReader = Annotated[Principal, Depends(_who_may(Permission.READ_SCORES))]
CommentReader = Annotated[Principal, Depends(_who_may(Permission.READ_COMMENTS))]
RiskAssessor = Annotated[Principal, Depends(_who_may(Permission.ASSESS_RISK))]
ConcernFollower = Annotated[Principal, Depends(_who_may(Permission.READ_CONCERNS, Permission.ASSESS_RISK))]
Conductor = Annotated[Principal, Depends(_who_may(Permission.RUN_CAMPAIGNS))]
Protector = Annotated[Principal, Depends(_who_may(Permission.READ_WITHHELD))]
CommentReviewer = Annotated[Principal, Depends(_who_may(Permission.REVIEW_COMMENTS))]
Auditor = Annotated[Principal, Depends(_who_may(Permission.READ_AUDIT))]


def account_holder(principal: SignedIn) -> Principal:
    """Somebody who signed in herself; a program has no account of its own."""
    if principal.door is not Door.SESSION:
        raise NotFound("there is nothing at this address")
    return principal


AccountHolder = Annotated[Principal, Depends(account_holder)]


def require_form_token(request: Request, service: ServiceHere, _: SignedIn, form: Form) -> None:
    """Refuse a form of a session that does not carry the session's own token."""
    if not is_own_form(read_token(request, service.settings), form.get("token", "")):
        raise ForeignForm
