"""Reading expected figures, and the data or moments that they were computed from."""

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import PairwiseTables
from analysis.item_responses import FloatArray
from analysis.moments import Missing

FOLDER = Path(__file__).parent

NETS_FILES = {"nets": "data/nets_synth.csv", "nets_complete": "data/nets_synth_complete.csv"}
NETS_ITEMS = [f"q{number:02d}" for number in range(1, 32)]

ReadAnswers = Callable[[Path, list[str]], FloatArray]


def _answers(path: Path, items: list[str]) -> FloatArray:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(row[item]) if row[item] not in {"", "NA"} else math.nan for item in items] for row in rows])


@pytest.fixture(scope="session")
def read_answers() -> ReadAnswers:
    """Read the named columns of a CSV file, NaN where a cell is empty or NA."""
    return _answers


@pytest.fixture(scope="session")
def nets_synth() -> Callable[[list[str]], FloatArray]:
    """Read columns of the simulated survey that is free to copy."""
    return lambda items: _answers(FOLDER / "data/nets_synth.csv", items)


@pytest.fixture(scope="session")
def expected() -> Callable[[str], Any]:
    """Read the figures of an expected file by its name without ending."""
    return lambda name: json.loads((FOLDER / "expected" / f"{name}.json").read_text())["result"]


@pytest.fixture(scope="session")
def pairwise_tables() -> Callable[..., PairwiseTables]:
    """Read the tables of all items of bfi, bfi_keyed, lq2002 or bhr2000, or count them in nets or nets_complete."""
    stored = dict(np.load(FOLDER / "moments/pairwise_tables.npz"))

    def tables(name: str, missing: Missing = "pairwise") -> PairwiseTables:
        if name in NETS_FILES:
            state = PairwiseTables.from_responses(_answers(FOLDER / NETS_FILES[name], NETS_ITEMS), 5, missing=missing)
            return replace(state, item_names=tuple(NETS_ITEMS))
        # The sets without missing answers are stored once.
        key = f"{name}_{missing}" if f"{name}_{missing}_rows" in stored else f"{name}_pairwise"
        names = tuple(str(item) for item in stored[f"{key}_items"])
        upper = stored[f"{key}_counts"]
        counts = np.zeros((len(names), len(names), *upper.shape[1:]), dtype=np.int64)
        rows, columns = np.triu_indices(len(names))
        counts[columns, rows] = upper.transpose(0, 2, 1)
        counts[rows, columns] = upper
        n_rows, n_respondents, n_used = (int(number) for number in stored[f"{key}_rows"])
        return PairwiseTables(counts, names, n_rows, n_respondents, n_used, missing)

    return tables


@pytest.fixture(scope="session")
def nets_answers() -> Callable[[str], FloatArray]:
    """Read all 31 items of nets or nets_complete."""
    return lambda name: _answers(FOLDER / NETS_FILES[name], NETS_ITEMS)
