r"""Signs of answers given without reading: long runs, no variation, unlikely combinations, halves that disagree.

Of each respondent (Curran 2016; Meade & Craig 2012): the longest run of one same answer; the standard deviation of
the answers (intra-individual variability, Dunn et al. 2018); the squared Mahalanobis distance

.. math:: D^2 = (x - m)' S^{-1} (x - m),

which follows chi-square with as many degrees of freedom as answers when answers are normal; the correlation, over
scales, of the means of the odd and of the even items, stepped up by Spearman and Brown; and whether all answers are
one and the same. None of them proves anything of one person: a content learner may well answer 5 to everything. What
they show is how much of a finding could rest on such answers, so a report gives it with and without them.

References
----------
Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of Experimental
    Social Psychology 66, 4-19.
Dunn, A. M., Heggestad, E. D., Shanock, L. R. & Theilgard, N. (2018). Intra-individual response variability as an
    indicator of insufficient effort responding. Journal of Business and Psychology 33, 105-121.
Meade, A. W. & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological Methods 17, 437-455.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from .interval import Interval
from .item_responses import FloatArray, IntArray, ItemResponses, read_item_responses, read_only
from .moments import moments_of_answers
from .options import refuse, wrong_level, wrong_share
from .scales import read_scales
from .share import share_interval
from .table import Cell, ResultTable, Table

_FEWEST_SCALES = 3
_QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CarelessResponding(ResultTable):
    """Signs of careless answers, one of each kind a respondent, in the order of the rows given.

    Attributes
    ----------
    n_answered : int array, shape (n_rows,)
        Items that each answered.
    longest_run : int array, shape (n_rows,)
        Longest run of one same answer in the order of the items, over unanswered items; 0 without any answer.
    intra_individual_sd : float array, shape (n_rows,)
        Standard deviation of the answers, in answer units; NaN with fewer than two.
    mahalanobis : float array, shape (n_rows,)
        Squared distance from the mean of all, over the items answered; NaN without any answer.
    mahalanobis_p : float array, shape (n_rows,)
        Chi-square probability of one as large. Answers on five points are not normal: a ranking, not a test.
    even_odd : float array, shape (n_rows,)
        Correlation of both halves over scales, stepped up, at least -1; NaN with fewer than three scales of two halves
        or halves without spread.
    straight_lining : bool array, shape (n_rows,)
        All answers one and the same, from at least `minimum_answered` of the items.
    straight_lining_share : float
        Among the `n` respondents with enough answers to judge.
    straight_lining_interval : Interval
        Wilson's.
    n : int
        Respondents with enough answers to judge.
    n_rows : int
    method : str
    notes : tuple of str
    """

    n_answered: IntArray
    longest_run: IntArray
    intra_individual_sd: FloatArray
    mahalanobis: FloatArray
    mahalanobis_p: FloatArray
    even_odd: FloatArray
    straight_lining: NDArray[np.bool_]
    straight_lining_share: float
    straight_lining_interval: Interval
    n: int
    n_rows: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the spread of each sign over respondents."""
        signs = (
            ("longest run", self.longest_run[self.n_answered > 0].astype(np.float64)),
            ("intra-individual sd", self.intra_individual_sd),
            ("Mahalanobis distance", self.mahalanobis),
            ("even-odd consistency", self.even_odd),
        )
        rows = tuple((name, *_spread(values)) for name, values in signs)
        share = (
            f"answering in a straight line: {100 * self.straight_lining_share:.1f} % of n = {self.n} "
            f"({100 * self.straight_lining_interval.low:.1f} to {100 * self.straight_lining_interval.high:.1f} %)"
        )
        columns = ("", "lowest", "5 %", "median", "95 %", "highest")
        return Table("Careless responding", columns, rows, (share, *self.notes))


def careless_responding(
    item_responses: Any,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    minimum_answered: float = 0.5,
    ci: float = 0.95,
) -> CarelessResponding:
    """Look for answers given without reading.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        At least three items in the order in which they were asked, as they were answered: reverse-keyed items not
        turned round, or straight lines would be hidden.
    scales : mapping of scale to item names
        For the even-odd consistency, their items keyed in one direction; without it that is NaN.
    minimum_answered : float
        Share of the items (three at least) that must be answered to call somebody a straight-liner, or not.
    ci : float
        Level of the interval of the share.

    Returns
    -------
    CarelessResponding

    Raises
    ------
    AnalysisError
        For answers that are no numbers, fewer than three items, fewer than two respondents, scales that name no items,
        an item twice or items that are not there, and options that are no shares.

    Notes
    -----
    An item that everybody answers alike takes no part in the Mahalanobis distance, which the notes say.

    Anchors: runs and spread counted one by one, `scipy.spatial.distance.mahalanobis`; straight-liners that were simulated
    are found.

    References
    ----------
    Curran (2016); Meade & Craig (2012); Dunn et al. (2018).

    Examples
    --------
    >>> found = careless_responding([[4, 5, 3, 4], [2, 1, 3, 2], [5, 5, 5, 5], [3, 4, 3, 5], [1, 2, 2, 1], [4, 3, 5, 3]])
    >>> found.longest_run.tolist(), found.straight_lining.tolist()
    ([1, 1, 4, 1, 2, 1], [False, False, True, False, False, False])
    >>> print(found)
    Careless responding
                          lowest    5 %  median   95 %  highest
    longest run            1.000  1.000   1.000  3.500    4.000
    intra-individual sd    0.000  0.144   0.816  0.957    0.957
    Mahalanobis distance   1.960  2.075   3.782  4.042    4.058
    even-odd consistency       -      -       -      -        -
    answering in a straight line: 16.7 % of n = 6 (3.0 to 56.4 %)
    even-odd consistency needs scales
    """
    refuse([*wrong_share("minimum_answered", minimum_answered), *wrong_level(ci)])
    level = float(ci)
    answers = read_item_responses(item_responses, minimum_items=3, allow_constant=True, allow_empty=True)
    places: list[list[int]] = []
    if scales is not None:
        of_scale, problems = read_scales(scales, answers.item_names)
        refuse(problems)
        places = [items for items in of_scale.values() if len(items) > 1]
    values = answers.values
    answered = ~np.isnan(values)
    n_answered = answered.sum(axis=1).astype(np.int64)
    distance, freedom, notes = _mahalanobis(answers)
    longest = _longest_run(values)
    judged = n_answered >= max(3.0, minimum_answered * answers.n_items)
    lining = judged & (longest == n_answered)
    n = int(judged.sum())
    if n < answers.n_rows:
        notes.append(f"{answers.n_rows - n} of {answers.n_rows} rows have too few answers to judge a straight line")
    if scales is None:
        notes.append("even-odd consistency needs scales")
    elif len(places) < _FEWEST_SCALES:
        notes.append(f"even-odd consistency needs {_FEWEST_SCALES} scales of two items or more, got {len(places)}")
    with np.errstate(invalid="ignore"):
        p = np.where(freedom > 0, chdtrc(np.maximum(freedom, 1), distance), math.nan)
    return CarelessResponding(
        n_answered=read_only(n_answered),
        longest_run=read_only(longest),
        intra_individual_sd=read_only(_own_sd(values, n_answered)),
        mahalanobis=read_only(distance),
        mahalanobis_p=read_only(p),
        even_odd=read_only(_even_odd(values, places)),
        straight_lining=read_only(lining),
        straight_lining_share=float(lining.sum()) / n if n else math.nan,
        straight_lining_interval=share_interval(float(lining.sum()), float(n), level),
        n=n,
        n_rows=answers.n_rows,
        method="runs over answered items; Mahalanobis from pairwise covariances of the items answered",
        notes=tuple(notes),
    )


def _longest_run(values: FloatArray) -> IntArray:
    run = np.zeros(len(values), dtype=np.int64)
    longest, last = run.copy(), np.full(len(values), math.nan)
    for column in values.T:
        here = ~np.isnan(column)
        run = np.where(here, np.where(column == last, run + 1, 1), run)
        last = np.where(here, column, last)
        longest = np.maximum(longest, run)
    return longest


def _own_sd(values: FloatArray, n_answered: IntArray) -> FloatArray:
    some = np.maximum(n_answered, 1)
    mean = np.nansum(values, axis=1) / some
    squares = np.nansum((values - mean[:, None]) ** 2, axis=1)
    variance = np.divide(squares, n_answered - 1, out=np.full(len(values), math.nan), where=n_answered > 1)
    return np.asarray(np.sqrt(variance))


def _mahalanobis(answers: ItemResponses) -> tuple[FloatArray, IntArray, list[str]]:
    """Give each squared distance with its degrees of freedom; those who answered the same items share an inverse."""
    moments = moments_of_answers(answers, "pairwise")
    covariance = np.where(np.isnan(moments.covariance), 0.0, moments.covariance)
    varying = np.diagonal(covariance) > 0
    notes = []
    if not varying.all():
        names = ", ".join(name for name, varies in zip(answers.item_names, varying, strict=True) if not varies)
        notes.append(f"without part in the Mahalanobis distance, for everybody answers alike: {names}")
    deviation = answers.values - moments.means
    used = ~np.isnan(answers.values) & varying
    distance = np.full(answers.n_rows, math.nan)
    freedom = np.zeros(answers.n_rows, dtype=np.int64)
    _, first, pattern = np.unique(np.packbits(used, axis=1), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(pattern.ravel(), kind="stable")
    bounds = np.searchsorted(pattern.ravel()[order], np.arange(len(first) + 1))
    degenerate = 0
    for place, row in enumerate(first):
        items, rows = np.flatnonzero(used[row]), order[bounds[place] : bounds[place + 1]]
        if not items.size:
            continue
        eigenvalues, vectors = np.linalg.eigh(covariance[np.ix_(items, items)])
        kept = eigenvalues > 1e-10 * eigenvalues[-1]
        degenerate += int(not kept.all()) * len(rows)
        scores = deviation[np.ix_(rows, items)] @ vectors[:, kept]
        distance[rows] = (scores**2 / eigenvalues[kept]).sum(axis=1)
        freedom[rows] = int(kept.sum())
    if degenerate:
        notes.append(
            f"items that add up to one another, or too many missing answers: {degenerate} Mahalanobis distances "
            "leave out the directions without variance"
        )
    return distance, freedom, notes


def _even_odd(values: FloatArray, places: list[list[int]]) -> FloatArray:
    """Correlate, for each respondent, the means of odd and of even items over scales, and step up."""
    if len(places) < _FEWEST_SCALES:
        return np.full(len(values), math.nan)
    odd = np.column_stack([_mean(values[:, items[::2]]) for items in places])
    even = np.column_stack([_mean(values[:, items[1::2]]) for items in places])
    both = ~np.isnan(odd) & ~np.isnan(even)
    n = both.sum(axis=1)
    sides = []
    for half in (odd, even):
        kept = np.where(both, half, 0.0)
        centre = kept.sum(axis=1) / np.maximum(n, 1)
        sides.append(np.where(both, half - centre[:, None], 0.0))
    products = (sides[0] * sides[1]).sum(axis=1)
    spread = np.sqrt((sides[0] ** 2).sum(axis=1) * (sides[1] ** 2).sum(axis=1))
    defined = (n >= _FEWEST_SCALES) & (spread > 1e-12)
    r = np.divide(products, spread, out=np.full(len(values), math.nan), where=defined)
    # Below -1/3 the step would run beyond -1, and at -1 to minus infinity.
    return np.where(r <= -1.0 / 3.0, -1.0, 2.0 * r / (1.0 + np.where(r <= -1.0 / 3.0, 0.0, r)))


def _mean(values: FloatArray) -> FloatArray:
    n = (~np.isnan(values)).sum(axis=1)
    mean: FloatArray = np.divide(np.nansum(values, axis=1), n, out=np.full(len(values), math.nan), where=n > 0)
    return mean


def _spread(values: FloatArray) -> tuple[Cell, ...]:
    known = values[~np.isnan(values)]
    if not known.size:
        return (math.nan,) * len(_QUANTILES)
    return tuple(float(quantile) for quantile in np.quantile(known, _QUANTILES))
