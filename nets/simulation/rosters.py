"""How many learners the demo's placements have: numbers of which three to eight in ten answered, and one placement without any."""

from collections import Counter
from collections.abc import Iterable
from typing import Final
from zlib import crc32

import numpy as np

from nets.response import Response
from nets.response_rate import RosterEntry

LOWEST_RATE: Final = 0.3
HIGHEST_RATE: Final = 0.8
WITHOUT_A_ROSTER: Final = "P0002"
"""A placement of which nobody says how many learners it has."""


def invented_roster(learners: Iterable[Response], seed: int) -> tuple[RosterEntry, ...]:
    """A row for each learner group that answered at a placement; the same arguments give the same numbers."""
    answered = Counter((one.placement_id, one.learner_group) for one in learners)
    return tuple(
        RosterEntry(placement_id, group, _learners(n, placement_id, seed))
        for (placement_id, group), n in sorted(answered.items())
        if placement_id != WITHOUT_A_ROSTER
    )


def _learners(answered: int, placement_id: str, seed: int) -> int:
    """So many that the rate of the placement is one between the lowest and the highest, however few answered."""
    rate = np.random.default_rng([seed, crc32(placement_id.encode())]).uniform(LOWEST_RATE, HIGHEST_RATE)
    return min(int(np.ceil(answered / rate)), int(answered / LOWEST_RATE))
