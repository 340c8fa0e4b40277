"""Thresholds, polychoric correlations and the whole of their sampling covariance."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis import AnalysisError
from analysis.confirmatory.ordinal import moments as moments_module
from analysis.confirmatory.ordinal.moments import OrdinalMoments, cluster_totals, covariance_of
from analysis.item_responses import FloatArray

NAMES = tuple(f"q{item}" for item in range(1, 9))
GAMMA = Path(__file__).parents[3] / "reference/expected/nets_F1__gamma.json"


def _moments(answers: FloatArray, missing: Any = "pairwise") -> OrdinalMoments:
    return OrdinalMoments.of(np.nan_to_num(answers).astype(np.int8), NAMES[: answers.shape[1]], missing)


def test_its_diagonal_is_what_tables_alone_say(draw: Callable[..., FloatArray]) -> None:
    found = _moments(draw(400, 1, missing=0.1))
    assert_allclose(np.diagonal(covariance_of(found)), found.variances, rtol=1e-10)


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_the_whole_is_lavaans_gamma(missing: str, nets_answers_of_first_scale: FloatArray) -> None:
    expected = json.loads(GAMMA.read_text())["result"][missing]
    names, gamma = expected["gamma"]["rows"], np.array(expected["gamma"]["values"])
    found = _moments(nets_answers_of_first_scale, missing)
    own = [f"q{item + 1:02d}|t{cut + 1}" for item, cut in zip(found.threshold_item, found.threshold_cut, strict=True)]
    own += [f"q{i + 1:02d}~~q{j + 1:02d}" for i, j in zip(found.first, found.second, strict=True)]
    order = [own.index(name) for name in names]
    assert found.n == expected["n"]
    assert_allclose(found.n * covariance_of(found)[np.ix_(order, order)], gamma, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def nets_answers_of_first_scale() -> FloatArray:
    path = Path(__file__).parents[3] / "reference/data/nets_synth.csv"
    answers: FloatArray = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=range(4, 10))
    return answers


def test_single_precision_is_good_to_a_few_millionths(
    draw: Callable[..., FloatArray], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _moments(draw(3000, 2))
    exact = covariance_of(found)
    monkeypatch.setattr(moments_module, "_SINGLE_FROM", 100)
    scale = np.sqrt(found.variances)
    assert np.abs((covariance_of(found) - exact) / np.outer(scale, scale)).max() < 1e-5


def test_chunks_add_up(draw: Callable[..., FloatArray], monkeypatch: pytest.MonkeyPatch) -> None:
    found = _moments(draw(300, 3, missing=0.1))
    cluster = np.random.default_rng(1).integers(0, 11, 300)
    whole, totals = covariance_of(found), cluster_totals(found, cluster)
    monkeypatch.setattr(moments_module, "_CHUNK_ROWS", 64)
    assert_allclose(covariance_of(found), whole, rtol=1e-9, atol=1e-12)
    assert_allclose(cluster_totals(found, cluster), totals, rtol=1e-9, atol=1e-12)


def test_a_sample_of_rows_stands_for_all(draw: Callable[..., FloatArray]) -> None:
    found = _moments(draw(4000, 4))
    rows = np.random.default_rng(2).permutation(4000)[:2000]
    ratio = np.diagonal(covariance_of(found, rows)) / found.variances
    assert ratio.mean() == pytest.approx(1, abs=0.05)
    assert_allclose(ratio, 1, atol=0.5)


def test_clusters_of_one_give_the_covariance_of_independent_respondents(draw: Callable[..., FloatArray]) -> None:
    found = _moments(draw(200, 5))
    totals = cluster_totals(found, np.arange(200))
    assert_allclose(totals @ totals.T, covariance_of(found) * 200 / 199, rtol=1e-9, atol=1e-15)


def test_respondents_counted_twice_are_seen_through_by_clusters(draw: Callable[..., FloatArray]) -> None:
    answers = draw(150, 6)
    once, twice = _moments(answers), _moments(np.repeat(answers, 2, axis=0))
    totals = cluster_totals(twice, np.repeat(np.arange(150), 2))
    assert_allclose(totals @ totals.T, covariance_of(once) * 150 / 149, rtol=1e-8, atol=1e-12)


def test_items_that_say_the_same_are_named(draw: Callable[..., FloatArray]) -> None:
    answers = draw(200, 7)[:, :3]
    with pytest.raises(AnalysisError) as error:
        _moments(np.column_stack([answers, answers[:, 1], 6 - answers[:, 0]]))
    assert [problem.split(",")[0] for problem in error.value.problems] == [
        "the answers to q1 and q5 fit a correlation of -1",
        "the answers to q2 and q4 fit a correlation of 1",
    ]
