"""The byte code of stored answers: every byte by name, round trips, and what may not be packed or unpacked."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nets.errors import NetsError
from nets.packing import LARGEST_VALUE, answer_matrix, pack, rating_values, unpack
from nets.questionnaire.version import (
    Item,
    NonResponse,
    QuestionnaireVersion,
    ResponseOption,
    ResponseScale,
    Unanswered,
)

Closed = int | NonResponse | Unanswered


def version_with(n_items: int, n_options: int) -> QuestionnaireVersion:
    """Closed items Q0, Q1 ... on one response scale, with a comment between the first two."""
    options = tuple(ResponseOption(value, f"o{value}", {"en": str(value)}) for value in range(1, n_options + 1))
    closed = [
        Item(f"Q{i}", "choice", {"en": "?"}, {}, "scale", tuple(NonResponse), (), False, False, (), None, 0)
        for i in range(n_items)
    ]
    comment = Item("TEXT", "comment", {"en": "?"}, {}, None, (), (), False, False, (), None, 100)
    return QuestionnaireVersion(
        id="packed",
        version="1",
        title={"en": "Packed"},
        languages=("en",),
        framework="none",
        non_response_labels={},
        learner_groups=(),
        response_scales=(ResponseScale("scale", options),),
        items=(*closed[:1], comment, *closed[1:]),
        scales=(),
        sections=(),
        pages=(),
        document=b"",
        digest="",
    )


FIVE = version_with(5, LARGEST_VALUE)
closed_answers = st.one_of(
    st.integers(1, LARGEST_VALUE), st.sampled_from([*NonResponse]), st.sampled_from([*Unanswered])
)


def responses(version: QuestionnaireVersion) -> st.SearchStrategy[dict[str, Closed]]:
    return st.fixed_dictionaries({item.code: closed_answers for item in version.closed_items})


@pytest.mark.parametrize(
    ("answer", "byte"),
    [
        (Unanswered.BLANK, 0),
        (1, 1),
        (5, 5),
        (200, 200),
        (NonResponse.NOT_APPLICABLE, 251),
        (NonResponse.DO_NOT_KNOW, 252),
        (NonResponse.PREFER_NOT_TO_SAY, 253),
        (Unanswered.NOT_ROUTED, 255),
    ],
)
def test_the_byte_of_each_answer_is_fixed_for_ever(answer: Closed, byte: int) -> None:
    assert pack(version_with(1, LARGEST_VALUE), {"Q0": answer}) == bytes([byte])


def test_every_reason_for_no_answer_has_a_byte_of_its_own() -> None:
    version = version_with(1, 5)
    reasons = [*NonResponse, *Unanswered]
    assert len({pack(version, {"Q0": reason}) for reason in reasons}) == len(reasons)


@given(responses(FIVE))
def test_what_is_packed_is_unpacked(answers: Mapping[str, Closed]) -> None:
    packed = pack(FIVE, answers)
    assert len(packed) == len(FIVE.closed_items)
    assert unpack(FIVE, packed) == answers


@given(responses(FIVE))
def test_unpacking_gives_back_the_kind_of_answer_and_not_only_its_value(answers: Mapping[str, Closed]) -> None:
    unpacked = unpack(FIVE, pack(FIVE, answers))
    assert {code: type(answer) for code, answer in unpacked.items()} == {
        code: type(answer) for code, answer in answers.items()
    }


def test_bytes_stand_in_document_order_and_comments_take_none() -> None:
    answers = {"Q4": 5, "Q3": 4, "Q2": 3, "Q1": 2, "Q0": 1}
    assert pack(FIVE, answers) == bytes([1, 2, 3, 4, 5])


@pytest.mark.parametrize("length", [0, 4, 6])
def test_a_response_of_another_length_is_refused_with_both_lengths(length: int) -> None:
    with pytest.raises(NetsError, match=f"has {length} answers; the version has 5"):
        unpack(FIVE, bytes(length))
    with pytest.raises(NetsError, match=f"has {length} answers; the version has 5"):
        answer_matrix(FIVE, [bytes(5), bytes(length)])


def test_two_wrong_lengths_that_add_up_are_not_taken_for_a_matrix() -> None:
    with pytest.raises(NetsError, match="has 4 answers"):
        answer_matrix(FIVE, [bytes(4), bytes(6)])


@given(st.lists(responses(FIVE), max_size=6))
def test_a_matrix_holds_one_response_a_row(rows: list[dict[str, Closed]]) -> None:
    matrix = answer_matrix(FIVE, (pack(FIVE, row) for row in rows))
    assert matrix.shape == (len(rows), 5)
    assert matrix.dtype == np.uint8
    assert [unpack(FIVE, bytes(row)) for row in matrix] == rows


@given(responses(FIVE))
def test_only_option_values_become_numbers(answers: Mapping[str, Closed]) -> None:
    (row,) = rating_values(answer_matrix(FIVE, [pack(FIVE, answers)]))
    for value, item in zip(row, FIVE.closed_items, strict=True):
        answer = answers[item.code]
        if isinstance(answer, (NonResponse, Unanswered)):
            assert np.isnan(value)
        else:
            assert value == answer


def test_every_byte_above_the_largest_value_is_no_number() -> None:
    matrix = np.arange(256, dtype=np.uint8).reshape(1, -1)
    (values,) = rating_values(matrix)
    np.testing.assert_array_equal(np.flatnonzero(~np.isnan(values)), np.arange(1, LARGEST_VALUE + 1))


def test_making_numbers_leaves_the_stored_bytes_alone() -> None:
    matrix = answer_matrix(FIVE, [bytes([0, 1, 253, 255, 5])])
    rating_values(matrix)
    assert matrix.tolist() == [[0, 1, 253, 255, 5]]
