r"""What each respondent's answers say of the factors.

*Regression* scores of normal answers are the factors' expected values given the answers (Thurstone 1935), from those that
were given where some are missing; *Bartlett* scores (1937) those that make the answers likeliest. With loadings
:math:`\Lambda`, residuals :math:`\Theta`, and :math:`\Phi` the covariances of factors,

.. math:: \hat\eta = \alpha + \Phi \Lambda' \Sigma^{-1} (y - \mu), \qquad
   \hat\eta_B = (\Lambda' \Theta^{-1} \Lambda)^{-1} \Lambda' \Theta^{-1} (y - \nu),

with the error covariances :math:`\Phi - \Phi \Lambda' \Sigma^{-1} \Lambda \Phi` and :math:`(\Lambda' \Theta^{-1}
\Lambda)^{-1}`.

Of ordered answers the scores are where the density of the factors given the answers is highest,

.. math:: \max_\eta \sum_j \log\left[\Phi\left(\tfrac{\tau_{j a_j} - \lambda_j' \eta}{\sqrt{\theta_{jj}}}\right) -
   \Phi\left(\tfrac{\tau_{j, a_j - 1} - \lambda_j' \eta}{\sqrt{\theta_{jj}}}\right)\right]
   - \tfrac12 (\eta - \alpha)' \Phi^{-1} (\eta - \alpha),

residuals being taken as independent (Muthén 1984; Skrondal & Rabe-Hesketh 2004, sec. 7.4), and the errors from its
curvature there. Factors above others follow from these by regression.

References
----------
Bartlett, M. S. (1937). The statistical conception of mental factors. British Journal of Psychology 28, 97-104.
Skrondal, A. & Rabe-Hesketh, S. (2004). Generalized Latent Variable Modeling. Chapman & Hall.
Thurstone, L. L. (1935). The Vectors of Mind. University of Chicago Press.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..table import ResultTable, Table
from .estimation.solution import GroupSolution, Solution
from .normal.response_patterns import sorted_by_pattern

ScoreMethod = Literal["regression", "Bartlett"]

_CHUNK_ROWS = 16_384
_MOST_STEPS = 60
_ARRIVED = 1e-9
_FAR = 40.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactorScores(ResultTable):
    """Scores of respondents, in the factors' own units.

    Attributes
    ----------
    factors : tuple of str
    scores : ndarray, shape (n_rows, n_factors)
        One row a row that was given; NaN without answers.
    standard_errors : ndarray, shape (n_rows, n_factors)
    reliability : ndarray, shape (n_factors,)
        Share of the factor's variance that the scores hold on average: one less the mean squared error over the variance.
        Of ordered answers a few hundredths too much where most are at one end of the scale: there the density of the factors
        is skewed, and wider than its curvature at the mode says.
    method : str
    n : int
        Rows with scores.
    """

    factors: tuple[str, ...]
    scores: FloatArray
    standard_errors: FloatArray
    reliability: FloatArray
    method: str
    n: int

    def table(self) -> Table:
        """Give one row a factor; the scores themselves are in `scores`."""
        numbers = np.column_stack(
            [
                np.nanmean(self.scores, axis=0),
                np.nanstd(self.scores, axis=0),
                np.nanmean(self.standard_errors, axis=0),
                self.reliability,
            ]
        )
        rows = tuple((name, *row) for name, row in zip(self.factors, numbers.tolist(), strict=True))
        return Table(
            f"Factor scores of {self.n} respondents, {self.method}",
            ("factor", "mean", "SD", "mean SE", "reliability"),
            rows,
        )


def factor_scores(
    solution: Solution, answers: NDArray[np.int8] | FloatArray, group: NDArray[np.int64], method: ScoreMethod
) -> FactorScores:
    """Score every row.

    Raises
    ------
    AnalysisError
        For a method that does not exist, or that the model does not allow.
    """
    ordered = solution.table.setting.ordered
    if method not in ("regression", "Bartlett"):
        raise AnalysisError(f'method is "regression" or "Bartlett", not {method!r}')
    if method == "Bartlett" and ordered:
        raise AnalysisError("Bartlett scores are for answers taken as numbers: these are ordered")
    if method == "Bartlett" and solution.table.model.lower_factors:
        raise AnalysisError("Bartlett scores are not defined for factors that are measured by factors")
    factors = solution.table.model.factors
    scores = np.full((len(answers), len(factors)), np.nan)
    errors = np.full_like(scores, np.nan)
    shares = np.zeros(len(factors))
    n = 0
    for place, own in enumerate(solution.groups):
        rows = np.flatnonzero(group == place)
        if ordered:
            scores[rows], errors[rows] = _OrderedScores(own).of(answers[rows].astype(np.int8, copy=False))
        else:
            scores[rows], errors[rows] = _NormalScores(own, method).of(answers[rows].astype(np.float64, copy=False))
        known = ~np.isnan(errors[rows, 0])
        n += int(known.sum())
        variances = np.diagonal(own.factor_covariances)
        shares += (1 - errors[rows][known] ** 2 / variances).sum(axis=0)
    name = "posterior mode" if ordered else method
    return FactorScores(factors, read_only(scores), read_only(errors), read_only(shares / n), name, n)


class _NormalScores:
    """Scores of one group whose answers are numbers."""

    def __init__(self, group: GroupSolution, method: str) -> None:
        n_items = group.structure.n_items
        self.covariance, self.mean = group.model_covariance, group.model_mean
        self.means = group.implied.total[:-1, -1]
        self.factors = group.factor_covariances
        self.loadings = group.matrices.loadings[:n_items, :-1]
        self.residuals = group.matrices.residuals[:n_items, :n_items]
        self.method = method

    def of(self, answers: FloatArray) -> tuple[FloatArray, FloatArray]:
        scores = np.full((len(answers), len(self.factors)), np.nan)
        errors = np.full_like(scores, np.nan)
        order, starts = sorted_by_pattern(np.isnan(answers))
        for first, last in pairwise(starts.tolist()):
            rows = order[first:last]
            given = ~np.isnan(answers[rows[0]])
            weights, spread = self._weights(given)
            scores[rows] = (answers[rows][:, given] - self.mean[given]) @ weights + self.means
            errors[rows] = np.sqrt(np.maximum(np.diagonal(spread), 0.0))
        return scores, errors

    def _weights(self, given: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
        loadings = self.loadings[given]
        if self.method == "Bartlett":
            weighted = np.linalg.solve(self.residuals[np.ix_(given, given)], loadings)
            information = loadings.T @ weighted
            if np.linalg.matrix_rank(information) < len(information):
                return np.full((int(given.sum()), len(information)), np.nan), np.full_like(information, np.nan)
            inverse = np.linalg.inv(information).astype(np.float64)
            return np.asarray(weighted @ inverse, dtype=np.float64), inverse
        both = loadings @ self.factors
        weights: FloatArray = np.linalg.solve(self.covariance[np.ix_(given, given)], both).astype(np.float64)
        return weights, self.factors - both.T @ weights


class _OrderedScores:
    """Scores of one group whose answers are ordered."""

    def __init__(self, group: GroupSolution) -> None:
        n_items = group.structure.n_items
        loadings = group.matrices.loadings[:n_items, :-1]
        self.direct = np.flatnonzero(loadings.any(axis=0))
        self.means = group.implied.total[:-1, -1]
        self.all_factors = group.factor_covariances
        self.factors = self.all_factors[np.ix_(self.direct, self.direct)]
        variances = 1 / group.scales**2
        residuals = np.diagonal(group.matrices.residuals)[:n_items]
        if not residuals.all():
            residuals = variances - np.diagonal(group.implied.covariance)[:n_items]
        if (residuals <= 0).any():
            raise AnalysisError(
                "an item has no residual variance of its own (a Heywood case), so that no scores follow"
            )
        if np.linalg.eigvalsh(self.all_factors)[0] <= 0:
            raise AnalysisError("the factor covariances are not positive definite, so that no scores follow")
        self.slopes = loadings[:, self.direct] / np.sqrt(residuals)[:, None]
        of_item = group.structure.item_of_threshold
        cuts = (group.matrices.thresholds - group.matrices.loadings[of_item, -1]) / np.sqrt(residuals)[of_item]
        self.bounds = _bounds(cuts, of_item, n_items)

    def of(self, answers: NDArray[np.int8]) -> tuple[FloatArray, FloatArray]:
        parts = [self._chunk(answers[start : start + _CHUNK_ROWS]) for start in range(0, len(answers), _CHUNK_ROWS)]
        return np.concatenate([scores for scores, _ in parts]), np.concatenate([errors for _, errors in parts])

    def _chunk(self, answers: NDArray[np.int8]) -> tuple[FloatArray, FloatArray]:
        items = np.arange(answers.shape[1])
        low, high = self.bounds[items, answers], self.bounds[items, answers + 1]
        given = answers > 0
        precision = np.linalg.inv(self.factors)
        mean = self.means[self.direct]
        eta = np.tile(mean, (len(answers), 1))
        before = np.full(len(answers), -np.inf)
        step = np.zeros_like(eta)
        for _ in range(_MOST_STEPS):
            value, slope, curvature = self._density(eta, low, high, given)
            value -= 0.5 * np.einsum("nk,kl,nl->n", eta - mean, precision, eta - mean)
            # The density is log-concave: a step that overshoots is halved until it does not.
            worse = value < before - 1e-12
            eta = np.where(worse[:, None], eta - step / 2, eta)
            step = np.where(worse[:, None], step / 2, step)
            if worse.any():
                continue
            before = value
            gradient = slope - (eta - mean) @ precision
            information = curvature + precision
            step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0].astype(np.float64)
            eta = eta + step
            if np.abs(step).max(initial=0.0) < _ARRIVED:
                break
        _, _, curvature = self._density(eta, low, high, given)
        spread = np.linalg.inv(curvature + precision)
        above = np.linalg.solve(self.factors, self.all_factors[self.direct]).T
        scores = self.means + (eta - mean) @ above.T
        left = np.diagonal(self.all_factors) - np.einsum("fd,de,fe->f", above, self.factors, above)
        variance = np.einsum("fd,nde,fe->nf", above, spread, above) + np.maximum(left, 0.0)
        nothing = ~given.any(axis=1)
        scores[nothing] = variance[nothing] = np.nan
        return scores, np.sqrt(variance)

    def _density(
        self, eta: FloatArray, low: FloatArray, high: FloatArray, given: NDArray[np.bool_]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give the log-likelihood of each row, its slope, and minus its curvature."""
        place = eta @ self.slopes.T
        a, b = np.clip(low - place, -_FAR, _FAR), np.clip(high - place, -_FAR, _FAR)
        # In the tail nearer to the interval, so that nothing cancels.
        turned = a > 0
        lower, upper = np.where(turned, -b, a), np.where(turned, -a, b)
        chance = np.maximum(special.ndtr(upper) - special.ndtr(lower), 1e-300)
        density_a, density_b = _density(a), _density(b)
        score = (density_a - density_b) / chance
        bend = score**2 + (density_b * b - density_a * a) / chance
        score, bend = np.where(given, score, 0.0), np.where(given, bend, 0.0)
        value = np.where(given, np.log(chance), 0.0).sum(axis=1)
        products = (self.slopes[:, :, None] * self.slopes[:, None, :]).reshape(len(self.slopes), -1)
        curvature = (bend @ products).reshape(len(eta), self.slopes.shape[1], -1)
        return value, score @ self.slopes, curvature


def _density(x: FloatArray) -> FloatArray:
    found: FloatArray = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return found


def _bounds(cuts: FloatArray, of_item: NDArray[np.int64], n_items: int) -> FloatArray:
    """Give the bounds between categories used, minus infinity before the first and infinity after the last."""
    most = int(np.bincount(of_item, minlength=n_items).max())
    bounds = np.full((n_items, most + 3), _FAR)
    bounds[:, :2] = -_FAR
    for item in range(n_items):
        own = cuts[of_item == item]
        bounds[item, 2 : 2 + len(own)] = own
    return bounds
