r"""The graded response model: how each item's answers rise with one trait.

The probability of answer c or a higher one is (Samejima 1969)

.. math:: P(X_j \ge c \mid \theta) = \frac{1}{1 + e^{-(a_j \theta + d_{jc})}}
    = \frac{1}{1 + e^{-a_j (\theta - b_{jc})}}, \quad c = 2, \dots, k_j,

with the trait standard normal among respondents. The discrimination a says how steeply answers rise, the threshold b where
on the trait an answer of c or more becomes as likely as not. Item and test information are
:math:`I_j = \sum_c P_{jc}'^2 / P_{jc}`, and their sum.

Parameters maximise the marginal likelihood of all answers given; a missing answer is left out of its respondent's
product, which is right where what is missing depends on nothing but the answers given (missing at random). Standard errors
come from the observed information (Louis 1982), those of thresholds by the delta method. An option between others that
nobody chose has the estimated probability 0: its threshold is that of the next, at an end of the scale infinite.

References
----------
Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm. J. R. Statist. Soc. B 44,
    226-233.
Samejima, F. (1969). Estimation of latent ability using a response pattern of graded scores. Psychometrika Monograph
    Supplement 17.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import logit

from ..counted import counted
from ..errors import AnalysisError
from ..item_responses import (
    MAXIMUM_CATEGORIES,
    FloatArray,
    ItemResponses,
    read_item_responses,
    read_only,
    wrong_categories,
)
from ..one_thread import one_thread
from ..options import refuse, wrong_whole
from .calibration import Calibration
from .curves import GradedItems, Places
from .estimation import Maximum, inverse_of, maximise
from .fit import GradedResponse
from .likelihood import FEWEST_NODES, MOST_NODES, MarginalLikelihood, Quadrature
from .patterns import AnswerPatterns
from .scores import marginal_reliability

STEEP = 5.0
"""A discrimination that leaves a twentieth of the item's variance or less to itself; two near-duplicates have it."""

_FEW_ROWS = 200

LOGISTIC_SCALE = 1.702
"""A logistic curve is nearest to a normal one with its argument so many times as large (Camilli 1994)."""


def graded_response(
    item_responses: Any, *, categories: int | None = None, n_nodes: int | None = None
) -> GradedResponse:
    """Fit the graded response model: one trait, a discrimination for each item, thresholds between its answers.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        At least three items, whole numbers from 1, keyed in one direction; NaN where missing. Rows without an answer are
        left out.
    categories : int, optional
        Answers of every item; by default the highest answer that each item was given.
    n_nodes : int, optional
        Nodes of the quadrature; by default 61, or as many more as the surest scores ask for.

    Returns
    -------
    GradedResponse

    Raises
    ------
    AnalysisError
        For answers that are not whole numbers from 1, fewer than three items, items that are constant, empty or
        answered alike by everybody, and too few nodes.

    Notes
    -----
    Nothing here tests whether there is one trait: see `parallel_analysis` and `confirm_factors`, and the result's
    `residual_correlations`. Where the search does not arrive, the result says so in `converged` and in its notes.

    See Also
    --------
    differential_item_functioning : whether items work alike in groups.

    References
    ----------
    Samejima (1969); Bock & Aitkin (1981); Louis (1982); Orlando & Thissen (2000); Yen (1984).

    Examples
    --------
    >>> from analysis import ResponseModel, simulate_responses
    >>> model = ResponseModel.of({"Teamwork": {"q1": 0.8, "q2": 0.7, "q3": 0.6, "q4": 0.75}})
    >>> answers = simulate_responses(model, 600, seed=4).responses
    >>> fit = graded_response(answers)
    >>> print(fit)
    Graded response model
    item        a     se     b 2     b 3     b 4    b 5
    item_1  2.330  0.247  -2.825  -1.725  -0.936  0.628
    item_2  1.869  0.182  -2.694  -1.885  -1.055  0.694
    item_3  1.200  0.124  -4.139  -2.576  -1.265  0.930
    item_4  2.216  0.221  -2.731  -1.946  -1.091  0.627
    n = 600 respondents, 148 patterns; marginal reliability 0.766
    log-likelihood -2667.698, 20 parameters, AIC 5375.4, BIC 5463.3
    >>> fit.information([-1.0, 0.0, 1.0]).sum(axis=0).round(2).tolist()
    [4.29, 3.36, 3.37]
    >>> scores = fit.scores(answers)
    >>> print(scores)
    Scores on the trait
                    lowest    25 %  median   75 %  highest
    score           -2.337  -0.529   0.002  0.586    1.558
    standard error   0.394   0.451   0.467  0.495    0.601
    reliability 0.769 (empirical), 0.766 (marginal)
    n = 600 respondents
    >>> item_fit = fit.item_fit(answers)
    >>> print(item_fit)
    Item fit
    item      S-X2  df      p  p adjusted  rmsea
    item_1  20.714  18  0.294       0.392  0.016
    item_2  25.111  21  0.242       0.392  0.018
    item_3  24.851  24  0.414       0.414  0.008
    item_4  27.748  20  0.115       0.392  0.025
    n = 600 respondents who answered every item
    >>> residual = fit.residual_correlations(answers)
    >>> print(residual)
    Residual correlations
    items                   Q3  above average  flagged
    item_2 with item_3  -0.144          0.079  no
    item_3 with item_4  -0.155          0.068  no
    item_1 with item_3  -0.159          0.064  no
    item_2 with item_4  -0.247         -0.024  no
    item_1 with item_2  -0.304         -0.081  no
    item_1 with item_4  -0.329         -0.106  no
    average Q3 -0.223, expected about -0.333; cut-off -0.023, 0.2 above the average (Christensen et al. 2017)
    n = 600 respondents; 0 of 6 pairs above the cut-off
    """
    refuse(
        [
            *wrong_categories(categories),
            *(() if n_nodes is None else wrong_whole("n_nodes", n_nodes, least=11, most=MOST_NODES)),
        ]
    )
    answers = read_item_responses(
        item_responses, categories=categories or MAXIMUM_CATEGORIES, minimum_items=3, minimum_respondents=10
    )
    if alike := _answered_alike(answers):
        raise AnalysisError(alike)
    places, notes = _places(answers, categories)
    items = GradedItems.of(np.array([int((place >= 0).sum()) for place in places]))
    patterns = AnswerPatterns.of(answers, places)
    likelihood = MarginalLikelihood(items, patterns, Quadrature.of(n_nodes or FEWEST_NODES))
    with one_thread():
        found = maximise(likelihood, _start(items, answers, patterns), n_nodes)
    if found.parameters[items.slope].sum() < 0:
        found = _turned(found)
    return _result(found, answers, places, notes)


def _answered_alike(answers: ItemResponses) -> list[str]:
    """Name pairs of items to which nobody gave two different answers."""
    values = answers.values
    few, problems = values[:_FEW_ROWS], []
    for second in range(1, answers.n_items):
        for first in range(second):
            # The first few rows tell nearly every pair apart.
            if _differ(few[:, first], few[:, second]) or _differ(values[:, first], values[:, second]):
                continue
            if not (np.isnan(values[:, first]) | np.isnan(values[:, second])).all():
                names = f"{answers.item_names[first]} and {answers.item_names[second]}"
                problems.append(f"items {names} were answered alike by everybody who answered both: leave one out")
    return problems


def _differ(first: FloatArray, second: FloatArray) -> bool:
    """Tell whether anybody answered both differently."""
    return bool(((first < second) | (first > second)).any())


def _places(answers: ItemResponses, categories: int | None) -> tuple[tuple[Places, ...], list[str]]:
    """Number the options that were chosen, item after item, and name the others."""
    places, notes, first = [], [], 0
    for name, column in zip(answers.item_names, answers.values.T, strict=True):
        given = column[~np.isnan(column)].astype(np.intp)
        chosen = np.bincount(given, minlength=(categories or int(given.max())) + 1)[1:] > 0
        place = np.where(chosen, first + np.cumsum(chosen) - 1, -1)
        first += int(chosen.sum())
        places.append(read_only(place))
        if not chosen.all():
            unused = ", ".join(str(answer + 1) for answer in np.flatnonzero(~chosen))
            notes.append(f"item {name}: nobody answered {unused}, which has the estimated probability 0")
    return tuple(places), notes


def _start(items: GradedItems, answers: ItemResponses, patterns: AnswerPatterns) -> FloatArray:
    """Guess discriminations from item-rest correlations, intercepts from shares."""
    z = answers.values - np.nanmean(answers.values, axis=0)
    z = np.nan_to_num(z / np.nanstd(answers.values, axis=0))
    rest = z.sum(axis=1, keepdims=True) - z
    r = (z * rest).mean(axis=0) / np.maximum(z.std(axis=0) * rest.std(axis=0), 1e-9)
    r = np.clip(r, -0.85, 0.85)
    slope = LOGISTIC_SCALE * r / np.sqrt(1.0 - r**2)
    # What is known of the trait is not the trait: nought is a saddle from which no step leads.
    slope = np.where(np.abs(slope) < 0.2, 0.2, slope)
    chosen = np.bincount(
        patterns.option.ravel() + 1,
        weights=np.repeat(patterns.count, answers.n_items),
        minlength=items.n_parameters + 1,
    )[1:]
    start = np.empty(items.n_parameters)
    for item, (first, k) in enumerate(zip(items.slope.tolist(), items.options.tolist(), strict=True)):
        share = np.cumsum(chosen[first : first + k][::-1])[::-1][1:] / chosen[first : first + k].sum()
        start[first] = slope[item]
        start[first + 1 : first + k] = logit(share) * math.sqrt(1.0 + (slope[item] / LOGISTIC_SCALE) ** 2)
    return start


def _turned(found: Maximum) -> Maximum:
    """Turn the trait round: the likelihood does not know which end is up."""
    sign = np.ones(found.parameters.size)
    sign[found.likelihood.items.slope] = -1.0
    return replace(found, parameters=sign * found.parameters, information=np.outer(sign, sign) * found.information)


def _result(found: Maximum, answers: ItemResponses, places: tuple[Places, ...], notes: list[str]) -> GradedResponse:
    items, patterns = found.likelihood.items, found.likelihood.patterns
    parameters, n_parameters = found.parameters, found.parameters.size
    slope = parameters[items.slope]
    if not found.converged:
        notes.append("the search did not arrive at a maximum: these are the best estimates that it found")
    covariance = inverse_of(found.information)
    if covariance is None:
        covariance = np.full(found.information.shape, math.nan)
        notes.append("no standard errors: the answers do not settle all parameters")
    for name, a in zip(answers.item_names, slope.tolist(), strict=True):
        if a > STEEP:
            notes.append(f"item {name} discriminates at {a:.1f}, nearly without error: look for a near-duplicate of it")
        elif a < 0:
            notes.append(f"item {name} discriminates backwards: is it keyed in the other direction?")
    if answers.n_empty_rows:
        notes.append(f"{counted(answers.n_empty_rows, 'row')} without any answer left out")
    n_nodes = found.likelihood.quadrature.theta.size
    if n_nodes == MOST_NODES:
        notes.append(f"the surest scores ask for more than {MOST_NODES} nodes, the most that are used")
    scale: list[tuple[FloatArray, ...]] = []
    for first, place in zip(items.slope.tolist(), places, strict=True):
        scale.append(tuple(read_only(part) for part in _full_scale(parameters, covariance, first, place)))
    intercepts, intercept_errors, thresholds, threshold_errors = zip(*scale, strict=True)
    calibration = Calibration(answers.item_names, items, read_only(parameters), places, found.likelihood.quadrature)
    log_likelihood, n = found.expectation.log_likelihood, patterns.n
    return GradedResponse(
        item_names=answers.item_names,
        discrimination=read_only(slope),
        discrimination_errors=read_only(np.sqrt(np.diagonal(covariance)[items.slope])),
        thresholds=thresholds,
        threshold_errors=threshold_errors,
        intercepts=intercepts,
        intercept_errors=intercept_errors,
        log_likelihood=log_likelihood,
        aic=2.0 * n_parameters - 2.0 * log_likelihood,
        bic=math.log(n) * n_parameters - 2.0 * log_likelihood,
        n_parameters=n_parameters,
        marginal_reliability=marginal_reliability(calibration),
        calibration=calibration,
        n=n,
        n_patterns=len(patterns.option),
        n_missing=int(answers.n_missing.sum()) - answers.n_empty_rows * answers.n_items,
        converged=found.converged,
        iterations=found.em_steps + found.quasi_newton_steps,
        n_nodes=n_nodes,
        method=(
            f"marginal maximum likelihood: {found.em_steps} EM steps, {found.quasi_newton_steps} quasi-Newton steps, "
            f"{n_nodes} nodes from -6 to 6; standard errors from the observed information"
        ),
        notes=tuple(notes),
    )


def _full_scale(
    parameters: FloatArray, covariance: FloatArray, first: int, place: Places
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Give intercepts and thresholds with their errors of all answers from 2, chosen or not."""
    a, variance = parameters[first], np.diagonal(covariance)
    d, d_error = np.full(place.size - 1, math.inf), np.full(place.size - 1, math.nan)
    b, b_error = np.full(place.size - 1, -math.inf if a > 0 else math.inf), np.full(place.size - 1, math.nan)
    d[:], b[:] = -math.inf, -b
    # Reaching an answer that nobody gave is reaching the next one that somebody gave.
    for answer in range(place.size - 1, 0, -1):
        own = place[answer]
        if own < 0:
            if answer < place.size - 1:
                d[answer - 1], d_error[answer - 1] = d[answer], d_error[answer]
                b[answer - 1], b_error[answer - 1] = b[answer], b_error[answer]
        elif own == first:  # the lowest answer given: everybody reached it
            d[answer - 1], b[answer - 1] = math.inf, -math.inf if a > 0 else math.inf
        else:
            d[answer - 1], d_error[answer - 1] = parameters[own], math.sqrt(variance[own])
            at = -parameters[own] / a
            b[answer - 1] = at
            spread = variance[own] + at**2 * variance[first] + 2.0 * at * covariance[own, first]
            b_error[answer - 1] = math.sqrt(spread) / abs(a)
    return d, d_error, b, b_error
