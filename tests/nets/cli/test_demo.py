"""``nets demo``: one command from nothing to a filled survey, and again without doing anything twice."""

import re
import socket
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nets.cli import demo as demo_command
from nets.errors import Refused
from nets.simulation.demo import fill_demo
from nets.store.campaigns import list_campaigns
from nets.store.database import Database


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo with hardly any learners but those who were planted."""
    monkeypatch.delenv("NETS_QUESTIONNAIRE_FOLDER", raising=False)
    monkeypatch.setattr(demo_command, "fill_demo", partial(fill_demo, responses_a_year=1))


def test_it_fills_a_survey_and_says_what_to_open(
    nets: Any, small_demo: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = nets("demo", "--folder", "trial", "--port", 8765, "--no-serve")
    assert said.code == 0, said.errors
    assert (tmp_path / "trial" / "nets.sqlite3").exists()
    assert said.out.count("demo: ") == 7
    assert "http://127.0.0.1:8765/quality" in said.out
    for name, sees in (
        ("national", "the whole survey"),
        ("office", "Alderwick local office"),
        ("provider", "Alderwick"),
    ):
        assert re.search(rf"^ +{name} +[a-z0-9]{{5}}(-[a-z0-9]{{5}}){{3}} +{sees}", said.out, flags=re.M), name
    database = f"sqlite:///{tmp_path / 'trial' / 'nets.sqlite3'}"
    listed = nets("campaign", "list", "--database", database).out.splitlines()
    assert len(listed) == 4
    pilot, newest = (line.split()[0] for line in listed[:2])
    assert f"release {newest} --database sqlite:///trial/nets.sqlite3" in said.out
    monkeypatch.setenv(*said.out[said.out.index("NETS_INVITATION_KEY") :].split()[0].split("="))
    monkeypatch.setenv("NETS_SENDER", "console")
    reminded = nets(
        "invitations", "remind", pilot, "--address", "http://127.0.0.1:8765", "--dry-run", "--database", database
    )
    assert "would be sent" in reminded.out, reminded.errors
    assert nets("scores", newest, "--database", database).code == 0

    again = nets("demo", "--folder", "trial", "--no-serve")
    assert "demo: " not in again.out
    assert len(nets("campaign", "list", "--database", database).out.splitlines()) == 4

    there_before: list[int] = []

    def look(database: Database, *_: object, **__: object) -> None:
        with database.read() as connection:
            there_before.append(len(list_campaigns(connection)))
        raise Refused("that it is filled from nothing has been seen above")

    monkeypatch.setattr(demo_command, "fill_demo", look)
    assert nets("demo", "--folder", "trial", "--no-serve", "--fresh").code == 1
    assert there_before == [0]


def test_a_port_in_use_is_told_before_the_long_work(nets: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = nets("demo", "--port", port)
    assert said.code == 1
    assert said.errors == [
        f"nets: cannot listen on 127.0.0.1 port {port}: address already in use; choose another with --port"
    ]
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_cannot_be_made_is_told(nets: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    said = nets("demo", "--folder", "taken", "--no-serve")
    assert said.code == 1
    assert said.errors == ["nets: taken: File exists"]
