"""Covariates read as columns."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError
from analysis.mixed.case_mix import read_covariates


def test_numbers_stay_numbers_and_what_is_missing_stays_missing() -> None:
    covariates: dict[str, Any] = {
        "age": [20, None, 31],
        "hours": np.array([1.5, np.nan, 2.0]),
        "year": pd.Series([1, None, 3], dtype="Int64"),
    }
    age, hours, year = read_covariates(covariates, {})
    for covariate, values in ((age, [20, np.nan, 31]), (hours, [1.5, np.nan, 2.0]), (year, [1, np.nan, 3])):
        np.testing.assert_array_equal(covariate.values[:, 0], values)
        assert covariate.columns == (covariate.name,)
        assert covariate.reference == ""


def test_labels_are_compared_with_the_most_frequent_and_missing_ones_have_no_row() -> None:
    (group,) = read_covariates({"group": ["nurse", "doctor", "nurse", "", "midwife", None]}, {})
    assert group.reference == "nurse"
    assert group.columns == ("group = doctor", "group = midwife")
    np.testing.assert_array_equal(group.values, [[0, 0], [1, 0], [0, 0], [np.nan, np.nan], [0, 1], [np.nan, np.nan]])


def test_a_reference_may_be_named_and_ties_go_to_the_first_label() -> None:
    (named,) = read_covariates({"group": ["b", "a", "b"]}, {"group": "a"})
    assert (named.reference, named.columns) == ("a", ("group = b",))
    (tied,) = read_covariates({"group": ["b", "a", "b", "a"]}, {})
    assert tied.reference == "a"


@pytest.mark.parametrize(
    "column",
    [
        [True, False, True],
        pd.Series([True, False, True]),
        pd.Series([1, 2, 1]).astype("category"),
        [1, "prefer not to say", 1],
    ],
)
def test_truth_values_categories_and_mixtures_are_labels(column: Any) -> None:
    (covariate,) = read_covariates({"x": column}, {})
    np.testing.assert_array_equal(covariate.values, [[0], [1], [0]])


def test_a_frame_is_a_mapping_of_its_columns() -> None:
    frame = pd.DataFrame({"age": [20.0, 30.0], "group": ["a", "b"]})
    assert [covariate.name for covariate in read_covariates(frame, {})] == ["age", "group"]
    assert read_covariates(None, {}) == []


def test_everything_that_is_wrong_is_named() -> None:
    covariates = {
        "empty": [None, None, None],
        "same": ["x", "x", "x"],
        "wide": np.ones((3, 2)),
        "endless": [1.0, np.inf, 2.0],
        "age": [1, 2, 3],
        "group": ["a", "b", "a"],
    }
    with pytest.raises(AnalysisError) as caught:
        read_covariates(covariates, {"age": 1, "group": "c", "nothing": "a"})
    assert caught.value.problems == (
        "a reference is given for nothing, which is no covariate",
        "covariate empty is missing for everybody",
        "covariate same is constant: everybody is x",
        "covariate wide must be one value a person, not an array of shape (3, 2)",
        "covariate endless has 1 infinite values",
        "covariate age is a number and has no reference: give its values as text",
        "covariate group: nobody has the reference 'c'",
    )
