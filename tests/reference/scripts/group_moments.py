"""Store means and covariances of groups of data sets whose rows may not be copied, which is all that ML asks of them.

Run with the folder of the data sets: ``python tests/reference/scripts/group_moments.py ../shared/reference/data``.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

SETS = {"hs1939": ("school", [f"x{item}" for item in range(1, 10)]), "bfi": ("gender", [])}


def moments_of(path: Path, group: str, items: list[str]) -> dict[str, object]:
    """Give groups in order of first appearance, with their complete rows, means and covariances (divisor n)."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    items = items or [name for name in rows[0] if name[0] in "ACENO" and name[1:].isdigit()]
    complete = [row for row in rows if all(row[item] not in ("", "NA") for item in items)]
    found: dict[str, object] = {"items": items}
    for name in dict.fromkeys(row[group] for row in complete):
        answers = np.array([[float(row[item]) for item in items] for row in complete if row[group] == name])
        covariance = np.cov(answers.T, bias=True)
        found[name] = {"n": len(answers), "mean": answers.mean(axis=0).tolist(), "covariance": covariance.tolist()}
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    stored = {name: moments_of(folder / f"{name}.csv", *how) for name, how in SETS.items()}
    target = Path(__file__).parents[1] / "moments" / "group_moments.json"
    target.write_text(json.dumps(stored, separators=(",", ":")) + "\n")
