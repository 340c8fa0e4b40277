"""Signing in by name and password, and signing out."""

from asyncio import wrap_future
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.access.account import Account, typed_name
from nets.access.audit import Act
from nets.access.roles import Principal
from nets.errors import NotFound
from nets.store.accounts import find_account, principal_of
from nets.store.audit import write_audit
from nets.store.database import Connection
from nets.store.sessions import begin_session, end_session, purge_sessions
from survey_api.dependencies import Service, ServiceHere, require_own_form
from survey_api.learner.form import Form
from survey_api.staff.principal import AccountHolder, require_form_token, session_limits
from survey_api.staff.sections import first_page
from survey_api.staff.session_cookie import clear_token, read_token, set_token
from survey_api.way_back import leads_back

router = APIRouter(include_in_schema=False, dependencies=[Depends(require_own_form)])

_LONGEST_NAME = 100


@router.get("/sign-in")
def sign_in_page(
    service: ServiceHere, back: Annotated[str, Query()] = "", out: bool = False, refused: bool = False
) -> HTMLResponse:
    """Ask who it is, or lead to where that is asked; ``back`` is the page that she came for."""
    return _page(service, back, out=out, refused=refused)


@router.post("/sign-in")
async def sign_in(request: Request, service: ServiceHere, form: Form) -> Response:
    """Open a session with a new token. A wrong name and a wrong password are answered alike and take as long."""
    if service.settings.oidc_issuer is not None:
        raise NotFound("passwords are for who has no OpenID Connect provider")
    name, back = typed_name(form.get("name", ""))[:_LONGEST_NAME], form.get("back", "")
    wait = service.throttle.seconds_to_wait(name, service.now())
    if wait:
        answer = _page(service, back, name=name, minutes=-(-wait // 60), status=429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    account = await run_in_threadpool(_account_named, service, name)
    can_enter = account is not None and not account.is_disabled
    password_hash = account.password_hash if account is not None and can_enter else None
    is_right = await wrap_future(service.passwords.start(form.get("password", ""), password_hash))
    if account is None or not is_right:
        service.throttle.note_failure(name, service.now())
        if account is not None:  # nobody waits for it: the answer comes as soon as for a name that is unknown
            service.writer.enqueue(lambda connection: write_audit(connection, name, Act.SIGN_IN_FAILED, name))
        return _page(service, back, name=name, wrong=True, status=422)
    service.throttle.forget(name)
    old, known = read_token(request, service.settings), account
    token, principal = await wrap_future(
        service.writer.enqueue(lambda connection: open_session(connection, service, known, old, "password"))
    )
    return entered(service, token, principal, back)


@router.post("/sign-out", dependencies=[Depends(require_form_token)])
def sign_out(request: Request, service: ServiceHere, holder: AccountHolder) -> RedirectResponse:
    """Close the session and take it out of the browser."""
    token = read_token(request, service.settings)

    def close(connection: Connection) -> None:
        end_session(connection, token)
        write_audit(connection, holder.who, Act.SIGNED_OUT, holder.who)

    service.writer.write(close)
    answer = RedirectResponse("/sign-in?out=1", 303)
    clear_token(answer, service.settings)
    return answer


def open_session(
    connection: Connection, service: Service, account: Account, old_token: str, by: str
) -> tuple[str, Principal]:
    """Begin a session in the place of the one that the browser had; a token that somebody slipped in opens nothing."""
    now = service.now()
    purge_sessions(connection, now, session_limits(service.settings))
    if old_token:
        end_session(connection, old_token)
    token = begin_session(connection, account.name, now)
    write_audit(connection, account.name, Act.SIGNED_IN, account.name, by=by)
    return token, principal_of(connection, account)


def entered(service: Service, token: str, principal: Principal, back: str) -> RedirectResponse:
    """Send somebody who signed in where she wanted to go, with her session."""
    answer = RedirectResponse(back if leads_back(back) else first_page(principal), 303)
    set_token(answer, token, service.settings)
    return answer


def _account_named(service: Service, name: str) -> Account | None:
    with service.database.read() as connection:
        return find_account(connection, name)


def _page(service: Service, back: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    return service.pages.render(
        "staff/sign_in.html",
        status=status,
        back=back if leads_back(back) else "",
        provider=service.settings.oidc_name if service.settings.oidc_issuer is not None else "",
        **context,
    )
