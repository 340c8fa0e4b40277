"""The demo's survey: three campaigns with a release each, what was planted is found, and nothing is done twice."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

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


@pytest.fixture(scope="module")
def filled(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, nets_version: QuestionnaireVersion
) -> Iterator[tuple[Database, list[str]]]:
    """The demo with fewer learners, made once, and what was said meanwhile."""
    path = tmp_path_factory.mktemp("demo") / "nets.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database, said = Database(f"sqlite:///{path}"), list[str]()
    assert fill_demo(database, nets_version, TODAY, said.append, 600) == "nets-2026"
    yield database, said
    database.dispose()


def test_the_demo_is_filled_and_what_was_planted_is_found(filled: tuple[Database, list[str]]) -> None:
    database, said = filled
    assert len(said) == 6
    with database.read() as connection:
        assert [c.id for c in list_campaigns(connection)] == ["nets-2026", "nets-2025", "nets-2024"]
        assert {count_responses(connection, c.id) for c in list_campaigns(connection)} == {600}
        assert {header.id for header in list_releases(connection)} == {"nets-2024-r1", "nets-2025-r1", "nets-2026-r1"}
        assert list_campaigns(connection)[0].is_open(TODAY)

    means = [record(database, f"nets-{year}-r1", DECLINING).score("supervision") for year in (2024, 2025, 2026)]
    assert [score.mean for score in means if isinstance(score, ShownScore)] == sorted(
        (score.mean for score in means if isinstance(score, ShownScore)), reverse=True
    )
    risk = record(database, "nets-2026-r1", DECLINING).risk
    assert isinstance(risk, RiskSuggestion)
    assert risk.colour == "R"
    assert not isinstance(record(database, "nets-2026-r1", EXCELLENT).risk, RiskSuggestion)
    for small in SMALL:
        assert record(database, "nets-2026-r1", small).scores == {}


def test_a_second_run_does_nothing(filled: tuple[Database, list[str]], nets_version: QuestionnaireVersion) -> None:
    database, _ = filled
    said: list[str] = []
    assert fill_demo(database, nets_version, TODAY, said.append, 600) == "nets-2026"
    assert said == []
    with database.read() as connection:
        assert {count_responses(connection, campaign.id) for campaign in list_campaigns(connection)} == {600}


def test_an_interrupted_demo_goes_on(sqlite_database: Database, nets_version: QuestionnaireVersion) -> None:
    def interrupt(step: str) -> None:
        if "2025: making" in step:
            raise Refused("the power went")

    with pytest.raises(Refused):
        fill_demo(sqlite_database, nets_version, TODAY, interrupt, 160)
    said: list[str] = []
    fill_demo(sqlite_database, nets_version, TODAY, said.append, 160)
    assert [step.split(": ")[1].split(" ")[0] for step in said] == ["making", "simulating", "making"]
    with sqlite_database.read() as connection:
        assert {count_responses(connection, campaign.id) for campaign in list_campaigns(connection)} == {160}
