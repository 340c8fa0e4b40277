"""Who is used, and how levels lie to one another."""

from typing import Any

import numpy as np
import pytest

from analysis import AnalysisError
from analysis.mixed.rows import MixedRows, read_rows

SCORES = [70.0, 60, 80, 75, 55, 65, 90, 85]
UNIT = list("aabbccdd")


def _read(scores: Any = SCORES, unit: Any = UNIT, covariates: Any = None, **levels: Any) -> MixedRows:
    return read_rows(scores, unit, covariates, levels, {}, None)


def test_levels_are_told_by_how_they_lie_to_the_units() -> None:
    rows = _read(provider=list("xxxxyyyy"), year=[1, 2] * 4, cell=[*zip(UNIT, [1, 2, 1, 1, 1, 2, 1, 2], strict=True)])
    assert rows.names == ("unit", "provider", "year", "cell")
    assert rows.roles == ("unit", "contains units", "crossed", "inside units")
    assert rows.part_of_score == (1,)
    assert rows.places_of_units(1).tolist() == [0, 0, 1, 1]
    assert rows.sizes == (4, 2, 2, 7)


def test_who_lacks_something_is_left_out_and_said_by_what_is_lacking() -> None:
    scores = [*SCORES[:7], np.nan]
    rows = _read(scores, covariates={"age": [None, 1, 2, 3, 4, 5, 6, None]}, provider=[*"xxxx", "", *"yyy"])
    assert rows.used.tolist() == [False, True, True, True, False, True, True, False]
    assert rows.notes == ("3 of 8 people left out: 1 lack a score, 2 lack age, 1 lack provider.",)
    # Unit c's other learner says whose it is; counts are of those who are used.
    assert rows.places_of_units(1).tolist() == [0, 0, 1, 1]
    assert [count.tolist() for count in rows.counts] == [[1, 2, 1, 1], [3, 2]]


def test_a_unit_nobody_of_whom_is_used_still_has_its_provider() -> None:
    rows = _read([*SCORES[:6], np.nan, np.nan], provider=list("xxyyxxyy"))
    assert rows.places_of_units(1).tolist() == [0, 1, 0, 1]


def test_it_names_everything_that_is_wrong_at_once() -> None:
    with pytest.raises(AnalysisError) as caught:
        read_rows([1.0, np.inf], ["a", None], {"age": [None, None]}, {}, {}, None)
    assert len(caught.value.problems) == 3
    with pytest.raises(AnalysisError) as caught:
        _read(covariates={"age": [1, 2]}, year=[1, 2, 3], unit_=np.ones((8, 2)))
    assert caught.value.problems == (
        "level unit_ must be one value a person, not an array of shape (8, 2)",
        "8 scores came with 2 values of covariate age",
        "8 scores came with 3 values of level year",
    )
    with pytest.raises(AnalysisError, match='cannot be called "unit"'):
        read_rows(SCORES, UNIT, None, {"unit": UNIT}, {}, None)


@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        ({"year": [2024] * 8}, "level year has one place"),
        ({"person": range(8)}, "each of the 8 places of level person has one score"),
        ({"ward": list("wwxxyyzz")}, "levels unit and ward put the same people together"),
        ({"a": [1, 2] * 4, "b": [2, 1] * 4}, "levels a and b put the same people together"),
    ],
)
def test_levels_that_cannot_be_told_apart_are_named(levels: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        _read(**levels)


def test_a_level_whose_places_the_covariates_tell_apart_is_named() -> None:
    year = ["2024", "2025", "2026", "2024"] * 2
    with pytest.raises(AnalysisError, match="the covariates tell all places of level year apart"):
        _read(covariates={"year": year}, year=year)
    numbers = [1e6 * (label == "2025") for label in year]
    assert _read(covariates={"year": numbers}, year=year).names == ("unit", "year")


def test_only_what_contains_the_units_can_be_part_of_their_score() -> None:
    levels = {"provider": list("xxxxyyyy"), "year": [1, 2] * 4}
    assert read_rows(SCORES, UNIT, None, levels, {}, ()).part_of_score == ()
    with pytest.raises(AnalysisError) as caught:
        read_rows(SCORES, UNIT, None, levels, {}, ("year", "region"))
    assert caught.value.problems == (
        "year cannot be part of a unit's score: it does not contain the units",
        "region cannot be part of a unit's score: it is no level",
    )


def test_nobody_with_everything_is_said() -> None:
    with pytest.raises(AnalysisError, match="nobody has everything that was asked for: 4 lack a score, 4 lack age"):
        _read([*SCORES[:4], *[np.nan] * 4], covariates={"age": [None] * 4 + [1, 2, 3, 4]})
