"""Standardized solutions: definitions, and standard errors against finite differences."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import confirm_factors
from analysis.confirmatory.estimation.solution import GroupSolution, Solution
from analysis.confirmatory.ordinal.least_squares import ordinal_implied
from analysis.confirmatory.standardized import estimates_of
from analysis.confirmatory.structure.matrices import implied_by
from analysis.item_responses import FloatArray

HIGHER = "A =~ item_1 + item_2 + item_3; B =~ item_4 + item_5; C =~ item_6 + item_7 + item_8; G =~ A + B + C; item_1 ~~ item_8"
STEP = 1e-6

CASES: list[dict[str, Any]] = [
    {"estimator": "ML"},
    {"estimator": "MLR", "group": True, "equal": ["loadings", "intercepts"]},
    {"estimator": "WLSMV"},
    {"estimator": "WLSMV", "parameterization": "theta"},
    {"estimator": "WLSMV", "group": True, "equal": ["loadings", "thresholds"]},
    {"estimator": "WLSMV", "group": True, "equal": ["loadings", "thresholds"], "parameterization": "theta"},
]


def _moved(solution: Solution, theta: FloatArray) -> Solution:
    """Give the solution at another place: what the model implies, not what was observed."""
    setting = solution.table.setting
    groups: list[GroupSolution] = []
    for group in solution.groups:
        if setting.ordered:
            at = ordinal_implied(group.structure, theta, setting.parameterization)
            assert at is not None
            groups.append(
                replace(
                    group, matrices=at.matrices, implied=at.implied, scales=at.scales, model_covariance=at.correlation
                )
            )
            continue
        matrices = group.structure.fill(theta)
        implied = implied_by(matrices)
        n_items = group.structure.n_items
        covariance = implied.covariance[:n_items, :n_items]
        if len(implied.covariance) > n_items:
            covariance = covariance - np.outer(implied.mean[:n_items], implied.mean[:n_items])
        groups.append(replace(group, matrices=matrices, implied=implied, model_covariance=covariance))
    return replace(solution, theta=theta, groups=tuple(groups))


@pytest.mark.parametrize("options", CASES, ids=[" ".join(map(str, case.values())) for case in CASES])
def test_standard_errors_are_those_of_finite_differences(
    draw: Callable[..., FloatArray], options: dict[str, Any]
) -> None:
    options = dict(options)
    if options.pop("group", False):
        options["group"] = np.arange(500) % 2
    solution = confirm_factors(HIGHER, draw(500, 1), **options).solution
    found = estimates_of(solution)
    steps = STEP * np.eye(len(solution.theta))
    for name, errors in (("value", found.standard_error), ("standardized", found.standardized_error)):
        slopes = np.array(
            [
                (
                    getattr(estimates_of(_moved(solution, solution.theta + step)), name)
                    - getattr(estimates_of(_moved(solution, solution.theta - step)), name)
                )
                / (2 * STEP)
                for step in steps
            ]
        )
        variances = np.einsum("qp,qr,rp->p", slopes, solution.covariance, slopes)
        assert_allclose(errors, np.sqrt(np.maximum(variances, 0)), rtol=1e-5, atol=1e-7)


def test_items_and_factors_have_variance_one(draw: Callable[..., FloatArray]) -> None:
    fit = confirm_factors(
        "A =~ item_1 + item_2 + item_3 + item_4 + item_5; B =~ item_6 + item_7 + item_5", draw(400, 2), "ML"
    )
    explained = np.diagonal(fit.standardized @ fit.factor_correlations @ fit.standardized.T)
    assert_allclose(explained, fit.groups[0].r_squared, rtol=1e-10)
    table = fit.estimates
    own = [i for i in range(len(table.left)) if table.operator[i] == "~~" and table.left[i] == table.right[i]]
    residual = {table.left[i]: table.standardized[i] for i in own}
    assert_allclose([residual[item] for item in fit.item_names], 1 - explained, rtol=1e-10)
    assert_allclose([residual["A"], residual["B"]], 1.0, rtol=1e-14)


def test_the_unit_of_a_factor_does_not_matter(draw: Callable[..., FloatArray], two_factors: object) -> None:
    answers = draw(400, 3)
    for estimator in ("MLR", "WLSMV"):
        marker, unit = (
            confirm_factors(two_factors, answers, estimator, identification=kind)  # type: ignore[arg-type]
            for kind in ("marker", "unit variance")
        )
        assert_allclose(unit.standardized, marker.standardized, atol=1e-8)
        assert_allclose(unit.standard_errors, marker.standard_errors, atol=1e-7)
        assert unit.fit.naive.chi_square == pytest.approx(marker.fit.naive.chi_square, rel=1e-8)
