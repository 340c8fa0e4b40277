"""The way from everything down to one placement: what stands at each place, where to look first, and what lies below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from nets.access.roles import Permission
from nets.attention import is_on_little
from nets.organisation import Level
from nets.pooled import PooledOfPlace, read_pooled
from nets.reading import PlaceView, ReleaseReader
from nets.releases.place_tree import NATION
from nets.risk import IMPACTS, LIKELIHOODS, InsufficientEvidence, RiskSuggestion, severity
from nets.store.assessments import list_assessments
from nets.store.campaigns import list_campaigns
from nets.store.questionnaires import get_version
from survey_api.dependencies import Service, ServiceHere
from survey_api.quality.figures import COLOUR_WORDS, VERDICT_SIGNS, matrix_rows
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality", include_in_schema=False)

MOST_IN_A_SUMMARY: Final = 10
LEVEL_BELOW: Final[Mapping[str, Level]] = {
    NATION: Level.REGION,
    Level.REGION: Level.LOCAL_OFFICE,
    Level.LOCAL_OFFICE: Level.PROVIDER,
    Level.PROVIDER: Level.PLACEMENT,
    Level.SITE: Level.PLACEMENT,
}
"""What a place's page lists. A provider's lists placements with their sites, because that is what its people look for."""


@dataclass(frozen=True, slots=True)
class ScaleColumn:
    """A scale of the released version, with its title."""

    code: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class CampaignsTogether:
    """Titles of campaigns, the oldest first, and of the scales whose pooled scores are made of them."""

    campaigns: tuple[str, ...]
    scales: tuple[str, ...]


@router.get("/{release_id}/places/{place_id}")
def place_page(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> HTMLResponse:
    """One place: a placement with its risk and the reasons, or a place above with where to look first."""
    with released(service, reader, release_id) as release:
        view = release.place(place_id)
        return _place_page(service, release, view)


def _place_page(service: Service, release: ReleaseReader, view: PlaceView) -> HTMLResponse:
    header = release.header
    version = get_version(release.connection, header.questionnaire_id, header.questionnaire_version)
    shared: dict[str, Any] = {
        "principal": release.principal,
        "release": header,
        "view": view,
        "columns": [ScaleColumn(code, title, version.scale[code].kind) for code, title in header.scales.items()],
        "signs": VERDICT_SIGNS,
        "further": None,
    }
    if view.level == Level.PLACEMENT:
        risk = view.record.risk
        pooled = read_pooled(release, [view]).get(view.place_id, {})
        return service.pages.render(
            "quality/placement.html",
            **shared,
            pooled=pooled,
            together=_together(release, pooled),
            risk=risk,
            suggested=isinstance(risk, RiskSuggestion),
            is_on_little=is_on_little(risk, view),
            matrix=matrix_rows({(risk.likelihood, risk.impact): "here"}) if isinstance(risk, RiskSuggestion) else (),
            impacts=IMPACTS,
            likelihoods=LIKELIHOODS,
            colour_words=COLOUR_WORDS,
            assessed=[
                made for made in list_assessments(release.connection, place_id=view.place_id) if not made.programme
            ][:1],
            may_assess=release.principal.may(Permission.ASSESS_RISK),
        )
    if not release.has(view.place):
        return service.pages.render("quality/context.html", **shared)
    placements = release.below(view, Level.PLACEMENT)
    below = LEVEL_BELOW[view.level]
    suggested = most_severe_first(placements)
    return service.pages.render(
        "quality/place.html",
        **shared,
        placements=placements,
        children=placements if below is Level.PLACEMENT else release.below(view, below),
        suggested=suggested[:MOST_IN_A_SUMMARY],
        n_suggested=len(suggested),
        any_on_little=any(is_on_little(one.record.risk, one) for one in suggested),
        n_insufficient=sum(isinstance(one.record.risk, InsufficientEvidence) for one in placements),
        below=below,
    )


def _together(release: ReleaseReader, pooled: PooledOfPlace) -> list[CampaignsTogether]:
    """Which campaigns the pooled scores of a placement are made of: mostly the same ones for all scales."""
    titles = {campaign.id: campaign.title for campaign in list_campaigns(release.connection)} if pooled else {}
    scales: dict[str, list[str]] = {}
    for code, title in release.header.scales.items():
        if code in pooled:
            scales.setdefault(pooled[code].campaigns, []).append(title)
    return [
        CampaignsTogether(tuple(titles[campaign] for campaign in campaigns.split()), tuple(found))
        for campaigns, found in scales.items()
    ]


def most_severe_first(views: Sequence[PlaceView]) -> list[PlaceView]:
    """The placements for which a risk is suggested; equally severe ones stay in the order they came in."""
    cells = [
        (severity(risk.likelihood, risk.impact), view)
        for view in views
        if isinstance(risk := view.record.risk, RiskSuggestion)
    ]
    return [view for _, view in sorted(cells, key=lambda cell: cell[0], reverse=True)]
