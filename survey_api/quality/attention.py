"""The start page: what needs attention in the reader's patch, why, how sure that is, and what to do next."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.access.roles import Permission
from nets.attention import Attention, Urgency, needing_attention
from nets.disclosure.banded import SeenScore, learners_of
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader, open_release
from nets.releases.place_tree import NATION
from nets.risk import RiskSuggestion
from nets.risk.on_day import risks_on
from nets.store.calibrations import read_calibration
from nets.store.releases import list_releases
from survey_api.dependencies import Service, ServiceHere
from survey_api.quality.place_pages import LEVEL_BELOW
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality", include_in_schema=False)

MOST_CARDS: Final = 10
"""So many places of a band are told with their reasons; the others by name."""
MOST_NAMED: Final = 30
"""So many of the others of a band; all of them are in the table."""

Bands = Mapping[Urgency, tuple[Attention, ...]]


@router.get("")
def quality_page(service: ServiceHere, reader: ScoreReader) -> HTMLResponse:
    """The newest release, at the highest place that the reader may see: what needs attention there."""
    with service.database.within(reader.scope).read() as connection:
        releases = list_releases(connection)
        if releases:
            release = open_release(connection, reader, releases[0].id)
            return _page(service, release, release.top(), is_start=True)
    return service.pages.render("quality/nothing.html", principal=reader)


@router.get("/{release_id}")
def release_page(service: ServiceHere, reader: ScoreReader, release_id: str) -> HTMLResponse:
    """One release, at the highest place that the reader may see: what needs attention there."""
    with released(service, reader, release_id) as release:
        return _page(service, release, release.top(), is_start=True)


@router.get("/{release_id}/places/{place_id}/attention")
def attention_page(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> HTMLResponse:
    """What needs attention in one place, in bands of urgency."""
    with released(service, reader, release_id) as release:
        return _page(service, release, release.place(place_id), is_start=False)


@router.get("/{release_id}/places/{place_id}/attention.csv")
def attention_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The same as a table: a line a place."""
    with released(service, reader, release_id) as release:
        view = release.place(place_id)
        bands = _bands(service, release, view, release.below(view, Level.PLACEMENT))
    lines = [_line(one) for found in bands.values() for one in found]
    return csv_answer(f"{release_id}-{place_id}-attention.csv", _COLUMNS, lines)


def _page(service: Service, release: ReleaseReader, view: PlaceView, *, is_start: bool) -> HTMLResponse:
    placements = release.below(view, Level.PLACEMENT)
    below = LEVEL_BELOW.get(view.level)
    return service.pages.render(
        "quality/attention.html",
        principal=release.principal,
        release=release.header,
        releases=list_releases(release.connection) if is_start else (),
        context=release.context() if is_start else (),
        view=view,
        further=None if is_start else "attention",
        is_start=is_start,
        bands=_bands(service, release, view, placements),
        most_cards=MOST_CARDS,
        most_named=MOST_NAMED,
        n_placements=len(placements),
        children=release.below(view, below) if below is not None and below is not Level.PLACEMENT else (),
        calibration=read_calibration(release.connection, release.header.id, Level.PLACEMENT),
        may_assess=release.principal.may(Permission.ASSESS_RISK),
    )


def _bands(service: Service, release: ReleaseReader, view: PlaceView, placements: Sequence[PlaceView]) -> Bands:
    views = {one.place_id: one for one in placements}
    under = None if view.level == NATION else view.place_id
    risks = risks_on(release.connection, service.today(), under=under, header=release.header, with_silent=False)
    # whatever else somebody has written about: a provider, an office, a placement that is not in this campaign
    others = sorted({risk.place.id for risk in risks} - views.keys())
    found = sorted((release.place(place_id) for place_id in others), key=lambda one: one.path)
    return needing_attention(release.header, risks, {one.place_id: one for one in found} | views)


_COLUMNS: Final = (
    "band", "place_id", "provider", "site", "place", "programme", "suggested_colour", "suggested_likelihood", "suggested_impact",
    "suggested_level", "about", "n", "mean", "low", "high", "verdict", "reasons", "offered", "lists", "assessment", "colour",
    "level", "chosen", "confirmed_by", "confirmed_on",
)  # fmt: skip


def _line(one: Attention) -> list[str | float]:
    suggestion, score, risk = one.risk.suggestion, one.score, one.risk
    cell: list[str | float] = [""] * 4
    if isinstance(suggestion, RiskSuggestion):
        cell = [suggestion.colour, suggestion.likelihood, suggestion.impact, suggestion.level.value]
    confirmed: list[str | float] = [""] * 6
    if risk.history:
        made = risk.history[0]
        chosen = "; ".join((*made.interventions, *made.supportive))
        confirmed = [made.id, made.colour, made.level.value, chosen, made.confirmed_by, str(made.confirmed_on)]
    numbers: list[Any] = [""] * 5
    if isinstance(score, SeenScore):
        numbers = [learners_of(score), score.mean, *score.interval, score.verdict.value]
    above = ["", "", *(place.name for place in one.view.above)][-2:]
    return [
        one.urgency.value, one.view.place_id, *above, one.view.name, risk.programme, *cell, one.about, *numbers,
        " ".join(suggestion.reasons), "; ".join(getattr(suggestion, "interventions", ())),
        "; ".join(f"{listing.scale}: {listing.question.code}" for listing in one.listings), *confirmed,
    ]  # fmt: skip
