"""Cells of a release as JSON: scores and distributions, and what stands for those that may not be shown. No number is made here.

Exact numbers are the national role's. Everybody else gets cells of kinds of their own, with numbers of learners in bands.
"""

from itertools import zip_longest
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from nets.disclosure.banded import BandedDistribution, BandedMean, BandedScore, Seen
from nets.disclosure.shown import WITHHELD, Distribution, ShownBenchmark, ShownMean, ShownScore, SuppressedScore
from nets.packing import NOT_ON_THE_SCALE
from nets.placement import Verdict

_LOW_END = "Lower end of the 95 % interval of the mean."
_HIGH_END = "Upper end of the 95 % interval of the mean."


class Suppressed(BaseModel):
    """What stands for a number that may not be shown; too few learners and none look alike."""

    kind: Literal["suppressed"] = Field(examples=["suppressed"])
    reason: str = Field(description="Why, in the same words for all.", examples=[WITHHELD])


class _Mean(BaseModel):
    n: int = Field(description="Learners behind it.", examples=[38])
    mean: float = Field(description="Mean of their scores, 0-100; higher is better.", examples=[41.8])
    sd: float = Field(description="Standard deviation between the learners.", examples=[20.3])
    low: float = Field(description=_LOW_END, examples=[35.1])
    high: float = Field(description=_HIGH_END, examples=[48.5])
    effective_n: float = Field(
        description="How many learners, each from a placement of their own, the mean is worth; n at a placement.",
        examples=[38.0],
    )


class MeanOfLearners(_Mean):
    """A mean that is compared with no other: that of a single question, of the nation, of the only place of its level."""

    kind: Literal["mean"] = Field(examples=["mean"])


class Score(_Mean):
    """A score with how far it can be trusted, held against all places of its level."""

    kind: Literal["shown"] = Field(examples=["shown"])
    reliability: float = Field(
        description="Share of the differences between such means that is between places, 0-1; the rest is chance.",
        examples=[0.87],
    )
    verdict: Verdict = Field(
        description="reportable: good for decisions; indicative: a hint; insufficient: too uncertain for a statement.",
        examples=["reportable"],
    )
    shrunken: float = Field(
        description="The mean drawn towards all places of its level by what it lacks in reliability: the better guess.",
        examples=[45.6],
    )
    shrunken_low: float = Field(description="Lower end of its 95 % interval.", examples=[39.2])
    shrunken_high: float = Field(description="Upper end of its 95 % interval.", examples=[52.0])
    probability_low: float = Field(
        description="How probable it is that the true score lies well below that of all places (more than one tau), 0-1.",
        examples=[0.99],
    )


class _MeanInBands(BaseModel):
    n_low: int = Field(description="Learners behind it: at least so many,", examples=[30])
    n_high: int = Field(description="and at most so many.", examples=[49])
    mean: int = Field(description="Mean of their scores, 0-100, to the step; higher is better.", examples=[42])
    step: int = Field(description="What mean and standard deviation are rounded to, in points.", examples=[2])
    sd: int = Field(description="Standard deviation between the learners, to the step.", examples=[20])
    low: int = Field(
        description=f"{_LOW_END} It allows for the step and for the fewest learners of the band.", examples=[33]
    )
    high: int = Field(description=f"{_HIGH_END} It allows for the same.", examples=[51])


class MeanInBands(_MeanInBands):
    """A mean that is compared with no other, or a learner group's, for everybody but the national role."""

    kind: Literal["banded_mean"] = Field(examples=["banded_mean"])


class ScoreInBands(_MeanInBands):
    """A score for everybody but the national role: what depends on a number of learners is that of the fewest of the band."""

    kind: Literal["banded"] = Field(examples=["banded"])
    reliability: float = Field(description="Share of the differences that is between places, 0-1.", examples=[0.8])
    verdict: Verdict = Field(
        description="reportable: good for decisions; indicative: a hint; insufficient: too uncertain for a statement.",
        examples=["reportable"],
    )
    shrunken: int = Field(
        description="The mean drawn towards all places of its level: the better guess.", examples=[46]
    )
    shrunken_low: int = Field(description="Lower end of its 95 % interval.", examples=[38])
    shrunken_high: int = Field(description="Upper end of its 95 % interval.", examples=[54])
    probability_low: float = Field(
        description="How probable it is that the true score lies well below that of all places, 0-1.", examples=[0.95]
    )


ScoreCell: TypeAlias = Annotated[
    Score | MeanOfLearners | ScoreInBands | MeanInBands | Suppressed, Field(discriminator="kind")
]


class WithoutAnswer(BaseModel):
    """Answers that are not on the scale, by why."""

    not_applicable: int = Field(examples=[1])
    do_not_know: int = Field(examples=[0])
    prefer_not_to_say: int = Field(examples=[2])
    blank: int = Field(description="Left out.", examples=[0])
    not_routed: int | None = Field(
        description="Not asked; null where it would tell how many learners of some group there are.", examples=[0]
    )


class CountedAnswers(BaseModel):
    """Answers by option."""

    kind: Literal["shown"] = Field(examples=["shown"])
    counts: list[int] = Field(
        description="From the worst option to the best; single questions have their options' words in the release.",
        examples=[[9, 14, 7, 5, 3]],
    )
    per_cent_positive: float = Field(description="Above the middle, in per cent.", examples=[21.0])
    without_answer: WithoutAnswer | None = Field(
        description="null in releases that did not tell the reasons apart.",
    )


class AnswersInBands(BaseModel):
    """Answers by option for everybody but the national role: rounded shares, which need not make 100."""

    kind: Literal["banded"] = Field(examples=["banded"])
    shares: list[int] = Field(
        description="In per cent of the answers, from the worst option to the best.", examples=[[25, 35, 20, 15, 10]]
    )
    per_cent_positive: int = Field(description="Above the middle, in per cent.", examples=[20])
    without_answer: int = Field(description="In per cent of those who were asked.", examples=[5])


DistributionCell: TypeAlias = Annotated[CountedAnswers | AnswersInBands | Suppressed, Field(discriminator="kind")]


class Benchmark(BaseModel):
    """What the places of a level are held against on one measure."""

    kind: Literal["shown"] = Field(examples=["shown"])
    mean: float = Field(description="Mean of all places, in whole points of 0-100.", examples=[64.0])
    tau: float = Field(description="Standard deviation between the true scores of places.", examples=[7.2])
    sigma: float = Field(description="Standard deviation between the learners of one place.", examples=[21.4])
    icc1: float = Field(description="Share of the variance that is between places.", examples=[0.101])


BenchmarkCell: TypeAlias = Annotated[Benchmark | Suppressed, Field(discriminator="kind")]


def score_cell(cell: Seen) -> ScoreCell:
    """A score as the reader may see it."""
    match cell:
        case SuppressedScore():
            return _suppressed(cell.reason)
        case ShownScore():
            low, high = cell.shrunken_interval
            return Score(
                **_mean(cell),
                kind="shown",
                reliability=cell.reliability,
                verdict=cell.verdict,
                shrunken=cell.shrunken,
                shrunken_low=low,
                shrunken_high=high,
                probability_low=cell.probability_low,
            )
        case ShownMean():
            return MeanOfLearners(**_mean(cell), kind="mean")
        case BandedScore():
            low, high = cell.shrunken_interval
            return ScoreInBands(
                **_mean_in_bands(cell),
                kind="banded",
                reliability=cell.reliability,
                verdict=cell.verdict,
                shrunken=cell.shrunken,
                shrunken_low=low,
                shrunken_high=high,
                probability_low=cell.probability_low,
            )
        case BandedMean():
            return MeanInBands(**_mean_in_bands(cell), kind="banded_mean")


def distribution_cell(cell: Seen) -> DistributionCell:
    """Its answers by option as the reader may see them."""
    if isinstance(cell, SuppressedScore):
        return _suppressed(cell.reason)
    shown = cell.distribution
    if isinstance(shown, BandedDistribution):
        return AnswersInBands(
            kind="banded",
            shares=list(shown.shares),
            per_cent_positive=shown.per_cent_positive,
            without_answer=shown.without_answer,
        )
    if not isinstance(shown, Distribution):
        return _suppressed(shown.reason)
    without = None
    if shown.without_value:
        # of a question that was not asked of all, how many it was not asked of is not told
        told = zip_longest((reason.value for reason in NOT_ON_THE_SCALE), shown.without_value)
        without = WithoutAnswer.model_validate(dict(told))
    return CountedAnswers(
        kind="shown",
        counts=list(shown.counts),
        per_cent_positive=shown.per_cent_positive,
        without_answer=without,
    )


def benchmark_cell(cell: ShownBenchmark | SuppressedScore) -> BenchmarkCell:
    """A benchmark, unless so few stand behind it that it is not told."""
    if isinstance(cell, SuppressedScore):
        return _suppressed(cell.reason)
    return Benchmark.model_validate(cell, from_attributes=True)


def _suppressed(reason: str) -> Suppressed:
    return Suppressed(kind="suppressed", reason=reason)


def _mean(cell: ShownScore | ShownMean) -> dict[str, Any]:
    low, high = cell.interval
    return {
        "n": cell.n,
        "mean": cell.mean,
        "sd": cell.sd,
        "low": low,
        "high": high,
        "effective_n": cell.effective_n,
    }


def _mean_in_bands(cell: BandedScore | BandedMean) -> dict[str, Any]:
    low, high = cell.interval
    return {
        "n_low": cell.learners.low,
        "n_high": cell.learners.high,
        "mean": cell.mean,
        "step": cell.step,
        "sd": cell.sd,
        "low": low,
        "high": high,
    }
