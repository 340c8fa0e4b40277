"""Codes for a missing answer that were left among the answers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    AnalysisError,
    PairwiseTables,
    confirm_factors,
    cronbach_alpha,
    describe_items,
    graded_response,
    polychoric_correlation,
    scale_scores,
)
from analysis.missing_codes import codes_for_missing

NAMES = ("q1", "q2", "q3", "q4")


def _answers(code: float, options: int = 5) -> pd.DataFrame:
    drawn = np.random.default_rng(1).integers(1, options + 1, (60, 4)).astype(float)
    drawn[:3, 0] = drawn[7, 2] = code
    return pd.DataFrame(drawn, columns=list(NAMES))


@pytest.mark.parametrize("code", [-1, -9, -99, 9, 99, 999])
def test_a_code_is_named_with_the_items_that_hold_it(code: int) -> None:
    assert codes_for_missing(_answers(code).to_numpy(), NAMES) == [
        f"4 answers are {code} where all others are from 1 to 5 (items q1, q3: first {code} in row 1): "
        "codes for a missing answer are given as NaN; options of the scale are numbered from 1 up without a gap"
    ]


def test_several_codes_are_named_together() -> None:
    answers = _answers(-9).to_numpy(copy=True)
    answers[5, 1] = -1
    (problem,) = codes_for_missing(answers, NAMES)
    assert problem.startswith(
        "5 answers are -9 or -1 where all others are from 1 to 5 (items q1, q2, q3: first -9 in row 1)"
    )


@pytest.mark.parametrize(
    "analyse",
    [
        describe_items,
        cronbach_alpha,
        scale_scores,
        polychoric_correlation,
        graded_response,
        PairwiseTables.from_responses,
    ],
)
@pytest.mark.parametrize("code", [9, 99])
def test_no_analysis_counts_a_code_as_an_answer(analyse: Any, code: int) -> None:
    with pytest.raises(AnalysisError, match=f"4 answers are {code} where"):
        analyse(_answers(code))


def test_a_factor_model_does_not_either() -> None:
    for estimator in ("WLSMV", "MLR"):
        with pytest.raises(AnalysisError, match="4 answers are 99 where"):
            confirm_factors({"f": list(NAMES)}, _answers(99), estimator)


@pytest.mark.parametrize(
    "values",
    [
        [-2, -1, 0, 1, 2],
        [-3, -2, -1, 1, 2, 3],
        [-1, 0, 1, 2, 3],
        [-1, 1],
        [1, 2, 3, 4, 5, 6, 7, 9],  # an option of nine that nobody chose
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        [18, 25, 40, 99],
        [1, 2, 3, 12],
        [1.5, 2.5, 3.5, 99],
        [1, 2, 3, float("inf")],
    ],
)
def test_what_may_be_a_scale_passes(values: list[float]) -> None:
    answers = np.array(values * 30, dtype=float).reshape(-1, 2)
    assert codes_for_missing(answers, ("q1", "q2")) == []


def test_few_answers_may_leave_any_gap() -> None:
    assert codes_for_missing(np.array([[1.0, 2.0], [3.0, 9.0]]), ("q1", "q2")) == []


def test_options_stated_are_believed() -> None:
    assert describe_items(_answers(9), categories=9).n_missing.tolist() == [0] * 4
