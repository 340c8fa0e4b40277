r"""Does each item behave as the graded response model says? The generalised S-X2.

Respondents who answered everything are grouped by their total score s. Of N_s of them, the model expects the share

.. math:: E_{sc} = \frac{\int P_c(\theta) \, S_{-}(s - c \mid \theta) \, \phi(\theta) \, d\theta}
    {\int S(s \mid \theta) \, \phi(\theta) \, d\theta}

to give answer c to the item, S the distribution of the total and S- that of the total without the item, both by the
recursion of Lord & Wingersky (1984). Then :math:`S\text{-}X^2 = \sum_s \sum_c N_s (O_{sc} - E_{sc})^2 / E_{sc}` follows
chi-square, with the free cells less the item's parameters as degrees of freedom (Orlando & Thissen 2000; for ordered
options, Kang & Chen 2008). Neighbouring totals are put together until each group has ten people, and then neighbouring
answers until one is expected in each cell.

With thousands of respondents every item deviates significantly; the RMSEA of S-X2 says by how much:
:math:`\sqrt{\max(0, X^2 - df) / (df (N - 1))}`.

References
----------
Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Statist. Soc. B 57, 289-300.
Kang, T. & Chen, T. T. (2008). Performance of the generalized S-X2 item fit index for polytomous IRT models. Journal of
    Educational Measurement 45, 391-406.
Lord, F. M. & Wingersky, M. S. (1984). Comparison of IRT true-score and equipercentile observed-score "equatings".
    Applied Psychological Measurement 8, 453-461.
Orlando, M. & Thissen, D. (2000). Likelihood-based item-fit indices for dichotomous item response theory models. Applied
    Psychological Measurement 24, 50-64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import chdtrc

from ..errors import AnalysisError
from ..false_discovery import adjust_for_false_discovery
from ..item_responses import FloatArray, IntArray, ItemResponses, read_only
from ..table import ResultTable, Table
from .calibration import Calibration

_FEWEST_PEOPLE = 10
_LEAST_EXPECTED = 1.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GradedItemFit(ResultTable):
    """How well each item fits the graded response model.

    Attributes
    ----------
    item_names : tuple of str
    s_x2 : float array, shape (n_items,)
    df : int array, shape (n_items,)
    p : float array, shape (n_items,)
        NaN where too few different totals leave no degrees of freedom.
    p_adjusted : float array, shape (n_items,)
        For the number of items, by Benjamini & Hochberg.
    rmsea : float array, shape (n_items,)
    n : int
        Respondents who answered every item; the others take no part.
    method : str
    notes : tuple of str
    """

    item_names: tuple[str, ...]
    s_x2: FloatArray
    df: IntArray
    p: FloatArray
    p_adjusted: FloatArray
    rmsea: FloatArray
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row an item."""
        rows = tuple(
            (
                name,
                float(self.s_x2[j]),
                int(self.df[j]),
                float(self.p[j]),
                float(self.p_adjusted[j]),
                float(self.rmsea[j]),
            )
            for j, name in enumerate(self.item_names)
        )
        return Table("Item fit", ("item", "S-X2", "df", "p", "p adjusted", "rmsea"), rows, self.notes)


def graded_item_fit(calibration: Calibration, answers: ItemResponses) -> GradedItemFit:
    """Hold the answers of those who answered everything to what the model expects of them.

    Raises
    ------
    AnalysisError
        Where fewer than ten respondents answered every item.
    """
    complete = answers.complete_rows().astype(np.int64)
    n = len(complete)
    if n < _FEWEST_PEOPLE:
        raise AnalysisError(f"item fit needs {_FEWEST_PEOPLE} respondents who answered every item, got {n}")
    probability = _probability_of_answers(calibration)
    weight = calibration.quadrature.weight
    total = (complete - 1).sum(axis=1)
    n_totals = sum(len(own) - 1 for own in probability) + 1
    people = np.bincount(total, minlength=n_totals)
    s_x2, df = np.zeros(len(probability)), np.zeros(len(probability), dtype=np.int64)
    for item, without in _totals_without_each(probability):
        own = probability[item]
        joint = np.zeros((len(own), n_totals))
        for answer, curve in enumerate(own):
            joint[answer, answer : answer + len(without)] = without @ (weight * curve)
        share = np.divide(joint, joint.sum(axis=0), out=np.zeros_like(joint), where=joint.sum(axis=0) > 0)
        observed = np.zeros_like(joint)
        np.add.at(observed, (complete[:, item] - 1, total), 1.0)
        s_x2[item], cells = _compare(observed, people * share, people)
        df[item] = cells - calibration.items.options[item]
    tested = df > 0
    p = np.where(tested, chdtrc(np.maximum(df, 1), s_x2), math.nan)
    rmsea = np.sqrt(np.maximum(s_x2 - df, 0.0) / (np.maximum(df, 1) * (n - 1)))
    left_out = answers.n_rows - n
    notes = [f"n = {n} respondents who answered every item" + (f", {left_out} rows left out" if left_out else "")]
    if not tested.all():
        names = ", ".join(name for name, one in zip(calibration.item_names, tested, strict=True) if not one)
        notes.append(f"too few different totals to test {names}")
    return GradedItemFit(
        item_names=calibration.item_names,
        s_x2=read_only(s_x2),
        df=read_only(df),
        p=read_only(p),
        p_adjusted=read_only(adjust_for_false_discovery(p)),
        rmsea=read_only(np.where(tested, rmsea, math.nan)),
        n=n,
        method="generalised S-X2; p adjusted by Benjamini & Hochberg",
        notes=tuple(notes),
    )


def _probability_of_answers(calibration: Calibration) -> list[FloatArray]:
    """Give for each item the probability of each answer at each node, 0 for one that nobody gave."""
    probability = calibration.items.at(calibration.parameters, calibration.quadrature.theta).probability()
    found = []
    for place in calibration.places:
        own = np.zeros((place.size, probability.shape[1]))
        own[place >= 0] = probability[place[place >= 0]]
        found.append(own)
    return found


def _totals_without_each(probability: list[FloatArray]) -> Iterator[tuple[int, FloatArray]]:
    """Give for each item the distribution at each node of the total of the others, shape (n_totals, n_nodes).

    Half of the items are added for the other half and so on down, so that items are added n log n times.
    """
    ahead: list[tuple[int, int, FloatArray]] = [(0, len(probability), np.ones((1, probability[0].shape[1])))]
    while ahead:
        first, last, others = ahead.pop()
        if last - first == 1:
            yield first, others
            continue
        middle = (first + last) // 2
        ahead.append((first, middle, _added(others, probability[middle:last])))
        ahead.append((middle, last, _added(others, probability[first:middle])))


def _added(total: FloatArray, items: list[FloatArray]) -> FloatArray:
    """Add the answers to some items to a total (Lord & Wingersky 1984)."""
    for own in items:
        following = np.zeros((len(total) + len(own) - 1, total.shape[1]))
        for answer, curve in enumerate(own):
            following[answer : answer + len(total)] += total * curve
        total = following
    return total


def _compare(observed: FloatArray, expected: FloatArray, people: IntArray) -> tuple[float, int]:
    """Give chi-square over groups of totals, and how many of its cells are free."""
    statistic, free = 0.0, 0
    for group in _groups(people):
        seen, due = observed[:, group].sum(axis=1), expected[:, group].sum(axis=1)
        seen, due = _cells(seen, due)
        statistic += float(((seen - due) ** 2 / due).sum())
        free += len(due) - 1
    return statistic, free


def _groups(people: IntArray) -> Iterator[slice]:
    """Put neighbouring totals together until each group has people enough; the last group takes the rest."""
    bounds, held = [0], 0
    for total, number in enumerate(people.tolist()):
        held += number
        if held >= _FEWEST_PEOPLE:
            bounds.append(total + 1)
            held = 0
    bounds[-1] = len(people)
    return (slice(first, last) for first, last in pairwise(bounds))


def _cells(seen: FloatArray, due: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Put neighbouring answers together until enough is expected in each cell."""
    cells: list[tuple[float, float]] = []
    held_seen = held_due = 0.0
    for one_seen, one_due in zip(seen.tolist(), due.tolist(), strict=True):
        held_seen += one_seen
        held_due += one_due
        if held_due >= _LEAST_EXPECTED:
            cells.append((held_seen, held_due))
            held_seen = held_due = 0.0
    if cells:
        cells[-1] = (cells[-1][0] + held_seen, cells[-1][1] + held_due)
    found = np.array(cells or [(held_seen, held_due)])
    return found[:, 0], found[:, 1]
