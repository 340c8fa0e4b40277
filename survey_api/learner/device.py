"""The learner's own device, or one that others use too: the cookie says which, and what it may keep follows from that."""

import base64
import hashlib
import secrets
from typing import Final

from fastapi import Request, Response

from survey_api.learner.remembered import forget
from survey_api.settings import Settings

COOKIE: Final = "draft"
IDLE_MINUTES: Final = 15
"""How long a shared device may stand idle before it opens the answers no more."""

_SHARED: Final = ".shared"
_SECONDS_A_DAY: Final = 86_400
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread for another
_PASSED_OVER: Final = " -\u2010\u2011\u2013"
_CODE_LENGTH: Final = 12  # of 30 letters: 58 bits, behind a derivation that costs 8 MiB and some 20 ms a guess


def new_code() -> str:
    """A code to go on with, such as K7QM-4TXD-9PWR."""
    return _grouped("".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH)))


def typed_code(text: str) -> str:
    """A code as it was typed, in the form that it was given in; empty for what can be no code."""
    letters = "".join(letter for letter in text.upper() if letter not in _PASSED_OVER)
    return _grouped(letters) if len(letters) == _CODE_LENGTH and not set(letters) - set(_LETTERS) else ""


def token_of(code: str, campaign_id: str) -> str:
    """The token behind a code.

    The token is derived and not looked up, so that nothing in the database leads from one to the other; and slowly, because
    a code is short enough to be copied by hand and must still not be found by trying all of them on a stolen table.
    """
    salt = f"nets draft code {campaign_id}".encode()
    token = hashlib.scrypt(code.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32)
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def read_cookie(request: Request) -> tuple[str, bool]:
    """The token that the browser holds, empty if none, and whether the device is shared."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie.removesuffix(_SHARED), cookie.endswith(_SHARED)


def set_cookie(answer: Response, token: str, path: str, settings: Settings, *, is_shared: bool) -> None:
    """Let this browser open the draft: for as long as it is kept, or on a shared device until the browser is closed."""
    answer.set_cookie(
        COOKIE,
        token + _SHARED if is_shared else token,
        max_age=None if is_shared else settings.draft_days * _SECONDS_A_DAY,
        path=path,
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )


def clear_device(answer: Response, path: str) -> None:
    """Take the cookies away, and whatever the pages' script has kept."""
    answer.delete_cookie(COOKIE, path=path)
    forget(answer, path)
    answer.headers["Clear-Site-Data"] = '"storage"'


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))
