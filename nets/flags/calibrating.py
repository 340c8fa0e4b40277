"""How often the flag rules are wrong at a campaign's own size: campaigns like it are simulated, and their truth is known.

Places have the campaign's own numbers of learners, scores its mean, standard deviation, ICC(1) and steps; the truth is normal. The
lists are made by the same function as those of a release. Of each list it is then known how many of its places are in the better
half in truth, and how many of the tenth that was sought it has missed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis import ScoreSums, UnitScores, unit_scores
from nets.flags.calibration import (
    Calibration,
    CalibrationResult,
    GateCalibration,
    GateNeverOpens,
    ListCalibration,
    NeverListed,
    NotCalibrated,
    Share,
)
from nets.flags.flagging import NO_EARLIER_SCORES, EarlierScores, flag_places
from nets.flags.place_flags import NotFlagged
from nets.flags.rule import CHANGES, CalibrationExtent, FlagRule, Side, flag_questions
from nets.placement import probability_low
from nets.risk import RiskRule
from nets.simulation.coarse_scores import CoarseScores

Mask: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

_FEWEST_CAMPAIGNS: Final = 2
"""Without two of them there is no telling how far the simulation itself may be off."""


@dataclass(slots=True)
class _Tally:
    """Counts of one list, an entry a simulated campaign."""

    listed: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    sought: list[int] = field(default_factory=list)

    def add(self, listed: Mask, wrong: Mask, sought: Mask) -> None:
        """Count one campaign."""
        self.listed.append(int(listed.sum()))
        self.wrong.append(int((listed & wrong).sum()))
        self.found.append(int((listed & sought).sum()))
        self.sought.append(int(sought.sum()))


def calibrate(
    sizes: NDArray[np.int64],
    scores: CoarseScores,
    rule: FlagRule,
    risk_rule: RiskRule,
    *,
    least: int,
    with_earlier: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> CalibrationResult:
    """Simulate campaigns like one and count how often each list is wrong and what it misses.

    Parameters
    ----------
    sizes
        Learners with a score at each place, shape (n_places,); also those of places that are not shown.
    scores
        The truth, and the scale through which it is seen.
    least
        Learners from which a place is shown and may be listed.
    with_earlier
        Whether there was a campaign before, so that places can have fallen or risen.
    progress
        Is told the number of campaigns done and to do.

    Returns
    -------
    CalibrationResult
        Always the same for the same arguments.
    """
    sizes = sizes[sizes > 0]
    shown = sizes >= least
    if int(shown.sum()) < rule.least_places:
        return NotCalibrated(f"fewer than {rule.least_places} places have a score that may be shown")
    n_campaigns = _n_campaigns(sizes, rule.calibration)
    seen = scores.seen
    lowest = seen.mean - seen.icc**0.5 * seen.sd
    sides = {code: question.side for code, question in flag_questions(rule).items()}
    tallies: dict[str, _Tally] = {}
    gate, better_half = _Tally(), _Tally()
    for done in range(n_campaigns):
        random = np.random.default_rng([rule.calibration.seed, done])
        campaign = _simulate(sizes, scores, rule.calibration, least, with_earlier, random)
        flags = flag_places(campaign.units, campaign.respondents, shown, rule, campaign.earlier)
        if isinstance(flags, NotFlagged):
            return NotCalibrated(flags.reason)
        judged = _judgements(campaign, shown, rule.tenth_share, with_earlier)
        for code, place_list in flags.lists.items():
            wrong, sought = judged[code in CHANGES, sides[code]]
            tallies.setdefault(code, _Tally()).add(place_list.listed, wrong, sought)
        opens = shown & (probability_low(campaign.units) >= risk_rule.gate)
        opens &= campaign.units.reliability >= risk_rule.least_reliability
        gate.add(opens, campaign.truth >= lowest, shown & (campaign.truth < lowest))
        better_half.add(opens, campaign.truth > np.median(campaign.truth[shown]), opens)
        progress(done + 1, n_campaigns)
    return Calibration(
        n_places=int(shown.sum()),
        n_campaigns=n_campaigns,
        mean=round(seen.mean, 0),
        sd=round(seen.sd, 1),
        icc=round(seen.icc, 3),
        lists={code: _of_list(tally) for code, tally in tallies.items()},
        gate=_of_gate(gate, better_half),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _SimulatedCampaign:
    units: UnitScores
    respondents: Floats
    truth: Floats
    truth_before: Floats
    earlier: EarlierScores


def _n_campaigns(sizes: NDArray[np.int64], extent: CalibrationExtent) -> int:
    wanted = min(extent.places // sizes.size, extent.learners // int(sizes.sum()), extent.most_campaigns)
    return max(wanted, _FEWEST_CAMPAIGNS)


def _simulate(
    sizes: NDArray[np.int64],
    scores: CoarseScores,
    extent: CalibrationExtent,
    least: int,
    with_earlier: bool,
    random: np.random.Generator,
) -> _SimulatedCampaign:
    positions = random.standard_normal(sizes.size)
    respondents = scores.learners(positions, sizes, random)
    truth, truth_before, earlier = scores.true_scores(positions), np.full(sizes.size, np.nan), NO_EARLIER_SCORES
    if with_earlier:
        likeness = extent.likeness_of_years
        before = likeness * positions + (1 - likeness**2) ** 0.5 * random.standard_normal(sizes.size)
        truth_before = scores.true_scores(before)
        earlier = _as_earlier(_scored(scores.learners(before, sizes, random), sizes), sizes >= least)
    return _SimulatedCampaign(_scored(respondents, sizes), respondents, truth, truth_before, earlier)


def _scored(respondents: Floats, sizes: NDArray[np.int64]) -> UnitScores:
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    total, squares = np.add.reduceat(respondents, starts), np.add.reduceat(respondents**2, starts)
    return unit_scores(ScoreSums.from_sums(range(sizes.size), sizes, total, squares), intervals=False)


def _as_earlier(units: UnitScores, shown: Mask) -> EarlierScores:
    """What a release of the earlier campaign would have said of the places that it showed."""
    names = [str(unit) for unit, is_shown in zip(units.unit, shown, strict=True) if is_shown]
    return EarlierScores(
        dict(zip(names, units.posterior.mean[shown].tolist(), strict=True)),
        dict(zip(names, units.posterior.sd[shown].tolist(), strict=True)),
    )


def _judgements(
    campaign: _SimulatedCampaign, shown: Mask, tenth: float, with_earlier: bool
) -> dict[tuple[bool, Side], tuple[Mask, Mask]]:
    """Which places are on a list falsely, and which it should have found: for lists of changes or not, of either side."""
    found = {}
    for of_changes in (False, True) if with_earlier else (False,):
        value = campaign.truth - campaign.truth_before if of_changes else campaign.truth
        lowest, middle, highest = np.quantile(value[shown], [tenth, 0.5, 1 - tenth])
        middle = 0.0 if of_changes else middle
        found[of_changes, Side.LOW] = (value > middle, shown & (value <= lowest))
        found[of_changes, Side.HIGH] = (value < middle, shown & (value >= highest))
    return found


def _of_list(tally: _Tally) -> ListCalibration | NeverListed:
    if not any(tally.listed):
        return NeverListed()
    return ListCalibration(
        n_listed=round(float(np.mean(tally.listed)), 1),
        false_share=_share(tally.wrong, tally.listed),
        missed_share=_share(np.subtract(tally.sought, tally.found), tally.sought),
        predictive_share=_share(tally.found, tally.listed),
    )


def _of_gate(gate: _Tally, better_half: _Tally) -> GateCalibration | GateNeverOpens:
    if not any(gate.listed):
        return GateNeverOpens()
    return GateCalibration(
        n_open=round(float(np.mean(gate.listed)), 1),
        false_share=_share(gate.wrong, gate.listed),
        missed_share=_share(np.subtract(gate.sought, gate.found), gate.sought),
        better_half_share=_share(better_half.wrong, better_half.listed),
    )


def _share(part: ArrayLike, whole: ArrayLike) -> Share:
    """A ratio of two sums over campaigns, and its standard error by linearisation (Cochran 1977, Sampling Techniques, 6.4)."""
    parts, wholes = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    value = parts.sum() / wholes.sum()
    residual = parts - value * wholes
    error = np.sqrt(parts.size / (parts.size - 1) * (residual**2).sum()) / wholes.sum()
    return Share(round(float(value), 3), round(float(error), 3))
