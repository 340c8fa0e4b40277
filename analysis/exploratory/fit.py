r"""How well m common factors reproduce a correlation matrix.

For the reproduced matrix :math:`\Sigma = \Lambda \Phi \Lambda' + \Psi` and p items, n respondents, m factors, the
discrepancy of maximum likelihood is

.. math:: F = \operatorname{tr}(R \Sigma^{-1}) - \log |R \Sigma^{-1}| - p,

and :math:`\chi^2 = n_m F` with :math:`n_m = n - 1 - (2p + 5)/6 - 2m/3` and :math:`((p - m)^2 - p - m)/2` degrees of freedom
(Bartlett 1950); without factors, :math:`n_0 F_0` with :math:`p(p - 1)/2`. RMSEA, with its interval (Browne & Cudeck
1992), is :math:`\sqrt{\max(\chi^2 - df, 0) / (df (n - 1))}`; BIC is :math:`\chi^2 - df \log n`. TLI (Tucker & Lewis 1973)
and CFI (Bentler 1990) take :math:`n_m` for both models:

.. math:: TLI = \frac{F_0 / df_0 - F / df}{F_0 / df_0 - 1 / n_m}, \qquad
   CFI = 1 - \frac{\max(n_m F - df, 0)}{\max(n_m F_0 - df_0, n_m F - df, 0)}.

The root mean square residual is over pairs of items.

References
----------
Bartlett, M. S. (1950). Tests of significance in factor analysis. British Journal of Statistical Psychology 3, 77-85.
Bentler, P. M. (1990). Comparative fit indexes in structural models. Psychological Bulletin 107, 238-246.
Browne, M. W. & Cudeck, R. (1992). Alternative ways of assessing model fit. Sociological Methods & Research 21, 230-258.
Tucker, L. R. & Lewis, C. (1973). A reliability coefficient for maximum likelihood factor analysis. Psychometrika 38, 1-10.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, chndtr, chndtrinc

from ..interval import Interval
from ..item_responses import FloatArray
from ..not_estimated import NotEstimated
from ..p_value import p_in_words
from ..table import ResultTable, Table

RMSEA_LEVEL = 0.90
"""The level that papers print."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactorFit(ResultTable):
    """Fit of an exploratory solution, from normal theory.

    Attributes
    ----------
    chi_square : float
        With Bartlett's correction.
    df : int
    p : float
    rmsea : float
    rmsea_interval : Interval
        90 %.
    tli, cfi : float
        TLI may lie above one. Both are NaN where the items do not correlate more than chance would have it.
    bic : float
        Against the saturated model: the lower, the better.
    discrepancy : float
        F of maximum likelihood at these loadings.
    null_chi_square : float
        Of no factors at all.
    null_df : int
    empirical_chi_square : float
        n times the sum of squared residuals, each pair twice.
    corrected_rmsr : float
        Root of the sum of squared residuals by degrees of freedom.
    n : int
    """

    chi_square: float
    df: int
    p: float
    rmsea: float
    rmsea_interval: Interval
    tli: float
    cfi: float
    bic: float
    discrepancy: float
    null_chi_square: float
    null_df: int
    empirical_chi_square: float
    corrected_rmsr: float
    n: int

    def table(self) -> Table:
        """Give one row a statistic."""
        rows = (
            (f"chi-square ({self.df} df)", self.chi_square),
            ("p", self.p),
            (f"RMSEA, {self.rmsea_interval}", self.rmsea),
            ("TLI", self.tli),
            ("CFI", self.cfi),
            ("BIC", self.bic),
            ("RMSR corrected for df", self.corrected_rmsr),
            (f"chi-square without factors ({self.null_df} df)", self.null_chi_square),
        )
        return Table(f"Fit, n = {self.n}", ("statistic", "value"), rows)

    def sentence(self) -> str:
        """Give the fit in one line."""
        return (
            f"chi-square {self.chi_square:.1f} with {self.df} df, {p_in_words(self.p)}; RMSEA {self.rmsea:.3f}, "
            f"{self.rmsea_interval}; TLI {self.tli:.3f}; CFI {self.cfi:.3f}; BIC {self.bic:.1f}"
        )


def degrees_of_freedom(n_items: int, n_factors: int) -> int:
    """Give correlations less free loadings; negative where loadings are not determined."""
    return ((n_items - n_factors) ** 2 - n_items - n_factors) // 2


def residual_root_mean_square(residuals: FloatArray) -> float:
    """Give the root mean square of the residuals off the diagonal."""
    p = len(residuals)
    return math.sqrt(float((residuals[np.triu_indices(p, 1)] ** 2).mean()))


def factor_fit(matrix: FloatArray, reproduced: FloatArray, n_factors: int, n: int) -> FactorFit | NotEstimated:
    """Compare a correlation matrix with the reproduced one, both with a unit diagonal."""
    p = len(matrix)
    df = degrees_of_freedom(p, n_factors)
    factor = n - 1 - (2 * p + 5) / 6 - 2 * n_factors / 3
    if df < 0:
        return NotEstimated(f"{n_factors} factors of {p} items have {-df} more parameters than there are correlations")
    if df == 0:
        return NotEstimated(f"{n_factors} factors of {p} items leave no degrees of freedom to test")
    if factor <= 0:
        return NotEstimated(f"{n} respondents are too few for {p} items and {n_factors} factors")
    if not _positive_definite(matrix):
        return NotEstimated("the correlations are not positive definite")
    if not _positive_definite(reproduced):
        return NotEstimated("the reproduced correlations are not positive definite")
    discrepancy = max(0.0, float(np.trace(np.linalg.solve(reproduced, matrix))) - p + _log_det(reproduced, matrix))
    null_discrepancy = -float(np.linalg.slogdet(matrix)[1])
    chi_square, null, null_df = factor * discrepancy, factor * null_discrepancy, p * (p - 1) // 2
    squares = 2 * float(((matrix - reproduced)[np.triu_indices(p, 1)] ** 2).sum())
    excess, null_excess = max(chi_square - df, 0.0), max(null - null_df, chi_square - df, 0.0)
    return FactorFit(
        chi_square=chi_square,
        df=df,
        p=float(chdtrc(df, chi_square)),
        rmsea=math.sqrt(excess / (df * (n - 1))),
        rmsea_interval=rmsea_interval(chi_square, df, n, RMSEA_LEVEL),
        tli=(null / null_df - chi_square / df) / (null / null_df - 1) if null > null_df else math.nan,
        cfi=1 - excess / null_excess if null_excess > 0 else math.nan,
        bic=chi_square - df * math.log(n),
        discrepancy=discrepancy,
        null_chi_square=(n - 1 - (2 * p + 5) / 6) * null_discrepancy,
        null_df=null_df,
        empirical_chi_square=n * squares,
        corrected_rmsr=math.sqrt(squares / (2 * df)),
        n=n,
    )


def rmsea_interval(chi_square: float, df: int, n: int, level: float) -> Interval:
    """Give the RMSEAs at which so small, and so large, a chi-square would just be a surprise."""
    tail = (1 - level) / 2
    ends = [
        math.sqrt(max(float(chndtrinc(chi_square, df, share)), 0.0) / (df * (n - 1)))
        if float(chndtr(chi_square, df, 0.0)) > share
        else 0.0
        for share in (1 - tail, tail)
    ]
    return Interval(ends[0], ends[1], level)


def _positive_definite(matrix: FloatArray) -> bool:
    return bool(np.linalg.eigvalsh(matrix)[0] > 1e-12)


def _log_det(reproduced: FloatArray, matrix: FloatArray) -> float:
    """Give log |reproduced| - log |matrix|."""
    return float(np.linalg.slogdet(reproduced)[1] - np.linalg.slogdet(matrix)[1])
