"""Make the other moments of data sets that may not be copied here: what statistics of scales and of units are functions of.

Run with the folder of the data sets and the folder to write to: ``python tests/reference/scripts/unit_moments.py
../shared/reference/data tests/reference/moments``. No number here comes from `analysis`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NOT_FREE = "the answers themselves are not free to copy"
REVERSED_BFI = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]
NETS = {f"F{place}": [f"q{item:02d}" for item in items] for place, items in enumerate(
    (range(1, 7), range(7, 12), range(12, 17), range(17, 22), range(22, 27), range(27, 32)), start=1
)}  # fmt: skip


def starting(frame: pd.DataFrame, start: str) -> pd.DataFrame:
    """Take the columns of one scale."""
    return frame[[name for name in frame if name.startswith(start) and name.removeprefix(start).isdigit()]]


def tables(answers: pd.DataFrame, n_categories: int, added: int = 0) -> dict[str, Any]:
    """Count pairs of answers over those who gave both."""
    codes = [[answers[name] + added == code for code in range(1, n_categories + 1)] for name in answers]
    counts = [[[[int((a & b).sum()) for b in second] for a in first] for second in codes] for first in codes]
    used = int(answers.notna().any(axis=1).sum())
    return {"added": added, "n_rows": len(answers), "n_respondents": len(answers), "n_used": used, "counts": counts}


def sums(score: pd.Series, unit: pd.Series) -> dict[str, Any]:
    """Count, add up and add up squares by unit."""
    by_unit = pd.DataFrame({"unit": unit, "x": score, "xx": score**2}).dropna().groupby("unit")
    return {
        "unit": [str(label) for label in by_unit.groups],
        "n": by_unit.size().tolist(),
        "total": by_unit.x.sum().tolist(),
        "sum_of_squares": by_unit.xx.sum().tolist(),
    }


def frequencies(answers: pd.DataFrame, unit: pd.Series) -> dict[str, Any]:
    """Count each of five options by unit and item."""
    own = [part for _, part in answers.groupby(unit)]
    counts = [[[int((part[name] == code).sum()) for code in range(1, 6)] for name in answers] for part in own]
    told = sums(answers.mean(axis=1), unit)
    return {"unit": told["unit"], "frequencies": counts} | {key: told[key] for key in ("total", "sum_of_squares")}


def levels(answers: pd.DataFrame, unit: pd.Series) -> dict[str, Any]:
    """Add up answers by unit, and products of deviations from the units' means over all of them."""
    by_unit = answers.groupby(unit)
    deviations = (answers - by_unit.transform("mean")).to_numpy()
    return {
        "items": list(answers),
        "unit": [str(label) for label in by_unit.groups],
        "n": by_unit.size().tolist(),
        "totals": by_unit.sum().to_numpy().tolist(),
        "within": (deviations.T @ deviations).tolist(),
    }


def by_group(answers: pd.DataFrame, group: pd.Series) -> dict[str, Any]:
    """Give means and covariances of complete answers in each group, groups in order of first appearance."""
    complete = answers.dropna()
    label = group[complete.index]
    own = {str(name): complete[label == name] for name in label.unique()}
    return {
        "items": list(answers),
        "groups": {
            name: {"n": len(part), "mean": part.mean().tolist(), "covariance": part.cov().to_numpy().tolist()}
            for name, part in own.items()
        },
    }


def made(data: Path) -> dict[str, dict[str, Any]]:
    """Give the contents of each file."""
    bfi, lq, bhr = (pd.read_csv(data / f"{name}.csv") for name in ("bfi", "lq2002", "bhr2000"))
    nets, complete = (pd.read_csv(data / f"nets_synth{ending}.csv") for ending in ("", "_complete"))
    raw = bfi[[name for name in bfi if name[0] in "ACENO" and name[1:].isdigit()]].copy()
    bfi[REVERSED_BFI] = 7 - bfi[REVERSED_BFI]
    lead, tsig, host = (starting(lq, start) for start in ("LEAD", "TSIG", "HOSTIL"))
    bhr_lead = bhr.iloc[:, 1:12]
    counted = {}
    for scale in "ACENO":
        answers = starting(bfi, scale)
        counted[f"bfi_{scale}__pairwise"] = tables(answers, 6)
        counted[f"bfi_{scale}__listwise"] = tables(answers.dropna(), 6) | {
            "n_rows": len(answers), "n_respondents": len(answers),
        }  # fmt: skip
    counted |= {
        "lq2002_LEAD__pairwise": tables(lead, 5), "lq2002_TSIG__pairwise": tables(tsig, 5),
        "lq2002_HOST__pairwise": tables(host, 5, added=1), "bhr2000_LEAD__pairwise": tables(bhr_lead, 5),
    }  # fmt: skip
    by_unit = {
        **{
            f"lq2002_{name}": sums(x.mean(axis=1), lq.COMPID)
            for name, x in (("LEAD", lead), ("TSIG", tsig), ("HOST", host))
        },
        "bhr2000_LEAD": sums(bhr_lead.mean(axis=1), bhr.GRP),
        **{f"nets_{name}": sums(nets[items].mean(axis=1), nets.placement) for name, items in NETS.items()},
        **{f"nets_item_{item}": sums(nets[item], nets.placement) for item in NETS["F1"]},
    }
    chosen = {
        **{f"nets_{name}": frequencies(complete[NETS[name]], complete.placement) for name in ("F1", "F4")},
        "lq2002_LEAD": frequencies(lead, lq.COMPID), "lq2002_TSIG": frequencies(tsig, lq.COMPID),
        "bhr2000_LEAD": frequencies(bhr_lead, bhr.GRP),
    }  # fmt: skip
    hs1939 = pd.read_csv(data / "hs1939.csv")
    tests = starting(hs1939, "x")
    thurstone = pd.read_csv(data / "thurstone_cor.csv", index_col=0)
    return {
        "classical_tables": {
            "what": "pairwise tables of the answers of each scale (bfi reverse-keyed by 7 - x; `added` was added to answers that"
            f" start at 0): enough for every statistic of classical test theory here; {NOT_FREE}",
            "result": counted,
        },
        "unit_sums": {
            "what": "count, sum and sum of squares of a scale score (mean of answered items) in each unit: enough for every"
            f" statistic of the one-way random effects model; {NOT_FREE}",
            "result": by_unit,
        },
        "unit_frequencies": {
            "what": "per unit: how often each of five options was chosen on each item, and sum and sum of squares of the mean of"
            f" the items; {NOT_FREE}",
            "result": chosen,
        },
        "unit_levels": {
            "what": "per unit: count and sums of the items; over all units: products of deviations from the units' means: enough"
            f" for correlations within and between units of complete answers; {NOT_FREE}",
            "result": {
                "lq2002": levels(pd.concat([lead, tsig, host], axis=1), lq.COMPID),
                "bhr2000": levels(bhr_lead, bhr.GRP),
            },
        },
        "hs1939_moments": {
            "what": f"means and covariances of nine tests (Holzinger & Swineford 1939); {NOT_FREE}",
            "n": len(tests),
            "items": list(tests),
            "mean": tests.mean().tolist(),
            "covariance": tests.cov().to_numpy().tolist(),
        },
        "group_moments": {
            "what": f"means and covariances of nine tests in two schools, and of 25 items of women and men; {NOT_FREE}",
            "hs1939": by_group(tests, hs1939.school),
            "bfi": by_group(raw, bfi.gender),
        },
        "thurstone_correlation": {
            "what": "correlations of nine tests of 213 people (Thurstone & Thurstone 1941; McDonald 1999, Test Theory, table 9.3)",
            "items": list(thurstone),
            "n": 213,
            "matrix": thurstone.to_numpy().tolist(),
        },
    }  # fmt: skip


if __name__ == "__main__":
    for name, content in made(Path(sys.argv[1])).items():
        path = Path(sys.argv[2]) / f"{name}.json"
        path.write_text(json.dumps(content, separators=(",", ":"), default=np.generic.item) + "\n")
