"""What suppression is told: numbers in cells, the tree they add up along, and how uncertain a hidden one has to stay."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nets.errors import InvalidSetting, Problem

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BEST = 100.0
"""A score lies between 0 and this."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One measure's cells: a row a place, a column a breakdown.

    Attributes
    ----------
    counts
        Learners with a score, shape (n_places, n_columns). With more than one column the first is the sum of the others.
    totals, squares
        Sums of their scores (0-100 each) and of the squared scores, same shape.
    parent
        Row of the place above; -1 for a place with none above. A place with places below is their sum, in every column.

    Raises
    ------
    InvalidSetting
        Where shapes differ, a parent is no row, or the numbers are not those of scores from 0 to 100.
    """

    counts: IntArray
    totals: FloatArray
    squares: FloatArray
    parent: IntArray

    def __post_init__(self) -> None:
        shape = self.counts.shape
        problems = [
            Problem(name, f"has the shape {array.shape}, not {shape}")
            for name, array in (("totals", self.totals), ("squares", self.squares))
            if array.shape != shape
        ]
        if len(shape) != 2 or not shape[1]:
            problems.append(Problem("counts", "are not a table of places by columns"))
        elif self.parent.shape != shape[:1]:
            problems.append(Problem("parent", f"has the shape {self.parent.shape}, not {shape[:1]}"))
        elif len(self.parent) and not -1 <= self.parent.min() <= self.parent.max() < len(self.parent):
            problems.append(Problem("parent", "names a row that is not there"))
        if (
            not problems
            and not ((self.counts >= 0) & (self.totals >= 0) & (self.totals <= BEST * self.counts * (1 + 1e-9))).all()
        ):
            problems.append(Problem("totals", "are not sums of scores from 0 to 100"))
        if problems:
            raise InvalidSetting(problems)

    @cached_property
    def live(self) -> BoolArray:
        """Cells with anybody in them; the others are taken for known, so that they protect nothing."""
        return self.counts > 0

    @cached_property
    def leaf(self) -> BoolArray:
        """Places with no place below, shape (n_places,)."""
        leaf = np.ones(len(self.parent), dtype=bool)
        leaf[self.parent[self.parent >= 0]] = False
        return leaf

    @cached_property
    def by_depth(self) -> tuple[IntArray, ...]:
        """Rows of the places with none above, of those below them, and so on.

        Raises
        ------
        InvalidSetting
            Where a place lies below itself.
        """
        depth = np.zeros(len(self.parent), dtype=np.int64)
        above = self.parent
        for _ in range(len(self.parent) + 1):
            if not (above >= 0).any():
                return tuple(np.flatnonzero(depth == level) for level in range(depth.max(initial=-1) + 1))
            depth += above >= 0
            above = np.where(above >= 0, self.parent[above], -1)
        raise InvalidSetting("a place lies below itself")


@dataclass(frozen=True, slots=True)
class Protection:
    """How uncertain what is hidden has to stay.

    Attributes
    ----------
    count_width
        The number of learners in a hidden cell may be worked out no more narrowly than this.
    mean_width
        The mean of a hidden cell may be worked out no more narrowly than this, in points of 0-100, even by somebody who knows the
        number of learners in every cell, unless something else is asked of the cell.
    complementary
        Whether further cells are hidden for that. Without, what lies below a floor is hidden alone, and is not safe.
    """

    count_width: int = 5
    mean_width: float = 10.0
    complementary: bool = True
