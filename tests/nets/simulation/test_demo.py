"""The demo's survey: three campaigns with a release each, what was planted is found, and nothing is done twice."""

from datetime import date

import pytest

from nets.disclosure.shown import ShownScore
from nets.errors import Refused
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.risk import RiskSuggestion
from nets.simulation.demo import DECLINING, EXCELLENT, SMALL, fill_demo
from nets.store.campaigns import list_campaigns
from nets.store.database import Database
from nets.store.releases import list_releases, read_place
from nets.store.responses import count_responses

TODAY = date(2026, 11, 24)


def record(database: Database, release_id: str, placement_id: str) -> PlaceRecord:
    with database.read() as connection:
        document = read_place(connection, release_id, placement_id)
    assert document is not None
    return record_from_json(document)


def test_the_demo_is_filled_and_what_was_planted_is_found(
    sqlite_database: Database, nets_version: QuestionnaireVersion
) -> None:
    said: list[str] = []
    assert fill_demo(sqlite_database, nets_version, TODAY, said.append, 600) == "nets-2026"
    assert len(said) == 6
    with sqlite_database.read() as connection:
        assert [c.id for c in list_campaigns(connection)] == ["nets-2026", "nets-2025", "nets-2024"]
        assert {count_responses(connection, c.id) for c in list_campaigns(connection)} == {600}
        assert {header.id for header in list_releases(connection)} == {"nets-2024-r1", "nets-2025-r1", "nets-2026-r1"}
        assert list_campaigns(connection)[0].is_open(TODAY)

    means = [record(sqlite_database, f"nets-{year}-r1", DECLINING).score("supervision") for year in (2024, 2025, 2026)]
    assert [score.mean for score in means if isinstance(score, ShownScore)] == sorted(
        (score.mean for score in means if isinstance(score, ShownScore)), reverse=True
    )
    risk = record(sqlite_database, "nets-2026-r1", DECLINING).risk
    assert isinstance(risk, RiskSuggestion)
    assert risk.colour == "R"
    assert not isinstance(record(sqlite_database, "nets-2026-r1", EXCELLENT).risk, RiskSuggestion)
    for small in SMALL:
        assert record(sqlite_database, "nets-2026-r1", small).scores == {}


def test_a_second_run_does_nothing(sqlite_database: Database, nets_version: QuestionnaireVersion) -> None:
    fill_demo(sqlite_database, nets_version, TODAY, lambda step: None, 200)
    said: list[str] = []
    assert fill_demo(sqlite_database, nets_version, TODAY, said.append, 200) == "nets-2026"
    assert said == []


def test_an_interrupted_demo_goes_on(sqlite_database: Database, nets_version: QuestionnaireVersion) -> None:
    def interrupt(step: str) -> None:
        if "2025: making" in step:
            raise Refused("the power went")

    with pytest.raises(Refused):
        fill_demo(sqlite_database, nets_version, TODAY, interrupt, 200)
    said: list[str] = []
    fill_demo(sqlite_database, nets_version, TODAY, said.append, 200)
    assert [step.split(": ")[1].split(" ")[0] for step in said] == ["making", "simulating", "making"]
    with sqlite_database.read() as connection:
        assert {count_responses(connection, campaign.id) for campaign in list_campaigns(connection)} == {200}
