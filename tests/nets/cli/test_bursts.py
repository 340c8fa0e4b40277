"""``nets bursts``: the same bursts as a table, as CSV and as JSON."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nets.store.database import Database
from nets.store.responses import add_responses, read_responses


@pytest.fixture
def stuffed(nets: Any, trial: str, database_file: Path) -> Any:
    """A campaign of 400 simulated learners; one placement has twelve responses more, on one day."""
    assert nets("simulate", trial, "--responses", 400).code == 0
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        one = read_responses(connection, trial)
        more = [(one.placement_ids[0], one.learner_groups[0], date(2020, 3, 3), packed) for packed in one.packed[:12]]
        add_responses(connection, trial, more)
    database.dispose()
    return nets


def test_table_csv_and_json_say_the_same(stuffed: Any) -> None:
    document = json.loads(stuffed("bursts", "trial", "--output", "json").out)
    (burst,) = document["bursts"]
    assert (burst["kind"], burst["day"], burst["responses"] >= 12) == ("day", "2020-03-03", True)
    assert document["placements_with_responses"] > 20
    (row,) = csv.DictReader(io.StringIO(stuffed("bursts", "trial", "--output", "csv").out))
    assert {name: value for name, value in row.items() if value} == {name: str(value) for name, value in burst.items()}
    first, line = stuffed("bursts", "trial").out.splitlines()
    assert first.startswith(
        f"Trial: 1 of {document['placements_with_responses']} placements with responses have a burst; "
    )
    assert line.startswith(f"{burst['placement_id']} {burst['placement']}"[:34])
    assert f"{burst['responses']} of its {burst['at_placement']} responses are of 2020-03-03" in line


def test_a_release_mentions_bursts_and_counts_them_like_all_others(stuffed: Any) -> None:
    said = stuffed("release", "trial")
    assert said.out.endswith(
        "  1 placement has a burst of responses, which count as all others do: nets bursts trial\n"
    )


def test_no_burst_is_said_and_so_is_no_campaign(nets: Any, trial: str) -> None:
    assert nets("bursts", trial).out.startswith("Trial: no bursts; learners came by open link")
    assert json.loads(nets("bursts", trial, "--output", "json").out)["bursts"] == []
    assert nets("bursts", "no-such").code == 1
