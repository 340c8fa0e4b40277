"""How often the number of learners is told by the tenths of the national view with that number in a band, and by the banded view.

    python -m benchmarks.disclosure_guess

Places are simulated whose learners answer items of five options, scores with a standard deviation of about 18 and true differences
of about 5. The attacker knows the band and the benchmark, and how such places answer. Bounded to about two minutes.

1. Of mean, standard deviation and interval to the tenth she keeps the numbers of the band that fit: t sd / sqrt(n) is half the
   interval. Told is how often one number alone fits.
2. Of the banded view she guesses the likeliest number, which she has learnt from thousands of places of every number. Told is
   how often she is right; by chance she is in one of as many cases as the band has numbers. The same with the lists that the
   place is on and the step of its probability, which are made of exact numbers and are one for all roles.
3. Of a place with many measures she sees which of them lie below an edge, if each has a band of its own; and of many scales, which
   verdict each has, if it is that of the exact number. Told is how often the likeliest number is the true one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import astuple
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from nets.disclosure.banding import Banding, banded
from nets.disclosure.rule import DisclosureRule, read_disclosure_rule
from nets.disclosure.shown import Distribution, ShownBenchmark, ShownScore
from nets.placement import verdict_on
from nets.releases.measure import Measure, MeasureKind

BENCHMARK = ShownBenchmark(74.0, 5.2, 17.9, 0.078)
BANDS = ((5, 9), (10, 19), (20, 49))
LEARNT, TRIED = 1_500, 200
"""Places of every number, to learn from and to try."""

Numbers: TypeAlias = NDArray[np.float64]


def measure(items: int) -> Measure:
    """A measure of so many items."""
    codes = tuple(f"T{number}" for number in range(items))
    return Measure("t", MeasureKind.SCALE if items > 1 else MeasureKind.ITEM, "T", codes, 5, sensitive=False)


def places(n: int, items: int, size: int, rng: np.random.Generator) -> list[ShownScore]:
    """What a release has of so many places with n learners each; what no view here is made of is nought."""
    latent = 4.0 + 0.2 * rng.normal(size=(size, 1, 1)) + 0.65 * rng.normal(size=(size, n, 1))
    answers = np.clip(np.rint(latent + 0.6 * rng.normal(size=(size, n, items))), 1, 5).astype(int) - 1
    scores = 25.0 * answers.mean(axis=2)
    counts = np.stack([(answers == option).sum(axis=(1, 2)) for option in range(5)], axis=1)
    mean, sd = scores.mean(axis=1), scores.std(axis=1, ddof=1)
    half = float(stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
    positive = np.round(100 * counts[:, 3:].sum(axis=1) / counts.sum(axis=1))
    reliability = BENCHMARK.tau**2 / (BENCHMARK.tau**2 + BENCHMARK.sigma**2 / n)
    return [
        ShownScore(
            n, round(float(m), 1), round(float(s), 1),
            (round(max(0.0, float(m - h)), 1), round(min(100.0, float(m + h)), 1)), float(n), round(reliability, 2),
            0.0, (0.0, 0.0), 0.0, Distribution(tuple(c.tolist()), float(p), ()), verdict_on(reliability),
        )
        for m, s, h, c, p in zip(mean, sd, half, counts, positive, strict=True)
    ]  # fmt: skip


def numbers_that_fit(cell: ShownScore, band: tuple[int, int]) -> list[int]:
    """Attack 1: the numbers of the band with which mean, standard deviation and interval agree, each to half its last digit."""
    low, high = cell.interval
    whole = [end - cell.mean if end == high else cell.mean - end for end in (low, high) if 0.0 < end < 100.0]
    fits = []
    for n in range(band[0], band[1] + 1):
        factor = float(stdtrit(n - 1, 0.975)) / math.sqrt(n)
        if all(factor * (cell.sd - 0.05) - 0.1 <= half <= factor * (cell.sd + 0.05) + 0.1 for half in whole):
            fits.append(n)
    return fits


def rightly_guessed(samples: Callable[[int, int], Iterable[Hashable]], band: tuple[int, int]) -> float:
    """How often the likeliest number is the true one, in per cent: learnt from some samples and tried on others."""
    numbers = range(band[0], band[1] + 1)
    seen: dict[Hashable, Counter[int]] = defaultdict(Counter)
    for n in numbers:
        for view in samples(n, LEARNT):
            seen[view][n] += 1
    right = tried = 0
    for n in numbers:
        for view in samples(n, TRIED):
            right += bool(seen[view]) and seen[view].most_common(1)[0][0] == n
            tried += 1
    return 100.0 * right / tried


def banded_views(
    items: int, rule: DisclosureRule, rng: np.random.Generator, *, lists: bool
) -> Callable[[int, int], Iterable[Hashable]]:
    """Attack 2: everything that a banded score holds, perhaps with what all roles are told."""
    what = measure(items)

    def samples(n: int, size: int) -> Iterable[Hashable]:
        for cell in places(n, items, size, rng):
            view: Hashable = astuple(banded(cell, what, BENCHMARK, Banding(rule, 5, n)))
            yield (view, told_to_all(cell)) if lists else view

    return samples


def told_to_all(cell: ShownScore) -> Hashable:
    """On which side of either funnel limit a place lies, and the step of the risk rule that its probability lies in."""
    spread = math.sqrt(BENCHMARK.tau**2 + BENCHMARK.sigma**2 / cell.n)
    distance = (cell.mean - BENCHMARK.mean) / spread
    reliability = (BENCHMARK.tau / spread) ** 2
    centre = reliability * (cell.mean - BENCHMARK.mean)
    probability = float(ndtr((-BENCHMARK.tau - centre) / (BENCHMARK.tau * math.sqrt(1 - reliability))))
    steps = sum(probability >= step for step in (0.5, 0.8, 0.95)) if reliability >= 0.5 else 0
    return sum(distance < -z for z in (1.96, 3.09)) - sum(distance > z for z in (1.96, 3.09)), steps


def ladder_of_edges(
    edge: int, measures: int, missing: float, rng: np.random.Generator
) -> Callable[[int, int], Iterable[Hashable]]:
    """Attack 3: how many of the measures fewer than the edge answered, each learner having left each out with this probability."""

    def samples(n: int, size: int) -> Iterable[Hashable]:
        below: list[int] = (rng.binomial(n, 1 - missing, size=(size, measures)) < edge).sum(axis=1).tolist()
        return below

    return samples


def ladder_of_verdicts(scales: int) -> Callable[[int, int], Iterable[Hashable]]:
    """Attack 3: the exact verdicts of scales with intraclass correlations of 0.04 to 0.16."""
    correlations = np.linspace(0.04, 0.16, scales)

    def samples(n: int, size: int) -> Iterable[Hashable]:
        verdicts = tuple(verdict_on(float(icc / (icc + (1 - icc) / n))) for icc in correlations)
        return [verdicts] * min(size, 20)

    return samples


def rows() -> Iterable[str]:
    """The tables of docs/disclosure.md."""
    rule, rng = read_disclosure_rule(), np.random.default_rng(8)
    yield "| learners, items | by chance | tenths and a band: one number fits | banded: guessed | banded and lists: guessed |"
    yield "|---|---|---|---|---|"
    for band in BANDS:
        for items in (1, 5):
            one = tried = 0
            for n in range(band[0], band[1] + 1):
                for cell in places(n, items, TRIED, rng):
                    one += len(numbers_that_fit(cell, band)) == 1
                    tried += 1
            guesses = [rightly_guessed(banded_views(items, rule, rng, lists=lists), band) for lists in (False, True)]
            chance = 100 / (band[1] - band[0] + 1)
            figures = " | ".join(f"{guess:.1f} %" for guess in guesses)
            yield f"| {band[0]} to {band[1]}, {items} | {chance:.1f} % | {100 * one / tried:.0f} % | {figures} |"
    yield "\n| learners | by chance | 60 measures with bands of their own | exact verdicts of 12 scales |"
    yield "|---|---|---|---|"
    for band in BANDS:
        edges = rightly_guessed(ladder_of_edges(band[0], 60, 0.05, rng), band)
        verdicts = rightly_guessed(ladder_of_verdicts(12), band)
        yield f"| {band[0]} to {band[1]} | {100 / (band[1] - band[0] + 1):.1f} % | {edges:.1f} % | {verdicts:.1f} % |"


if __name__ == "__main__":
    for line in rows():
        print(line, flush=True)
