"""What is published stays as it is, whatever a program sends to the database: the triggers refuse, on both engines."""

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nets.errors import Refused
from nets.store.campaigns import get_campaign
from nets.store.database import Database
from nets.store.questionnaires import get_version
from nets.store.submissions import submit

KEY = "5f1c0e8a-3f63-4b52-9a58-6a5e3b1f9f10"


RELEASE = text(
    "INSERT INTO releases VALUES ('small-2026-r1', 'small-2026', 1, 'small', '1.0', '2026.1', '2026-04-01', 0, :digest, '{}', '{}')"
)
PLACEMENT = "INSERT INTO release_places VALUES ('small-2026-r1', '{}', '{{}}')"


def refuse(database: Database, statement: str, match: str) -> None:
    with pytest.raises(Refused, match=match), database.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE questionnaire_versions SET document = 'x'",
        "UPDATE questionnaire_versions SET version = '1.1'",
        "DELETE FROM questionnaire_versions",
    ],
)
def test_a_published_questionnaire_is_neither_changed_nor_deleted(filled: Database, small: Any, statement: str) -> None:
    refuse(filled, statement, "published questionnaire version is never changed")
    with filled.read() as connection:
        assert get_version(connection, "small", "1.0").document == small.version.document


def test_a_published_questionnaire_is_not_replaced(filled: Database, engine_name: str) -> None:
    row = f"VALUES ('small', '1.0', '{'0' * 64}', 'other')"
    if engine_name == "sqlite":
        refuse(filled, f"INSERT OR REPLACE INTO questionnaire_versions {row}", "never changed")
    else:
        refuse(
            filled,
            f"INSERT INTO questionnaire_versions {row} ON CONFLICT (id, version) DO UPDATE SET document = excluded.document",
            "never changed",
        )


@pytest.mark.parametrize("engine_name", ["postgresql"])  # SQLite has no TRUNCATE
@pytest.mark.parametrize("table", ["questionnaire_versions", "releases", "release_places"])
def test_published_tables_are_not_emptied(filled: Database, engine_name: str, table: str) -> None:
    refuse(filled, f"TRUNCATE {table} CASCADE", "never changed")


@pytest.mark.parametrize(
    "change",
    [
        "id = 'renamed'",
        "questionnaire_version = '2.0'",
        "opens_on = '2026-02-01'",
        "closes_on = '2026-04-30'",
        "access_mode = 'invitation'",
        "anonymity_mode = 'confidential'",
        "place_floor = 3",
        "breakdown_floor = 3",
    ],
)
def test_what_a_campaign_fixes_cannot_change_after_its_first_response(
    filled: Database, small: Any, change: str
) -> None:
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
    refuse(filled, f"UPDATE campaigns SET {change}", "cannot change after its first response")
    with filled.read() as connection:
        assert get_campaign(connection, small.campaign.id) == small.campaign


@pytest.mark.parametrize("engine_name", ["sqlite"])  # PostgreSQL has no REPLACE and waits with no foreign key
def test_a_campaign_with_responses_is_not_replaced(filled: Database, small: Any, engine_name: str) -> None:
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
    row = "('small-2026', 'Small', 'small', '1.0', '2026-02-02', '2026-03-31', NULL, 'open_link', 'anonymous', 3, 3)"
    refuse(filled, f"INSERT OR REPLACE INTO campaigns VALUES {row}", "cannot change after its first response")
    with filled.begin() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        with pytest.raises(IntegrityError, match="cannot change after its first response"):
            connection.execute(text("DELETE FROM campaigns"))
    with filled.read() as connection:
        assert get_campaign(connection, small.campaign.id) == small.campaign


def test_a_campaign_without_responses_can_still_be_corrected(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        connection.execute(text("UPDATE campaigns SET place_floor = 7"))
    with filled.read() as connection:
        assert get_campaign(connection, small.campaign.id).place_floor == 7


def test_a_title_can_be_corrected_at_any_time(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
    with filled.begin() as connection:
        connection.execute(text("UPDATE campaigns SET title = 'Small survey, spring 2026'"))
    with filled.read() as connection:
        assert get_campaign(connection, small.campaign.id).title == "Small survey, spring 2026"


def test_a_closed_campaign_with_responses_is_not_opened_again(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
        connection.execute(text("UPDATE campaigns SET closed_on = '2026-03-01'"))
    refuse(filled, "UPDATE campaigns SET closed_on = NULL", "cannot change after its first response")


def test_a_campaign_with_responses_is_not_deleted(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
    with pytest.raises(Refused), filled.begin() as connection:
        connection.execute(text("DELETE FROM campaigns"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE releases SET header = '{\"n\": 1}'",
        "DELETE FROM releases",
        "UPDATE release_places SET document = '{\"n\": 1}'",
        "DELETE FROM release_places",
        PLACEMENT.format("W-2"),
    ],
)
def test_a_release_is_neither_changed_nor_deleted_nor_added_to(filled: Database, statement: str) -> None:
    with filled.begin() as connection:
        connection.execute(text(PLACEMENT.format("W-1")))
        connection.execute(RELEASE, {"digest": "0" * 64})
    with pytest.raises(Refused, match="a release is never changed"), filled.begin() as connection:
        connection.exec_driver_sql(statement)


def test_placements_without_a_release_are_not_committed(filled: Database) -> None:
    with pytest.raises(Refused), filled.begin() as connection:
        connection.execute(text(PLACEMENT.format("W-1")))
    with filled.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM release_places")).scalar() == 0


def test_a_response_cannot_be_of_another_version_than_its_campaign(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        connection.execute(
            text("INSERT INTO questionnaire_versions VALUES ('small', '2.0', :digest, :document)"),
            {"digest": "0" * 64, "document": b"{}"},
        )
    statement = (
        "INSERT INTO responses (campaign_id, id, questionnaire_id, questionnaire_version, placement_id, learner_group, "
        "answered_on, packed) VALUES ('small-2026', '00000000-0000-4000-8000-000000000000', 'small', '{}', 'W-1', 'nursing', "
        "'2026-02-02', '')"
    )
    for version in ("2.0", "3.0"):
        with pytest.raises(Refused), filled.begin() as connection:
            connection.execute(text(statement.format(version)))
    with filled.begin() as connection:
        connection.execute(text(statement.format("1.0")))


def test_a_campaign_is_not_changed_while_its_first_response_is_being_written(filled: Database, small: Any) -> None:
    """The change must wait for the response and then be refused, not slip in between."""

    outcome: list[str] = []
    may_change = threading.Event()

    def change() -> None:
        may_change.wait()
        try:
            with filled.begin() as connection:
                connection.execute(text("UPDATE campaigns SET place_floor = 3"))
            outcome.append("changed")
        except Refused:
            outcome.append("refused")

    changing = threading.Thread(target=change)
    changing.start()
    with filled.begin() as connection:
        submit(connection, small.campaign.id, small.response, KEY)
        may_change.set()
        changing.join(timeout=0.3)
        assert changing.is_alive(), "the change did not wait for the response"
    changing.join()
    assert outcome == ["refused"]
