"""The printed matrix cell by cell."""

from typing import Any

import pytest

from nets.errors import InvalidSetting
from nets.risk import risk_colour, severity

# Copied by hand from the printed table: HEE Quality Framework Handbook 2017/18; rows likelihood 5..1, columns impact 1..5.
PRINTED = """
G    A    A/R  R    R
G    A    A/R  R    R
G    G/A  A    A/R  R
G    G/A  A    A    A/R
G    G    G/A  G/A  A
"""
CELLS = [
    (5 - row, column + 1, colour)
    for row, line in enumerate(PRINTED.strip().splitlines())
    for column, colour in enumerate(line.split())
]


@pytest.mark.parametrize(("likelihood", "impact", "colour"), CELLS)
def test_each_cell_is_the_printed_one(likelihood: int, impact: int, colour: str) -> None:
    assert risk_colour(likelihood, impact) == colour


@pytest.mark.parametrize(
    ("likelihood", "impact"), [(0, 1), (6, 1), (1, 0), (1, 6), (True, 3), (2.0, 3), ("3", 3), (None, 3)]
)
def test_it_refuses_what_is_not_on_the_matrix(likelihood: Any, impact: Any) -> None:
    with pytest.raises(InvalidSetting, match="whole number from 1 to 5"):
        risk_colour(likelihood, impact)


def test_both_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidSetting) as caught:
        risk_colour(0, 9)
    assert [problem.where for problem in caught.value.problems] == ["likelihood", "impact"]


def test_cells_are_ordered_by_colour_then_impact_then_likelihood() -> None:
    cells = sorted([(5, 2), (3, 5), (5, 1), (1, 5), (4, 3), (5, 3), (3, 4)], key=lambda cell: severity(*cell))
    assert cells == [(5, 1), (5, 2), (1, 5), (4, 3), (5, 3), (3, 4), (3, 5)]
