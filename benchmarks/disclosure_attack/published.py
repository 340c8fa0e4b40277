"""What a role can be given of a release, as intervals: every number that is shown is known to half of its last digit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from nets.disclosure.shown import Distribution, Shown, ShownMean, ShownResponses, ShownScore, SuppressedScore
from nets.organisation import Level, Organisation
from nets.releases.place_record import PlaceRecord
from nets.releases.place_tree import NATION
from nets.releases.release import Release

EVERYONE: Final = "all"
"""Stands where a learner group would."""

TENTH: Final = 0.05
Cell: TypeAlias = tuple[str, str]
"""A place and a learner group, or everyone there."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one cell of one measure.

    Attributes
    ----------
    n, total, squares
        Number of learners, sum and sum of squares of their scores on 0-100, each as lowest and highest.
    options
        Answers by option; empty where none are shown.
    without_value
        Answers without a value, by reason; empty where none are shown.
    """

    n: tuple[int, int]
    total: tuple[float, float]
    squares: tuple[float, float]
    options: tuple[int, ...] = ()
    without_value: tuple[int, ...] = ()

    def less(self, parts: Iterable["Known"]) -> "Known":
        """What is known of the rest of a cell, given parts of it; its distribution only where that of every part is shown."""
        left = self
        for part in parts:
            options = (
                tuple(a - b for a, b in zip(left.options, part.options, strict=True))
                if left.options and part.options
                else ()
            )
            left = Known(
                (left.n[0] - part.n[1], left.n[1] - part.n[0]),
                (left.total[0] - part.total[1], left.total[1] - part.total[0]),
                (left.squares[0] - part.squares[1], left.squares[1] - part.squares[0]),
                options,
            )
        return left


@dataclass(frozen=True)
class Published:
    """A whole release as it is read.

    Attributes
    ----------
    release
        For what is not of one cell: the measures, the total.
    responses
        Number of responses of every place that shows it.
    cells
        By measure, then by place and learner group.
    placements_of
        The placements that a place is made of, by its id; who asks for the tree is given it.
    """

    release: Release
    responses: Mapping[str, int]
    cells: Mapping[str, Mapping[Cell, Known]]
    placements_of: Mapping[str, tuple[str, ...]]

    @cached_property
    def records(self) -> Mapping[str, PlaceRecord]:
        """Every place's, that of the nation among them."""
        return {**self.release.places, NATION: self.release.nation}


def published(release: Release, organisations: Iterable[Organisation]) -> Published:
    """Read a release as the national role sees it: exact numbers of learners, scores to the tenth."""
    records = {**release.places, NATION: release.nation}
    parent = {place.id: place.parent_id for place in organisations}
    placements_of: dict[str, list[str]] = {place: [] for place in records}
    for place, record in records.items():
        if record.level == Level.PLACEMENT:
            up: str | None = place
            while up is not None:
                placements_of[up].append(place)
                up = parent[up]
            placements_of[NATION].append(place)
    cells: dict[str, dict[Cell, Known]] = {measure.code: {} for measure in release.header.measures}
    for place, record in records.items():
        for group, scores in ((EVERYONE, record.scores), *record.groups.items()):
            for code, shown in scores.items():
                if not isinstance(shown, SuppressedScore):
                    cells[code][place, group] = _known(shown)
    responses = {
        place: record.responses.responses
        for place, record in records.items()
        if isinstance(record.responses, ShownResponses)
    }
    return Published(release, responses, cells, {place: tuple(below) for place, below in placements_of.items()})


def _known(shown: Shown) -> Known:
    assert isinstance(shown, ShownScore | ShownMean)
    n, low, high = shown.n, max(shown.mean - TENTH, 0.0), min(shown.mean + TENTH, 100.0)
    least, most = max(shown.sd - TENTH, 0.0), shown.sd + TENTH
    squares = ((n - 1) * least**2 + n * low**2, (n - 1) * most**2 + n * high**2)
    if isinstance(shown.distribution, Distribution):
        return Known((n, n), (n * low, n * high), squares, shown.distribution.counts, shown.distribution.without_value)
    return Known((n, n), (n * low, n * high), squares)
