"""What two answers of the same learners say: how far scores last where nothing changed, and who answered twice.

Reliability over time is that of those who say that their placement has not changed (Terwee et al. 2007; COSMIN, Mokkink et al.
2018): change is not error. It is worked out by ``analysis`` from the scores as the pages have them, 0 to 100: the intraclass
correlation for agreement, ICC(A,1), the standard error of measurement, and the smallest change of one learner that is more than
error. Those who answered twice are compared by their first scores with those who did not agree or did not answer again: a retest
of the contented says little about the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis import AnalysisError, NotEstimated, intraclass_correlation, measurement_error
from analysis.validity.effect_size import group_difference
from nets.campaign import Campaign
from nets.disclosure.compared import may_compare
from nets.disclosure.shown import SuppressedScore
from nets.questionnaire.version import QuestionnaireVersion
from nets.retest import PlacementChange
from nets.scoring import score_scales

LEVEL = 0.95
_FEWEST = 3
"""Learners without whom there is no correlation to speak of; floors are as high or higher."""


@dataclass(frozen=True, slots=True, eq=False)
class AnsweredTwice:
    """The answers that are compared; rows of learners, columns as ``packing.answer_matrix`` has them.

    Attributes
    ----------
    first, second
        Of those who answered twice, row by row the same learner.
    change
        What each of them says of her placement.
    days
        Days between her two answers.
    declined
        First answers of those who did not agree to be asked once more, or were and did not answer.
    others
        First answers of all others: whom chance, the calendar or an address that bounced left out.
    n_did_not_agree, n_did_not_answer
        Of how many of either kind ``declined`` is made.
    """

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    change: Sequence[PlacementChange]
    days: Sequence[int]
    declined: NDArray[np.uint8]
    others: NDArray[np.uint8]
    n_did_not_agree: int
    n_did_not_answer: int


@dataclass(frozen=True, slots=True)
class ScaleOverTime:
    """How far the scores of one scale last.

    Attributes
    ----------
    n
        Stable learners with both scores.
    icc, low, high
        ICC(A,1) and its 95 % interval.
    sem, smallest_change
        Standard error of measurement, and smallest detectable change of one learner, in points of 0-100.
    shift
        Mean of the second scores less that of the first.
    """

    n: int
    icc: float
    low: float
    high: float
    sem: float
    smallest_change: float
    shift: float


@dataclass(frozen=True, slots=True)
class WhoTookPart:
    """First scores of those who answered twice and of those who declined; Hedges' g of the first less the second, at 95 %."""

    mean_took_part: float
    mean_declined: float
    hedges_g: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Days between the two answers of stable learners."""

    shortest: int
    median: float
    longest: int


@dataclass(frozen=True, slots=True)
class RetestComparison:
    """What a retest found; scales by their codes, in the version's order.

    Attributes
    ----------
    n_took_part, n_stable, n_changed
        Answered twice; said that the placement had not changed, and that it had. The others cannot or did not say.
    n_did_not_agree, n_did_not_answer
        Who declined.
    """

    scales: Mapping[str, ScaleOverTime | SuppressedScore | NotEstimated]
    participation: Mapping[str, WhoTookPart | SuppressedScore | NotEstimated]
    days: DaysBetween | SuppressedScore
    n_took_part: int
    n_stable: int
    n_changed: int
    n_did_not_agree: int
    n_did_not_answer: int


def compare_answers(version: QuestionnaireVersion, campaign: Campaign, answers: AnsweredTwice) -> RetestComparison:
    """Compare; what fewer learners than the campaign's floor would tell is withheld."""
    stable = np.array([change is PlacementChange.STABLE for change in answers.change], dtype=np.bool_)
    scores = {
        name: {code: of.scores for code, of in score_scales(version, matrix).items()}
        for name, matrix in (
            ("first", answers.first),
            ("second", answers.second),
            ("declined", answers.declined),
            ("others", answers.others),
        )
    }
    codes = [scale.code for scale in version.scales]
    return RetestComparison(
        scales={
            code: _over_time(campaign, scores["first"][code][stable], scores["second"][code][stable]) for code in codes
        },
        participation={
            code: _who(campaign, scores["first"][code], scores["declined"][code], scores["others"][code])
            for code in codes
        },
        days=_days(campaign, np.array(answers.days, dtype=np.int64)[stable]),
        n_took_part=len(stable),
        n_stable=int(stable.sum()),
        n_changed=sum(change is PlacementChange.CHANGED for change in answers.change),
        n_did_not_agree=answers.n_did_not_agree,
        n_did_not_answer=answers.n_did_not_answer,
    )


def _over_time(
    campaign: Campaign, first: NDArray[np.float64], second: NDArray[np.float64]
) -> ScaleOverTime | SuppressedScore | NotEstimated:
    both = ~np.isnan(first) & ~np.isnan(second)
    n = int(both.sum())
    if n < max(campaign.breakdown_floor, _FEWEST):
        return SuppressedScore()
    pairs = np.column_stack([first[both], second[both]])
    try:
        form = intraclass_correlation(pairs, ci=LEVEL).icc_a1
        error = measurement_error(pairs[:, 0], pairs[:, 1], ci=LEVEL)
    except AnalysisError as problem:
        return NotEstimated(str(problem))
    return ScaleOverTime(
        n=n,
        icc=round(form.coefficient, 2),
        low=round(form.interval.low, 2),
        high=round(form.interval.high, 2),
        sem=round(error.sem_agreement, 1),
        smallest_change=round(error.sdc_individual, 1),
        shift=round(error.bias, 1),
    )


def _who(
    campaign: Campaign, took_part: NDArray[np.float64], declined: NDArray[np.float64], others: NDArray[np.float64]
) -> WhoTookPart | SuppressedScore | NotEstimated:
    took_part, declined = took_part[~np.isnan(took_part)], declined[~np.isnan(declined)]
    if not may_compare(campaign, len(took_part), len(declined), int((~np.isnan(others)).sum())):
        return SuppressedScore()
    found = group_difference(took_part, declined, LEVEL)
    if np.isnan(found.hedges_g):
        return NotEstimated("neither those who took part nor those who declined differ among themselves")
    return WhoTookPart(
        mean_took_part=round(float(took_part.mean()), 1),
        mean_declined=round(float(declined.mean()), 1),
        hedges_g=round(found.hedges_g, 2),
        low=round(found.interval.low, 2),
        high=round(found.interval.high, 2),
    )


def _days(campaign: Campaign, days: NDArray[np.int64]) -> DaysBetween | SuppressedScore:
    if len(days) < campaign.breakdown_floor:
        return SuppressedScore()
    return DaysBetween(int(days.min()), float(np.median(days)), int(days.max()))
