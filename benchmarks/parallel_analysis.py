"""Parallel analysis of 1,000 respondents and 31 items, 100 draws, against psych: 40 times as fast wanted, polychoric 100 times.

Run from the checkout, with R and its package psych: ``OPENBLAS_NUM_THREADS=1 python -m benchmarks.parallel_analysis``.
"""

import csv
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis import parallel_analysis
from analysis.item_responses import FloatArray

HERE = Path(__file__).parent
ANSWERS = HERE.parent / "tests/reference/data/nets_synth_complete.csv"


def fastest(work: Callable[[], object], repeats: int) -> float:
    """Give the least of several times, in seconds of the processor, for a machine that is busy."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def of_psych(answers: FloatArray) -> dict[str, float]:
    """Give psych's least time of each work."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        header = ",".join(f"q{place}" for place in range(answers.shape[1]))
        np.savetxt(path, answers, fmt="%d", delimiter=",", header=header, comments="")
        script = ["Rscript", str(HERE / "parallel_analysis.R"), str(path)]
        printed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = {}
    for line in printed.splitlines():
        work, seconds = line.split()
        found[work] = min(float(seconds), found.get(work, np.inf))
    return found


def main() -> None:
    """Print what psych takes in units of what this takes."""
    with ANSWERS.open(newline="") as file:
        rows = list(csv.DictReader(file))[:1000]
    answers = np.array([[float(row[f"q{number:02d}"]) for number in range(1, 32)] for row in rows])
    pearson = fastest(lambda: parallel_analysis(answers, "pearson", n_draws=100), 30)
    polychoric = fastest(lambda: parallel_analysis(answers, n_draws=100), 8)
    theirs = of_psych(answers)
    draw = (theirs["polychoric_4"] - theirs["polychoric_1"]) / 3
    hundred = theirs["polychoric_1"] + 99 * draw
    print(f"Pearson, {pearson:.3f} s: {theirs['pearson'] / pearson:.0f} times as fast as psych by the same rule,")
    print(f"  {theirs['default'] / pearson:.0f} times as fast as psych by its own")
    print(f"polychoric, {polychoric:.3f} s: {hundred / polychoric:.0f} times as fast as psych")


if __name__ == "__main__":
    main()
