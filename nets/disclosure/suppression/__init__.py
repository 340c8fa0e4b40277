"""Which cells of a table must stay hidden so that nothing hidden can be worked out from what is shown. Pure; knows nothing of
places.

A cell of fewer learners than its floor is hidden; so are further ones, the cheapest, until the sums that the cells stand in
give no hidden number away. Both look alike outside.
"""

from nets.disclosure.suppression.cells import Cells, Protection
from nets.disclosure.suppression.hiding import CountsKnown, hidden_cells, uncertainty

__all__ = ["Cells", "CountsKnown", "Protection", "hidden_cells", "uncertainty"]
