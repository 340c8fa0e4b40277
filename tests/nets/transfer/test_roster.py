"""A roster's file is read whole, or everything wrong with it is told by row and column."""

import csv
import io
from pathlib import Path

import pytest

from nets.errors import InvalidFile
from nets.questionnaire.document import read_version
from nets.response_rate import RosterEntry
from nets.transfer.roster import WRITTEN_COLUMNS, ReadRoster, empty_rows, read_roster_file, roster_rows

INSTRUMENT = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"
PLACEMENTS = {"P1", "P2"}
HEADER = "placement_id,learner_group,learners\n"


def read(tmp_path: Path, content: str | bytes, encoding: str = "utf-8-sig", delimiter: str = ",") -> ReadRoster:
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    version = read_version(INSTRUMENT.read_bytes(), INSTRUMENT.name)
    return read_roster_file(path, version, PLACEMENTS, encoding=encoding, delimiter=delimiter)


def problems(tmp_path: Path, content: str | bytes) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        read(tmp_path, content)
    return list(map(str, caught.value.problems))


def test_columns_stand_in_any_order_and_among_others(tmp_path: Path) -> None:
    header, rows = "\ufeffLearners;Ward's name;Placement ID;Learner group\r\n", " 12 ;Ash;P1;day\r\n0;Elm;P2;night\r\n"
    found = read(tmp_path, header + rows, delimiter=";")
    assert found.entries == (RosterEntry("P1", "day", 12), RosterEntry("P2", "night", 0))
    assert found.unused_columns == ("Ward's name",)


def test_a_row_without_a_number_is_passed_over_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "P1,day,3\nP1,night,\nP2,day, \n")
    assert found.entries == (RosterEntry("P1", "day", 3),)
    assert found.n_without_number == 2
    assert problems(tmp_path, HEADER + "P1,day,\n") == ["roster.csv: has no number of learners in any row"]
    assert problems(tmp_path, HEADER + "P9,day,\n") == [
        "row 2, column placement_id: 'P9' is not the id of a placement in this survey"
    ]


def test_what_is_given_out_is_the_same_roster_when_it_is_taken_in(tmp_path: Path) -> None:
    names, roster = {"P1": "Ash, ward", "P2": "Elm"}, {("P2", "day"): 4, ("P1", "night"): 0}
    text = io.StringIO()
    csv.writer(text).writerows([WRITTEN_COLUMNS, *roster_rows(roster, names)])
    found = read(tmp_path, text.getvalue())
    assert {(one.placement_id, one.learner_group): one.learners for one in found.entries} == roster
    assert found.unused_columns == ("placement",)
    assert list(empty_rows(["day", "night"], names)) == [
        ("P1", "Ash, ward", "day", ""), ("P1", "Ash, ward", "night", ""), ("P2", "Elm", "day", ""), ("P2", "Elm", "night", ""),
    ]  # fmt: skip


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = "P9,day,1\nP1,dusk,many\nP1,day\nP1,day,7\nP1,day,8\n,night,-1\nP2,night,100001\nP2,day,١٢\n"
    assert problems(tmp_path, HEADER + rows) == [
        "row 2, column placement_id: 'P9' is not the id of a placement in this survey",
        "row 3, column learner_group: 'dusk' is not one of the learner groups (day, night)",
        "row 3, column learners: 'many' is not a whole number from 0 to 100000, in digits alone",
        "row 4: has 2 fields where the header has 3 fields",
        "row 6, column learner_group: 'day' at P1 has its number in row 5 already",
        "row 7, column placement_id: '' is not the id of a placement in this survey",
        "row 7, column learners: '-1' is not a whole number from 0 to 100000, in digits alone",
        "row 8, column learners: '100001' is not a whole number from 0 to 100000, in digits alone",
        "row 9, column learners: '١٢' is not a whole number from 0 to 100000, in digits alone",
    ]


def test_of_very_many_problems_the_first_are_told_and_all_are_counted(tmp_path: Path) -> None:
    told = problems(tmp_path, HEADER + "P9,day,1\n" * 30)
    assert len(told) == 21
    assert told[-1] == "10 more problems like these; 30 in all"


def test_columns_that_are_not_there_or_twice_are_told(tmp_path: Path) -> None:
    assert problems(tmp_path, "placement_id,group,learners,Learners\nP1,day,1,2\n") == [
        "row 1: has no column learner_group",
        "row 1: has more than one column learners",
    ]


def test_a_file_without_rows_is_no_roster(tmp_path: Path) -> None:
    assert problems(tmp_path, HEADER) == ["roster.csv: has a header and no rows under it"]
    assert problems(tmp_path, "") == ["roster.csv: is empty"]


def test_what_another_option_would_read_is_said(tmp_path: Path) -> None:
    assert problems(tmp_path, HEADER.replace(",", ";")) == ["row 1: looks divided by ';', which --delimiter can say"]
    (told,) = problems(tmp_path, HEADER.encode() + b"P1,d\xe9,1\n")
    assert told.startswith("row 2, column learner_group: has the byte 0xe9")
    assert told.endswith('--encoding may have to be "latin-1"')
