"""Who answered, of how many: exact numbers, for the survey manager alone, who reads no scores."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from nets.break_off import COLUMNS as BREAK_OFF_COLUMNS
from nets.break_off import campaign_break_offs, rows_of
from nets.organisation import Level
from nets.response_rate import COLUMNS, PlacementRates, ResponseRate, rate_values, rates_by_group
from nets.store.break_offs import read_step_counts
from nets.store.campaigns import get_campaign
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.rosters import read_rates
from survey_api.dependencies import ServiceHere
from survey_api.quality.table_file import csv_answer
from survey_api.staff.principal import Conductor
from survey_api.table_pages import AskedPage, TablePage

router = APIRouter(prefix="/campaigns/{campaign_id}", include_in_schema=False)


@router.get("/response-rates")
def response_rates_page(
    service: ServiceHere,
    conductor: Conductor,
    campaign_id: str,
    by: str = "",
    page: AskedPage = 1,
    uploaded: bool = False,
    empty: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> HTMLResponse:
    """Placements in the order of their names, or those with the lowest rate first: where a reminder does most.

    After a roster was taken in ``uploaded`` says so, and ``empty`` how many of its rows were passed over.
    """
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        rates = read_rates(connection, campaign)
        places = {place.id: place for place in list_organisations(connection)}
    names = {place_id: place.name for place_id, place in places.items()}
    rows = sorted(rates.placements, key=lambda one: (names[one.placement_id], one.placement_id))
    if by == "rate":
        rows.sort(key=_lowest_first)
    here = TablePage.of(page, len(rows))
    return service.pages.render(
        "conducting/response_rates.html",
        principal=conductor,
        campaign=campaign,
        rates=rates,
        rows=here.rows(rows),
        names=names,
        site_of={one.placement_id: names.get(places[one.placement_id].parent_id or "", "") for one in rows},
        group_titles={group.code: group.label[version.languages[0]] for group in version.learner_groups},
        by=by,
        page=here,
        uploaded=uploaded,
        empty=empty,
    )


@router.get("/response-rates.csv")
def response_rates_file(service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """The same as a file: a line a placement and learner group."""
    with service.database.read() as connection:
        rates = read_rates(connection, get_campaign(connection, campaign_id))
        names = {place.id: place.name for place in list_organisations(connection, level=Level.PLACEMENT)}
    lines = (
        (placement_id, names[placement_id], group, *("" if value is None else value for value in rate_values(rate)))
        for placement_id, group, rate in rates_by_group(rates)
    )
    return csv_answer(f"{campaign_id}-response-rates.csv", COLUMNS, lines)


@router.get("/break-offs.csv")
def break_offs_file(service: ServiceHere, conductor: Conductor, campaign_id: str) -> Response:
    """Where learners who began went no further: a line a page of the questionnaire."""
    with service.database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        found = campaign_break_offs(version, read_step_counts(connection, campaign_id))
    return csv_answer(f"{campaign_id}-break-offs.csv", BREAK_OFF_COLUMNS, rows_of(found))


def _lowest_first(rates: PlacementRates) -> tuple[bool, float]:
    together = rates.together
    return (False, together.per_cent) if isinstance(together, ResponseRate) else (True, 0.0)
