"""What everybody sees but the national role: records that hold no exact number, so that a page cannot print one.

``banding.py`` makes them of the cells of a release. ``Band`` and whole numbers are all there is in them.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from nets.disclosure.shown import NoRate, Shown, ShownMean, ShownScore, SuppressedDistribution, SuppressedScore
from nets.disclosure.shown_beside import ShownAdjusted, ShownPooled
from nets.placement import Verdict


@dataclass(frozen=True, slots=True)
class Band:
    """A number that is at least the one and at most the other."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low:,} to {self.high:,}"


@dataclass(frozen=True, slots=True)
class BandedDistribution:
    """Shares of the answers in per cent, from the worst option to the best, each rounded, so that they need not make 100.

    ``per_cent_positive`` is the share above the middle, ``without_answer`` that of those who were asked and gave none.
    """

    shares: tuple[int, ...]
    per_cent_positive: int
    without_answer: int
    kind: Literal["banded"] = "banded"


@dataclass(frozen=True, slots=True)
class BandedScore:
    """A score whose attributes mean what those of ``shown.ShownScore`` do.

    ``learners`` is the band of those who answered at the place, of whom nearly all answered the measure; that of the measure alone
    where far fewer did. ``step`` is what mean and standard deviation are rounded to, in points. The ends of both intervals allow
    for it and for the fewest learners there can be, so that they are never narrower than those of the national role at a placement.
    """

    learners: Band
    mean: int
    step: int
    sd: int
    interval: tuple[int, int]
    reliability: float
    shrunken: int
    shrunken_interval: tuple[int, int]
    probability_low: float
    distribution: BandedDistribution | SuppressedDistribution
    verdict: Verdict
    kind: Literal["banded"] = "banded"


@dataclass(frozen=True, slots=True)
class BandedMean:
    """A mean that is compared with no other, or that is held against a benchmark that no release tells: a learner group's."""

    learners: Band
    mean: int
    step: int
    sd: int
    interval: tuple[int, int]
    distribution: BandedDistribution | SuppressedDistribution
    kind: Literal["banded_mean"] = "banded_mean"


@dataclass(frozen=True, slots=True)
class BandedAdjusted:
    """A placement's score with its case-mix taken out, beside the one it has; attributes as those of ``ShownAdjusted``.

    ``step`` is what the distance from the mean beside it is rounded to, in points: that mean and this distance are all there is.
    The intervals are those of the score beside it, widened by what the step leaves open.
    """

    mean: int
    step: int
    interval: tuple[int, int]
    shrunken: int
    shrunken_interval: tuple[int, int]
    reliability: float
    kind: Literal["banded_adjusted"] = "banded_adjusted"


@dataclass(frozen=True, slots=True)
class BandedPooled:
    """A placement's score over several campaigns, made of what each shows in bands; attributes as those of ``BandedScore``.

    ``campaigns`` are ids with spaces between, the oldest first. ``learners`` adds up their bands. The intervals hold whatever
    number of its band each campaign had.
    """

    campaigns: str
    learners: Band
    mean: int
    step: int
    interval: tuple[int, int]
    reliability: float
    shrunken: int
    shrunken_interval: tuple[int, int]
    verdict: Verdict
    kind: Literal["banded_pooled"] = "banded_pooled"


@dataclass(frozen=True, slots=True)
class BandedRate:
    """Between which per cent of the learners on the roster answered: what the band leaves open."""

    low: int
    high: int
    kind: Literal["banded_rate"] = "banded_rate"


@dataclass(frozen=True, slots=True)
class BandedResponses:
    """How many answered at a place."""

    responses: Band
    rate: BandedRate | NoRate
    kind: Literal["banded_responses"] = "banded_responses"


Banded: TypeAlias = BandedScore | BandedMean | SuppressedScore
Seen: TypeAlias = Shown | Banded
"""A cell as somebody sees it: of these kinds for the national role, and of those for everybody else."""

SeenScore: TypeAlias = ShownScore | BandedScore
SeenMean: TypeAlias = ShownMean | BandedMean


SeenAdjusted: TypeAlias = ShownAdjusted | BandedAdjusted
SeenPooled: TypeAlias = ShownPooled | BandedPooled


def learners_of(score: SeenScore | SeenMean | SeenPooled) -> int | str:
    """The number of learners as a table has it, whoever reads: itself, or its band in words that no spreadsheet takes for a day."""
    return score.n if isinstance(score, ShownScore | ShownMean | ShownPooled) else str(score.learners)
