"""docs/command-line.md: its session is run, and its second half is the commands' own help."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from nets.cli import main
from nets.cli.commands import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def alike_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine and no width of its terminal shows in what commands say."""
    for name in ("NETS_DATABASE_URL", "NETS_QUESTIONNAIRE_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


def commands(command: Any = None, name: str = "nets") -> Iterator[str]:
    command = command or typer.main.get_command(app)
    yield name
    for word, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {word}")


def test_every_command_stands_there_with_its_help(
    hold: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = []
    for name in commands():
        assert main([*name.split()[1:], "--help"]) == 0
        blocks.append(f"### {name}\n\n```text\n{capsys.readouterr().out.strip()}\n```\n")
    assert len(blocks) > 10
    hold("command-line.md", "\n".join(blocks))


def test_the_session_goes_as_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "questionnaires").symlink_to(ROOT / "questionnaires")
    (session,) = re.findall(r"```console\n(.*?)```", PAGE, flags=re.S)
    steps = re.findall(r"^\$ nets (.*)\n((?:(?!\$ ).*\n)*)", session, flags=re.M)
    assert len(steps) > 5
    for command, shown in steps:
        code = main(shlex.split(command))
        said = capsys.readouterr()
        assert code == 0, f"nets {command}: {said.err}"
        pattern = ".*".join(re.escape(part) for part in shown.split("..."))
        assert re.fullmatch(pattern, said.out, flags=re.S), f"nets {command} says\n{said.out}"


@pytest.mark.parametrize(("code", "arguments"), [(1, ["campaign", "list"]), (2, ["campaign"]), (0, ["--help"])])
def test_the_exit_codes_are_those_of_the_page(
    code: int, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where there is no database
    assert re.search(rf"^\| {code} \|", PAGE, flags=re.M)
    assert main(arguments) == code
