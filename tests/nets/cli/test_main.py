"""What holds for every command: help that teaches, exit codes, a line a fault, and no work on what cannot be trusted."""

import io
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from nets.cli import main, simulating
from nets.cli.commands import app

COMMANDS = (
    "demo", "serve", "upgrade", "publish", "diff", "simulate", "import", "export", "release", "scores", "flags", "calibrate",
    "campaign open", "campaign close", "campaign list", "roster upload", "roster show",
    "response-rates", "released-rates", "break-offs", "bursts",
    "poster",
    "invitations key", "invitations add", "invitations send", "invitations remind", "invitations bounced", "invitations status",
    "retest open", "retest send", "retest remind", "retest status", "retest compare", "retest destroy",
    "risk show", "risk confirm", "risk history", "risk list", "evidence add", "evidence withdraw", "evidence list",
    "concern add", "concern step", "concern list", "accounts add", "accounts list", "accounts disable", "accounts password",
    "keys add", "keys list", "keys revoke", "audit show", "audit verify", "validate", "shuffle",
)  # fmt: skip


@pytest.fixture(params=["publish", "open", "close", "list", "simulate", "import", "export", "release", "scores"])
def on_a_database(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> tuple[str, ...]:
    """Every command that works on a database, with arguments that it takes."""
    for name in ("data.csv", "mapping.json"):
        (tmp_path / name).touch()
    days = ("--opens", "2020-02-03", "--closes", "2020-03-31")
    arguments: dict[str, tuple[str, ...]] = {
        "publish": ("publish", str(folder / "team-climate" / "2026.1.json")),
        "open": ("campaign", "open", "trial", "--questionnaire", "team-climate/2026.1", "--title", "Trial", *days),
        "close": ("campaign", "close", "trial"),
        "list": ("campaign", "list"),
        "simulate": ("simulate", "trial"),
        "import": ("import", str(tmp_path / "data.csv"), "--mapping", str(tmp_path / "mapping.json")),
        "export": ("export", "trial", "--out", str(tmp_path / "out")),
        "release": ("release", "trial"),
        "scores": ("scores", "trial"),
    }
    return arguments[request.param]


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with the words it is called by."""
    waiting = [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting.extend((f"{name} {word}".strip(), found) for word, found in inner.items())
        if not inner:
            yield name, command


def test_the_commands_are_these() -> None:
    assert sorted(name for name, _ in commands()) == sorted(COMMANDS)


def test_alone_it_prints_its_help(nets: Any) -> None:
    assert nets() == nets("--help")
    said = nets()
    assert said.code == 0
    assert "130 stopped by Ctrl-C" in " ".join(said.out.split())
    for command in COMMANDS:
        assert f"\n  {command.split()[0]} " in said.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example_and_explains_every_option(nets: Any, command: str) -> None:
    said = nets(*command.split(), "--help")
    assert said.code == 0
    assert f"Example: nets {command}" in " ".join(said.out.split())
    found = dict(commands())[command]
    assert [parameter.name for parameter in found.params if not parameter.help] == []


def test_no_default_in_a_help_is_a_path_of_this_machine(nets: Any) -> None:
    for command in COMMANDS:
        assert str(Path(__file__).parents[3]) not in nets(*command.split(), "--help").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["publsh"], "No such command 'publsh'"),
        (["scores"], "Missing argument 'name'"),
        (["scores", "trial", "--colour", "red"], "No such option: --colour"),
        (["scores", "trial", "--output", "yaml"], "'yaml' is not one of 'table', 'csv', 'json'"),
        (["publish", "not-here.json"], "'not-here.json' does not exist"),
        (["campaign"], "Missing command"),
        (["simulate", "trial", "--responses", "0"], "greater than or equal to 1"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(nets: Any, arguments: list[str], words: str) -> None:
    said = nets(*arguments)
    assert said.code == 2
    (line,) = said.errors
    assert line.startswith("nets: ")
    assert words in line
    assert line.endswith("--help says more")
    assert said.out == ""


def refusal(said: Any) -> str:
    assert said.code == 1
    (line,) = said.errors
    return str(line).removeprefix("nets: ")


def test_a_database_that_is_not_there_is_refused_and_not_made(
    nets: Any, on_a_database: tuple[str, ...], database_file: Path
) -> None:
    database_file.unlink()
    line = refusal(nets(*on_a_database))
    assert line.startswith(f"there is no database {database_file}")
    assert "nets upgrade" in line
    assert not database_file.exists()


def test_a_database_without_tables_is_refused(nets: Any, on_a_database: tuple[str, ...], database_file: Path) -> None:
    database_file.write_bytes(b"")
    assert "no tables of this program yet" in refusal(nets(*on_a_database))


def test_a_database_of_a_newer_program_is_refused(
    nets: Any, on_a_database: tuple[str, ...], database_file: Path
) -> None:
    with sqlite3.connect(database_file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "tables are those of a newer program (migration 9999)" in refusal(nets(*on_a_database))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nets.sqlite3", "the database address cannot be read"),
        ("mysql://user@host/nets", "'mysql' is not supported"),
        ("postgresql+asyncpg://user@host/nets", "'postgresql+asyncpg' is not supported"),
        ("sqlite://", "a database in memory"),
        ("sqlite:///nets.sqlite3?mode=ro", "timeout=SECONDS or nothing"),
        ("sqlite:///nets.sqlite3?timeout=soon", "timeout=SECONDS or nothing"),
        ("postgresql://127.0.0.1:1/nets", "the database did not answer as it should"),
    ],
)
def test_an_address_that_leads_to_no_database_is_told_in_one_line(nets: Any, address: str, words: str) -> None:
    assert words in refusal(nets("campaign", "list", "--database", address))


def test_a_file_that_is_no_database_is_told_in_one_line(nets: Any, database_file: Path) -> None:
    database_file.write_text("not a database" * 100)
    assert "is not a database" in refusal(nets("campaign", "list"))


def test_nothing_works_on_a_published_questionnaire_that_was_edited(
    nets: Any, on_a_database: tuple[str, ...], folder: Path
) -> None:
    file = folder / "team-climate" / "2026.1.json"
    file.write_bytes(file.read_bytes() + b"\n")
    assert refusal(nets(*on_a_database)).startswith("team-climate/2026.1.json: was edited after it was published")


def test_nothing_works_when_a_line_of_what_learners_are_asked_is_gone(
    nets: Any, trial: str, on_a_database: tuple[str, ...], folder: Path
) -> None:
    line = (folder / "PUBLISHED").read_text().strip()
    (folder / "PUBLISHED").unlink()
    assert refusal(nets(*on_a_database)) == (
        f"PUBLISHED: the line of team-climate/2026.1.json is gone or was changed; put it back: {' '.join(line.split())}"
    )


def test_nothing_works_when_a_line_stands_twice(nets: Any, on_a_database: tuple[str, ...], folder: Path) -> None:
    line = (folder / "PUBLISHED").read_text()
    (folder / "PUBLISHED").write_text(line * 2)
    assert refusal(nets(*on_a_database)) == "PUBLISHED line 2: team-climate/2026.1.json is published twice"


def test_a_folder_that_is_not_there_is_told_in_one_line(nets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_QUESTIONNAIRE_FOLDER", "/not/here")
    assert refusal(nets("campaign", "list")) == "/not/here: there is no such folder of questionnaires"


def test_ctrl_c_undoes_what_was_begun(nets: Any, trial: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(simulating, "add_responses", interrupt)
        said = nets("simulate", trial, "--responses", 10)
    assert (said.code, said.errors) == (130, ["nets: stopped"])
    assert "invented" in nets("simulate", trial, "--responses", 10).out  # the places of the first run are not there


def test_ctrl_c_while_the_program_loads_is_no_stack_trace(nets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupting:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "nets.cli.commands":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "nets.cli.commands")
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    said = nets("--help")
    assert (said.code, said.out, said.errors) == (130, "", ["nets: stopped"])


def test_a_plain_install_is_told_what_the_commands_need(nets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "nets.cli.commands")
    monkeypatch.setitem(sys.modules, "typer", None)
    assert refusal(nets("--help")).startswith("typer is not installed; the commands need the packages of the service")


def test_an_installed_copy_without_migrations_is_told_where_it_runs(
    nets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nets.store.database.MIGRATIONS", tmp_path / "migrations")
    line = refusal(nets("campaign", "list"))
    assert line.startswith(f"the migrations are missing: there is no {tmp_path / 'migrations' / 'env.py'}")
    assert "run from a checkout" in line


def test_what_a_fault_quotes_cannot_write_to_the_terminal(nets: Any) -> None:
    said = nets("scores", "trial\n\x1b[2Jgone")
    assert refusal(said) == "there is no campaign and no release trial \\x1b[2Jgone"


def test_a_reader_that_has_seen_enough_is_no_fault(
    nets: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(sys, "stdout", os.fdopen(writing, "w"))
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 1
    assert capsys.readouterr().err == ""


def test_a_terminal_that_cannot_show_a_title_is_told_how(
    nets: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = ("--opens", "2020-02-03", "--closes", "2020-03-31")
    nets("campaign", "open", "ty", "--questionnaire", "team-climate/2026.1", "--title", "Tŷ", *days)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    assert main(["campaign", "list"]) == 1
    assert "cannot be written in this terminal's encoding, latin-1; set PYTHONUTF8=1" in capsys.readouterr().err
