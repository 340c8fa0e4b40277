"""``nets risk``, ``nets evidence`` and ``nets concern``: from what is entered to what is confirmed, and back along the trail."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

TODAY = date.today()
LEAD = ("--lead", "Jo Example", "--lead-role", "dean", "--lead-at", "L01")


@pytest.fixture
def nets_with_places(begin_after: Any) -> Any:
    """A campaign of 60 learners with a release; the runner of commands."""
    return begin_after(("simulate", "trial", "--responses", 60), ("release", "trial"))


def add_evidence(nets: Any, place: str = "T001", *more: str, about: str = "relationship") -> str:
    said = nets(
        "evidence", "add", place, "They no longer meet.", "--dated", TODAY, "--source", "meeting", "--about", about, "--by",
        "A. Example", *more,
    )  # fmt: skip
    assert said.code == 0, said.errors
    return str(said.out.split(":")[0])


def add_concern(nets: Any, place: str = "P0001", *more: str) -> str:
    said = nets(
        "concern", "add", place, "I was alone on nights.", "--about", "unsupervised_practice", *LEAD, "--raised", TODAY, "--by",
        "learner", *more,
    )  # fmt: skip
    assert said.code == 0, said.errors
    return str(said.out.split(":")[0])


def test_evidence_is_entered_listed_and_withdrawn(nets_with_places: Any) -> None:
    nets = nets_with_places
    assert nets("evidence", "list").out == "there is no evidence yet; nets evidence add enters some\n"
    piece = add_evidence(nets)
    said = nets("evidence", "withdraw", piece, "--reason", "Another trust.", "--by", "A. Example")
    assert said.out == f"{piece} counts no more\n"
    first, second = nets("evidence", "list", "T001").out.splitlines()
    assert first.startswith(f"{piece}  {TODAY}  T001  meeting, adverse, relationship: They no longer meet.")
    assert second == f"  withdrawn by A. Example on {TODAY}: Another trust."
    (row,) = csv.DictReader(io.StringIO(nets("evidence", "list", "--output", "csv").out))
    (document,) = json.loads(nets("evidence", "list", "--output", "json").out)
    assert row == document
    assert (row["id"], row["reason"]) == (piece, "Another trust.")


def test_everything_wrong_with_evidence_is_told_at_once(nets_with_places: Any) -> None:
    said = nets_with_places(
        "evidence",
        "add",
        "T999",
        " ",
        "--dated",
        TODAY,
        "--source",
        "visit",
        "--about",
        "weather",
        "--by",
        "A. Example",
    )
    assert said.code == 1
    assert [error.split(":")[1].strip() for error in said.errors] == ["there is no place T999", "about", "sentence"]


def test_a_concern_is_for_those_who_may_read_it(nets_with_places: Any) -> None:
    nets = nets_with_places
    code = add_concern(nets)
    assert nets("concern", "step", code, "--status", "closed", "--note", "Two seniors.", "--by", "Jo").out == (
        f"{code}: closed since {TODAY}\n"
    )
    for role in ("national", "region", "local_office"):
        first, second = nets("concern", "list", "P0001", "--role", role).out.splitlines()
        assert "I was alone on nights. (lead: Jo Example, dean, at L01)" in first
        assert second == f"  {TODAY} closed (Jo): Two seniors."
    (document,) = json.loads(nets("concern", "list", "--output", "json").out)
    (row,) = csv.DictReader(io.StringIO(nets("concern", "list", "--output", "csv").out))
    assert (document["status"], document["lead"], len(document["steps"])) == ("closed", "Jo Example", 1)
    assert row["sentence"] == document["sentence"]
    for role in ("provider", "survey_manager", "data_protection"):
        said = nets("concern", "list", "--role", role)
        assert (said.code, said.out) == (1, "")
        assert "may not read concerns" in said.errors[0]


def test_a_risk_is_shown_confirmed_and_traced(nets_with_places: Any) -> None:
    nets = nets_with_places
    code = add_concern(nets)
    shown = nets("risk", "show", "P0001").out.splitlines()
    assert shown[0].endswith(f"on {TODAY}: release trial-r1, rule risk-2026.2")
    assert shown[1] == "suggested: likelihood 3 (Possible) x impact 5 (Significant) = R, high"
    assert "  offered first: triggered visit, programme review" in shown
    assert shown[-2] == "levels: high is R, A/R; medium is A; low is G/A, G"
    assert shown[-1] == "how often the rule is wrong: not simulated yet: nets calibrate trial-r1"

    said = nets("risk", "confirm", "P0001", "--by", "A. Example", "--intervention", "triggered visit")
    assert said.out == ("P0001-a1: likelihood 3 (Possible) x impact 5 (Significant) = R, high; triggered visit\n")
    said = nets(
        "risk", "confirm", "P0001", "--by", "A. Example", "--likelihood", 2, "--impact", 2, "--reason", "Seen to.", "--supportive",
        "shadowing",
    )  # fmt: skip
    assert said.out == "P0001-a2: likelihood 2 (Unlikely) x impact 2 (Minor) = G/A, low; shadowing\n"

    traced = nets("risk", "history", "P0001", "--role", "national").out
    sha256 = nets("release", "trial").out  # a second release changes nothing of what was traced to the first
    assert sha256.startswith("trial-r2")
    assert nets("risk", "history", "P0001", "--role", "national").out == traced
    lines = traced.splitlines()
    assert lines[0].startswith(f"P0001-a2 of {TODAY} by A. Example: likelihood 2")
    assert "  reason: Seen to." in lines
    assert any(line.startswith(f"P0001-a1 of {TODAY} by A. Example (superseded): likelihood 3") for line in lines)
    assert sum(line.startswith("  made of: release trial-r1 (sha256 ") for line in lines) == 2
    assert f"    concern {code}" in lines
    assert "alone on nights" not in traced


def test_figures_are_for_the_national_role_alone(nets_with_places: Any) -> None:
    nets = nets_with_places
    add_evidence(nets, "P0001", about="climate")
    nets("risk", "confirm", "P0001", "--by", "A", "--likelihood", 3, "--impact", 3, "--reason", "So.", "--intervention",
         "programme review")  # fmt: skip
    exact = json.loads(nets("risk", "history", "P0001", "--role", "national", "--output", "json").out)[0]
    own = ("--role", "local_office", "--scope", "L01")
    worded = json.loads(nets("risk", "history", "P0001", *own, "--output", "json").out)[0]
    assert set(exact["made_of"]) == {"survey", "external", "concerns", "earlier", "asked_for"}
    assert all(line.startswith("evidence ev-") for line in worded["made_of"])
    assert {key: exact[key] for key in exact if key != "made_of"} == {
        key: worded[key] for key in worded if key != "made_of"
    }
    (row,) = csv.DictReader(io.StringIO(nets("risk", "history", "P0001", "--output", "csv").out))
    assert (row["release"], row["release_sha256"], row["rule"]) == (
        "trial-r1", exact["release_sha256"], "risk-2026.2"
    )  # fmt: skip


def test_a_decision_with_many_faults_is_told_all_of_them(nets_with_places: Any) -> None:
    said = nets_with_places(
        "risk", "confirm", "T001", "--by", "A. Example", "--likelihood", 9, "--intervention", "triggerd visit"
    )
    assert said.code == 1
    assert said.errors == [
        "nets: impact: must be given, for nothing is suggested",
        "nets: likelihood: 9 is not a whole number from 1 to 5",
        "nets: reason: must be given where the cell is not the suggested one",
        "nets: intervention: 'triggerd visit' is not known to the rule; is 'triggered visit' meant?",
    ]
    assert nets_with_places("risk", "history", "T001").out == "T001 was never assessed\n"


def test_risks_are_listed_by_campaign_and_by_place_in_three_forms(nets_with_places: Any) -> None:
    nets = nets_with_places
    add_concern(nets)
    add_evidence(nets, "R2", "--programme", "Paramedicine")
    nets("risk", "confirm", "P0001", "--by", "A. Example", "--intervention", "triggered visit")
    lines = nets("risk", "list", "trial").out.splitlines()
    rows = list(csv.DictReader(io.StringIO(nets("risk", "list", "trial", "--output", "csv").out)))
    documents = json.loads(nets("risk", "list", "trial", "--output", "json").out)
    assert len(lines) - 2 == len(rows) == len(documents)
    assert "R   3x5 high           R   3x5 high           A. Example" in lines[2]
    assert (rows[0]["place_id"], rows[0]["programme"], rows[0]["colour"]) == ("P0001", "", "R")
    assert ("R2", "Paramedicine", "G/A") in {
        (row["place_id"], row["programme"], row["suggested_colour"]) for row in rows
    }
    assert documents[0]["confirmed"][0]["id"] == rows[0]["assessment"] == "P0001-a1"
    assert documents[0]["levels"] == {"R": "high", "A/R": "high", "A": "medium", "G/A": "low", "G": "low"}
    here = [row["place_id"] for row in csv.DictReader(io.StringIO(nets("risk", "list", "R2", "--output", "csv").out))]
    assert "R2" in here
    assert "P0001" not in here
    every = nets("risk", "list", "trial", "--all").out.splitlines()
    assert len(every) > len(lines)
    assert nets("risk", "list", "nowhere").errors == ["nets: there is no campaign and no place nowhere"]


def test_a_role_reads_of_its_own_places_in_its_own_words(nets: Any, trial: str) -> None:
    nets("simulate", trial, "--responses", 900)
    assert nets("release", trial).code == 0
    add_concern(nets)
    nets("risk", "confirm", "P0001", "--by", "A. Example", "--intervention", "triggered visit")
    own = ("--role", "provider", "--scope", "T001")
    exact = {one["place_id"]: one for one in json.loads(nets("risk", "list", trial, "--all", "--output", "json").out)}
    told = {
        one["place_id"]: one for one in json.loads(nets("risk", "list", trial, "--all", *own, "--output", "json").out)
    }
    assert set(told) == {place for place in exact if place in {f"P{number:04}" for number in range(1, 17)}}
    cells = ("likelihood", "impact", "colour")
    for place, one in told.items():
        assert [one["suggestion"].get(name) for name in cells] == [
            exact[place]["suggestion"].get(name) for name in cells
        ]
        (shown,) = csv.DictReader(io.StringIO(nets("risk", "show", place, *own, "--output", "csv").out))
        assert shown["reasons"] == " ".join(one["suggestion"]["reasons"])
    exactly = json.dumps(list(exact.values()))
    in_bands = json.dumps(list(told.values()))
    assert "because numbers of learners stand in bands" in in_bands
    assert "stand in bands" not in exactly
    (traced,) = json.loads(nets("risk", "history", "P0001", *own, "--output", "json").out)
    assert "how far each score could be relied on is in the record" in json.dumps(traced)
    for command in (("show", "P0017"), ("history", "P0017"), ("list", "T002")):
        said = nets("risk", *command, *own)
        assert (said.code, said.out) == (1, ""), command
        assert "place" in said.errors[0]
