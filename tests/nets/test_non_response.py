"""Bounds for those who did not answer come from shown numbers alone, and only where nobody unknown is among the answers."""

import pytest

from nets.disclosure.banded import Seen
from nets.disclosure.shown import (
    NoRate,
    ShownMean,
    ShownRate,
    ShownResponses,
    SuppressedDistribution,
    SuppressedScore,
)
from nets.non_response import MeanBounds, NoBounds, bounds_of

SCORE = ShownMean(40, 75.0, 10.0, (72.0, 78.0), 40.0, SuppressedDistribution())
RATED = ShownResponses(40, ShownRate(40, 100, 40.0))


def test_the_silent_are_taken_at_their_worst_and_at_their_best() -> None:
    assert bounds_of(RATED, SCORE) == MeanBounds(75.0, 30.0, 90.0)


@pytest.mark.parametrize(
    ("responses", "score"),
    [
        (ShownResponses(40, NoRate()), SCORE),
        (SuppressedScore(), SCORE),
        (RATED, SuppressedScore()),
        (ShownResponses(46, ShownRate(40, 100, 40.0)), SCORE),
        (ShownResponses(30, ShownRate(30, 35, 85.7)), SCORE),
    ],
    ids=["no roster", "hidden number", "hidden score", "some from outside the roster", "more scores than learners"],
)
def test_otherwise_there_are_none(responses: ShownResponses | SuppressedScore, score: Seen) -> None:
    assert bounds_of(responses, score) == NoBounds()
