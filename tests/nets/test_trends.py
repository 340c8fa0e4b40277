"""Trends are read from the newest releases of a questionnaire's campaigns, for their reader."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from nets.access.roles import Door, Principal, Role
from nets.campaign import Campaign
from nets.disclosure.shown import ShownScore, SuppressedScore
from nets.packing import pack
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion
from nets.reading import open_release
from nets.releases.releasing import make_release
from nets.releases.trend import Asked, ScoreChange
from nets.response import Response
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import add_responses
from nets.trends import read_trend

NETS = Path(__file__).parents[2] / "questionnaires" / "nets" / "2026.1.json"
NATIONAL = Principal("test", Role.NATIONAL, (), Door.SESSION)


@pytest.fixture(scope="module")
def reworded() -> QuestionnaireVersion:
    """The next version: the first item of teamwork has other words, a new code and a link."""
    document = NETS.read_text("utf-8").replace('"2026.1"', '"2027.1"')
    old = json.loads(document)["scales"]
    code = next(scale for scale in old if scale["code"] == "teamwork")["items"][0]
    data = json.loads(document.replace(f'"{code}"', f'"{code}B"'))
    item = next(item for item in data["items"] if item["code"] == f"{code}B")
    item["comparable_with"] = code
    return read_version(json.dumps(data).encode(), "2027.1.json")


@pytest.fixture
def filled(
    sqlite_database: Database,
    nets_version: QuestionnaireVersion,
    reworded: QuestionnaireVersion,
    campaign: Campaign,
    responses: Sequence[Response],
) -> Database:
    """Three campaigns: 2025 with everybody, 2026 without P0003's few, 2027 in other words; a release each."""
    few = [response for response in responses if response.placement_id < "P0012"]
    code = next(item.comparable_with for item in reworded.items if item.comparable_with)
    with sqlite_database.begin() as connection:
        add_organisations(connection, invented_places())
        for version in (nets_version, reworded):
            add_version(connection, version)
        for year, version in ((2025, nets_version), (2026, nets_version), (2027, reworded)):
            add_campaign(
                connection,
                replace(
                    campaign,
                    id=f"nets-{year}",
                    title=f"NETS {year}",
                    questionnaire_version=version.version,
                    opens_on=date(year, 10, 1),
                    closes_on=date(year, 11, 30),
                ),
            )
            add_responses(
                connection,
                f"nets-{year}",
                [
                    (
                        one.placement_id,
                        one.learner_group,
                        one.answered_on,
                        pack(
                            version,
                            {
                                f"{key}B" if version is reworded and key == code else key: value
                                for key, value in one.answers.items()
                            },
                        ),
                    )
                    for one in few
                ],
            )
    for campaign_id in ("nets-2025", "nets-2026", "nets-2027"):
        make_release(sqlite_database, campaign_id, date(2027, 12, 1))
    return sqlite_database


def test_campaigns_stand_in_their_order_with_breaks_where_words_changed(filled: Database) -> None:
    with filled.read() as connection:
        release = open_release(connection, NATIONAL, "nets-2027-r1")
        measure = {one.code: one for one in release.header.measures}
        team, supervision = (read_trend(release, "P0001", measure[code]) for code in ("teamwork", "supervision"))
        item = next(one for code, one in measure.items() if code.startswith("item:") and code.endswith("B"))
        of_item = read_trend(release, "P0001", item)
        before = read_trend(open_release(connection, NATIONAL, "nets-2026-r1"), "P0001", measure["supervision"])
        hidden = read_trend(release, "P0004", measure["supervision"])
    assert [point.release_id for point in team.points] == ["nets-2025-r1", "nets-2026-r1", "nets-2027-r1"]
    assert [point.asked for point in team.points] == [Asked.FIRST, Asked.AS_BEFORE, Asked.REWORDED]
    assert [point.asked for point in of_item.points] == [Asked.FIRST, Asked.AS_BEFORE, Asked.REWORDED]
    assert [point.asked for point in supervision.points] == [Asked.FIRST, Asked.AS_BEFORE, Asked.AS_BEFORE]
    assert isinstance(supervision.points[0].score, ShownScore)
    assert isinstance(supervision.change, ScoreChange)
    assert (supervision.change.change, supervision.change.fallen) == (0.0, 0.5)
    assert len(before.points) == 2
    assert all(isinstance(point.score, SuppressedScore) for point in hidden.points)
