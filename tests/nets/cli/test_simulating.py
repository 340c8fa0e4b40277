"""``nets simulate``: trial data, never by mistake among real answers."""

import json
import sqlite3
from pathlib import Path
from typing import Any


def test_it_invents_places_where_there_are_none_and_fills_the_campaign(nets: Any, trial: str) -> None:
    said = nets("simulate", trial, "--responses", 50)
    assert (said.code, said.errors) == (0, [])
    assert said.out.splitlines() == [
        "there were no places; invented 138 placements",
        "50 simulated learners answered trial",
    ]
    assert " 50 responses " in nets("campaign", "list").out


def test_the_same_seed_gives_the_same_learners(nets: Any, trial: str, database_file: Path) -> None:
    def answers(*options: object) -> list[Any]:
        nets("simulate", trial, "--responses", 30, "--add", *options)
        connection = sqlite3.connect(database_file)
        rows = connection.execute("SELECT placement_id, learner_group, answered_on, packed FROM responses").fetchall()
        connection.execute("DELETE FROM responses")
        connection.commit()
        connection.close()
        return sorted(rows)

    assert answers("--seed", 4) == answers("--seed", 4) != answers("--seed", 5)


def test_a_campaign_with_responses_is_filled_only_on_purpose(nets: Any, trial: str) -> None:
    nets("simulate", trial, "--responses", 10)
    said = nets("simulate", trial, "--responses", 10)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith("nets: campaign trial has 10 responses already")
    assert nets("simulate", trial, "--responses", 10, "--add").code == 0
    assert " 20 responses " in nets("campaign", "list").out


def test_a_campaign_that_is_not_there_is_refused_before_places_are_invented(nets: Any) -> None:
    said = nets("simulate", "trial")
    assert (said.code, said.out, said.errors) == (1, "", ["nets: there is no campaign trial"])


def test_learners_answer_on_days_of_the_campaign(nets: Any, trial: str, database_file: Path) -> None:
    nets("simulate", trial, "--responses", 200)
    connection = sqlite3.connect(database_file)
    first, last = connection.execute("SELECT min(answered_on), max(answered_on) FROM responses").fetchone()
    connection.close()
    assert "2020-02-03" <= first < "2020-02-10"
    assert "2020-03-25" < last <= "2020-03-31"


def test_what_was_simulated_is_scored_like_anything_else(nets: Any, trial: str) -> None:
    nets("simulate", trial, "--responses", 300)
    assert nets("release", trial).code == 0
    scores = json.loads(nets("scores", trial, "--output", "json").out)["scores"]
    assert {score["kind"] for score in scores} == {"shown", "suppressed"}
