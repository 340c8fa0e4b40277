r"""One item in several groups: three models of its answers, and what each adds to the one before.

With the matching score s and groups g, :math:`P(Y \ge c) = \sigma(\eta)` where :math:`\eta` is

.. math:: d_c + \beta s, \quad d_c + \beta s + \delta_g, \quad d_c + \beta s + \delta_g + \gamma_g s.

Twice the gain in log-likelihood from the first to the second tests uniform, from the second to the third non-uniform
differences, each on G - 1 degrees of freedom, from the first to the third both (Swaminathan & Rogers 1990; ordinal, Zumbo
1999). McFadden's R squared is :math:`1 - \ell / \ell_0` with :math:`\ell_0` without any predictor, Nagelkerke's
:math:`(1 - e^{2 (\ell_0 - \ell) / n}) / (1 - e^{2 \ell_0 / n})`.

References
----------
McFadden, D. (1974). Conditional logit analysis of qualitative choice behavior. In Zarembka (ed.), Frontiers in Econometrics.
    Academic Press.
Nagelkerke, N. J. D. (1991). A note on a general definition of the coefficient of determination. Biometrika 78, 691-692.
Swaminathan, H. & Rogers, H. J. (1990). Detecting differential item functioning using logistic regression procedures.
    Journal of Educational Measurement 27, 361-370.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from .proportional_odds import ProportionalOdds, fit_proportional_odds, log_likelihood_of_shares


@dataclass(frozen=True, slots=True, eq=False)
class ItemTests:
    """Three models of one item.

    Attributes
    ----------
    n : int
        People who answered it and can be matched.
    df : int
        Groups among them but one.
    log_likelihoods : ndarray, shape (4,)
        Without predictors, with the score, with groups, with both and their product.
    effects : ndarray, shape (n_groups,)
        Log odds of a higher answer at one score, against the reference group, from the second model.
    effect_errors : ndarray, shape (n_groups,)
    options : ndarray, shape (k,)
        Answers that were given.
    cuts : ndarray, shape (k - 1,)
        Intercepts of the third model.
    level, slope : ndarray, shape (n_groups,)
        Of each group's eta in the third model, on the score as it is.
    score_range : (float, float)
        The lowest and the highest score.
    converged : bool
        Of all three models.
    """

    n: int
    df: int
    log_likelihoods: FloatArray
    effects: FloatArray
    effect_errors: FloatArray
    options: FloatArray
    cuts: FloatArray
    level: FloatArray
    slope: FloatArray
    score_range: tuple[float, float]
    converged: bool

    def expected_answer(self, group: int, score: FloatArray) -> FloatArray:
        """Give the expected answer of a group at some scores."""
        eta = self.level[group] + self.slope[group] * score
        reach = 1.0 / (1.0 + np.exp(-(self.cuts + eta[:, None])))
        return np.asarray(self.options[0] + reach @ np.diff(self.options))

    def mcfadden(self) -> FloatArray:
        """Give McFadden's R squared of the three models."""
        return np.asarray(1.0 - self.log_likelihoods[1:] / self.log_likelihoods[0])

    def nagelkerke(self) -> FloatArray:
        """Give Nagelkerke's R squared of the three models."""
        none = self.log_likelihoods[0]
        return np.asarray(np.expm1(2 / self.n * (none - self.log_likelihoods[1:])) / np.expm1(2 / self.n * none))


def item_tests(
    name: str, answers: FloatArray, score: FloatArray, group: NDArray[np.intp], n_groups: int, reference: int
) -> ItemTests:
    """Fit the three models to those who answered and can be matched."""
    kept = ~np.isnan(answers) & ~np.isnan(score)
    options, answer = np.unique(answers[kept], return_inverse=True)
    if options.size < 2:
        raise AnalysisError(f"those who can be matched all answered item {name} alike")
    # One row a score and group, as long as scores repeat.
    levels, place = np.unique(score[kept], return_inverse=True)
    cell = place * n_groups + group[kept]
    cells, row = np.unique(cell, return_inverse=True)
    counts = np.bincount(row * options.size + answer, minlength=cells.size * options.size).astype(np.float64)
    counts = counts.reshape(cells.size, options.size)
    n = int(counts.sum())
    weight = counts.sum(axis=1)
    raw, member = levels[cells // n_groups], cells % n_groups
    centre = float(weight @ raw) / n
    spread = float(np.sqrt(weight @ (raw - centre) ** 2 / n)) or 1.0
    z = ((raw - centre) / spread)[:, None]
    present = np.unique(member).tolist()
    base = reference if reference in present else present[0]  # where the reference gave no answer, others still differ
    others = [place for place in present if place != base]
    indicator = (member[:, None] == others).astype(np.float64)
    fits: list[ProportionalOdds] = [
        fit_proportional_odds(counts, predictors)
        for predictors in (z, np.hstack([z, indicator]), np.hstack([z, indicator, indicator * z]))
    ]
    uniform, both = fits[1], fits[2]
    n_others = len(others)
    covariance = np.linalg.pinv(uniform.information)
    effects, errors = np.zeros(n_groups), np.zeros(n_groups)
    absent = np.setdiff1d(np.arange(n_groups), present)
    effects[others] = uniform.coefficients[1:]
    errors[others] = np.sqrt(np.diagonal(covariance)[uniform.intercepts.size + 1 :])
    unknown = absent if base == reference else np.arange(n_groups)
    effects[unknown] = errors[unknown] = np.nan
    level, slope = np.zeros(n_groups), np.full(n_groups, both.coefficients[0])
    level[others] = both.coefficients[1 : 1 + n_others]
    slope[others] += both.coefficients[1 + n_others :]
    level[absent] = slope[absent] = np.nan
    return ItemTests(
        n=n,
        df=n_others,
        log_likelihoods=read_only(
            np.array([log_likelihood_of_shares(counts.sum(axis=0)), *(fit.log_likelihood for fit in fits)])
        ),
        effects=read_only(effects),
        effect_errors=read_only(errors),
        options=read_only(options),
        cuts=read_only(both.intercepts.copy()),
        level=read_only(level - slope * centre / spread),
        slope=read_only(slope / spread),
        score_range=(float(levels[0]), float(levels[-1])),
        converged=all(fit.converged for fit in fits),
    )
