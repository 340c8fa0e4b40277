"""Two places side by side: the second is chosen by a plain form, or from the places beside and above."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from nets.comparison import NoDifference, compare, share_learners
from nets.disclosure.banded import SeenScore, learners_of
from nets.disclosure.shown import SuppressedScore
from nets.errors import NotFound
from nets.reading import PlaceView, ReleaseReader
from nets.releases.measure import MeasureKind
from nets.store.organisations import list_organisations
from survey_api.dependencies import ServiceHere
from survey_api.learner.form import short_text
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

MOST_CHOICES: Final = 30
Other = Annotated[str, Query(alias="with")]


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that this one may be held against."""

    place_id: str
    name: str
    where: str


@router.get("/compare")
def compare_page(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, other: Other = "", q: str = ""
) -> HTMLResponse:
    """The place beside another, scale by scale; without another the choice of one, ``q`` being part of its name."""
    with released(service, reader, release_id) as release:
        view, header = _own(release, place_id), release.header
        second = _other(release, view, other)
        sought = short_text(q)
        choices = _found(release, view, sought) if sought else _near(release, view)
    measures = [one for one in header.measures if one.kind is MeasureKind.SCALE]
    return service.pages.render(
        "quality/compare.html",
        principal=reader,
        release=header,
        view=view,
        further="compare",
        second=second,
        is_itself=other == place_id,
        rows=compare(view, second, measures) if second else (),
        share_learners=second is not None and share_learners(view, second),
        sought=sought,
        choices=choices[:MOST_CHOICES],
        n_choices=len(choices),
    )


@router.get("/compare.csv")
def compare_file(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, other: Other = ""
) -> Response:
    """The table as a file: a line a scale; without another place, and of a place and itself, its heading alone."""
    lines: list[list[str | float]] = []
    with released(service, reader, release_id) as release:
        first = _own(release, place_id)
        second = _other(release, first, other)
        if second is not None:
            scales = [one for one in release.header.measures if one.kind is MeasureKind.SCALE]
            for row in compare(first, second, scales):
                found = row.difference
                numbers: list[str | float] = [""] * 4
                if not isinstance(found, NoDifference):
                    numbers = [found.difference, found.low, found.high, found.meaning.value]
                code = row.measure.code
                lines.append([code, *_numbers(first, code), *_numbers(second, code), *numbers])
    names = [f"{name}_{number}" for number in (1, 2) for name in _OF_EACH]
    header = ("scale", *names, "difference", "difference_low", "difference_high", "meaning")
    return csv_answer(f"{release_id}-{place_id}-compared.csv", header, lines)


_OF_EACH: Final = ("place", "n", "mean", "low", "high", "verdict", "kept_from")


def _own(release: ReleaseReader, place_id: str) -> PlaceView:
    """A place of the reader's own; what she sees as context is the second of two."""
    view = release.place(place_id)
    if not release.has(view.place):
        raise NotFound(f"there is no place {place_id}")
    return view


def _other(release: ReleaseReader, view: PlaceView, place_id: str) -> PlaceView | None:
    """The second place; none where none is named, or the first itself, which differs in nothing from itself."""
    return release.place(place_id) if place_id not in {"", view.place_id} else None


def _numbers(view: PlaceView, code: str) -> list[str | float]:
    score = view.record.score(code)
    if isinstance(score, SuppressedScore):
        return [view.place_id, *[""] * 6]
    verdict = score.verdict.value if isinstance(score, SeenScore) else ""
    return [view.place_id, learners_of(score), score.mean, *score.interval, verdict, view.record.kept_from(code)]


def _near(release: ReleaseReader, view: PlaceView) -> list[Choice]:
    """The places above one and beside it, as far as they are the reader's own, and what may stand there for comparison."""
    scope = release.principal.scope
    own: list[Choice] = []
    if not release.is_top(view):
        above = view.above[max(len(scope) - 1, 0) :]
        parent = above[-1] if above else None
        beside = [
            place
            for place in list_organisations(release.connection, under=parent.id if parent else None)
            if place.level.value == view.level and place.parent_id == (parent.id if parent else None)
        ]
        own = [Choice(place.id, place.name, place.level) for place in reversed(above)]
        own += [Choice(place.id, place.name, parent.name if parent else place.level) for place in beside]
    top = release.top()
    others = [Choice(one.place_id, one.name, "for comparison") for one in (top, *release.context())]
    known = {choice.place_id for choice in own} | {view.place_id}
    return [
        *(choice for choice in own if choice.place_id != view.place_id),
        *(one for one in others if one.place_id not in known),
    ]


def _found(release: ReleaseReader, view: PlaceView, sought: str) -> list[Choice]:
    """Places within the reader's scope with this in their name, or of this id."""
    scope = release.principal.scope
    places = list_organisations(release.connection, under=scope[-1] if scope else None)
    names = {place.id: place.name for place in places}
    return [
        Choice(place.id, place.name, names.get(place.parent_id or "", place.level))
        for place in places
        if place.id != view.place_id and (sought.casefold() in place.name.casefold() or sought == place.id)
    ]
