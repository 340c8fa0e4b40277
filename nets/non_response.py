"""What a place's score could be if those who did not answer were among the answers: bounds, from what a release shows alone."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from nets.disclosure.banded import BandedResponses, Seen
from nets.disclosure.shown import ShownMean, ShownRate, ShownResponses, ShownScore, SuppressedScore
from nets.response_rate import bounds_of_mean


@dataclass(frozen=True, slots=True)
class MeanBounds:
    """Between what the mean of all learners of a place lies: the silent had all given the worst, or all the best answer."""

    mean: float
    worst: float
    best: float
    kind: Literal["bounds"] = "bounds"


@dataclass(frozen=True, slots=True)
class NoBounds:
    """No bounds: no rate, no score that may be shown, or learners among the answers whom the roster does not know."""

    kind: Literal["no_bounds"] = "no_bounds"


Bounds: TypeAlias = MeanBounds | NoBounds
_NONE: Final = NoBounds()


def bounds_of(responses: ShownResponses | BandedResponses | SuppressedScore, score: Seen) -> Bounds:
    """The bounds of one measure at one place.

    Parameters
    ----------
    responses, score
        As the release shows them to the reader; who sees numbers of learners in bands sees no bounds, which would tell them.
    """
    if not isinstance(responses, ShownResponses) or not isinstance(responses.rate, ShownRate):
        return _NONE
    rate = responses.rate
    if (
        not isinstance(score, ShownScore | ShownMean)
        or responses.responses != rate.responses
        or score.n > rate.learners
    ):
        return _NONE
    worst, best = bounds_of_mean(score.mean, score.n, rate.learners)
    return MeanBounds(score.mean, round(worst, 1), round(best, 1))
