"""The survey that is measured: NETS 2026.1 with a hundred placements, and bodies as a learner's phone would send them."""

import json
import random
from datetime import date, timedelta

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.organisation import Level, Organisation
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.questionnaire.routing import routed_items
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version

CAMPAIGN = "gates-2026"
_QUESTIONNAIRE = ("nets", "2026.1")
_PLACEMENTS = 100
_BODIES = 500


def fill(url: str) -> None:
    """Make the tables, the places and an open campaign."""
    database = Database(url)
    database.upgrade()
    version = QuestionnaireFolder().read(*_QUESTIONNAIRE)
    above = (
        Organisation("R", Level.REGION, "Region", None),
        Organisation("L", Level.LOCAL_OFFICE, "Office", "R"),
        Organisation("T", Level.PROVIDER, "Provider", "L"),
        Organisation("S", Level.SITE, "Site", "T"),
    )
    wards = tuple(Organisation(f"W-{number}", Level.PLACEMENT, f"Ward {number}", "S") for number in range(_PLACEMENTS))
    today = date.today()
    with database.begin() as connection:
        add_version(connection, version)
        add_organisations(connection, above + wards)
        add_campaign(
            connection,
            Campaign(
                id=CAMPAIGN,
                title="Gates",
                questionnaire_id=version.id,
                questionnaire_version=version.version,
                opens_on=today - timedelta(days=1),
                closes_on=today + timedelta(days=30),
                access_mode=AccessMode.OPEN_LINK,
                anonymity_mode=AnonymityMode.ANONYMOUS,
            ),
        )
    database.dispose()


def sample_bodies() -> list[bytes]:
    """Whole responses: every closed item of the learner's branch answered, and in one of four a comment."""
    version = QuestionnaireFolder().read(*_QUESTIONNAIRE)
    rng = random.Random(5)
    bodies = []
    for _ in range(_BODIES):
        group = rng.choice(version.learner_groups).code
        answers: dict[str, int | str] = {}
        for code in routed_items(version, group, {}):
            item = version.item[code]
            if item.kind != "comment":
                answers[code] = rng.choice(version.options(item)).value
            elif rng.random() < 1 / 4:
                answers[code] = "The team made time for my questions on most days. " * 3
        body = {"placement_id": f"W-{rng.randrange(_PLACEMENTS)}", "learner_group": group, "answers": answers}
        bodies.append(json.dumps(body).encode())
    return bodies
