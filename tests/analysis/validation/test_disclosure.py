"""Groups and units below the floor are not shown, and cannot be had by subtraction."""

from collections.abc import Callable
from typing import Any

import numpy as np

from analysis import ReportTable, ValidationReport
from analysis.validation.grouping import POOLED, read_grouping

Validate = Callable[..., ValidationReport]
Simulate = Callable[..., Any]


def test_small_groups_stand_together_without_a_name() -> None:
    found = read_grouping("Group", ["a"] * 50 + ["b"] * 6 + ["c"] * 5, 10)
    assert found.labels == ("a", POOLED)
    assert found.counts().tolist() == [50, 11]


def test_a_single_small_group_takes_the_next_smallest_with_it() -> None:
    found = read_grouping("Group", ["a"] * 50 + ["b"] * 20 + ["c"] * 8, 10)
    assert found.labels == ("a", POOLED)
    assert found.counts().tolist() == [50, 28]


def test_those_without_an_answer_are_a_group_with_a_floor_of_its_own() -> None:
    many = read_grouping("Group", ["a"] * 50 + [None] * 12, 10)
    assert many.labels == ("a", "Not answered")
    few = read_grouping("Group", ["a"] * 50 + ["b"] * 30 + [float("nan")] * 2, 10)
    assert few.labels == ("a", POOLED)


def test_nothing_below_the_floor_is_named_in_the_report(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(300)
    groups = np.array(["Nursing"] * 180 + ["Medicine"] * 100 + ["Podiatry"] * 8 + ["Orthoptics"] * 12)
    report = validate(drawn.responses, groups={"Learner group": groups})
    assert "Podiatry" not in report.to_html() + report.to_json()
    shown = [
        row[1]
        for section in report.sections
        for part in section.parts
        if isinstance(part, ReportTable) and part.caption == "Respondents by learner group"
        for row in part.rows
        if row[1] is not None
    ]
    assert shown == [180, 100, 20]


def test_units_have_no_names_in_the_report(validate: Validate, simulate: Simulate) -> None:
    drawn = simulate(200)
    units = [f"Ward of {label}" for label in drawn.unit]
    report = validate(drawn.responses, unit=units)
    assert "Ward of" not in report.to_html() + report.to_json()
