"""``nets serve``: the service on a real socket, stopped by Ctrl-C, or a line that says why it does not start."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_it_says_where_it_listens_and_ends_well_on_ctrl_c(nets: Any, free_port: int) -> None:
    service = subprocess.Popen(
        [sys.executable, "-m", "nets", "serve", "--port", str(free_port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert service.stdout is not None
        assert service.stdout.readline() == (
            f"listening on http://127.0.0.1:{free_port}; quality pages at /quality, data interface at /docs; "
            "Ctrl-C stops the service\n"
        )
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/health", timeout=60) as answer:
            assert answer.status == 200
        service.send_signal(signal.SIGINT)
        out, err = service.communicate(timeout=60)
        assert (service.returncode, out, err) == (0, "", "")
    finally:
        service.kill()
        service.wait()


def test_a_port_in_use_is_told(nets: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = nets("serve", "--port", port)
    assert said.code == 1
    assert said.errors == [
        f"nets: cannot listen on 127.0.0.1 port {port}: address already in use; choose another with --port"
    ]


def test_a_host_that_is_none_of_this_machine_is_told(nets: Any, free_port: int) -> None:
    said = nets("serve", "--host", "192.0.2.1", "--port", free_port)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith(f"nets: cannot listen on 192.0.2.1 port {free_port}: ")


def test_it_does_not_start_without_a_database(nets: Any, database_file: Path, free_port: int) -> None:
    database_file.unlink()
    said = nets("serve", "--port", free_port)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith(f"nets: there is no database {database_file}")
    assert not database_file.exists()


def test_it_does_not_start_on_a_published_questionnaire_that_was_edited(
    nets: Any, folder: Path, free_port: int
) -> None:
    file = folder / "team-climate" / "2026.1.json"
    file.write_bytes(file.read_bytes() + b"\n")
    said = nets("serve", "--port", free_port)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith("nets: team-climate/2026.1.json: was edited")


def test_it_does_not_start_when_a_line_of_what_learners_are_asked_is_gone(
    nets: Any, trial: str, folder: Path, free_port: int
) -> None:
    (folder / "PUBLISHED").unlink()
    said = nets("serve", "--port", free_port)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith("nets: PUBLISHED: the line of team-climate/2026.1.json is gone")


def test_a_setting_that_cannot_be_taken_is_told(nets: Any, free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_DRAFT_DAYS", "many")
    said = nets("serve", "--port", free_port)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith("nets: NETS_DRAFT_DAYS: ")
