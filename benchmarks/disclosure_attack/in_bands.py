"""A release as everybody sees it but the national role, all places together: no such role is given more of it.

Every number in bands is known to what its step and its band leave open, and the distribution to what rounded shares do. Who knows a
place's roster knows from the band of the response rate between what its number of responses lies.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from benchmarks.disclosure_attack.published import EVERYONE, Cell, Known, Published
from nets.campaign import Campaign
from nets.disclosure.banded import (
    Band,
    Banded,
    BandedDistribution,
    BandedMean,
    BandedRate,
    BandedResponses,
    BandedScore,
)
from nets.disclosure.banded_record import BandedRecord, BandedView
from nets.disclosure.rule import DisclosureRule
from nets.releases.measure import Measure

BEST = 100.0
ANY_SQUARES = 1e12


def published_in_bands(
    what: Published, campaign: Campaign, rule: DisclosureRule, roster: Mapping[str, int]
) -> Published:
    """What is left of a release in bands.

    Sums are those that the rounded means have for whoever knows the numbers of learners; who does not has no use for them.

    Parameters
    ----------
    roster
        Learners of every place.
    """
    view = BandedView.of(what.release.header, campaign, rule)
    records = {place: view.record(record) for place, record in what.records.items()}
    cells = {
        code: {
            cell: _known(
                seen, exact, view.measures[code], rule, _numbers(records[cell[0]], cell, seen.learners, roster)
            )
            for cell, exact in of_measure.items()
            if isinstance(seen := records[cell[0]].score(code, _group(cell)), BandedScore | BandedMean)
        }
        for code, of_measure in what.cells.items()
    }
    return replace(what, cells=cells)


def told_of_hidden(record: BandedRecord) -> Iterator[str]:
    """Scales and learner groups that flags or words name though nothing is shown of them."""
    for scale, flags in record.flags.items():
        hidden = not isinstance(record.score(scale), BandedScore | BandedMean)
        if hidden and (flags.lists or flags.groups):
            yield scale
        for group in flags.groups:
            if not isinstance(record.score(scale, group), BandedScore | BandedMean):
                yield f"{group}/{scale}"


def _group(cell: Cell) -> str | None:
    return None if cell[1] == EVERYONE else cell[1]


def _numbers(record: BandedRecord, cell: Cell, band: Band, roster: Mapping[str, int]) -> tuple[int, int]:
    low, high = band.low, band.high
    if cell[1] == EVERYONE and isinstance(record.responses, BandedResponses):
        responses = record.responses
        low, high = max(low, responses.responses.low), min(high, responses.responses.high)
        if isinstance(responses.rate, BandedRate):
            learners = roster[cell[0]]
            low = max(low, math.ceil(responses.rate.low * learners / 100))
            high = min(high, math.floor(responses.rate.high * learners / 100))
    return low, high


def _known(seen: Banded, exact: Known, measure: Measure, rule: DisclosureRule, n: tuple[int, int]) -> Known:
    assert isinstance(seen, BandedScore | BandedMean)
    low, high = max(seen.mean - seen.step / 2, 0.0), min(seen.mean + seen.step / 2, BEST)
    if isinstance(seen.distribution, BandedDistribution):
        answers = seen.learners.low * len(measure.items)
        step = next(step for step in rule.steps if step >= rule.share_steps * 100.0 / answers - 1e-9)
        least, most = _mean_of_shares(seen.distribution.shares[: measure.n_options], step / 2)
        low, high = max(low, least), min(high, most)
    learners = exact.n[0]
    return Known(n, (learners * low, learners * high), (0.0, ANY_SQUARES))


def _mean_of_shares(shares: tuple[int, ...], half: float) -> tuple[float, float]:
    """Between what the mean lies where every share of the options, from worst to best, is known to half a step."""
    worth = [BEST * option / (len(shares) - 1) for option in range(len(shares))]
    ends = []
    for order in (range(len(shares)), range(len(shares) - 1, -1, -1)):
        taken = [max(share - half, 0.0) for share in shares]
        left = 100.0 - sum(taken)
        for option in order:
            more = min(left, shares[option] + half - taken[option])
            taken[option] += more
            left -= more
        ends.append(sum(share * value for share, value in zip(taken, worth, strict=True)) / 100.0)
    return ends[0], ends[1]
