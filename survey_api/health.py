"""Whether the process lives and whether it can do its work: two questions, two addresses."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from nets.errors import NetsError
from nets.store.questionnaires import asked_versions
from survey_api.dependencies import Service, ServiceHere

router = APIRouter(tags=["health"])

_LEAST_FREE: Final = 100 * 1024 * 1024


class Health(BaseModel):
    """The process answers."""

    status: str = Field("ok", examples=["ok"])


class Readiness(BaseModel):
    """Whether each part that a submission needs is there."""

    ready: bool
    database_writable: bool = Field(description="A row could be written.")
    migrations_current: bool = Field(description="The tables are those of this version of the service.")
    questionnaires_verified: bool = Field(
        description="Every published questionnaire still has its published bytes, and those that learners are asked are "
        "published with the same bytes as the database holds."
    )
    queue_has_room: bool = Field(description="One more submission would be taken.")
    queue_depth: int = Field(description="How many submissions and drafts wait to be written.", examples=[0])
    disk_has_room: bool = Field(
        description="At least 100 MB are free beside the database's file; true where the database is a server."
    )


@router.get("/health", summary="The process lives")
async def health() -> Health:
    """Answer, and nothing else: a supervisor restarts what does not answer."""
    return Health(status="ok")


_WHILE_FULL: Final = {
    **dict.fromkeys(("database_writable", "migrations_current", "questionnaires_verified", "disk_has_room"), True),
    "ready": False,
    "queue_has_room": False,
    "queue_depth": 200,
}


@router.get(
    "/ready",
    summary="The service can take answers",
    responses={
        503: {
            "model": Readiness,
            "description": "It cannot just now.",
            "content": {"application/json": {"example": _WHILE_FULL}},
        }
    },
)
def ready(service: ServiceHere, response: Response) -> Readiness:
    """Try what a submission needs; 503 where any of it fails, so that a balancer sends learners elsewhere."""
    writable = _holds(service.database.check_writable)
    checks = {
        "database_writable": writable,
        "migrations_current": writable and _holds(service.database.is_current),
        "questionnaires_verified": _holds(lambda: _verify_questionnaires(service)),
        "queue_has_room": service.writer.has_room,
        "disk_has_room": _holds(lambda: _has_room(service.database.free_bytes())),
    }
    answer = Readiness(ready=all(checks.values()), queue_depth=service.writer.n_waiting, **checks)
    response.status_code = 200 if answer.ready else 503
    return answer


def _verify_questionnaires(service: Service) -> None:
    """Do as at the start: what PUBLISHED says is compared with the files, and with what the database holds."""
    with service.database.read() as connection:
        asked = asked_versions(connection)
    service.folder.verify(asked)


def _has_room(free: int | None) -> bool:
    return free is None or free >= _LEAST_FREE


def _holds(check: Callable[[], object]) -> bool:
    try:
        return check() is not False
    except (NetsError, OSError):
        return False
