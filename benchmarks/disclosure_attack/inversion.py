"""The number of learners behind one single item, from its mean and standard deviation as somebody sees them.

An insider tries every way in which every number of the band can spread over the options, and keeps the numbers with which some way
gives what is shown. Up to nineteen learners; beyond, there are too many ways, and every number has one.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, TypeAlias

import numpy as np

from benchmarks.disclosure_bands import answer_sets, seen
from nets.disclosure.banded import Band, BandedMean, SeenMean
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader

MOST: Final = 19
Shown: TypeAlias = tuple[int, ...]


def everything(release: ReleaseReader) -> Iterator[PlaceView]:
    """Every place that a reader can be given: all levels within her scope, and what stands beside it."""
    top = release.top()
    yield top
    yield from release.context()
    for level in Level:
        if level != top.level:
            yield from release.below(top, level)


def numbers_that_fit(cell: SeenMean, band: Band) -> list[int]:
    """The numbers of a band that can have a mean and standard deviation like this, to the step or to the tenth."""
    unit = float(cell.step) if isinstance(cell, BandedMean) else 0.1
    shown = round(cell.mean / unit), round(cell.sd / unit)
    return [n for n in range(band.low, band.high + 1) if shown in _possible(n, unit)]


@cache
def _possible(n: int, unit: float) -> frozenset[Shown]:
    values = np.array([row[:2] for row in seen(answer_sets(n), 0.1, None)])
    return frozenset(map(tuple, np.rint(np.round(values, 1) / unit).astype(int).tolist()))
