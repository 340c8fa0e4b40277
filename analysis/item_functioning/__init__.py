"""Whether an item works alike in different groups of people: differential item functioning."""

from .detect import differential_item_functioning
from .functioning import DifferentialItemFunctioning

__all__ = ["DifferentialItemFunctioning", "differential_item_functioning"]
