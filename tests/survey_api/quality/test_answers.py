from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nets.disclosure.shown import Distribution, ShownMean, SuppressedDistribution, SuppressedScore
from nets.organisation import Level
from nets.questionnaire.version import QuestionnaireVersion
from nets.reading import PlaceView
from nets.releases.measure import measures_of
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.tree import NamedPlace
from survey_api.quality.answers import AnsweredItem, HiddenItem, answered_items

COUNTS = (2, 0, 4, 8, 6)
WITHOUT = (1, 2, 1, 1, 15)
"""Not applicable, do not know, prefer not to say, left blank: five in all. Fifteen were not asked."""


@pytest.fixture
def answered(paddle: Any) -> Callable[..., dict[str, AnsweredItem | HiddenItem]]:
    """The items of a ward of which the kettle alone was answered, with the version changed as it is told."""

    def items(
        distribution: Distribution | SuppressedDistribution, **changes: Any
    ) -> dict[str, AnsweredItem | HiddenItem]:
        version: QuestionnaireVersion = paddle.version
        changed = tuple(replace(item, **changes) if item.code == "TEA01" else item for item in version.items)
        version = replace(version, items=changed)
        score = ShownMean(20, 70, 20, (60, 80), 20, distribution)
        record = PlaceRecord("W-1", Level.PLACEMENT, SuppressedScore(), {"item:TEA01": score}, {}, NotAssessed())
        view = PlaceView(NamedPlace("W-1", "Ward 1", Level.PLACEMENT, ()), record)
        return {item.measure.items[0]: item for item in answered_items(version, measures_of(version), view)}

    return items


def test_shares_are_of_those_who_answered_and_those_who_did_not_are_of_those_who_were_asked(answered: Any) -> None:
    item = answered(Distribution(COUNTS, 70, WITHOUT))["TEA01"]
    assert item.options[0] == "Strongly disagree"
    assert item.shares == pytest.approx((10, 0, 20, 40, 30))
    assert item.without_answer == pytest.approx(100 * 5 / 25)


def test_the_worst_option_of_a_reverse_keyed_item_is_its_last(answered: Any) -> None:
    item = answered(Distribution(COUNTS, 70, WITHOUT), reverse=True)["TEA01"]
    assert item.options[0] == "Strongly agree"
    assert item.shares[0] == pytest.approx(10)


def test_a_release_that_did_not_tell_reasons_apart_has_nobody_without_an_answer(answered: Any) -> None:
    assert answered(Distribution(COUNTS, 70, ()))["TEA01"].without_answer == 0


def test_what_may_not_be_shown_is_a_question_and_nothing_more(answered: Any) -> None:
    assert isinstance(answered(SuppressedDistribution())["TEA01"], HiddenItem)
    assert isinstance(answered(Distribution(COUNTS, 70, WITHOUT))["TEA02"], HiddenItem)
