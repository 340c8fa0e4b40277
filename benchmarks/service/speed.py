"""How fast submissions are stored, beside a route that reads and checks the same body and stores nothing.

Other programs on the machine slow both alike, so rates are compared with each other, in turns within one run; what they cost in
processor time is compared too, which depends on others less. The bare driver commits one row a transaction on one connection.
"""

import os
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import psycopg

from benchmarks.service.load import STORED, SUBMIT, Load, Try, per_second, quantile
from benchmarks.service.machine import Postgres, Served
from benchmarks.service.served import NOTHING
from benchmarks.service.survey import fill

CLIENTS: Final = 32
PEAK: Final = 139
"""Submissions a second; the Census of 2021 in England and Wales saw so many in its busiest moment."""

_TURNS: Final = 3
_SECONDS: Final = 4.0


def closed(service: Served, path: str) -> tuple[list[Try], float]:
    """Thirty-two closed loops; the tries, and the service's processor milliseconds a try."""
    before = service.cpu_seconds()
    load = Load(service.port, path)
    tries = load.run(load.closed(CLIENTS, _SECONDS))
    return tries, 1000 * (service.cpu_seconds() - before) / len(tries)


def opened(service: Served, rate: float) -> list[Try]:
    """An open loop at a rate."""
    load = Load(service.port)
    return load.run(load.open(rate, _SECONDS))


def one_key(service: Served, times: int = 64) -> tuple[Counter[int], int]:
    """Send one key from so many clients at once; how often each status came, and how many receipts there are."""
    load = Load(service.port)
    load.run(load.resend([str(uuid4())] * times, clients=times))
    return Counter(one.status for one in load.tries), len({one.receipt for one in load.tries if one.receipt})


def commits_a_second(commit: Callable[[], None]) -> float:
    """How often a driver commits one row."""
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < _SECONDS / 2:
        commit()
        done += 1
    return done / (_SECONDS / 2)


@contextmanager
def bare_sqlite(folder: str) -> Iterator[Callable[[], None]]:
    """A row of the size of a response, committed by SQLite's own driver."""
    connection = sqlite3.connect(f"{folder}/bare.sqlite3", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"):
        connection.execute(statement)
    connection.execute("CREATE TABLE bare (id BLOB PRIMARY KEY, packed BLOB) WITHOUT ROWID")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bare VALUES (?, ?)", (uuid4().bytes, random.randbytes(100)))
        connection.execute("COMMIT")

    yield commit
    connection.close()


@contextmanager
def bare_postgres(url: str) -> Iterator[Callable[[], None]]:
    """The same by psycopg."""
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TABLE bare (id uuid PRIMARY KEY, packed bytea)")

    def commit() -> None:
        connection.execute("INSERT INTO bare VALUES (%s, %s)", (uuid4(), random.randbytes(100)))

    yield commit
    connection.close()


def measure(engine: str, url: str, bare: Callable[[], None]) -> Iterator[tuple[str, str, str]]:
    """Rows of the table for one engine."""
    service = Served(url)
    try:
        closed(service, SUBMIT)  # so that nothing is measured that happens once a process
        turns = []
        for _ in range(_TURNS):
            nothing, nothing_cost = closed(service, NOTHING)
            stored, stored_cost = closed(service, SUBMIT)
            turns.append(
                (per_second(nothing), per_second(stored), nothing_cost, stored_cost, quantile(nothing, 0.99),
                 quantile(stored, 0.99), commits_a_second(bare))
            )  # fmt: skip
        free, rate, free_cost, cost, free_tail, tail, bare_rate = (
            median(column) for column in zip(*turns, strict=True)
        )
        ratio = median(turn[1] / turn[0] for turn in turns)
        yield (
            f"submissions against no-op POSTs, {engine}",
            ">= 0.40",
            f"{ratio:.2f} ({rate:.0f} against {free:.0f} a second; {cost:.2f} against {free_cost:.2f} ms of processor time)",
        )
        yield (
            f"submissions against the bare driver's commits, {engine}",
            ">= 0.5",
            f"{median(turn[1] / turn[6] for turn in turns):.2f} ({rate:.0f} against {bare_rate:.0f} a second)",
        )
        yield f"p99 at {CLIENTS} closed loops, {engine}", "<= 100 ms", f"{tail:.0f} ms (no-op {free_tail:.0f} ms)"
        tries = opened(service, PEAK)
        errors = sum(one.status not in STORED for one in tries)
        yield (
            f"open loop at {PEAK} a second, {engine}",
            "p99 <= 50 ms, no error",
            f"p50 {quantile(tries, 0.5):.0f} ms, p99 {quantile(tries, 0.99):.0f} ms, {errors} errors of {len(tries)}",
        )
        yield overload(engine, service, rate)
        statuses, receipts = one_key(service)
        yield (
            f"one key 64 times at once, {engine}",
            "one row",
            f"{statuses[201]} stored, {statuses[200]} replayed, {statuses[503]} answered 503, {receipts} receipt",
        )
    finally:
        service.kill()


def overload(engine: str, service: Served, capacity: float) -> tuple[str, str, str]:
    """Twice of what closed loops got through, and then again the peak, to see whether it has recovered."""
    tries = opened(service, 2 * capacity)
    accepted = [one for one in tries if one.status in STORED]
    others = {one.status for one in tries} - STORED - {503}
    after = opened(service, min(PEAK, capacity / 2))
    return (
        f"twice the capacity ({2 * capacity:.0f} a second), {engine}",
        "only 2xx and 503, p99 of the accepted <= 500 ms, recovers",
        f"{len(accepted)} stored, {sum(one.status == 503 for one in tries)} answered 503, other statuses: "
        f"{sorted(others) or 'none'}; p99 of the accepted {quantile(accepted, 0.99):.0f} ms; afterwards "
        f"{sum(one.status not in STORED for one in after)} errors of {len(after)}, p99 {quantile(after, 0.99):.0f} ms",
    )


def run() -> list[tuple[str, str, str]]:
    """Rows of the table: what, gate, found."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="nets-gates-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as a user of its own where this runs as root
        url = f"sqlite:///{name}/gates.sqlite3"
        fill(url)
        with bare_sqlite(name) as commit:
            for row in measure("SQLite", url, commit):
                rows.append(row)
                print(*row, sep=" | ", flush=True)
        postgres = Postgres(Path(name))
        try:
            fill(postgres.url)
            with bare_postgres(postgres.url) as commit:
                for row in measure("PostgreSQL", postgres.url, commit):
                    rows.append(row)
                    print(*row, sep=" | ", flush=True)
        finally:
            postgres.stop()
    print("load of the machine:", os.getloadavg())
    return rows


if __name__ == "__main__":
    run()
