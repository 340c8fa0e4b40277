"""A file becomes a campaign whole or not at all, on both engines, whatever is wrong with it and whenever it is stopped."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from nets.access.audit import Act
from nets.campaign import AccessMode
from nets.errors import InvalidFile, NetsError, NotFound, Refused
from nets.organisation import Level, Organisation
from nets.packing import unpack
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.audit import read_audit
from nets.store.campaigns import get_campaign
from nets.store.comments import read_comments
from nets.store.database import Database
from nets.store.organisations import add_organisations, ancestors, get_organisation
from nets.store.questionnaires import add_version, get_version
from nets.store.responses import count_responses, read_responses
from nets.store.tables import metadata
from nets.transfer import importing
from nets.transfer import rows as rows_room
from nets.transfer.importing import Imported, import_responses

ROOT = Path(__file__).parents[3]
ROW = "Ash,night,2026-03-02,4,2,3,1,5,1,Fine"


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with database.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for name, table in metadata.tables.items()
        }


def refused(database: Database, survey: Any, data: Path | None = None, **changes: Any) -> str:
    """What an import says that leaves the database as it was."""
    before = everything(database)
    with pytest.raises(NetsError) as caught:
        survey.run(database, data, **changes)
    assert everything(database) == before
    return str(caught.value)


def test_a_file_becomes_a_campaign(database: Database, survey: Any, climate: QuestionnaireVersion) -> None:
    assert survey.run(database) == Imported("climate", 3, 2, 6, 2, 0, ())
    with database.read() as connection:
        campaign = get_campaign(connection, "climate")
        stored = read_responses(connection, "climate")
        comments = read_comments(connection, "climate")
        above = ancestors(connection, "invented-trust-ash")
        assert get_version(connection, "team-climate", "2026.1").digest == climate.digest
    assert campaign.access_mode is AccessMode.IMPORTED
    assert (campaign.questionnaire_id, campaign.questionnaire_version) == ("team-climate", "2026.1")
    assert sorted(zip(stored.placement_ids, stored.learner_groups, stored.answered_on, strict=True)) == [
        ("invented-trust-ash", "day", date(2026, 3, 31)),
        ("invented-trust-ash", "night", date(2026, 3, 2)),
        ("invented-trust-elm", "day", date(2026, 3, 3)),
    ]
    answers = dict(zip(stored.answered_on, (unpack(climate, packed) for packed in stored.packed), strict=True))
    assert answers[date(2026, 3, 2)] == {"CALM": 4, "TENSE": 2, "RUSHED": 3, "ALONE": 1, "SAFE": 5, "HURT": 1}
    assert {(comment.placement_id, comment.content) for comment in comments} == {
        ("invented-trust-ash", "Fine"),
        ("invented-trust-ash", "Loud"),
    }
    assert [place.level for place in above] == [Level.REGION, Level.LOCAL_OFFICE, Level.PROVIDER, Level.SITE]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "responses.csv: is empty"),
        (b"ward,group\nAsh,day\n", "row 1: has no column for CALM, TENSE"),
        (b"HEADER\nROW\n" + ROW.replace(",4,", ",6,").encode(), "row 3, column CALM: '6' is not one of the answers"),
        (b"HEADER\n" + ROW.replace(",4,", ",four,").encode(), "row 2, column CALM: 'four' is not one of the answers"),
        (b"HEADER\nROW\n" + ROW.replace("Fine", "caf\xe9").encode("latin-1"), "row 3, column WORDS: has the byte 0xe9"),
        (b"HEADER\nROW\nROW,\n", "row 3: has 11 fields where the header has 10 fields"),
        (b'HEADER\nROW\n"Ash', "row 3: has a quotation mark that is never closed"),
    ],
    ids=["empty", "missing column", "off the scale", "text", "Latin-1", "ragged", "open quotation mark"],
)
@pytest.mark.parametrize("at_once", [1, 20_000])
def test_a_malformed_file_leaves_nothing_behind(
    database: Database, survey: Any, monkeypatch: pytest.MonkeyPatch, content: bytes, what: str, at_once: int
) -> None:
    monkeypatch.setattr(rows_room, "ROWS_AT_ONCE", at_once)
    content = content.replace(b"HEADER", survey.header.encode()).replace(b"ROW", ROW.encode())
    assert what in refused(database, survey, survey.data(content))
    survey.data()
    assert survey.run(database).n_responses == 3


def test_a_campaign_is_imported_once(database: Database, survey: Any) -> None:
    survey.run(database)
    assert refused(database, survey) == "there is already a campaign climate; an import makes a new one"


def test_an_import_is_in_the_audit_trail(database: Database, survey: Any) -> None:
    survey.run(database)
    with database.read() as connection:
        (row,) = read_audit(connection)
    assert (row.who, row.act, row.about, row.details) == ("invented", Act.DATA_IMPORTED, "climate", '{"responses":3}')


def test_the_same_places_serve_the_next_campaign(database: Database, survey: Any) -> None:
    survey.run(database)
    after = {"id": "climate-2", "title": "Climate", "opens_on": "2026-03-01", "closes_on": "2026-03-31"}
    assert survey.run(database, campaign=after).n_places == 0


def test_existing_placements_need_nothing_new(database: Database, survey: Any) -> None:
    survey.run(database)
    data = survey.table(ROW.replace("Ash", "invented-trust-ash"))
    after = {"id": "climate-2", "title": "Climate", "opens_on": "2026-03-01", "closes_on": "2026-03-31"}
    done = survey.run(database, data, campaign=after, placement={"columns": "ward", "existing": True})
    assert (done.n_places, done.n_placements) == (0, 1)


def test_a_published_questionnaire_goes_by_its_name(
    database: Database, survey: Any, climate: QuestionnaireVersion
) -> None:
    by_name = {"id": "team-climate", "version": "2026.1"}
    with pytest.raises(NotFound, match=r"mapping\.json: questionnaire: .*'nets publish' brings one into the database"):
        survey.run(database, questionnaire=by_name)
    with database.begin() as connection:
        add_version(connection, climate)
    assert survey.run(database, questionnaire=by_name).n_responses == 3


def change(survey: Any, **changes: Any) -> None:
    """Change the questionnaire that lies beside the mapping."""
    path = survey.folder / "team-climate-2026.1.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_a_questionnaire_file_that_is_missing_or_broken_is_told(database: Database, survey: Any) -> None:
    assert "nowhere.json cannot be read" in refused(database, survey, questionnaire={"file": "nowhere.json"})
    change(survey, items=[])
    assert "team-climate-2026.1.json: items" in refused(database, survey)


def test_a_questionnaire_file_cannot_stand_in_for_a_published_one(database: Database, survey: Any) -> None:
    change(survey, id="nets")
    assert "nets is published: name it by 'id' and 'version'" in refused(database, survey)


def test_a_questionnaire_file_cannot_change_what_is_stored(
    database: Database, survey: Any, climate: QuestionnaireVersion
) -> None:
    survey.run(database)
    after = {"id": "climate-2", "title": "Climate", "opens_on": "2026-03-01", "closes_on": "2026-03-31"}
    change(survey, title={"en": "Another", "cy": "Arall"})
    assert "is in the database with other content" in refused(database, survey, campaign=after)
    change(survey, version="2026.2")
    assert survey.run(database, campaign=after).n_responses == 3
    items = json.loads(climate.document)["items"]
    items[0]["text"]["en"] = "My team is loud and seldom says what it thinks."
    change(survey, version="2026.3", items=items)
    said = refused(database, survey, campaign={**after, "id": "climate-3"})
    assert "item CALM" in said
    assert "give it a new code" in said


def test_names_that_look_like_formulas_are_names(database: Database, survey: Any) -> None:
    survey.run(database, survey.table(ROW.replace("Ash", '"=HYPERLINK(""http://x"")"')))
    with database.read() as connection:
        (placement,) = set(read_responses(connection, "climate").placement_ids)
        assert get_organisation(connection, placement).name == '=HYPERLINK("http://x")'


def test_comments_are_stored_in_another_order_than_the_answers_beside_them(
    sqlite_database: Database, survey: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[str] = []
    monkeypatch.setattr(importing, "add_comments", lambda _, __, comments: stored.extend(c.content for c in comments))
    written = [f"Comment {number}" for number in range(200)]
    survey.run(sqlite_database, survey.table(*(ROW.replace("Fine", comment) for comment in written)))
    assert stored != written
    assert sorted(stored) == sorted(written)


def test_progress_tells_what_is_done(sqlite_database: Database, survey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_room, "ROWS_AT_ONCE", 2)
    said: list[str] = []
    import_responses(sqlite_database, survey.folder / "responses.csv", survey.mapping(), said.append, by="invented")
    assert said == [
        "checked 2 rows, 100% of the file",
        "checked 3 rows, 100% of the file",
        "stored 2 of 3 responses",
        "stored 3 of 3 responses",
    ]


def stopping(at: str, how: Callable[[], Any]) -> Callable[[str], None]:
    return lambda step: how() if step.startswith(at) else None


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("at", ["checked", "stored 1", "stored 3"])
def test_an_interrupted_import_leaves_nothing_behind(
    database: Database, survey: Any, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(rows_room, "ROWS_AT_ONCE", 1)
    before = everything(database)
    with pytest.raises(KeyboardInterrupt):
        import_responses(
            database, survey.folder / "responses.csv", survey.mapping(), stopping(at, interrupt), by="invented"
        )
    assert everything(database) == before


def test_a_killed_import_leaves_nothing_behind(sqlite_database: Database, survey: Any, tmp_path: Path) -> None:
    before = everything(sqlite_database)
    program = """
import os, pathlib, signal, sys
from nets.store.database import Database
from nets.transfer.importing import import_responses
data, mapping, url = sys.argv[1:]
def kill(step):
    if step.startswith("stored"):
        os.kill(os.getpid(), signal.SIGKILL)
import_responses(Database(url), pathlib.Path(data), pathlib.Path(mapping), kill, by="invented")
"""
    arguments = [str(survey.data()), str(survey.mapping()), f"sqlite:///{tmp_path / 'test.sqlite3'}"]
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert everything(sqlite_database) == before
    assert survey.run(sqlite_database).n_responses == 3


def test_learners_can_be_answering_while_a_file_is_checked(database: Database, survey: Any) -> None:
    """On SQLite a second writer would wait for the first until it gives up."""
    region = iter(range(9))

    def write(step: str) -> None:
        if step.startswith("checked"):
            with database.begin() as connection:
                add_organisations(connection, [Organisation(f"R-{next(region)}", Level.REGION, "Mercia", None)])

    import_responses(database, survey.folder / "responses.csv", survey.mapping(), write, by="invented")
    with database.read() as connection:
        assert get_organisation(connection, "R-0").name == "Mercia"
        assert count_responses(connection, "climate") == 3


def test_two_imports_at_once_make_one_campaign(database: Database, survey: Any) -> None:
    def import_the_same(step: str) -> None:
        if step.startswith("checked"):
            survey.run(database)

    with pytest.raises(Refused, match="there is already a campaign climate"):
        import_responses(database, survey.folder / "responses.csv", survey.mapping(), import_the_same, by="invented")
    with database.read() as connection:
        assert count_responses(connection, "climate") == 3


@pytest.mark.parametrize("cell", ["Fine", "Fine\0"], ids=["sound", "faulty"])
def test_memory_does_not_grow_with_rows(
    sqlite_database: Database, survey: Any, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    monkeypatch.setattr(rows_room, "ROWS_AT_ONCE", 100)

    def measure(n_rows: int) -> tuple[int, int]:
        """Size of a file and the most memory that importing it took, in bytes."""
        data = survey.table(*(ROW.replace("Fine", f"{cell} {number:>150}") for number in range(n_rows)))
        campaign = {"id": f"of-{n_rows}", "title": "Climate", "opens_on": "2026-03-01", "closes_on": "2026-03-31"}
        tracemalloc.start()
        with suppress(InvalidFile):
            survey.run(sqlite_database, data, campaign=campaign)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return data.stat().st_size, most

    measure(200)
    (small, little), (large, much) = measure(400), measure(2_400)
    assert much - little < 0.25 * (large - small)
