"""docs/guide/gazi-course-evaluations.md: its commands are run on the shared data, and its figures are those of the release."""

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from nets.cli import main
from nets.disclosure.shown import ShownBenchmark
from nets.store.database import Database
from nets.store.releases import get_release

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGE = (GUIDE / "gazi-course-evaluations.md").read_text("utf-8")


def test_the_course_evaluations_go_the_way_that_is_shown(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (*(GUIDE / "gazi").iterdir(), shared_data / "gazi_student_evaluation.csv"):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    (session,) = re.findall(r"```console\n(.*?)```", PAGE, flags=re.S)
    steps = re.findall(r"^\$ nets (.*)\n((?:(?!\$ ).*\n)*)", session, flags=re.M)
    assert len(steps) == 7
    for command, shown in steps:
        code = main(shlex.split(command))
        said = capsys.readouterr()
        assert code == 0, f"nets {command}: {said.err}"
        pattern = ".*".join(re.escape(part) for part in shown.split("..."))
        assert re.fullmatch(pattern, said.out, flags=re.S), f"nets {command} says\n{said.out}"

    database = Database("sqlite:///nets.sqlite3")
    with database.read() as connection:
        header = get_release(connection, "gazi-r1")
    database.dispose()
    course, instructor = (header.benchmark(scale) for scale in ("course", "instructor"))
    assert isinstance(course, ShownBenchmark)
    assert isinstance(instructor, ShownBenchmark)
    assert f"(ICC {course.icc1:.3f} for the course, {instructor.icc1:.3f} for the instructor)" in PAGE
    odds = np.array([course.icc1, instructor.icc1]) / (1 - np.array([course.icc1, instructor.icc1]))
    needed = 0.7 / 0.3 / odds
    of_ten = odds * 10 / (1 + odds * 10)
    assert "needs 61 respondents a course on the one scale and 70 on the other, some\n65 in all" in PAGE
    assert needed == pytest.approx([61, 70], abs=1.2)
    assert needed.mean() == pytest.approx(65, abs=1.5)
    assert "of 0.25 to 0.28 and" in PAGE
    assert sorted(of_ten.round(2)) == [0.25, 0.28]
    assert header.flags.levels["placement"]["course"].lists["gmc_low"].n_listed == 0  # type: ignore[union-attr]
