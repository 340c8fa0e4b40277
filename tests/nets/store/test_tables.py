"""What no program may store stands in the database itself, on both engines."""

import pytest
from sqlalchemy import text

from nets.errors import Refused
from nets.store.database import Database

CAMPAIGN = {
    "id": "'other'", "title": "'Other'", "questionnaire_id": "'small'", "questionnaire_version": "'1.0'",
    "opens_on": "'2026-02-02'", "closes_on": "'2026-03-31'", "closed_on": "NULL", "access_mode": "'open_link'",
    "anonymity_mode": "'anonymous'", "place_floor": "5", "breakdown_floor": "10",
}  # fmt: skip
PLACE = {"id": "'X-1'", "level": "'region'", "name": "'X'", "parent_id": "NULL", "searched_as": "'x x-1'"}
VERSION = {"id": "'other'", "version": "'1.0'", "digest": f"'{'0' * 64}'", "document": "'x'"}
RELEASE = {
    "id": "'small-2026-r1'", "campaign_id": "'small-2026'", "number": "1", "questionnaire_id": "'small'",
    "questionnaire_version": "'1.0'", "rule_version": "'r'", "released_on": "'2026-04-01'", "n_responses": "10",
    "digest": f"'{'0' * 64}'", "header": "'{}'",
}  # fmt: skip


def insert(database: Database, table: str, row: dict[str, str]) -> None:
    with database.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})"))


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("campaigns", CAMPAIGN, "place_floor", "2"),
        ("campaigns", CAMPAIGN, "breakdown_floor", "2"),
        ("campaigns", CAMPAIGN, "closes_on", "'2026-02-01'"),
        ("campaigns", CAMPAIGN, "access_mode", "'anybody'"),
        ("campaigns", CAMPAIGN, "anonymity_mode", "'named'"),
        ("campaigns", CAMPAIGN, "questionnaire_version", "'9.9'"),
        ("campaigns", CAMPAIGN, "id", "'small-2026'"),
        ("organisations", PLACE, "level", "'ward'"),
        ("organisations", PLACE, "parent_id", "'R-1'"),
        ("organisations", PLACE | {"parent_id": "'R-1'", "level": "'provider'"}, "parent_id", "NULL"),
        ("organisations", PLACE | {"parent_id": "'R-1'", "level": "'provider'"}, "parent_id", "'nowhere'"),
        ("questionnaire_versions", VERSION, "digest", "'0'"),
        ("releases", RELEASE, "digest", "'0'"),
        ("releases", RELEASE, "number", "0"),
        ("releases", RELEASE, "campaign_id", "'no-such'"),
        ("releases", RELEASE, "questionnaire_version", "'9.9'"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(
    filled: Database, table: str, row: dict[str, str], column: str, value: str
) -> None:
    with pytest.raises(Refused):
        insert(filled, table, row | {column: value})
    insert(filled, table, row)  # and with nothing but that put right, it is taken


def test_two_releases_of_a_campaign_do_not_share_a_number(filled: Database) -> None:
    insert(filled, "releases", RELEASE)
    with pytest.raises(Refused):
        insert(filled, "releases", RELEASE | {"id": "'small-2026-other'"})
