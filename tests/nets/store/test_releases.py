"""A release is stored once, whole, and read back as the bytes that were released."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from nets.disclosure.shown import SuppressedScore
from nets.errors import NotFound, Refused
from nets.organisation import Level
from nets.releases.document import record_from_json, record_to_json
from nets.releases.frozen_sums import FrozenSums
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.place_tree import NATION
from nets.releases.release import Release, ReleaseHeader
from nets.risk import NoConcern
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.releases import (
    add_release,
    get_release,
    latest_release,
    list_releases,
    read_nation,
    read_place,
    read_places,
    read_sums,
    release_digest,
)


def sums(n_responses: int = 40) -> FrozenSums:
    """Of three placements and a measure."""
    names, numbers, states = np.array(["W-1", "W-2", "W-3"]), np.full((3, 1), 5.0), np.ones((3, 1), dtype=np.uint8)
    nobody = np.empty((0, 1))
    return FrozenSums(
        names,
        np.array(["tea"]),
        names[:0],
        names[:0],
        np.full(3, float(n_responses)),
        *(numbers,) * 3,
        *(nobody,) * 3,
        states[:, 0],
        states,
        nobody.astype(np.uint8),
    )


def release(number: int = 1, campaign_id: str = "small-2026", released_on: date = date(2026, 4, 1)) -> Release:
    header = ReleaseHeader(
        id=f"{campaign_id}-r{number}",
        campaign_id=campaign_id,
        campaign_title="Small survey 2026",
        number=number,
        questionnaire_id="small",
        questionnaire_version="1.0",
        rule_version="2026.1",
        released_on=released_on,
        access_mode="open_link",
        n_responses=40,
        scales={"tea": "Tea"},
        measures=(),
        benchmarks={Level.PLACEMENT: {"tea": SuppressedScore()}},
    )
    hidden = SuppressedScore()
    risk = NoConcern(("Nothing.",), "Thin.", "2026.1")
    records = {
        placement_id: PlaceRecord(placement_id, Level.PLACEMENT, hidden, {}, {}, risk)
        for placement_id in ("W-1", "W-2", "W-3")
    }
    records["P-1"] = PlaceRecord("P-1", Level.PROVIDER, hidden, {}, {}, NotAssessed())
    return Release(header, PlaceRecord(NATION, NATION, hidden, {}, {}, NotAssessed()), records, sums())


def test_a_release_comes_back_as_it_was_made(filled: Database) -> None:
    made = release()
    with filled.begin() as connection:
        add_release(connection, made)
    with filled.read() as connection:
        assert get_release(connection, "small-2026-r1") == made.header
        assert release_digest(connection, "small-2026-r1") == made.digest
        document = read_place(connection, "small-2026-r1", "W-1")
        assert document is not None
        assert document.encode() == record_to_json(made.placements["W-1"])
        assert record_from_json(document) == made.placements["W-1"]
        stored = {key: record_from_json(value) for key, value in read_places(connection, "small-2026-r1").items()}
        nation = read_nation(connection, "small-2026-r1")
        assert nation is not None
        header = get_release(connection, "small-2026-r1")
        assert Release(header, record_from_json(nation), stored, sums()).digest == made.digest


def test_places_are_read_by_name_by_level_by_branch_or_all(filled: Database) -> None:
    with filled.begin() as connection:
        add_release(connection, release())
        add_release(connection, release(2))
    with filled.read() as connection:
        read = read_places
        assert list(read(connection, "small-2026-r1")) == ["P-1", "W-1", "W-2", "W-3"]
        assert list(read(connection, "small-2026-r1", level=Level.PLACEMENT)) == ["W-1", "W-2", "W-3"]
        assert list(read(connection, "small-2026-r1", level=Level.PLACEMENT, under="L-1")) == ["W-1", "W-2", "W-3"]
        assert list(read(connection, "small-2026-r1", ["W-2", "W-9"])) == ["W-2"]
        assert list(read(connection, "small-2026-r1", under="P-1")) == ["W-1", "W-2"]
        assert list(read(connection, "small-2026-r1", ["W-2", "W-3"], under="P-2")) == ["W-3"]
        assert read(connection, "small-2026-r1", []) == {}
        assert read(connection, "small-2026-r3") == {}


def test_a_placement_that_nobody_answered_about_is_not_there(filled: Database) -> None:
    with filled.begin() as connection:
        add_release(connection, release())
    with filled.read() as connection:
        assert read_place(connection, "small-2026-r1", "W-9") is None
        assert read_place(connection, "small-2026-r9", "W-1") is None


def test_the_latest_release_is_that_of_the_highest_number(filled: Database) -> None:
    with filled.begin() as connection:
        assert latest_release(connection, "small-2026") is None
        for number in (1, 10, 9):
            add_release(connection, release(number))
    with filled.read() as connection:
        latest = latest_release(connection, "small-2026")
        assert latest is not None
        assert latest.number == 10
        assert latest_release(connection, "small-2025") is None


def test_releases_are_listed_from_the_newest(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        add_campaign(connection, replace(small.campaign, id="small-2027", closes_on=date(2027, 3, 1)))
        add_release(connection, release(1))
        add_release(connection, release(1, "small-2027", date(2027, 4, 1)))
        add_release(connection, release(2))
    with filled.read() as connection:
        found = [header.id for header in list_releases(connection)]
        assert found == ["small-2027-r1", "small-2026-r2", "small-2026-r1"]
        assert [header.id for header in list_releases(connection, "small-2026")] == ["small-2026-r2", "small-2026-r1"]


def test_a_release_of_the_same_number_is_refused_and_the_first_stays(filled: Database) -> None:
    made = release()
    with filled.begin() as connection:
        add_release(connection, made)
    other = Release(replace(made.header, n_responses=50), made.nation, {}, made.sums)
    with pytest.raises(Refused, match="already a release small-2026-r1"), filled.begin() as connection:
        add_release(connection, other)
    with filled.read() as connection:
        assert get_release(connection, "small-2026-r1") == made.header


def test_a_release_that_breaks_half_way_leaves_nothing(filled: Database) -> None:
    made = release()
    stranger = replace(made.places["W-1"], place_id="W-9")
    broken = Release(made.header, made.nation, {**made.places, "W-9": stranger}, made.sums)
    with pytest.raises(Refused), filled.begin() as connection:
        add_release(connection, broken)
    with filled.read() as connection:
        assert list_releases(connection) == ()
        assert read_places(connection, "small-2026-r1") == {}


def test_an_unknown_release_is_not_found(filled: Database) -> None:
    for look_up in (get_release, release_digest):
        with pytest.raises(NotFound, match="no-such"), filled.read() as connection:
            look_up(connection, "no-such")


def test_the_sums_behind_a_campaigns_releases_come_back_in_their_order(filled: Database) -> None:
    with filled.begin() as connection:
        assert read_sums(connection, "small-2026") == ()
        for number in (1, 2):
            add_release(connection, replace(release(number), sums=sums(40 + number)))
        found = read_sums(connection, "small-2026")
    assert [one.responses.tolist() for one in found] == [[41.0] * 3, [42.0] * 3]
    assert found[0].place_ids.tolist() == ["W-1", "W-2", "W-3"]
    assert found[0].state.tolist() == [[1], [1], [1]]


@pytest.mark.parametrize("statement", ["UPDATE release_sums SET document = ''", "DELETE FROM release_sums"])
def test_the_sums_behind_a_release_are_never_changed(filled: Database, statement: str) -> None:
    with filled.begin() as connection:
        add_release(connection, release())
    with pytest.raises(Refused, match="never changed"), filled.begin() as connection:
        connection.execute(text(statement))


def test_what_a_release_shows_says_nothing_of_its_sums(filled: Database) -> None:
    one, other = release(), replace(release(), sums=sums(77))
    assert one.digest == other.digest
