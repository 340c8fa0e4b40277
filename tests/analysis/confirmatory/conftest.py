"""Answers from known factor models, and what models and their parts are made from."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis import FactorModel, ResponseModel, simulate_responses
from analysis.confirmatory.structure.parameter_table import ParameterTable, lay_out
from analysis.confirmatory.structure.setting import Setting
from analysis.item_responses import FloatArray

TRUTH = ResponseModel.of(
    {
        "Team": {"q1": 0.8, "q2": 0.7, "q3": 0.6, "q4": 0.75},
        "Space": {"q5": 0.8, "q6": 0.7, "q7": 0.65, "q8": 0.55},
    },
    within=0.5,
)
MODEL = {"Team": ["item_1", "item_2", "item_3", "item_4"], "Space": ["item_5", "item_6", "item_7", "item_8"]}

Draw = Callable[..., FloatArray]
LayOut = Callable[..., ParameterTable]


@pytest.fixture(scope="session")
def two_factors() -> dict[str, list[str]]:
    """The model that `draw` draws from."""
    return MODEL


@pytest.fixture(scope="session")
def draw() -> Draw:
    """Draw ordered answers of two correlated factors, eight items of five categories."""

    def drawn(n: int, seed: int, missing: float = 0.0) -> FloatArray:
        answers = simulate_responses(TRUTH, n, seed=seed, missing=missing).responses
        return np.array(answers)

    return drawn


@pytest.fixture(scope="session")
def table_of() -> LayOut:
    """Lay out a model given as text, with usual settings but for those given."""

    def laid_out(text: str, **options: object) -> ParameterTable:
        usual: dict[str, object] = {
            "n_groups": 1, "ordered": False, "n_categories": (), "means": False, "parameterization": "delta",
            "identification": "marker", "orthogonal": False, "equal": frozenset(), "released": frozenset(),
        }  # fmt: skip
        return lay_out(FactorModel.of(text), Setting(**(usual | options)))  # type: ignore[arg-type]

    return laid_out
