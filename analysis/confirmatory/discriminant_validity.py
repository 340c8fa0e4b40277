r"""Whether factors can be told apart: heterotrait-monotrait ratios, average variance extracted, correlations of factors.

Between the items of factors f and g, with :math:`\bar r` the mean of absolute correlations (Henseler, Ringle & Sarstedt 2015),

.. math:: \text{HTMT}_{fg} = \frac{\bar r_{fg}}{\sqrt{\bar r_{ff} \bar r_{gg}}},

where within a factor an item is not correlated with itself. It needs no model but for which items are whose, and is the
correlation of the factors if the loadings of each are alike. HTMT2, with geometric means in the place of arithmetic ones,
is so for unlike loadings as well (Roemer, Schuberth & Henseler 2021). Values above 0.85 or 0.90 are taken for a warning.

Fornell & Larcker (1981) ask that each factor's average variance extracted be larger than its squared correlation with any
other; Rönkkö & Cho (2022) that the interval of the factor correlation stay below 0.8 to 1.

References
----------
Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and measurement error.
    Journal of Marketing Research 18, 39-50.
Henseler, J., Ringle, C. M. & Sarstedt, M. (2015). A new criterion for assessing discriminant validity in variance-based
    structural equation modeling. Journal of the Academy of Marketing Science 43, 115-135.
Roemer, E., Schuberth, F. & Henseler, J. (2021). HTMT2 - an improved criterion for assessing discriminant validity in structural
    equation modeling. Industrial Management & Data Systems 121, 2637-2650.
Rönkkö, M. & Cho, E. (2022). An updated guideline for assessing discriminant validity. Organizational Research Methods 25,
    6-14.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..options import refuse, wrong_kind, wrong_level
from ..table import Cell, ResultTable, Table
from .factor_reliability import factor_reliability, items_below
from .fit import ConfirmatoryFit

_SMALLEST = 1e-12
"""A correlation of nought makes HTMT2 nought, and its logarithm must not be infinite."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DiscriminantValidity(ResultTable):
    """Every two factors with items, and whether they can be told apart.

    Attributes
    ----------
    factors : tuple of str
        Those with items of their own.
    htmt, htmt2 : ndarray, shape (n_factors, n_factors)
        Heterotrait-monotrait ratios of arithmetic and of geometric means of absolute correlations, one on the diagonal; NaN
        for a factor of one item.
    correlations, correlation_low, correlation_high : ndarray, shape (n_factors, n_factors)
        Of the factors, with the ends of their intervals.
    average_variance_extracted : ndarray, shape (n_factors,)
    level : float
        Of the intervals.
    method : str
    """

    factors: tuple[str, ...]
    htmt: FloatArray
    htmt2: FloatArray
    correlations: FloatArray
    correlation_low: FloatArray
    correlation_high: FloatArray
    average_variance_extracted: FloatArray
    level: float
    method: str

    @property
    def fornell_larcker(self) -> FloatArray:
        """The smaller AVE of two factors less their squared correlation, shape (n_factors, n_factors); below 0 is a warning."""
        smaller = np.minimum.outer(self.average_variance_extracted, self.average_variance_extracted)
        found: FloatArray = smaller - self.correlations**2
        return found

    def table(self) -> Table:
        """Give one row a pair of factors."""
        level = f"{100 * self.level:g} %"
        rows: list[tuple[Cell, ...]] = []
        for first, second in zip(*np.triu_indices(len(self.factors), 1), strict=True):
            numbers = (
                self.htmt[first, second],
                self.htmt2[first, second],
                self.correlations[first, second],
                self.correlation_low[first, second],
                self.correlation_high[first, second],
                self.fornell_larcker[first, second],
            )
            rows.append((f"{self.factors[first]} and {self.factors[second]}", *map(float, numbers)))
        extracted = ", ".join(
            f"{name} {value:.3f}" for name, value in zip(self.factors, self.average_variance_extracted, strict=True)
        )
        return Table(
            "Discriminant validity",
            ("factors", "HTMT", "HTMT2", "correlation", f"{level} low", "high", "smaller AVE less its square"),
            tuple(rows),
            (f"average variance extracted: {extracted}", self.method),
        )


def discriminant_validity(fit: ConfirmatoryFit, *, ci: float = 0.95) -> DiscriminantValidity:
    r"""Say of every two factors of a fitted model whether they can be told apart.

    .. math:: \text{HTMT}_{fg} = \bar r_{fg} / \sqrt{\bar r_{ff} \bar r_{gg}}

    Parameters
    ----------
    fit : ConfirmatoryFit
        Of one group, with at least two factors that have items.
    ci : float
        Level of the intervals of factor correlations.

    Returns
    -------
    DiscriminantValidity

    Raises
    ------
    AnalysisError
        For several groups, and where fewer than two factors have items.

    Notes
    -----
    Anchors: ``semTools::htmt`` from Pearson and polychoric correlations, ``semTools::AVE``. Intervals are symmetric about
    Fisher's z of the correlation.

    References
    ----------
    Fornell & Larcker (1981); Henseler, Ringle & Sarstedt (2015); Rönkkö & Cho (2022).

    Examples
    --------
    >>> from analysis import ResponseModel, confirm_factors, simulate_responses
    >>> truth = ResponseModel.of({"Team": {"q1": 0.8, "q2": 0.7, "q3": 0.6}, "Space": {"q4": 0.8, "q5": 0.7, "q6": 0.6}})
    >>> answers = simulate_responses(truth, 500, seed=1).responses
    >>> model = {"Team": ["item_1", "item_2", "item_3"], "Space": ["item_4", "item_5", "item_6"]}
    >>> discriminant_validity(confirm_factors(model, answers))
    Discriminant validity
    factors          HTMT  HTMT2  correlation  95 % low   high  smaller AVE less its square
    Team and Space  0.488  0.473        0.495     0.387  0.590                        0.233
    average variance extracted: Team 0.507, Space 0.478
    HTMT of absolute polychoric correlations; WLSMV
    """
    refuse([*wrong_kind("fit", fit, ConfirmatoryFit, "confirm_factors"), *wrong_level(ci)])
    level = float(ci)
    if len(fit.groups) > 1:
        raise AnalysisError("the model was fitted to several groups: fit it to each by itself, or to all together")
    model, group = fit.model, fit.groups[0]
    places = [place for place, factor in enumerate(model.factors) if set(model.items_of(factor)) & set(model.items)]
    if len(places) < 2:
        raise AnalysisError("at least two factors with items of their own are needed to be told apart")
    deviation = np.sqrt(np.diagonal(group.observed))
    absolute = np.abs(group.observed / np.outer(deviation, deviation))
    items = [items_below(model, model.factors[place]) for place in places]
    ratios = [_ratios(matrix, items) for matrix in (absolute, np.log(np.maximum(absolute, _SMALLEST)))]
    htmt = ratios[0][0] / np.sqrt(np.outer(ratios[0][1], ratios[0][1]))
    htmt2 = np.exp(ratios[1][0] - np.add.outer(ratios[1][1], ratios[1][1]) / 2)
    np.fill_diagonal(htmt, 1.0)
    np.fill_diagonal(htmt2, 1.0)
    square = np.ix_(places, places)
    correlations, errors = group.factor_correlations[square], group.factor_correlation_errors[square]
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.arctanh(np.clip(correlations, -1, 1))
        reach = float(special.ndtri(0.5 + level / 2)) * errors / (1 - correlations**2)
        low, high = np.tanh(centre - reach), np.tanh(centre + reach)
    np.fill_diagonal(low, 1.0)
    np.fill_diagonal(high, 1.0)
    kind = "polychoric" if fit.thresholds else "Pearson"
    return DiscriminantValidity(
        tuple(model.factors[place] for place in places),
        read_only(htmt),
        read_only(htmt2),
        read_only(correlations.copy()),
        read_only(low),
        read_only(high),
        read_only(factor_reliability(fit.solution).average_variance_extracted[places].copy()),
        level,
        f"HTMT of absolute {kind} correlations; {fit.estimator}",
    )


def _ratios(matrix: FloatArray, items: list[NDArray[np.int64]]) -> tuple[FloatArray, FloatArray]:
    """Give means between the items of every two factors, and within those of each, an item and itself left out."""
    between = np.array([[float(matrix[np.ix_(own, other)].mean()) for other in items] for own in items])
    within = np.full(len(items), np.nan)
    for place, own in enumerate(items):
        if len(own) > 1:
            inside = matrix[np.ix_(own, own)]
            within[place] = inside[~np.eye(len(own), dtype=bool)].mean()
    return between, within
