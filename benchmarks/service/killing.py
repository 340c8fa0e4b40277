"""The service and PostgreSQL ended with SIGKILL under load: nothing acknowledged is lost, nothing is there twice.

Clients send in closed loops. Afterwards every key is sent once more, as phones do that heard nothing: what had been acknowledged
must get the same receipt, and in the end there must be one response a key. A control breaks the promise and must lose.
"""

import asyncio
import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.service.gate import Gate
from benchmarks.service.load import Load, Try
from benchmarks.service.machine import Postgres, Served
from benchmarks.service.survey import fill
from nets.store.database import Database

KILLS: Final = 5
_CLIENTS: Final = 16
_SECONDS: Final = 2.5


@dataclass(slots=True)
class Toll:
    """What came of all the kills."""

    acknowledged: int = 0
    unheard: int = 0
    lost: int = 0
    twice: int = 0
    other_receipt: int = 0
    already_there: int = 0

    def __str__(self) -> str:
        return (
            f"{self.lost} of {self.acknowledged} acknowledged lost, {self.twice} twice, {self.other_receipt} with another "
            f"receipt; {self.already_there} of the {self.unheard} that heard nothing had been stored"
        )


def stored_keys(url: str) -> tuple[set[bytes], int]:
    """The fingerprints of the keys that are stored, and how many responses."""
    database = Database(url)
    keys = {bytes(key) for (key,) in database.run_alone("SELECT key_hash FROM submission_keys")}
    ((n_responses,),) = database.run_alone("SELECT count(*) FROM responses")
    database.dispose()
    return keys, int(n_responses)


def reckon(url: str, port: int, tries: list[Try], toll: Toll) -> None:
    """Compare what clients heard with what is stored, let all send again, and compare once more."""
    heard = {one.key: one.receipt for one in tries if one.receipt}
    unheard = {one.key for one in tries} - set(heard)
    keys, n_before = stored_keys(url)
    toll.acknowledged += len(heard)
    toll.unheard += len(unheard)
    toll.lost += sum(_fingerprint(key) not in keys for key in heard)
    toll.already_there += sum(_fingerprint(key) in keys for key in unheard)
    toll.twice += abs(n_before - len(keys))
    again = Load(port)
    for one in again.run(again.resend([*heard, *unheard])):
        toll.other_receipt += heard.get(one.key, one.receipt) != one.receipt
    keys, n_after = stored_keys(url)
    toll.twice += abs(n_after - len(keys))


def _fingerprint(key: str) -> bytes:
    return hashlib.sha256(b"nets submission key\0" + key.encode()).digest()


def kill_service(url: str, kills: int, control: str = "") -> Toll:
    """Kill the service so many times; each time a new one starts on the same database."""
    toll = Toll()
    service = Served(url, control)
    for _ in range(kills):
        tries = _under_load(service.port, random.uniform(0.3, 1) * _SECONDS, service.kill)
        service = Served(url, control)
        reckon(url, service.port, tries, toll)
    service.kill()
    return toll


def kill_postgres(postgres: Postgres, kills: int, control: str = "") -> Toll:
    """Kill the database server so many times under one and the same service, which must find it again by itself."""
    toll = Toll()
    service = Served(postgres.url, control)

    def kill_and_start() -> None:
        postgres.kill()
        postgres.start_again()

    for _ in range(kills):
        tries = _under_load(service.port, random.uniform(0.3, 1) * _SECONDS, kill_and_start, and_then=0.5)
        reckon(postgres.url, service.port, tries, toll)
    service.kill()
    return toll


def stop_service(url: str) -> Toll:
    """Ask the service to end under load: it stores and answers what it has taken."""
    toll = Toll()
    service = Served(url)
    tries = _under_load(service.port, _SECONDS, service.stop)
    service = Served(url)
    reckon(url, service.port, tries, toll)
    service.kill()
    return toll


def _under_load(port: int, until: float, end: Callable[[], object], and_then: float = 0.0) -> list[Try]:
    """Let clients send; do ``end`` after so many seconds, and let them go on for some more."""
    load = Load(port)

    async def work() -> None:
        sending = asyncio.create_task(load.closed(_CLIENTS, 60))
        await asyncio.sleep(until)
        with ThreadPoolExecutor(1) as aside:
            await asyncio.get_running_loop().run_in_executor(aside, end)
        await asyncio.sleep(and_then)
        load.is_over = True
        await sending

    return load.run(work())


def kept(what: str, toll: Toll) -> Gate:
    """A gate: nothing acknowledged may be lost, and nothing be there twice."""
    is_kept = toll.acknowledged > 0 and not (toll.lost or toll.twice or toll.other_receipt)
    return Gate(what, "none lost, none twice", str(toll), is_kept)


def broken(what: str, toll: Toll) -> Gate:
    """A control, which must lose some."""
    return Gate(what, "the control must lose", str(toll), toll.lost > 0)


def run() -> Iterator[Gate]:
    """The gates of both engines."""
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{name}/gates.sqlite3"
        fill(url)
        yield kept(f"kill -9 of the service, SQLite, {KILLS} times", kill_service(url, KILLS))
        yield broken("the same, answering before the commit, once", kill_service(url, 1, "hasty"))
        yield kept("SIGTERM under load, SQLite", stop_service(url))
    with tempfile.TemporaryDirectory(prefix="nets-gates-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as a user of its own where this runs as root
        postgres = Postgres(Path(name))
        try:
            fill(postgres.url)
            yield kept(f"kill -9 of the service, PostgreSQL, {KILLS} times", kill_service(postgres.url, KILLS))
            yield kept(f"kill -9 of PostgreSQL, {KILLS} times", kill_postgres(postgres, KILLS))
            loose = kill_postgres(postgres, KILLS, "loose")
            yield broken(f"the same with synchronous_commit off, {KILLS} times", loose)
        finally:
            postgres.stop()
