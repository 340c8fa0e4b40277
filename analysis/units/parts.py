"""Units made of smaller units: a provider of its placements, a region of everything below it.

Learners of one placement are alike, so the mean of a provider's learners is less certain than that of as many learners
from anywhere. With the score y_ij of person i in part j of unit k,

    y = mu_k + v_j + e_ij,   v_j ~ N(0, omega2),   e_ij ~ N(0, sigma2),

the mean m_k of the unit's n_k people, n_j of them in part j, has the variance

    V_k = omega2 s_k + sigma2 / n_k,     s_k = sum_j (n_j / n_k)^2                                            (1)

about mu_k. With the parts' means m_j, the mean squares

    MSW = sum_i,j (y_ij - m_j)^2 / (N - J),     MSP = sum_j n_j (m_j - m_k)^2 / (J - K)

have the expectations sigma2 and sigma2 + n0 omega2, n0 = (N - sum_k n_k s_k) / (J - K) (Searle, Casella and McCulloch
1992, Variance Components, section 3.5, within units), so that omega2 = max(0, (MSP - MSW) / n0) whatever the units are
like. V_k is a sum of two mean squares; its degrees of freedom are Satterthwaite's (1946, Biometrics Bulletin 2,
110-114). A unit's mean is worth that of

    n*_k = (omega2 + sigma2) / V_k                                                                            (2)

people each drawn from a part of their own; the design effect (Kish 1965, Survey Sampling, section 5.4) is n_k / n*_k.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Sized
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from ..errors import AnalysisError
from ..interval import check_level
from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_switch
from .reliability import estimate_from_classes
from .scores import UnitScores, score_units
from .sums import ScoreSums, encode_units, read_units
from .variance import SizeClasses


@dataclass(frozen=True, slots=True, eq=False)
class PartSums:
    """Units made of parts: means, and how much they are worth; made by `part_sums`.

    Attributes
    ----------
    unit : tuple, length n_units
        Labels in order of first appearance; units without scores are left out.
    n, n_parts : int array, shape (n_units,)
        Scores, and parts with scores.
    mean, sd : float array, shape (n_units,)
        Of the unit's scores, whatever part they are from; sd is NaN for one score.
    variance : float array, shape (n_units,)
        V_k, equation (1).
    df : float array, shape (n_units,)
        Of that variance.
    worth : float array, shape (n_units,)
        n*_k, equation (2).
    between_parts, within_parts : float
        omega2, the variance between parts of one unit, and sigma2.
    n_scores, n_all_parts : int
        Over all units.
    """

    unit: tuple[Hashable, ...]
    n: IntArray
    n_parts: IntArray
    mean: FloatArray
    sd: FloatArray
    variance: FloatArray
    df: FloatArray
    worth: FloatArray
    between_parts: float
    within_parts: float
    n_scores: int
    n_all_parts: int

    def interval(self, ci: float = 0.95) -> FloatArray:
        """Give the t interval of each unit's mean, shape (n_units, 2): other people, other parts."""
        half = stdtrit(self.df, 0.5 + 0.5 * check_level(ci)) * np.sqrt(self.variance)
        return np.column_stack([self.mean - half, self.mean + half])


def part_sums(parts: ScoreSums, unit: ArrayLike | Sequence[Hashable]) -> PartSums:
    """Add up parts to the units that they belong to.

    Parameters
    ----------
    parts : ScoreSums
        Count, mean and spread of the scores in each part.
    unit : array_like, shape (n_parts,)
        The unit of each part, in the order of `parts.unit`.

    Returns
    -------
    PartSums

    Raises
    ------
    AnalysisError
        For units that are not one a part, and where no part has two scores that differ: then there is no telling parts
        from people.

    Examples
    --------
    >>> parts = ScoreSums.from_scores([70, 85, 90, 40, 55, 50, 60, 75, 65], ["a", "a", "a", "b", "b", "b", "c", "c", "c"])
    >>> found = part_sums(parts, ["Elm", "Elm", "Oak"])
    >>> found.unit, found.n.tolist(), found.worth.round(1).tolist()
    (('Elm', 'Oak'), [6, 3], [2.2, 1.1])
    """
    length: int = len(unit) if isinstance(unit, Sized) else len(parts.unit)
    labels, problems = read_units(unit, length)
    if not problems and len(labels) != len(parts.unit):
        problems.append(f"{len(parts.unit)} parts came with {len(labels)} units")
    if problems:
        raise AnalysisError(problems)
    some = parts.n > 0
    names, code = encode_units(labels if some.all() else [labels[part] for part in np.flatnonzero(some)])
    size, means = parts.n[some].astype(np.float64), parts.mean[some]
    n = np.bincount(code, weights=size, minlength=len(names))
    total, n_units, n_parts = float(n.sum()), len(names), int(some.sum())
    within = float(parts.squares.sum())
    if total == n_parts or within <= 1e-13 * max(float(size @ means**2), 1e-300):
        raise AnalysisError("no part has two scores that differ, so that parts cannot be told from people")
    mean = np.bincount(code, weights=size * means) / n
    between = np.bincount(code, weights=size * (means - mean[code]) ** 2)
    share = np.bincount(code, weights=(size / n[code]) ** 2)
    msw, df_within, df_parts = within / (total - n_parts), total - n_parts, n_parts - n_units
    omega2, of_parts = 0.0, np.zeros(n_units)
    msp = float(between.sum()) / df_parts if df_parts else 0.0
    if msp > msw:
        n0 = (total - float(n @ share)) / df_parts
        omega2 = (msp - msw) / n0
        of_parts = share / n0
    # V_k as a sum of mean squares: what the parts take of MSW they give back with MSP.
    of_people = 1.0 / n - of_parts
    variance = of_parts * msp + of_people * msw
    spent = (of_people * msw) ** 2 / df_within + ((of_parts * msp) ** 2 / df_parts if df_parts else 0.0)
    squares = between + np.bincount(code, weights=parts.squares[some])
    return PartSums(
        unit=names,
        n=read_only(n.astype(np.int64)),
        n_parts=read_only(np.bincount(code).astype(np.int64)),
        mean=read_only(mean),
        sd=read_only(np.sqrt(np.divide(squares, n - 1, out=np.full(n_units, np.nan), where=n > 1))),
        variance=read_only(variance),
        df=read_only(variance**2 / spent),
        worth=read_only((omega2 + msw) / variance),
        between_parts=omega2,
        within_parts=msw,
        n_scores=int(total),
        n_all_parts=n_parts,
    )


def nested_unit_scores(
    parts: ScoreSums | PartSums,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    ci: float = 0.95,
    intervals: bool = True,
) -> UnitScores:
    """Score units made of parts, such as providers of placements: as `unit_scores`, with the parts taken into account.

    A unit's mean over its people counts as that of n* people each drawn from a part of their own (`part_sums`); with it
    everything is as in `unit_scores`: the variance between units by restricted maximum likelihood, the reliability

        lambda_k = tau2 / (tau2 + V_k) = tau2 / (tau2 + (omega2 + sigma2) / n*_k),

    the shrunken score and its posterior. So a unit of many people in two parts is told apart from one of as many people in
    twenty. The variance between parts is taken as known. In balanced data all this is the restricted likelihood of the model
    with units and parts in it.

    Parameters
    ----------
    parts : ScoreSums or PartSums
        Count, mean and spread of the scores in each part; or what `part_sums` made of them.
    unit : array_like, shape (n_parts,)
        The unit of each part, in the order of `parts.unit`; left out where `part_sums` has been told.
    ci : float
        Of the intervals.
    intervals : bool
        Whether to compute them.

    Returns
    -------
    UnitScores
        With `n` not the number of people but n*, what they are worth; `interval` from V_k; `sigma2` the variance within
        units, omega2 + sigma2.

    Raises
    ------
    AnalysisError
        For units that are not one a part, fewer than two units with scores, and where no part has two scores that differ.

    Examples
    --------
    >>> parts = ScoreSums.from_scores([70, 85, 90, 62, 55, 50, 60, 75, 65, 44, 40, 51], [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    >>> found = nested_unit_scores(parts, ["Elm", "Elm", "Oak", "Oak"])
    >>> found.mean.round(1).tolist(), found.n.round(2).tolist()
    ([68.7, 55.8], [2.27, 2.27])
    """
    refuse(wrong_switch("intervals", intervals))
    level = check_level(ci)
    if isinstance(parts, PartSums):
        if unit is not None:
            raise AnalysisError("sums of parts already name their units: leave `unit` out")
        sums = parts
    elif unit is None:
        raise AnalysisError("parts need `unit`: the unit that each belongs to, in the same order")
    else:
        sums = part_sums(parts, unit)
    variance, df = sums.between_parts + sums.within_parts, sums.n_scores - sums.n_all_parts
    classes = SizeClasses.from_worth(sums.worth, sums.mean, variance, df)
    fit = estimate_from_classes(classes, "reml", level, intervals=intervals)
    own = sums.interval(level) if intervals else None
    return score_units(fit, sums.unit, sums.worth, sums.mean, sums.sd, own)
