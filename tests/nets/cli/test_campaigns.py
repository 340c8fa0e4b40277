"""``nets campaign``: windows are opened on published versions, listed, and closed for good."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.questionnaire.document import read_version
from nets.store.campaigns import add_campaign, get_campaign
from nets.store.database import Database
from nets.store.questionnaires import add_version

INSTRUMENT = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"
DAYS = {"--opens": "2020-02-03", "--closes": "2020-03-31"}


def open_with(nets: Any, campaign_id: str = "trial", **changes: str) -> Any:
    options = {"--questionnaire": "team-climate/2026.1", "--title": "Trial", **DAYS}
    options |= {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return nets("campaign", "open", campaign_id, *(word for option in options.items() for word in option))


def test_an_opened_campaign_is_stored_as_it_was_described(nets: Any, database_file: Path) -> None:
    said = open_with(
        nets, access="placement_qr", anonymity="confidential", title="Tŷ 2026", place_floor="7", breakdown_floor="12"
    )
    assert said.code == 0
    assert said.out == "trial takes answers from 2020-02-03 to 2020-03-31 at /c/trial\n"
    database = Database(f"sqlite:///{database_file}")
    with database.read() as connection:
        assert get_campaign(connection, "trial") == Campaign(
            id="trial",
            title="Tŷ 2026",
            questionnaire_id="team-climate",
            questionnaire_version="2026.1",
            opens_on=date(2020, 2, 3),
            closes_on=date(2020, 3, 31),
            access_mode=AccessMode.PLACEMENT_QR,
            anonymity_mode=AnonymityMode.CONFIDENTIAL,
            place_floor=7,
            breakdown_floor=12,
        )
    database.dispose()


def test_everything_wrong_with_a_campaign_is_told_at_once(nets: Any) -> None:
    said = open_with(nets, "Trial 1", title=" ", closes="2020-02-02", place_floor="2", breakdown_floor="-1")
    assert said.code == 1
    assert [line.split(":")[1].strip() for line in said.errors] == [
        "id",
        "title",
        "closes_on",
        "place_floor",
        "breakdown_floor",
    ]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("opens", "2026-02-30", "'2026-02-30' is not a day such as 2026-10-01"),
        ("closes", "31/03/2026", "'31/03/2026' is not a day"),
        ("questionnaire", "team-climate", "'team-climate' is not id/version"),
        ("access", "imported", "'--access'"),
        ("place_floor", "five", "'--place-floor'"),
    ],
)
def test_a_value_that_cannot_be_meant_is_wrong_usage(nets: Any, option: str, value: str, words: str) -> None:
    said = open_with(nets, **{option: value})
    assert said.code == 2
    (line,) = said.errors
    assert words in line


def test_a_version_that_is_not_published_is_not_asked(nets: Any, folder: Path) -> None:
    said = open_with(nets, questionnaire="team-climate/2027.1")
    assert (said.code, said.errors) == (1, [f"nets: team-climate 2027.1 is not published in {folder}"])


def test_a_version_that_came_with_imported_data_is_not_asked_before_it_is_published(
    nets: Any, database_file: Path
) -> None:
    database = Database(f"sqlite:///{database_file}")
    imported = INSTRUMENT.read_bytes().replace(b'"id": "team-climate"', b'"id": "brought-along"')
    with database.begin() as connection:
        version = read_version(imported, "brought-along.json")
        add_version(connection, version)
        add_campaign(
            connection,
            Campaign(
                id="past",
                title="Past",
                questionnaire_id=version.id,
                questionnaire_version=version.version,
                opens_on=date(2020, 1, 1),
                closes_on=date(2020, 2, 1),
                access_mode=AccessMode.IMPORTED,
                anonymity_mode=AnonymityMode.ANONYMOUS,
            ),
        )
    database.dispose()
    assert nets("campaign", "list").code == 0
    said = open_with(nets, questionnaire="brought-along/2026.1")
    assert said.code == 1
    assert "brought-along 2026.1 is not published" in said.errors[0]


def test_a_campaign_of_the_same_code_is_refused(nets: Any, trial: str) -> None:
    said = open_with(nets)
    assert (said.code, said.errors) == (1, ["nets: there is already a campaign trial"])


def test_a_version_published_on_another_database_is_brought_along(
    nets: Any, migrated_sqlite: Path, tmp_path: Path
) -> None:
    (tmp_path / "second.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    assert open_with(nets, database=f"sqlite:///{tmp_path / 'second.sqlite3'}").code == 0


def test_campaigns_are_listed_the_newest_first_with_what_they_have(nets: Any, trial: str) -> None:
    this_year = date.today().year
    open_with(nets, "now", opens=f"{this_year}-01-01", closes=f"{this_year + 1}-01-01")
    nets("simulate", "now", "--responses", 20)
    first, second = nets("campaign", "list").out.splitlines()
    assert first.split()[:6] == ["now", f"{this_year}-01-01", "to", f"{this_year + 1}-01-01", "open", "20"]
    assert second.split()[0] == "trial"
    assert second.endswith("0 responses  team-climate 2026.1  Trial")


def test_an_empty_list_says_so(nets: Any) -> None:
    said = nets("campaign", "list")
    assert (said.code, said.out) == (0, "")
    assert said.errors == ["there are no campaigns yet; nets campaign open sets one up"]


def test_a_closed_campaign_stays_closed(nets: Any, database_file: Path) -> None:
    this_year = date.today().year
    open_with(nets, opens=f"{this_year}-01-01", closes=f"{this_year + 1}-01-01")
    said = nets("campaign", "close", "trial")
    assert (said.code, said.out) == (0, "trial is closed\n")
    assert " not open " in nets("campaign", "list").out
    again = nets("campaign", "close", "trial")
    assert again.code == 1
    assert "was already closed" in again.errors[0]
    with sqlite3.connect(database_file) as connection:
        assert connection.execute("SELECT closed_on FROM campaigns").fetchone() == (date.today().isoformat(),)
    connection.close()


def test_closing_a_campaign_that_is_not_there_is_refused(nets: Any) -> None:
    said = nets("campaign", "close", "trial")
    assert (said.code, said.errors) == (1, ["nets: there is no campaign trial"])
