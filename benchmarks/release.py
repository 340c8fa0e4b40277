"""How long a national release takes: ``python -m benchmarks.release`` measures it and writes the table of docs/releases.md.

40,000 responses over some 2,000 placements of very different sizes, five times as skewed as the invented demo. Time is the
processor's, which other programs on the machine do not change much; the clock's stands beside it.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.organisation import Level, Organisation
from nets.packing import pack
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.releasing import make_release
from nets.simulation.learners import simulate_learners
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import PackedResponse, add_responses

PAGE: Final = Path(__file__).parents[1] / "docs" / "releases.md"
CAMPAIGN: Final = "national-2026"
GATE_SECONDS: Final = 10.0
_COPIES: Final = 20
_REGIONS: Final = 7
_SIMULATED: Final = 8_000
_TIMES_USED: Final = 5


def national_places() -> Iterator[Organisation]:
    """The invented tree, twenty times over, under seven regions."""
    for region in range(_REGIONS):
        yield Organisation(f"R{region}", Level.REGION, f"Region {region}", None)
    n_offices = 0
    for copy in range(_COPIES):
        for place in invented_places():
            if place.level is Level.REGION:
                continue
            parent = f"{place.parent_id}-{copy:02}"
            if place.level is Level.LOCAL_OFFICE:
                parent = f"R{n_offices % _REGIONS}"
                n_offices += 1
            yield replace(place, id=f"{place.id}-{copy:02}", name=f"{place.name} {copy + 1}", parent_id=parent)


def national_responses(version: QuestionnaireVersion, days: tuple[date, date]) -> Iterator[PackedResponse]:
    """Simulated learners, each response used five times over, at the twenty copies of a placement by uneven shares."""
    placements = [place for place in invented_places() if place.level is Level.PLACEMENT]
    chance = np.random.default_rng(11)
    shares = {place.id: chance.dirichlet(np.full(_COPIES, 0.7)) for place in placements}
    for response in simulate_learners(version, placements, _SIMULATED, days=days, seed=11):
        packed = pack(version, response.answers)
        for copy in chance.choice(_COPIES, _TIMES_USED, p=shares[response.placement_id]):
            yield f"{response.placement_id}-{copy:02}", response.learner_group, response.answered_on, packed


def fill(database: Database, campaign_id: str = CAMPAIGN, year: int = 2026) -> None:
    """The places and a campaign with its responses."""
    version = QuestionnaireFolder().read("nets", "2026.1")
    days = date(year, 10, 1), date(year, 11, 30)
    with database.begin() as connection:
        add_version(connection, version)
        add_organisations(connection, national_places())
        add_campaign(
            connection,
            Campaign(
                id=campaign_id,
                title=f"National {year}",
                questionnaire_id=version.id,
                questionnaire_version=version.version,
                opens_on=days[0],
                closes_on=days[1],
                access_mode=AccessMode.OPEN_LINK,
                anonymity_mode=AnonymityMode.ANONYMOUS,
            ),
        )
        add_responses(connection, campaign_id, national_responses(version, days))


def measure(times: int = 3) -> tuple[list[tuple[str, str]], bool]:
    """Make a release several times; what was found, and whether the gate was met."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'national.sqlite3'}")
        database.upgrade()
        fill(database)
        found = []
        for _ in range(times):
            clock, processor = time.perf_counter(), time.process_time()
            release = make_release(database, CAMPAIGN, date(2026, 12, 1))
            found.append((time.process_time() - processor, time.perf_counter() - clock))
        processor, clock = min(found)
        size = sum(map(len, release.documents.values()))
        database.dispose()
    met = processor < GATE_SECONDS
    return [
        ("responses", f"{release.header.n_responses:,}"),
        ("placements; places with those above", f"{len(release.placements):,}; {len(release.places):,}"),
        ("measures; learner groups", f"{len(release.header.measures)}; {len(release.nation.groups)}"),
        ("read, build and store, processor time", f"{processor:.1f} s{'' if met else ' **(not met)**'}"),
        ("by the clock", f"{clock:.1f} s"),
        ("kept", f"{size / 1e6:.1f} MB"),
    ], met


def main() -> int:
    """Measure, print, and write the page's table."""
    before = os.getloadavg()[0]
    rows, met = measure()
    load = f"load of the machine {before:.0f} before and {os.getloadavg()[0]:.0f} after, on {os.cpu_count()} cores"
    table = "\n".join(["| what | found |", "|---|---|", *(f"| {what} | {value} |" for what, value in rows)])
    print(table)
    written = f"<!-- national -->\nMeasured on {date.today()}; {load}.\n\n{table}\n<!-- end of national -->"
    page = PAGE.read_text("utf-8")
    between = re.compile(r"<!-- national -->.*<!-- end of national -->", re.DOTALL)
    PAGE.write_text(between.sub(lambda _: written, page), "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
