"""``nets scores``: the same scores as a table, as CSV and as JSON, and nothing that may not be shown."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest


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
        assert (score["place"], score["name"], score["measure"]) == (row["place_id"], row["place"], row["measure"])
        assert line.startswith(f"{score['place']} {score['name']}"[:34])
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
            named = {"place", "name", "campaign", "release", "measure", "group", "asked", "kept_from"}
            assert set(score) == {*named, "reason", "kind"}
            assert row["adjusted"] == row["pooled"] == ""


def test_one_scale_and_one_part_of_the_tree_can_be_asked_for(released: Any) -> None:
    everything = json.loads(released("scores", "trial", "--output", "json").out)["scores"]
    climate = json.loads(released("scores", "trial", "--scale", "climate", "--output", "json").out)["scores"]
    assert {score["measure"] for score in everything} == {"climate", "harm"}
    assert climate == [score for score in everything if score["measure"] == "climate"]
    hospital = json.loads(released("scores", "trial", "--under", "T001", "--output", "json").out)["scores"]
    places = {f"P{number:04}" for number in range(1, 17)}
    assert hospital == [score for score in everything if score["place"] in places]
    assert hospital


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ("--scale", "weather"),
            "trial-r1 has no measure 'weather'; it has the scales climate, harm, and measures called like standard:3.4, "
            "domain:3 and item:SUP01",
        ),
        (("--group", "dusk"), "trial-r1 has no learner group 'dusk'; it has day, night"),
        (("--group", "day", "--measure", "domain"), "learner groups have scores on scales alone"),
        (("--csv", "--json"), "--csv and --json cannot be asked for together"),
        (("--under", "T999"), "there is no place T999"),
    ],
)
def test_what_a_release_does_not_have_is_told(released: Any, options: tuple[str, ...], words: str) -> None:
    said = released("scores", "trial", *options)
    assert (said.code, said.out, said.errors) == (1, "", [f"nets: {words}"])


def test_a_role_sees_what_it_would_see_on_pages(released: Any) -> None:
    exact = {
        (row["place_id"], row["measure"]): row
        for row in csv.DictReader(io.StringIO(released("scores", "trial", "--output", "csv").out))
    }
    asked = ("scores", "trial", "--role", "provider", "--scope", "T001")
    rows = list(csv.DictReader(io.StringIO(released(*asked, "--output", "csv").out)))
    document = json.loads(released(*asked, "--output", "json").out)
    header, _, *lines = released(*asked).out.splitlines()
    assert header.endswith("as the role provider sees it")
    assert document["role"] == "provider"
    assert len(rows) == len(lines) == len(document["scores"]) > 0
    assert {row["place_id"] for row in rows} <= {f"P{number:04}" for number in range(1, 17)}
    for row, line, score in zip(rows, lines, document["scores"], strict=True):
        told = exact[row["place_id"], row["measure"]]
        assert (row["n"] == "") == (told["n"] == "")
        if row["n"]:
            low, high = (int(end) for end in row["n"].split(" to "))
            assert 0.8 * low <= int(told["n"]) <= high
            assert float(row["mean"]).is_integer()
            assert (score["kind"], score["learners"]) == ("banded", {"low": low, "high": high})
            assert f" {row['n']} " in line
    assert any(row["n"] for row in rows)


def test_a_placement_that_nobody_answered_about_has_a_line_like_one_of_too_few(released: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(released("scores", "trial", "--under", "T001", "--output", "csv").out)))
    assert {row["place_id"] for row in rows} == {f"P{number:04}" for number in range(1, 17)}


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


def test_every_level_measure_and_learner_group_can_be_asked_for(released: Any) -> None:
    def rows(*options: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(released("scores", "trial", *options, "--csv").out)))

    (nation,) = rows("--level", "nation", "--measure", "climate")
    assert (nation["place_id"], nation["verdict"], nation["reliability"]) == ("nation", "not compared", "")
    providers = rows("--level", "provider", "--measure", "standard")
    assert {row["level"] for row in providers} == {"provider"}
    assert {row["measure"].partition(":")[0] for row in providers} == {"standard"}
    assert [row["place_id"] for row in rows("--level", "provider", "--under", "T001", "--scale", "harm")] == ["T001"]
    (item,) = rows("--level", "nation", "--measure", "item:CALM")
    assert float(item["mean"]) > 0
    groups = rows("--level", "region", "--scale", "climate", "--group", "each")
    assert {row["group"] for row in groups} == {"day", "night"}
    assert groups[0] == rows("--level", "region", "--scale", "climate", "--group", groups[0]["group"])[0]
    table = released("scores", "trial", "--level", "nation", "--measure", "item").out
    assert "nothing to compare it with" in table


def test_a_line_a_campaign_shows_the_years_and_what_they_make_together(nets: Any, trial: str) -> None:
    nets("simulate", trial, "--responses", 900)
    nets("release", trial)
    opened = nets(
        "campaign", "open", "next", "--questionnaire", "team-climate/2026.1", "--title", "Next", "--opens", "2027-10-01",
        "--closes", "2027-11-30",
    )  # fmt: skip
    assert opened.code == 0, opened.errors
    nets("simulate", "next", "--responses", 900, "--seed", 2)
    nets("release", "next")
    asked = ("scores", "next", "--scale", "climate", "--years")
    rows = list(csv.DictReader(io.StringIO(nets(*asked, "--csv").out)))
    assert [row["campaign"] for row in rows[:2]] == ["trial", "next"]
    assert rows[0]["place_id"] == rows[1]["place_id"]
    assert {row["asked"] for row in rows[1::2]} == {"as before"}
    both = [(before, now) for before, now in zip(rows[::2], rows[1::2], strict=True) if before["n"] and now["n"]]
    assert len(both) > 5
    for before, now in both:
        assert now["pooled_campaigns"] == "trial next"
        assert int(now["pooled_n"]) == int(before["n"]) + int(now["n"])
        assert (now["adjusted"] != "") == (int(now["n"]) >= 20)
    scores = json.loads(nets(*asked, "--json").out)["scores"]
    assert [score.get("pooled", {}).get("n", "") for score in scores] == [
        int(row["pooled_n"]) if row["pooled_n"] else "" for row in rows
    ]
    own = ("--role", "region", "--scope", "R1")
    exact = {row["place_id"]: row for row in rows[1::2]}
    banded = list(csv.DictReader(io.StringIO(nets(*asked, "--csv", *own).out)))[1::2]
    assert {row["pooled_campaigns"] for row in banded} == {"trial next", ""}
    for row in banded:
        told = exact[row["place_id"]]
        assert (row["pooled_campaigns"], row["pooled"] != "") == (told["pooled_campaigns"], told["pooled"] != "")
        assert (row["adjusted"] != "") == (row["n"] != "" and int(row["n"].split()[0]) >= 20)
        if row["pooled"]:
            assert " to " in row["pooled_n"]
            assert float(row["pooled_low"]) <= float(told["pooled_mean"]) <= float(row["pooled_high"])
    assert any(row["adjusted"] for row in banded)
