r"""Covariances of ordered answers that are cuts of correlated normal variables (Green & Yang 2009).

An answer x from 1 to k is one more than the number of its thresholds that lie below the variable, so that

.. math:: \operatorname{cov}(x_i, x_j) = \sum_s \sum_t \left[\Phi_2(\tau_{is}, \tau_{jt}; \rho_{ij})
   - \Phi(\tau_{is}) \Phi(\tau_{jt})\right]

(the terms of Green & Yang's eq. 21). With :math:`\rho = 1` it is the variance of an answer; with the product of two
loadings, it is the covariance of two answers that share nothing but the factor, which for one item with itself is the
covariance of two administrations that are alike.

References
----------
Green, S. B. & Yang, Y. (2009). Reliability of summed item scores using structural equation modeling: an alternative to
    coefficient alpha. Psychometrika 74, 155-167.
"""

import numpy as np

from ..bivariate_normal import excess_over_independence
from ..item_responses import FloatArray


def answer_covariance(thresholds: FloatArray, correlation: FloatArray) -> FloatArray:
    """Give the covariances of answers from 1 up.

    Parameters
    ----------
    thresholds : ndarray, shape (n_items, k - 1)
        Rising in each row; infinite beyond the answers that are used.
    correlation : ndarray, shape (n_items, n_items)
        Of the normal variables; symmetric, from -1 to 1. Its diagonal is used as it stands.

    Returns
    -------
    ndarray, shape (n_items, n_items)

    Examples
    --------
    >>> cuts = np.array([[0.0], [0.0]])
    >>> print(answer_covariance(cuts, np.array([[1.0, 0.5], [0.5, 1.0]])).round(4))
    [[0.25   0.0833]
     [0.0833 0.25  ]]
    """
    first, second = np.triu_indices(len(correlation))
    excess = excess_over_independence(thresholds[first], thresholds[second], correlation[first, second])
    covariance = np.empty(correlation.shape)
    covariance[first, second] = covariance[second, first] = excess.sum(axis=(1, 2))
    return covariance
