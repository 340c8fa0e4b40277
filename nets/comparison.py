"""Two places side by side: the difference of their scores with its interval, from nothing but what the release shows of either.

The interval of a difference is put together of those of the two scores, added in squares (Zou and Donner 2008, Stat. Med. 27,
1693-1702), as for two samples that have nothing to do with each other. Where one place lies inside the other they share learners,
their errors go the same way, and the true interval is narrower: the one that is told errs on the safe side.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from nets.disclosure.banded import BandedMean, BandedScore, Seen, SeenScore
from nets.disclosure.shown import SuppressedScore
from nets.placement import Verdict
from nets.reading import PlaceView
from nets.releases.measure import Measure
from nets.releases.place_tree import NATION


class Meaning(StrEnum):
    """What a difference may mean."""

    LOWER = "lower"
    HIGHER = "higher"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Difference:
    """One score less another, with the ends of the 95 % interval, in points of 0-100.

    Attributes
    ----------
    meaning
        Lower or higher where the interval leaves out nought; otherwise it may be chance.
    is_weak
        Whether one of the two scores says little about its place on its own, or is held against no others.
    """

    difference: float
    low: float
    high: float
    meaning: Meaning
    is_weak: bool
    kind: Literal["difference"] = "difference"


@dataclass(frozen=True, slots=True)
class NoDifference:
    """Nothing to subtract: one of the two scores is not shown."""

    kind: Literal["no_difference"] = "no_difference"


@dataclass(frozen=True, slots=True)
class ComparedMeasure:
    """One measure at two places."""

    measure: Measure
    difference: Difference | NoDifference


def compare(first: PlaceView, second: PlaceView, measures: Iterable[Measure]) -> tuple[ComparedMeasure, ...]:
    """The first place less the second, measure by measure, as their reader sees them."""
    return tuple(
        ComparedMeasure(measure, difference_of(first.record.score(measure.code), second.record.score(measure.code)))
        for measure in measures
    )


def share_learners(first: PlaceView, second: PlaceView) -> bool:
    """Whether one of two places is the other, or lies inside it."""
    ids = [{one.place_id, *(place.id for place in one.above), NATION} for one in (first, second)]
    return first.place_id in ids[1] or second.place_id in ids[0]


def difference_of(first: Seen, second: Seen) -> Difference | NoDifference:
    """One score less another."""
    if isinstance(first, SuppressedScore) or isinstance(second, SuppressedScore):
        return NoDifference()
    difference = first.mean - second.mean
    half = math.hypot(_half(first.mean, first.interval), _half(second.mean, second.interval))
    # of scores in steps no tenths are told; their intervals allow for the step
    places = 0 if isinstance(first, BandedScore | BandedMean) else 1
    low, high = round(difference - half, places), round(difference + half, places)
    meaning = Meaning.LOWER if high < 0 else Meaning.HIGHER if low > 0 else Meaning.CHANCE
    is_weak = any(not isinstance(one, SeenScore) or one.verdict is Verdict.INSUFFICIENT for one in (first, second))
    return Difference(round(difference, places), low, high, meaning, is_weak)


def _half(middle: float, interval: tuple[float, float]) -> float:
    """The longer half of an interval: the other one may have been cut at an end of the scale."""
    return max(interval[1] - middle, middle - interval[0])
