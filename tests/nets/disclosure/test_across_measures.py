"""What is hidden of one measure asks those made of the same questions to be hidden too."""

import numpy as np
import pytest

from nets.disclosure.across_measures import MeasuresBeside
from nets.releases.frozen_sums import State
from nets.releases.measure import Measure, MeasureKind


def measure(kind: MeasureKind, code: str, *items: str) -> Measure:
    return Measure(code, kind, code, items, 5, sensitive=False)


MEASURES = (
    measure(MeasureKind.SCALE, "tea", "T1", "T2"),
    measure(MeasureKind.SCALE, "rest", "R1", "R2"),
    measure(MeasureKind.STANDARD, "standard:1", "T1", "T2", "R1"),
    measure(MeasureKind.STANDARD, "standard:2", "R2", "N1"),
    measure(MeasureKind.DOMAIN, "domain:1", "T1", "T2", "R1", "R2"),
    *(measure(MeasureKind.ITEM, f"item:{code}", code) for code in ("T1", "T2", "R1", "R2", "N1")),
)


def asked_by(code: str, state: State = State.WITHHELD, *, n: float = 12.0) -> tuple[set[str], set[str]]:
    """What one cell in this state asks to withhold and to keep, all others being shown."""
    codes = [one.code for one in MEASURES]
    states, learners = np.full((1, len(codes)), State.SHOWN, dtype=np.uint8), np.full((1, len(codes)), 12.0)
    states[0, codes.index(code)], learners[0, codes.index(code)] = state, n
    demanded = MeasuresBeside(MEASURES).demanded(states, learners)
    withheld, kept = (
        {code for code, is_asked in zip(codes, row[0], strict=True) if is_asked}
        for row in (demanded.withheld, demanded.kept)
    )
    return withheld, kept


@pytest.mark.parametrize(
    ("hidden", "asked"),
    [
        ("item:T1", {"item:T2"}),
        ("item:R1", {"item:R2", "standard:1", "standard:2"}),
        ("tea", {"item:T1", "item:T2", "standard:1", "domain:1"}),
        ("item:N1", {"standard:2"}),
        ("standard:1", set()),
    ],
    ids=["question", "question of a scale in two standards", "scale", "question of no scale", "standard"],
)
def test_what_is_hidden_asks_for_what_is_made_of_it(hidden: str, asked: set[str]) -> None:
    assert asked_by(hidden) == (asked, set())


def test_what_keeps_its_former_value_asks_the_others_to_keep_theirs() -> None:
    assert asked_by("tea", State.KEPT) == (set(), {"item:T1", "item:T2", "standard:1", "domain:1"})


def test_what_nobody_answered_asks_nothing() -> None:
    assert asked_by("tea", n=0.0) == (set(), set())
