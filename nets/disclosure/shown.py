"""What may be shown: the one place that decides, for pages, API, exports and the command line alike.

A score below the campaign's floor becomes a ``SuppressedScore``, a type of its own that carries nothing of the number. A placement
that nobody answered about gets the same marker as one with too few learners, so that the marker does not tell them apart. Of the
numbers that are shown, none is finer than a tenth: digits beyond what n learners can carry only help to work out who they were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from nets.campaign import Campaign
from nets.disclosure.shown_beside import ShownAdjusted, ShownPooled, tenths
from nets.packing import NOT_ON_THE_SCALE
from nets.placement import Benchmark, CellMeans, CellScores, Verdict, verdict_on
from nets.questionnaire.version import Unanswered
from nets.response_rate import PlaceResponses, ResponseRate

WITHHELD: Final = (
    "Not shown, to protect the learners: too few of them, here or beside, or too alike in a sensitive answer."
)


@dataclass(frozen=True, slots=True)
class SuppressedScore:
    """A score that may not be shown."""

    reason: str = WITHHELD
    kind: Literal["suppressed"] = "suppressed"


@dataclass(frozen=True, slots=True)
class Distribution:
    """Answers by option, from the worst option to the best, and the share above the middle in per cent.

    ``without_value`` counts the answers that are not on the scale, by reason in the order of ``packing.NOT_ON_THE_SCALE``: not
    applicable, do not know, prefer not to say, left blank, not asked. The last is left out where some learner groups alone are
    asked, and all in releases that did not tell them apart.
    """

    counts: tuple[int, ...]
    per_cent_positive: float
    without_value: tuple[int, ...]
    kind: Literal["shown"] = "shown"


@dataclass(frozen=True, slots=True)
class SuppressedDistribution:
    """A distribution that needs more learners than this score has."""

    reason: str = WITHHELD
    kind: Literal["suppressed"] = "suppressed"


@dataclass(frozen=True, slots=True)
class ShownScore:
    """A place's score as anybody may see it; the attributes are those of ``placement.CellScores``, rounded.

    The verdict is that on the reliability as it is shown, so that the two cannot contradict each other.
    """

    n: int
    mean: float
    sd: float
    interval: tuple[float, float]
    effective_n: float
    reliability: float
    shrunken: float
    shrunken_interval: tuple[float, float]
    probability_low: float
    distribution: Distribution | SuppressedDistribution
    verdict: Verdict
    kind: Literal["shown"] = "shown"


@dataclass(frozen=True, slots=True)
class ShownMean:
    """A mean that is compared with no other: that of a single item, of the nation, of the only place of its level."""

    n: int
    mean: float
    sd: float
    interval: tuple[float, float]
    effective_n: float
    distribution: Distribution | SuppressedDistribution
    kind: Literal["mean"] = "mean"


@dataclass(frozen=True, slots=True)
class ShownResponses:
    """How many answered at a place. Where the roster says of how many, ``rate`` has it."""

    responses: int
    rate: "ShownRate | NoRate"
    kind: Literal["responses"] = "responses"


@dataclass(frozen=True, slots=True)
class ShownRate:
    """Responses from where the roster has learners, those learners, and the share in per cent."""

    responses: int
    learners: int
    per_cent: float
    kind: Literal["rate"] = "rate"


@dataclass(frozen=True, slots=True)
class NoRate:
    """No response rate: the roster says nothing of this place, or fewer learners than answered."""

    kind: Literal["no_rate"] = "no_rate"


@dataclass(frozen=True, slots=True)
class ShownBenchmark:
    """The benchmark of one measure at one level, in whole points."""

    mean: float
    tau: float
    sigma: float
    icc1: float
    kind: Literal["shown"] = "shown"


Shown: TypeAlias = ShownScore | ShownMean | SuppressedScore

WrittenCell: TypeAlias = Sequence[Any]
"""A cell as a release keeps it: a letter for its class, then the values in the order of the class's fields."""

LETTER_OF: Final[Mapping[type, str]] = {
    ShownScore: "s",
    ShownMean: "m",
    ShownAdjusted: "a",
    ShownPooled: "y",
    SuppressedScore: "-",
    Distribution: "d",
    SuppressedDistribution: "x",
    ShownResponses: "r",
    ShownRate: "p",
    NoRate: "n",
}
"""What stands for each class where cells are written down; the sentence of a marker and a class's kind go without saying."""


def show_cells(
    cells: CellMeans | CellScores, campaign: Campaign, *, items_shown: NDArray[np.bool_], asked_of_all: bool
) -> Iterable[WrittenCell]:
    """Cells that may be shown, as they are shown, each written down as ``LETTER_OF`` says.

    Parameters
    ----------
    items_shown
        Where every single item is shown whose answers the distribution counts: less theirs, it is that of one which is not.
    asked_of_all
        Whether everybody was asked; how many were not is else how many learners the other groups have.
    """
    means = cells.means if isinstance(cells, CellScores) else cells
    columns = (
        means.n.tolist(),
        tenths(means.mean),
        tenths(means.sd),
        zip(tenths(means.low), tenths(means.high), strict=True),
        tenths(means.effective_n),
    )
    distributions = (
        (LETTER_OF[Distribution], counts, positive, without) if may else (LETTER_OF[SuppressedDistribution],)
        for may, counts, positive, without in zip(
            ((means.n >= campaign.breakdown_floor) & items_shown).tolist(),
            means.distribution.tolist(),
            np.round(means.per_cent_positive).tolist(),
            means.without_value[:, : None if asked_of_all else NOT_ON_THE_SCALE.index(Unanswered.NOT_ROUTED)].tolist(),
            strict=True,
        )
    )
    if isinstance(cells, CellMeans):
        return zip(repeat(LETTER_OF[ShownMean], len(means.n)), *columns, distributions, strict=True)
    reliability = np.round(cells.reliability, 2).tolist()
    return zip(
        repeat(LETTER_OF[ShownScore], len(means.n)),
        *columns,
        reliability,
        tenths(cells.shrunken),
        zip(tenths(cells.shrunken_low), tenths(cells.shrunken_high), strict=True),
        np.round(cells.probability_low, 2).tolist(),
        distributions,
        map(verdict_on, reliability),
        strict=True,
    )


def least_shown(campaign: Campaign, *, breakdown: bool) -> int:
    """Fewest learners of a cell that is shown: all of a place, or one learner group of it."""
    return max(campaign.place_floor, campaign.breakdown_floor) if breakdown else campaign.place_floor


def show_responses(responses: PlaceResponses, campaign: Campaign) -> ShownResponses | SuppressedScore:
    """How many answered at a place, of how many."""
    if responses.n < campaign.place_floor:
        return SuppressedScore()
    rate = responses.rate
    # The few who answered and are in no roster would be told by the difference of the two numbers.
    few_outside = isinstance(rate, ResponseRate) and 0 < responses.n - rate.responses < campaign.place_floor
    if isinstance(rate, ResponseRate) and rate.responses >= campaign.place_floor and not few_outside:
        return ShownResponses(responses.n, ShownRate(rate.responses, rate.learners, round(rate.per_cent, 1)))
    return ShownResponses(responses.n, NoRate())


def show_benchmark(benchmark: Benchmark | None, campaign: Campaign) -> ShownBenchmark | SuppressedScore:
    """The benchmark, unless so few stand behind it that it would give a placement away."""
    if benchmark is None or benchmark.n < campaign.breakdown_floor or benchmark.n_places < campaign.place_floor:
        return SuppressedScore()
    return ShownBenchmark(
        round(benchmark.mean, 0), round(benchmark.tau, 1), round(benchmark.sigma, 1), round(benchmark.icc1, 3)
    )


def show_total(n_responses: int) -> int:
    """A campaign's number of responses, to the ten: the exact one would give the hidden cells away by subtraction."""
    return round(n_responses, -1)
