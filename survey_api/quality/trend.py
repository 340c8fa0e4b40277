"""The trend of one measure at one place: a score a campaign, a break where other questions were asked, and the change since."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import learners_of
from nets.disclosure.shown import ShownBenchmark, SuppressedScore
from nets.releases.measure import MeasureKind
from nets.releases.trend import Trend
from nets.releases.trend import TrendPoint as Point
from nets.trends import read_trend
from survey_api.dependencies import ServiceHere
from survey_api.quality.measures import asked_measure
from survey_api.quality.pictures.trend import TrendGap, TrendPicture, TrendPoint, trend_picture
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)


@router.get("/trend")
def trend_page(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> HTMLResponse:
    """One measure over the campaigns, with what may be said of the change since the campaign before."""
    with released(service, reader, release_id) as release:
        view, header = release.place(place_id), release.header
        trend = read_trend(release, place_id, asked_measure(header.measures, measure))
    benchmark = header.benchmark(trend.measure.code, view.record.level)
    has_scores = any(not isinstance(point.score, SuppressedScore) for point in trend.points)
    return service.pages.render(
        "quality/trend.html",
        principal=reader,
        release=header,
        view=view,
        further="trend",
        measures=[one for one in header.measures if one.kind is MeasureKind.SCALE],
        measure=trend.measure,
        trend=trend,
        picture=_picture(trend, benchmark.mean if isinstance(benchmark, ShownBenchmark) else None)
        if has_scores
        else None,
        benchmark=benchmark,
        flags=view.record.flags_on(trend.measure.code).lists,
        told=_told(trend),
    )


@router.get("/trend.csv")
def trend_file(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> Response:
    """The table behind the picture: a line a campaign, the oldest first."""
    with released(service, reader, release_id) as release:
        trend = read_trend(release, place_id, asked_measure(release.header.measures, measure))
    lines: list[list[str | float]] = [
        [
            point.campaign_id,
            point.title,
            point.release_id,
            point.asked.value,
            *(
                ("",) * 4
                if isinstance(point.score, SuppressedScore)
                else (learners_of(point.score), point.score.mean, *point.score.interval)
            ),
            point.kept_from,
        ]
        for point in trend.points
    ]
    names = ("campaign", "title", "release", "asked", "n", "mean", "low", "high", "kept_from")
    return csv_answer(f"{release_id}-{place_id}-trend-{trend.measure.code}.csv", names, lines)


def _picture(trend: Trend, benchmark: float | None) -> TrendPicture:
    labels = _labels(trend)
    return trend_picture(
        [
            TrendGap(label)
            if isinstance(point.score, SuppressedScore)
            else TrendPoint(
                label, point.score.mean, point.score.interval[0], point.score.interval[1], point.asked.is_break
            )
            for label, point in zip(labels, trend.points, strict=True)
        ],
        benchmark,
    )


def _labels(trend: Trend) -> list[str]:
    """Years where they tell the campaigns apart; a title would not fit under a point."""
    years = [str(point.opens_on.year) for point in trend.points]
    return years if len(set(years)) == len(years) else [f"{point.opens_on:%m/%Y}" for point in trend.points]


def _told(trend: Trend) -> str:
    """The picture in words."""
    return "; ".join(f"{point.title}: {_score_in_words(point)}" for point in trend.points) + "."


def _score_in_words(point: Point) -> str:
    if isinstance(point.score, SuppressedScore):
        return "not shown"
    low, high = point.score.interval
    changed = ", not comparable with what stands before" if point.asked.is_break else ""
    return f"{point.score.mean:.0f} ({low:.0f} to {high:.0f}){changed}"
