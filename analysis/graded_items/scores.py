r"""Where each respondent stands on the trait: expected a posteriori scores and how sure they are.

The score is the mean of the posterior, its standard error the posterior's standard deviation (Bock & Mislevy 1982).
Reliability comes in two forms: the empirical one, from these people's scores, and the marginal one, from the items alone
and a standard normal trait (Green et al. 1984), I the information of the test:

.. math:: \rho_{empirical} = \frac{s^2(\hat\theta)}{s^2(\hat\theta) + \overline{sd^2}}, \quad
    \rho_{marginal} = 1 - \int \frac{\phi(\theta)}{1 + I(\theta)} \, d\theta.

References
----------
Bock, R. D. & Mislevy, R. J. (1982). Adaptive EAP estimation of ability in a microcomputer environment. Applied
    Psychological Measurement 6, 431-444.
Green, B. F., Bock, R. D., Humphreys, L. G., Linn, R. L. & Reckase, M. D. (1984). Technical guidelines for assessing
    computerized adaptive tests. Journal of Educational Measurement 21, 347-360.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..counted import counted
from ..item_responses import FloatArray, IntArray, ItemResponses, read_only
from ..one_thread import one_thread
from ..table import Cell, ResultTable, Table
from .calibration import Calibration
from .likelihood import MarginalLikelihood

_QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TraitScores(ResultTable):
    """Scores of respondents on the trait, in the order of the rows given.

    Attributes
    ----------
    score : float array, shape (n_rows,)
        Posterior mean, in standard deviations of the trait where the items were fitted; NaN without an answer.
    sd : float array, shape (n_rows,)
        Posterior standard deviation: the score's standard error.
    n_answered : int array, shape (n_rows,)
        Items that each answered.
    empirical_reliability : float
        NaN with fewer than two respondents.
    marginal_reliability : float
        Of the whole test, for a standard normal trait.
    n : int
        Respondents with an answer.
    method : str
    """

    score: FloatArray
    sd: FloatArray
    n_answered: IntArray
    empirical_reliability: float
    marginal_reliability: float
    n: int
    method: str

    def table(self) -> Table:
        """Give the spread of scores and of their standard errors."""
        known = ~np.isnan(self.score)
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (name, *(float(value) for value in np.quantile(part[known], _QUANTILES)))
            for name, part in (("score", self.score), ("standard error", self.sd))
        )
        notes = (
            f"reliability {self.empirical_reliability:.3f} (empirical), {self.marginal_reliability:.3f} (marginal)",
            f"n = {self.n} respondents"
            + (f", {counted(len(self.score) - self.n, 'row')} without any answer" * (not known.all())),
        )
        return Table("Scores on the trait", ("", "lowest", "25 %", "median", "75 %", "highest"), rows, notes)


def trait_scores(calibration: Calibration, answers: ItemResponses) -> TraitScores:
    """Score people whose answers have been read."""
    likelihood = calibration.likelihood(answers)
    patterns = likelihood.patterns
    with one_thread():
        mean, sd = posterior_moments(likelihood, calibration.parameters)
    there = patterns.of_row >= 0
    score, error = np.full(there.size, math.nan), np.full(there.size, math.nan)
    score[there], error[there] = mean[patterns.of_row[there]], sd[patterns.of_row[there]]
    n = int(there.sum())
    between = float(score[there].var(ddof=1)) if n > 1 else math.nan
    return TraitScores(
        score=read_only(score),
        sd=read_only(error),
        n_answered=read_only((~np.isnan(answers.values)).sum(axis=1).astype(np.int64)),
        empirical_reliability=between / (between + float((error[there] ** 2).mean())),
        marginal_reliability=marginal_reliability(calibration),
        n=n,
        method=f"expected a posteriori, {calibration.quadrature.theta.size} nodes",
    )


def posterior_moments(likelihood: MarginalLikelihood, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the posterior mean and standard deviation of each pattern."""
    theta = likelihood.quadrature.theta
    mean, variance = np.empty(len(likelihood.patterns.option)), np.empty(len(likelihood.patterns.option))
    for place, _, posterior, _ in likelihood.posteriors(parameters):
        mean[place] = posterior @ theta
        variance[place] = posterior @ theta**2 - mean[place] ** 2
    return mean, np.sqrt(np.maximum(variance, 0.0))


def marginal_reliability(calibration: Calibration) -> float:
    """Give the reliability that the items promise for a standard normal trait."""
    curves = calibration.items.at(calibration.parameters, calibration.quadrature.theta)
    information = curves.information(calibration.discrimination).sum(axis=0)
    return 1.0 - float(calibration.quadrature.weight @ (1.0 / (1.0 + information)))
