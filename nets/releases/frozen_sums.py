"""What a later release of a campaign has to know of an earlier one: its exact sums, and what each cell showed. Never served."""

import io
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from nets.releases.tallying import CampaignTally

Numbers = NDArray[np.float64]
States = NDArray[np.uint8]


class State(IntEnum):
    """What a release did with a cell: withheld it, showed it as it was, kept what the release before had shown."""

    WITHHELD = 0
    SHOWN = 1
    KEPT = 2


@dataclass(frozen=True, slots=True, eq=False)
class FrozenSums:
    """The sums behind one release.

    Attributes
    ----------
    place_ids, measures
        What the rows and columns of the places are.
    group_place_ids, group_codes
        What the rows of the learner groups are; their columns are the scales, the first of the measures.
    responses
        Of the places, shape (n_places,).
    n, total, squares, group_n, group_total, group_squares
        As in ``tallying.Tally``, shapes (n_places, n_measures) and (n_groups, n_scales).
    responses_state, state, group_state
        A ``State`` each, for the numbers of responses and for the cells.
    """

    place_ids: NDArray[np.str_]
    measures: NDArray[np.str_]
    group_place_ids: NDArray[np.str_]
    group_codes: NDArray[np.str_]
    responses: Numbers
    n: Numbers
    total: Numbers
    squares: Numbers
    group_n: Numbers
    group_total: Numbers
    group_squares: Numbers
    responses_state: States
    state: States
    group_state: States

    @classmethod
    def of(cls, tally: CampaignTally, responses_state: States, state: States, group_state: States) -> "FrozenSums":
        """The sums of a campaign with what a release of them did with every cell."""
        place_ids = np.array(tally.tree.place_ids, dtype=np.str_)
        return cls(
            place_ids,
            np.array([measure.code for measure in tally.measures], dtype=np.str_),
            place_ids[tally.group_place],
            tally.group_code.astype(np.str_),
            tally.places.responses,
            tally.places.n,
            tally.places.total,
            tally.places.squares,
            tally.groups.n,
            tally.groups.total,
            tally.groups.squares,
            responses_state,
            state,
            group_state,
        )

    def to_bytes(self) -> bytes:
        """The arrays as one file."""
        file = io.BytesIO()
        np.savez_compressed(
            file, allow_pickle=False, **{field.name: getattr(self, field.name) for field in fields(self)}
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, document: bytes) -> "FrozenSums":
        """The arrays behind their bytes."""
        with np.load(io.BytesIO(document), allow_pickle=False) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})
