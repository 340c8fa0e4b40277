"""``nets flags`` and ``nets calibrate``: the same flags as a table, as CSV and as JSON, and never a ranking."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def released(begin_after: Any) -> Any:
    """A campaign of 900 learners with a release; the runner of commands."""
    return begin_after(("simulate", "trial", "--responses", 900), ("release", "trial"))


def test_the_three_outputs_say_the_same_and_rank_nobody(released: Any) -> None:
    document = json.loads(released("flags", "trial", "--output", "json").out)
    rows = list(csv.DictReader(io.StringIO(released("flags", "trial", "--output", "csv").out)))
    said = released("flags", "trial").out
    assert document["release"] == "trial-r1"
    assert document["rule_version"] == "flags-2026.1"
    places = document["places"]
    assert len(places) > 5
    assert [(place["place_id"], place["scale"]) for place in places] == sorted(
        ((place["place_id"], place["scale"]) for place in places), key=lambda pair: pair[0]
    )
    assert [(row["place_id"], row["scale"], row["list"]) for row in rows if row["list"]] == [
        (place["place_id"], place["scale"], code) for place in places for code in place["lists"]
    ]
    questions = {question["list"]: question["question"] for question in document["questions"]}
    assert all(row["question"] == questions[row["list"]] for row in rows if row["list"])
    lines = said.splitlines()
    assert lines[0].startswith("Trial: flags of release trial-r1")
    start = next(number for number, line in enumerate(lines) if line.startswith("place "))
    assert [line.split()[0] for line in lines[start + 1 : start + 1 + len(places)]] == [
        one["place_id"] for one in places
    ]
    assert "places stand in the order of their ids" in said
    assert all(question in said for question in questions.values())
    assert "not simulated yet: nets calibrate trial-r1" in lines


def test_lists_carry_their_number_and_the_share_expected_to_be_false(released: Any) -> None:
    document = json.loads(released("flags", "trial", "--output", "json").out)
    for one in document["lists"]:
        on_it = sum(one["list"] in place["lists"] for place in document["places"] if place["scale"] == one["scale"])
        assert one["n_listed"] == on_it
        assert 0 <= one["false_share"] < 1
        assert one["simulated"] is None


def test_one_scale_one_rule_and_one_part_of_the_tree_can_be_asked_for(released: Any) -> None:
    everything = json.loads(released("flags", "trial", "--output", "json").out)
    some = json.loads(
        released("flags", "trial", "--scale", "climate", "--rule", "posterior", "--under", "R1", "--output", "json").out
    )
    assert {question["rule"] for question in some["questions"]} == {"posterior"}
    assert {one["scale"] for one in some["lists"]} <= {"climate"}
    wanted = {question["list"] for question in some["questions"]}
    everywhere = {
        (place["place_id"], code)
        for place in everything["places"]
        for code in place["lists"]
        if place["scale"] == "climate" and code in wanted
    }
    here = {(place["place_id"], code) for place in some["places"] for code in place["lists"]}
    assert here < everywhere


def test_levels_without_places_enough_say_so(released: Any) -> None:
    said = released("flags", "trial", "--level", "region").out.splitlines()
    assert "climate: no place is held against the others: fewer than 10 places have a score that may be shown" in said
    assert "no place is flagged" in said


def test_a_release_is_calibrated_once_and_flags_show_it(released: Any) -> None:
    said = released("calibrate", "trial", "--scale", "climate")
    assert said.code == 0, said.errors
    assert sum(line.startswith("  simulating ") for line in said.errors) == 2  # every scale, whichever is printed
    assert "simulated campaigns of" in said.out
    assert "GMC rule: below" in said.out
    assert "gate of the risk rule" in said.out
    again = released("calibrate", "trial-r1", "--scale", "climate")
    assert (again.out, again.errors) == (said.out, [])
    document = json.loads(released("calibrate", "trial", "--output", "json").out)
    assert set(document["scales"]) == {"climate", "harm"}
    rows = list(csv.DictReader(io.StringIO(released("calibrate", "trial", "--output", "csv").out)))
    climate = document["scales"]["climate"]
    assert {row["list"] for row in rows if row["scale"] == "climate"} == {*climate["lists"], "risk_gate"}
    for row in rows:
        one = document["scales"][row["scale"]]["lists"].get(row["list"])
        if one and one["kind"] == "listed":
            assert float(row["false_share"]) == one["false_share"]["value"]
    flags = json.loads(released("flags", "trial", "--scale", "climate", "--output", "json").out)
    assert {one["list"]: one["simulated"] for one in flags["lists"]} == climate["lists"]
    assert "not simulated yet" not in released("flags", "trial").out
    said = released("risk", "show", "P0001").out
    assert "how often the rule is wrong: at this campaign's size the gate" in said


def test_answers_that_came_since_the_release_are_told_before_anything_is_simulated(released: Any) -> None:
    released("simulate", "trial", "--responses", 100, "--seed", 2, "--add")
    said = released("calibrate", "trial")
    assert said.code == 1
    assert said.errors[-1].endswith(
        "answers have come in since release trial-r1 was made; make a new one with: nets release trial"
    )


def test_the_adverse_environment_flag_is_held_against_known_outcomes(nets: Any, trial: str, tmp_path: Path) -> None:
    nets("simulate", trial, "--responses", 3_000)  # of fewer too many safety scores are hidden
    nets("release", trial)
    placements = [f"P{number:04}" for number in range(1, 139)]
    file = tmp_path / "outcomes.csv"
    file.write_text(
        "placement,outcome\n" + "".join(f"{p},{'yes' if n % 4 == 0 else 'no'}\n" for n, p in enumerate(placements))
    )
    document = json.loads(nets("flags", "trial", "--outcomes", file, "--output", "json").out)
    assert document["n_with"] + document["n_without"] + document["left_out"] == len(placements)
    assert {flag["subject"] for flag in document["flags"]} == {"harm", "any"}
    said = nets("flags", "trial", "--outcomes", file).out
    assert "against known outcomes of" in said
    assert "specificity" in said
    rows = list(csv.DictReader(io.StringIO(nets("flags", "trial", "--outcomes", file, "--output", "csv").out)))
    assert {row["statistic"] for row in rows} <= {"sensitivity", "specificity", "auc"}


def test_everything_wrong_with_a_file_of_outcomes_is_told_at_once(released: Any, tmp_path: Path) -> None:
    file = tmp_path / "outcomes.csv"
    file.write_text("placement,outcome\nP0001,yes\nP0001,no\nP9999,perhaps\n")
    said = released("flags", "trial", "--outcomes", file)
    assert said.code == 1
    assert said.errors == [
        "nets: row 3, column placement: P0001 has its outcome in a row above",
        "nets: row 4, column placement: 'P9999' is not the id of a placement in this survey",
        "nets: row 4, column outcome: 'perhaps' is neither yes nor no",
    ]


@pytest.mark.parametrize("command", ["flags", "calibrate"])
def test_what_is_not_there_is_told(nets: Any, trial: str, command: str) -> None:
    assert nets(command, "nowhere").errors[-1] == "nets: there is no campaign and no release nowhere"
    assert (
        nets(command, trial).errors[-1] == "nets: campaign trial has no release yet; make one with: nets release trial"
    )


def test_a_scale_that_is_not_there_is_told(released: Any) -> None:
    for command in ("flags", "calibrate"):
        said = released(command, "trial", "--scale", "weather")
        assert said.errors == ["nets: trial-r1 has no scale 'weather'; it has climate, harm"]


def test_a_role_sees_the_same_flags_of_its_own_places_and_no_others(released: Any) -> None:
    everything = json.loads(released("flags", "trial", "--output", "json").out)
    own = json.loads(released("flags", "trial", "--role", "provider", "--scope", "T001", "--output", "json").out)
    ids = {f"P{number:04}" for number in range(1, 17)}
    assert own["places"] == [place for place in everything["places"] if place["place_id"] in ids]
    assert (own["role"], everything["role"]) == ("provider", "national")
    assert own["lists"] == everything["lists"]
    assert "as the role provider sees them" in released("flags", "trial", "--role", "provider", "--scope", "T001").out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--role", "provider", "--scope", "T001", "--under", "T002"), "there is no place T002"),
        (("--role", "region"), "the scope of the role region is a region"),
        (("--role", "data_protection"), "the role data protection reads no scores"),
    ],
    ids=["outside the scope", "no scope", "no scores"],
)
def test_a_role_that_may_not_is_told(released: Any, options: tuple[str, ...], words: str) -> None:
    said = released("flags", "trial", *options)
    assert (said.code, said.out, said.errors[-1]) == (1, "", f"nets: {words}")


def test_outcomes_are_counted_for_the_national_role_alone(released: Any, tmp_path: Path) -> None:
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("placement,outcome\nP0001,yes\n", "utf-8")
    said = released("flags", "trial", "--outcomes", outcomes, "--role", "region", "--scope", "R1")
    assert (said.code, said.out) == (1, "")
    assert "for the national role alone" in said.errors[0]
