"""``nets import`` and ``nets export``: what is said when it works, and a line a fault when it does not."""

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
INVENTED = ROOT / "tests" / "instruments"
FILES = ("team-climate.csv", "team-climate-mapping.json", "team-climate-2026.1.json")


@pytest.fixture
def invented(tmp_path: Path) -> None:
    """The invented survey of the documentation, in the folder that one stands in."""
    for name in FILES:
        shutil.copyfile(INVENTED / name, tmp_path / name)


def take_in(nets: Any, data: str = "team-climate.csv") -> Any:
    return nets("import", data, "--mapping", "team-climate-mapping.json")


def responses(database_file: Path) -> int:
    connection = sqlite3.connect(database_file)
    (count,) = connection.execute("SELECT count(*) FROM responses").fetchone()
    connection.close()
    return int(count)


@pytest.mark.usefixtures("invented")
def test_an_import_says_what_documentation_says(nets: Any) -> None:
    page = (ROOT / "docs" / "importing.md").read_text("utf-8")
    (shown,) = re.findall(r"^    \$ nets import .*\n((?:    .*\n)+)", page, flags=re.M)
    said = take_in(nets)
    assert said.code == 0, said.errors
    assert said.out == re.sub(r"^    ", "", shown, flags=re.M)
    assert said.errors == ["  checked 60 rows, 100% of the file", "  stored 60 of 60 responses"]


@pytest.mark.usefixtures("invented")
def test_what_was_imported_is_released_and_exported(nets: Any, tmp_path: Path) -> None:
    take_in(nets)
    assert nets("release", "team-climate-2025").code == 0
    assert "kettle-ward" in nets("scores", "team-climate-2025").out
    said = nets("export", "team-climate-2025", "--out", "out")
    assert said.code == 0
    first, *files = said.out.splitlines()
    assert first == "team-climate-2025: 60 responses"
    assert sorted(line.strip() for line in files) == sorted(
        str(path.relative_to(tmp_path)) for path in (tmp_path / "out").iterdir()
    )
    again = nets("export", "team-climate-2025", "--out", "out")
    assert again.code == 1
    (line,) = again.errors
    assert line.startswith("nets: out already holds responses.csv, ")


@pytest.mark.usefixtures("invented")
def test_every_fault_is_a_line_and_nothing_is_stored(nets: Any, tmp_path: Path, database_file: Path) -> None:
    lines = (INVENTED / "team-climate.csv").read_text("utf-8").splitlines()
    faulty = [lines[0], *(line.replace(";5;", ";6;").replace("Invented", "In\x1bvented") for line in lines[1:]), "a;b"]
    (tmp_path / "faulty.csv").write_text("\n".join(faulty), "utf-8")
    said = take_in(nets, "faulty.csv")
    assert (said.code, said.out) == (1, "")
    told = [line for line in said.errors if line.startswith("nets: ")]
    assert len(told) == 21
    assert (
        told[0]
        == "nets: row 2, column q1: '6' is not one of the answers to item CALM (not_applicable, 1, 2, 3, 4, 5, 9)"
    )
    assert re.fullmatch(r"nets: \d+ more problems like these; \d+ in all", told[-1])
    assert responses(database_file) == 0


@pytest.mark.usefixtures("invented")
def test_a_second_import_is_refused(nets: Any, database_file: Path) -> None:
    take_in(nets)
    said = take_in(nets)
    assert said.code == 1
    assert said.errors == ["nets: there is already a campaign team-climate-2025; an import makes a new one"]
    assert responses(database_file) == 60


@pytest.mark.usefixtures("invented")
def test_what_lies_beside_the_data_must_not_contradict_what_is_published(nets: Any, tmp_path: Path) -> None:
    path = tmp_path / "team-climate-2026.1.json"
    path.write_text(path.read_text("utf-8").replace("My team is calm.", "My team is calm?"), "utf-8")
    said = take_in(nets)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith("nets: team-climate-2026.1.json: team-climate is published: name it by 'id' and 'version'")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("import", "nowhere.csv", "--mapping", "team-climate-mapping.json"), "nowhere.csv"),
        (("import", "team-climate.csv", "--mapping", "nowhere.json"), "nowhere.json"),
        (("import", "team-climate.csv"), "--mapping"),
        (("import", ".", "--mapping", "team-climate-mapping.json"), "is a directory"),
        (("export", "team-climate-2025"), "--out"),
        (("export", "--out", "out"), "campaign_id"),
    ],
)
@pytest.mark.usefixtures("invented")
def test_wrong_usage_is_told_in_a_line(nets: Any, arguments: tuple[str, ...], what: str) -> None:
    said = nets(*arguments)
    assert said.code == 2
    (line,) = said.errors
    assert what in line


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("export", "nowhere", "--out", "out"), "nets: there is no campaign nowhere"),
        (
            ("export", "trial", "--out", "out"),
            "nets: campaign trial has no responses yet, so there is nothing to export",
        ),
    ],
)
@pytest.mark.usefixtures("trial")
def test_an_export_of_nothing_is_told(nets: Any, tmp_path: Path, arguments: tuple[str, ...], what: str) -> None:
    said = nets(*arguments)
    assert (said.code, said.errors) == (1, [what])
    assert not (tmp_path / "out").exists()
