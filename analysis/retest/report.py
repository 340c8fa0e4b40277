"""The retest of an instrument: who came back, who had not changed, and how far their answers moved.

Reliability over time is that of people in whom nothing changed (Terwee et al. 2007; COSMIN, Mokkink et al. 2018), so
those who say that the thing they rated has changed, and those who were not asked or did not say, are counted and left
out. The rest are reported item by item (weighted kappa) and scale by scale (ICC for agreement, SEM, smallest
detectable change). Those who came back are compared with those who did not, at the first measurement: a retest of the
contented says little about the others.

References
----------
Mokkink, L. B. et al. (2018). COSMIN risk of bias checklist for systematic reviews of patient-reported outcome
    measures. Quality of Life Research 27, 1171-1179.
Terwee, C. B. et al. (2007). Quality criteria were proposed for measurement properties of health status
    questionnaires. Journal of Clinical Epidemiology 60, 34-42.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AnalysisError
from ..item_responses import FloatArray
from ..not_estimated import NotEstimated
from ..options import is_list, is_number, shown, wrong_level, wrong_share
from ..scales import read_scales
from ..table import ResultTable, Table
from ..validity.effect_size import GroupDifference, group_difference
from .intraclass_correlation import IntraclassCorrelation, intraclass_correlation
from .measurement_error import AgreementStatistics, measurement_error
from .occasions import Occasions, read_occasions
from .weighted_kappa import Kappa, weighted_kappa

WANTED = 100
"""Stable learners below which a retest is called small (COSMIN rates 100 very good, 50 adequate)."""


@dataclass(frozen=True, slots=True, eq=False)
class ItemRetest:
    """One item over both occasions.

    Attributes
    ----------
    item : str
    kappa : Kappa or NotEstimated
        With quadratic weights.
    """

    item: str
    kappa: Kappa | NotEstimated


@dataclass(frozen=True, slots=True, eq=False)
class ScaleRetest:
    """One scale over both occasions.

    Attributes
    ----------
    scale : str
    icc : IntraclassCorrelation or NotEstimated
    error : AgreementStatistics or NotEstimated
    """

    scale: str
    icc: IntraclassCorrelation | NotEstimated
    error: AgreementStatistics | NotEstimated


@dataclass(frozen=True, slots=True, eq=False)
class Participation:
    """Those who took part in the retest against those who declined, by a scale of the first measurement.

    Attributes
    ----------
    scale : str
    mean_took_part, mean_declined : float
        NaN without a score.
    difference : GroupDifference or NotEstimated
        Took part less declined.
    """

    scale: str
    mean_took_part: float
    mean_declined: float
    difference: GroupDifference | NotEstimated


@dataclass(frozen=True, slots=True, eq=False)
class DaysBetween:
    """Days between the two measurements of the people who are analysed; NaN where none are known.

    Attributes
    ----------
    n_known : int
    shortest, median, longest : float
    n_outside : int
        Known, and outside the window.
    window : tuple of float
        Fewest and most days wanted.
    """

    n_known: int
    shortest: float
    median: float
    longest: float
    n_outside: int
    window: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RetestReport(ResultTable):
    """What a retest found.

    Attributes
    ----------
    scales : tuple of ScaleRetest
    items : tuple of ItemRetest
    participation : tuple of Participation
        One a scale; empty where nobody declined.
    days : DaysBetween
    n_invited : int
        Rows with an answer at the first measurement.
    n_took_part, n_declined : int
        With and without an answer at the second.
    n_changed, n_unknown : int
        Took part and said that what they rated has changed; and did not say whether.
    n : int
        Stable: what every statistic of items and scales uses.
    level : float
        Of every interval.
    method : str
    notes : tuple of str
    """

    scales: tuple[ScaleRetest, ...]
    items: tuple[ItemRetest, ...]
    participation: tuple[Participation, ...]
    days: DaysBetween
    n_invited: int
    n_took_part: int
    n_declined: int
    n_changed: int
    n_unknown: int
    n: int
    level: float
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a scale."""
        of_error = ("SEM", "SDC, one", f"SDC, {self.n}", "mean change")
        columns = ("scale", "n", "ICC(A,1)", *_ends(self.level), *of_error)
        rows = tuple(_scale_row(scale) for scale in self.scales)
        reasons = [
            f"{scale.scale}: {'; '.join(dict.fromkeys(missing))}"
            for scale in self.scales
            if (missing := [part.reason for part in (scale.icc, scale.error) if isinstance(part, NotEstimated)])
        ]
        return Table("Retest, scale by scale", columns, rows, (*self.notes, *reasons))

    def item_table(self) -> Table:
        """Give one row an item."""
        columns = ("item", "n", "weighted kappa", *_ends(self.level), "same", "within one")
        rows = tuple(_item_row(item) for item in self.items)
        notes = [f"{item.item}: {item.kappa.reason}" for item in self.items if isinstance(item.kappa, NotEstimated)]
        return Table("Retest, item by item (quadratic weights)", columns, rows, tuple(notes))

    def participation_table(self) -> Table:
        """Give one row a scale, comparing who took part with who declined."""
        columns = ("scale", "mean, took part", "mean, declined", "Hedges' g", *_ends(self.level))
        rows = tuple(_participation_row(row) for row in self.participation)
        reasons = {row.difference.reason for row in self.participation if isinstance(row.difference, NotEstimated)}
        counted = f"{self.n_took_part} took part, {self.n_declined} declined; scores of the first measurement"
        return Table("Who took part", columns, rows, (counted, *sorted(reasons)))


def retest_report(
    first: Any,
    second: Any,
    *,
    scales: Mapping[str, Sequence[str]],
    stable: ArrayLike | Sequence[Any] | None,
    days: ArrayLike | None,
    window: tuple[float, float] = (10, 21),
    minimum_answered: float = 0.5,
    ci: float = 0.95,
) -> RetestReport:
    """Report a retest.

    Parameters
    ----------
    first, second : array_like or data frame, shape (n_invited, n_items)
        Answers at both measurements, whole numbers from 1, row by row the same learner and column by column the same
        item. A row of `second` without answers is a learner who declined.
    scales : mapping of scale to item names
    stable : array_like, shape (n_invited,), or None
        True or 1 where what was rated has not changed, False or 0 where it has, NaN or None where that is not known.
        None in place of it: nobody was asked, and all who took part are analysed, which the report says.
    days : array_like, shape (n_invited,), or None
        Days between the measurements, NaN where not known; None where no day was kept.
    window : tuple of float
        Fewest and most days wanted: long enough to forget, too short to change.
    minimum_answered : float
        Share of a scale's items that must be answered for a score (their mean).
    ci : float
        Level of the intervals.

    Returns
    -------
    RetestReport

    Raises
    ------
    AnalysisError
        Naming every problem of answers, scales, `stable` and `days`, or that fewer than three stable learners are left.

    Examples
    --------
    >>> first = [[4, 5, 4], [2, 3, 2], [5, 5, 4], [3, 3, 3], [1, 2, 2], [4, 3, 5], [2, 2, 1]]
    >>> second = [[4, 4, 4], [2, 3, 3], [5, 5, 5], [3, 2, 3], [1, 2, 1], [5, 5, 5], [None, None, None]]
    >>> report = retest_report(first, second, scales={"Teamwork": ["item_1", "item_2", "item_3"]},
    ...                        stable=[1, 1, 1, 1, 1, 0, None], days=[14, 15, 12, 20, 30, 14, None])
    >>> print(report)
    Retest, scale by scale
    scale     n  ICC(A,1)  95 % low   high    SEM  SDC, one  SDC, 5  mean change
    Teamwork  5     0.969     0.754  0.997  0.236     0.653   0.292       -0.067
    7 invited, 6 took part, 1 declined; of those who took part 1 said it has changed and 0 did not say: n = 5 stable
    days between: median 15, 12 to 30; 1 outside 10 to 21
    fewer than 100 stable learners: every figure is uncertain
    """
    wrong = [*_wrong_window(window), *wrong_share("minimum_answered", minimum_answered), *wrong_level(ci)]
    try:
        occasions, problems = read_occasions(first, second, stable, days)
    except AnalysisError as error:
        raise AnalysisError([*error.problems, *wrong]) from None
    columns, of_scales = read_scales(scales, occasions.item_names)
    problems += of_scales + wrong
    if problems:
        raise AnalysisError(problems)
    came, declined, kept = occasions.came, occasions.declined, occasions.stable
    n = int(kept.sum())
    if n < 3:
        raise AnalysisError(f"at least 3 stable learners with both measurements needed, got {n}")
    level = float(ci)
    scores = {scale: _scores(occasions.first[:, places], minimum_answered) for scale, places in columns.items()}
    later = {scale: _scores(occasions.second[:, places], minimum_answered) for scale, places in columns.items()}
    between = _days_between(occasions.days[kept], window)
    return RetestReport(
        scales=tuple(_scale(scale, scores[scale][kept], later[scale][kept], level) for scale in scales),
        items=tuple(
            _item(name, occasions.first[kept, place], occasions.second[kept, place], level)
            for place, name in enumerate(occasions.item_names)
        ),
        participation=tuple(
            _participation(scale, scores[scale][came], scores[scale][declined], level)
            for scale in scales
            if declined.any()
        ),
        days=between,
        n_invited=int(occasions.invited.sum()),
        n_took_part=int(came.sum()),
        n_declined=int(declined.sum()),
        n_changed=int((came & (occasions.unchanged == 0)).sum()),
        n_unknown=int((came & np.isnan(occasions.unchanged)).sum()),
        n=n,
        level=level,
        method="stable learners; quadratic weights, ICC for agreement, SDC from SEM (agreement)",
        notes=_notes(occasions, between, asked=stable is not None),
    )


def _wrong_window(window: Any) -> list[str]:
    if is_list(window) and len(window) == 2 and all(map(is_number, window)) and 0 <= window[0] <= window[1]:
        return []
    return [f"window is the fewest and the most days, not {shown(window)}"]


def _scores(answers: FloatArray, minimum_answered: float) -> FloatArray:
    """Mean of the answered items where enough are answered."""
    answered = (~np.isnan(answers)).sum(axis=1)
    enough = (answered > 0) & (answered >= minimum_answered * answers.shape[1])
    total = np.nansum(answers, axis=1)
    mean: FloatArray = np.divide(total, answered, out=np.full(len(answers), math.nan), where=enough)
    return mean


def _item(name: str, first: FloatArray, second: FloatArray, level: float) -> ItemRetest:
    try:
        return ItemRetest(name, weighted_kappa(first, second, ci=level))
    except AnalysisError as error:
        return ItemRetest(name, NotEstimated(str(error)))


def _scale(name: str, first: FloatArray, second: FloatArray, level: float) -> ScaleRetest:
    icc: IntraclassCorrelation | NotEstimated
    error: AgreementStatistics | NotEstimated
    try:
        icc = intraclass_correlation(np.column_stack([first, second]), ci=level)
    except AnalysisError as problem:
        icc = NotEstimated(str(problem))
    try:
        error = measurement_error(first, second, ci=level)
    except AnalysisError as problem:
        error = NotEstimated(str(problem))
    return ScaleRetest(name, icc, error)


def _participation(name: str, came: FloatArray, declined: FloatArray, level: float) -> Participation:
    came, declined = came[~np.isnan(came)], declined[~np.isnan(declined)]
    means = [float(scores.mean()) if len(scores) else math.nan for scores in (came, declined)]
    if min(len(came), len(declined)) < 2:
        difference: GroupDifference | NotEstimated = NotEstimated(
            "fewer than two scores on one side: no comparison of those who took part with those who declined"
        )
    else:
        difference = group_difference(came, declined, level)
    return Participation(name, means[0], means[1], difference)


def _days_between(days: FloatArray, window: tuple[float, float]) -> DaysBetween:
    known = days[~np.isnan(days)]
    if not len(known):
        return DaysBetween(0, math.nan, math.nan, math.nan, 0, window)
    outside = int(((known < window[0]) | (known > window[1])).sum())
    return DaysBetween(len(known), float(known.min()), float(np.median(known)), float(known.max()), outside, window)


def _notes(occasions: Occasions, days: DaysBetween, *, asked: bool) -> tuple[str, ...]:
    came, n = occasions.came, int(occasions.stable.sum())
    people = f"{occasions.invited.sum()} invited, {came.sum()} took part, {occasions.declined.sum()} declined"
    if asked:
        changed, unknown = (came & (occasions.unchanged == 0)).sum(), (came & np.isnan(occasions.unchanged)).sum()
        notes = [
            f"{people}; of those who took part {changed} said it has changed and {unknown} did not say: n = {n} stable"
        ]
    else:
        notes = [f"{people}; nobody was asked whether it has changed: n = {n}, real change counts as error"]
    if days.n_known:
        not_known = f"; not known for {n - days.n_known}" if days.n_known < n else ""
        notes.append(
            f"days between: median {days.median:g}, {days.shortest:g} to {days.longest:g}; "
            f"{days.n_outside} outside {days.window[0]:g} to {days.window[1]:g}{not_known}"
        )
    else:
        notes.append("days between the measurements are not known")
    if n < WANTED:
        notes.append(f"fewer than {WANTED} stable learners: every figure is uncertain")
    return tuple(notes)


def _ends(level: float) -> tuple[str, str]:
    return f"{100 * level:g} % low", "high"


def _scale_row(scale: ScaleRetest) -> tuple[str | int | float | None, ...]:
    agreement: tuple[int | float | None, ...] = (None,) * 4
    moved: tuple[float | None, ...] = (None,) * 4
    if isinstance(scale.icc, IntraclassCorrelation):
        form = scale.icc.icc_a1
        agreement = (scale.icc.n, form.coefficient, form.interval.low, form.interval.high)
    if isinstance(scale.error, AgreementStatistics):
        error = scale.error
        moved = (error.sem_agreement, error.sdc_individual, error.sdc_group, error.bias)
    return (scale.scale, *agreement, *moved)


def _item_row(item: ItemRetest) -> tuple[str | int | float | None, ...]:
    kappa = item.kappa
    if isinstance(kappa, NotEstimated):
        return (item.item, *[None] * 6)
    ends = kappa.interval
    return (
        item.item, kappa.n, kappa.coefficient, ends.low, ends.high, kappa.exact_agreement, kappa.within_one
    )  # fmt: skip


def _participation_row(row: Participation) -> tuple[str | int | float | None, ...]:
    if isinstance(row.difference, NotEstimated):
        return (row.scale, row.mean_took_part, row.mean_declined, None, None, None)
    found = row.difference
    return (row.scale, row.mean_took_part, row.mean_declined, found.hedges_g, found.interval.low, found.interval.high)
