"""From the numbers of a release to those that everybody sees but the national role: too coarse to count learners by.

A release holds exact numbers of learners and scores to a tenth, which lead to each other: so many learners can have so many means.
What is left here of a cell is the band that its number of learners lies in, mean and standard deviation to a step that no answer is
finer than, and rounded shares. Whatever follows from the number of learners is worked out anew from the band's lower end and the
rounded numbers, so it says nothing that they do not. ``benchmarks/disclosure_bands.py`` tries bands and steps.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from scipy.special import ndtr, ndtri, stdtrit

from nets.disclosure.banded import (
    Band,
    Banded,
    BandedDistribution,
    BandedMean,
    BandedRate,
    BandedResponses,
    BandedScore,
)
from nets.disclosure.rule import DisclosureRule
from nets.disclosure.shown import (
    Distribution,
    NoRate,
    Shown,
    ShownBenchmark,
    ShownMean,
    ShownRate,
    ShownResponses,
    SuppressedDistribution,
    SuppressedScore,
)
from nets.packing import NOT_ON_THE_SCALE
from nets.placement import LEVEL, verdict_on
from nets.questionnaire.version import Unanswered
from nets.releases.measure import Measure
from nets.scoring import BEST

_USUAL_OPTIONS = 5
"""Taken for a measure of a release that did not say of what its measures are made."""


@dataclass(frozen=True, slots=True)
class Banding:
    """How the numbers of the cells of one place, or of one learner group there, are banded.

    All measures of a place have its band, except those that far fewer answered. With a band of its own each would tell of a place
    near an edge how many learners it has: some of its questions were left out by one of them, others by two.

    Attributes
    ----------
    floor
        Fewest learners of such a cell that is shown; there the first band begins.
    learners
        Of the place: those who answered, or those of its largest cell.
    on_roster
        Learners whom the roster has, where the release tells a rate; nought where it does not. An edge so near below it that fewer
        than a floor of numbers would be left is no edge: of ten learners "10 to 19" would say that all answered.
    """

    rule: DisclosureRule
    floor: int
    learners: int
    on_roster: int = 0

    def band_of(self, n: int) -> Band:
        """The band that a number of learners lies in."""
        edges = _edges(self.rule.bands, self.floor, self.on_roster)
        at = bisect_right(edges, n)
        low = self.floor if at == 0 else edges[at - 1]
        return Band(low, edges[at] - 1 if at < len(edges) else 10 * low)

    def band_of_measure(self, n: int) -> Band:
        """The band of a measure that so many answered."""
        place = self.band_of(self.learners)
        return place if n >= self.fewest(place) else self.band_of(n)

    def fewest(self, band: Band) -> int:
        """The fewest learners that a measure of this band can have."""
        return max(self.floor, math.ceil(self.rule.nearly_all * band.low))

    def worth(self, share: float) -> float:
        """The share of its learners that a mean is worth, as far as is told."""
        return next((told for told in self.rule.worth if told <= share + 1e-9), self.rule.worth[-1])


def banded(
    cell: Shown, measure: Measure | None, benchmark: ShownBenchmark | SuppressedScore, banding: Banding
) -> Banded:
    """A cell of a release as it is seen without the national role.

    Parameters
    ----------
    measure
        What it measures; None in releases that did not say.
    benchmark
        What it is held against; where that may not be shown, or is another, the cell is a mean alone.
    """
    if isinstance(cell, SuppressedScore):
        return cell
    band = banding.band_of_measure(cell.n)
    answers = band.low * (len(measure.items) if measure else 1)
    options = measure.n_options if measure else _USUAL_OPTIONS
    step = banding.rule.step(BEST / (options - 1) / answers)
    mean, sd, half_step = to_step(cell.mean, step), to_step(cell.sd, step), step / 2
    worth = max(1.0, banding.fewest(band) * banding.worth(cell.effective_n / cell.n))
    t = float(stdtrit(max(worth - 1, 1.0), 0.5 + 0.5 * LEVEL))
    interval = around(mean, t * (sd + half_step) / math.sqrt(worth) + half_step)
    distribution: BandedDistribution | SuppressedDistribution = SuppressedDistribution()
    if band.low >= banding.rule.distribution_from and isinstance(cell.distribution, Distribution):
        share_step = banding.rule.step(banding.rule.share_steps * 100.0 / answers)
        distribution = _distribution(cell.distribution, share_step, measure is None or measure.sensitive)
    if isinstance(cell, ShownMean) or isinstance(benchmark, SuppressedScore):
        return BandedMean(band, mean, step, sd, interval, distribution)
    variance = benchmark.tau**2 + benchmark.sigma**2 / worth
    reliability = benchmark.tau**2 / variance if variance else 0.0
    shrunken = benchmark.mean + reliability * (mean - benchmark.mean)
    spread = benchmark.tau * math.sqrt(1 - reliability)
    told = round(reliability, 2)
    return BandedScore(
        band,
        mean,
        step,
        sd,
        interval,
        told,
        round(shrunken),
        around(shrunken, float(ndtri(0.5 + 0.5 * LEVEL)) * spread + reliability * half_step),
        round(float(ndtr((benchmark.mean - benchmark.tau - shrunken) / spread)), 2) if spread else 0.0,
        distribution,
        verdict_on(told),
    )


def banded_responses(shown: ShownResponses | SuppressedScore, banding: Banding) -> BandedResponses | SuppressedScore:
    """The number of responses as it is seen without the national role, and of the rate what the band leaves open."""
    if isinstance(shown, SuppressedScore):
        return shown
    rate: BandedRate | NoRate = NoRate()
    if isinstance(shown.rate, ShownRate):
        step, learners = banding.rule.rate_step, shown.rate.learners
        band = banding.band_of(shown.rate.responses)
        least, most = (100.0 * min(n, learners) / learners for n in (band.low, band.high))
        rate = BandedRate(step * math.floor(least / step), step * math.ceil(most / step))
    return BandedResponses(banding.band_of(shown.responses), rate)


def on_roster(shown: ShownResponses | SuppressedScore) -> int:
    """Learners on the roster of a place, nought where its release does not tell."""
    return shown.rate.learners if isinstance(shown, ShownResponses) and isinstance(shown.rate, ShownRate) else 0


@lru_cache(maxsize=4096)
def _edges(bands: tuple[int, ...], floor: int, on_roster: int) -> tuple[int, ...]:
    """Where bands end at a place: above the floor, and not so near below the roster that it would leave few numbers."""
    return tuple(edge for edge in bands if edge > floor and not edge <= on_roster < edge + floor - 1)


def to_step(value: float, step: int) -> int:
    """The nearest whole number of steps."""
    return step * round(value / step)


def around(centre: float, half: float) -> tuple[int, int]:
    """An interval in whole points outwards, within the scale."""
    return max(0, math.floor(centre - half + 1e-9)), min(int(BEST), math.ceil(centre + half - 1e-9))


def _distribution(shown: Distribution, step: int, sensitive: bool) -> BandedDistribution | SuppressedDistribution:
    n = sum(shown.counts)
    shares = tuple(to_step(100.0 * count / n, step) for count in shown.counts)
    if sensitive and max(shares) >= 100:  # it would say of everybody what is true of nearly all
        return SuppressedDistribution()
    without = sum(
        count
        for reason, count in zip(NOT_ON_THE_SCALE, shown.without_value, strict=False)
        if reason is not Unanswered.NOT_ROUTED
    )
    return BandedDistribution(
        shares, to_step(shown.per_cent_positive, step), to_step(100.0 * without / (n + without), step)
    )
