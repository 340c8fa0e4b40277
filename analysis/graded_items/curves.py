r"""Probabilities of the options of graded items, their slopes and their curvature.

With the discrimination a and falling intercepts :math:`d_1 > d_2 > \dots` of an item,
:math:`P(X \ge c \mid \theta) = \sigma(a \theta + d_{c-1})`, :math:`\sigma` the logistic function (Samejima 1969). Between
x, the logit of reaching an option, and y, that of going beyond it, lie

.. math:: \log P = \log \sigma(x) + \log \sigma(-y) + \log(1 - e^{y - x}),

which loses no digits in the tails, and whose last term does not depend on :math:`\theta`. It is concave in (x, y):

.. math::

    \frac{\partial \log P}{\partial x} &= \sigma(-x) + \frac{1}{e^{x - y} - 1}, \quad
    \frac{\partial \log P}{\partial y} = -\sigma(y) - \frac{1}{e^{x - y} - 1}, \\
    -\frac{\partial^2 \log P}{\partial x^2} &= \sigma(x) \sigma(-x) + t, \quad
    -\frac{\partial^2 \log P}{\partial y^2} = \sigma(y) \sigma(-y) + t, \quad
    \frac{\partial^2 \log P}{\partial x \partial y} = t = \frac{1}{4 \sinh^2((x - y) / 2)}.

References
----------
Samejima, F. (1969). Estimation of latent ability using a response pattern of graded scores. Psychometrika Monograph
    Supplement 17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from ..item_responses import FloatArray, read_only

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class GradedItems:
    """Which parameter belongs to which option; the parameters themselves are one array, item after item.

    Of each item there are the discrimination and then its intercepts, so as many parameters as options.

    Attributes
    ----------
    options : ndarray of intp, shape (n_items,)
        Options of each item.
    item : ndarray of intp, shape (n_options_in_all,)
        The item of each option.
    upper, lower : ndarray of intp, shape (n_options_in_all,)
        The parameter that is the intercept of reaching each option, and of going beyond it; the two places after the
        last parameter stand for plus and minus infinity.
    """

    options: Places
    item: Places
    upper: Places
    lower: Places

    @classmethod
    def of(cls, options: Places) -> GradedItems:
        """Lay out items with these numbers of options."""
        total = int(options.sum())
        first = np.cumsum(options) - options
        item = np.repeat(np.arange(options.size), options)
        upper = np.arange(total)
        lower = upper + 1
        upper[first] = total
        lower[first + options - 1] = total + 1
        return cls(*(read_only(part) for part in (options.astype(np.intp), item, upper, lower)))

    @property
    def n_parameters(self) -> int:
        """Parameters of all items, as many as options."""
        return int(self.item.size)

    @property
    def slope(self) -> Places:
        """The place of each item's discrimination among the parameters; its first option has the same."""
        return np.asarray(np.cumsum(self.options) - self.options)

    def at(self, parameters: FloatArray, theta: FloatArray) -> OptionCurves:
        """Compute the curves of all options at some values of the trait."""
        extended = np.concatenate([parameters, [np.inf, -np.inf]])
        intercept_up, intercept_down = extended[self.upper], extended[self.lower]
        line = parameters[self.slope][self.item][:, None] * theta
        return OptionCurves(
            self, theta, line + intercept_up[:, None], line + intercept_down[:, None], intercept_up - intercept_down
        )

    def ordered(self, parameters: FloatArray) -> bool:
        """Tell whether every option has a probability above 0 everywhere."""
        extended = np.concatenate([parameters, [np.inf, -np.inf]])
        return bool(np.isfinite(parameters).all() and (extended[self.upper] > extended[self.lower]).all())


@dataclass(frozen=True, slots=True, eq=False)
class OptionCurves:
    """The options of all items at some values of the trait.

    Attributes
    ----------
    items : GradedItems
    theta : ndarray, shape (n_theta,)
    x, y : ndarray, shape (n_options_in_all, n_theta)
        Logits of reaching each option and of going beyond it.
    gap : ndarray, shape (n_options_in_all,)
        x - y.
    """

    items: GradedItems
    theta: FloatArray
    x: FloatArray
    y: FloatArray
    gap: FloatArray

    def log_probability(self) -> FloatArray:
        """Give log P, shape (n_options_in_all, n_theta)."""
        found: FloatArray = log_expit(self.x) + log_expit(-self.y) + np.log1p(-np.exp(-self.gap))[:, None]
        return found

    def probability(self) -> FloatArray:
        """Give P, shape (n_options_in_all, n_theta)."""
        found: FloatArray = expit(self.x) * expit(-self.y) * -np.expm1(-self.gap)[:, None]
        return found

    def slopes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give the derivatives of log P by discrimination, by the intercept of reaching and by that of going beyond."""
        reach, beyond = expit(-self.x), expit(self.y)
        edge = (1.0 / np.expm1(np.minimum(self.gap, 700.0)))[:, None]
        return self.theta * (reach - beyond), reach + edge, -beyond - edge

    def gradient(self, counts: FloatArray) -> FloatArray:
        """Sum the slopes, each option at each value of the trait as often as it was counted there."""
        by_slope, by_upper, by_lower = ((counts * part).sum(axis=1) for part in self.slopes())
        items, n = self.items, self.items.n_parameters
        found = np.zeros(n + 2)  # the intercepts at infinity take what is nobody's
        np.add.at(found, items.slope[items.item], by_slope)
        np.add.at(found, items.upper, by_upper)
        np.add.at(found, items.lower, by_lower)
        return found[:n]

    def design(self, node: int) -> FloatArray:
        """Give the slopes at one value of the trait as a matrix, shape (n_options_in_all, n_parameters)."""
        by_slope, by_upper, by_lower = (part[:, 0] for part in self._slopes_at(node))
        items, n = self.items, self.items.n_parameters
        rows = np.arange(n)
        found = np.zeros((n, n + 2))
        found[rows, items.slope[items.item]] = by_slope
        found[rows, items.upper] = by_upper
        found[rows, items.lower] = by_lower
        return found[:, :n]

    def curvature(self, counts: FloatArray) -> FloatArray:
        """Sum minus the second derivatives as `gradient` sums the first, shape (n_parameters, n_parameters)."""
        items, n = self.items, self.items.n_parameters
        above, below = expit(self.x) * expit(-self.x), expit(self.y) * expit(-self.y)
        half = np.minimum(self.gap, 700.0) / 2
        edge = (0.25 / np.sinh(half) ** 2)[:, None]
        slope = items.slope[items.item]
        found = np.zeros((n + 2, n + 2))
        for rows, columns, part in (
            (slope, slope, self.theta**2 * (above + below)),
            (slope, items.upper, self.theta * above),
            (slope, items.lower, self.theta * below),
            (items.upper, items.upper, above + edge),
            (items.lower, items.lower, below + edge),
            (items.upper, items.lower, -edge),
        ):
            total = (counts * part).sum(axis=1)
            np.add.at(found, (rows, columns), total)
            if rows is not columns:
                np.add.at(found, (columns, rows), total)
        return found[:n, :n]

    def expected_answer(self, value: FloatArray) -> FloatArray:
        """Give each item's expected answer, shape (n_items, n_theta); `value` is what each option counts."""
        return np.asarray(np.add.reduceat(value[:, None] * self.probability(), self.items.slope, axis=0))

    def information(self, discrimination: FloatArray) -> FloatArray:
        """Give each item's information on the trait, shape (n_items, n_theta)."""
        each = self.probability() * (expit(-self.x) - expit(self.y)) ** 2
        return np.asarray(discrimination[:, None] ** 2 * np.add.reduceat(each, self.items.slope, axis=0))

    def _slopes_at(self, node: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        at = slice(node, node + 1)
        return OptionCurves(self.items, self.theta[at], self.x[:, at], self.y[:, at], self.gap).slopes()
