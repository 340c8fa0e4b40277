"""The demo's survey: three yearly campaigns over the invented places with something planted to be found, and a confidential one."""

from collections.abc import Callable
from datetime import date
from typing import Final

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.conducting import begin_campaign, take_roster
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.releasing import make_release
from nets.simulation.break_offs import invented_break_offs
from nets.simulation.comments import invented_comments, review_in_demo
from nets.simulation.confidential import confidential_campaign, fill_confidential
from nets.simulation.learners import Story, simulate_learners
from nets.simulation.places import invented_places
from nets.simulation.risks import plant_risks
from nets.simulation.rosters import invented_roster
from nets.store.break_offs import add_step_counts
from nets.store.campaigns import list_campaigns
from nets.store.comments import add_comments
from nets.store.database import Database
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import add_version
from nets.store.releases import list_releases
from nets.store.responses import add_responses

RESPONSES_A_YEAR: Final = 2_000
_SEED: Final = 20_260
_TO_ONE_CONFIDENTIAL: Final = 10
_FEWEST: Final = 12
_EVERYTHING: Final = "*"
_MANAGER: Final = "manager"

# What is planted, for each of the three years. Placements are those of ``places.py``.
DECLINING: Final = "P0001"  # an emergency department that loses its supervision
EXCELLENT: Final = "P0016"  # a maternity unit
POOR_FACILITIES: Final = "P0027"
ONE_GROUP: Final = "P0005"  # imaging, where student radiographers lack hands-on experience
SMALL_UNSAFE: Final = "P0044"  # too few for a score, and one of them has a concern
SMALL: Final = {"P0010": 2, SMALL_UNSAFE: 4}
_STORIES: Final[tuple[dict[str, Story], ...]] = tuple(
    {
        DECLINING: Story(38, {"supervision": decline, "unsupervised_practice": decline, _EVERYTHING: decline / 2}),
        EXCELLENT: Story(34, {_EVERYTHING: 0.9}),
        POOR_FACILITIES: Story(30, {"facilities": -1.3}),
        ONE_GROUP: Story(44, {"learning": -1.5}, group="allied_health"),
        **{place: Story(n) for place, n in SMALL.items()},
    }
    for decline in (0.0, -0.7, -1.5)
)


def fill_demo(
    database: Database,
    version: QuestionnaireVersion,
    today: date,
    progress: Callable[[str], None],
    responses_a_year: int = RESPONSES_A_YEAR,
) -> str:
    """Put in what is missing: places, three yearly campaigns and a release of each, a confidential campaign, what is known beside.

    Returns the id of the open yearly campaign. Each campaign is written in one transaction, so an interrupted demo holds whole
    campaigns only and the next run goes on.
    """
    places = invented_places()
    placements = [place for place in places if place.level is Level.PLACEMENT]
    with database.begin() as connection:
        add_version(connection, version)
        if not list_organisations(connection, level=Level.REGION):
            add_organisations(connection, places)
        there = {campaign.id for campaign in list_campaigns(connection)}
        released = {header.campaign_id for header in list_releases(connection)}
    campaigns = [_campaign_of(version, year, today) for year in range(today.year - 2, today.year + 1)]
    for campaign, stories in zip(campaigns, _STORIES, strict=True):
        if campaign.id not in there:
            progress(f"{campaign.title}: simulating {responses_a_year:,} learners")
            days = (campaign.opens_on, min(campaign.closes_on, today))
            learners = list(
                simulate_learners(version, placements, responses_a_year, days=days, seed=_SEED, stories=stories)
            )
            with database.begin() as connection:
                begin_campaign(connection, version, campaign, by=_MANAGER)
                take_roster(connection, campaign.id, invented_roster(learners, _SEED + days[0].year), by=_MANAGER)
                add_responses(
                    connection,
                    campaign.id,
                    ((r.placement_id, r.learner_group, r.answered_on, pack(version, r.answers)) for r in learners),
                )
                add_comments(connection, campaign.id, invented_comments(version, learners, _SEED))
                add_step_counts(connection, invented_break_offs(version, campaign.id, learners, _SEED + days[0].year))
        if campaign.id not in released:
            progress(f"{campaign.title}: making a release")
            make_release(database, campaign.id, min(today, campaign.closes_on), by=_MANAGER)
            review_in_demo(database, today)
    confidential = confidential_campaign(version, today)
    n_answers = max(_FEWEST, responses_a_year // _TO_ONE_CONFIDENTIAL)
    if confidential.id not in there:
        progress(f"{confidential.title}: inviting, reminding and asking again")
        with database.begin() as connection:
            answered = fill_confidential(connection, version, placements, today, _SEED, by=_MANAGER, answers=n_answers)
            add_step_counts(connection, invented_break_offs(version, confidential.id, answered, _SEED))
    plant_risks(
        database, today, declining=DECLINING, poor_facilities=POOR_FACILITIES, small=SMALL_UNSAFE, last=campaigns[1]
    )
    return campaigns[-1].id


def _campaign_of(version: QuestionnaireVersion, year: int, today: date) -> Campaign:
    is_open = year == today.year
    return Campaign(
        id=f"nets-{year}",
        title=f"National Education and Training Survey {year}",
        questionnaire_id=version.id,
        questionnaire_version=version.version,
        opens_on=date(year, 1, 1) if is_open else date(year, 10, 1),
        closes_on=date(year, 12, 31) if is_open else date(year, 11, 30),
        access_mode=AccessMode.OPEN_LINK,
        anonymity_mode=AnonymityMode.ANONYMOUS,
    )
