"""The second wall: PostgreSQL itself shows an ordinary user the released scores of a scope alone, whatever is asked for."""

from collections.abc import Callable, Iterator
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url, text

from nets.access.roles import Scope
from nets.comment_review import Decision, Review
from nets.disclosure.shown import SuppressedScore
from nets.errors import Refused
from nets.organisation import Level
from nets.releases.document import record_to_json
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.store import released_records
from nets.store.comment_reviews import add_review, forget_comments
from nets.store.database import Connection, Database
from nets.store.organisations import list_organisations
from nets.store.released_records import read_records
from nets.store.releases import read_place, read_places

RELEASE = "small-2026-r1"
HEADER = text(
    f"INSERT INTO releases VALUES ('{RELEASE}', 'small-2026', 1, 'small', '1.0', '2026.1', '2026-04-01', 0, '{'0' * 64}', "
    "'{}', '{}')"
)
PROVIDER: Scope = ("R-1", "L-1", "P-1")
ITS_OWN = {"R-1", "P-1", "S-1", "W-1", "W-2"}
"""Everything below the provider, and its region for comparison."""


@pytest.fixture
def released(filled: Database) -> Database:
    """A release that has something on every place."""
    with filled.begin() as connection:
        for place in list_organisations(connection):
            record = PlaceRecord(place.id, place.level, SuppressedScore(), {}, {}, NotAssessed())
            row = {"release_id": RELEASE, "place_id": place.id, "document": record_to_json(record).decode()}
            connection.execute(text("INSERT INTO release_places VALUES (:release_id, :place_id, :document)"), row)
        connection.execute(HEADER)
    return filled


@pytest.fixture
def ordinary(released: Database) -> Iterator[str]:
    """The address by which an ordinary user reaches it, as a service should: she may read and write, and is no superuser."""
    with released.read() as connection:
        url = connection.engine.url
    admin = url.render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection_of_admin:
        connection_of_admin.execute("CREATE ROLE nets_service LOGIN")
        connection_of_admin.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO nets_service"
        )
    yield make_url(admin).set(username="nets_service").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection_of_admin:
        connection_of_admin.execute("DROP OWNED BY nets_service")
        connection_of_admin.execute("DROP ROLE nets_service")


def seen(database: Database) -> set[str]:
    """What a query sees that asks for everything there is."""
    with database.read() as reading, database.begin() as writing:
        everything = text("SELECT place_id FROM release_places")
        found, again = (set(connection.execute(everything).scalars()) for connection in (reading, writing))
    assert found == again
    return found


on_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"])


def test_a_service_that_forgets_to_say_for_whom_it_reads_is_told_so_on_either_engine(released: Database) -> None:
    with released.read() as connection:
        url = connection.engine.url.render_as_string(hide_password=False)
    service = Database(url, sees_releases=False)
    reads: tuple[Callable[[Connection], object], ...] = (
        lambda connection: read_place(connection, RELEASE, "W-1"),
        lambda connection: read_places(connection, RELEASE),
        lambda connection: read_records(connection, RELEASE, ["W-1"]),
    )
    for read in reads:
        with pytest.raises(LookupError, match=r"within\(reader.scope\)"), service.read() as connection:
            read(connection)
        with service.within(PROVIDER).read() as connection:
            assert read(connection)
    service.dispose()


@on_postgresql
def test_an_ordinary_user_sees_a_scope_and_its_region_whatever_she_asks_for(ordinary: str) -> None:
    service = Database(ordinary, sees_releases=False)
    assert service.heeds_scopes()
    assert seen(service.within(PROVIDER)) == ITS_OWN
    assert seen(service.within(PROVIDER[:2])) == ITS_OWN | {"L-1", "P-2", "S-2", "W-3"}
    assert len(seen(service.within(()))) == 9
    with service.within(PROVIDER).read() as connection:
        assert read_place(connection, RELEASE, "P-2") is None
        assert set(read_places(connection, RELEASE, level=Level.PLACEMENT)) == {"W-1", "W-2"}
    service.dispose()


@on_postgresql
def test_what_was_kept_for_one_reader_is_given_to_no_other_who_may_not_see_it(
    ordinary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Database(ordinary, sees_releases=False)
    with service.within(()).read() as connection:
        everything = [place.id for place in list_organisations(connection)]
        found = read_records(connection, RELEASE, everything)
        assert len(found) == 9
    monkeypatch.setattr(released_records, "read_places", None)
    with service.within(PROVIDER).read() as connection:
        seen = read_records(connection, RELEASE, everything)
    assert seen == {place_id: found[place_id] for place_id in ITS_OWN}
    assert all(seen[place_id] is found[place_id] for place_id in ITS_OWN)
    service.dispose()


@on_postgresql
def test_who_states_no_scope_sees_nothing(ordinary: str) -> None:
    service = Database(ordinary, sees_releases=False)
    assert seen(service) == set()
    seen(service.within(()))
    assert seen(service) == set()  # on the same connection, after a scope was set on it
    service.dispose()
    with psycopg.connect(ordinary) as connection:
        assert connection.execute("SELECT * FROM release_places").fetchall() == []


@on_postgresql
def test_who_works_on_the_machine_itself_sees_everything(ordinary: str) -> None:
    database = Database(ordinary)
    assert len(seen(database)) == 9
    database.dispose()


@on_postgresql
def test_a_release_is_still_added_and_never_changed(ordinary: str) -> None:
    service = Database(ordinary, sees_releases=False)
    with service.begin() as connection:
        connection.execute(text("INSERT INTO release_places VALUES ('small-2026-r2', 'W-1', '{}')"))
        connection.execute(text(str(HEADER).replace("-r1', 'small-2026', 1", "-r2', 'small-2026', 2")))
    for statement in ("UPDATE release_places SET document = ''", "DELETE FROM release_places"):
        with pytest.raises(Refused, match="never changed"), service.within(()).begin() as connection:
            connection.execute(text(statement))
    service.dispose()


@on_postgresql
def test_the_sums_behind_a_release_are_seen_within_no_scope(released: Database, ordinary: str) -> None:
    with released.begin() as connection:
        connection.execute(text(f"INSERT INTO release_sums VALUES ('{RELEASE}', 'sums')"))
    service, machine = Database(ordinary, sees_releases=False), Database(ordinary)
    counted = []
    for database in (service, service.within(PROVIDER), service.within(PROVIDER[:1]), machine):
        with database.read() as connection:
            counted.append(connection.execute(text("SELECT count(*) FROM release_sums")).scalar_one())
    assert counted == [0, 0, 0, 1]
    service.dispose()
    machine.dispose()


@on_postgresql
def test_a_superuser_passes_by_and_is_known_to(released: Database) -> None:
    """Why the tests above need another user than the one that all the others have."""
    assert not released.heeds_scopes()
    assert len(seen(released.within(PROVIDER))) == 9


@on_postgresql
def test_comments_are_seen_within_a_scope_and_taken_back_from_any(released: Database, ordinary: str) -> None:
    comments = {place: uuid4() for place in ("W-1", "W-3")}
    with released.begin() as connection:
        for place, comment_id in comments.items():
            connection.execute(text(f"INSERT INTO released_comments VALUES ('{RELEASE}', '{comment_id}', '{place}')"))
            made = Review(comment_id, 1, Decision.AS_WRITTEN, "Words.", "", "Ann", date(2026, 4, 2))
            add_review(connection, made, place, "SAY01")
    service = Database(ordinary, sees_releases=False)

    def read(scope: Scope) -> list[set[str]]:
        with service.within(scope).read() as connection:
            return [
                set(connection.execute(text(f"SELECT placement_id FROM {table}")).scalars())
                for table in ("released_comments", "comment_reviews")
            ]

    assert read(PROVIDER) == [{"W-1"}] * 2
    assert read(PROVIDER[:2]) == [{"W-1", "W-3"}] * 2
    with service.read() as connection:
        assert connection.execute(text("SELECT * FROM comment_reviews")).all() == []
    with service.begin() as connection:
        forget_comments(connection, [comments["W-3"]])
        assert connection.execute(text("SELECT * FROM comment_reviews")).all() == []  # and sees no more than before
    assert read(()) == [{"W-1"}] * 2
    service.dispose()
