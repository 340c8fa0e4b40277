"""The trend of one measure at one place: what releases of several campaigns showed of it, and what may be said of the change.

A point is a cell as its own release shows it, so that a trend gives away nothing that was not shown. Campaigns are joined only
where the same questions were asked: items of the same code, or a rewording that its version links to the item before. Where
anything was reworded, or the measure is made of other items than before, there is a break that no change is told across.

The change of the means has the interval of Zou and Donner (2008, Statistics in Medicine 27, 1693-1702, equation 9), which follows
from the intervals of both. The probabilities are those of the flags: the two campaigns as independent, each shrunken to its own
mean, the difference of their posteriors as normal.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from scipy.special import ndtr

from nets.disclosure.banded import BandedMean, BandedScore, Seen, SeenScore
from nets.disclosure.shown import SuppressedScore
from nets.flags.flagging import INTERVAL_WIDTH
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.measure import Measure, MeasureKind
from nets.releases.release import ReleaseHeader


class Asked(StrEnum):
    """How a measure was asked in one campaign beside the campaign before it in the trend."""

    FIRST = "first"
    AS_BEFORE = "as before"
    REWORDED = "reworded"
    OTHER_ITEMS = "other questions"

    @property
    def is_break(self) -> bool:
        """Whether no line leads here from the campaign before."""
        return self in {Asked.REWORDED, Asked.OTHER_ITEMS}


@dataclass(frozen=True, slots=True)
class CampaignScore:
    """What one campaign's release shows of a measure at a place.

    Attributes
    ----------
    header
        Of the release.
    opens_on
        Of the campaign.
    measure
        As that campaign asked it.
    score
        As its reader may see it.
    kept_from
        The earlier release of the campaign whose value it still is; empty where it is this release's own.
    """

    header: ReleaseHeader
    opens_on: date
    measure: Measure
    score: Seen
    kept_from: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One campaign of a trend, and how the measure was asked beside the one before; ``kept_from`` as in ``CampaignScore``."""

    campaign_id: str
    title: str
    release_id: str
    opens_on: date
    score: Seen
    kept_from: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class MeanChange:
    """How far the mean lies above that of the campaign before, with its 95 % interval: of means that no others are held against."""

    since: str
    change: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """The same of a score, and the posterior probabilities that the true score has fallen, or risen, by more than the margin."""

    since: str
    change: float
    low: float
    high: float
    margin: float
    fallen: float
    risen: float


@dataclass(frozen=True, slots=True)
class NoChange:
    """Why nothing is said of a change."""

    reason: str


Change: TypeAlias = MeanChange | ScoreChange | NoChange


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure at one place over the campaigns.

    Attributes
    ----------
    points
        The oldest campaign first; the last is that of the release which was asked.
    change
        Since the campaign before.
    left_out
        Titles of earlier campaigns with a release that asked nothing of the kind.
    """

    measure: Measure
    points: tuple[TrendPoint, ...]
    change: Change
    left_out: tuple[str, ...]


def predecessors(versions: Sequence[QuestionnaireVersion]) -> dict[str, str]:
    """The item that each rewording is linked to, by its code, in all versions together."""
    return {item.code: item.comparable_with for version in versions for item in version.items if item.comparable_with}


def asked_beside(before: Sequence[str], now: Sequence[str], links: Mapping[str, str]) -> Asked | None:
    """How items are asked beside earlier ones; None where none of them was asked then.

    Parameters
    ----------
    before, now
        Codes of the items a measure was made of, and is.
    links
        The item that each rewording is linked to, by its code.
    """
    earlier = set(before)
    found = [match for code in now if (match := _in(earlier, code, links)) is not None]
    if not found:
        return None
    if len(found) < len(now) or set(found) != earlier:
        return Asked.OTHER_ITEMS
    return Asked.AS_BEFORE if set(now) == earlier else Asked.REWORDED


def earlier_measure(measures: Sequence[Measure], measure: Measure, links: Mapping[str, str]) -> Measure | None:
    """What an earlier release has of a measure: that of the same code, and of a reworded item the one it is linked to."""
    wanted = {measure.code}
    if measure.kind is MeasureKind.ITEM:
        asked = {code for one in measures if one.kind is MeasureKind.ITEM for code in one.items}
        match = _in(asked, measure.items[0], links)
        wanted = set() if match is None else {f"item:{match}"}
    return next((one for one in measures if one.code in wanted), None)


def belonging(measures: Sequence[Measure], links: Mapping[str, str]) -> list[tuple[int, Asked]]:
    """Which campaigns belong to the trend that ends with the last, and how each asked beside the one before it.

    Parameters
    ----------
    measures
        As each campaign asked it, the oldest first, at least one.
    links
        The item that each rewording is linked to, by its code.
    """
    found: list[tuple[int, Asked]] = []
    for at, measure in enumerate(measures):
        asked = asked_beside(measures[at - 1].items, measure.items, links) if found else Asked.FIRST
        if asked is None:
            # Nothing of what was asked until now is asked any more: the trend begins here.
            found, asked = [], Asked.FIRST
        found.append((at, asked))
    return found


def trend_of(
    scores: Sequence[CampaignScore], left_out: Sequence[str], links: Mapping[str, str], margin: float
) -> Trend:
    """Join what the campaigns show.

    Parameters
    ----------
    scores
        The oldest campaign first, at least one; the last is the one that is asked about.
    left_out
        Titles of campaigns in which there is nothing like the measure.
    links
        The item that each rewording is linked to, by its code.
    margin
        By how many points a true score has to be lower to have fallen.
    """
    belongs = belonging([one.measure for one in scores], links)
    points = [
        TrendPoint(
            one.header.campaign_id,
            one.header.campaign_title,
            one.header.id,
            one.opens_on,
            one.score,
            one.kept_from,
            asked,
        )
        for one, asked in ((scores[at], asked) for at, asked in belongs)
    ]
    apart = [*left_out, *(one.header.campaign_title for one in scores[: belongs[0][0]])]
    return Trend(scores[-1].measure, tuple(points), _change(points, margin), tuple(apart))


def _change(points: Sequence[TrendPoint], margin: float) -> Change:
    if len(points) < 2:
        return NoChange("No earlier campaign asked this and has a release.")
    before, now = points[-2:]
    if now.asked.is_break:
        return NoChange(
            "What was asked has changed since the campaign before, so that the two scores are not compared."
        )
    if isinstance(before.score, SuppressedScore) or isinstance(now.score, SuppressedScore):
        return NoChange("One of the two scores is not shown.")
    change = now.score.mean - before.score.mean
    half_before, half_now = _half(before.score.mean, before.score.interval), _half(now.score.mean, now.score.interval)
    half = math.hypot(half_before, half_now)
    places = 0 if isinstance(now.score, BandedScore | BandedMean) else 1
    told = before.title, round(change, places), round(change - half, places), round(change + half, places)
    if not isinstance(before.score, SeenScore) or not isinstance(now.score, SeenScore):
        return MeanChange(*told)
    error = (
        math.hypot(
            _half(before.score.shrunken, before.score.shrunken_interval),
            _half(now.score.shrunken, now.score.shrunken_interval),
        )
        / INTERVAL_WIDTH
    )
    moved = now.score.shrunken - before.score.shrunken
    return ScoreChange(*told, margin, _beyond(-moved - margin, error), _beyond(moved - margin, error))


def _half(middle: float, interval: tuple[float, float]) -> float:
    """The longer half of an interval: the other one may have been cut at an end of the scale."""
    return max(interval[1] - middle, middle - interval[0])


def _beyond(distance: float, error: float) -> float:
    """Probability to the hundredth that a normal value with this mean lies above 0."""
    if error == 0:
        return float(distance > 0)
    return round(float(ndtr(distance / error)), 2)


def _in(earlier: set[str], code: str, links: Mapping[str, str]) -> str | None:
    """The item itself or the nearest of those it goes back to that was asked then; None where none was."""
    seen = set[str]()
    while code not in earlier:
        seen.add(code)
        if links.get(code) is None or links[code] in seen:
            return None
        code = links[code]
    return code
