"""Every fault of a file is counted, and the first are told by row and column in the order of the file."""

from pathlib import Path
from typing import Any

import pytest

from nets.errors import InvalidFile
from nets.packing import unpack
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.store.comments import Comment
from nets.transfer import rows as rows_room
from nets.transfer.checking import MOST_SHOWN, CheckedBlock, Checker
from nets.transfer.layout import Layout
from nets.transfer.mapping_file import read_mapping
from nets.transfer.rows import open_rows

ROW = "Ash,night,2026-03-02,4,2,3,1,5,1,Fine"


def check(survey: Any, version: QuestionnaireVersion, data: Path, **changes: Any) -> list[CheckedBlock]:
    settings = read_mapping(survey.mapping(**changes))
    with open_rows(data, settings.encoding, settings.delimiter) as reader:
        checker = Checker(reader, Layout(reader.header, settings, version, (), "mapping.json"), ())
        blocks = [checker.check(block) for block in reader.blocks()]
        checker.raise_if_faulty()
    return blocks


def faults(survey: Any, version: QuestionnaireVersion, data: Path, **changes: Any) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        check(survey, version, data, **changes)
    return [str(problem) for problem in caught.value.problems]


def test_rows_become_responses_and_comments(survey: Any, climate: QuestionnaireVersion) -> None:
    (block,) = check(survey, climate, survey.data())
    night, day, loud = block.responses
    assert night[:2] == ("invented-trust-ash", "night")
    assert unpack(climate, night[3]) == {"CALM": 4, "TENSE": 2, "RUSHED": 3, "ALONE": 1, "SAFE": 5, "HURT": 1}
    assert unpack(climate, day[3]) == {
        "CALM": NonResponse.NOT_APPLICABLE,
        "TENSE": Unanswered.BLANK,
        "RUSHED": 5,
        "ALONE": Unanswered.NOT_ROUTED,
        "SAFE": Unanswered.NOT_ROUTED,
        "HURT": NonResponse.PREFER_NOT_TO_SAY,
    }
    assert loud[2].isoformat() == "2026-03-31"
    assert block.comments == [
        Comment("invented-trust-ash", "WORDS", "Fine"),
        Comment("invented-trust-ash", "WORDS", "Loud"),
    ]
    assert block.n_not_routed == 0


def test_answers_that_the_branches_do_not_lead_to_are_counted(survey: Any, climate: QuestionnaireVersion) -> None:
    (block,) = check(
        survey, climate, survey.table("Ash,day,2026-03-02,4,2,3,1,5,1,", "Ash,night,2026-03-02,4,2,3,2,5,1,")
    )
    assert block.n_not_routed == 3


def test_every_fault_has_its_row_and_column(survey: Any, climate: QuestionnaireVersion) -> None:
    data = survey.table(
        ROW,
        "Ash,night,2026-03-02,6,2,3,1,5,1,Fine",
        "Ash,dawn,2026-03-02,4,two,3,1,5,1,Fine",
        "",
        "Ash,night,2026-04-02,4,2,3,1",
        ",night,2026-04-02,4,2,,,,1," + "x" * 201,
        ROW,
        'Ash,night,2026-03-02,4,2,3,1,5,"1"0,Fine',
        "Ash,night,2026-03-02,4,2,not_applicable,1,5,=1+0,\0",
    )
    assert faults(survey, climate, data) == [
        "row 3, column CALM: '6' is not one of the answers to item CALM (not_applicable, 1, 2, 3, 4, 5)",
        "row 4, column group: 'dawn' is not one of the learner groups (day, night)",
        "row 4, column TENSE: 'two' is not one of the answers to item TENSE (not_applicable, 1, 2, 3, 4, 5)",
        "row 6: has 7 fields where the header has 10 fields",
        "row 7, column ward: is empty, so the row belongs to no placement",
        "row 7, column day: '2026-04-02' is not a day from 2026-03-01 to 2026-03-31 written as %Y-%m-%d",
        "row 7, column WORDS: item WORDS takes comments of 200 characters; this one has 201",
        "row 9: has text behind a closing quotation mark; a quotation mark inside a field is written twice",
        "row 10, column RUSHED: 'not_applicable' is not one of the answers to item RUSHED (1, 2, 3, 4, 5)",
        "row 10, column HURT: '=1+0' is not one of the answers to item HURT (prefer_not_to_say, 1, 2, 3, 4, 5)",
        "row 10, column WORDS: has a NUL character, which no text has: is the file UTF-16, or no text at all?",
    ]


def test_latin_1_bytes_have_row_and_column_in_columns_that_are_not_used_too(
    survey: Any, climate: QuestionnaireVersion
) -> None:
    content = f"{survey.header},remark\n{ROW},\n{ROW},caf\xe9\nT\u0177,".replace("\u0177", "\xfd") + ROW[4:] + ",\n"
    assert faults(survey, climate, survey.data(content.encode("latin-1"))) == [
        'row 3, column remark: has the byte 0xe9, which is not utf-8: the mapping\'s "encoding" may have to be "latin-1"',
        'row 4, column ward: has the byte 0xfd, which is not utf-8: the mapping\'s "encoding" may have to be "latin-1"',
    ]
    (block,) = check(survey, climate, survey.data(content.encode("latin-1")), encoding="latin-1")
    assert len(block.responses) == 3


@pytest.mark.parametrize("at_once", [1, 7, 20_000])
def test_the_first_are_shown_and_all_are_counted(
    survey: Any, climate: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(rows_room, "ROWS_AT_ONCE", at_once)
    rows = ["x," * 11 if number % 5 == 0 else f"Ash,night,2026-03-02,4,2,{number},9,9,1," for number in range(6, 1_006)]
    told = faults(survey, climate, survey.table(*rows))
    assert len(told) == MOST_SHOWN + 1
    assert told[-1] == "2,580 more problems like these; 2,600 in all"
    numbers = [int(line.split()[1].rstrip(",:")) for line in told[:-1]]
    assert numbers == sorted(numbers)
    assert numbers[0] == 2
    assert [line for line in told if "fields" in line] == ["row 6: has 12 fields where the header has 10 fields"]


def test_nothing_is_kept_once_a_fault_was_found(
    survey: Any, climate: QuestionnaireVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_room, "ROWS_AT_ONCE", 1)
    settings = read_mapping(survey.mapping())
    with open_rows(survey.table(ROW, ROW.replace("4", "6"), ROW), settings.encoding, ",") as reader:
        checker = Checker(reader, Layout(reader.header, settings, climate, (), "mapping.json"), ())
        assert [len(checker.check(block).responses) for block in reader.blocks()] == [1, 0, 0]


def test_a_file_without_rows_is_told(survey: Any, climate: QuestionnaireVersion) -> None:
    assert faults(survey, climate, survey.table()) == ["responses.csv: has a header and no rows under it"]
    assert faults(survey, climate, survey.table("", ",,,,,,,,,")) == [
        "responses.csv: has a header and no rows under it"
    ]


def test_a_column_name_cannot_break_a_message(survey: Any, climate: QuestionnaireVersion) -> None:
    content = survey.header.replace("CALM", '"my\nteam"') + "\n" + ROW.replace(",4,", ",6,") + "\n"
    (told,) = faults(survey, climate, survey.data(content), items={"CALM": "my\nteam"})
    assert told.startswith("row 2, column 'my\\nteam': '6' is not one of the answers")
