"""The audit trail: who did what, the newest first, and whether the chain is whole."""

import json
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from nets.access.audit import BrokenTrail, verify_trail
from nets.store.audit import newest_audit, read_audit
from survey_api.dependencies import ServiceHere
from survey_api.staff.principal import Auditor

router = APIRouter(prefix="/protection/audit", include_in_schema=False)

ON_A_PAGE: Final = 50


@router.get("")
def audit_page(
    service: ServiceHere, auditor: Auditor, before: Annotated[int | None, Query(ge=1, le=2**31)] = None
) -> HTMLResponse:
    """Fifty rows, those below a number where one is given; and the head of the trail, to be noted elsewhere."""
    with service.database.read() as connection:
        verdict = verify_trail(read_audit(connection))
        rows = newest_audit(connection, ON_A_PAGE, before=before)
    return service.pages.render(
        "protection/audit.html",
        principal=auditor,
        verdict=verdict,
        is_broken=isinstance(verdict, BrokenTrail),
        rows=[(row, _details(row.details)) for row in rows],
        before=before,
        older=rows[-1].number if rows and rows[-1].number > 1 else None,
    )


def _details(written: str) -> str:
    return ", ".join(f"{name} {value}" for name, value in json.loads(written).items() if value is not None)
