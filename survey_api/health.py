"""Whether the process lives and whether it can do its work: two questions, two addresses."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from nets.errors import NetsError
from survey_api.dependencies import ServiceHere

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers."""

    status: str = Field("ok", examples=["ok"])


class Readiness(BaseModel):
    """Whether each part that a submission needs is there."""

    ready: bool
    database_writable: bool = Field(description="A row could be written.")
    migrations_current: bool = Field(description="The tables are those of this version of the service.")
    questionnaires_verified: bool = Field(description="Every published questionnaire still has its published bytes.")


@router.get("/health", summary="The process lives")
def health() -> Health:
    """Answer, and nothing else: a supervisor restarts what does not answer."""
    return Health(status="ok")


@router.get("/ready", summary="The service can take answers", responses={503: {"model": Readiness}})
def ready(service: ServiceHere, response: Response) -> Readiness:
    """Try what a submission needs; 503 where any of it fails, so that a balancer sends learners elsewhere."""
    writable = _holds(service.database.check_writable)
    current = writable and _holds(service.database.is_current)
    verified = _holds(service.folder.verify)
    answer = Readiness(
        ready=writable and current and verified,
        database_writable=writable,
        migrations_current=current,
        questionnaires_verified=verified,
    )
    response.status_code = 200 if answer.ready else 503
    return answer


def _holds(check: Callable[[], object]) -> bool:
    try:
        return check() is not False
    except NetsError:
        return False
