"""``nets audit``: what was done is shown, and a trail that was touched is found."""

import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def acted(nets: Any) -> None:
    nets("accounts", "add", "ann", "--role", "national")
    nets("accounts", "disable", "ann")
    nets("keys", "add", "dashboard", "--role", "national")


def test_the_newest_rows_are_shown_first(nets: Any, acted: None) -> None:
    lines = nets("audit", "show").out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [3, 2, 1]
    assert re.search(r"command line \(.+\): account added ann  role=national$", lines[2])
    assert len(nets("audit", "show", "--last", 1).out.splitlines()) == 1


def test_a_whole_trail_has_a_head_to_note(nets: Any, acted: None) -> None:
    said = nets("audit", "verify").out
    head = said.split("head ")[1].strip()
    assert said.startswith("the audit trail is whole: 3 rows, head 3:")
    assert nets("audit", "verify", "--noted", head).code == 0
    forged = f"3:{'0' * 64}"
    assert nets("audit", "verify", "--noted", forged).errors == [
        "nets: the audit trail is broken at row 3: its hash is not the one that was noted"
    ]
    assert nets("audit", "verify", "--noted", "three").code == 2


def test_a_touched_trail_is_found_and_its_first_bad_row_named(nets: Any, acted: None, database_file: Path) -> None:
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("DROP TRIGGER audit_rows_stay_on_delete")
        connection.execute("DELETE FROM audit_rows WHERE number = 2")
    said = nets("audit", "verify")
    assert said.code == 1
    assert said.errors == ["nets: the audit trail is broken at row 2: the row is missing"]


def test_what_is_done_to_a_campaign_is_written_down_with_it(nets: Any, trial: str, tmp_path: Path) -> None:
    nets("simulate", trial, "--responses", 60)
    nets("release", trial)
    nets("release", trial)
    nets("export", trial, "--out", tmp_path / "data")
    days = ("--opens", date.today() - timedelta(days=9), "--closes", date.today() + timedelta(days=9))
    nets("campaign", "open", "now", "--questionnaire", "team-climate/2026.1", "--title", "Now", *days)
    nets("campaign", "close", "now")
    nets("campaign", "close", trial)  # whose last day has passed
    nets("campaign", "close", "no-such")
    acts = [line.split("): ")[1] for line in reversed(nets("audit", "show").out.splitlines())]
    assert acts[0] == f"campaign opened {trial}"
    assert [re.sub("=[0-9a-f]{64}", "=...", act) for act in acts[1:]] == [
        f"release made {trial}-r1  sha256=...",
        f"release made {trial}-r2  sha256=...",
        f"responses exported {trial}  responses=60",
        "campaign opened now",
        "campaign closed now",
    ]
    assert nets("audit", "verify").code == 0
