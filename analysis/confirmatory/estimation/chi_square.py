r"""The chi-square of a model, as it is and adjusted to answers that are not normal or not independent of the weights.

Where a test statistic T is distributed as a weighted sum of chi-squares, its weights the eigenvalues of :math:`U\Gamma`,

* it is divided by their mean, :math:`c = \operatorname{tr}(U\Gamma) / df` (Satorra & Bentler 1994; with the trace from
  casewise slopes of the likelihood, Yuan & Bentler 2000; Asparouhov & Muthén 2005), or
* it is scaled and shifted to the mean and variance of a chi-square with df degrees of freedom (Asparouhov & Muthén 2010),

.. math:: \frac{T}{c} + df - \sqrt{\frac{df \operatorname{tr}^2(U\Gamma)}{\operatorname{tr}(U\Gamma)^2}}, \qquad
   c = \sqrt{\operatorname{tr}[(U\Gamma)^2] / df} .

References
----------
Asparouhov, T. & Muthén, B. (2005). Multivariate statistical modeling with survey data. Proceedings of the FCSM
    Research Conference.
Asparouhov, T. & Muthén, B. (2010). Simple second order chi-square correction. Mplus Technical Appendix.
Satorra, A. & Bentler, P. M. (1994). Corrections to test statistics and standard errors in covariance structure analysis.
    In von Eye & Clogg (eds), Latent Variables Analysis. Sage.
Yuan, K.-H. & Bentler, P. M. (2000). Three likelihood-based methods for mean and covariance structure analysis with
    nonnormal missing data. Sociological Methodology 30, 165-200.
"""

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A test statistic with its reference distribution.

    Attributes
    ----------
    value : float
        As adjusted.
    df : int
    scaling, shift : float
        What the unadjusted statistic was divided by, and what was then added: 1 and 0 where it was not adjusted.
    """

    value: float
    df: int
    scaling: float
    shift: float

    @property
    def p(self) -> float:
        """Probability of a larger value if the model holds; NaN without degrees of freedom."""
        return float(special.chdtrc(self.df, self.value)) if self.df else math.nan


def unadjusted(value: float, df: int) -> ChiSquare:
    """Give a statistic as it is."""
    return ChiSquare(max(value, 0.0), df, 1.0, 0.0)


def mean_adjusted(value: float, df: int, trace: float) -> ChiSquare:
    """Divide by the mean of the weights."""
    if not df:
        return ChiSquare(max(value, 0.0), df, math.nan, 0.0)
    return ChiSquare(max(value, 0.0) * df / trace, df, trace / df, 0.0)


def scaled_and_shifted(value: float, df: int, trace: float, trace_of_square: float) -> ChiSquare:
    """Adjust mean and variance."""
    if not df:
        return ChiSquare(max(value, 0.0), df, math.nan, math.nan)
    # Of df weights the squares cannot add up to less; an estimate from few clusters may.
    scaling = math.sqrt(max(trace_of_square, trace**2 / df) / df)
    shift = df - trace / scaling
    return ChiSquare(max(value, 0.0) / scaling + shift, df, scaling, shift)
