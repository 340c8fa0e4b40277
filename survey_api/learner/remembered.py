"""What a learner's own device remembers of what it has sent: a mark for each placement, so that nobody answers twice by mistake.

It is a reminder and no lock: whoever clears the browser, or says that the device is shared, is asked again. The mark is made from
the placement and holds no answer, no day and no receipt; a shared device remembers nothing.
"""

import hashlib
import re
from datetime import date
from typing import Final

from fastapi import Request, Response

from nets.campaign import GRACE, Campaign
from survey_api.settings import Settings

COOKIE: Final = "sent"

_MARK_LENGTH: Final = 12
_MARK: Final = re.compile(rf"[0-9a-f]{{{_MARK_LENGTH}}}\Z")
_MOST: Final = 20
_SECONDS_A_DAY: Final = 86_400


def mark_of(campaign_id: str, placement_id: str) -> str:
    """The mark of a placement in a campaign: another one in every campaign."""
    return hashlib.sha256(f"nets sent\0{campaign_id}\0{placement_id}".encode()).hexdigest()[:_MARK_LENGTH]


def read_marks(request: Request) -> tuple[str, ...]:
    """The marks that the browser holds, the oldest first; what is no mark is passed over."""
    return tuple(filter(_MARK.match, request.cookies.get(COOKIE, "").split(".")[:_MOST]))


def remember(
    answer: Response, marks: tuple[str, ...], mark: str, campaign: Campaign, today: date, settings: Settings
) -> None:
    """Add a mark to those that the browser holds, until the campaign takes no more answers."""
    kept = [*(other for other in marks if other != mark), mark][-_MOST:]
    answer.set_cookie(
        COOKIE,
        ".".join(kept),
        max_age=max((campaign.last_day + GRACE - today).days + 1, 1) * _SECONDS_A_DAY,
        path=f"/c/{campaign.id}",
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )


def forget(answer: Response, path: str) -> None:
    """Take all marks away."""
    answer.delete_cookie(COOKIE, path=path)
