"""The funnel plot of one measure: the placements of a place among all that the reader may see, between the limits of chance."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import BandedScore, Seen, SeenScore, learners_of
from nets.disclosure.shown import ShownBenchmark
from nets.flags.rule import read_flag_rule
from nets.funnel import funnel_limits
from nets.organisation import Level
from nets.reading import PlaceView
from nets.releases.measure import Measure, MeasureKind
from survey_api.dependencies import ServiceHere
from survey_api.quality.measures import asked_measure
from survey_api.quality.pictures.funnel import FunnelPoint, funnel_picture
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

MOST_NAMED: Final = 30
"""So many placements outside the limits are named on the page; all of them are in the table."""
_FEWEST: Final = 3
_OUTSIDE: Final = frozenset({"funnel_low", "funnel_high"})


@router.get("/funnel")
def funnel_page(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> HTMLResponse:
    """Scores over numbers of learners, with the limits inside which a placement is like the others."""
    with released(service, reader, release_id) as release:
        view, header = release.place(place_id), release.header
        own = release.below(view, Level.PLACEMENT)
        # the rest of the reader's patch is the background; more she may not see one by one
        around = own if release.is_top(view) else release.below(release.top(), Level.PLACEMENT)
        scales = [one for one in header.measures if one.kind is MeasureKind.SCALE]
        shown = asked_measure(scales, measure)
        points = funnel_points(shown, own, around, release.column(around, shown.code))
    benchmark = header.benchmark(shown.code)
    picture = None
    rule = read_flag_rule(header.flags.rule_version) if header.flags.rule_version else read_flag_rule()
    if points and isinstance(benchmark, ShownBenchmark):
        most = max(point.n for point in points)
        learners = [_FEWEST + (most - _FEWEST) * step / 40 for step in range(41)] if most > _FEWEST else [3, 4]
        limits = funnel_limits(benchmark, learners, rule.funnel_level, rule.funnel_far_level)
        picture = funnel_picture(points, limits, benchmark.mean)
    return service.pages.render(
        "quality/funnel.html",
        principal=reader,
        release=header,
        view=view,
        further="funnel",
        measures=scales,
        measure=shown,
        picture=picture,
        benchmark=benchmark,
        points=points,
        outside=[one for one in own if _is_outside(one, shown)],
        most_named=MOST_NAMED,
        rule=rule,
    )


@router.get("/funnel.csv")
def funnel_file(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> Response:
    """The table behind the picture."""
    with released(service, reader, release_id) as release:
        scales = [one for one in release.header.measures if one.kind is MeasureKind.SCALE]
        shown = asked_measure(scales, measure)
        views = release.below(release.place(place_id), Level.PLACEMENT)
        lines = _lines(views, release.column(views, shown.code), shown)
    names = ("placement_id", "provider", "site", "placement", "n", "mean", "outside")
    return csv_answer(f"{release_id}-{place_id}-funnel-{shown.code}.csv", names, lines)


def funnel_points(
    measure: Measure, own: Sequence[PlaceView], around: Sequence[PlaceView], scores: Sequence[Seen]
) -> list[FunnelPoint]:
    """Every placement around with a score that may be shown; a place's own stand out, unless there are no others.

    One of whose learners the reader sees a band stands at its lower end, as everything else does that is said of it.

    Parameters
    ----------
    scores
        Those of the placements around.
    """
    own_ids = {view.place_id for view in own} if len(own) < len(around) else set()
    return [
        FunnelPoint(
            view.place_id,
            view.name,
            score.learners.low if isinstance(score, BandedScore) else score.n,
            score.mean,
            is_outside=_is_outside(view, measure),
            is_own=view.place_id in own_ids,
        )
        for view, score in zip(around, scores, strict=True)
        if isinstance(score, SeenScore)
    ]


def _lines(views: Sequence[PlaceView], scores: Sequence[Seen], measure: Measure) -> list[list[str | float]]:
    return [
        [view.place_id, *view.path[-3:], learners_of(score), score.mean, "yes" if _is_outside(view, measure) else "no"]
        for view, score in zip(views, scores, strict=True)
        if isinstance(score, SeenScore)
    ]


def _is_outside(view: PlaceView, measure: Measure) -> bool:
    flags = view.record.flags.get(measure.code)
    return flags is not None and not _OUTSIDE.isdisjoint(flags.lists)
