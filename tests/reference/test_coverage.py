"""coverage.json: which test holds which of the shared figures, and what is left out and why."""

import json
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LINES: list[dict[str, Any]] = json.loads((HERE / "coverage.json").read_text("utf-8"))


def _fits(name: str, patterns: str) -> bool:
    """Tell whether one of several patterns, set apart by |, is that of a name."""
    return any(fnmatchcase(name, pattern) for pattern in patterns.split("|"))


def _line_of(name: str) -> dict[str, Any]:
    lines = [line for line in LINES if _fits(name, line["files"])]
    assert len(lines) == 1, f"{name}: {len(lines)} lines of coverage.json"
    return lines[0]


def _places(value: Any, place: str = "") -> Iterator[str]:
    """Give the names that lead to each number; places in lists do not count."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _places(inner, place)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield place


def _kept(name: str) -> Any:
    path = HERE / f"expected/{name}.json"
    return json.loads(path.read_text("utf-8"))["result"] if path.exists() else None


@pytest.mark.parametrize("line", LINES, ids=[line["files"] for line in LINES])
def test_every_line_names_tests_that_exist_and_figures_that_are_kept(line: dict[str, Any]) -> None:
    for test in line["tests"]:
        assert (HERE / f"{test}.py").exists(), test
    kept = [path.stem for path in (HERE / "expected").glob("*.json") if _fits(path.stem, line["files"])]
    assert bool(kept) >= bool(line["tests"])
    assert line["tests"] or "*" in line["left_out"]
    assert all(reason for reason in line["left_out"].values())


def test_every_shared_file_has_one_line(shared_reference: Path) -> None:
    names = [path.stem for path in sorted(shared_reference.glob("*.json"))]
    assert len(names) > 90
    for name in names:
        _line_of(name)
    assert not [line["files"] for line in LINES if not any(_fits(name, line["files"]) for name in names)]


def test_every_shared_number_is_kept_or_left_out_for_a_reason(shared_reference: Path) -> None:
    unsaid, unused = [], {(line["files"], pattern) for line in LINES for pattern in line["left_out"]}
    for path in sorted(shared_reference.glob("*.json")):
        whole = json.loads(path.read_text("utf-8"))
        there, kept, line = whole.get("result", whole), _kept(path.stem), _line_of(path.stem)
        if kept and "fit" in there and "fit" not in kept and len(kept) == 1:  # a single model under its estimator
            (kept,) = kept.values()
        here = {*_places(kept)}
        for place in dict.fromkeys(_places(there)):
            said = [pattern for pattern in line["left_out"] if _fits(place, pattern)]
            unused -= {(line["files"], pattern) for pattern in said}
            if place not in here and not said:
                unsaid.append(f"{path.stem}: {place}")
    assert not unsaid, unsaid[:20]
    assert not unused


def test_every_kept_figure_is_the_shared_one(shared_reference: Path, tmp_path: Path) -> None:
    scripts = HERE / "scripts"
    subprocess.run(
        [sys.executable, str(scripts / "copy_expected.py"), str(shared_reference), str(tmp_path)], check=True
    )
    command = [sys.executable, str(HERE / "rerun.py"), "--figures", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert int(done.stdout.splitlines()[-1].partition(" files, ")[0]) > 85
