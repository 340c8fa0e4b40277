"""A file of people to invite is read whole, or everything wrong with it is told by row and column."""

from pathlib import Path

import pytest

from nets.errors import InvalidFile
from nets.invitation import Invited
from nets.questionnaire.document import read_version
from nets.transfer.people import ReadPeople, read_addresses, read_people_file

INSTRUMENT = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"
HEADER = "address,placement_id,learner_group\n"


def read(tmp_path: Path, content: str, delimiter: str = ",") -> ReadPeople:
    path = tmp_path / "people.csv"
    path.write_text(content, "utf-8")
    version = read_version(INSTRUMENT.read_bytes(), INSTRUMENT.name)
    return read_people_file(path, version, {"P1", "P2"}, encoding="utf-8-sig", delimiter=delimiter)


def test_a_learner_with_two_placements_stands_in_two_rows(tmp_path: Path) -> None:
    rows = "day;Ash; Ash@example.org ;P1\nnight;Ash;ash@example.org;P2\n"
    found = read(tmp_path, "Learner group;Name;Address;Placement ID\n" + rows, delimiter=";")
    assert found.invited == (Invited("Ash@example.org", "P1", "day"), Invited("ash@example.org", "P2", "night"))
    assert found.unused_columns == ("Name",)


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = "ash,P9,day\nash@example.org,P1,dusk\nash@example.org,P1\nelm@example.org,P1,day\nELM@example.org,P1,night\n,P2,day\n"
    with pytest.raises(InvalidFile) as told:
        read(tmp_path, HEADER + rows)
    assert list(map(str, told.value.problems)) == [
        "row 2, column address: 'ash' is not an e-mail address",
        "row 2, column placement_id: 'P9' is not the id of a placement in this survey",
        "row 3, column learner_group: 'dusk' is not one of the learner groups (day, night)",
        "row 4: has 2 fields where the header has 3 fields",
        "row 6, column address: 'ELM@example.org' is invited to P1 in row 5 already",
        "row 7, column address: '' is not an e-mail address",
    ]


def test_a_file_without_the_columns_or_rows_is_told(tmp_path: Path) -> None:
    for content, words in (("email,placement_id\n", "has no column address"), (HEADER, "no rows under it")):
        with pytest.raises(InvalidFile, match=words):
            read(tmp_path, content)


def test_addresses_are_found_between_what_mail_systems_write_around_them(tmp_path: Path) -> None:
    path = tmp_path / "bounces.csv"
    lines = ["Recipient,Status", '"Ash@example.org",Permanent failure', "<elm@example.org>; 550", "", "ash@example.org"]
    path.write_bytes("\n".join(lines).encode() + b"\noak@example.org\tTempor\xe4r\n")
    assert read_addresses(path) == (("ash@example.org", "elm@example.org", "oak@example.org"), 1)
