"""The heat table: standards, domains or scales of the placements below a place, as a table that is read cell by cell too."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import SeenScore, learners_of
from nets.heat_table import heat_table, ordered_by
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
        column = next((i for i, measure in enumerate(measures) if measure.code == by), None)
        if column is None:
            places = release.places(Level.PLACEMENT, place_id)
            here = TablePage.of(page, len(places))
            rows = heat_table(release.header, measures, release.views(here.rows(places)))
        else:
            every = heat_table(release.header, measures, release.below(view, Level.PLACEMENT))
            here = TablePage.of(page, len(every))
            rows = tuple(here.rows(ordered_by(every, column)))
    return service.pages.render(
        "quality/heat.html",
        principal=reader,
        release=release.header,
        view=view,
        further="heat",
        measures=measures,
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
        rows = heat_table(release.header, measures, release.below(release.place(place_id), Level.PLACEMENT))
    lines = [
        [
            row.view.place_id,
            *row.view.path[-3:],
            measure.code,
            cell.standing.value,
            *(
                (learners_of(cell.score), cell.score.mean, cell.score.shrunken, cell.score.verdict.value)
                if isinstance(cell.score, SeenScore)
                else ("",) * 4
            ),
            row.view.record.kept_from(measure.code),
        ]
        for row in rows
        for measure, cell in zip(measures, row.cells, strict=True)
    ]
    names = (
        "placement_id", "provider", "site", "placement", "measure", "standing", "n", "mean", "shrunken", "verdict", "kept_from",
    )  # fmt: skip
    return csv_answer(f"{release_id}-{place_id}-{kind}.csv", names, lines)


def _measures(measures: tuple[Measure, ...], kind: Kind) -> list[Measure]:
    return [measure for measure in measures if measure.kind == MeasureKind(kind)]
