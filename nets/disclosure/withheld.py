"""How much of a release is hidden, for whoever answers for data protection: numbers of cells, and never which."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from nets.releases.place_record import PlaceRecord


@dataclass(frozen=True, slots=True)
class WithheldCells:
    """Cells of one kind at one level, and how many of them are not shown.

    Attributes
    ----------
    level
        Of the tree, or ``nation``.
    places
        Those of the level that have responses.
    cells, hidden
        Scales of all learners. Which of the hidden ones have too few learners, which would give another away and which nobody
        answered is told nowhere: that is what the marker is for.
    group_cells, group_hidden
        Scales by learner group, whether the place has learners of the group or not.
    """

    level: str
    places: int
    cells: int
    hidden: int
    group_cells: int
    group_hidden: int


def count_withheld(
    records: Iterable[PlaceRecord], scales: Sequence[str], learner_groups: Sequence[str]
) -> tuple[WithheldCells, ...]:
    """Count what is hidden at each level, in the order in which the levels come.

    Parameters
    ----------
    records
        The places of a release.
    scales, learner_groups
        Codes of those that the release could show.
    """
    by_level: dict[str, list[PlaceRecord]] = {}
    for record in records:
        by_level.setdefault(record.level, []).append(record)
    return tuple(
        WithheldCells(
            level=level,
            places=len(of_level),
            cells=len(of_level) * len(scales),
            hidden=len(of_level) * len(scales) - sum(_shown(record.scores, scales) for record in of_level),
            group_cells=len(of_level) * len(scales) * len(learner_groups),
            group_hidden=len(of_level) * len(scales) * len(learner_groups)
            - sum(
                _shown(record.groups[group], scales)
                for record in of_level
                for group in record.groups.keys() & learner_groups
            ),
        )
        for level, of_level in by_level.items()
    )


def _shown(cells: Container[str], scales: Sequence[str]) -> int:
    return sum(scale in cells for scale in scales)
