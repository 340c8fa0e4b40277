"""Polychoric correlations against psych and lavaan."""

from collections.abc import Iterator

from analysis import polychoric_correlation

from .answers import simulated
from .stopwatch import Line, faster, fastest, in_r


def lines() -> Iterator[Line]:
    """Measure from raw answers, the pass over the rows included."""
    for n, psych, lavaan, repeats in ((1000, 80, 15, 3), (1_000_000, 20, 150, 1)):
        answers = simulated(n)
        (ours,) = fastest(lambda given=answers: polychoric_correlation(given, categories=5), repeats=8)  # type: ignore[misc]
        work = f"polychoric matrix, n = {n:,}"
        yield faster(work, "psych", ours, in_r("psych_polychoric", answers, repeats=repeats), psych)
        yield faster(work, "lavaan (lavCor)", ours, in_r("lavaan_polychoric", answers, repeats=repeats), lavaan)
