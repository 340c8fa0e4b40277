"""The pages: releases and providers, a provider's placements, one placement with its risk cell and the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from nets.access import Principal
from nets.organisation import Level, Organisation
from nets.release import ReleaseHeader
from nets.risk import IMPACTS, LIKELIHOODS, InsufficientEvidence, RiskSuggestion
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from nets.store.releases import get_release, list_releases, read_places
from survey_api.dependencies import ServiceHere
from survey_api.quality.figures import COLOUR_WORDS, VERDICT_SIGNS, matrix_rows
from survey_api.quality.release_view import most_severe_first, placement_view, provider_views
from survey_api.staff.principal import ScoreReader
from survey_api.staff.visible_places import visible_place, visible_places

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
def quality_page(service: ServiceHere, reader: ScoreReader) -> HTMLResponse:
    """Every release, and the providers of the newest."""
    with service.database.read() as connection:
        releases = list_releases(connection)
        offices = _offices(connection, reader, releases[0]) if releases else ()
    release = releases[0] if releases else None
    return service.pages.render(
        "quality/releases.html", principal=reader, releases=releases, release=release, offices=offices
    )


@router.get("/{release_id}")
def release_page(service: ServiceHere, reader: ScoreReader, release_id: str) -> HTMLResponse:
    """The providers of one release."""
    with service.database.read() as connection:
        release = get_release(connection, release_id)
        releases = list_releases(connection)
        offices = _offices(connection, reader, release)
    return service.pages.render(
        "quality/releases.html", principal=reader, releases=releases, release=release, offices=offices
    )


@router.get("/{release_id}/providers/{provider_id}")
def provider_page(service: ServiceHere, reader: ScoreReader, release_id: str, provider_id: str) -> HTMLResponse:
    """The placements of one provider: where a risk is suggested, then all by name; the scores are no league table."""
    with service.database.read() as connection:
        release = get_release(connection, release_id)
        provider = visible_place(connection, reader, provider_id, Level.PROVIDER).place
        views = provider_views(connection, reader, release, provider_id)
        columns = [column for column in _columns(connection, release) if column.kind != "safety"]
    return service.pages.render(
        "quality/provider.html",
        principal=reader,
        release=release,
        provider=provider,
        views=views,
        suggested=most_severe_first(views),
        n_insufficient=sum(isinstance(view.record.risk, InsufficientEvidence) for view in views),
        columns=columns,
        signs=VERDICT_SIGNS,
    )


@router.get("/{release_id}/placements/{placement_id}")
def placement_page(service: ServiceHere, reader: ScoreReader, release_id: str, placement_id: str) -> HTMLResponse:
    """One placement: what is suggested and why, and every score with how far it can be trusted."""
    with service.database.read() as connection:
        release = get_release(connection, release_id)
        view = placement_view(connection, reader, release, placement_id)
        columns = _columns(connection, release)
    risk = view.record.risk
    return service.pages.render(
        "quality/placement.html",
        principal=reader,
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


def _offices(connection: Connection, reader: Principal, release: ReleaseHeader) -> tuple[OfficeProviders, ...]:
    """Providers that the reader may see by local office, of the regions that the release speaks of.

    A whole region without any answer is another campaign's; within a region, and so within a scope, providers stay in the list
    whether or not anybody answered about them.
    """
    visible = visible_places(connection, reader)
    regions = set(reader.scope[:1])
    if not regions:
        answered = read_places(connection, release.id, level=Level.PLACEMENT).keys()
        regions = {one.above[0].id for one in visible if one.place.id in answered}
    found: dict[str, tuple[Organisation, Organisation, list[Organisation]]] = {}
    for one in visible:
        if one.place.level is Level.PROVIDER and one.above[0].id in regions:
            region, office = one.above
            found.setdefault(office.id, (region, office, []))[2].append(one.place)
    offices = [OfficeProviders(region, office, tuple(providers)) for region, office, providers in found.values()]
    return tuple(sorted(offices, key=lambda group: (group.region.name, group.office.name)))
