"""Cells as they are kept: what was written is what is read, one by one and as a mapping."""

import json

import pytest

from nets.disclosure.shown import (
    Distribution,
    NoRate,
    Shown,
    ShownMean,
    ShownRate,
    ShownResponses,
    ShownScore,
    SuppressedDistribution,
    SuppressedScore,
)
from nets.placement import Verdict
from nets.releases.written_cells import PackedCells, WrittenCells, read_cell, write_cell

MEAN = ShownMean(12, 71.2, 19.0, (59.2, 83.3), 11.0, Distribution((1, 2, 3, 4, 5), 67.0, (0, 1, 0, 2, 0)))
SCORE = ShownScore(
    9, 71.2, 19.0, (59.2, 83.3), 9.0, 0.61, 72.6, (63.0, 82.1), 0.12, SuppressedDistribution(), Verdict.INDICATIVE
)


@pytest.mark.parametrize(
    "cell",
    [MEAN, SCORE, SuppressedScore(), ShownResponses(30, ShownRate(20, 60, 33.3)), ShownResponses(30, NoRate())],
)
def test_a_cell_comes_back_from_its_text(cell: object) -> None:
    back = read_cell(json.loads(json.dumps(cell, default=write_cell)))
    assert back == cell
    assert type(back) is type(cell)


def test_the_verdict_comes_back_as_one() -> None:
    back = read_cell(json.loads(json.dumps(SCORE, default=write_cell)))
    assert isinstance(back.verdict, Verdict)


@pytest.mark.parametrize("kind", [WrittenCells, PackedCells])
def test_written_cells_are_a_mapping_of_what_they_mean(kind: type[WrittenCells]) -> None:
    meant: dict[str, Shown] = {"tea": SCORE, "item:TEA01": MEAN}
    cells = kind({measure: json.loads(json.dumps(cell, default=write_cell)) for measure, cell in meant.items()})
    assert cells == meant
    assert cells["tea"] == SCORE
    assert cells.get("room") is None
    assert "room" not in cells
    assert "item:TEA02" not in cells
    assert list(cells) == list(meant)
    assert len(cells) == 2
    assert cells.most_learners() == 12
    assert repr(cells) == f"WrittenCells({meant})"
