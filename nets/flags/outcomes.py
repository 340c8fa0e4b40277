"""The adverse-environment flag held against what is known to have happened: sensitivity, specificity, and the score behind it.

The flag is up where learners report bullying, unsupervised practice or harm to patients more often than elsewhere, beyond chance.
Whether it foretells what an inspection finds is not for the survey to say: it takes a file of outcomes from outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from analysis import NotEstimated, criterion_validity
from nets.disclosure.shown import SuppressedScore
from nets.errors import Refused
from nets.releases.place_record import PlaceRecord

ANY_SUBJECT: Final = "any"
_LEVEL: Final = 0.95
_FEWEST: Final = 4
"""Placements below which no validity is computed."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share or an area with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FlagValidity:
    """One subject, or the flag on any subject (``"any"``).

    Attributes
    ----------
    n_up
        Placements at which the flag is up.
    sensitivity, specificity
        Share of the placements with the outcome at which it is up, and of those without at which it is not (Wilson's intervals).
    """

    subject: str
    title: str
    n_up: int
    sensitivity: Estimate
    specificity: Estimate
    kind: Literal["validity"] = "validity"


@dataclass(frozen=True, slots=True)
class FlagNowhereUp:
    """The flag is up at none of the placements with a known outcome, or at all of them: it tells none from another."""

    subject: str
    title: str
    kind: Literal["alike"] = "alike"


@dataclass(frozen=True, slots=True)
class ScoreValidity:
    """The safety score of one subject: area under the curve (DeLong), low scores foretelling the outcome."""

    subject: str
    title: str
    auc: Estimate


FlagResult: TypeAlias = FlagValidity | FlagNowhereUp


@dataclass(frozen=True, slots=True)
class IndicatorValidity:
    """The adverse-environment indicator against known outcomes.

    Attributes
    ----------
    n_with, n_without
        Placements with and without the outcome whose safety scores are shown.
    left_out
        Placements of the file of which the release shows no safety score.
    """

    n_with: int
    n_without: int
    left_out: int
    flags: tuple[FlagResult, ...]
    scores: tuple[ScoreValidity, ...]


def indicator_validity(
    placements: Mapping[str, PlaceRecord], outcomes: Mapping[str, bool], safety: Mapping[str, str]
) -> IndicatorValidity:
    """Hold the flag, and the scores behind it, against outcomes.

    Parameters
    ----------
    placements
        Records of a release by placement.
    outcomes
        Whether each placement had the outcome.
    safety
        Titles of the safety scales by code.

    Raises
    ------
    Refused
        If the version has no safety scales, and if the placements that can be looked at are too few or all alike.
    """
    if not safety:
        raise Refused("the questionnaire has no safety scales, so there is no adverse-environment flag")
    known = [
        place_id
        for place_id in sorted(outcomes)
        if place_id in placements
        and any(not isinstance(placements[place_id].score(scale), SuppressedScore) for scale in safety)
    ]
    outcome = np.array([outcomes[place_id] for place_id in known], dtype=bool)
    n_with = int(outcome.sum())
    if len(known) < _FEWEST or n_with in (0, len(known)):
        raise Refused(
            f"of the file's placements {len(known)} have a shown safety score, {n_with} of them with the outcome: "
            f"at least {_FEWEST} are needed, with the outcome and without it"
        )
    up = {scale: [scale in placements[place_id].basis.adverse for place_id in known] for scale in safety}
    up[ANY_SUBJECT] = [bool(placements[place_id].basis.adverse) for place_id in known]
    titles = {**safety, ANY_SUBJECT: "On any subject"}
    scores = []
    for scale, title in safety.items():
        shown = [placements[place_id].score(scale) for place_id in known]
        means = np.array([np.nan if isinstance(one, SuppressedScore) else one.mean for one in shown])
        found = _auc(means, outcome)
        if found is not None:
            scores.append(ScoreValidity(scale, title, found))
    return IndicatorValidity(
        n_with,
        len(known) - n_with,
        len(outcomes) - len(known),
        tuple(_of_flag(scale, titles[scale], np.array(flags), outcome) for scale, flags in up.items()),
        tuple(scores),
    )


def _of_flag(subject: str, title: str, up: NDArray[np.bool_], outcome: NDArray[np.bool_]) -> FlagResult:
    if up.all() or not up.any():
        return FlagNowhereUp(subject, title)
    curve = criterion_validity(up.astype(float), outcome.astype(float), ci=_LEVEL).roc
    if isinstance(curve, NotEstimated):
        return FlagNowhereUp(subject, title)
    at = int(np.argmax(curve.cut_off))
    return FlagValidity(
        subject,
        title,
        int(up.sum()),
        Estimate(float(curve.sensitivity[at]), *map(float, curve.sensitivity_interval[at])),
        Estimate(float(curve.specificity[at]), *map(float, curve.specificity_interval[at])),
    )


def _auc(means: NDArray[np.float64], outcome: NDArray[np.bool_]) -> Estimate | None:
    """The area under the curve of the placements with a mean; None where they are too few or all alike."""
    there = ~np.isnan(means)
    means, outcome = means[there], outcome[there]
    if len(means) < _FEWEST or outcome.all() or not outcome.any() or np.ptp(means) == 0:
        return None
    curve = criterion_validity(means, outcome.astype(float), outcome_when="low", ci=_LEVEL).roc
    if isinstance(curve, NotEstimated):
        return None
    return Estimate(curve.auc, curve.interval.low, curve.interval.high)
