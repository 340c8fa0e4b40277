"""Influence on polychoric correlations: by differences, by simulation, at extremes; lavaan's figures are in tests/reference."""

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import PairwiseTables, polychoric_correlation
from analysis.item_responses import read_codes
from analysis.polychoric import cell_probabilities, maximise_pairs, thresholds_of
from analysis.polychoric_variance import PolychoricInfluence, polychoric_influence

CUTS = np.array([-1.2, -0.4, 0.5])


def _answers(rho: float, n: int, seed: int, missing: float = 0.0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((n, 2))
    normal[:, 1] = rho * normal[:, 0] + np.sqrt(1 - rho**2) * normal[:, 1]
    answers = np.searchsorted(CUTS, normal).astype(np.float64) + 1
    answers[rng.random((n, 2)) < missing] = np.nan
    return answers


def _influence(answers: NDArray[np.float64]) -> PolychoricInfluence:
    tables = PairwiseTables.from_responses(answers)
    return polychoric_influence(tables, polychoric_correlation(tables).matrix)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_influences_cancel_out_over_the_respondents(missing: float) -> None:
    influence = _influence(_answers(0.6, 800, 1, missing))
    assert (influence.correlations * influence.counts).sum() == pytest.approx(0.0, abs=1e-9)
    assert (influence.thresholds * influence.frequencies[:, None, :]).sum(axis=2) == pytest.approx(0.0, abs=1e-12)


def test_one_more_respondent_moves_the_estimates_by_the_influence_of_its_answers() -> None:
    # Where the table is what the model expects, outer products of scores are the information, and the influence is the
    # derivative of the two steps: here against a difference quotient.
    rho, n = 0.6, 10**9
    cells = cell_probabilities(CUTS[None], CUTS[None], np.array([rho]))[0]
    table = np.rint(n * cells)
    counts = np.zeros((2, 2, 4, 4), dtype=np.int64)
    counts[0, 1], counts[1, 0] = table, table.T
    counts[0, 0], counts[1, 1] = np.diag(table.sum(axis=1)), np.diag(table.sum(axis=0))
    tables = PairwiseTables(counts, ("q1", "q2"), n, n, n)
    influence = polychoric_influence(tables, polychoric_correlation(tables).matrix)
    step = 1e-4 * n
    for a in range(4):
        for b in range(4):
            moved = []
            for sign in (1, -1):
                changed = table.copy()
                changed[a, b] += sign * step
                first, second = thresholds_of(changed.sum(axis=1))[None], thresholds_of(changed.sum(axis=0))[None]
                moved.append((maximise_pairs(changed[None], first, second).correlation[0], first[0], second[0]))
            (high, high_first, high_second), (low, low_first, low_second) = moved
            scale = n / (2 * step)
            assert n * influence.correlations[0, a + 1, b + 1] == pytest.approx(scale * (high - low), abs=2e-5)
            for item, answer, change in ((0, a, high_first - low_first), (1, b, high_second - low_second)):
                # One more respondent also lowers the share of all the others: the influence is centred.
                assert n * influence.thresholds[item, :, answer + 1] == pytest.approx(scale * change, abs=2e-5)


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_the_standard_error_is_the_spread_of_the_estimates(missing: float) -> None:
    draws = 400
    found, variances = np.empty(draws), np.empty(draws)
    for draw in range(draws):
        tables = PairwiseTables.from_responses(_answers(0.5, 500, 100 + draw, missing))
        correlation = polychoric_correlation(tables).matrix
        found[draw] = correlation[0, 1]
        variances[draw] = polychoric_influence(tables, correlation).correlation_variances[0]
    # The standard error of a variance from m normal draws is sqrt(2 / m) of it.
    assert variances.mean() == pytest.approx(found.var(ddof=1), rel=4 * np.sqrt(2 / draws))


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_looking_up_every_row_gives_the_variances(missing: float) -> None:
    answers = np.hstack((_answers(0.6, 300, 5, missing), _answers(0.2, 300, 6, missing)))
    influence = _influence(answers)
    codes, _ = read_codes(answers)
    of_pairs, of_cuts = influence.correlations_of_rows(codes), influence.thresholds_of_rows(codes)
    assert of_pairs.shape == (300, 6)
    np.testing.assert_allclose((of_pairs**2).sum(axis=0), influence.correlation_variances, rtol=1e-12)
    np.testing.assert_allclose((of_cuts**2).sum(axis=0), influence.threshold_variances, rtol=1e-12)
    shares = (answers <= 2).sum(axis=0) / (~np.isnan(answers)).sum(axis=0)
    density = np.exp(-(thresholds_of(influence.frequencies[:, 1:])[:, 1] ** 2) / 2) / np.sqrt(2 * np.pi)
    in_closed_form = shares * (1 - shares) / density**2 / (~np.isnan(answers)).sum(axis=0)
    np.testing.assert_allclose(influence.threshold_variances[:, 1], in_closed_form, rtol=1e-12)


def test_a_correlation_of_one_has_no_influence() -> None:
    answers = [[1, 1, 1], [2, 2, 1], [2, 2, 2], [3, 3, 2], [3, 3, 1]]
    influence = _influence(np.array(answers, dtype=np.float64))
    assert np.isnan(influence.correlations[0]).all()
    assert np.isfinite(influence.correlations[1:]).all()


def test_an_answer_that_nobody_gave_changes_nothing() -> None:
    answers = _answers(0.5, 400, 8)
    opened = np.where(answers > 2, answers + 1, answers)  # now nobody answers 3
    without, found = _influence(answers), _influence(opened)
    np.testing.assert_allclose(found.correlation_variances, without.correlation_variances, rtol=1e-12)
    np.testing.assert_allclose(found.threshold_variances[:, [0, 1, 3]], without.threshold_variances, rtol=1e-12)
    beyond = PairwiseTables.from_responses(answers, 6)
    influence = polychoric_influence(beyond, polychoric_correlation(beyond).matrix)
    np.testing.assert_allclose(influence.correlation_variances, without.correlation_variances, rtol=1e-12)
    assert np.isnan(influence.threshold_variances[:, 3:]).all()
