"""A campaign as files: every answer, no comment, no order, nothing overwritten, and what went out comes in again as it was."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import InvalidSetting, NotFound, Refused
from nets.organisation import Level, Organisation
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response, bind_response
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.responses import PackedResponse, add_responses, read_responses
from nets.transfer import exporting
from nets.transfer.exporting import EXPORT_FILES, export_campaign
from nets.transfer.importing import import_responses

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
PLACES = (
    Organisation("R-1", Level.REGION, "North", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "North Office", "R-1"),
    Organisation("P-1", Level.PROVIDER, "=Trust", "L-1"),
    Organisation("S-1", Level.SITE, "Tŷ Llwy", "P-1"),
    Organisation("W-1", Level.PLACEMENT, '@Ward, "the old"', "S-1"),
    Organisation("W-2", Level.PLACEMENT, "Ward 2", "S-1"),
    Organisation("W-3", Level.PLACEMENT, "Ward 3", "S-1"),
)


def campaign(version: QuestionnaireVersion, campaign_id: str = "climate") -> Campaign:
    return Campaign(
        id=campaign_id,
        title="Climate",
        questionnaire_id=version.id,
        questionnaire_version=version.version,
        opens_on=FIRST,
        closes_on=LAST,
        access_mode=AccessMode.OPEN_LINK,
        anonymity_mode=AnonymityMode.ANONYMOUS,
    )


def answered(version: QuestionnaireVersion, placement: str, group: str, day: int, **answers: Any) -> PackedResponse:
    response = bind_response(
        version, answers, placement_id=placement, learner_group=group, answered_on=date(2026, 3, day)
    )
    return placement, group, response.answered_on, pack(version, response.answers)


def fill(
    database: Database,
    version: QuestionnaireVersion,
    rows: Sequence[PackedResponse],
    campaign_id: str = "climate",
    places: Sequence[Organisation] = PLACES,
) -> None:
    with database.begin() as connection:
        add_version(connection, version)
        add_organisations(connection, places)
        add_campaign(connection, campaign(version, campaign_id))
        add_responses(connection, campaign_id, rows)


@pytest.fixture
def filled(database: Database, climate: QuestionnaireVersion) -> Database:
    """Three responses about two of three placements, stored in no order."""
    rows = [
        answered(climate, "W-2", "night", 5, CALM=1, TENSE="not_applicable", ALONE=1, SAFE="prefer_not_to_say"),
        answered(climate, "W-1", "night", 31, CALM=3, ALONE=2, HURT=5),
        answered(climate, "W-1", "day", 9, CALM=5, TENSE=2, RUSHED=4, HURT=1),
    ]
    fill(database, climate, rows)
    return database


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_responses_are_written_one_a_row_and_every_code_by_its_name(filled: Database, tmp_path: Path) -> None:
    done = export_campaign(filled, "climate", tmp_path / "out")
    assert done.n_responses == 3
    assert done.files == tuple(tmp_path / "out" / name for name in EXPORT_FILES)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(EXPORT_FILES)
    assert table(tmp_path / "out" / "responses.csv") == [
        ["placement", "learner_group", "answered_on", "CALM", "TENSE", "RUSHED", "ALONE", "SAFE", "HURT"],
        ["W-1", "day", "2026-03-09", "5", "2", "4", "not_routed", "not_routed", "1"],
        ["W-1", "night", "2026-03-31", "3", "blank", "blank", "2", "not_routed", "5"],
        ["W-2", "night", "2026-03-05", "1", "not_applicable", "blank", "1", "prefer_not_to_say", "blank"],
    ]


def test_placements_that_were_answered_about_have_a_row_with_all_above_them(filled: Database, tmp_path: Path) -> None:
    export_campaign(filled, "climate", tmp_path)
    above = ["S-1", "Tŷ Llwy", "P-1", "'=Trust", "L-1", "North Office", "R-1", "North"]
    header, *rows = table(tmp_path / "placements.csv")
    assert header[:4] == ["placement", "placement_name", "site", "site_name"]
    assert rows == [["W-1", '\'@Ward, "the old"', *above], ["W-2", "Ward 2", *above]]


def test_the_questionnaire_goes_along_byte_for_byte(
    filled: Database, climate: QuestionnaireVersion, tmp_path: Path
) -> None:
    export_campaign(filled, "climate", tmp_path)
    document = (tmp_path / "questionnaire.json").read_bytes()
    assert document == climate.document
    codebook = json.loads((tmp_path / "codebook.json").read_bytes())
    assert codebook["questionnaire"]["sha256"] == hashlib.sha256(document).hexdigest()


def test_no_comment_leaves_with_the_answers(sqlite_database: Database, survey: Any, tmp_path: Path) -> None:
    marked = "marked-comment-4711"
    survey.run(sqlite_database, survey.table(f"Ash,night,2026-03-02,4,2,3,1,5,1,{marked}"))
    export_campaign(sqlite_database, "climate", tmp_path / "out")
    assert not [path.name for path in (tmp_path / "out").iterdir() if marked.encode() in path.read_bytes()]


def test_the_order_of_rows_tells_nothing_of_who_came_first(
    database: Database, climate: QuestionnaireVersion, tmp_path: Path
) -> None:
    rows = [answered(climate, f"W-{1 + n % 3}", "day", 1 + n % 31, CALM=1 + n % 5) for n in range(60)]
    fill(database, climate, rows, "first")
    fill(database, climate, rows[::-1], "second")
    for name in ("first", "second"):
        export_campaign(database, name, tmp_path / name)
    written = [(tmp_path / name / "responses.csv").read_bytes() for name in ("first", "second")]
    assert written[0] == written[1]


def test_what_is_not_there_is_told(database: Database, climate: QuestionnaireVersion, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no campaign climate"):
        export_campaign(database, "climate", tmp_path / "out")
    fill(database, climate, [])
    with pytest.raises(Refused, match="campaign climate has no responses yet"):
        export_campaign(database, "climate", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", EXPORT_FILES)
def test_nothing_is_overwritten(filled: Database, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).write_text("kept")
    with pytest.raises(Refused, match=f"already holds {name}; choose another folder"):
        export_campaign(filled, "climate", folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {name: "kept"}


def test_an_export_that_breaks_off_leaves_no_file(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(version: QuestionnaireVersion) -> None:
        raise OSError(28, "No space left on device", "codebook.csv")

    monkeypatch.setattr(exporting, "codebook_rows", full)
    with pytest.raises(InvalidSetting, match=r"codebook\.csv cannot be written: No space left on device"):
        export_campaign(filled, "climate", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidSetting, match="file cannot be written"):
        export_campaign(filled, "climate", tmp_path / "file")


def sorted_rows(database: Database, campaign_id: str) -> list[PackedResponse]:
    with database.read() as connection:
        stored = read_responses(connection, campaign_id)
    rows = zip(stored.placement_ids, stored.learner_groups, stored.answered_on, stored.packed, strict=True)
    return sorted(rows)


def import_again(database: Database, version: QuestionnaireVersion, folder: Path, campaign_id: str) -> None:
    """Take an export in as docs/importing.md says."""
    mapping = folder / "mapping.json"
    comments = [item.code for item in version.items if item.kind == "comment"]
    settings = {
        "questionnaire": {"id": version.id, "version": version.version},
        "campaign": {"id": campaign_id, "title": "Again", "opens_on": str(FIRST), "closes_on": str(LAST)},
        "placement": {"columns": "placement", "existing": True},
        "learner_group": {"column": "learner_group"},
        "answered_on": {"column": "answered_on"},
        "not_asked": comments,
    }
    mapping.write_text(json.dumps(settings))
    assert import_responses(database, folder / "responses.csv", mapping, by="invented").n_not_routed == 0


def test_what_went_out_comes_in_again_as_it_was(
    database: Database, nets_version: QuestionnaireVersion, responses: Sequence[Response], tmp_path: Path
) -> None:
    rows = [
        (r.placement_id, r.learner_group, date(2026, 3, r.answered_on.day), pack(nets_version, r.answers))
        for r in responses
    ]
    fill(database, nets_version, rows, "out", invented_places())
    export_campaign(database, "out", tmp_path)
    import_again(database, nets_version, tmp_path, "in")
    assert sorted_rows(database, "in") == sorted_rows(database, "out") == sorted(rows)


def raw_answers(version: QuestionnaireVersion) -> st.SearchStrategy[Mapping[str, int | str]]:
    return st.fixed_dictionaries(
        {},
        optional={
            item.code: st.sampled_from(
                [*(option.value for option in version.options(item)), *map(str, item.non_response)]
            )
            for item in version.closed_items
        },
    )


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_answers_survive_the_way_out_and_in(
    sqlite_database: Database, climate: QuestionnaireVersion, tmp_path: Path, data: st.DataObject
) -> None:
    number = len(list(tmp_path.glob("out-*")))
    folder, name = tmp_path / f"out-{number}", f"c-{number}"
    drawn = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["W-1", "W-2"]), st.sampled_from(["day", "night"]), raw_answers(climate)),
            min_size=1,
        )
    )
    rows = [answered(climate, placement, group, 5, **answers) for placement, group, answers in drawn]
    fill(sqlite_database, climate, rows, name)
    export_campaign(sqlite_database, name, folder)
    import_again(sqlite_database, climate, folder, f"{name}-again")
    assert sorted_rows(sqlite_database, f"{name}-again") == sorted(rows)
