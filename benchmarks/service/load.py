"""Clients on loopback: closed loops (each waits for its answer) and an open one (they come at a rate, whatever happens).

Clients share the machine's cores with the service that they measure, so they do little: hand-written HTTP on bare transports,
about 0.1 ms a request. Their own pauses would be taken for the service's: nothing is searched for unreachable objects meanwhile,
and how late they were to send is told.
"""

import asyncio
import gc
import json
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import cast
from uuid import uuid4

from benchmarks.service.survey import CAMPAIGN, sample_bodies

SUBMIT = f"/v1/campaigns/{CAMPAIGN}/responses"
STORED = frozenset({200, 201})
NOTHING_HEARD = 0
"""Stands for the status where the connection broke before an answer came."""


@dataclass(frozen=True, slots=True)
class Try:
    """One request: when it was due, sent and answered (seconds since the start), by what status, under which key."""

    key: str
    due: float
    late: float
    seconds: float
    status: int
    receipt: str


@dataclass(slots=True)
class Load:
    """What is sent where, and what came of it."""

    port: int
    path: str = SUBMIT
    tries: list[Try] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=sample_bodies)
    is_over: bool = False

    def run(self, work: Coroutine[None, None, None]) -> list[Try]:
        """Run a load to its end and return its tries."""
        gc.collect()
        gc.disable()
        try:
            asyncio.run(work)
        finally:
            gc.enable()
        return self.tries

    async def closed(self, clients: int, seconds: float) -> None:
        """Send from so many clients, each as soon as it has heard of its last one, or a little later if that was not stored."""
        start = time.perf_counter()

        async def client() -> None:
            line = Line(self.port)
            while (now := time.perf_counter() - start) < seconds and not self.is_over:
                await self.send(line, str(uuid4()), now, start)
                if self.tries[-1].status not in STORED:
                    await asyncio.sleep(0.2)
            line.close()

        await asyncio.gather(*(client() for _ in range(clients)))

    async def open(self, rate: float, seconds: float, lines: int = 400) -> None:
        """Send at a rate, at random moments (Poisson), however long the answers take; a try counts from when it was due."""
        start = time.perf_counter()
        idle: list[Line] = []
        sent: list[asyncio.Task[None]] = []

        async def one(due: float) -> None:
            line = idle.pop() if idle else Line(self.port)
            await self.send(line, str(uuid4()), due, start)
            if line.is_broken or len(idle) >= lines:
                line.close()
            else:
                idle.append(line)

        due = 0.0
        while (due := due + random.expovariate(rate)) < seconds:
            await asyncio.sleep(max(0.0, due - (time.perf_counter() - start)))
            sent.append(asyncio.create_task(one(due)))
        await asyncio.gather(*sent)
        for line in idle:
            line.close()

    async def resend(self, keys: list[str], clients: int = 8) -> None:
        """Send every one of these once more, as a phone does that has not heard, with the same body."""
        start = time.perf_counter()
        left = list(keys)

        async def client() -> None:
            line = Line(self.port)
            while left:
                await self.send(line, left.pop(), time.perf_counter() - start, start)
            line.close()

        await asyncio.gather(*(client() for _ in range(clients)))

    def body_of(self, key: str) -> bytes:
        """The body that goes with a key: always the same."""
        return self.bodies[int(key[:8], 16) % len(self.bodies)]

    async def send(self, line: "Line", key: str, due: float, start: float) -> None:
        """Send one response and note what came of it."""
        late = time.perf_counter() - start - due
        status, answer = await line.post(self.path, key, self.body_of(key))
        seconds = time.perf_counter() - start - due
        receipt = json.loads(answer)["receipt"] if status in STORED else ""
        self.tries.append(Try(key, due, late, seconds, status, receipt))


class Line(asyncio.Protocol):
    """One connection, opened when it is needed and again after it broke; it carries one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""

    @property
    def is_broken(self) -> bool:
        """Whether the next request needs a new connection."""
        return self._transport is None

    async def post(self, path: str, key: str, body: bytes) -> tuple[int, bytes]:
        """Send a body; status and body of the answer, or ``NOTHING_HEARD``."""
        loop = asyncio.get_running_loop()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._received = b""
        self._answer = loop.create_future()
        try:
            if self._transport is None:
                await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        except OSError:
            return NOTHING_HEARD, b""
        if self._transport is not None:
            self._transport.write(head.encode() + body)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take in a part of the answer; tell who waits when it is whole."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]):
            self._settle(int(head[9:12]), body)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell who waits that nothing will be heard."""
        self._transport = None
        self._settle(NOTHING_HEARD, b"")

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()
        self._transport = None

    def _settle(self, status: int, body: bytes) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))


def quantile(seconds: list[float], share: float) -> float:
    """The time in milliseconds that this share of them kept within; none at all kept within no time."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] if seconds else float("inf")


def per_second(tries: list[Try]) -> float:
    """How many were stored a second."""
    return sum(one.status in STORED for one in tries) / max(one.due + one.seconds for one in tries)
