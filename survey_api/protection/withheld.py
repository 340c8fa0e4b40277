"""How much of a release is hidden, and what is kept for how long. No score stands here."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from nets.access.roles import Principal
from nets.disclosure.withheld import WithheldCells, count_withheld
from nets.invitation import RETENTION
from nets.organisation import Level
from nets.releases.document import record_from_json
from nets.releases.place_tree import NATION
from nets.releases.release import ReleaseHeader
from nets.store.campaigns import get_campaign
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from nets.store.released_records import read_records
from nets.store.releases import get_release, list_releases, read_nation, released_ids
from nets.store.submissions import RETRY_WINDOW
from survey_api.dependencies import Service, ServiceHere
from survey_api.staff.principal import Protector

router = APIRouter(prefix="/protection", include_in_schema=False)

_ORDER = (NATION, *Level)


@router.get("")
def protection_page(service: ServiceHere, protector: Protector) -> HTMLResponse:
    """What is hidden in the newest release."""
    return _page(service, protector, None)


@router.get("/releases/{release_id}")
def release_protection_page(service: ServiceHere, protector: Protector, release_id: str) -> HTMLResponse:
    """What is hidden in one release."""
    return _page(service, protector, release_id)


def _page(service: Service, protector: Principal, release_id: str | None) -> HTMLResponse:
    with service.database.within(protector.scope).read() as connection:
        releases = list_releases(connection)
        header = get_release(connection, release_id) if release_id else next(iter(releases), None)
        campaign = get_campaign(connection, header.campaign_id) if header else None
        counts = _counts(connection, header) if header else ()
    return service.pages.render(
        "protection/withheld.html",
        principal=protector,
        header=header,
        campaign=campaign,
        releases=releases,
        counts=counts,
        settings=service.settings,
        retry_days=RETRY_WINDOW.days,
        invitation_weeks=RETENTION.days // 7,
    )


def _counts(connection: Connection, header: ReleaseHeader) -> tuple[WithheldCells, ...]:
    version = get_version(connection, header.questionnaire_id, header.questionnaire_version)
    places = read_records(connection, header.id, released_ids(connection, header.id)).values()
    document = read_nation(connection, header.id)
    nation = () if document is None else (record_from_json(document),)
    groups = [group.code for group in version.learner_groups]
    counts = count_withheld((*places, *nation), list(header.scales), groups)
    return tuple(sorted(counts, key=lambda count: _ORDER.index(count.level)))
