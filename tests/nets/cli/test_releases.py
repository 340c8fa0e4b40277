"""``nets release`` and ``nets scores``: the same scores as a table, as CSV and as JSON, and nothing that may not be shown."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest


@pytest.fixture
def released(nets: Any, trial: str) -> Any:
    """A campaign of 300 learners with a release; the runner of commands."""
    nets("simulate", trial, "--responses", 300)
    said = nets("release", trial)
    assert said.code == 0, said.errors
    return nets


def test_a_release_says_what_it_froze(nets: Any, trial: str) -> None:
    nets("simulate", trial, "--responses", 300)
    said = nets("release", trial)
    assert said.code == 0
    assert said.out.startswith("trial-r1: ")
    assert " placements, about 300 responses, sha256 " in said.out
    assert said.errors[0] == "  reading responses"  # progress is no output


def test_a_second_release_leaves_the_first_as_it_was(released: Any) -> None:
    before = released("scores", "trial-r1", "--output", "csv").out
    released("simulate", "trial", "--responses", 300, "--seed", 2, "--add")
    assert released("release", "trial").out.startswith("trial-r2: ")
    assert released("scores", "trial-r1", "--output", "csv").out == before
    newest = released("scores", "trial", "--output", "csv").out
    assert newest == released("scores", "trial-r2", "--output", "csv").out != before


def test_a_campaign_that_nobody_answered_is_not_released(nets: Any, trial: str) -> None:
    said = nets("release", trial)
    assert said.code == 1
    assert said.errors[-1] == "nets: campaign trial has no responses yet, so there is nothing to release"


@pytest.mark.parametrize("command", ["release", "scores"])
def test_a_campaign_that_is_not_there_is_told(nets: Any, command: str) -> None:
    said = nets(command, "trial")
    assert said.code == 1
    assert said.errors[-1].startswith("nets: there is no campaign")


def test_scores_before_the_first_release_say_how_to_make_one(nets: Any, trial: str) -> None:
    said = nets("scores", trial)
    assert said.code == 1
    assert said.errors == ["nets: campaign trial has no release yet; make one with: nets release trial"]


def test_the_three_outputs_say_the_same(released: Any) -> None:
    document = json.loads(released("scores", "trial", "--output", "json").out)
    rows = list(csv.DictReader(io.StringIO(released("scores", "trial", "--output", "csv").out)))
    header, columns, *lines = released("scores", "trial").out.splitlines()
    assert document["release"] == "trial-r1"
    assert document["released_on"] == date.today().isoformat()
    assert header.startswith(f"Trial: release trial-r1 of {date.today()}")
    assert columns.split()[:4] == ["placement", "scale", "n", "mean"]
    assert len(document["scores"]) == len(rows) == len(lines) > 50
    for score, row, line in zip(document["scores"], rows, lines, strict=True):
        assert (score["placement"], score["name"], score["scale"]) == (
            row["placement_id"],
            row["placement"],
            row["scale"],
        )
        assert line.startswith(f"{score['placement']} {score['name']}"[:34])
        if score["kind"] == "shown":
            assert [float(row[name]) for name in ("n", "mean", "low", "high")] == [
                score["n"], score["mean"], *score["interval"]
            ]  # fmt: skip
            assert row["verdict"] == score["verdict"]
            assert line.split()[-1] == score["verdict"]
            assert f"{score['mean']:.1f}" in line.split()
        else:
            assert row["verdict"] == "not shown"
            assert {row[name] for name in ("n", "mean", "sd", "low", "high", "reliability", "shrunken")} == {""}
            assert line.endswith("- not shown, to protect the learners")
            assert set(score) == {"placement", "name", "scale", "reason", "kind"}


def test_one_scale_and_one_part_of_the_tree_can_be_asked_for(released: Any) -> None:
    everything = json.loads(released("scores", "trial", "--output", "json").out)["scores"]
    climate = json.loads(released("scores", "trial", "--scale", "climate", "--output", "json").out)["scores"]
    assert {score["scale"] for score in everything} == {"climate", "harm"}
    assert climate == [score for score in everything if score["scale"] == "climate"]
    hospital = json.loads(released("scores", "trial", "--under", "T001", "--output", "json").out)["scores"]
    places = {f"P{number:04}" for number in range(1, 17)}
    assert hospital == [score for score in everything if score["placement"] in places]
    assert hospital


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--scale", "weather"), "trial-r1 has no scale 'weather'; it has climate, harm"),
        (("--under", "T999"), "there is no place T999"),
    ],
)
def test_what_a_release_does_not_have_is_told(released: Any, options: tuple[str, ...], words: str) -> None:
    said = released("scores", "trial", *options)
    assert (said.code, said.out, said.errors) == (1, "", [f"nets: {words}"])


def test_a_role_sees_what_it_would_see_on_pages(released: Any) -> None:
    exact = {
        (row["placement_id"], row["scale"]): row
        for row in csv.DictReader(io.StringIO(released("scores", "trial", "--output", "csv").out))
    }
    asked = ("scores", "trial", "--role", "provider", "--scope", "T001")
    rows = list(csv.DictReader(io.StringIO(released(*asked, "--output", "csv").out)))
    document = json.loads(released(*asked, "--output", "json").out)
    header, _, *lines = released(*asked).out.splitlines()
    assert header.endswith("as the role provider sees it")
    assert document["role"] == "provider"
    assert len(rows) == len(lines) == len(document["scores"]) > 0
    assert {row["placement_id"] for row in rows} <= {f"P{number:04}" for number in range(1, 17)}
    for row, line, score in zip(rows, lines, document["scores"], strict=True):
        told = exact[row["placement_id"], row["scale"]]
        assert (row["n"] == "") == (told["n"] == "")
        if row["n"]:
            low, high = (int(end) for end in row["n"].split(" to "))
            assert low <= int(told["n"]) <= high
            assert float(row["mean"]).is_integer()
            assert (score["kind"], score["learners"]) == ("banded", {"low": low, "high": high})
            assert f" {row['n']} " in line
    assert any(row["n"] for row in rows)


def test_a_placement_that_nobody_answered_about_has_a_line_like_one_of_too_few(released: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(released("scores", "trial", "--under", "T001", "--output", "csv").out)))
    assert {row["placement_id"] for row in rows} == {f"P{number:04}" for number in range(1, 17)}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--role", "provider"), "the scope of the role provider is a provider"),
        (("--role", "provider", "--scope", "R1"), "the scope of the role provider is a provider"),
        (("--role", "region", "--scope", "R9"), "there is no place R9"),
        (("--role", "provider", "--scope", "T001", "--under", "T002"), "there is no place T002"),
        (("--role", "survey_manager"), "the role survey manager reads no scores"),
    ],
    ids=["no scope", "another level", "no such place", "outside the scope", "no scores"],
)
def test_a_role_without_its_place_or_without_the_right_is_told(
    released: Any, options: tuple[str, ...], words: str
) -> None:
    said = released("scores", "trial", *options)
    assert (said.code, said.out, said.errors[-1]) == (1, "", f"nets: {words}")
