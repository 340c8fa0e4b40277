"""Make moments/pairwise_tables.npz: counts of pairs of answers in data sets that may not be copied here.

The tables are all that a correlation, and whatever follows from correlations, needs of the answers. Run with the folder of
the data sets and the folder to write to: ``python tests/reference/scripts/pairwise_tables.py ../shared/reference/data
tests/reference/moments``.
"""

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import PairwiseTables

REVERSED_BFI = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")


def answers(data: Path) -> dict[str, pd.DataFrame]:
    """Read the items of each set, as codes from 1 up."""
    bfi = pd.read_csv(data / "bfi.csv").iloc[:, 1:26]
    keyed = bfi.copy()
    keyed[list(REVERSED_BFI)] = 7 - keyed[list(REVERSED_BFI)]
    lq2002 = pd.read_csv(data / "lq2002.csv")
    lq2002 = lq2002[[name for name in lq2002 if re.match(r"(LEAD|TSIG|HOSTIL)\d", name)]]
    # The hostility items run from 0 to 4, the others from 1 to 5.
    lq2002 = lq2002 + np.where(lq2002.columns.str.startswith("HOSTIL"), 1, 0)
    return {
        "bfi": bfi,
        "bfi_keyed": keyed,
        "lq2002": lq2002,
        "bhr2000": pd.read_csv(data / "bhr2000.csv").iloc[:, 1:12],
    }


if __name__ == "__main__":
    stored: dict[str, Any] = {}
    for name, items in answers(Path(sys.argv[1])).items():
        for missing in ("pairwise", "listwise"):
            if missing == "listwise" and not name.startswith("bfi"):
                continue  # complete
            state = PairwiseTables.from_responses(items, missing=missing)
            key = f"{name}_{missing}"
            stored[f"{key}_counts"] = state.counts[np.triu_indices(state.n_items)].astype(np.int16)
            stored[f"{key}_items"] = np.array(state.item_names)
            stored[f"{key}_rows"] = np.array([state.n_rows, state.n_respondents, state.n_used])
    np.savez_compressed(Path(sys.argv[2]) / "pairwise_tables.npz", **stored)
