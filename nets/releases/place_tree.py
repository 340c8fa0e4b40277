"""The places that have responses, from the placements up to the regions, and the nation over all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nets.errors import InvalidFile, Problem
from nets.organisation import Level, Organisation

NATION: Final = "nation"
"""Level and id of everything together; the tree of organisations itself begins with the regions."""

LEVELS: Final = (*(level.value for level in reversed(Level)), NATION)
"""From the placements to the nation."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceTree:
    """Placements with responses and the places above them.

    Attributes
    ----------
    place_ids, levels
        Of every place: the placements first, then each level above, the nation last; within a level in the order of ids.
    above
        Every placement's own place at each level, as positions in ``place_ids``: shape (n_levels, n_placements), in the
        order of ``LEVELS``, so that the first row is the placements themselves.
    """

    place_ids: tuple[str, ...]
    levels: tuple[str, ...]
    above: NDArray[np.int64]

    @property
    def placements(self) -> tuple[str, ...]:
        """Ids of the placements, in the order of their rows."""
        return self.place_ids[: self.above.shape[1]]


def place_tree(placement_ids: Iterable[str], organisations: Mapping[str, Organisation]) -> PlaceTree:
    """The tree over these placements.

    Parameters
    ----------
    organisations
        By id; those above the placements are among them.

    Raises
    ------
    InvalidFile
        Naming every placement that is not among the organisations.
    """
    placements = sorted(set(placement_ids))
    problems = [
        Problem(f"placement {unknown}", "is not there") for unknown in placements if unknown not in organisations
    ]
    if problems:
        raise InvalidFile(problems)
    paths = [path_up(organisations, placement_id) for placement_id in placements]
    place_ids: list[str] = []
    levels: list[str] = []
    above = np.empty((len(LEVELS), len(placements)), dtype=np.int64)
    for number, level in enumerate(LEVELS):
        here = sorted({path[number] for path in paths})
        position = {place_id: len(place_ids) + i for i, place_id in enumerate(here)}
        above[number] = [position[path[number]] for path in paths]
        place_ids += here
        levels += [level] * len(here)
    return PlaceTree(tuple(place_ids), tuple(levels), above)


def path_up(organisations: Mapping[str, Organisation], placement_id: str) -> tuple[str, ...]:
    """A placement, the places above it from its site to its region, and the nation."""
    path = [placement_id]
    while (parent := organisations[path[-1]].parent_id) is not None:
        path.append(parent)
    return (*path, NATION)
