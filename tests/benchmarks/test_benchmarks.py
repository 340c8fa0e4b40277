"""The benchmarks can be started, and their page holds what they measured. No test measures time."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.__main__ import SUBJECTS, table
from benchmarks.answers import N_ITEMS, simulated
from benchmarks.service.__main__ import PAGE, PARTS, written
from benchmarks.service.gate import Gate
from benchmarks.service.gate import table as gate_table
from benchmarks.stopwatch import Line, faster, fastest, within

ROOT = Path(__file__).parents[2]


def _started(*arguments: str, threads: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": threads}
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_every_file_with_lines_is_a_subject() -> None:
    files = (ROOT / "benchmarks").glob("*.py")
    assert {path.stem for path in files if "def lines()" in path.read_text("utf-8")} == set(SUBJECTS)


def test_it_names_the_subjects_that_there_are() -> None:
    ended = _started("swimming", threads="1")
    assert ended.returncode == 1
    assert f"there is no benchmark of swimming; there are {', '.join(SUBJECTS)}" in ended.stderr


def test_it_refuses_more_than_one_thread() -> None:
    ended = _started("starting", threads="2")
    assert ended.returncode == 1
    assert "set OPENBLAS_NUM_THREADS=1" in ended.stderr


def test_what_is_asked_of_r_is_there() -> None:
    files = [path.read_text("utf-8") for path in (ROOT / "benchmarks").glob("*.py")]
    asked = {name for text in files for name in re.findall(r'in_r\(\s*f?"(\w+)', text)}
    there = re.findall(r"(\w+) = function\(\)", (ROOT / "benchmarks/peers.R").read_text("utf-8"))
    assert asked
    assert all(any(name.startswith(each) for name in there) for each in asked)


def test_answers_are_those_of_a_survey() -> None:
    answers = simulated(400, n_units=10, missing=0.1)
    assert answers.shape == (400, N_ITEMS)
    assert set(np.unique(answers[~np.isnan(answers)])) == {1, 2, 3, 4, 5}
    assert 0.05 < np.isnan(answers).mean() < 0.15
    np.testing.assert_array_equal(answers, simulated(400, n_units=10, missing=0.1))


def test_each_work_is_done_as_often_as_it_says_in_turns() -> None:
    done: list[str] = []
    least = fastest(lambda: done.append("ours"), lambda: done.append("theirs"), repeats=2)
    assert done == ["ours", "theirs", "ours", "theirs"]
    assert all(0 <= seconds < np.inf for seconds in least)


def test_a_line_says_whether_the_goal_is_met() -> None:
    assert faster("alpha", "psych", 0.05, 2.0, 40) == Line("alpha", "psych", "40 x", "40 x", True, "50 ms / 2 s")
    assert not faster("alpha", "psych", 0.05, 1.9, 40).met
    assert within("alpha", "a pass", 6.0, 2.0, 3) == Line("alpha", "a pass", "at most 3", "3.00", True, "6 s / 2 s")
    assert not within("alpha", "a pass", 6.1, 2.0, 3).met


def test_the_table_says_what_was_not_met_and_with_what_it_was_measured() -> None:
    lines = [faster("alpha", "psych", 0.05, 2.0, 40), faster("omega", "psych", 0.1, 2.0, 40)]
    head, _, rows = table(lines, ["Python 3.11", "psych 2.3"], date(2026, 1, 2)).partition("|---|---|---|---|---|\n")
    assert "Measured on 2026-01-02 with Python 3.11, psych 2.3" in head
    assert rows.splitlines() == [
        "| alpha | psych | 40 x | 40 x | 50 ms / 2 s |",
        "| omega | psych | 40 x | 20 x **(not met)** | 100 ms / 2 s |",
    ]


def test_the_page_has_a_line_for_each_speed_that_is_wanted_and_says_with_what_it_was_measured() -> None:
    page = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    assert re.search(r"Measured on \d{4}-\d{2}-\d{2} with .*Python .*psych .*lavaan", page)
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert {row.count("|") for row in rows} == {6}
    for work in (
        "polychoric matrix, n = 1,000",
        "polychoric matrix, n = 1,000,000 | psych",
        "polychoric matrix, n = 1,000,000 | lavaan",
        "pairwise tables",
        "WLSMV, all statistics, n = 1,000",
        "WLSMV, all statistics, n = 100,000",
        "WLSMV, n = 1,000,000: memory",
        "MLR, all statistics, n = 10,000",
        "parallel analysis, Pearson",
        "parallel analysis, polychoric",
        "resamples",
        "EFA",
        "REML",
        "import",
        "Parquet: time",
        "Parquet: memory",
    ):
        assert any(work in row for row in rows), work


def test_a_table_of_gates_says_which_were_not_met() -> None:
    gates = [Gate("p99", "<= 50 ms", "60 ms", False), Gate("kill -9", "none lost", "0 lost", True)]
    assert gate_table(gates) == [
        "1 of 2 gates were met in this run. **Not met:** p99.",
        "",
        "| what | gate | found | met |",
        "|---|---|---|---|",
        "| p99 | <= 50 ms | 60 ms | **no** |",
        "| kill -9 | none lost | 0 lost | yes |",
    ]
    assert gate_table(gates[1:])[0] == "1 of 1 gates were met in this run."


def test_a_part_of_the_page_of_gates_takes_the_place_of_its_old_one_alone() -> None:
    page = "<!-- speed -->\nold\n<!-- end of speed -->\nprose\n<!-- kills -->\nkept\n<!-- end of kills -->"
    assert written(page, "speed", ["new"]) == page.replace("old", "new")
    for part in PARTS:
        assert written(PAGE.read_text("utf-8"), part, ["new"]).count("\nnew\n") == 1
