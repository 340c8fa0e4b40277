r"""Unit scores with case-mix taken out, from cells: what `mixed_scores` gives for units alone, at a fraction of its cost.

With m_j the mean of unit j, :math:`\bar x_j` the shares of its labels less those of all learners, and b the effects of the
labels within units, its **adjusted mean** and its **adjusted score** are

.. math:: a_j = m_j - \bar x_j' b, \qquad \mu + \lambda_j (a_j - \mu), \quad \lambda_j = \frac{r n_j}{1 + r n_j},

with mu what all learners are expected to score in an average unit. Given r the score is t distributed about that with the
variance

.. math:: \sigma^2 \left[ \frac{r}{1 + r n_j} + (e - \lambda_j x_j)' (X'V^{-1}X)^{-1} (e - \lambda_j x_j) \right],
          \quad x_j = (1, \bar x_j), \quad e = (1, 0, \dots),

and r is integrated out as in `units/posterior.py`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_level, wrong_number
from ..table import ResultTable, Table
from ..units.posterior import LEAST_FOR_FLAT, UnitPosterior, mixture_of_t, ratio_nodes
from ..units.scores import read_threshold
from .case_mix_sums import CaseMixCells, CaseMixSums


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CaseMixScores(ResultTable):
    """Scores of units as they would be if all had the case-mix of all learners together.

    Attributes
    ----------
    unit : tuple, length n_units
        In order of first appearance.
    n : int array, shape (n_units,)
        Scores of each.
    mean, adjusted_mean : float array, shape (n_units,)
        As it is, and with the difference taken out that goes with the case-mix; NaN for a unit without scores.
    adjusted : float array, shape (n_units,)
        Empirical Bayes estimate of the adjusted score; the grand mean for a unit without scores.
    interval : float array, shape (n_units, 2)
        Posterior interval of the adjusted score, with effects and variances as uncertain as they are.
    reliability : float array, shape (n_units,)
        lambda.
    grand_mean : float
        What all learners are expected to score in an average unit.
    tau2, sigma2 : float
        Variances between units of one case-mix, and within them.
    effect : tuple of (covariate, label, float)
        Points by which learners with a label differ from those with the most frequent one; labels that follow from others
        (a grade that a whole group has) are not in it.
    posterior : UnitPosterior
    level : float
        Of the interval.
    n_scores : int
    log_likelihood : float
        Restricted, constant as in lme4.
    iterations : int
    method : str
    """

    unit: tuple[Hashable, ...]
    n: IntArray
    mean: FloatArray
    adjusted_mean: FloatArray
    adjusted: FloatArray
    interval: FloatArray
    reliability: FloatArray
    grand_mean: float
    tau2: float
    sigma2: float
    effect: tuple[tuple[str, Hashable, float], ...]
    posterior: UnitPosterior
    level: float
    n_scores: int
    log_likelihood: float
    iterations: int
    method: str

    def probability_below(self, threshold: ArrayLike) -> FloatArray:
        """Posterior probability that each unit's adjusted true score lies below a threshold, shape (n_units,).

        Parameters
        ----------
        threshold : float or array_like, shape (n_units,)
            One for all units, or one each, in the score's unit.
        """
        return self.posterior.below(read_threshold(threshold, len(self.unit)))

    def probability_in_lowest(self, share: float) -> FloatArray:
        """Posterior probability that each unit's adjusted true score is in the lowest share of all units' true scores."""
        return self.posterior.in_lowest(share)

    def table(self) -> Table:
        """Give one row a unit."""
        level = f"{100 * self.level:g} %"
        columns = ("unit", "n", "mean", "adjusted mean", "adjusted", f"{level} low", "high", "reliability")
        rows = tuple(
            (
                str(self.unit[i]),
                int(self.n[i]),
                float(self.mean[i]),
                float(self.adjusted_mean[i]),
                float(self.adjusted[i]),
                float(self.interval[i, 0]),
                float(self.interval[i, 1]),
                float(self.reliability[i]),
            )
            for i in range(len(self.unit))
        )
        fit = f"grand mean {self.grand_mean:.3f}, variance between units {self.tau2:.4g}, within {self.sigma2:.4g}"
        return Table("Unit scores, adjusted for case-mix", columns, rows, (fit,), decimals=2)


def case_mix_scores(
    cells: CaseMixCells, n: ArrayLike, total: ArrayLike, sum_of_squares: float, *, ci: float = 0.95
) -> CaseMixScores:
    """Score units with their case-mix taken out, from counts and sums of cells of unit by labels.

    It is the model of `mixed_scores` with units alone and labels for covariates, on its sufficient statistics: forty thousand
    people in two thousand units cost some hundredths of a second. Labels that others add up to are left out there instead of
    refused: the adjusted scores are the same whichever is.

    Parameters
    ----------
    cells : CaseMixCells
        Unit and labels of each cell.
    n, total : array_like, shape (n_cells,)
        Scores of each cell, and their sum.
    sum_of_squares : float
        Of all scores.
    ci : float
        Of the interval.

    Returns
    -------
    CaseMixScores

    Raises
    ------
    AnalysisError
        For shapes that differ, units of one score each, and scores that do not vary or that the labels explain.

    Notes
    -----
    Anchor: lme4 in R. Without covariates it is `unit_scores`.

    References
    ----------
    Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes are unequal. Biometrika
        58, 545-554.
    Robinson, G. K. (1991). That BLUP is a good thing. Statistical Science 6, 15-32.

    Examples
    --------
    Elm has the doctors, who score lower everywhere:

    >>> cells = CaseMixCells.of(
    ...     ["Elm", "Elm", "Oak", "Oak", "Ash", "Ash"],
    ...     {"group": ["doctor", "nurse", "doctor", "nurse", "doctor", "nurse"]},
    ... )
    >>> n, total = [8, 2, 2, 8, 5, 5], [480, 160, 120, 620, 290, 400]
    >>> found = case_mix_scores(cells, n, total, 147_000.0)
    >>> found.mean.round(1).tolist(), found.adjusted_mean.round(1).tolist()
    ([64.0, 74.0, 69.0], [69.8, 68.2, 69.0])
    """
    refuse([*_strange(cells), *wrong_level(ci), *wrong_number("sum_of_squares", sum_of_squares, least=0)])
    sums = CaseMixSums.of(cells, n, total, float(sum_of_squares))
    p, size = sums.n_fixed, sums.n
    n_units = int((size > 0).sum())
    flat = n_units >= LEAST_FOR_FLAT
    df = float(sums.n_scores - p - (2 if flat else 0))
    if df < 1:
        raise AnalysisError(f"{sums.n_scores} scores cannot carry {p} fixed effects and two variances")
    if sums.at(np.zeros(1)).variance[0] * (sums.n_scores - p) <= 1e-12 * sums.products[-1, -1]:
        raise AnalysisError("the labels explain every score: there is no variance to take apart")
    best, iterations = sums.best_ratio()
    at = sums.at(np.array([best]))
    beta, sigma2 = at.beta[0], float(at.variance[0])
    of_x, of_y = sums.sums[:, :p], sums.sums[:, p]
    gain = best / (1.0 + best * size)
    grand_mean = sums.centre + float(beta[0])
    here = size > 0
    nothing = np.full(size.shape, np.nan)
    mean = np.divide(of_y, size, out=nothing.copy(), where=here) + sums.centre
    shift = np.divide(of_x[:, 1:] @ beta[1:], size, out=nothing, where=here)
    posterior = _posterior(sums, df, flat=flat)
    tail = 0.5 - 0.5 * float(ci)
    return CaseMixScores(
        unit=cells.unit,
        n=read_only(np.rint(size).astype(np.int64)),
        mean=read_only(mean),
        adjusted_mean=read_only(mean - shift),
        adjusted=read_only(grand_mean + gain * (of_y - of_x @ beta)),
        interval=read_only(np.column_stack([posterior.quantile(tail), posterior.quantile(1.0 - tail)])),
        reliability=read_only(gain * size),
        grand_mean=grand_mean,
        tau2=best * sigma2,
        sigma2=sigma2,
        effect=tuple((name, label, float(value)) for (name, label), value in zip(sums.column, beta[1:], strict=True)),
        posterior=posterior,
        level=float(ci),
        n_scores=sums.n_scores,
        log_likelihood=float(at.likelihood[0]),
        iterations=iterations,
        method="restricted maximum likelihood",
    )


def _strange(cells: Any) -> list[str]:
    return [] if isinstance(cells, CaseMixCells) else [f"cells are made by CaseMixCells.of, not {cells!r}"]


def _posterior(sums: CaseMixSums, df: float, *, flat: bool) -> UnitPosterior:
    p = sums.n_fixed
    ratio, weight = ratio_nodes(sums, flat=flat)
    at = sums.at(ratio)
    # Q / df in the place of Q / (N - p).
    variance = at.variance * (sums.n_scores - p) / df
    gain = ratio / (1.0 + ratio * sums.n[:, None])
    of_x, of_y = sums.sums[:, :p], sums.sums[:, p]
    centre = sums.centre + at.beta[:, 0]
    location = centre + gain * (of_y[:, None] - of_x @ at.beta.T)
    fixed = np.empty(gain.shape)
    for node, inverse in enumerate(at.inverse):
        rest = -gain[:, node, None] * of_x
        rest[:, 0] += 1.0
        fixed[:, node] = np.einsum("jp,jp->j", rest @ inverse, rest)
    scale = np.sqrt(variance * (gain + fixed))
    return mixture_of_t(location, scale, weight, centre, np.sqrt(variance * ratio), df)
