"""Whole columns of cells become the same bytes that ``bind_response`` and ``pack`` make of one learner's answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.packing import NO_ANSWER, pack
from nets.questionnaire.routing import routed_items
from nets.questionnaire.version import NonResponse, QuestionnaireVersion, Unanswered
from nets.response import bind_response
from nets.transfer.answers import (
    ClosedColumn,
    CommentColumn,
    Routes,
    pass_over_unrouted,
    quoted,
    read_closed_columns,
)


def cells(version: QuestionnaireVersion, code: str) -> list[str]:
    item = version.item[code]
    return ["", *(str(option.value) for option in version.options(item)), *map(str, item.non_response)]


def raw(version: QuestionnaireVersion, row: Mapping[str, str]) -> dict[str, int | str]:
    """The answers of a row of cells as the learner's page would send them."""
    return {code: int(cell) if cell.isdigit() else cell for code, cell in row.items() if cell}


@pytest.mark.parametrize("instrument", ["climate", "nets_version"])
@given(data=st.data())
def test_a_block_of_rows_gives_the_bytes_of_its_learners(
    request: pytest.FixtureRequest, instrument: str, data: st.DataObject
) -> None:
    version: QuestionnaireVersion = request.getfixturevalue(instrument)
    codes = [item.code for item in version.closed_items]
    groups = [group.code for group in version.learner_groups]
    seeds = data.draw(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6))
    asked = data.draw(st.lists(st.sampled_from(groups), min_size=len(seeds), max_size=len(seeds)))
    draws = [np.random.default_rng(seed) for seed in seeds]
    table = [{code: str(draw.choice(cells(version, code))) for code in codes} for draw in draws]

    columns = [[row[code] for row in table] for code in codes]
    readers = [(i, ClosedColumn(version, item, {})) for i, item in enumerate(version.closed_items)]
    matrix = read_closed_columns(columns, readers, len(table))
    which, routes = Routes(version).of(np.array([groups.index(group) for group in asked], dtype=np.int16), matrix)
    packed, n_lost = pass_over_unrouted(version, matrix, which, routes)

    bound = [
        bind_response(
            version, raw(version, row), placement_id="P", learner_group=group, answered_on=date(2026, 3, 2)
        ).answers
        for row, group in zip(table, asked, strict=True)
    ]
    assert [bytes(row) for row in packed] == [pack(version, answers) for answers in bound]
    assert n_lost == sum(
        row[code] != "" and answers[code] is Unanswered.NOT_ROUTED
        for row, answers in zip(table, bound, strict=True)
        for code in codes
    )


def test_an_answer_on_a_page_that_is_not_reached_decides_nothing(climate: QuestionnaireVersion) -> None:
    codes = [item.code for item in climate.closed_items]
    row = {"CALM": 4, "ALONE": 1, "SAFE": 5}
    matrix = np.array([[row.get(code, 0) for code in codes]], dtype=np.uint8)
    day = [group.code for group in climate.learner_groups].index("day")
    _, (route,) = Routes(climate).of(np.array([day], dtype=np.int16), matrix)
    assert route == routed_items(climate, "day", row)
    assert "SAFE" not in route


@pytest.mark.parametrize(
    ("answers", "known"),
    [
        ({}, {"1": 1, " 5 ": 5, "": 0, "blank": 0, "not_routed": 0, "not_applicable": 251}),
        ({"9": NonResponse.NOT_APPLICABLE, "-1": Unanswered.BLANK}, {"9": 251, "-1": 0, "3": 3}),
        ({"0": 1, "1": 2, "4": 5}, {"0": 1, "1": 2, "4": 5, "": 0}),
        ({"": NonResponse.NOT_APPLICABLE}, {"": 251, "2": 2}),
        ({" yes ": 1}, {"yes": 1, "  yes": 1}),
        ({"5": 1, "1": 5}, {"5": 1, "1": 5}),
    ],
)
def test_cells_mean_what_the_mapping_says(
    climate: QuestionnaireVersion, answers: Mapping[str, Any], known: Mapping[str, int]
) -> None:
    column = ClosedColumn(climate, climate.item["CALM"], answers)
    assert {cell: column[cell] for cell in known} == known
    assert all(column.problem(cell) is None for cell in known)


@pytest.mark.parametrize(
    ("answers", "cell", "what"),
    [
        ({}, "6", "'6' is not one of the answers to item CALM (not_applicable, 1, 2, 3, 4, 5)"),
        ({}, "3.0", "'3.0' is not one of the answers"),
        ({}, "=1+2", "'=1+2' is not one of the answers"),
        ({}, "٣", "'٣' is not one of the answers"),
        ({}, "true", "'true' is not one of the answers"),
        ({}, "do_not_know", "'do_not_know' is not one of the answers"),
        ({}, "a\nb", r"'a\nb' is not one of the answers"),
        ({"0": 1, "4": 5}, "5", "'5' is not one of the answers to item CALM (not_applicable, 0, 4)"),
        ({"8": NonResponse.DO_NOT_KNOW}, "8", "'8' stands for do_not_know, which item CALM does not offer"),
        ({"8": 7}, "8", "'8' stands for 7, which item CALM does not offer"),
    ],
)
def test_any_other_cell_is_a_fault(
    climate: QuestionnaireVersion, answers: Mapping[str, Any], cell: str, what: str
) -> None:
    column = ClosedColumn(climate, climate.item["CALM"], answers)
    assert column[cell] == NO_ANSWER
    assert what in str(column.problem(cell))


def test_a_comment_is_bounded_and_never_repeated(climate: QuestionnaireVersion) -> None:
    column = CommentColumn(climate.item["WORDS"])
    assert column.problem("x" * 200) is None
    assert column.problem("x" * 1201) == "item WORDS takes comments of 200 characters; this one has 1,201"


def test_a_cell_in_a_message_is_short_and_on_one_line() -> None:
    assert quoted("it's\n") == '"it\'s\\n"'
    assert len(quoted("x" * 1_000)) < 50
