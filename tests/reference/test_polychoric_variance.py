"""Sampling variances of thresholds and polychoric correlations, and the whole of Gamma, against lavaan."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from analysis import PairwiseTables, polychoric_correlation
from analysis.item_responses import FloatArray, read_codes
from analysis.polychoric_variance import polychoric_influence

Tables = Callable[..., PairwiseTables]
Expected = Callable[[str], Any]
Agrees = Callable[..., None]

THRESHOLDS = 1e-9  # the expected figures keep ten digits
CORRELATIONS = 2e-7  # lavaan's correlations are up to 3e-8 from the maximum, and Gamma changes with them

pairwise_and_listwise = pytest.mark.parametrize("missing", ["pairwise", "listwise"])


@pytest.mark.parametrize("name", ["bfi", "nets", "nets_complete", "lq2002", "bhr2000"])
@pairwise_and_listwise
def test_variances_agree_with_lavaan(
    name: str, missing: str, expected: Expected, pairwise_tables: Tables, agrees: Agrees
) -> None:
    figures = expected(f"{name}__polychoric_variance")[missing]
    tables = pairwise_tables(name, missing)
    influence = polychoric_influence(tables, polychoric_correlation(tables).matrix)
    of_thresholds = influence.threshold_variances[np.isfinite(influence.threshold_variances)]
    gamma = np.array(figures["gamma"]) / figures["n"]
    assert len(figures["names"]) == len(of_thresholds) + len(influence.first)
    hold = partial(agrees, "polychoric_correlation", against="lavaan::lavInspect", on=name)
    n = len(of_thresholds)
    hold("sampling variances of thresholds", of_thresholds, gamma[:n], rtol=THRESHOLDS)
    hold("sampling variances of correlations", influence.correlation_variances, gamma[n:], rtol=CORRELATIONS)


@pairwise_and_listwise
def test_the_influence_of_every_row_gives_the_whole_of_gamma(
    missing: str, expected: Expected, nets_synth: Callable[[list[str]], FloatArray], agrees: Agrees
) -> None:
    figures = expected("nets_F1__gamma")[missing]
    answers = nets_synth([f"q0{number}" for number in range(1, 7)])
    if missing == "listwise":
        answers = answers[~np.isnan(answers).any(axis=1)]
    tables = PairwiseTables.from_responses(answers)
    influence = polychoric_influence(tables, polychoric_correlation(tables).matrix)
    codes, _ = read_codes(answers)
    rows = np.hstack(
        (influence.thresholds_of_rows(codes).reshape(len(codes), -1), influence.correlations_of_rows(codes))
    )
    gamma = np.array(figures["gamma"]["values"])
    largest = np.abs(gamma).max()
    hold = partial(agrees, "polychoric_correlation", against="lavaan::lavInspect", on="nets", atol=2e-8)
    hold("Gamma, relative to its largest number", figures["n"] * rows.T @ rows / largest, gamma / largest)
