"""``nets released-rates``: what a release tells of who answered, as each role reads it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def released(begin_after: Any, tmp_path: Path) -> Any:
    """A campaign of 300 simulated learners, of whom each group has twice as many, released; the runner of commands."""
    nets = begin_after(("simulate", "trial", "--responses", 300))
    rates = json.loads(nets("response-rates", "trial", "--output", "json").out)["rates"]
    lines = [
        f"{row['placement_id']},{row['learner_group']},{2 * row['responses']}"
        for row in rates
        if row["learner_group"] != "(all)"
    ]
    (tmp_path / "roster.csv").write_text("\n".join(["placement_id,learner_group,learners", *lines, ""]), "utf-8")
    assert nets("roster", "upload", "trial", "roster.csv").code == 0
    assert nets("release", "trial").code == 0
    return nets


def rates_of(nets: Any, *options: str) -> dict[str, Any]:
    said = nets("released-rates", "trial", "--output", "json", *options)
    assert said.code == 0, said.errors
    return {row["place_id"]: row for row in json.loads(said.out)["rates"]}


def test_places_are_those_of_the_level_and_of_the_release(released: Any) -> None:
    (nation,) = rates_of(released, "--level", "nation", "--scale", "climate").values()
    assert (nation["responses"], nation["learners"], nation["per_cent"], nation["per_cent_high"]) == (
        300,
        600,
        50.0,
        50.0,
    )
    assert nation["worst"] == pytest.approx(nation["mean"] / 2, abs=0.1)
    assert nation["best"] == pytest.approx(nation["mean"] / 2 + 50, abs=0.1)
    assert rates_of(released, "--level", "nation")["nation"]["mean"] is None
    below = rates_of(released, "--level", "placement", "--under", "T001")
    assert 0 < len(below) < len(rates_of(released))


def test_a_role_with_a_place_reads_bands_of_its_own_places_alone(released: Any) -> None:
    rates = rates_of(released, "--level", "provider", "--role", "provider", "--scope", "T001", "--scale", "climate")
    (own,) = rates.values()
    low, _, high = own["responses"].partition(" to ")
    exact = rates_of(released, "--level", "provider")["T001"]
    assert int(low) <= exact["responses"] <= int(high)
    assert own["per_cent"] < 50 < own["per_cent_high"]
    assert (own["learners"], own["mean"]) == (None, None)


def test_table_csv_and_json_say_the_same(released: Any) -> None:
    asked = ("released-rates", "trial", "--scale", "climate")
    told = list(rates_of(released, "--scale", "climate").values())
    rows = list(csv.DictReader(io.StringIO(released(*asked, "--output", "csv").out)))
    assert [{name: str("" if value is None else value) for name, value in one.items()} for one in told] == rows
    first, _, *lines = released(*asked).out.splitlines()
    assert "as the role national sees it; learners came by open link" in first
    hidden = 0
    for one, line in zip(told, lines, strict=True):
        assert line.startswith(one["place_id"])
        if one["responses"] is None:
            assert line.endswith("not shown, to protect the learners")
            hidden += 1
        else:
            assert f"{one['responses']} " in line
            assert line.endswith(f"{one['worst']:.1f}-{one['best']:.1f}") or one["worst"] is None
    assert 0 < hidden < len(told)
    banded = released("released-rates", "trial", "--level", "region", "--role", "region", "--scope", "R1").out
    assert " to " in banded.splitlines()[2]


def test_what_is_not_there_is_said_in_a_line(nets: Any, released: Any) -> None:
    for options, words in (
        (("trial", "--scale", "tea"), "has no scale 'tea'; it has climate"),
        (("trial", "--role", "survey_manager"), "the role survey manager reads no scores"),
        (("elsewhere",), "there is no campaign and no release elsewhere"),
    ):
        said = nets("released-rates", *options)
        assert said.code == 1
        (line,) = said.errors
        assert words in line
