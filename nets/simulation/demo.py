"""The demo's survey: three yearly campaigns over the invented places, with something planted to be found."""

from collections.abc import Callable
from datetime import date
from typing import Final

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.organisation import Level
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.releasing import make_release
from nets.simulation.comments import invented_comments, review_in_demo
from nets.simulation.learners import Story, simulate_learners
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign, list_campaigns
from nets.store.comments import add_comments
from nets.store.database import Database
from nets.store.organisations import add_organisations, list_organisations
from nets.store.questionnaires import add_version
from nets.store.releases import list_releases
from nets.store.responses import add_responses

RESPONSES_A_YEAR: Final = 2_000
_SEED: Final = 20_260
_EVERYTHING: Final = "*"

# What is planted, for each of the three years. Placements are those of ``places.py``.
DECLINING: Final = "P0001"  # an emergency department that loses its supervision
EXCELLENT: Final = "P0016"  # a maternity unit
POOR_FACILITIES: Final = "P0027"
ONE_GROUP: Final = "P0005"  # imaging, where student radiographers lack hands-on experience
SMALL: Final = {"P0010": 2, "P0044": 4}
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
    """Put in what is missing of places, three yearly campaigns and a release of each; returns the id of the open campaign.

    Each campaign is written in one transaction, so an interrupted demo holds whole campaigns only and the next run goes on.
    """
    places = invented_places()
    placements = [place for place in places if place.level is Level.PLACEMENT]
    with database.begin() as connection:
        add_version(connection, version)
        if not list_organisations(connection, level=Level.REGION):
            add_organisations(connection, places)
        there = {campaign.id for campaign in list_campaigns(connection)}
        released = {header.campaign_id for header in list_releases(connection)}
    campaign_id = ""
    for stories, year in zip(_STORIES, range(today.year - 2, today.year + 1), strict=True):
        is_open = year == today.year
        campaign = Campaign(
            id=f"nets-{year}",
            title=f"National Education and Training Survey {year}",
            questionnaire_id=version.id,
            questionnaire_version=version.version,
            opens_on=date(year, 1, 1) if is_open else date(year, 10, 1),
            closes_on=date(year, 12, 31) if is_open else date(year, 11, 30),
            access_mode=AccessMode.OPEN_LINK,
            anonymity_mode=AnonymityMode.ANONYMOUS,
        )
        if campaign.id not in there:
            progress(f"{campaign.title}: simulating {responses_a_year:,} learners")
            days = (campaign.opens_on, min(campaign.closes_on, today))
            learners = list(
                simulate_learners(version, placements, responses_a_year, days=days, seed=_SEED, stories=stories)
            )
            with database.begin() as connection:
                add_campaign(connection, campaign)
                add_responses(
                    connection,
                    campaign.id,
                    ((r.placement_id, r.learner_group, r.answered_on, pack(version, r.answers)) for r in learners),
                )
                add_comments(connection, campaign.id, invented_comments(version, learners, _SEED))
        if campaign.id not in released:
            progress(f"{campaign.title}: making a release")
            make_release(database, campaign.id, today if is_open else campaign.closes_on)
            review_in_demo(database, today)
        campaign_id = campaign.id
    return campaign_id
