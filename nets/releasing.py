"""The act of making a release: read a campaign's responses and what earlier campaigns said, build, store."""

from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from nets.errors import Refused
from nets.freezing import build_release
from nets.packing import answer_matrix
from nets.release import Release
from nets.release_document import record_from_json
from nets.risk import RiskRule, read_rule
from nets.risk_basis import EarlierCampaign, earlier_campaign
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.database import Connection, Database
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.releases import add_release, latest_release, read_places
from nets.store.responses import CampaignResponses, read_responses
from nets.store.rosters import read_roster
from nets.tallying import CampaignAnswers


def make_release(
    database: Database, campaign_id: str, on: date, progress: Callable[[str], None] = lambda step: None
) -> Release:
    """Freeze a campaign's scores as they stand and store them as its next release.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If nobody has answered yet.
    """
    rule = read_rule()
    with database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        progress("reading responses")
        responses = read_responses(connection, campaign_id)
        roster = read_roster(connection, campaign_id)
        organisations = list_organisations(connection)
        before = latest_release(connection, campaign_id)
        earlier = _earlier_campaigns(connection, campaign.questionnaire_id, campaign.opens_on, rule)
    if not responses.packed:
        raise Refused(f"campaign {campaign_id} has no responses yet, so there is nothing to release")
    release = build_release(
        campaign,
        version,
        organisations,
        in_canonical_order(responses, answer_matrix(version, responses.packed)),
        rule,
        number=before.number + 1 if before else 1,
        released_on=on,
        roster=roster,
        earlier=earlier,
        progress=progress,
    )
    with database.begin() as connection:
        add_release(connection, release)
    return release


def in_canonical_order(responses: CampaignResponses, matrix: NDArray[np.uint8]) -> CampaignAnswers:
    """Sums depend on the order of their terms, and the order of random ids must not show in a release's bytes."""
    order = sorted(
        range(len(responses.packed)),
        key=lambda row: (responses.placement_ids[row], responses.learner_groups[row], responses.packed[row]),
    )
    return CampaignAnswers(
        np.array(responses.placement_ids, dtype=object)[order],
        np.array(responses.learner_groups, dtype=object)[order],
        matrix[order],
    )


def _earlier_campaigns(
    connection: Connection, questionnaire_id: str, opens_on: date, rule: RiskRule
) -> tuple[EarlierCampaign, ...]:
    """What the newest release of every earlier campaign of the same questionnaire said, the oldest campaign first."""
    past = [
        campaign
        for campaign in list_campaigns(connection)
        if campaign.questionnaire_id == questionnaire_id and campaign.opens_on < opens_on
    ]
    found = []
    for campaign in sorted(past, key=lambda campaign: campaign.opens_on):
        header = latest_release(connection, campaign.id)
        if header:
            documents = read_places(connection, header.id)
            found.append(earlier_campaign(header.campaign_title, map(record_from_json, documents.values()), rule))
    return tuple(found)
