"""``nets roster`` and ``nets response-rates``: exact rates where a roster tells of how many, and none where it does not."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def answered(begin_after: Any) -> Any:
    """A campaign of 300 simulated learners; the runner of commands."""
    return begin_after(("simulate", "trial", "--responses", 300))


def rates_of(nets: Any, *options: str) -> Any:
    said = nets("response-rates", "trial", "--output", "json", *options)
    assert said.code == 0, said.errors
    return json.loads(said.out)


def upload(nets: Any, tmp_path: Path, rows: list[dict[str, Any]]) -> Any:
    lines = [f"{row['placement_id']},{row['learner_group']},{row['learners']}" for row in rows]
    (tmp_path / "roster.csv").write_text("\n".join(["placement_id,learner_group,learners", *lines, ""]), "utf-8")
    return nets("roster", "upload", "trial", "roster.csv")


def cells_of(document: Any) -> list[dict[str, Any]]:
    return [row for row in document["rates"] if row["learner_group"] != "(all)"]


def test_without_a_roster_there_is_no_response_rate(answered: Any) -> None:
    document = rates_of(answered)
    assert document["together"]["says"] == "no response rate"
    assert document["responses_outside_the_roster"] == 300
    assert {(row["says"], row["learners"], row["rate"]) for row in document["rates"]} == {
        ("no response rate", None, None)
    }
    lines = answered("response-rates", "trial").out.splitlines()
    assert lines[0].startswith("Trial: no response rate; learners came by open link")
    assert all(line.endswith("-  no response rate") for line in lines[2:])  # and nothing of a roster that is not there


def test_what_is_shown_of_a_roster_is_taken_in_again(answered: Any, tmp_path: Path) -> None:
    assert answered("roster", "show", "trial").errors == [
        "nets: trial has no roster; one to be filled in is printed with --empty"
    ]
    upload(answered, tmp_path, [{**cell, "learners": 7} for cell in cells_of(rates_of(answered))])
    shown = answered("roster", "show", "trial").out
    (tmp_path / "again.csv").write_text(shown, "utf-8")
    said = answered("roster", "upload", "trial", "again.csv")
    assert "columns not used: 'placement'" in said.out
    assert answered("roster", "show", "trial").out == shown
    empty = answered("roster", "show", "trial", "--empty").out.splitlines()
    assert empty[0] == shown.splitlines()[0] == "placement_id,placement,learner_group,learners"
    assert all(line.endswith(",") for line in empty[1:])
    assert len(empty) > len(shown.splitlines())


def test_a_roster_makes_exact_rates_and_a_second_replaces_it(answered: Any, tmp_path: Path) -> None:
    cells = cells_of(rates_of(answered))
    said = upload(answered, tmp_path, [{**cell, "learners": 2 * cell["responses"]} for cell in cells])
    assert (said.code, said.errors) == (0, [])
    assert said.out.startswith("trial: 600 learners of ")
    document = rates_of(answered)
    assert document["together"] == {
        "responses": 300, "learners": 600, "rate": 50.0, "open_points": 50.0, "says": "response rate"
    }  # fmt: skip
    assert {row["rate"] for row in document["rates"]} == {50.0}
    said = upload(answered, tmp_path, [{**cells[0], "learners": cells[0]["responses"] - 1}])
    assert said.out.splitlines()[1] == f"  in the place of an earlier roster of {len(cells)} rows"
    lines = answered("response-rates", "trial").out.splitlines()
    assert "the roster is too small for 1 learner group at a placement: its responses are in no rate" in lines
    assert any(line.endswith("roster too small") for line in lines)
    written = answered("audit", "show", "--last", 2).out.splitlines()
    assert [line.split("): ")[1] for line in written] == [
        f"roster uploaded trial  rows={n_rows}" for n_rows in (1, len(cells))
    ]


def test_table_csv_and_json_say_the_same(answered: Any, tmp_path: Path) -> None:
    cells = cells_of(rates_of(answered))
    upload(answered, tmp_path, [{**cell, "learners": cell["responses"] + 3} for cell in cells[1:]])
    answered("release", "trial")
    document = rates_of(answered, "--scale", "climate")
    as_csv = answered("response-rates", "trial", "--scale", "climate", "--output", "csv").out
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    said = answered("response-rates", "trial", "--scale", "climate").out
    assert "from where the roster has nobody: they are in no rate" in said
    lines = said.splitlines()[-len(rows) :]
    assert len(rows) == len(document["rates"]) > 50
    for told, row, line in zip(document["rates"], rows, lines, strict=True):
        assert {name: str("" if value is None else value) for name, value in told.items()} == row
        assert line.startswith(f"{told['placement_id']} {told['placement']}"[:34])
        assert (f"{told['rate']:.1f} %" if told["rate"] is not None else "no response rate") in line


def test_a_scale_has_bounds_where_its_score_is_shown_and_nowhere_else(answered: Any, tmp_path: Path) -> None:
    cells = cells_of(rates_of(answered))
    upload(answered, tmp_path, [{**cell, "learners": cell["responses"] + 1} for cell in cells])
    answered("release", "trial")
    scores = {
        score["place"]: score
        for score in json.loads(answered("scores", "trial", "--scale", "climate", "--output", "json").out)["scores"]
    }
    together = [row for row in rates_of(answered, "--scale", "climate")["rates"] if row["learner_group"] == "(all)"]
    bounded = {row["placement_id"]: row for row in together if row["mean"] is not None}
    assert set(bounded) == {place for place, score in scores.items() if score["kind"] == "shown"}
    assert 0 < len(bounded) < len(together)
    for place, row in bounded.items():
        total = scores[place]["n"] * scores[place]["mean"]
        silent = row["learners"] - scores[place]["n"]
        assert row["worst"] == pytest.approx(total / row["learners"], abs=0.05)
        assert row["best"] == pytest.approx((total + 100 * silent) / row["learners"], abs=0.05)


def test_a_faulty_roster_is_told_and_leaves_the_one_before(answered: Any, tmp_path: Path) -> None:
    cells = cells_of(rates_of(answered))
    upload(answered, tmp_path, [{**cell, "learners": 100} for cell in cells])
    before = rates_of(answered)
    said = upload(
        answered, tmp_path, [{**cells[0], "learners": 5}, {**cells[1], "placement_id": "P9999", "learners": "x"}]
    )
    assert said.code == 1
    assert said.errors == [
        "nets: row 3, column placement_id: 'P9999' is not the id of a placement in this survey",
        "nets: row 3, column learners: 'x' is not a whole number from 0 to 100000, in digits alone",
    ]
    assert rates_of(answered) == before


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("response-rates", "other"), "there is no campaign other"),
        (("response-rates", "trial", "--scale", "climate"), "campaign trial has no release yet"),
    ],
)
def test_what_is_not_there_is_told(nets: Any, trial: str, command: tuple[str, ...], words: str) -> None:
    said = nets(*command)
    assert (said.code, said.out) == (1, "")
    assert words in said.errors[0]
