"""Scores over several campaigns as their reader may see them: made of what each campaign shows her, and frozen with the release."""

import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from nets.access.roles import Door, Principal, Role
from nets.campaign import Campaign
from nets.disclosure.banded import Band, BandedPooled, BandedScore
from nets.disclosure.banded_record import BandedRecord
from nets.disclosure.shown import SuppressedScore
from nets.disclosure.shown_beside import ShownPooled
from nets.organisation import Level
from nets.packing import pack
from nets.pooled import PooledOfPlace, read_pooled
from nets.questionnaire.version import QuestionnaireVersion
from nets.reading import PlaceView, ReleaseReader, open_release
from nets.releases.releasing import make_release
from nets.response import Response
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import add_responses
from nets.tree import NamedPlace

NATIONAL = Principal("test", Role.NATIONAL, (), Door.SESSION)
PROVIDER = Principal("test", Role.PROVIDER, ("R1", "L01", "T001"), Door.SESSION)


@pytest.fixture(scope="module")
def stored(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_sqlite: Path,
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    responses: Sequence[Response],
) -> Path:
    """Two campaigns with a release each; every third learner answered in the first of them."""
    path = tmp_path_factory.mktemp("pooled") / "nets.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    with database.begin() as connection:
        add_version(connection, nets_version)
        add_organisations(connection, invented_places())
        for year, these in ((2025, responses[::3]), (2026, responses)):
            opens, closes = date(year, 10, 1), date(year, 11, 30)
            add_campaign(
                connection, replace(campaign, id=f"nets-{year}", title=str(year), opens_on=opens, closes_on=closes)
            )
            packed = ((r.placement_id, r.learner_group, r.answered_on, pack(nets_version, r.answers)) for r in these)
            add_responses(connection, f"nets-{year}", packed)
    for year in (2025, 2026):
        make_release(database, f"nets-{year}", date(year, 12, 1))
    database.dispose()
    return path


@pytest.fixture
def filled(stored: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of it."""
    shutil.copyfile(stored, tmp_path / "nets.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'nets.sqlite3'}")
    yield database
    database.dispose()


def pooled_of(database: Database, reader: Principal) -> dict[str, PooledOfPlace]:
    with database.read() as connection:
        release = open_release(connection, reader, "nets-2026-r1")
        return read_pooled(release, release.below(release.top(), Level.PLACEMENT))


def test_everybody_has_one_where_the_national_role_has_it(filled: Database) -> None:
    exact, bands = pooled_of(filled, NATIONAL), pooled_of(filled, PROVIDER)
    cells = 0
    with filled.read() as connection:
        release = open_release(connection, PROVIDER, "nets-2026-r1")
        ids = [place.place_id for place in release.places(Level.PLACEMENT)]
    for place_id in ids:
        assert bands.get(place_id, {}).keys() == exact.get(place_id, {}).keys()
        for scale, banded in bands.get(place_id, {}).items():
            told = exact[place_id][scale]
            assert isinstance(told, ShownPooled)
            assert isinstance(banded, BandedPooled)
            assert banded.campaigns == told.campaigns == "nets-2025 nets-2026"
            assert 0.8 * banded.learners.low <= told.n <= banded.learners.high
            assert banded.interval[0] <= told.interval[0] <= told.interval[1] <= banded.interval[1]
            assert banded.interval[0] <= told.mean <= banded.interval[1]
            assert abs(banded.mean - told.mean) < 8
            assert banded.reliability <= told.reliability + 0.02
            cells += 1
    assert cells > 20


def test_it_is_made_of_the_banded_scores_of_both_releases(filled: Database) -> None:
    """Each counts as the middle of its band, whatever its learners were."""
    checked = 0
    with filled.read() as connection:
        readers = [open_release(connection, PROVIDER, f"nets-{year}-r1") for year in (2025, 2026)]
        for view in readers[1].below(readers[1].top(), Level.PLACEMENT):
            before = readers[0].place(view.place_id)
            for scale, pooled in read_pooled(readers[1], [view]).get(view.place_id, {}).items():
                one, other = before.record.score(scale), view.record.score(scale)
                assert isinstance(one, BandedScore)
                assert isinstance(other, BandedScore)
                assert isinstance(pooled, BandedPooled)
                bands = one.learners, other.learners
                first, second = (math.sqrt(band.low * band.high) for band in bands)
                mean = (first * one.mean + second * other.mean) / (first + second)
                assert abs(pooled.mean - mean) <= 0.5 * max(one.step, other.step)
                assert pooled.learners == Band(sum(band.low for band in bands), sum(band.high for band in bands))
                checked += 1
    assert checked


def test_without_one_of_its_years_there_is_none_and_the_other_scales_keep_theirs(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooled score of one year alone would be that year's under the name of both."""
    before = pooled_of(filled, PROVIDER)
    place_id, pooled = max(before.items(), key=lambda of_place: len(of_place[1]))
    hidden, *others = pooled
    assert others
    views = ReleaseReader.views

    def without(view: PlaceView) -> PlaceView:
        assert isinstance(view.record, BandedRecord)
        return replace(view, record=replace(view.record, scores={**view.record.scores, hidden: SuppressedScore()}))

    def without_one(release: ReleaseReader, places: Sequence[NamedPlace]) -> tuple[PlaceView, ...]:
        found = views(release, places)
        if release.header.id != "nets-2025-r1":
            return found
        return tuple(without(view) if view.place_id == place_id else view for view in found)

    monkeypatch.setattr(ReleaseReader, "views", without_one)
    after = pooled_of(filled, PROVIDER)
    assert after[place_id] == {scale: pooled[scale] for scale in others}
    assert {one: told for one, told in after.items() if one != place_id} == {
        one: told for one, told in before.items() if one != place_id
    }


def test_a_correction_of_the_earlier_campaign_does_not_change_it(
    filled: Database, nets_version: QuestionnaireVersion, responses: Sequence[Response]
) -> None:
    before = pooled_of(filled, PROVIDER)
    with filled.begin() as connection:
        packed = [
            (r.placement_id, r.learner_group, r.answered_on, pack(nets_version, r.answers)) for r in responses[1::3]
        ]
        add_responses(connection, "nets-2025", packed)
    make_release(filled, "nets-2025", date(2027, 1, 5))
    assert pooled_of(filled, PROVIDER) == before
