"""Signing in by an OpenID Connect provider: out to it, back with a code, and in by the account that belongs to the subject.

Role and scope come from the account, as with a password. Where a mapping is set, what the provider says of somebody decides: her
account is made or changed to it at each sign-in, and she does not come in when it says nothing (any more).
"""

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from nets.access.account import Account, Identity, is_name, typed_name
from nets.errors import InvalidSetting, NotFound
from nets.store.accounts import account_of, add_account, change_role, find_account, get_account
from nets.store.database import Connection
from survey_api.dependencies import Service, ServiceHere
from survey_api.errors import SignInRefused
from survey_api.staff.openid import OpenIdProvider, state_of
from survey_api.staff.role_mapping import MappedRole
from survey_api.staff.session_cookie import read_token
from survey_api.staff.signing_in import entered, open_session
from survey_api.way_back import leads_back

router = APIRouter(prefix="/sign-in/openid", include_in_schema=False)

_MINUTES: Final = 10
_BY: Final = "openid connect"

_log = logging.getLogger(__name__)


@router.get("")
def leave(request: Request, service: ServiceHere, back: Annotated[str, Query()] = "") -> RedirectResponse:
    """Go to the provider to sign in."""
    provider, secret = _provider(service), secrets.token_urlsafe(32)
    answer = RedirectResponse(provider.way_out(secret, _redirect_uri(request, service)), 303)
    kept = base64.urlsafe_b64encode(back.encode() if leads_back(back) else b"").decode()
    answer.set_cookie(
        _cookie_name(service),
        f"{secret}.{kept}",
        max_age=_MINUTES * 60,
        path="/",
        httponly=True,
        samesite="lax",
        secure=service.settings.is_https,
    )
    return answer


@router.get("/back")
def come_back(
    request: Request, service: ServiceHere, code: str = "", state: str = "", error: str = ""
) -> RedirectResponse:
    """Come back from the provider with a code, and be let in if an account here belongs to the one it names."""
    provider = _provider(service)
    secret, _, kept = request.cookies.get(_cookie_name(service), "").partition(".")
    try:
        if error or not code:
            raise SignInRefused(f"the provider sent no code: {error[:40]!a}")
        if not secret or not hmac.compare_digest(state_of(secret).encode(), state.encode()):
            raise SignInRefused("the state is not that of this browser")
        claims = provider.claims_of(secret, _redirect_uri(request, service), code)
        old = read_token(request, service.settings)

        def enter(connection: Connection) -> Any:
            account = _account(connection, service, provider.identity_of(claims), claims)
            return open_session(connection, service, account, old, _BY)

        token, principal = service.writer.write(enter)
        answer = entered(service, token, principal, _decoded(kept))
    except SignInRefused as refused:
        _log.warning("somebody was not let in by OpenID Connect: %s", refused)
        answer = RedirectResponse("/sign-in?refused=1", 303)
    answer.delete_cookie(
        _cookie_name(service), path="/", httponly=True, samesite="lax", secure=service.settings.is_https
    )
    return answer


def _account(connection: Connection, service: Service, identity: Identity, claims: Mapping[str, Any]) -> Account:
    account = account_of(connection, identity)
    if account is not None and account.is_disabled:
        raise SignInRefused(f"the account {account.name} is disabled")
    mapping = service.settings.oidc_roles
    if mapping is not None:
        mapped = mapping.role_of(claims)
        if mapped is None:
            raise SignInRefused("no role is mapped to what the provider says")
        account = _mapped_account(connection, service, account, identity, claims, mapped)
    if account is None:
        raise SignInRefused("no account belongs to the subject")
    return account


def _mapped_account(
    connection: Connection,
    service: Service,
    account: Account | None,
    identity: Identity,
    claims: Mapping[str, Any],
    mapped: MappedRole,
) -> Account:
    try:
        if account is None:
            made = Account(_free_name(connection, identity, claims), mapped.role, mapped.scope, identity=identity)
            add_account(connection, made, by=_BY, today=service.today())
            return made
        change_role(connection, account.name, mapped.role, mapped.scope, by=_BY)
        return get_account(connection, account.name)
    except (InvalidSetting, NotFound) as wrong:
        raise SignInRefused(f"the mapping of roles does not fit: {wrong}") from None


def _free_name(connection: Connection, identity: Identity, claims: Mapping[str, Any]) -> str:
    """What her provider calls her for people, if an account can be called so and none is; else a name made of the subject."""
    made = "oidc-" + hashlib.sha256(f"{identity.issuer} {identity.subject}".encode()).hexdigest()[:16]
    called = (typed_name(str(claims.get(claim, ""))) for claim in ("preferred_username", "email"))
    return next((name for name in called if is_name(name) and find_account(connection, name) is None), made)


def _provider(service: Service) -> OpenIdProvider:
    settings = service.settings
    if settings.oidc_issuer is None:
        raise NotFound("there is no OpenID Connect provider")
    return OpenIdProvider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


def _redirect_uri(request: Request, service: Service) -> str:
    origin = service.settings.public_origin or f"{request.url.scheme}://{request.url.netloc}"
    return f"{origin}{router.prefix}/back"


def _cookie_name(service: Service) -> str:
    return "__Host-sign-in" if service.settings.is_https else "sign-in"


def _decoded(kept: str) -> str:
    try:
        return base64.urlsafe_b64decode(kept).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
