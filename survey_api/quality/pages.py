"""The pages: releases and providers, a provider's placements, one placement with its risk cell and the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from nets.organisation import Level, Organisation
from nets.release import ReleaseHeader
from nets.risk import IMPACTS, LIKELIHOODS, InsufficientEvidence, RiskSuggestion
from nets.store.database import Connection
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.releases import get_release, list_releases, read_places
from survey_api.dependencies import ServiceHere
from survey_api.quality.figures import COLOUR_WORDS, VERDICT_SIGNS, matrix_rows
from survey_api.quality.release_view import most_severe_first, organisation_at, placement_view, provider_views

router = APIRouter(prefix="/quality", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ScaleColumn:
    """A scale of the released version, with its title."""

    code: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class OfficeProviders:
    """The providers of one local office."""

    region: Organisation
    office: Organisation
    providers: tuple[Organisation, ...]


@router.get("")
def quality_page(service: ServiceHere) -> HTMLResponse:
    """Every release, and the providers of the newest."""
    with service.database.read() as connection:
        releases = list_releases(connection)
        offices = _offices(connection, releases[0]) if releases else ()
    release = releases[0] if releases else None
    return service.pages.render("quality/releases.html", releases=releases, release=release, offices=offices)


@router.get("/{release_id}")
def release_page(service: ServiceHere, release_id: str) -> HTMLResponse:
    """The providers of one release."""
    with service.database.read() as connection:
        release = get_release(connection, release_id)
        releases = list_releases(connection)
        offices = _offices(connection, release)
    return service.pages.render("quality/releases.html", releases=releases, release=release, offices=offices)


@router.get("/{release_id}/providers/{provider_id}")
def provider_page(service: ServiceHere, release_id: str, provider_id: str) -> HTMLResponse:
    """The placements of one provider: where a risk is suggested, then all by name; the scores are no league table."""
    with service.database.read() as connection:
        release = get_release(connection, release_id)
        provider = organisation_at(connection, provider_id, Level.PROVIDER)
        views = provider_views(connection, release, provider)
        columns = [column for column in _columns(connection, release) if column.kind != "safety"]
    return service.pages.render(
        "quality/provider.html",
        release=release,
        provider=provider,
        views=views,
        suggested=most_severe_first(views),
        n_insufficient=sum(isinstance(view.record.risk, InsufficientEvidence) for view in views),
        columns=columns,
        signs=VERDICT_SIGNS,
    )


@router.get("/{release_id}/placements/{placement_id}")
def placement_page(service: ServiceHere, release_id: str, placement_id: str) -> HTMLResponse:
    """One placement: what is suggested and why, and every score with how far it can be trusted."""
    with service.database.read() as connection:
        release = get_release(connection, release_id)
        view = placement_view(connection, release, placement_id)
        columns = _columns(connection, release)
    risk = view.record.risk
    return service.pages.render(
        "quality/placement.html",
        release=release,
        view=view,
        columns=columns,
        signs=VERDICT_SIGNS,
        risk=risk,
        suggested=isinstance(risk, RiskSuggestion),
        matrix=matrix_rows(risk) if isinstance(risk, RiskSuggestion) else (),
        impacts=IMPACTS,
        likelihoods=LIKELIHOODS,
        colour_words=COLOUR_WORDS,
    )


def _columns(connection: Connection, release: ReleaseHeader) -> Sequence[ScaleColumn]:
    version = get_version(connection, release.questionnaire_id, release.questionnaire_version)
    return [ScaleColumn(code, title, version.scale[code].kind) for code, title in release.scales.items()]


def _offices(connection: Connection, release: ReleaseHeader) -> tuple[OfficeProviders, ...]:
    """Providers by local office, of the regions that the release speaks of.

    A whole region without any answer is another campaign's; within a region providers stay in the list whether or not
    anybody answered about them.
    """
    place = {organisation.id: organisation for organisation in list_organisations(connection)}
    regions = {
        _region(place, placement_id) for placement_id in read_places(connection, release.id, level=Level.PLACEMENT)
    }
    offices = [
        OfficeProviders(
            place[str(office.parent_id)],
            office,
            tuple(other for other in place.values() if other.parent_id == office.id),
        )
        for office in place.values()
        if office.level is Level.LOCAL_OFFICE and office.parent_id in regions
    ]
    return tuple(sorted(offices, key=lambda group: (group.region.name, group.office.name)))


def _region(place: dict[str, Organisation], placement_id: str) -> str:
    above = place[placement_id]
    while above.parent_id is not None:
        above = place[above.parent_id]
    return above.id
