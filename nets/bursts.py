"""Bursts: more responses of a placement on one day, or more of them alike, than learners give of their own accord.

By an open link or a QR code one person can answer many times. Nothing tells who answered or at what time, so two traces are looked
for. What is found is flagged and never deleted: a teaching session at which everybody answers leaves the first trace too.

**By day.** Of the n responses of a placement, how many fall on one day? Each falls on day d with the share q of the other
placements' responses that are of that day: the campaign's rate. The placement's own is n, on which the comparison is conditional,
as the exact one of two Poisson rates is (Przyborowski and Wilenski 1940, Biometrika 31, 313-323). Learners of one placement come in
company, so that their days are alike by an intraclass correlation: of two learners of a placement the days are the same with the
chance

    rho + (1 - rho) Q,

where Q is that chance for learners of two placements. With rho from the other placements the number on a day is beta-binomial with
mean n q and the correlation rho (Skellam 1948, J. R. Stat. Soc. B 10, 257-261).

**By likeness.** How many others of the placement have given the answers that one response gave, all of them or all but a few? They
are held against responses elsewhere whose ratings are as high: who gives the best answer everywhere is like all others who do, at
any placement, and that is no burst. Among those who rate as high, and though a placement may make one pattern of answers likelier
than it is elsewhere (odds of ``ODDS``), the number is hypergeometric (Fisher's non-central one: 1935, J. R. Stat. Soc. 98, 39-82).

Both are held to a chance of ``FALSE_ALARM`` in a campaign, over everything that was looked at (Bonferroni).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln, logsumexp

from nets.packing import answer_byte, rating_values
from nets.questionnaire.version import QuestionnaireVersion, Unanswered
from nets.releases.tallying import CampaignAnswers
from nets.scoring import BEST, half_rule_mean

LEAST: Final = 5
"""Fewest responses that are called a burst: fewer make no placement's score by themselves at the floor of five."""
FALSE_ALARM: Final = 0.01
"""Chance, for each of the two traces, that anything is flagged in a campaign where nobody answered twice."""
ODDS: Final = 3.0
"""How far a placement may shift the odds of one pattern of answers, among people who rate as high, before that is strange."""
NEIGHBOURS: Final = 200
"""Fewest responses elsewhere, the nearest by level, that a pattern is held against: enough to tell one in a hundred from none."""
_DIFFER: Final = 10
"""Answers are all but alike where one in so many of them differs: somebody who sends again changes a few."""

_FOUND_ELSEWHERE: Final = 2
"""A pattern that so many gave at other placements is one that people give."""
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class DayBurst:
    """More responses on one day than the placement's and the campaign's rates make likely.

    Attributes
    ----------
    responses, at_placement
        How many there are on that day, and on all days.
    expected
        How many these rates let expect.
    """

    placement_id: str
    day: date
    responses: int
    at_placement: int
    expected: float


@dataclass(frozen=True, slots=True)
class LikeAnswers:
    """More responses of a placement alike than elsewhere among people who rate as high.

    Attributes
    ----------
    responses
        How many there are like one of them, itself included.
    compared
        Responses of the placement that rate as high.
    items
        Ratings that were compared.
    differing
        In how many of them at most a response differs from the one that it is like; 0 where they are the same.
    elsewhere, compared_elsewhere
        How many are like it at other placements, of those that rate as high there.
    """

    placement_id: str
    responses: int
    compared: int
    items: int
    differing: int
    elsewhere: int
    compared_elsewhere: int


Burst: TypeAlias = DayBurst | LikeAnswers


def find_bursts(
    version: QuestionnaireVersion, answers: CampaignAnswers, answered_on: Sequence[date]
) -> Mapping[str, tuple[Burst, ...]]:
    """Every burst of a campaign by placement id; placements without one are not in it.

    The numbers in a burst are exact: what goes beyond the survey manager is that there is one, and of which kind.

    Parameters
    ----------
    answered_on
        The day of each response, in the order of ``answers``; the outcome does not depend on that order.
    """
    found: dict[str, list[Burst]] = defaultdict(list)
    if len(answers.matrix):
        bursts: list[Burst] = [*_day_bursts(answers.placement_ids, answered_on), *_like_answers(version, answers)]
        for burst in bursts:
            found[burst.placement_id].append(burst)
    return {placement_id: tuple(found[placement_id]) for placement_id in sorted(found)}


def _day_bursts(placement_ids: NDArray[np.object_], answered_on: Sequence[date]) -> Iterator[DayBurst]:
    first = min(answered_on).toordinal()
    days = np.array([day.toordinal() - first for day in answered_on])
    units, unit = np.unique(placement_ids.astype(str), return_inverse=True)
    counts = np.zeros((len(units), int(days.max()) + 1), dtype=np.int64)
    np.add.at(counts, (unit, days), 1)
    n, on_day, total = counts.sum(axis=1), counts.sum(axis=0), len(days)
    company = _company(counts)
    for place, day in np.argwhere(counts >= LEAST):
        # Half a response is added to each day (Jeffreys): a day on which nobody else answered is rare and not impossible.
        of_others = total - n[place] + 0.5 * len(on_day)
        share = (on_day[day] - counts[place, day] + 0.5) / of_others
        # The share is known no better than from so many others, which makes it vary as company does.
        varies = 1.0 - (1.0 - company[place]) * of_others / (of_others + 1.0)
        chance = _tail_of_day(int(counts[place, day]), int(n[place]), float(share), float(varies))
        if chance * counts.size <= FALSE_ALARM:
            yield DayBurst(
                str(units[place]),
                date.fromordinal(first + int(day)),
                int(counts[place, day]),
                int(n[place]),
                float(n[place] * share),
            )


def _company(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each placement the intraclass correlation of days at the others. Each counts as one, so that no burst weighs more."""
    n, on_day = counts.sum(axis=1), counts.sum(axis=0)
    pairs, same = n * (n - 1), (counts * (counts - 1)).sum(axis=1)
    total = int(n.sum())
    between = total * (total - 1) - pairs.sum()
    if between == 0 or (n > 1).sum() < 2:
        return np.zeros(len(n))
    by_chance = ((on_day * (on_day - 1)).sum() - same.sum()) / between
    shares = np.divide(same, pairs, out=np.zeros(len(n)), where=pairs > 0)
    counted = pairs > 0
    of_others = (shares.sum() - shares) / (counted.sum() - counted)
    return np.asarray(np.clip((of_others - by_chance) / max(1.0 - by_chance, 1e-9), 0.0, 0.99))


def _tail_of_day(x: int, n: int, share: float, correlation: float) -> float:
    """Chance that ``x`` or more of ``n`` fall on a day of this share, if their days have this intraclass correlation."""
    if share == 1.0:
        return 1.0
    k = np.arange(x, n + 1)
    spread = (1.0 - correlation) / correlation
    a, b = spread * share, spread * (1.0 - share)
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return float(np.exp(logsumexp(choose + betaln(k + a, n - k + b) - betaln(a, b))))


@dataclass(frozen=True, slots=True, eq=False)
class _Sheets:
    """Ratings as they were given, one row a response, with their keyed mean and the placement."""

    ratings: NDArray[np.uint8]
    level: NDArray[np.float64]
    placement_ids: NDArray[np.str_]

    def of(self, rows: NDArray[np.bool_]) -> "_Sheets":
        return _Sheets(self.ratings[rows], self.level[rows], self.placement_ids[rows])

    @property
    def n_items(self) -> int:
        return int(self.ratings.shape[1])


def _like_answers(version: QuestionnaireVersion, answers: CampaignAnswers) -> Iterator[LikeAnswers]:
    sheets = _sheets(version, answers)
    if not sheets.n_items:
        return
    radii = sorted({0, sheets.n_items // _DIFFER})
    n_tests = len(sheets.level) * len(radii)
    names, sizes = np.unique(sheets.placement_ids, return_counts=True)
    for name in names[sizes >= LEAST]:
        is_here = sheets.placement_ids == name
        here = sheets.of(is_here)
        differing = np.array([(here.ratings != sheet).sum(axis=1) for sheet in here.ratings])
        candidates = [(radius, row) for radius in radii for row in _candidates(here, differing, radius)]
        if not candidates:
            continue
        elsewhere = sheets.of(~is_here)
        found = [_alike(here, elsewhere, row, differing[row], radius) for radius, row in candidates]
        strange = [burst for chance, burst in found if chance * n_tests <= FALSE_ALARM]
        if strange:
            yield max(strange, key=lambda burst: (burst.responses, -burst.differing))


def _sheets(version: QuestionnaireVersion, answers: CampaignAnswers) -> _Sheets:
    """The ratings that everybody was asked, of those who answered at least half of them."""
    items = list(version.closed_items)
    n_options = np.array([len(version.options(item)) for item in items])
    everybody = ~(answers.matrix == answer_byte(Unanswered.NOT_ROUTED)).any(axis=0)
    columns = everybody & np.array([item.kind == "rating" for item in items]) & (n_options > 1)
    values = rating_values(answers.matrix[:, columns])
    reverse = np.array([item.reverse for item in items])[columns]
    steps = np.where(reverse, n_options[columns] + 1 - values, values)
    level = half_rule_mean((steps - 1) / (n_options[columns] - 1) * BEST)
    sheets = _Sheets(answers.matrix[:, columns], level, answers.placement_ids.astype(str))
    return sheets.of(~np.isnan(level))


def _candidates(here: _Sheets, differing: NDArray[np.int64], radius: int) -> NDArray[np.intp]:
    """Rows of the different patterns that at least ``LEAST`` responses are like."""
    rows = np.flatnonzero((differing <= radius).sum(axis=1) >= LEAST)
    return rows[np.unique(here.ratings[rows], axis=0, return_index=True)[1]]


def _alike(
    here: _Sheets, elsewhere: _Sheets, row: int, differing: NDArray[np.int64], radius: int
) -> tuple[float, LikeAnswers]:
    """One response's likes, with the chance of so many among those who rate as high.

    Those who rate as high are the nearest by level. But where the pattern is found elsewhere, it is also held against those of its
    very level: of those who rate everything best, all are alike.
    """
    apart_here, apart = np.abs(here.level - here.level[row]), np.abs(elsewhere.level - here.level[row])
    wide = max(radius * BEST / here.n_items, _nearest(apart, NEIGHBOURS))  # each answer that differs moves the level
    counted: list[tuple[int, int, int, int]] = []
    for width in (wide, radius * BEST / here.n_items, 0.0):
        near_here, near = apart_here <= width + _ROUNDING, apart <= width + _ROUNDING
        like = int((near_here & (differing <= radius)).sum())
        like_elsewhere = int(((elsewhere.ratings[near] != here.ratings[row]).sum(axis=1) <= radius).sum())
        if not counted or like_elsewhere >= _FOUND_ELSEWHERE:
            counted.append((like, int(near_here.sum()), like_elsewhere, int(near.sum())))
    chance = max(
        _tail_of_likes(like - 1, compared - 1, like_elsewhere, compared_elsewhere)
        for like, compared, like_elsewhere, compared_elsewhere in counted
    )
    like, compared, like_elsewhere, compared_elsewhere = counted[0]
    return chance, LikeAnswers(
        str(here.placement_ids[row]), like, compared, here.n_items, radius, like_elsewhere, compared_elsewhere
    )


def _nearest(apart: NDArray[np.float64], n: int) -> float:
    """How far the n-th nearest is; the farthest where there are fewer."""
    if not len(apart):
        return 0.0
    return float(np.partition(apart, min(n, len(apart)) - 1)[min(n, len(apart)) - 1])


def _tail_of_likes(like: int, n: int, like_elsewhere: int, n_elsewhere: int) -> float:
    """Chance that ``like`` or more of all that are alike are among the n here, at odds of ``ODDS``."""
    both = like + like_elsewhere
    k = np.arange(max(0, both - n_elsewhere), min(n, both) + 1)
    logs = k * np.log(ODDS) - gammaln(k + 1) - gammaln(n - k + 1) - gammaln(both - k + 1)
    logs -= gammaln(n_elsewhere - both + k + 1)
    return float(np.exp(logsumexp(logs[k >= like]) - logsumexp(logs)))
