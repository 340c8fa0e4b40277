"""How long pages and /v1 take on a national release: ``python -m benchmarks.reads`` measures it and writes docs/read-gates.md.

2,309 placements with 40,000 responses, released and served by a process of its own on loopback, and read by one client as four
accounts, one request after the other. ``python -m benchmarks.reads national.sqlite3`` takes a database that holds such a release;
``python -m benchmarks.reads postgresql://...`` does, too, and prints what it measures without writing: the page is SQLite's.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from benchmarks.release import CAMPAIGN, fill
from benchmarks.service.load import quantile
from benchmarks.service.machine import Served
from nets.access.account import Account
from nets.access.roles import Role
from nets.organisation import Level
from nets.releases.releasing import make_release
from nets.store.accounts import add_account
from nets.store.database import Database
from nets.store.organisations import ancestors, list_organisations
from nets.store.releases import list_releases
from nets.store.sessions import begin_session

PAGE: Final = Path(__file__).parents[1] / "docs" / "read-gates.md"
GATE_MS: Final = 100.0
NOTHING: Final = "/health"
"""Where nothing is asked of the service but an answer."""

_TIMES: Final = 100
_BEARABLE_SECONDS: Final = 12.0
ACCOUNTS: Final = (Role.NATIONAL, Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER)
_FILES: Final = frozenset({"heat table as CSV", "attention as CSV", "flags as CSV"})
"""Of the whole nation they have up to 60,000 lines: a file that is saved and not a page that somebody waits for."""

PLACE_PAGES: Final = {
    "what needs attention": "/attention",
    "heat table": "/heat",
    "heat table in the order of a standard": "/heat?by=standard:1.1",
    "funnel plot": "/funnel",
    "flags": "/flags",
    "learner groups": "/groups",
    "answers": "/answers",
    "trend": "/trend",
    "response rates": "/response-rates",
    "beside the nation": "/compare?with=nation",
    "funnel as CSV": "/funnel.csv",
    "heat table as CSV": "/heat.csv",
    "attention as CSV": "/attention.csv",
    "flags as CSV": "/flags.csv",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an address: milliseconds of the first request, of half and nearly all of the others, and the service's own."""

    first: float
    median: float
    tail: float
    own: float
    kilobytes: float


def addresses(release_id: str, role: Role, places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What an account reads, with its name; the same names for all accounts, each at the top of its own scope."""
    quality, programs = f"/quality/{release_id}/places", f"/v1/releases/{release_id}"
    levels = ("nation", "region", "local_office", "provider", "site", "placement")
    top = "nation" if role is Role.NATIONAL else role.value
    placement = places["placement"]
    yield "start page", "/quality"
    for level in levels[levels.index(top) :]:
        yield f"a {level.replace('_', ' ')}'s page", f"{quality}/{places[level]}"
    for name, address in PLACE_PAGES.items():
        yield f"{name}, top of the scope", f"{quality}/{places[top]}{address}"
    yield "a placement's risk", f"{quality}/{placement}/risk"
    yield "a placement's flags", f"{quality}/{placement}/flags"
    yield "/v1 releases", "/v1/releases"
    yield "/v1 scores of placements", f"{programs}/scores?level=placement&kind=scale"
    yield "/v1 scores, 1,000 at once", f"{programs}/scores?limit=1000"
    yield "/v1 scores over the years", "/v1/scores?level=placement"
    yield "/v1 distributions", f"{programs}/distributions?level=placement"
    yield "/v1 trends of a placement", f"{programs}/trends?place={placement}"
    yield "/v1 flags", f"{programs}/flags"
    yield "/v1 risks of the release", f"{programs}/risks"
    yield "/v1 risks today", "/v1/risks"
    yield "/v1 organisations", "/v1/organisations"


def measure(service: Served, address: str, token: str) -> Told:
    """Ask for an address again and again, at least ten times."""
    line = HTTPConnection("127.0.0.1", service.port, timeout=60)
    seconds: list[float] = []
    begun, own, size = time.perf_counter(), 0.0, 0
    while len(seconds) <= _TIMES and (len(seconds) <= 10 or time.perf_counter() - begun < _BEARABLE_SECONDS):
        start = time.perf_counter()
        line.request("GET", address, headers={"Cookie": f"session={token}"})
        answer = line.getresponse()
        size = len(answer.read())
        seconds.append(time.perf_counter() - start)
        if answer.status != 200:
            raise SystemExit(f"{address}: {answer.status}")
        if len(seconds) == 1:
            own = service.cpu_seconds()
    first, *others = seconds
    own = 1000 * (service.cpu_seconds() - own) / len(others)
    line.close()
    return Told(1000 * first, quantile(others, 0.5), quantile(others, 0.99), own, size / 1000)


def accounts(database: Database) -> tuple[dict[Role, str], dict[str, str]]:
    """A session for every role, and the places that they look at: the provider with the most placements and those around it."""
    with database.read() as connection:
        below = {
            one.id: [place.id for place in list_organisations(connection, level=Level.PLACEMENT, under=one.id)]
            for one in list_organisations(connection, level=Level.PROVIDER)
        }
        provider = max(below, key=lambda one: len(below[one]))
        placement = below[provider][0]
        above = {place.level.value: place.id for place in ancestors(connection, placement)}
    places = {"nation": "nation", **above, "placement": placement}
    tokens = {}
    with database.begin() as connection:
        for role in (*ACCOUNTS, Role.DATA_PROTECTION):
            name = f"reads-{role}-{time.time_ns()}"
            scope = None if role.scope_level is None else places[role.value]
            add_account(connection, Account(name, role, scope, "no password"), by="benchmark", today=date.today())
            tokens[role] = begin_session(connection, name, time.time())
    return tokens, places


def run(database: Database, url: str) -> tuple[list[str], bool]:
    """Measure everything; the lines of the page, and whether the gate was met."""
    os.environ["NETS_REQUESTS_A_MINUTE"] = "100000"
    with database.read() as connection:
        release_id = list_releases(connection)[0].id
    tokens, places = accounts(database)
    service = Served(url)
    found: dict[str, dict[Role, Told]] = {}
    try:
        nothing = measure(service, NOTHING, "")
        asked = [(role, *one) for role in ACCOUNTS for one in addresses(release_id, role, places)]
        asked.append((Role.DATA_PROTECTION, "what is hidden (data protection)", "/protection"))
        for role, name, address in asked:
            told = found.setdefault(name, {})[role] = measure(service, address, tokens[role])
            print(f"{role:16}{name:52}{told.median:7.0f} {told.tail:7.0f} ms, own {told.own:5.0f}", flush=True)
    finally:
        service.stop()
    missed = [
        f"{name} ({role.replace('_', ' ')})"
        for name, by_role in found.items()
        for role, told in by_role.items()
        if told.tail >= GATE_MS and not (role is Role.NATIONAL and name.split(",")[0] in _FILES)
    ]
    first = found["start page"][Role.NATIONAL].first
    return table(found, nothing, missed, first), not missed


def table(found: Mapping[str, Mapping[Role, Told]], nothing: Told, missed: Sequence[str], first: float) -> list[str]:
    """The lines of the page: a row an address, a column an account."""
    n_measured = sum(map(len, found.values()))
    columns = (*ACCOUNTS, Role.DATA_PROTECTION)
    lines = [
        f"{n_measured - len(missed)} of {n_measured} kept the gate in this run."
        + (f" **Not met:** {'; '.join(missed)}." if missed else ""),
        f"A request of nothing took {nothing.median:.1f} ms, {nothing.tail:.1f} at most; the first page of the nation after the "
        f"start {first / 1000:.1f} s.",
        "",
        "| what | " + " | ".join(role.replace("_", " ") for role in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, by_role in found.items():
        cells = [_cell(by_role[role], nothing) if role in by_role else "" for role in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _cell(told: Told, nothing: Told) -> str:
    times = f"{told.median:.0f} / {told.tail:.0f} ms ({told.median / nothing.median:.0f}×; own {told.own:.0f})"
    return f"{times}, {told.kilobytes:.0f} kB"


def main(arguments: Sequence[str]) -> int:
    """Build or take a release, measure, print, and write the page's table."""
    before = os.getloadavg()[0]
    given = arguments[0] if arguments else ""
    is_address = "://" in given
    with tempfile.TemporaryDirectory() as folder:
        path = Path(given).absolute() if given else Path(folder) / "national.sqlite3"
        url = given if is_address else f"sqlite:///{path}"
        database = Database(url)
        database.upgrade()
        if not arguments:
            fill(database)
            make_release(database, CAMPAIGN, date(2026, 12, 1))
        lines, met = run(database, url)
        database.dispose()
    if is_address:
        print("\n".join(lines))
        return 0 if met else 1
    load = f"load of the machine {before:.0f} before and {os.getloadavg()[0]:.0f} after, on {os.cpu_count()} cores"
    written = "\n".join(["<!-- reads -->", f"Measured on {date.today()}; {load}.", *lines, "<!-- end of reads -->"])
    between = re.compile(r"<!-- reads -->.*<!-- end of reads -->", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: written, PAGE.read_text("utf-8")), "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
