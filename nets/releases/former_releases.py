"""Earlier releases of the same campaign: what a later one must not contradict, and what it keeps of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from nets.disclosure.shown import Shown
from nets.disclosure.withholding import WithheldCells
from nets.releases.frozen_sums import FrozenSums, State
from nets.releases.measure import MeasureKind
from nets.releases.place_record import PlaceRecord
from nets.releases.tallying import CampaignTally


@dataclass(frozen=True, slots=True, eq=False)
class FormerReleases:
    """The releases of a campaign so far.

    Attributes
    ----------
    sums
        What is behind each of them, the oldest first.
    release_id
        The newest.
    records
        What the newest shows, by place, the nation among them.
    """

    sums: tuple[FrozenSums, ...]
    release_id: str
    records: Mapping[str, PlaceRecord]

    def cells_at(self, level_of: Mapping[str, str], level: str) -> set[tuple[str, str]]:
        """Places of one level and the learner groups that had answered there at any of the releases."""
        return {
            (place_id, code)
            for sums in self.sums
            for place_id, code in zip(sums.group_place_ids.tolist(), sums.group_codes.tolist(), strict=True)
            if level_of.get(place_id) == level
        }


NO_FORMER_RELEASES: Final = FormerReleases((), "", {})


@dataclass(frozen=True, slots=True)
class KeptCell:
    """A cell that is still that of an earlier release.

    Attributes
    ----------
    row
        Of its place in the tree.
    group
        Code of the learner group; empty for all learners.
    measure
        Code of the measure; empty for the number of responses.
    release_id
        Where its value is from.
    """

    row: int
    group: str
    measure: str
    release_id: str

    @property
    def key(self) -> str:
        """As in ``PlaceRecord.kept``."""
        return f"{self.group}/{self.measure}" if self.group else self.measure


def kept_cells(
    tally: CampaignTally, withheld: WithheldCells, former: FormerReleases
) -> Iterator[tuple[KeptCell, Shown]]:
    """Every score that a release keeps of an earlier one, with what that shows."""
    scales = [measure.code for measure in tally.measures if measure.kind is MeasureKind.SCALE]
    for row, column in np.argwhere(withheld.places == State.KEPT).tolist():
        yield _kept(tally, former, row, "", tally.measures[column].code)
    for cell, number in np.argwhere(withheld.groups == State.KEPT).tolist():
        yield _kept(tally, former, int(tally.group_place[cell]), str(tally.group_code[cell]), scales[number])


def _kept(tally: CampaignTally, former: FormerReleases, row: int, group: str, measure: str) -> tuple[KeptCell, Shown]:
    record = former.records[tally.tree.place_ids[row]]
    cell = KeptCell(row, group, measure, former.release_id)
    cell = replace(cell, release_id=record.kept.get(cell.key, former.release_id))
    return cell, record.score(measure, group or None)


def with_former_responses(record: PlaceRecord, former: FormerReleases) -> PlaceRecord:
    """A record with the number of responses of the former release."""
    before = former.records[record.place_id]
    since = before.kept.get("", former.release_id)
    return replace(record, responses=before.responses, kept={**record.kept, "": since})


def with_former_flags(record: PlaceRecord, former: FormerReleases) -> PlaceRecord:
    """A record whose flags are the former release's wherever the score is: a flag that goes up tells of an answer too."""
    before = former.records[record.place_id]
    flags = {scale: flags for scale, flags in record.flags.items() if scale not in record.kept}
    flags |= {scale: flags for scale, flags in before.flags.items() if scale in record.kept}
    adverse = {scale for scale in record.basis.adverse if scale not in record.kept}
    adverse |= {scale for scale in before.basis.adverse if scale in record.kept}
    return replace(record, flags=flags, basis=replace(record.basis, adverse=tuple(sorted(adverse))))
