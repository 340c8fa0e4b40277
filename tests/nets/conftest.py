"""What the tests of the domain share: the shipped NETS version, and one simulated campaign of it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.organisation import Level
from nets.packing import answer_matrix, pack
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.tallying import CampaignAnswers
from nets.response import Response
from nets.simulation.learners import Story, simulate_learners
from nets.simulation.places import invented_places

NETS = Path(__file__).parents[2] / "questionnaires" / "nets" / "2026.1.json"
STORIES = {
    "P0001": Story(40, {"supervision": -1.6, "*": -0.3}),
    "P0002": Story(40, {"unsupervised_practice": -2.5}),
    "P0003": Story(3),
    "P0004": Story(1),
}


@pytest.fixture(scope="session")
def nets_version() -> QuestionnaireVersion:
    """The shipped NETS 2026.1."""
    return read_version(NETS.read_bytes(), NETS.name)


@pytest.fixture(scope="session")
def campaign(nets_version: QuestionnaireVersion) -> Campaign:
    """An invented campaign of autumn 2026."""
    return Campaign(
        id="autumn-2026",
        title="Autumn 2026",
        questionnaire_id=nets_version.id,
        questionnaire_version=nets_version.version,
        opens_on=date(2026, 10, 1),
        closes_on=date(2026, 11, 30),
        access_mode=AccessMode.OPEN_LINK,
        anonymity_mode=AnonymityMode.ANONYMOUS,
    )


@pytest.fixture(scope="session")
def responses(nets_version: QuestionnaireVersion, campaign: Campaign) -> Sequence[Response]:
    """Six hundred learners at thirty placements: P0001 lacks supervision, P0002 leaves learners alone, two are small."""
    placements = [place for place in invented_places() if place.level is Level.PLACEMENT][:30]
    days = (campaign.opens_on, campaign.closes_on)
    return tuple(simulate_learners(nets_version, placements, 600, days=days, seed=5, stories=STORIES))


@pytest.fixture(scope="session")
def answers(nets_version: QuestionnaireVersion, responses: Sequence[Response]) -> CampaignAnswers:
    """The same as arrays."""
    return CampaignAnswers(
        np.array([response.placement_id for response in responses], dtype=object),
        np.array([response.learner_group for response in responses], dtype=object),
        answer_matrix(nets_version, [pack(nets_version, response.answers) for response in responses]),
    )
