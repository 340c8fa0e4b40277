r"""What each item looks like: answers, missing answers, spread, shape, floor and ceiling, and how it goes with the rest.

With :math:`m_r` the mean of :math:`(x - \bar x)^r` over the answers and s the standard deviation with n - 1, skewness is
:math:`m_3 / s^3` and kurtosis :math:`m_4 / s^4 - 3` (Joanes & Gill 1998, b1 and b2): those of psych and of most packages.
Correlations of an item with the total come from the covariance matrix C of the items,

.. math::
   r_{i,\mathrm{total}} = \frac{\sum_j c_{ij}}{\sqrt{c_{ii}\, 1' C 1}}, \qquad
   r_{i,\mathrm{rest}} = \frac{\sum_{j \ne i} c_{ij}}{\sqrt{c_{ii}\, \sum_{j,k \ne i} c_{jk}}},

which with every answer present are plainly the correlations with the sum of all, and of the other, items.

References
----------
Joanes, D. N. & Gill, C. A. (1998). Comparing measures of sample skewness and kurtosis. The Statistician 47, 183-189.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import AnalysisError
from .item_responses import (
    MAXIMUM_CATEGORIES,
    FloatArray,
    IntArray,
    ItemResponses,
    read_item_responses,
    read_only,
    wrong_categories,
)
from .likert_bars import draw_likert
from .moments import Missing, Moments, moments_of_answers, wrong_missing
from .options import refuse, wrong_share
from .pairwise import PairwiseTables
from .reading_moments import check_moments, read_moments
from .reliability import item_rest_correlations
from .table import Cell, ResultTable, Table
from .unit_moments import least_answered


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ItemStatistics(ResultTable):
    """Statistics of each item, arrays of shape (n_items,) unless said otherwise, in the units of the answers.

    Attributes
    ----------
    item_names : tuple of str
    n : int
        Respondents used: with any answer, or with every answer where `missing` is "listwise".
    n_answers, n_missing : ndarray of int64
        Rows used that have, and that lack, an answer to the item; together all rows, or all complete rows.
    mean, sd, median, skewness, kurtosis : ndarray
        Of the answers given. `sd` has n - 1; skewness and kurtosis are NaN for a constant item.
    standard_error : ndarray
        Of the mean: sd / sqrt(n_answers), taking respondents to be independent.
    floor, ceiling : ndarray
        Share of answers at 1 and at k; NaN where answers are not whole numbers from 1 up.
    frequencies : ndarray of int64, shape (n_items, k)
        Answers in each category; shape (n_items, 0) where answers are not whole numbers from 1 up.
    item_total, item_rest : ndarray
        Correlation with the sum of all items, and of the others (the corrected item-total correlation); NaN for a constant
        item, and for all where there is one item.
    missing : {"pairwise", "listwise"}
    method : str
    notes : tuple of str
    """

    item_names: tuple[str, ...]
    n: int
    n_answers: IntArray
    n_missing: IntArray
    mean: FloatArray
    sd: FloatArray
    median: FloatArray
    skewness: FloatArray
    kurtosis: FloatArray
    standard_error: FloatArray
    floor: FloatArray
    ceiling: FloatArray
    frequencies: IntArray
    item_total: FloatArray
    item_rest: FloatArray
    missing: Missing
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row an item."""
        columns = {
            "mean": self.mean,
            "sd": self.sd,
            "skewness": self.skewness,
            "kurtosis": self.kurtosis,
            "floor": self.floor,
            "ceiling": self.ceiling,
            "item-total r": self.item_total,
            "item-rest r": self.item_rest,
        }
        rows: list[tuple[Cell, ...]] = []
        for place, name in enumerate(self.item_names):
            counts = int(self.n_answers[place]), int(self.n_missing[place])
            rows.append((name, *counts, *(float(column[place]) for column in columns.values())))
        return Table("Items", ("item", "n", "missing", *columns), tuple(rows), self.notes)

    def plot(self, ax: Any = None, *, options: Sequence[str] | None = None) -> Any:
        """Draw the answers to each item as a bar about the middle of the response scale.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.
        options : sequence of str, optional
            Wording of the response options from 1 to k; by default their numbers.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        AnalysisError
            For another number of options than k, answers that are no options, or where matplotlib is not installed.
        """
        return draw_likert(self.frequencies, self.n_missing, self.item_names, options, ax)


def describe_items(
    item_responses: Any, categories: int | None = None, *, missing: Missing = "pairwise"
) -> ItemStatistics:
    """Describe each item.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables or iterator of batches of rows
        Items as columns. Any numbers will do; frequencies, floor and ceiling need whole numbers from 1 up.
    categories : int, optional
        Response options k, so that the ceiling is k even where nobody chose it; then every answer must be 1..k. By
        default the largest answer found.
    missing : {"pairwise", "listwise"}
        Use every answer, or only respondents who answered all items.

    Returns
    -------
    ItemStatistics
        A constant item is described and named in `notes`; its correlations are NaN.

    Raises
    ------
    AnalysisError
        Naming each item without answers and each value that is not a number or off the scale.

    Notes
    -----
    Anchors: ``psych::describe`` (type 3) and ``psych::alpha`` (raw.r on complete data, r.drop), to 1e-10.

    Examples
    --------
    >>> items = describe_items([[1, 2], [3, 4], [5, 5], [4, None]], categories=5)
    >>> items.mean.tolist(), items.n_missing.tolist()
    ([3.25, 3.6666666666666665], [0, 1])
    >>> items.frequencies.tolist()
    [[1, 0, 1, 1, 1], [0, 1, 0, 1, 1]]
    """
    refuse([*wrong_categories(categories), *wrong_missing(missing)])
    if isinstance(item_responses, Iterator):
        item_responses = PairwiseTables.from_batches(item_responses, categories, missing=missing)
    if isinstance(item_responses, PairwiseTables):
        if categories not in (None, item_responses.n_categories):
            raise AnalysisError(f"the state was made with {item_responses.n_categories} categories, not {categories}")
        return _describe_tables(item_responses, missing)
    answers = read_item_responses(item_responses, categories=categories, allow_constant=True)
    if _on_scale(answers):
        return _describe_tables(PairwiseTables.from_responses(item_responses, categories, missing=missing), missing)
    return _describe_numbers(answers, missing)


def scale_scores(item_responses: Any, *, minimum_share: float = 0.5) -> FloatArray:
    """Give each respondent's score: the mean of the answered items, NaN where too few are answered.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        The items of one scale, keyed in one direction.
    minimum_share : float
        Share of the items that must be answered.

    Returns
    -------
    ndarray, shape (n_respondents,)
        In the units of the answers, read-only.

    Raises
    ------
    AnalysisError
        For values that are not numbers, and a share outside 0 to 1.

    Notes
    -----
    Anchor: the mean and the standard deviation of scores in ``psych::alpha``.

    Examples
    --------
    >>> scale_scores([[1, 2, 4], [3, None, 4], [5, None, None]]).tolist()
    [2.3333333333333335, 3.5, nan]
    """
    refuse(wrong_share("minimum_share", minimum_share))
    answers = read_item_responses(item_responses, minimum_respondents=0, allow_constant=True, allow_empty=True)
    answered = ~np.isnan(answers.values)
    n_answered = answered.sum(axis=1)
    enough = n_answered >= least_answered(answers.n_items, minimum_share)
    total = np.where(answered, answers.values, 0.0).sum(axis=1)
    scores: FloatArray = np.full(answers.n_rows, np.nan)
    np.divide(total, n_answered, out=scores, where=enough)
    return read_only(scores)


def _on_scale(answers: ItemResponses) -> bool:
    given = answers.values[~np.isnan(answers.values)]
    return bool((given >= 1).all() and (given == np.rint(given)).all() and given.max(initial=1) <= MAXIMUM_CATEGORIES)


def _describe_tables(tables: PairwiseTables, missing: Missing) -> ItemStatistics:
    moments = read_moments(tables, missing=missing, minimum_items=1, allow_constant=True)
    frequencies = tables.frequencies
    answers = np.arange(1, tables.n_categories + 1, dtype=np.float64)
    n = frequencies.sum(axis=1)
    deviations = answers - moments.means[:, None]
    shares = frequencies / n[:, None]
    cumulative = frequencies.cumsum(axis=1)
    middle = [(cumulative > place[:, None]).argmax(axis=1) + 1.0 for place in ((n - 1) // 2, n // 2)]
    return _statistics(
        moments,
        n,
        (shares * deviations**3).sum(axis=1),
        (shares * deviations**4).sum(axis=1),
        median=(middle[0] + middle[1]) / 2,
        floor=shares[:, 0],
        ceiling=shares[:, -1],
        frequencies=frequencies,
        notes=(),
    )


def _describe_numbers(answers: ItemResponses, missing: Missing) -> ItemStatistics:
    moments = moments_of_answers(answers, missing)
    values = answers.complete_rows() if missing == "listwise" else answers.values
    check_moments(moments, minimum_items=1, minimum_respondents=2, allow_constant=True)
    deviations = values - moments.means
    unknown = np.full(answers.n_items, np.nan)
    return _statistics(
        moments,
        np.diagonal(moments.n_pairs),
        np.nanmean(deviations**3, axis=0),
        np.nanmean(deviations**4, axis=0),
        median=np.nanmedian(values, axis=0),
        floor=unknown,
        ceiling=unknown.copy(),
        frequencies=np.zeros((answers.n_items, 0), dtype=np.int64),
        notes=("answers are not whole numbers from 1 up: no floor, ceiling or frequencies",),
    )


def _statistics(
    moments: Moments,
    n_answers: IntArray,
    third: FloatArray,
    fourth: FloatArray,
    *,
    median: FloatArray,
    floor: FloatArray,
    ceiling: FloatArray,
    frequencies: IntArray,
    notes: tuple[str, ...],
) -> ItemStatistics:
    """Put together what both ways of describing share."""
    variances = np.diagonal(moments.covariance)
    sd = np.sqrt(variances)
    rows = moments.n_used if moments.missing == "listwise" else moments.n_rows
    with np.errstate(invalid="ignore", divide="ignore"):
        item_total, item_rest = _with_total(moments)
        skewness, kurtosis = third / sd**3, fourth / variances**2 - 3
    constant = [name for name, spread in zip(moments.item_names, sd, strict=True) if not spread > 0]
    said = [f"constant: {', '.join(constant)}"] if constant else []
    if (moments.n_pairs < 2).any():
        said.append("some items were never answered by the same two respondents: no correlation with a total")
    return ItemStatistics(
        item_names=moments.item_names,
        n=moments.n_used,
        n_answers=read_only(n_answers.copy()),
        n_missing=read_only(rows - n_answers),
        mean=moments.means,
        sd=read_only(sd),
        median=read_only(median),
        skewness=read_only(skewness),
        kurtosis=read_only(kurtosis),
        standard_error=read_only(sd / np.sqrt(n_answers)),
        floor=read_only(floor.copy()),
        ceiling=read_only(ceiling.copy()),
        frequencies=read_only(frequencies),
        item_total=read_only(item_total),
        item_rest=read_only(item_rest),
        missing=moments.missing,
        method=f"moments of the answers given, {moments.missing}; skewness b1, kurtosis b2",
        notes=(moments.note_on_missing(), *said, *notes),
    )


def _with_total(moments: Moments) -> tuple[FloatArray, FloatArray]:
    """Correlate items with their total and rest; a constant item adds nothing to either and has no correlation."""
    covariance = moments.covariance
    varies = np.diagonal(covariance) > 0
    item_total = np.full(moments.n_items, np.nan)
    item_rest = np.full(moments.n_items, np.nan)
    among = covariance[np.ix_(varies, varies)]
    if moments.n_items > 1 and len(among) and among.sum() > 0:
        item_total[varies] = among.sum(axis=0) / np.sqrt(np.diagonal(among) * among.sum())
        item_rest[varies] = item_rest_correlations(among)
    return item_total, item_rest
