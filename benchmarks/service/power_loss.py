"""Power cuts on SQLite, simulated: what was written but not yet synced when the power went is on the disk in part, or not at all.

A layer under SQLite (a VFS) records every write, truncation and sync of the real program while it stores submissions, shuffles and
goes on. A power cut is then a moment in that record: each file is made anew from what had been synced until then and, sector by
sector, a random part of what had not. The program opens the result; every submission acknowledged before that moment must be there.
"""

import asyncio
import ctypes
import hashlib
import random
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import nets.store.engines as door
from benchmarks.service.gate import Gate
from benchmarks.service.survey import CAMPAIGN, fill
from nets.packing import unpack
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.response import Response
from nets.store.database import Database
from nets.store.shuffling import shuffle
from nets.store.submissions import Attempt, submit_all
from nets.store.writer import Writer

CUTS: Final = 120
_SUBMISSIONS: Final = 640
_AT_ONCE: Final = 8
_SECTOR: Final = 512
_METHODS: Final = 8 + 18 * 8  # sqlite3_io_methods, version 3: a number and eighteen functions

_Close = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_Open = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class _Vfs(ctypes.Structure):
    """The head of sqlite3_vfs; the rest of it is copied as it is."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("size_of_file", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("rest", ctypes.c_void_p * 16),
    )


@dataclass(frozen=True, slots=True)
class Event:
    """Something that befell a file, or an acknowledgement: ``what`` is write, truncate, sync or heard."""

    what: str
    file: str
    at: int = 0
    content: bytes = b""


@dataclass(slots=True)
class Recorder:
    """Everything that SQLite does to files and everything that clients heard, in order."""

    events: list[Event] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)  # what C holds pointers to

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Stand under every connection that is opened within the block."""
        library = ctypes.CDLL(_library())
        library.sqlite3_vfs_find.restype = ctypes.c_void_p
        own_address = library.sqlite3_vfs_find(None)
        own = _Vfs.from_address(own_address)
        layer = _Vfs.from_buffer_copy(own)
        opened = _Open(own.open)

        def open_file(_: Any, name: Any, file: Any, flags: int, out: Any) -> int:
            code = int(opened(own_address, name, file, flags, out))
            path = ctypes.string_at(name).decode() if name else ""
            if code == 0 and path:
                self._watch(file, Path(path).name)
            return code

        callback = _Open(open_file)
        self._kept.append(callback)
        layer.open = ctypes.cast(callback, ctypes.c_void_p)
        layer.name = b"recorded"
        self._kept.append(layer)
        library.sqlite3_vfs_register(ctypes.byref(layer), 1)
        try:
            yield
        finally:
            library.sqlite3_vfs_register(ctypes.c_void_p(own_address), 1)
            library.sqlite3_vfs_unregister(ctypes.byref(layer))

    def heard(self, key: str) -> None:
        """Note that a client was told that its submission is stored."""
        self.events.append(Event("heard", key))

    def _watch(self, file: int, name: str) -> None:
        """Give an open file our own write, truncate and sync, which note the event and then do it."""
        methods = ctypes.c_void_p.from_address(file)
        own = ctypes.create_string_buffer(ctypes.string_at(methods.value or 0, _METHODS), _METHODS)
        slots = (ctypes.c_void_p * 18).from_buffer(own, 8)
        write, truncate, sync = _Write(slots[2] or 0), _Truncate(slots[3] or 0), _Sync(slots[4] or 0)

        def on_write(file: Any, content: Any, length: int, at: int) -> int:
            self.events.append(Event("write", name, at, ctypes.string_at(content, length)))
            return int(write(file, content, length, at))

        def on_truncate(file: Any, size: int) -> int:
            self.events.append(Event("truncate", name, size))
            return int(truncate(file, size))

        def on_sync(file: Any, flags: int) -> int:
            code = int(sync(file, flags))
            self.events.append(Event("sync", name))
            return code

        callbacks = _Write(on_write), _Truncate(on_truncate), _Sync(on_sync)
        for slot, callback in zip((2, 3, 4), callbacks, strict=True):
            slots[slot] = ctypes.cast(callback, ctypes.c_void_p).value
        self._kept += [own, callbacks]
        methods.value = ctypes.addressof(own)


def _library() -> str:
    """The SQLite that this Python uses."""
    sqlite3.connect(":memory:").close()
    mapped = Path("/proc/self/maps").read_text("utf-8")
    found = [line.split()[-1] for line in mapped.splitlines() if "libsqlite3" in line]
    if not found:
        raise SystemExit("this Python has SQLite inside itself, where it cannot be recorded; use the system's Python")
    return found[0]


def record(folder: Path, synchronous: str) -> tuple[dict[str, bytes], list[Event]]:
    """Store submissions with the real program; the files as they were before, and everything that befell them."""
    path = folder / "cut.sqlite3"
    fill(f"sqlite:///{path}")
    before = {path.name: path.read_bytes()}
    recorder = Recorder()
    pragmas = door._SQLITE_PRAGMAS
    door._SQLITE_PRAGMAS = tuple(  # type: ignore[misc,assignment] # the control's setting in place of ours
        f"PRAGMA synchronous = {synchronous}" if "synchronous" in pragma else pragma for pragma in pragmas
    )
    try:
        with recorder.recording():
            _store(path, recorder)
    finally:
        door._SQLITE_PRAGMAS = pragmas  # type: ignore[misc]
    return before, recorder.events


def _store(path: Path, recorder: Recorder) -> None:
    database = Database(f"sqlite:///{path}")
    writer = Writer(database)
    version = QuestionnaireFolder().read("nets", "2026.1")
    answers = unpack(version, bytes(len(version.closed_items)))
    response = Response(version.id, version.version, "W-1", "nursing", date.today(), answers, {"COM01": "Calm. " * 20})

    async def client() -> None:
        for _ in range(_SUBMISSIONS // _AT_ONCE // 2):
            key = str(uuid4())
            await writer.write_together(submit_all, Attempt(CAMPAIGN, key, lambda *_: response))
            recorder.heard(key)

    async def clients() -> None:
        await asyncio.gather(*(client() for _ in range(_AT_ONCE)))

    for _ in range(2):
        asyncio.run(clients())
        shuffle(database, date.today())
    writer.close()
    database.dispose()


def cut(before: dict[str, bytes], events: list[Event], moment: int, rng: random.Random, folder: Path) -> None:
    """Lay down the files as a power cut after so many events may leave them."""
    last_sync: dict[str, int] = defaultdict(lambda: -1)
    for number, event in enumerate(events[:moment]):
        if event.what == "sync":
            last_sync[event.file] = number
    files = {name: bytearray(content) for name, content in before.items()}
    survives = rng.choice((0.0, 0.5, 0.9, 1.0))
    for number, event in enumerate(events[:moment]):
        content = files.setdefault(event.file, bytearray()) if event.what in {"write", "truncate"} else bytearray()
        is_synced = number < last_sync[event.file]
        if event.what == "truncate" and (is_synced or rng.random() < survives):
            del content[event.at :]
        elif event.what == "write":
            for start in range(0, len(event.content), _SECTOR):
                if is_synced or rng.random() < survives:
                    piece = event.content[start : start + _SECTOR]
                    at = event.at + start
                    content.extend(bytes(max(0, at - len(content))))
                    content[at : at + len(piece)] = piece
    for name, content in files.items():
        if not name.endswith("-shm"):
            (folder / name).write_bytes(content)


def lost(before: dict[str, bytes], events: list[Event], moment: int, rng: random.Random) -> int:
    """How many acknowledged submissions are gone after a power cut at this moment.

    Raises
    ------
    SystemExit
        If the database is broken, or a response is there without its key or the other way round.
    """
    heard = {event.file for event in events[:moment] if event.what == "heard"}
    with tempfile.TemporaryDirectory() as name:
        cut(before, events, moment, rng, Path(name))
        database = Database(f"sqlite:///{name}/cut.sqlite3")
        ((verdict,),) = database.run_alone("PRAGMA integrity_check")
        keys = {bytes(key) for (key,) in database.run_alone("SELECT key_hash FROM submission_keys")}
        ((n_responses,),) = database.run_alone("SELECT count(*) FROM responses")
        database.dispose()
    if verdict != "ok" or n_responses != len(keys):
        raise SystemExit(f"after a power cut the database is broken: {verdict}, {n_responses} of {len(keys)}")
    return sum(hashlib.sha256(b"nets submission key\0" + key.encode()).digest() not in keys for key in heard)


def run() -> Iterator[Gate]:
    """The gate, and its control."""
    for synchronous, gate in (("FULL", "none loses anything"), ("NORMAL", "the control must lose")):
        rng = random.Random(1)
        with tempfile.TemporaryDirectory() as folder:
            before, events = record(Path(folder), synchronous)
        counts = Counter(event.what for event in events)
        losses = [lost(before, events, rng.randrange(1, len(events) + 1), rng) for _ in range(CUTS)]
        yield Gate(
            f"power cut on SQLite, synchronous = {synchronous}",
            gate,
            f"{sum(loss > 0 for loss in losses)} of {CUTS} cuts lost acknowledged responses, {sum(losses)} in all "
            f"({counts['heard']} submissions, {counts['write']} writes, {counts['sync']} syncs)",
            (sum(losses) > 0) == (synchronous == "NORMAL"),
        )
