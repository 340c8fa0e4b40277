"""The heat table: standards, domains or scales of the placements below a place, as a table that is read cell by cell too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import SeenScore, learners_of
from nets.heat_table import HeatRow, heat_table, ordered_by
from nets.organisation import Level
from nets.releases.measure import Measure, MeasureKind
from nets.standing import Standing
from survey_api.dependencies import ServiceHere
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader
from survey_api.table_pages import AskedPage, TablePage

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

SIGNS: Final[Mapping[Standing, str]] = {
    Standing.FAR_BELOW: "▼▼",
    Standing.BELOW: "▼",
    Standing.ABOUT: "=",
    Standing.ABOVE: "▲",
    Standing.FAR_ABOVE: "▲▲",
    Standing.UNCERTAIN: "?",
    Standing.NOT_SHOWN: "–",
}
ROWS_ON_A_PAGE: Final = 50
"""Each has a cell for every standard."""

Kind = Literal["standard", "domain", "scale"]
AskedKind = Annotated[Kind, Query()]


@router.get("/heat")
def heat_page(
    service: ServiceHere,
    reader: ScoreReader,
    release_id: str,
    place_id: str,
    kind: AskedKind = "standard",
    by: str = "",
    page: AskedPage = 1,
) -> HTMLResponse:
    """Standards by placements; ``by`` puts the placements in the order of where they stand on one measure."""
    with released(service, reader, release_id) as release:
        view = release.place(place_id)
        measures = _measures(release.header.measures, kind)
        places = release.places(Level.PLACEMENT, place_id)
        ordering = next((measure for measure in measures if measure.code == by), None)
        if ordering is not None:
            views = release.outlines(places)
            ordered = ordered_by(release.header, ordering, views, release.column(views, by))
            places = tuple(view.place for view in ordered)
        here = TablePage.of(page, len(places), ROWS_ON_A_PAGE)
        rows = tuple(heat_table(release.header, measures, release.outlines(here.rows(places))))
    return service.pages.render(
        "quality/heat.html",
        principal=reader,
        release=release.header,
        view=view,
        further="heat",
        measures=measures,
        shorts=[measure.title if kind == "scale" else measure.code.partition(":")[2] for measure in measures],
        rows=rows,
        page=here,
        kind=kind,
        kinds=("standard", "domain", "scale"),
        by=by,
        signs=SIGNS,
    )


@router.get("/heat.csv")
def heat_file(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, kind: AskedKind = "standard"
) -> Response:
    """The table behind the picture: a line a placement and measure."""
    with released(service, reader, release_id) as release:
        measures = _measures(release.header.measures, kind)
        rows = heat_table(release.header, measures, release.outlines(release.places(Level.PLACEMENT, place_id)))
    names = (
        "placement_id", "provider", "site", "placement", "measure", "standing", "n", "mean", "shrunken", "verdict", "kept_from",
    )  # fmt: skip
    return csv_answer(f"{release_id}-{place_id}-{kind}.csv", names, _lines(measures, rows))


def _lines(measures: Sequence[Measure], rows: Iterable[HeatRow]) -> Iterator[list[str | float]]:
    """A line a place and measure: sixty thousand of a nation."""
    for row in rows:
        place = [row.view.place_id, *row.view.path[-3:]]
        for measure, cell in zip(measures, row.cells, strict=True):
            score = cell.score
            numbers: tuple[str | float, ...] = ("",) * 4
            if isinstance(score, SeenScore):
                numbers = (learners_of(score), score.mean, score.shrunken, score.verdict.value)
            yield [*place, measure.code, cell.standing.value, *numbers, row.view.record.kept_from(measure.code)]


def _measures(measures: tuple[Measure, ...], kind: Kind) -> list[Measure]:
    return [measure for measure in measures if measure.kind == MeasureKind(kind)]
