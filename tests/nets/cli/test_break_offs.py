"""``nets break-offs``: the same numbers as a table, as CSV and as JSON."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from nets.break_off import StepCount
from nets.store.break_offs import add_step_counts
from nets.store.database import Database


@pytest.fixture
def begun(nets: Any, trial: str, database_file: Path) -> Any:
    """A campaign that eight began: one stopped at the first page, two before sending."""
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        add_step_counts(
            connection,
            {
                (trial, "placement"): StepCount(8, 8),
                (trial, "group"): StepCount(8, 8),
                (trial, "p/climate"): StepCount(8, 7),
                (trial, "check"): StepCount(7, 5),
                (trial, "sent"): StepCount(5, 0),
            },
        )
    database.dispose()
    return nets


def test_table_csv_and_json_say_the_same(begun: Any) -> None:
    document = json.loads(begun("break-offs", "trial", "--output", "json").out)
    assert (document["began"], document["sent"]) == (8, 5)
    assert [(page["page"], page["reached"], page["no_further"]) for page in document["pages"]] == [
        ("placement", 8, 0),
        ("group", 8, 0),
        ("climate", 8, 1),
        ("check", 7, 2),
    ]
    rows = list(csv.DictReader(io.StringIO(begun("break-offs", "trial", "--output", "csv").out)))
    assert [{name: str(value) for name, value in page.items()} for page in document["pages"]] == rows
    said = begun("break-offs", "trial").out.splitlines()
    assert said[0] == "Trial: 8 began, 5 sent, 3 did not: 37.5 % (95 % 13.7 to 69.4)"
    assert len(said) == 2 + len(rows)
    for line, page in zip(said[2:], document["pages"], strict=True):
        assert line.startswith(page["page"])
        assert line.endswith(f"{page['per_cent']:.1f} % (95 % {page['low']:.1f} to {page['high']:.1f})")


def test_of_nobody_there_is_no_share(nets: Any, trial: str) -> None:
    assert nets("break-offs", trial).out.startswith("Trial: nobody has begun")
    assert json.loads(nets("break-offs", trial, "--output", "json").out)["pages"] == []
    assert nets("break-offs", trial, "--output", "csv").out.count("\n") == 1
    assert nets("break-offs", "no-such").code == 1
