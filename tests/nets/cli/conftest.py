"""The command line in this process: what a command says and exits with, on a database and a folder of the test's own."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
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
Command: TypeAlias = tuple[object, ...]
OPENED: Command = ("campaign", "open", "trial", "--questionnaire", "team-climate/2026.1", "--title", "Trial", *DAYS)


@pytest.fixture
def database_file(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with tables and nothing in them, which the environment names."""
    path = tmp_path / "nets.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    monkeypatch.setenv("NETS_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one published questionnaire, team-climate 2026.1, made once and copied for each test."""
    path = tmp_path_factory.mktemp("published") / "questionnaires"
    file = path / "team-climate" / "2026.1.json"
    file.parent.mkdir(parents=True)
    shutil.copyfile(INSTRUMENT, file)
    QuestionnaireFolder(path).publish(file)
    return path


@pytest.fixture
def folder(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as a folder of the test's own, which the environment names."""
    path = tmp_path / "questionnaires"
    shutil.copytree(published, path)
    monkeypatch.setenv("NETS_QUESTIONNAIRE_FOLDER", str(path))
    return path


@pytest.fixture(scope="session")
def database_after(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, published: Path
) -> Callable[..., Path]:
    """Gives a database on which commands were run, each of them once for all tests that begin with it; it is to be copied."""
    made: dict[tuple[Command, ...], Path] = {(): migrated_sqlite}

    def after(*commands: Command) -> Path:
        if commands not in made:
            path = tmp_path_factory.mktemp("after") / "nets.sqlite3"
            shutil.copyfile(after(*commands[:-1]), path)
            errors = StringIO()
            with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()), redirect_stderr(errors):
                patch.setenv("NETS_DATABASE_URL", f"sqlite:///{path}")
                patch.setenv("NETS_QUESTIONNAIRE_FOLDER", str(published))
                code = main([str(argument) for argument in commands[-1]])
            assert code == 0, errors.getvalue()
            # what was written may still stand in the log beside the file
            with closing(sqlite3.connect(path)) as connection:
                (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert not is_busy
            made[commands] = path
        return made[commands]

    return after


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
def begin_after(nets: Run, database_file: Path, database_after: Callable[..., Path]) -> Callable[..., Run]:
    """Begins with a database on which ``trial`` was opened and these commands were run; gives the runner of more."""

    def begin(*commands: Command) -> Run:
        shutil.copyfile(database_after(OPENED, *commands), database_file)
        return nets

    return begin


@pytest.fixture
def trial(begin_after: Callable[..., Run]) -> str:
    """A campaign that takes answers, without any yet."""
    begin_after()
    return "trial"


@pytest.fixture
def released(begin_after: Callable[..., Run]) -> Run:
    """A campaign of 300 learners with a release; the runner of commands."""
    return begin_after(("simulate", "trial", "--responses", 300), ("release", "trial"))
