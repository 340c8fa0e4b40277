"""Confirmatory models of six factors against lavaan: estimates, standard errors, standardized, and every index of fit."""

import sys
import time
from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis import confirm_factors

from .answers import N_ITEMS, N_THEMES, simulated
from .stopwatch import Line, faster, fastest, in_process, in_r, print_time_and_peak, seconds

MODEL = {f"F{theme}": [f"item_{item + 1}" for item in range(theme, N_ITEMS, N_THEMES)] for theme in range(N_THEMES)}
MILLION = 1_000_000


def lines() -> Iterator[Line]:
    """Measure from raw answers; lavaan is asked for the same statistics, which it gives one by one."""
    yield _against_lavaan("WLSMV", 1_000, wanted=40, repeats=2)
    yield _against_lavaan("WLSMV", 100_000, wanted=80, repeats=1)
    yield _against_lavaan("MLR", 10_000, wanted=40, repeats=1)
    yield _memory()


def _against_lavaan(estimator: Literal["WLSMV", "MLR"], n: int, *, wanted: float, repeats: int) -> Line:
    answers = _drawn(n)
    (ours,) = fastest(lambda: confirm_factors(MODEL, answers, estimator), repeats=4)
    theirs = in_r(f"lavaan_{estimator}", answers, repeats=repeats)
    return faster(f"CFA of 6 factors, {estimator}, all statistics, n = {n:,}", "lavaan (cfa)", ours, theirs, wanted)


def _memory() -> Line:
    (time_of_few, few), (time_of_all, peak) = (in_process("confirmatory", n) for n in (MILLION // 10, MILLION))
    return Line(
        "CFA of 6 factors, WLSMV, n = 1,000,000: memory", "n = 100,000", "under 1 GB", f"{peak:.0f} MB", peak < 1000,
        f"{peak:.0f} MB in {seconds(time_of_all)} / {few:.0f} MB in {seconds(time_of_few)}",
    )  # fmt: skip


def _drawn(n: int) -> NDArray[np.int8]:
    """Draw answers in blocks, which takes less memory than fitting does."""
    answers = np.empty((n, N_ITEMS), dtype=np.int8)
    for seed, start in enumerate(range(0, n, 2**16)):
        own = answers[start : start + 2**16]
        own[:] = simulated(len(own), seed=seed)
    return answers


def _fit(n: int) -> None:
    answers = _drawn(n)
    start = time.process_time()
    confirm_factors(MODEL, answers)
    print_time_and_peak(time.process_time() - start)


if __name__ == "__main__":
    _fit(int(sys.argv[1]))
