"""Polychoric correlations against psych and lavaan."""

from collections.abc import Iterator
from math import comb

from analysis import polychoric_correlation

from .answers import N_ITEMS, simulated
from .stopwatch import Line, faster, fastest, in_r

FEW, MORE = 3, 6
"""Items from which it is told what lavaan takes for all pairs of a million rows: it would take minutes."""


def lines() -> Iterator[Line]:
    """Measure from raw answers, the pass over the rows included."""
    yield from _thousand()
    yield from _million()


def _thousand() -> Iterator[Line]:
    work, answers = "polychoric matrix, n = 1,000", simulated(1_000)
    (ours,) = fastest(lambda: polychoric_correlation(answers, categories=5), repeats=20)
    yield faster(work, "psych", ours, in_r("psych_polychoric", answers, repeats=2), 80)
    yield faster(work, "lavaan (lavCor)", ours, in_r("lavaan_polychoric", answers, repeats=3), 15)


def _million() -> Iterator[Line]:
    work, answers = "polychoric matrix, n = 1,000,000", simulated(1_000_000)
    (ours,) = fastest(lambda: polychoric_correlation(answers, categories=5), repeats=6)
    yield faster(work, "psych", ours, in_r("psych_polychoric", answers, repeats=1), 20)
    few, more = (in_r("lavaan_polychoric", answers[:, :n_items], repeats=1) for n_items in (FEW, MORE))
    pairs = comb(MORE, 2), comb(N_ITEMS, 2)
    a_pair = (more - few) / (pairs[0] - comb(FEW, 2))
    lavaan = more + a_pair * (pairs[1] - pairs[0])
    yield faster(work, f"lavaan (lavCor), from {pairs[0]} of its {pairs[1]} pairs", ours, lavaan, 150)
