r"""The marginal likelihood of graded items, what it expects of the trait, and its information.

The trait is standard normal. Integrals over it are sums over equally spaced nodes, which for smooth integrands that
vanish at both ends converge faster than any power of the spacing (Trefethen & Weideman 2014): with the spacing h and a
posterior standard deviation s the error is about :math:`2 e^{-2 \pi^2 s^2 / h^2}`, so that the nodes lie as close as
the surest posterior asks for.

The derivative of the log-likelihood is the expected derivative of the log-likelihood with the trait known, over the
posterior of each respondent (Bock & Aitkin 1981), and the observed information is (Louis 1982)

.. math:: I = \sum_i \left( E[-\ddot\ell_i] - E[\dot\ell_i \dot\ell_i'] + E[\dot\ell_i] E[\dot\ell_i]' \right).

The middle sum is taken node by node, over those respondents who may be there at all.

References
----------
Bock, R. D. & Aitkin, M. (1981). Marginal maximum likelihood estimation of item parameters: application of an EM
    algorithm. Psychometrika 46, 443-459.
Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm. J. R. Statist. Soc. B 44,
    226-233.
Trefethen, L. N. & Weideman, J. A. C. (2014). The exponentially convergent trapezoidal rule. SIAM Review 56, 385-458.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..item_responses import FloatArray, read_only
from .curves import GradedItems
from .patterns import AnswerPatterns

WIDEST = 6.0
"""The trait is taken to lie within so many standard deviations; one in 500 million does not."""

FEWEST_NODES = 61
MOST_NODES = 601
_SPACING = 0.9
"""Spacing of the nodes in the smallest posterior standard deviation; the error is then below 1e-10."""

_NOWHERE = 1e-9
"""Posterior weight below which a respondent is not at a node as far as the information goes."""

_CACHED = 512
"""Patterns taken at a time where their indicators should stay in the processor's cache."""

_MANY = 4096
"""Patterns taken at a time where only a few of them are at each node."""


@dataclass(frozen=True, slots=True, eq=False)
class Quadrature:
    """Nodes and the logarithms of their weights, which add up to 1.

    Attributes
    ----------
    theta, log_weight : ndarray, shape (n_nodes,)
    """

    theta: FloatArray
    log_weight: FloatArray

    @classmethod
    def of(cls, n_nodes: int) -> Quadrature:
        """Spread nodes evenly."""
        theta = np.linspace(-WIDEST, WIDEST, n_nodes)
        density = np.exp(-0.5 * theta**2)
        return cls(read_only(theta), read_only(np.log(density / density.sum())))

    @property
    def weight(self) -> FloatArray:
        """The weights themselves."""
        return np.asarray(np.exp(self.log_weight))


def nodes_for(smallest_sd: float) -> int:
    """Say how many nodes the surest posterior asks for."""
    wanted = 2 * int(np.ceil(WIDEST / (_SPACING * smallest_sd))) + 1
    return min(max(wanted, FEWEST_NODES), MOST_NODES)


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What the answers say at one set of parameters.

    Attributes
    ----------
    log_likelihood : float
    counts : ndarray, shape (n_options_in_all, n_nodes)
        Expected number of respondents who are at a node and gave an answer.
    gradient : ndarray, shape (n_parameters,)
    """

    log_likelihood: float
    counts: FloatArray
    gradient: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class MarginalLikelihood:
    """The likelihood of some answers as a function of the items' parameters.

    Attributes
    ----------
    items : GradedItems
    patterns : AnswerPatterns
    quadrature : Quadrature
    """

    items: GradedItems
    patterns: AnswerPatterns
    quadrature: Quadrature

    def posteriors(
        self, parameters: FloatArray, chunk: int = _CACHED
    ) -> Iterator[tuple[slice, FloatArray, FloatArray, FloatArray]]:
        """Give, a chunk of patterns at a time, where it is, its answers as indicators, its posteriors and log-likelihoods."""
        curves = self.items.at(parameters, self.quadrature.theta)
        log_probability = curves.log_probability()
        for place, indicators in self.patterns.chunks(chunk):
            posterior = indicators @ log_probability
            posterior += self.quadrature.log_weight
            highest = posterior.max(axis=1, keepdims=True)
            posterior -= highest
            np.exp(posterior, out=posterior)
            total = posterior.sum(axis=1, keepdims=True)
            posterior /= total
            yield place, indicators, posterior, (highest + np.log(total))[:, 0]

    def expect(self, parameters: FloatArray) -> Expectation:
        """Compute the log-likelihood, its gradient and the expected counts."""
        counts = np.zeros((self.items.n_parameters, self.quadrature.theta.size))
        value = 0.0
        for place, indicators, posterior, log_likelihood in self.posteriors(parameters):
            weight = self.patterns.count[place]
            value += float(weight @ log_likelihood)
            posterior *= weight[:, None]
            counts += indicators.T @ posterior
        return Expectation(value, counts, self.items.at(parameters, self.quadrature.theta).gradient(counts))

    def information(self, parameters: FloatArray) -> FloatArray:
        """Compute the observed information, shape (n_parameters, n_parameters)."""
        curves = self.items.at(parameters, self.quadrature.theta)
        designs = [curves.design(node) for node in range(self.quadrature.theta.size)]
        n = self.items.n_parameters
        counts = np.zeros((n, len(designs)))
        pairs = np.zeros((len(designs), n, n))
        of_means = np.zeros((n, n))
        for place, indicators, posterior, _ in self.posteriors(parameters, _MANY):
            weight = self.patterns.count[place]
            mean = np.zeros((len(weight), n))
            by_slope, by_upper, by_lower = (posterior @ part.T for part in curves.slopes())
            self._spread(indicators * by_slope, indicators * by_upper, indicators * by_lower, mean)
            of_means += mean.T @ (weight[:, None] * mean)
            posterior *= weight[:, None]
            counts += indicators.T @ posterior
            for node, pair in enumerate(pairs):
                there = np.flatnonzero(posterior[:, node] > _NOWHERE)
                root = indicators[there] * np.sqrt(posterior[there, node])[:, None]
                pair += root.T @ root
        found = curves.curvature(counts) + of_means
        for design, pair in zip(designs, pairs, strict=True):
            found -= design.T @ pair @ design
        return found

    def _spread(self, by_slope: FloatArray, by_upper: FloatArray, by_lower: FloatArray, into: FloatArray) -> None:
        """Add what options contribute to the parameters that are theirs."""
        items, n = self.items, self.items.n_parameters
        into[:, items.slope] += np.add.reduceat(by_slope, items.slope, axis=1)
        inner = items.upper < n
        into[:, items.upper[inner]] += by_upper[:, inner]
        inner = items.lower < n
        into[:, items.lower[inner]] += by_lower[:, inner]
