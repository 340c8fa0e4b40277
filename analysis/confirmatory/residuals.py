r"""What a model leaves of the observed moments, one by one and in summary.

With observed and fitted covariances s and :math:`\sigma` (means m and :math:`\mu`), summed over the cells on and below the
diagonal, and over means where they are part of the model, and divided by the number of summands under the root:

* RMR: :math:`s_{ij} - \sigma_{ij}` (Jöreskog & Sörbom 1981);
* SRMR: :math:`(s_{ij} - \sigma_{ij}) / \sqrt{s_{ii} s_{jj}}` (Bentler 1995), what is reported here as `srmr`;
* CRMR: :math:`s_{ij} / \sqrt{s_{ii} s_{jj}} - \sigma_{ij} / \sqrt{\sigma_{ii} \sigma_{jj}}` off the diagonal (Bollen 1989,
  p. 258);
* Mplus's SRMR: the same with the diagonal's :math:`(s_{ii} - \sigma_{ii}) / s_{ii}`.

For ordered items s are polychoric correlations, and SRMR is over these alone.

References
----------
Bentler, P. M. (1995). EQS Structural Equations Program Manual. Multivariate Software.
Bollen, K. A. (1989). Structural Equations with Latent Variables. Wiley.
Jöreskog, K. G. & Sörbom, D. (1981). LISREL V. International Educational Services.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..item_responses import FloatArray
from .estimation.solution import GroupSolution, Solution


@dataclass(frozen=True, slots=True)
class ResidualFit:
    """Indices from residuals.

    Attributes
    ----------
    srmr : float
        Bentler's: with means where they are part of the model, and of correlations alone where items are ordered.
    srmr_covariances, rmr_covariances, crmr_covariances, srmr_mplus_covariances : float
        Without means and thresholds.
    srmr_all, rmr_all, crmr_all, srmr_mplus_all : float
        With means, or thresholds, where they are part of the model.
    hoelter_05, hoelter_01 : float
        Respondents with whom a misfit of this size would be significant at 5 % and 1 % (Hoelter 1983).
    mfi : float
        McDonald's (1989) fit index.
    gfi, agfi, pgfi : float
        Goodness of fit (Jöreskog & Sörbom 1981): the share of the weighted squares of the moments that the model explains,
        averaged over groups; adjusted for degrees of freedom; and times their share. NaN with missing answers and ML.
    wrmr : float
        Weighted root mean square residual (Yu 2002); of interest for ordered items alone.
    """

    srmr: float
    srmr_covariances: float
    rmr_covariances: float
    crmr_covariances: float
    srmr_mplus_covariances: float
    srmr_all: float
    rmr_all: float
    crmr_all: float
    srmr_mplus_all: float
    hoelter_05: float
    hoelter_01: float
    mfi: float
    gfi: float
    agfi: float
    pgfi: float
    wrmr: float

    @classmethod
    def of(cls, solution: Solution) -> "ResidualFit":
        """Work them out."""
        ordered = solution.table.setting.ordered
        square = {
            kind: _averaged(solution, of_group)
            for kind, of_group in (("rmr", _plain), ("srmr", _bentler), ("crmr", _bollen), ("mplus", _mplus))
        }
        model = solution.naive.model
        n = solution.n_for_rmsea
        n_moments = model.df + solution.table.n_free
        gfi = solution.gfi
        hoelter = [_hoelter(model.value, model.df, n, tail) for tail in (0.05, 0.01)]
        return cls(
            square["srmr"][0] if ordered else square["srmr"][1],
            square["srmr"][0],
            square["rmr"][0],
            square["crmr"][0],
            square["mplus"][0],
            square["srmr"][1],
            square["rmr"][1],
            square["crmr"][1],
            square["mplus"][1],
            hoelter[0],
            hoelter[1],
            math.exp(-(model.value - model.df) / (2 * n)),
            gfi,
            1 - n_moments / model.df * (1 - gfi) if model.df else math.nan,
            model.df / n_moments * gfi,
            math.sqrt(model.value / n_moments),
        )


def _hoelter(value: float, df: int, n: int, tail: float) -> float:
    if not df:
        return math.nan
    return float(special.chdtri(df, tail)) * n / value + 1 if value > 0 else math.inf


_Summands = Callable[[GroupSolution], tuple[FloatArray, FloatArray]]


def _averaged(solution: Solution, of_group: _Summands) -> tuple[float, float]:
    """Give roots of mean squares without and with means, groups weighted by their size."""
    without = with_means = 0.0
    setting = solution.table.setting
    for group in solution.groups:
        covariances, means = of_group(group)
        if setting.ordered:
            means = group.thresholds - group.model_thresholds
        share = group.n / solution.n
        use = len(means) if setting.means or setting.ordered else 0
        total = float(covariances @ covariances)
        without += share * math.sqrt(total / len(covariances))
        both = total + float(means[:use] @ means[:use])
        with_means += share * math.sqrt(both / (len(covariances) + use))
    return without, with_means


def _plain(group: GroupSolution) -> tuple[FloatArray, FloatArray]:
    cells = np.tril_indices(len(group.mean))
    return (group.covariance - group.model_covariance)[cells], group.mean - group.model_mean


def _bentler(group: GroupSolution) -> tuple[FloatArray, FloatArray]:
    deviation = np.sqrt(np.diagonal(group.covariance))
    cells = np.tril_indices(len(group.mean))
    residual = (group.covariance - group.model_covariance) / np.outer(deviation, deviation)
    return residual[cells], (group.mean - group.model_mean) / deviation


def _correlation(covariance: FloatArray) -> FloatArray:
    deviation = np.sqrt(np.diagonal(covariance))
    found: FloatArray = covariance / np.outer(deviation, deviation)
    return found


def _bollen(group: GroupSolution) -> tuple[FloatArray, FloatArray]:
    cells = np.tril_indices(len(group.mean), -1)
    residual = _correlation(group.covariance) - _correlation(group.model_covariance)
    return residual[cells], (group.mean - group.model_mean) / np.sqrt(np.diagonal(group.covariance))


def _mplus(group: GroupSolution) -> tuple[FloatArray, FloatArray]:
    residual = _correlation(group.covariance) - _correlation(group.model_covariance)
    variances = np.diagonal(group.covariance)
    np.fill_diagonal(residual, (variances - np.diagonal(group.model_covariance)) / variances)
    observed = group.mean / np.sqrt(variances)
    fitted = group.model_mean / np.sqrt(np.diagonal(group.model_covariance))
    return residual[np.tril_indices(len(group.mean))], observed - fitted
