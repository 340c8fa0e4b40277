"""The service under test, in a process of its own: ``python -m benchmarks.service.served URL PORT [CONTROL]``.

Beside its own routes it has one that reads and checks the same request and stores nothing. A control spoils one promise on
purpose, to show that the gate which holds the service to it can fail.
"""

import sys
import time
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import APIRouter, Depends, Header

import nets.store.engines as door
import nets.store.writer as room
from benchmarks.service.survey import CAMPAIGN
from nets.response import bind_response
from nets.store.campaigns import get_campaign
from nets.store.questionnaires import get_version
from survey_api.api_v1.responses import Receipt, SubmittedResponse, require_plain_json
from survey_api.app import create_app
from survey_api.dependencies import ServiceHere
from survey_api.settings import Settings

NOTHING = "/nothing"
"""Where the same body is read, checked and forgotten."""

router = APIRouter()


@router.post(NOTHING, dependencies=[Depends(require_plain_json)], status_code=201)
async def store_nothing(
    service: ServiceHere, body: SubmittedResponse, idempotency_key: Annotated[UUID, Header()]
) -> Receipt:
    """Do what a submission does up to where it would be written: parse, validate, bind."""
    bind_response(
        _asked(service),
        body.answers,
        placement_id=body.placement_id,
        learner_group=body.learner_group,
        answered_on=service.today(),
    )
    return Receipt(receipt="AAAA-AAAA", replayed=False)


_versions: dict[str, Any] = {}


def _asked(service: ServiceHere) -> Any:
    if CAMPAIGN not in _versions:
        with service.database.read() as connection:
            campaign = get_campaign(connection, CAMPAIGN)
            _versions[CAMPAIGN] = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
    return _versions[CAMPAIGN]


def acknowledge_before_the_commit() -> None:
    """A writer that answers when a group has been done, a moment before the commit."""

    def work(self: room.Writer) -> None:
        while group := self._next_group():
            with self._database.begin() as connection:
                room._tell(group, room._all_at_once(connection, group))
                time.sleep(0.05)

    room.Writer._work = work  # type: ignore[method-assign]


def commit_without_waiting_for_the_disk() -> None:
    """PostgreSQL's fast and loose setting."""
    door._POSTGRESQL_OPTIONS = door._POSTGRESQL_OPTIONS.replace(  # type: ignore[misc]
        "synchronous_commit=on", "synchronous_commit=off"
    )


CONTROLS: dict[str, Callable[[], None]] = {
    "hasty": acknowledge_before_the_commit,
    "loose": commit_without_waiting_for_the_disk,
}


def main(url: str, port: int, control: str = "") -> None:
    """Serve until the process is ended."""
    if control:
        CONTROLS[control]()
    app = create_app(Settings(database_url=url))
    app.include_router(router)
    app.router.routes.insert(0, app.router.routes.pop())  # so that it is not looked for longer than a submission
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="error")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
