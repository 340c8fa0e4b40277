"""Answers of groups, some of which answer one item in a way of their own."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from analysis import ItemShift, ResponseModel, simulate_responses

MODEL = {"Team": ["q1", "q2", "q3"], "Space": ["q4", "q5", "q6"]}
TRUTH = ResponseModel.of(
    {factor: dict.fromkeys(items, 0.75) for factor, items in MODEL.items()},
    thresholds=[-1.2, -0.3, 0.8],
)

Draw = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def two_factors() -> dict[str, list[str]]:
    """The model that `draw` draws from."""
    return MODEL


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draw answers of groups that differ in nothing but the shifts of items asked for, and the last group's advantage on Team."""

    def drawn(
        n: int,
        seed: int,
        groups: Sequence[str] = ("nurse", "midwife"),
        dif: Sequence[ItemShift] = (),
        advantage: float = 0.0,
    ) -> pd.DataFrame:
        labels = [groups[row % len(groups)] for row in range(n)]
        shift = np.array([[advantage * (label == groups[-1]), 0.0] for label in labels])
        found = simulate_responses(TRUTH, n, seed=seed, group=labels, dif=dif, person_shift=shift)
        frame = pd.DataFrame(np.array(found.responses), columns=[f"q{item}" for item in range(1, 7)])
        return frame.assign(group=labels)

    return drawn
