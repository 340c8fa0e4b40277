"""Which comments go with a release: learners enough, nobody's group told, and none of a few who came since."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from nets.campaign import Campaign
from nets.disclosure.banded import Band, BandedResponses
from nets.disclosure.banded_record import BandedRecord
from nets.disclosure.banding import Banding, banded_responses
from nets.disclosure.comments import StoredComment, fewest_for_comments, let_through, told_by_nobody_in_particular
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import NoRate, ShownRate, ShownResponses, SuppressedScore
from nets.questionnaire.version import AnswerIs, GroupIs, Page, QuestionnaireVersion
from nets.releases.place_record import NotAssessed

RULE = read_disclosure_rule()


@pytest.fixture
def record() -> Callable[..., BandedRecord]:
    """A placement's record, of which nothing is shown but how many answered."""

    def make(responses: Any) -> BandedRecord:
        return BandedRecord("W-1", "placement", responses, {}, {}, NotAssessed(), {}, {}, {}, {}, {})

    return make


def answered(low: int, high: int) -> BandedResponses:
    return BandedResponses(Band(low, high), NoRate())


def through(
    record: BandedRecord, written: list[StoredComment], before: frozenset[UUID] = frozenset(), as_before: str = ""
) -> set[UUID]:
    found = let_through(written, {"W-1": record}, before, as_before={as_before}, items={"SAY01"}, fewest=10)
    assert [one.id for one in found] == sorted(one.id for one in found)
    return {one.id for one in found}


def some(n: int, item: str = "SAY01", place: str = "W-1") -> list[StoredComment]:
    return [StoredComment(uuid4(), place, item) for _ in range(n)]


@pytest.mark.parametrize(
    ("responses", "are_read"),
    [
        (answered(10, 19), True),
        (answered(50, 99), True),
        (answered(5, 9), False),
        (answered(5, 19), False),
        (SuppressedScore(), False),
    ],
    ids=["ten", "fifty", "five", "an-edge-left-out", "hidden"],
)
def test_comments_are_read_where_everybody_is_told_of_ten_learners(
    record: Callable[..., BandedRecord], responses: Any, are_read: bool
) -> None:
    written = some(3)
    assert through(record(responses), written) == ({one.id for one in written} if are_read else set())


def test_that_all_ten_of_a_roster_answered_is_not_told_by_their_comments(record: Callable[..., BandedRecord]) -> None:
    for learners, are_read in ((10, False), (30, True)):
        shown = ShownResponses(10, ShownRate(10, learners, 1000 / learners))
        banding = Banding(RULE, 5, 10, learners)
        assert bool(through(record(banded_responses(shown, banding)), some(1))) is are_read


def test_a_place_that_nobody_answered_about_and_another_items_comments_are_left_out(
    record: Callable[..., BandedRecord],
) -> None:
    assert through(record(answered(10, 19)), some(1, place="W-2") + some(1, item="GROUP")) == set()


def test_a_placement_that_keeps_its_number_keeps_its_comments(record: Callable[..., BandedRecord]) -> None:
    old, new = some(2), some(1)
    before = frozenset(one.id for one in old)
    enough = record(answered(10, 19))
    assert through(enough, old + new, before, "W-1") == before
    assert through(enough, old[:1] + new, before, "W-1") == {old[0].id}  # one was taken back
    assert through(enough, old + new, before, "W-2") == {one.id for one in old + new}


def test_the_floor_is_the_rules_or_a_higher_one_of_the_campaign(campaign: Campaign) -> None:
    assert fewest_for_comments(campaign, RULE) == 10
    assert fewest_for_comments(replace(campaign, breakdown_floor=3), RULE) == 10
    assert fewest_for_comments(replace(campaign, breakdown_floor=15), RULE) == 15
    assert fewest_for_comments(replace(campaign, place_floor=20), RULE) == 20


def test_both_comments_of_the_shipped_instrument_are_asked_of_everybody(nets_version: QuestionnaireVersion) -> None:
    assert {"COM01", "COM02"} <= told_by_nobody_in_particular(nets_version)


@pytest.mark.parametrize("condition", [GroupIs(("nursing",)), AnswerIs("IND01", (1,))], ids=["group", "answer"])
def test_a_comment_asked_of_some_is_not_shown(nets_version: QuestionnaireVersion, condition: Any) -> None:
    def page(one: Page) -> Page:
        return replace(one, show_if=condition) if "COM02" in one.items else one

    version = replace(nets_version, pages=tuple(page(one) for one in nets_version.pages))
    assert told_by_nobody_in_particular(version) & {"COM01", "COM02"} == {"COM01"}
