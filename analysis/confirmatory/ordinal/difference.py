r"""Testing one model of thresholds and correlations against a wider one that it is a case of.

The difference of the two unadjusted statistics is a weighted sum of chi-squares as each of them is (Satorra 2000). With
:math:`\Delta_1` the slopes of the moments in the wider model, :math:`\Delta_0` those in the narrower one, and

.. math:: P = \Delta_1' W \Delta_1, \qquad K = (\Delta_1' \Delta_1)^{-1} \Delta_1' \Delta_0, \qquad
   C = P^{-1} - K (K' P K)^{-1} K',

its weights are the eigenvalues of :math:`W \Delta_1 C \Delta_1' W \Gamma`. K are the directions of the wider model that the
narrower one leaves; C is :math:`P^{-1} A' (A P^{-1} A')^{-1} A P^{-1}` with the restrictions A that do the rest. Each matrix of
slopes is taken where its own model fits best (lavaan's ``A.method = "delta"``). The difference is scaled and shifted to
the mean and variance of a chi-square (Asparouhov & Muthén 2010).

References
----------
Asparouhov, T. & Muthén, B. (2010). Simple second order chi-square correction. Mplus Technical Appendix.
Satorra, A. (2000). Scaled and adjusted restricted tests in multi-sample analysis of moment structures. In Heijmans, Pollock
    & Satorra (eds), Innovations in Multivariate Statistical Analysis. Kluwer.
"""

import numpy as np

from ..estimation.chi_square import ChiSquare, scaled_and_shifted
from .fit import OrdinalInference
from .sampling import Sampling


def scaled_difference(narrow: OrdinalInference, wide: OrdinalInference, sampling: Sampling) -> ChiSquare:
    """Test a model against a wider one with more free parameters, fitted to the same moments."""
    slopes, weight = wide.whole.jacobian, wide.whole.weight
    value = narrow.naive().model.value - wide.naive().model.value
    df = len(slopes) - len(narrow.whole.jacobian)
    directions = np.linalg.solve(slopes @ slopes.T, slopes @ narrow.whole.jacobian.T)
    within = directions.T @ wide.curved @ directions
    left = np.linalg.inv(wide.curved) - directions @ np.linalg.solve(within, directions.T)
    weighted = slopes * weight
    product = left @ (weighted @ sampling.gamma() @ weighted.T)
    trace, of_square = float(np.trace(product)), float(np.vdot(product, product.T))
    for totals in sampling.totals:  # only products of different clusters count, as in the models' own tests
        moved = weighted @ totals
        own = np.einsum("ac,ac->c", moved, left @ moved) * wide.n
        of_square = (of_square - float(own @ own)) * (len(own) - 1) / len(own)
    return scaled_and_shifted(value, df, trace, of_square)
