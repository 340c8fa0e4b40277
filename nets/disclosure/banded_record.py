"""One place of a release as everybody sees it but the national role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nets.campaign import Campaign
from nets.disclosure.banded import Band, Banded, BandedAdjusted, BandedResponses, BandedScore
from nets.disclosure.banding import Banding, banded, banded_responses, on_roster
from nets.disclosure.banding_beside import banded_adjusted
from nets.disclosure.rule import DisclosureRule
from nets.disclosure.shown import Shown, ShownBenchmark, ShownResponses, SuppressedScore, least_shown
from nets.disclosure.shown_beside import ShownAdjusted
from nets.flags.place_flags import NO_FLAGS, ScaleFlags
from nets.placement import Verdict
from nets.releases.measure import Measure
from nets.releases.place_record import NotAssessed, PlaceRecord, Risk
from nets.releases.release import ReleaseHeader
from nets.releases.written_cells import WrittenCells
from nets.risk import Suggestion, told_in_bands

_SUPPRESSED: Final = SuppressedScore()
_NO_BENCHMARKS: Final[Mapping[str, ShownBenchmark | SuppressedScore]] = {}


@dataclass(frozen=True, slots=True)
class BandedRecord:
    """What ``PlaceRecord`` is, without an exact number in it.

    Flags and the suggested cell are those of the release: they are what everybody talks about, and are one for all. The words about
    the cell tell no verdict but those of the banded scores, which ``verdicts`` has by title of the scale. ``years_pooled`` names
    the campaigns of each pooled score, which is made of what their releases show (``nets.pooled``).
    """

    place_id: str
    level: str
    responses: BandedResponses | SuppressedScore
    scores: Mapping[str, Banded]
    groups: Mapping[str, Mapping[str, Banded]]
    risk: Risk
    flags: Mapping[str, ScaleFlags]
    kept: Mapping[str, str]
    adjusted: Mapping[str, BandedAdjusted]
    years_pooled: Mapping[str, str]
    verdicts: Mapping[str, Verdict]

    def score(self, measure: str, group: str | None = None) -> Banded:
        """What is shown of one measure, for all learners or one learner group; the marker where nothing is."""
        cells = self.scores if group is None else self.groups.get(group, {})
        if measure not in cells:  # most are not, and a KeyError takes longer than to ask
            return _SUPPRESSED
        return cells[measure]

    def kept_from(self, measure: str, group: str | None = None) -> str:
        """The earlier release whose value a cell still has; an empty word where it has its own. No measure: the responses."""
        return self.kept.get(measure if group is None else f"{group}/{measure}", "")

    def told(self, suggestion: Suggestion) -> Suggestion:
        """What is suggested of this place, in words for whoever sees numbers of learners in bands."""
        return told_in_bands(suggestion, self.verdicts)

    def flags_on(self, scale: str) -> ScaleFlags:
        """The flags of one scale."""
        return self.flags.get(scale, NO_FLAGS)


@dataclass(frozen=True, slots=True)
class BandedView:
    """How the places of one release are banded; made once, because a page may show thousands of them."""

    header: ReleaseHeader
    rule: DisclosureRule
    place_floor: int
    group_floor: int
    measures: Mapping[str, Measure]

    @classmethod
    def of(cls, header: ReleaseHeader, campaign: Campaign, rule: DisclosureRule) -> "BandedView":
        """Of a release and the floors of its campaign."""
        floors = least_shown(campaign, breakdown=False), least_shown(campaign, breakdown=True)
        return cls(header, rule, *floors, {measure.code: measure for measure in header.measures})

    def fewest(self, band: Band) -> int:
        """The fewest learners that a measure of a place in this band can have."""
        return Banding(self.rule, self.place_floor, 0).fewest(band)

    def record(self, record: PlaceRecord) -> BandedRecord:
        """A place's record in bands."""
        banding = Banding(self.rule, self.place_floor, _learners(record), on_roster(record.responses))
        scores = BandedCells(record.scores, self.measures, self.header.benchmarks.get(record.level, {}), banding)
        # What a learner group is held against, the same group elsewhere, no release tells.
        groups = {
            group: BandedCells(
                cells, self.measures, _NO_BENCHMARKS, Banding(self.rule, self.group_floor, _largest(cells))
            )
            for group, cells in record.groups.items()
        }
        verdicts = {
            title: cell.verdict
            for scale, title in self.header.scales.items()
            if isinstance(cell := scores.get(scale), BandedScore)
        }
        return BandedRecord(
            record.place_id,
            record.level,
            banded_responses(record.responses, banding),
            scores,
            groups,
            record.risk if isinstance(record.risk, NotAssessed) else told_in_bands(record.risk, verdicts),
            record.flags,
            record.kept,
            BandedAdjustedCells(record.adjusted, scores, self.group_floor),
            {scale: cell.campaigns for scale, cell in record.pooled.items()},
            verdicts,
        )


class BandedCells(Mapping[str, Banded]):
    """Cells by the code of their measure, each banded when it is asked for: most are never looked at."""

    __slots__ = ("_banding", "_benchmarks", "_cells", "_measures")

    def __init__(
        self,
        cells: Mapping[str, Shown],
        measures: Mapping[str, Measure],
        benchmarks: Mapping[str, ShownBenchmark | SuppressedScore],
        banding: Banding,
    ) -> None:
        self._cells, self._measures, self._benchmarks, self._banding = cells, measures, benchmarks, banding

    def __getitem__(self, measure: str) -> Banded:
        benchmark = self._benchmarks.get(measure, _SUPPRESSED)
        return banded(self._cells[measure], self._measures.get(measure), benchmark, self._banding)

    def __contains__(self, measure: object) -> bool:
        return measure in self._cells

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def __repr__(self) -> str:
        return f"BandedCells({dict(self)})"

    def adjusted(self, measure: str, told: ShownAdjusted, floor: int) -> BandedAdjusted | None:
        """The same score with its case-mix taken out, where so many answered that it is told whatever their number."""
        cell, seen = self._cells.get(measure, _SUPPRESSED), self.get(measure, _SUPPRESSED)
        benchmark = self._benchmarks.get(measure, _SUPPRESSED)
        if (
            isinstance(cell, SuppressedScore)
            or isinstance(benchmark, SuppressedScore)
            or not isinstance(seen, BandedScore)
        ):
            return None
        banding, band = self._banding, seen.learners
        if band.low < banding.rule.distribution_from or banding.fewest(band) < floor:
            return None
        step = banding.rule.step(max(seen.step, banding.rule.case_mix_points / band.low))
        return banded_adjusted(told, cell.mean, seen, benchmark.mean, step)


class BandedAdjustedCells(Mapping[str, BandedAdjusted]):
    """Scores with their case-mix taken out, by code of the scale, each banded when it is asked for."""

    __slots__ = ("_adjusted", "_beside", "_floor")

    def __init__(self, adjusted: Mapping[str, ShownAdjusted], beside: BandedCells, floor: int) -> None:
        self._adjusted, self._beside, self._floor = adjusted, beside, floor

    def __getitem__(self, scale: str) -> BandedAdjusted:
        found = self._beside.adjusted(scale, self._adjusted[scale], self._floor)
        if found is None:
            raise KeyError(scale)
        return found

    def __iter__(self) -> Iterator[str]:
        return (scale for scale in self._adjusted if scale in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"BandedAdjustedCells({dict(self)})"


def _learners(record: PlaceRecord) -> int:
    """How many answered at a place or, where that is not shown, the learners of its largest cell."""
    shown = record.responses
    return shown.responses if isinstance(shown, ShownResponses) else _largest(record.scores)


def _largest(cells: Mapping[str, Shown]) -> int:
    if isinstance(cells, WrittenCells):
        return cells.most_learners()
    return max((cell.n for cell in cells.values() if not isinstance(cell, SuppressedScore)), default=0)
