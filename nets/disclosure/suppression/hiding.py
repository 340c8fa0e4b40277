"""From numbers in cells to the cells that may not be shown."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nets.disclosure.suppression.cells import BoolArray, Cells, FloatArray, IntArray, Protection
from nets.disclosure.suppression.crossing import count_widths, hide_in_crossing, uncertainty_in_crossing
from nets.disclosure.suppression.tree import hide_in_tree, uncertainty_in_tree


def hidden_cells(
    cells: Cells,
    floors: ArrayLike,
    protection: Protection,
    *,
    never_shown: ArrayLike = False,
    mean_widths: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    counts_known: "CountsKnown | None" = None,
) -> BoolArray:
    """The cells that may not be shown: those below their floor, those named, and what it takes to protect them.

    Parameters
    ----------
    cells
        Counts, totals and the tree they add up along. Of several columns, of which the first is the sum of the others, the first is
        settled by itself; where it is hidden, so are the others.
    floors
        Fewest learners of a cell that is shown, broadcast to the cells.
    protection
        How uncertain what is hidden has to stay.
    never_shown
        Cells to hide whatever their number.
    mean_widths
        How widely the mean of each cell has to lie when it is hidden, in points; what the protection says where nothing else is.
        Nought for a large cell that would be hidden only because it would give a small one away: nobody in it is harmed, and
        asking it of regions would hide regions.
    cost
        What hiding a cell costs; its number of learners where nothing else is said. The same cost for every measure hides the
        same cells in all of them as far as their numbers allow, so that one measure does not tell what another hides.
    fixed
        Cells that are settled already: hidden if they are in ``never_shown`` or below their floor, shown otherwise. Of those of
        several columns none is settled before the others then. What the fixed ones give away of each other cannot be helped.
    counts_known
        What has been proved of another table of the same tree.

    Returns
    -------
    hidden : ndarray of bool, shape (n_places, n_columns)
        True for every cell that may not be shown, those with nobody in them included.

    Examples
    --------
    A site of three wards. The first is below the floor of five, and the site less the two others would give it away:

    >>> import numpy as np
    >>> n = np.array([[3], [12], [20], [35]])
    >>> cells = Cells(n, 70.0 * n, 5300.0 * n, np.array([3, 3, 3, -1]))
    >>> hidden_cells(cells, 5, Protection()).ravel().tolist()
    [True, True, False, False]
    >>> hidden_cells(cells, 5, Protection(complementary=False)).ravel().tolist()
    [True, False, False, False]
    """
    shape = cells.counts.shape
    hidden: BoolArray = cells.live & ((cells.counts < np.asarray(floors)) | np.asarray(never_shown))
    worth: FloatArray = np.broadcast_to(np.asarray(cells.counts if cost is None else cost, dtype=np.float64), shape)
    wanted = protection.mean_width if mean_widths is None else mean_widths
    widths: FloatArray = np.broadcast_to(np.asarray(wanted, dtype=np.float64), shape)
    settled: BoolArray = np.broadcast_to(np.asarray(False if fixed is None else fixed, dtype=bool), shape).copy()
    if protection.complementary and fixed is None:
        first = _column(cells, 0)
        hidden[:, 0] = hide_in_tree(first, hidden[:, 0], widths[:, 0], worth[:, 0], protection)
        hidden |= hidden[:, :1] & cells.live
        settled[:, 0] = True
    if protection.complementary and shape[1] > 1:
        known = counts_known.widths_in(cells.counts, hidden) if counts_known else np.zeros(shape)
        hidden = hide_in_crossing(cells, hidden, settled, widths, worth, protection, known)
    return hidden | ~cells.live


@dataclass(frozen=True, slots=True, eq=False)
class CountsKnown:
    """How uncertain the counts of a crossed table are known to be, and of all tables with no fewer learners that hide no less.

    Attributes
    ----------
    counts, hidden
        Learners in the cells of the table, and what is hidden there.
    widths
        How uncertain its counts are, as far as that is known.
    """

    counts: IntArray
    hidden: BoolArray
    widths: FloatArray

    @classmethod
    def of(cls, cells: Cells, hidden: BoolArray, fixed: BoolArray, protection: Protection) -> "CountsKnown":
        """What can be proved of a table; only its counts matter, and they need not add up."""
        hidden = hidden & cells.live
        return cls(cells.counts, hidden, count_widths(cells, hidden, fixed, protection))

    def widths_in(self, counts: IntArray, hidden: BoolArray) -> FloatArray:
        """The same of another table of the same tree: nothing where that has fewer learners or shows what is hidden here."""
        holds = (counts >= self.counts).all() and hidden[self.hidden].all()
        return self.widths if holds else np.zeros(hidden.shape)


def uncertainty(cells: Cells, hidden: BoolArray) -> tuple[FloatArray, FloatArray]:
    """How widely the count and the mean of every hidden cell can lie, from what is shown: learners, and points of 0-100.

    The counts are taken for known when it comes to the means. Infinite where nothing binds a count; nan where nothing is hidden
    and where nobody is. Of a table of several columns the sums of squares are left out, and it takes its time.
    """
    if cells.counts.shape[1] > 1:
        return uncertainty_in_crossing(cells, hidden)
    count_width, mean_width = uncertainty_in_tree(cells, hidden[:, 0])
    return count_width[:, None], mean_width[:, None]


def _column(cells: Cells, column: int) -> Cells:
    of = slice(column, column + 1)
    return Cells(cells.counts[:, of], cells.totals[:, of], cells.squares[:, of], cells.parent)
