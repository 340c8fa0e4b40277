"""How fast submissions are stored, beside a route that reads and checks the same body and stores nothing.

Other programs on the machine slow both alike, so rates are compared with each other, in turns within one run; what they cost in
processor time is compared too, which depends on others less.

A bare driver that commits one row a transaction on one connection is compared with the writer alone, to which a process hands
responses without HTTP: where the disk is quick, no program that reads HTTP in Python comes near a bare loop of commits.
"""

import asyncio
import gc
import json
import os
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import psycopg

from benchmarks.service.gate import Gate
from benchmarks.service.load import STORED, SUBMIT, Load, Try, per_second, quantile
from benchmarks.service.machine import Postgres, Served
from benchmarks.service.served import NOTHING
from benchmarks.service.survey import CAMPAIGN, fill, sample_bodies
from nets.campaign import Campaign
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response, bind_response
from nets.store.database import Database
from nets.store.submissions import Attempt, submit_all
from nets.store.writer import Writer

CLIENTS: Final = 32
PEAK: Final = 139
"""Submissions a second; the Census of 2021 in England and Wales saw so many in its busiest moment."""

_OF_NOTHING: Final = 0.4
_OF_BARE_DRIVER: Final = 0.5
_TURNS: Final = 3
_SECONDS: Final = 4.0
_PEAK_SECONDS: Final = 10.0


def closed(service: Served, path: str) -> tuple[list[Try], float]:
    """Thirty-two closed loops; the tries, and the service's processor milliseconds a try."""
    before = service.cpu_seconds()
    load = Load(service.port, path)
    tries = load.run(load.closed(CLIENTS, _SECONDS))
    return tries, 1000 * (service.cpu_seconds() - before) / len(tries)


def opened(service: Served, rate: float, seconds: float = _SECONDS) -> list[Try]:
    """An open loop at a rate."""
    load = Load(service.port)
    return load.run(load.open(rate, seconds))


def tail(tries: list[Try], share: float = 0.99) -> float:
    """The time in milliseconds that this share of the tries kept within."""
    return quantile([one.seconds for one in tries], share)


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


def written_a_second(url: str) -> float:
    """How many responses a second the writer stores for as many tasks of one process as there are clients."""
    bodies = [json.loads(body) for body in sample_bodies()]

    def attempt() -> Attempt:
        body = random.choice(bodies)

        def bind(_: Campaign, version: QuestionnaireVersion) -> Response:
            return bind_response(version, **body, answered_on=date.today())

        return Attempt(CAMPAIGN, str(uuid4()), bind)

    async def write() -> int:
        end = time.perf_counter() + _SECONDS / 2

        async def client() -> int:
            done = 0
            while time.perf_counter() < end:
                await writer.write_together(submit_all, attempt())
                done += 1
            return done

        return sum(await asyncio.gather(*(client() for _ in range(CLIENTS))))

    database = Database(url)
    writer = Writer(database)
    gc.collect()
    gc.freeze()  # as the service does
    try:
        return asyncio.run(write()) / (_SECONDS / 2)
    finally:
        gc.unfreeze()
        writer.close()
        database.dispose()


def measure(engine: str, url: str, bare: Callable[[], None]) -> Iterator[Gate]:
    """The gates of one engine."""
    service = Served(url)
    try:
        closed(service, SUBMIT)  # so that nothing is measured that happens once a process
        turns = []
        for _ in range(_TURNS):
            nothing, nothing_cost = closed(service, NOTHING)
            stored, stored_cost = closed(service, SUBMIT)
            turns.append(
                (per_second(nothing), per_second(stored), nothing_cost, stored_cost, tail(nothing), tail(stored),
                 commits_a_second(bare), written_a_second(url))
            )  # fmt: skip
        free, rate, free_cost, cost, free_tail, stored_tail, bare_rate, written = (
            median(column) for column in zip(*turns, strict=True)
        )
        ratio = median(turn[1] / turn[0] for turn in turns)
        yield Gate(
            f"submissions against no-op POSTs, {engine}",
            f">= {_OF_NOTHING:.2f}",
            f"{ratio:.2f} ({rate:.0f} against {free:.0f} a second; {cost:.2f} against {free_cost:.2f} ms of processor time)",
            ratio >= _OF_NOTHING,
        )
        to_bare = median(turn[7] / turn[6] for turn in turns)
        yield Gate(
            f"the writer alone against the bare driver, {engine}",
            f">= {_OF_BARE_DRIVER:.2f}",
            f"{to_bare:.2f} ({written:.0f} responses against {bare_rate:.0f} commits of one row a second; over HTTP {rate:.0f})",
            to_bare >= _OF_BARE_DRIVER,
        )
        yield Gate(
            f"p99 at {CLIENTS} closed loops, {engine}",
            "<= 100 ms",
            f"{stored_tail:.0f} ms (no-op {free_tail:.0f} ms)",
            stored_tail <= 100,
        )
        yield peak(engine, service)
        yield overload(engine, service, rate)
        statuses, receipts = one_key(service)
        yield Gate(
            f"one key 64 times at once, {engine}",
            "one row",
            f"{statuses[201]} stored, {statuses[200]} replayed, {statuses[503]} answered 503, {receipts} receipt",
            statuses[201] == 1 and receipts == 1,
        )
    finally:
        service.kill()


def peak(engine: str, service: Served) -> Gate:
    """As many as ever were."""
    used = sum(os.times()[:2])
    tries = opened(service, PEAK, _PEAK_SECONDS)
    used = sum(os.times()[:2]) - used
    errors = sum(one.status not in STORED for one in tries)
    late = quantile([one.late for one in tries], 0.99)
    return Gate(
        f"open loop at {PEAK} a second, {engine}",
        "p99 <= 50 ms, no error",
        f"p50 {tail(tries, 0.5):.0f} ms, p99 {tail(tries):.0f} ms, {errors} errors of {len(tries)} "
        f"(the clients were up to {late:.0f} ms late themselves, and took {100 * used / _PEAK_SECONDS:.0f} % of a core)",
        tail(tries) <= 50 and not errors,
    )


def overload(engine: str, service: Served, capacity: float) -> Gate:
    """Twice of what closed loops got through, and then again the peak, to see whether it has recovered."""
    tries = opened(service, 2 * capacity)
    accepted = [one for one in tries if one.status in STORED]
    others = {one.status for one in tries} - STORED - {503}
    after = opened(service, min(PEAK, capacity / 2))
    errors = sum(one.status not in STORED for one in after)
    return Gate(
        f"twice the capacity ({2 * capacity:.0f} a second), {engine}",
        "only 2xx and 503, p99 of the accepted <= 500 ms, recovers",
        f"{len(accepted)} stored, {sum(one.status == 503 for one in tries)} answered 503, other statuses: "
        f"{sorted(others) or 'none'}; p99 of the accepted {tail(accepted):.0f} ms; afterwards "
        f"{errors} errors of {len(after)}, p99 {tail(after):.0f} ms",
        not others and tail(accepted) <= 500 and not errors,
    )


def run() -> Iterator[Gate]:
    """The gates of both engines."""
    with tempfile.TemporaryDirectory(prefix="nets-gates-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as a user of its own where this runs as root
        url = f"sqlite:///{name}/gates.sqlite3"
        fill(url)
        with bare_sqlite(name) as commit:
            yield from measure("SQLite", url, commit)
        postgres = Postgres(Path(name))
        try:
            fill(postgres.url)
            with bare_postgres(postgres.url) as commit:
                yield from measure("PostgreSQL", postgres.url, commit)
        finally:
            postgres.stop()
