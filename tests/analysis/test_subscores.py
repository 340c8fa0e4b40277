"""Value of subscores: by regression on known true scores, in Haberman's own form, verdicts, bad input."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    PairwiseTables,
    UnitMoments,
    alpha_from_covariance,
    omega_from_covariance,
    subscore_value,
)
from analysis.subscores import SubscoreValue

Matrix = NDArray[np.float64]

SCALES = {
    "first": ["item_1", "item_2", "item_3"],
    "second": ["item_4", "item_5", "item_6", "item_7"],
    "third": ["item_8", "item_9"],
}
COLUMNS = [[0, 1, 2], [3, 4, 5, 6], [7, 8]]
OF_ITEM = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2])
CORRELATIONS = np.array([[1.0, 0.9, 0.4], [0.9, 1.0, 0.5], [0.4, 0.5, 1.0]])
NOISE = np.array([1.2, 1.0, 0.6])


def _draw(n: int, seed: int) -> tuple[Matrix, Matrix]:
    """Draw true subscores, and items that are parallel within their scale, so that alpha is the reliability."""
    rng = np.random.default_rng(seed)
    true = rng.multivariate_normal(np.zeros(3), CORRELATIONS, n)
    items = true[:, OF_ITEM] + NOISE[OF_ITEM] * rng.standard_normal((n, 9))
    return true, items


def _share_explained(wanted: Matrix, *predictors: Matrix) -> float:
    x = np.column_stack([np.ones(len(wanted)), *predictors])
    left = wanted - x @ np.linalg.lstsq(x, wanted)[0]
    return 1 - float(left.var() / wanted.var())


def test_each_prmse_is_the_share_of_the_true_subscore_that_a_regression_explains() -> None:
    n = 100_000
    true, items = _draw(n, 1)
    found = subscore_value(items, SCALES)
    subscores = [items[:, columns].sum(axis=1) for columns in COLUMNS]
    total = items.sum(axis=1)
    error = 4 * 2 / np.sqrt(n)  # of a share of variance, generously: 2 rho (1 - rho^2) / sqrt(n) for rho^2 of both
    for scale in range(3):
        wanted = true[:, scale]
        assert found.prmse_subscore[scale] == pytest.approx(_share_explained(wanted, subscores[scale]), abs=error)
        assert found.prmse_total[scale] == pytest.approx(_share_explained(wanted, total), abs=error)
        assert found.prmse_both[scale] == pytest.approx(_share_explained(wanted, subscores[scale], total), abs=error)
    weighted = true[:, OF_ITEM].sum(axis=1)
    assert found.total_reliability == pytest.approx(_share_explained(weighted, total), abs=error)
    np.testing.assert_allclose(found.disattenuated, CORRELATIONS, atol=0.02)
    # The first two are all but one score and unreliable; the third stands apart.
    assert found.adds_value.tolist() == [False, False, True]


def test_population_covariances_give_the_closed_forms() -> None:
    found, covariance = _of_population()
    sizes = np.array([3, 4, 2])
    between = np.outer(sizes, sizes) * CORRELATIONS
    observed = between + np.diag(sizes * NOISE**2)
    rho = np.diagonal(between) / np.diagonal(observed)
    total = observed.sum()
    np.testing.assert_allclose(found.prmse_subscore, rho, rtol=1e-9)
    np.testing.assert_allclose(found.prmse_total, between.sum(axis=1) ** 2 / (np.diagonal(between) * total), rtol=1e-9)
    assert found.total_reliability == pytest.approx(between.sum() / total, rel=1e-9)
    np.testing.assert_allclose(found.disattenuated, CORRELATIONS, atol=1e-9)
    # Haberman (2008) writes the third with tau, in correlations of the subscore, the total and the true subscore.
    with_total = observed.sum(axis=1) / np.sqrt(np.diagonal(observed) * total)
    tau = (np.sqrt(found.prmse_total) - with_total * np.sqrt(rho)) / (1 - with_total**2)
    np.testing.assert_allclose(found.prmse_both, rho + tau**2 * (1 - with_total**2), rtol=1e-9)
    assert (found.prmse_both >= np.maximum(found.prmse_subscore, found.prmse_total)).all()
    alphas = [float(alpha_from_covariance(covariance[np.ix_(columns, columns)])) for columns in COLUMNS]
    np.testing.assert_allclose(found.prmse_subscore, alphas, rtol=1e-9)


def _of_population() -> tuple[SubscoreValue, Matrix]:
    covariance = CORRELATIONS[np.ix_(OF_ITEM, OF_ITEM)] + np.diag(NOISE[OF_ITEM] ** 2)
    noise = np.random.default_rng(1).standard_normal((50, 9))
    white = (noise - noise.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    return subscore_value(white @ np.linalg.cholesky(covariance).T, SCALES), covariance


def test_omega_or_numbers_from_elsewhere_take_the_place_of_alpha() -> None:
    _, items = _draw(400, 2)
    two = {"first": SCALES["first"], "second": SCALES["second"]}
    block = np.cov(items[:, :3].T)
    by_omega = subscore_value(items, two, reliability="omega")
    assert by_omega.prmse_subscore[0] == pytest.approx(float(omega_from_covariance(block)), rel=1e-10)
    assert by_omega.method == "reliability by omega"
    given = subscore_value(items, {"one": ["item_8"], **two}, reliability={"one": 0.5, "first": 0.6, "second": 1.0})
    assert given.prmse_subscore.tolist() == [0.5, 0.6, 1.0]
    assert given.prmse_both[2] == pytest.approx(1.0)
    assert "given reliabilities" in given.notes


def test_a_state_gives_what_its_answers_give_and_units_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    answers = np.clip(np.rint(3 + _draw(300, 3)[1]), 1, 5)
    answers[rng.random(answers.shape) < 0.1] = np.nan
    found = subscore_value(answers, SCALES)
    assert (
        subscore_value(PairwiseTables.from_responses(answers), SCALES).prmse_total.tolist()
        == found.prmse_total.tolist()
    )
    by_unit = subscore_value(UnitMoments.from_responses(answers, np.arange(300) % 7), SCALES)
    np.testing.assert_allclose(by_unit.prmse_both, found.prmse_both, rtol=1e-12)
    np.testing.assert_allclose(subscore_value(10 * answers, SCALES).prmse_both, found.prmse_both, rtol=1e-9)
    complete = subscore_value(answers, SCALES, missing="listwise")
    assert complete.n == int((~np.isnan(answers).any(axis=1)).sum())


def test_true_scores_that_would_correlate_beyond_one_are_pointed_out() -> None:
    rng = np.random.default_rng(4)
    shared = rng.standard_normal((500, 2))
    items = np.hstack((shared, shared)) + 0.3 * rng.standard_normal(
        (500, 4)
    )  # each item resembles one of the other scale
    found = subscore_value(
        items, {"a": ["item_1", "item_2"], "b": ["item_3", "item_4"]}, reliability={"a": 0.5, "b": 0.5}
    )
    assert "true scores would correlate beyond 1, so that nothing tells them apart: a and b" in found.notes
    assert not found.adds_value.any()


def test_the_table_says_which_subscore_adds_value() -> None:
    frame = _of_population()[0].to_frame()
    assert frame["adds value"].tolist() == ["no: the total says more", "no: the total says more", "yes"]
    assert frame["items"].tolist() == [3, 4, 2]


@pytest.mark.parametrize(
    ("scales", "reliability", "problems"),
    [
        ({"a": ["item_1", "item_2"]}, "alpha", ["at least 2 scales needed, got 1"]),
        (
            {"a": ["item_1"], "b": ["item_2", "item_3", "q9"], "c": ["item_4", "item_3"]},
            "alpha",
            [
                "scale a has 1 of the 2 items that alpha needs",
                "scale b has items without answers: q9",
                "item item_3 is in scale b and again in c",
            ],
        ),
        (
            {"a": ["item_1", "item_2"], "b": ["item_3", "item_4"]},
            "omega",
            ["scale a has 2 of the 3 items that omega needs"],
        ),
        (
            {"a": ["item_1"], "b": ["item_2"], "c": []},
            {"a": 0.5, "c": 0.5},
            ["no reliability was given for b", "scale c has no items"],
        ),
        (
            {"a": ["item_1"], "b": ["item_2"]},
            {"a": 0.5, "b": 1.2},
            ["the reliability of scale b is 1.200: it has to be above 0"],
        ),
        (
            {"a": ["item_1", "item_2"], "b": ["item_3", "item_4"]},
            "beta",
            ['reliability is "alpha", "omega" or a mapping'],
        ),
    ],
)
def test_scales_that_it_cannot_use_are_named_all_at_once(
    scales: dict[str, list[str]], reliability: object, problems: list[str]
) -> None:
    _, items = _draw(100, 5)
    with pytest.raises(AnalysisError) as refused:
        subscore_value(items, scales, reliability=reliability)  # type: ignore[arg-type]
    for problem in problems:
        assert any(said.startswith(problem) for said in refused.value.problems), refused.value.problems


def test_a_scale_whose_items_disagree_is_named() -> None:
    _, items = _draw(300, 6)
    items[:, 7] *= -1
    with pytest.raises(AnalysisError, match=r"the reliability of scale third is -\d+\.\d+: it has to be above 0"):
        subscore_value(items, SCALES)
