"""The cookie that holds a session's token, and the token of forms that follows from it."""

import hashlib
import hmac

from fastapi import Request, Response

from survey_api.settings import Settings


def cookie_name(settings: Settings) -> str:
    """What the cookie is called. With https it has the prefix that browsers take from this host alone, and by https alone."""
    return "__Host-session" if settings.is_https else "session"


def read_token(request: Request, settings: Settings) -> str:
    """The token that the browser holds; empty if none."""
    return request.cookies.get(cookie_name(settings), "")


def set_token(answer: Response, token: str, settings: Settings) -> None:
    """Let this browser keep a session, until it is closed."""
    answer.set_cookie(cookie_name(settings), token, path="/", httponly=True, samesite="lax", secure=settings.is_https)


def clear_token(answer: Response, settings: Settings) -> None:
    """Take the session out of this browser."""
    answer.delete_cookie(cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.is_https)


def form_token(session_token: str) -> str:
    """What every form of this session carries: another site can send a form, but cannot know this."""
    return hmac.new(session_token.encode(), b"nets form", hashlib.sha256).hexdigest()


def is_own_form(session_token: str, sent: str) -> bool:
    """Whether a form carries the token of this session."""
    return bool(session_token) and hmac.compare_digest(form_token(session_token).encode(), sent.encode())
