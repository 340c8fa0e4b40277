"""Clients on loopback: closed loops (each waits for its answer) and an open one (they come at a rate, whatever happens).

Plain sockets and hand-written HTTP, because the clients share the machine's cores with the service that they measure.
"""

import asyncio
import json
import random
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from benchmarks.service.survey import CAMPAIGN, sample_bodies

SUBMIT = f"/v1/campaigns/{CAMPAIGN}/responses"
STORED = frozenset({200, 201})
NOTHING_HEARD = 0
"""Stands for the status where the connection broke before an answer came."""


@dataclass(frozen=True, slots=True)
class Try:
    """One request: when it was due and answered (seconds since the start), by what status, under which key."""

    key: str
    due: float
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
        asyncio.run(work)
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
        """Send at a rate, at random moments (Poisson), however long the answers take; a try is late from when it was due."""
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
        status, answer = await line.post(self.path, key, self.body_of(key))
        receipt = json.loads(answer)["receipt"] if status in STORED else ""
        self.tries.append(Try(key, due, time.perf_counter() - start - due, status, receipt))


class Line:
    """One connection, opened when it is needed and again after it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the next request needs a new connection."""
        return self._streams is None

    async def post(self, path: str, key: str, body: bytes) -> tuple[int, bytes]:
        """Send a body; status and body of the answer, or ``NOTHING_HEARD``."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(head.encode() + body)
            answered = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(answered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            return int(answered[9:12]), await reader.readexactly(length)
        except (OSError, EOFError, asyncio.IncompleteReadError):
            self.close()
            return NOTHING_HEARD, b""

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            with suppress(OSError):
                self._streams[1].close()
        self._streams = None


def quantile(tries: list[Try], share: float) -> float:
    """The latency in milliseconds that this share of the tries kept within."""
    times = sorted(one.seconds for one in tries)
    return 1000 * times[min(len(times) - 1, int(share * len(times)))]


def per_second(tries: list[Try]) -> float:
    """How many were stored a second."""
    return sum(one.status in STORED for one in tries) / max(one.due + one.seconds for one in tries)
