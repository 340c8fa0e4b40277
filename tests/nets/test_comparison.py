"""The difference of two scores: from what is shown of them, with an interval that errs on the safe side."""

import math

import pytest

from nets.comparison import Difference, Meaning, NoDifference, difference_of, share_learners
from nets.disclosure.shown import ShownMean, ShownScore, SuppressedDistribution, SuppressedScore
from nets.organisation import Level, Organisation
from nets.placement import Verdict
from nets.reading import PlaceView
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.tree import NamedPlace

HIDDEN = SuppressedDistribution()


def score(mean: float, low: float, high: float, verdict: Verdict = Verdict.REPORTABLE) -> ShownScore:
    return ShownScore(20, mean, 15.0, (low, high), 20.0, 0.8, mean, (low, high), 0.1, HIDDEN, verdict)


def view(place_id: str, *above: str) -> PlaceView:
    places = tuple(Organisation(one, Level.PROVIDER, one, None) for one in above)
    record = PlaceRecord(place_id, Level.PLACEMENT, SuppressedScore(), {}, {}, NotAssessed())
    return PlaceView(NamedPlace(place_id, place_id, Level.PLACEMENT, places), record)


def test_the_interval_of_a_difference_adds_those_of_the_scores_in_squares() -> None:
    found = difference_of(score(60, 54, 66), score(75, 67, 83))
    half = math.hypot(6, 8)
    assert found == Difference(-15, -15 - half, -15 + half, Meaning.LOWER, is_weak=False)


def test_it_agrees_with_two_samples_by_the_normal_distribution() -> None:
    # means 70 and 62, standard errors 2 and 3: R's 8 + c(-1, 1) * qnorm(0.975) * sqrt(4 + 9) is 0.933252, 15.066748
    z = 1.959964
    found = difference_of(score(70, 70 - 2 * z, 70 + 2 * z), score(62, 62 - 3 * z, 62 + 3 * z))
    assert isinstance(found, Difference)
    assert (found.low, found.high) == (0.9, 15.1)


@pytest.mark.parametrize(
    ("second", "meaning"),
    [(score(48, 44, 52), Meaning.HIGHER), (score(58, 54, 62), Meaning.CHANCE), (score(72, 68, 76), Meaning.LOWER)],
)
def test_only_a_difference_beyond_its_interval_means_something(second: ShownScore, meaning: Meaning) -> None:
    found = difference_of(score(60, 56, 64), second)
    assert isinstance(found, Difference)
    assert found.meaning is meaning


def test_an_interval_that_ends_with_the_scale_is_as_wide_as_its_other_half() -> None:
    found = difference_of(score(97, 90, 100), score(80, 80, 80))
    assert isinstance(found, Difference)
    assert (found.low, found.high) == (10, 24)


def test_what_is_not_shown_gives_no_difference_and_a_weak_score_is_named() -> None:
    assert difference_of(score(60, 50, 70), SuppressedScore()) == NoDifference()
    for weak in (score(60, 50, 70, Verdict.INSUFFICIENT), ShownMean(20, 60, 15, (50, 70), 20, HIDDEN)):
        found = difference_of(score(60, 50, 70), weak)
        assert isinstance(found, Difference)
        assert found.is_weak


def test_places_share_learners_where_one_lies_inside_the_other() -> None:
    ward, hospital, other = view("W-1", "R-1", "P-1"), view("P-1", "R-1"), view("W-9", "R-1", "P-9")
    assert share_learners(ward, hospital)
    assert share_learners(view("nation"), ward)
    assert not share_learners(ward, other)
