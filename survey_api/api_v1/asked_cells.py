"""Which cells of which releases a program asks for, and the page of them that is sent: filters choose, and make nothing anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from nets.disclosure.banded import Seen
from nets.errors import InvalidSetting, Problem
from nets.reading import PlaceView, ReleaseReader
from nets.releases.measure import MeasureKind
from nets.store.campaigns import list_campaigns
from nets.store.questionnaires import get_version
from nets.tree import NamedPlace
from survey_api.api_v1.asked_places import AskedPlaces
from survey_api.api_v1.paging import Key, Pager, foreign_cursor

MeasureCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
GroupCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class AskedCells(AskedPlaces):
    """Cells by place, measure and learner group. Filters choose among the cells of a release; none is made anew."""

    measure: list[MeasureCode] = Field(
        default_factory=list,
        max_length=200,
        description="These measures alone, by code; a release lists its measures.",
        examples=[["supervision"]],
    )
    kind: list[MeasureKind] = Field(
        default_factory=list, max_length=4, description="Measures of these kinds alone.", examples=[["scale"]]
    )
    learner_group: list[GroupCode] = Field(
        default_factory=list,
        max_length=100,
        description="These learner groups one by one, by code; left out, all learners together. "
        "Learner groups have scores on scales alone.",
    )


class AskedYears(AskedCells):
    """The same over the years, from the newest release of each campaign."""

    year: list[Annotated[int, Field(ge=1900, le=9999)]] = Field(
        default_factory=list,
        max_length=100,
        description="Campaigns that opened in these years alone.",
        examples=[[2026]],
    )
    campaign: list[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]] = Field(
        default_factory=list, max_length=100, description="These campaigns alone, by id.", examples=[["nets-2026"]]
    )


@dataclass(frozen=True, slots=True)
class CellOnPage:
    """One cell with where it stands."""

    release: ReleaseReader
    year: int
    view: PlaceView
    learner_group: str | None
    measure: str

    @property
    def shown(self) -> Seen:
        """What is shown of it."""
        return self.view.record.score(self.measure, self.learner_group)

    @property
    def kept_from(self) -> str | None:
        """The earlier release whose value it is, because too few have answered since; None where it is this release's own."""
        return self.view.record.kept_from(self.measure, self.learner_group) or None


@dataclass(frozen=True, slots=True)
class _Block:
    """What is asked of one release: each of these places by each of these learner groups and measures."""

    release: ReleaseReader
    year: int
    places: Sequence[NamedPlace]
    columns: Sequence[tuple[str | None, str]]

    def __len__(self) -> int:
        return len(self.places) * len(self.columns)

    def position(self, key: Key) -> int | None:
        """Where the cell of a key stands, if it is here."""
        release_id, place_id, group, measure = key
        column = (group or None, measure)
        places = [place.place_id for place in self.places]
        if release_id != self.release.header.id or place_id not in places or column not in self.columns:
            return None
        return places.index(place_id) * len(self.columns) + self.columns.index(column)

    def cells(self, span: range) -> Iterator[CellOnPage]:
        """The cells at these positions; of the release only their places are read."""
        if not span:
            return
        first = span[0] // len(self.columns)
        views = self.release.views(self.places[first : span[-1] // len(self.columns) + 1])
        for position in span:
            row, column = divmod(position, len(self.columns))
            yield CellOnPage(self.release, self.year, views[row - first], *self.columns[column])


def cells_asked(
    releases: Sequence[ReleaseReader], asked: AskedCells, pager: Pager
) -> tuple[list[CellOnPage], str | None]:
    """The page of cells that is asked for, and the cursor of the next one.

    Raises
    ------
    InvalidSetting
        Naming every filter that does not go with another or that no release knows, and a cursor that leads nowhere.
    NotFound
        For a place that is not the reader's to see.
    """
    blocks = _blocks(releases, asked)
    start = _start(blocks, pager.after)
    found: list[CellOnPage] = []
    before = 0
    for block in blocks:
        at = max(start - before, 0)
        found += block.cells(range(at, min(at + pager.limit - len(found), len(block))))
        before += len(block)
    is_last = start + len(found) >= before
    return found, None if is_last or not found else pager.cursor_after(_key(found[-1]))


def _key(cell: CellOnPage) -> Key:
    return cell.release.header.id, cell.view.place_id, cell.learner_group or "", cell.measure


def _start(blocks: Sequence[_Block], after: Key | None) -> int:
    if after is None:
        return 0
    before = 0
    for block in blocks if len(after) == 4 else ():
        position = block.position(after)
        if position is not None:
            return before + position + 1
        before += len(block)
    raise foreign_cursor()


def _blocks(releases: Sequence[ReleaseReader], asked: AskedCells) -> list[_Block]:
    problems, columns = asked.problems(), []
    measures, groups = set[str](), set[str]()
    for release in releases:
        version = get_version(release.connection, release.header.questionnaire_id, release.header.questionnaire_version)
        known = measures_of(release)
        measures |= set(known)
        groups |= {group.code for group in version.learner_groups}
        chosen = [
            code
            for code, kind in known.items()
            if (not asked.measure or code in asked.measure)
            and (not asked.kind or kind in asked.kind)
            and (not asked.learner_group or kind is MeasureKind.SCALE)
        ]
        of_groups: list[str | None] = [
            group.code for group in version.learner_groups if group.code in asked.learner_group
        ]
        columns.append([(group, code) for group in of_groups or [None] for code in chosen])
        if asked.learner_group and not of_groups:
            columns[-1] = []
    if releases:
        problems += _unknown("measure", asked.measure, measures)
        problems += _unknown("learner_group", asked.learner_group, groups)
        if asked.learner_group and (asked.measure or asked.kind) and not any(columns) and not problems:
            what = "learner groups have scores on scales alone; ask for scales, or for all learners together"
            problems.append(Problem("query: learner_group", what))
    if problems:
        raise InvalidSetting(problems)
    years = (
        {campaign.id: campaign.opens_on.year for campaign in list_campaigns(releases[0].connection)} if releases else {}
    )
    return [
        _Block(release, years[release.header.campaign_id], asked.of(release), of_release)
        for release, of_release in zip(releases, columns, strict=True)
    ]


def measures_of(release: ReleaseReader) -> dict[str, MeasureKind]:
    """The kind of every measure of a release by its code; scales alone in one made before there were others."""
    header = release.header
    if not header.measures:
        return dict.fromkeys(header.scales, MeasureKind.SCALE)
    return {measure.code: measure.kind for measure in header.measures}


def _unknown(name: str, asked: Sequence[str], known: set[str]) -> list[Problem]:
    if set(asked) <= known:
        return []
    return [Problem(f"query: {name}", "a code is not in any of these releases; each release lists those it has")]
