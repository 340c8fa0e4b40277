"""How far the people of a unit agree, beside what people thrown together at random agree.

With s2 the mean over J items of the variance within a unit (n - 1), and v the variance of answers given blindly,

    rwg(j)   = J (1 - s2 / v) / (J (1 - s2 / v) + s2 / v), 0 where s2 > v       (James, Demaree and Wolf 1984,
                                                                                Journal of Applied Psychology 69, 85-98)
    r*wg(j)  = 1 - s2 / v                                                      (Lindell, Brandt and Whitney 1999,
                                                                                Applied Psychological Measurement 23, 127-135)
    awg(j)   = mean of 1 - 2 s2_i / {[(L + H) m_i - m_i^2 - L H] n / (n - 1)}   (Brown and Hauenstein 2005,
                                                                                Organizational Research Methods 8, 165-184)
    AD(j)    = mean over items and people of |x - m_i|                         (Burke, Finkelstein and Dusig 1999,
                                                                                Organizational Research Methods 2, 49-68)

rwg(j) rises with the number of items and with a common ceiling whether or not a unit has anything in common: groups
drawn at random pass 0.70 more often than not. It is therefore never given without the band of random groups of the
same size (Bliese and Halverson 2002, Leadership Quarterly 13, 53-68): people are dealt out to units anew, sizes kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import LARGEST_ANSWER, MAXIMUM_CATEGORIES, FloatArray, IntArray, read_item_responses, read_only
from ..options import MOST_DRAWS, refuse, wrong_level, wrong_number, wrong_seed, wrong_whole
from ..table import ResultTable, Table
from .sums import encode_units, read_units

# What is commonly, and wrongly, taken as proof of agreement.
CUSTOMARY = 0.70


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WithinGroupAgreement(ResultTable):
    """Agreement within each unit.

    Attributes
    ----------
    unit : tuple, length n_units
        In order of first appearance.
    n : int array, shape (n_units,)
        People with at least one answer.
    mean_variance : float array, shape (n_units,)
        Mean variance of the items within the unit; NaN with fewer than two people.
    rwg_j, lindell, awg, average_deviation : float array, shape (n_units,)
        The four indices above; awg leaves out items whose mean is too near an end of the scale for the formula.
    random_band : float array, shape (n_units, 2)
        Quantiles of rwg(j) of random groups of the unit's size.
    random_below : float array, shape (n_units,)
        Share of random groups of the unit's size that agree less than the unit does.
    share_customary, random_share_customary : float
        Share of units, and of random groups, whose rwg(j) is at least 0.70.
    null_variance : float
        Variance of blind answers.
    level : float
        Of the band.
    n_items, n_resamples, seed : int
    method : str
    """

    unit: tuple[Hashable, ...]
    n: IntArray
    mean_variance: FloatArray
    rwg_j: FloatArray
    lindell: FloatArray
    awg: FloatArray
    average_deviation: FloatArray
    random_band: FloatArray
    random_below: FloatArray
    share_customary: float
    random_share_customary: float
    null_variance: float
    level: float
    n_items: int
    n_resamples: int
    seed: int
    method: str

    def table(self) -> Table:
        """Give the table that it prints, one row a unit."""
        columns = ("unit", "n", "rwg(j)", f"random {100 * self.level:g} % low", "high", "r*wg(j)", "awg", "AD")
        rows = tuple(
            (
                str(self.unit[i]),
                int(self.n[i]),
                float(self.rwg_j[i]),
                float(self.random_band[i, 0]),
                float(self.random_band[i, 1]),
                float(self.lindell[i]),
                float(self.awg[i]),
                float(self.average_deviation[i]),
            )
            for i in range(len(self.unit))
        )
        notes = (
            f"rwg(j) of at least {CUSTOMARY}: {100 * self.share_customary:.0f} % of units, "
            f"{100 * self.random_share_customary:.0f} % of random groups of the same sizes",
            f"{self.n_items} items, blind answers of variance {self.null_variance:g}, {self.n_resamples} deals",
        )
        return Table("Agreement within units", columns, rows, notes, decimals=2)


def within_group_agreement(
    item_responses: Any,
    unit: ArrayLike | Sequence[Hashable],
    *,
    categories: int,
    null_variance: float | None = None,
    n_resamples: int = 500,
    ci: float = 0.95,
    seed: int = 20_061,
) -> WithinGroupAgreement:
    """Measure agreement within each unit and set it against groups thrown together at random.

    Parameters
    ----------
    item_responses : array_like, shape (n_people, n_items)
        Answers 1..k to the items of one scale, NaN where missing.
    unit : array_like, shape (n_people,)
    categories : int
        Options of the response scale, k.
    null_variance : float
        Variance of blind answers; (k^2 - 1) / 12, all options alike, where left out. For five options and a slight,
        moderate or heavy lean LeBreton and Senter (2008, Organizational Research Methods 11, 815-852) give 1.34, 0.90
        and 0.44.
    n_resamples : int
        Random deals of all people to units, 1 to 1,000,000.
    ci : float
        Of the band of random groups.
    seed : int

    Returns
    -------
    WithinGroupAgreement

    Raises
    ------
    AnalysisError
        For answers off the scale, units that do not fit, or no unit of two people.

    Examples
    --------
    >>> answers = [[4, 4], [4, 5], [5, 5], [1, 2], [3, 1], [5, 4]]
    >>> found = within_group_agreement(answers, list("aaabbb"), categories=5, seed=1)
    >>> found.rwg_j.round(3).tolist(), found.lindell.round(3).tolist()
    ([0.909, 0.0], [0.833, -0.583])
    """
    refuse(
        [
            *wrong_whole("categories", categories, least=2, most=MAXIMUM_CATEGORIES),
            *(
                ()
                if null_variance is None
                else wrong_number("null_variance", null_variance, above=0, most=LARGEST_ANSWER)
            ),
            *wrong_whole("n_resamples", n_resamples, least=1, most=MOST_DRAWS),
            *wrong_level(ci),
            *wrong_seed(seed),
        ]
    )
    level = float(ci)
    answers = read_item_responses(item_responses, categories=categories, allow_constant=True)
    x = answers.values
    labels, problems = read_units(unit, x.shape[0])
    if problems:
        raise AnalysisError(problems)
    null = (categories**2 - 1) / 12 if null_variance is None else float(null_variance)
    names, code = encode_units(labels)
    answered = ~np.isnan(x).all(axis=1)
    x, code = x[answered], code[answered]
    order = np.argsort(code, kind="stable")
    x, code = x[order], code[order]
    size = np.bincount(code, minlength=len(names))
    count, mean, variance = _moments(x, size)
    spread = _average(variance)
    if np.isnan(spread).all():
        raise AnalysisError("agreement needs at least one unit in which two people answered the same item")
    rwg = _rwg_j(spread, null, answers.n_items)
    random = _random_groups(x, size, null, n_resamples, seed)
    below = (random < rwg - 1e-12).mean(axis=0) + 0.5 * (np.abs(random - rwg) <= 1e-12).mean(axis=0)
    tail = 0.5 - 0.5 * level
    band = np.quantile(random, [tail, 1.0 - tail], axis=0).T
    several = ~np.isnan(rwg)
    return WithinGroupAgreement(
        unit=names,
        n=read_only(size.astype(np.int64)),
        mean_variance=read_only(spread),
        rwg_j=read_only(rwg),
        lindell=read_only(1.0 - spread / null),
        awg=read_only(_awg(count, mean, variance, categories)),
        average_deviation=read_only(_average_deviation(x, code, size, mean)),
        random_band=read_only(np.where(several[:, None], band, np.nan)),
        random_below=read_only(np.where(several, below, np.nan)),
        share_customary=float((rwg[several] >= CUSTOMARY).mean()),
        random_share_customary=float((random[:, several] >= CUSTOMARY).mean()),
        null_variance=null,
        level=level,
        n_items=answers.n_items,
        n_resamples=n_resamples,
        seed=seed,
        method="rwg(j) against random groups",
    )


def _moments(x: FloatArray, size: NDArray[Any]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return count, mean and variance of each item in each unit, whose people stand together in x."""
    there = ~np.isnan(x)
    # About the middle of all answers, so that squares of small whole numbers lose nothing.
    middle = np.round(np.nanmean(x))
    filled = np.where(there, x - middle, 0.0)
    count, total, squares = (_add_up(values, size) for values in (there.astype(float), filled, filled**2))
    mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    deviations = squares - np.where(count > 0, mean, 0.0) * total
    variance = np.divide(deviations, count - 1.0, out=np.full_like(total, np.nan), where=count > 1)
    return count, mean + middle, np.maximum(variance, 0.0)


def _add_up(values: FloatArray, size: NDArray[Any]) -> FloatArray:
    """Sum the rows of each unit; units without people get 0."""
    sums = np.zeros((size.size, values.shape[1]))
    filled = np.flatnonzero(size)
    starts = np.concatenate([[0], np.cumsum(size[filled])[:-1]])
    sums[filled] = np.add.reduceat(values, starts, axis=0)
    return sums


def _average(values: FloatArray) -> FloatArray:
    """Average over items, leaving out those that are NaN; NaN where all are."""
    there = ~np.isnan(values)
    n = there.sum(axis=1)
    total: FloatArray = np.where(there, values, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, n, out=np.full(n.size, np.nan), where=n > 0))


def _rwg_j(spread: FloatArray, null: float, n_items: int) -> FloatArray:
    agreed = n_items * np.maximum(1.0 - spread / null, 0.0)
    # At or beyond the variance of blind answers there is no agreement: 0, not the formula's pole.
    return np.where(agreed > 0, agreed / (agreed + spread / null), np.where(np.isnan(spread), np.nan, 0.0))


def _awg(count: FloatArray, mean: FloatArray, variance: FloatArray, categories: int) -> FloatArray:
    """Average the items whose mean leaves room for the largest variance that the formula divides by."""
    low, high = 1.0, float(categories)
    with np.errstate(divide="ignore", invalid="ignore"):
        nearest = (low * (count - 1.0) + high) / count, (high * (count - 1.0) + low) / count
        largest = ((low + high) * mean - mean**2 - low * high) * count / (count - 1.0)
        agreed = 1.0 - 2.0 * variance / largest
    inside = (mean >= nearest[0] - 1e-9) & (mean <= nearest[1] + 1e-9)
    # Outside, the largest variance possible is smaller than the formula assumes.
    agreed = np.where(inside, agreed, np.nan)
    return _average(agreed)


def _average_deviation(x: FloatArray, code: NDArray[np.intp], size: NDArray[Any], mean: FloatArray) -> FloatArray:
    deviation = np.abs(x - mean[code])
    there = ~np.isnan(deviation)
    total = _add_up(np.where(there, deviation, 0.0), size)
    count = _add_up(there.astype(float), size)
    return _average(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 1))


def _random_groups(x: FloatArray, size: NDArray[Any], null: float, n_resamples: int, seed: int) -> FloatArray:
    """Deal everybody out to units of the same sizes, and return rwg(j), shape (n_resamples, n_units)."""
    generator = np.random.default_rng(seed)
    found = np.empty((n_resamples, size.size))
    for deal in range(n_resamples):
        shuffled = x[generator.permutation(x.shape[0])]
        found[deal] = _rwg_j(_average(_moments(shuffled, size)[2]), null, x.shape[1])
    # A random group too small or too silent for a variance has shown no agreement.
    return np.nan_to_num(found)
