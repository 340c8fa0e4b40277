"""The command line in this process: what a command says and exits with, on a database and a folder of the test's own."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from nets.cli import main
from nets.questionnaire.publishing import QuestionnaireFolder

INSTRUMENT = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"
DAYS = ("--opens", "2020-02-03", "--closes", "2020-03-31")


@dataclass(frozen=True, slots=True)
class Said:
    """Exit code, standard output and the lines of standard error."""

    code: int
    out: str
    errors: Sequence[str]


Run: TypeAlias = Callable[..., Said]
Draft: TypeAlias = Callable[..., Path]


@pytest.fixture
def database_file(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with tables and nothing in them, which the environment names."""
    path = tmp_path / "nets.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    monkeypatch.setenv("NETS_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one published questionnaire, team-climate 2026.1, which the environment names."""
    path = tmp_path / "questionnaires"
    file = path / "team-climate" / "2026.1.json"
    file.parent.mkdir(parents=True)
    shutil.copyfile(INSTRUMENT, file)
    QuestionnaireFolder(path).publish(file)
    monkeypatch.setenv("NETS_QUESTIONNAIRE_FOLDER", str(path))
    return path


@pytest.fixture
def nets(
    database_file: Path,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command as a person standing in an empty folder would."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Said(code, captured.out, captured.err.splitlines())

    return run


@pytest.fixture
def draft(folder: Path) -> Draft:
    """Writes another version of team-climate into the folder, with changes made by a function on its JSON."""

    def write(version: str, change: Callable[[dict[str, Any]], object] = lambda document: None) -> Path:
        document = json.loads(INSTRUMENT.read_bytes())
        document["version"] = version
        change(document)
        path = folder / "team-climate" / f"{version}.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    return write


@pytest.fixture
def trial(nets: Run) -> str:
    """A campaign that takes answers, without any yet."""
    opened = nets("campaign", "open", "trial", "--questionnaire", "team-climate/2026.1", "--title", "Trial", *DAYS)
    assert opened.code == 0, opened.errors
    return "trial"


@pytest.fixture
def released(nets: Run, trial: str) -> Run:
    """A campaign of 300 learners with a release; the runner of commands."""
    nets("simulate", trial, "--responses", 300)
    said = nets("release", trial)
    assert said.code == 0, said.errors
    return nets
