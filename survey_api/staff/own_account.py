"""One's own account: who one is to the service, what one sees, and another password."""

from asyncio import wrap_future
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from nets.access.password import LONGEST, SHORTEST, hash_password, require_good
from nets.access.roles import PERMISSIONS, Principal
from nets.errors import InvalidSetting, Problem
from nets.organisation import Organisation
from nets.store.accounts import get_account, set_password
from nets.store.database import Connection
from nets.store.organisations import get_organisation
from nets.store.sessions import begin_session
from survey_api.dependencies import Service, ServiceHere
from survey_api.learner.form import Form
from survey_api.staff.principal import AccountHolder, require_form_token
from survey_api.staff.session_cookie import form_token, read_token, set_token

router = APIRouter(prefix="/account", include_in_schema=False)


@router.get("")
def account_page(request: Request, service: ServiceHere, holder: AccountHolder, changed: bool = False) -> HTMLResponse:
    """Name, role and scope; the way to another password and out."""
    return _page(service, request, holder, changed=changed)


@router.post("/password", dependencies=[Depends(require_form_token)])
async def change_password(request: Request, service: ServiceHere, holder: AccountHolder, form: Form) -> Response:
    """Take another password, end every other session of the account, and give this one a new token."""
    wait = service.throttle.seconds_to_wait(holder.who, service.now())
    problems = [Problem("old", f"too many tries; try again in {-(-wait // 60)} minutes")] if wait else []
    if not problems:
        old_hash = await run_in_threadpool(_password_hash, service, holder)
        if not await wrap_future(service.passwords.start(form.get("old", ""), old_hash)):
            service.throttle.note_failure(holder.who, service.now())
            problems = [Problem("old", "this is not the password of this account")]
    new = form.get("new", "")
    try:
        require_good(new, holder.who)
    except InvalidSetting as refused:
        problems += [Problem("new", problem.what) for problem in refused.problems]
    if new != form.get("again", ""):
        problems.append(Problem("again", "this is not the same as the new password"))
    if problems:
        return await run_in_threadpool(_page, service, request, holder, status=422, problems=problems)
    new_hash = await run_in_threadpool(hash_password, new)

    def change(connection: Connection) -> str:
        set_password(connection, holder.who, new_hash, by=holder.who)
        return begin_session(connection, holder.who, service.now())

    token = await wrap_future(service.writer.enqueue(change))
    answer = RedirectResponse("/account?changed=1", 303)
    set_token(answer, token, service.settings)
    return answer


def _password_hash(service: Service, holder: Principal) -> str | None:
    with service.database.read() as connection:
        return get_account(connection, holder.who).password_hash


def _page(service: Service, request: Request, holder: Principal, *, status: int = 200, **context: Any) -> HTMLResponse:
    with service.database.read() as connection:
        has_password = get_account(connection, holder.who).password_hash is not None
        place: Organisation | None = get_organisation(connection, holder.scope[-1]) if holder.scope else None
    return service.pages.render(
        "staff/account.html",
        status=status,
        principal=holder,
        place=place,
        permissions=sorted(PERMISSIONS[holder.role]),
        has_password=has_password,
        shortest=SHORTEST,
        longest=LONGEST,
        token=form_token(read_token(request, service.settings)),
        **context,
    )
