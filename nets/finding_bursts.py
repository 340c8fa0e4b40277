"""The act of looking for bursts: read a campaign's responses, find them (``nets.bursts``)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nets.bursts import Burst, find_bursts
from nets.packing import answer_matrix
from nets.releases.tallying import CampaignAnswers
from nets.store.campaigns import get_campaign
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from nets.store.responses import read_responses


@dataclass(frozen=True, slots=True)
class CampaignBursts:
    """Bursts by placement id, and how many placements have responses."""

    found: Mapping[str, tuple[Burst, ...]]
    n_placements: int


def bursts_of(connection: Connection, campaign_id: str) -> CampaignBursts:
    """Look for the bursts of a campaign; NotFound if there is no such campaign."""
    campaign = get_campaign(connection, campaign_id)
    version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
    responses = read_responses(connection, campaign_id)
    answers = CampaignAnswers(
        np.array(responses.placement_ids, dtype=object),
        np.array(responses.learner_groups, dtype=object),
        answer_matrix(version, responses.packed),
    )
    return CampaignBursts(find_bursts(version, answers, responses.answered_on), len(set(responses.placement_ids)))
