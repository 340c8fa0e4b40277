"""A small invented instrument, a tree of invented places and a campaign, stored where a test asks for ``filled``."""

import json
from dataclasses import dataclass, replace
from datetime import date

import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.organisation import Level, Organisation
from nets.questionnaire.document import read_version
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.response import Response
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version

OPENS_ON = date(2026, 2, 2)


def small_version(version: str = "1.0", title: str = "Small survey") -> QuestionnaireVersion:
    """Three ratings and a comment, as the bytes of a file and what they mean."""
    document = {
        "format": 1,
        "id": "small",
        "version": version,
        "title": {"en": title},
        "languages": ["en"],
        "framework": "hee-2017-18",
        "non_response_labels": {
            "not_applicable": {"en": "Does not apply to me"},
            "do_not_know": {"en": "I do not know"},
            "prefer_not_to_say": {"en": "I prefer not to say"},
        },
        "learner_groups": [
            {"code": "nursing", "label": {"en": "Nursing"}},
            {"code": "midwifery", "label": {"en": "Midwifery"}},
        ],
        "response_scales": [
            {
                "code": "agreement",
                "options": [
                    {"value": 1, "code": "strongly_disagree", "label": {"en": "Strongly disagree"}},
                    {"value": 2, "code": "disagree", "label": {"en": "Disagree"}},
                    {"value": 3, "code": "neither", "label": {"en": "Neither agree nor disagree"}},
                    {"value": 4, "code": "agree", "label": {"en": "Agree"}},
                    {"value": 5, "code": "strongly_agree", "label": {"en": "Strongly agree"}},
                ],
            }
        ],
        "items": [
            {
                "code": f"TEA0{number}",
                "kind": "rating",
                "text": {"en": f"Statement {number} about the tea room."},
                "response_scale": "agreement",
                "non_response": ["not_applicable"],
                "standards": ["1.1"],
            }
            for number in (1, 2, 3)
        ]
        + [{"code": "SAY01", "kind": "comment", "text": {"en": "What else?"}, "max_length": 200}],
        "scales": [{"code": "tea", "kind": "theme", "title": {"en": "Tea"}, "items": ["TEA01", "TEA02", "TEA03"]}],
        "sections": [{"code": "all", "title": {"en": "Everything"}}],
        "pages": [
            {
                "code": "all",
                "section": "all",
                "title": {"en": "Everything"},
                "items": ["TEA01", "TEA02", "TEA03", "SAY01"],
            }
        ],
    }
    return read_version(json.dumps(document).encode(), f"small/{version}.json")


PLACES = (
    Organisation("R-1", Level.REGION, "Mercia Example", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "Dale Example Office", "R-1"),
    Organisation("P-1", Level.PROVIDER, "Ffynnon Example Hospitals", "L-1"),
    Organisation("P-2", Level.PROVIDER, "Hilltop Example Care", "L-1"),
    Organisation("S-1", Level.SITE, "Ysbyty Tŷ Enghraifft", "P-1"),
    Organisation("S-2", Level.SITE, "Hilltop House", "P-2"),
    Organisation("W-1", Level.PLACEMENT, "Ward 1", "S-1"),
    Organisation("W-2", Level.PLACEMENT, "Ward 2", "S-1"),
    Organisation("W-3", Level.PLACEMENT, "Day room 100%", "S-2"),
)

CAMPAIGN = Campaign(
    id="small-2026",
    title="Small survey 2026",
    questionnaire_id="small",
    questionnaire_version="1.0",
    opens_on=OPENS_ON,
    closes_on=date(2026, 3, 31),
    access_mode=AccessMode.OPEN_LINK,
    anonymity_mode=AnonymityMode.ANONYMOUS,
)

RESPONSE = Response(
    questionnaire_id="small",
    questionnaire_version="1.0",
    placement_id="W-1",
    learner_group="nursing",
    answered_on=OPENS_ON,
    answers={"TEA01": 5, "TEA02": NonResponse.NOT_APPLICABLE, "TEA03": Unanswered.BLANK},
    comments={"SAY01": "The kettle is slow."},
)


@dataclass(frozen=True, slots=True)
class Small:
    """What the filled database holds."""

    version: QuestionnaireVersion
    places: tuple[Organisation, ...]
    campaign: Campaign
    response: Response

    def response_with(self, **changes: object) -> Response:
        """The response with some fields changed."""
        return replace(self.response, **changes)  # type: ignore[arg-type] # fields by name


@pytest.fixture
def small() -> Small:
    """The records alone."""
    return Small(small_version(), PLACES, CAMPAIGN, RESPONSE)


@pytest.fixture
def filled(database: Database, small: Small) -> Database:
    """A database that holds the version, the places and the campaign, and no response."""
    with database.begin() as connection:
        add_version(connection, small.version)
        add_organisations(connection, small.places)
        add_campaign(connection, small.campaign)
    return database
