"""A release as somebody may see it: what lies inside of a scope, what stands beside it, and what is not there."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from benchmarks.disclosure_attack.inversion import MOST, everything, numbers_that_fit
from nets.access.roles import Door, Principal, Role
from nets.campaign import Campaign
from nets.disclosure.banded import BandedMean, BandedResponses, BandedScore
from nets.disclosure.banded_record import BandedRecord
from nets.disclosure.shown import ShownMean, ShownScore, SuppressedScore
from nets.errors import NotFound
from nets.organisation import Level
from nets.packing import pack
from nets.placement import Verdict
from nets.questionnaire.version import QuestionnaireVersion
from nets.reading import ReleaseReader, open_release
from nets.releases.document import record_from_json
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.releasing import make_release
from nets.response import Response
from nets.risk import RiskSuggestion
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.releases import read_place
from nets.store.responses import add_responses

PLACES = {place.id: place for place in invented_places()}
SCOPES = {
    Role.NATIONAL: (),
    Role.REGION: ("R1",),
    Role.LOCAL_OFFICE: ("R1", "L01"),
    Role.PROVIDER: ("R1", "L01", "T001"),
}


@pytest.fixture(scope="module")
def released(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_sqlite: Path,
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    responses: Sequence[Response],
) -> Iterator[Database]:
    """One release of thirty placements."""
    path = tmp_path_factory.mktemp("reading") / "nets.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    with database.begin() as connection:
        add_version(connection, nets_version)
        add_organisations(connection, PLACES.values())
        add_campaign(connection, campaign)
        packed = ((r.placement_id, r.learner_group, r.answered_on, pack(nets_version, r.answers)) for r in responses)
        add_responses(connection, campaign.id, packed)
    make_release(database, campaign.id, date(2026, 12, 1))
    yield database
    database.dispose()


Readers: TypeAlias = Callable[[Role], ReleaseReader]


@pytest.fixture
def reader_of(released: Database) -> Iterator[Readers]:
    """Opens the release for a role."""
    with released.read() as connection:
        yield lambda role: open_release(
            connection, Principal("somebody", role, SCOPES[role], Door.SESSION), "autumn-2026-r1"
        )


@pytest.mark.parametrize("role", SCOPES)
def test_the_top_is_the_readers_own_place_and_what_is_above_it_stands_beside(reader_of: Readers, role: Role) -> None:
    release, scope = reader_of(role), SCOPES[role]
    top = release.top()
    assert top.place_id == (scope[-1] if scope else "nation")
    assert release.is_top(top)
    beside = [place_id for place_id in (*scope[:1], "nation") if place_id != top.place_id]
    assert [view.place_id for view in release.context()] == beside


@pytest.mark.parametrize("role", SCOPES)
def test_every_place_inside_of_a_scope_is_found_and_of_the_others_what_is_for_comparison(
    reader_of: Readers, role: Role
) -> None:
    release, scope = reader_of(role), SCOPES[role]
    for place in PLACES.values():
        path = path_to(place.id)
        if path[: len(scope)] == scope or path == scope[:1]:
            assert release.place(place.id).path == tuple(PLACES[one].name for one in path)
        else:
            with pytest.raises(NotFound, match=f"there is no place {place.id}$"):
                release.place(place.id)


def test_a_place_that_is_not_there_is_told_in_the_same_words(reader_of: Readers) -> None:
    with pytest.raises(NotFound, match=r"there is no place X999$"):
        reader_of(Role.NATIONAL).place("X999")


def test_a_place_of_another_level_is_not_there(reader_of: Readers) -> None:
    release = reader_of(Role.NATIONAL)
    assert release.place("T001", Level.PROVIDER).place_id == "T001"
    for place_id in ("P0001", "nation"):
        with pytest.raises(NotFound):
            release.place(place_id, Level.PROVIDER)


@pytest.mark.parametrize("role", [Role.REGION, Role.LOCAL_OFFICE, Role.PROVIDER])
def test_nobody_sees_what_is_below_a_place_that_is_hers_for_comparison_alone(reader_of: Readers, role: Role) -> None:
    release = reader_of(role)
    for view in release.context():
        assert not release.has(view.place)
        with pytest.raises(NotFound):
            release.below(view, Level.PLACEMENT)


def test_places_below_stand_in_the_order_of_the_tree_and_of_names_and_all_of_them_do(reader_of: Readers) -> None:
    release = reader_of(Role.PROVIDER)
    views = release.below(release.top(), Level.PLACEMENT)
    assert {view.place_id for view in views} == {
        place.id for place in PLACES.values() if place.level is Level.PLACEMENT and "T001" in path_to(place.id)
    }
    assert [view.path for view in views] == sorted(view.path for view in views)


def test_the_nation_has_the_regions_that_answered(reader_of: Readers, responses: Sequence[Response]) -> None:
    release = reader_of(Role.NATIONAL)
    answered = {path_to(response.placement_id)[0] for response in responses}
    assert {view.place_id for view in release.below(release.top(), Level.REGION)} == answered


def test_a_record_is_that_of_the_release(reader_of: Readers) -> None:
    release = reader_of(Role.NATIONAL)
    document = read_place(release.connection, release.header.id, "P0001")
    assert document is not None
    assert release.place("P0001").record == record_from_json(document)


BANDED_ROLES = [role for role in SCOPES if role is not Role.NATIONAL]


@pytest.mark.parametrize("role", BANDED_ROLES)
def test_everybody_but_the_national_role_sees_bands_everywhere(reader_of: Readers, role: Role) -> None:
    release = reader_of(role)
    top = release.top()
    views = [top, *release.context(), *release.below(top, Level.SITE), *release.below(top, Level.PLACEMENT)]
    for view in views:
        record = view.record
        assert isinstance(record, BandedRecord)
        assert isinstance(record.responses, BandedResponses | SuppressedScore)
        cells = [*record.scores.values(), *(cell for group in record.groups.values() for cell in group.values())]
        assert all(isinstance(cell, BandedScore | BandedMean | SuppressedScore) for cell in cells)
    assert any(isinstance(view.record.score("supervision"), BandedScore) for view in views)


def test_a_place_is_the_same_for_all_who_see_bands_and_the_bands_are_those_of_the_release(reader_of: Readers) -> None:
    exact = reader_of(Role.NATIONAL).place("P0001").record
    seen = [reader_of(role).place("P0001").record for role in BANDED_ROLES]
    assert seen[0].scores == seen[1].scores == seen[2].scores
    assert seen[0].risk == seen[1].risk == seen[2].risk
    for measure in seen[0].scores:
        banded, score = seen[0].score(measure), exact.score(measure)
        assert isinstance(banded, BandedScore | BandedMean)
        assert isinstance(score, ShownScore | ShownMean)
        assert 0.8 * banded.learners.low <= score.n <= banded.learners.high
        assert abs(banded.mean - score.mean) <= banded.step / 2


def test_the_suggested_cell_and_the_flags_are_one_for_all_and_no_verdict_of_an_exact_number_stands_in_the_words(
    reader_of: Readers,
) -> None:
    exact, seen = (reader_of(role).place("P0001").record for role in (Role.NATIONAL, Role.PROVIDER))
    assert isinstance(exact.risk, RiskSuggestion)
    assert isinstance(seen.risk, RiskSuggestion)
    assert (exact.risk.likelihood, exact.risk.impact) == (seen.risk.likelihood, seen.risk.impact)
    assert seen.flags == exact.flags
    assert any(" score)" in reason for reason in exact.risk.reasons)
    assert not any(" score)" in reason for reason in seen.risk.reasons)
    scores = {title: seen.score(scale) for scale, title in reader_of(Role.PROVIDER).header.scales.items()}
    for verdict in Verdict:
        alike = [title for title, one in scores.items() if isinstance(one, BandedScore) and one.verdict is verdict]
        assert not alike or f"{verdict}: {', '.join(alike)}" in seen.risk.robustness


@pytest.mark.parametrize("role", BANDED_ROLES)
def test_an_attacker_counts_no_learners_by_what_a_role_sees_and_nearly_all_by_tenths(
    reader_of: Readers, role: Role
) -> None:
    """Single items of up to nineteen learners; the tenths are the national role's, its number of learners put into the band."""
    national, counted, by_tenths, tried = reader_of(Role.NATIONAL), 0, 0, 0
    for view in everything(reader_of(role)):
        exact = national.place(view.place_id).record
        for measure in view.record.scores:
            cell, tenths = view.record.score(measure), exact.score(measure)
            if isinstance(cell, BandedMean) and isinstance(tenths, ShownMean) and cell.learners.high <= MOST:
                counted += len(numbers_that_fit(cell, cell.learners)) == 1
                by_tenths += len(numbers_that_fit(tenths, cell.learners)) == 1
                tried += 1
    assert tried > 50
    assert counted == 0
    assert by_tenths > 0.8 * tried


@pytest.mark.parametrize("role", [Role.NATIONAL, Role.REGION])
def test_a_placement_that_nobody_answered_about_looks_like_one_of_too_few(
    reader_of: Readers, responses: Sequence[Response], role: Role
) -> None:
    release = reader_of(role)
    answered = {response.placement_id for response in responses}
    placements = {view.place_id: view.record for view in release.below(release.top(), Level.PLACEMENT)}
    nobody = next(record for place_id, record in placements.items() if place_id not in answered)
    few = placements["P0004"]
    assert isinstance(few.score("supervision"), SuppressedScore)
    assert few.score("supervision") == nobody.score("supervision")
    assert (few.responses, few.risk) == (nobody.responses, nobody.risk)


def path_to(place_id: str) -> tuple[str, ...]:
    """The ids from a place's region down to itself."""
    parent = PLACES[place_id].parent_id
    return (place_id,) if parent is None else (*path_to(parent), place_id)


def test_a_column_is_what_every_record_shows_whoever_asked_before(reader_of: Readers) -> None:
    for role in (Role.NATIONAL, Role.PROVIDER, Role.REGION, Role.NATIONAL):
        release = reader_of(role)
        views = release.below(release.top(), Level.PLACEMENT)
        for measure in ("supervision", "facilities"):
            column = release.column(views, measure)
            assert column == [view.record.score(measure) for view in views]
            exact = {isinstance(score, ShownScore) for score in column if not isinstance(score, SuppressedScore)}
            assert exact == {role is Role.NATIONAL}


def test_of_a_place_that_its_reader_does_not_see_a_column_has_nothing_though_it_is_kept(reader_of: Readers) -> None:
    release = reader_of(Role.NATIONAL)
    views = release.below(release.top(), Level.PLACEMENT)
    seen = next(
        view for view, score in zip(views, release.column(views, "supervision"), strict=True) if score.kind == "shown"
    )
    unseen = replace(seen, record=PlaceRecord("", Level.PLACEMENT, SuppressedScore(), {}, {}, NotAssessed()))
    assert release.column([unseen], "supervision") == [SuppressedScore()]
