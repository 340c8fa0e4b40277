"""What has come in since an earlier release of the same campaign, as sums of the same places and learner groups.

A second release must not let anybody watch one answer arrive: what a cell gained since it was last shown is a cell of its
own, and these add up along the tree as the scores do. Gains are taken at the placements and learner groups there and added up
anew. Where an answer was taken back, the difference is no sum of answers; it counts as a gain of as many learners, at least
one, so that what was shown before is kept there and wherever it would be given away.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.disclosure.place_tables import CellSums, Numbers
from nets.releases.frozen_sums import FrozenSums, States
from nets.releases.tallying import CampaignTally, Tally
from nets.scoring import BEST

_CENTRE = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """Gains since one earlier release, and what that did with each cell of the campaign as it is now.

    Attributes
    ----------
    responses
        Of the places, in the rows of the campaign's tally.
    places, groups
        By measure, and by scale.
    responses_state, state, group_state
        States of the earlier release; what was not there then was withheld.
    """

    responses: CellSums
    places: tuple[CellSums, ...]
    groups: tuple[CellSums, ...]
    responses_state: States
    state: States
    group_state: States

    @classmethod
    def since(cls, tally: CampaignTally, earlier: FrozenSums) -> "Gains":
        """What a campaign's sums gained since an earlier release of it."""
        rows = _Rows(tally, earlier)
        before = earlier.n, earlier.total, earlier.squares
        groups_before = earlier.group_n, earlier.group_total, earlier.group_squares
        of_groups = [
            _gain(*rows.since(1, _numbers(tally.groups), groups_before, number))
            for number in range(tally.groups.n.shape[1])
        ]
        scales = {column: number for number, column in enumerate(tally.scales)}
        of_places = [
            # So that the two add up also where an answer in one group was taken back and others came.
            rows.together(of_groups[scales[column]])
            if column in scales
            else _gain(*rows.since(0, _numbers(tally.places), before, column))
            for column in range(len(tally.measures))
        ]
        counted = np.abs(tally.places.responses - rows.at(0, earlier.responses))[rows.leaves[0]]
        return cls(
            rows.added_up(0, CellSums.counts_alone(counted)),
            tuple(rows.added_up(0, gain) for gain in of_places),
            tuple(rows.added_up(1, gain) for gain in of_groups),
            rows.at(0, earlier.responses_state),
            rows.columns_at(0, earlier.state),
            rows.columns_at(1, earlier.group_state),
        )


def _numbers(tally: Tally) -> tuple[Numbers, Numbers, Numbers]:
    return tally.n, tally.total, tally.squares


class _Rows:
    """Where the cells of an earlier release stand among those of now; the first of each pair is of places, the second of groups."""

    def __init__(self, tally: CampaignTally, earlier: FrozenSums) -> None:
        tree = tally.tree
        row = {str(place_id): number for number, place_id in enumerate(earlier.place_ids.tolist())}
        group_row = {
            key: number
            for number, key in enumerate(
                zip(earlier.group_place_ids.tolist(), earlier.group_codes.tolist(), strict=True)
            )
        }
        keys = zip((tree.place_ids[place] for place in tally.group_place), tally.group_code.tolist(), strict=True)
        self._before = (
            np.array([row.get(place_id, -1) for place_id in tree.place_ids]),
            np.array([group_row.get((place_id, str(code)), -1) for place_id, code in keys], dtype=np.int64),
        )
        measure = {str(code): number for number, code in enumerate(earlier.measures.tolist())}
        column = np.array([measure.get(one.code, -1) for one in tally.measures])
        self._column = column, column[list(tally.scales)]
        self._group_place = tally.group_place
        n_placements = len(tree.placements)
        self.leaves = np.arange(n_placements), np.flatnonzero(tally.group_place < n_placements)

        codes, code = np.unique(tally.group_code.astype(np.str_), return_inverse=True)
        found = np.full((len(tree.place_ids), len(codes)), -1)
        found[tally.group_place, code] = np.arange(len(code))
        placement, of_leaf = tally.group_place[self.leaves[1]], code[self.leaves[1]]
        # Every leaf with the cell it is part of at each level.
        self._into = tree.above, np.stack([found[above[placement], of_leaf] for above in tree.above])
        self._sizes = len(tree.place_ids), len(code)

    def at(self, which: int, values: NDArray[Any]) -> NDArray[Any]:
        """Values of the earlier release in the rows of now; nought where there was no such cell."""
        before = self._before[which]
        found = np.zeros((len(before), *values.shape[1:]), dtype=values.dtype)
        found[before >= 0] = values[before[before >= 0]]
        return found

    def columns_at(self, which: int, values: NDArray[Any]) -> NDArray[Any]:
        """The same in the columns of now; nought where there was no such measure."""
        column = self._column[which]
        return np.where(column >= 0, self.at(which, values)[:, column], np.zeros((), dtype=values.dtype))

    def since(
        self, which: int, now: tuple[Numbers, Numbers, Numbers], before: tuple[Numbers, Numbers, Numbers], column: int
    ) -> list[Numbers]:
        """Differences of one measure in the placements, or in the learner groups there."""
        old = int(self._column[which][column])
        return [
            (new[:, column] - (self.at(which, values[:, old]) if old >= 0 else 0.0))[self.leaves[which]]
            for new, values in zip(now, before, strict=True)
        ]

    def together(self, leaves: CellSums) -> CellSums:
        """The placements' sums from those of the learner groups there."""
        placement = self._group_place[self.leaves[1]]
        size = len(self.leaves[0])
        return CellSums(
            *(
                np.bincount(placement, values, minlength=size).astype(np.float64)
                for values in (leaves.n, leaves.total, leaves.squares)
            )
        )

    def added_up(self, which: int, leaves: CellSums) -> CellSums:
        """Sums at every level of the tree."""
        into, size = self._into[which], self._sizes[which]

        def added(values: Numbers) -> Numbers:
            return np.bincount(into.ravel(), np.tile(values, len(into)), minlength=size).astype(np.float64)

        return CellSums(added(leaves.n), added(leaves.total), added(leaves.squares))


def _gain(n: Numbers, total: Numbers, about: Numbers) -> CellSums:
    """The differences of sums as sums of answers; squares come about the middle and leave as they are."""
    squares = about + 2 * _CENTRE * total - _CENTRE**2 * n
    n = np.rint(n)
    slack = 1e-6 * BEST * (1 + np.abs(n))
    odd = (n < 0) | (total < -slack) | (total > BEST * n + slack) | ((n == 0) & (np.abs(total) > slack))
    odd |= (n == 0) & (np.abs(about) > slack * BEST)
    learners = np.where(odd, np.maximum(np.abs(n), 1.0), n)
    return CellSums(
        learners,
        np.where(odd, _CENTRE * learners, np.clip(total, 0.0, BEST * learners)),
        np.where(odd, BEST**2 * learners, squares),
    )
