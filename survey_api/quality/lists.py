"""Flags: the placements that are on a release's lists, each list with its question and the share that is expected to be false."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.flags.place_flags import ListSummary, ScaleLists
from nets.flags.rule import FlagQuestion, flag_questions, read_flag_rule
from nets.organisation import Level
from nets.reading import PlaceView
from nets.releases.release import ReleaseHeader
from survey_api.dependencies import ServiceHere
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ListOfScale:
    """One list of one scale: what is known of it in the whole release, and the placements here that are on it."""

    scale: str
    title: str
    summary: ListSummary
    listed: tuple[PlaceView, ...]


@dataclass(frozen=True, slots=True)
class FlagList:
    """One question with its lists, scale by scale; scales that are not flagged are not in it."""

    question: FlagQuestion
    scales: tuple[ListOfScale, ...]

    @property
    def n_listed(self) -> int:
        """Flags here, over all scales."""
        return sum(len(scale.listed) for scale in self.scales)


@router.get("/flags")
def flags_page(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> HTMLResponse:
    """Every list, the questions about low scores first."""
    with released(service, reader, release_id) as release:
        view = release.place(place_id)
        lists = flag_lists(release.header, release.below(view, Level.PLACEMENT))
    return service.pages.render(
        "quality/flags.html", principal=reader, release=release.header, view=view, further="flags", lists=lists
    )


@router.get("/flags.csv")
def flags_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The same as a table: a line a placement, scale and list."""
    with released(service, reader, release_id) as release:
        lists = flag_lists(release.header, release.below(release.place(place_id), Level.PLACEMENT))
    lines: list[list[str | float]] = [
        [view.place_id, *view.path[-3:], scale.scale, one.question.code, scale.summary.false_share]
        for one in lists
        for scale in one.scales
        for view in scale.listed
    ]
    names = ("placement_id", "provider", "site", "placement", "scale", "list", "expected_false_share")
    return csv_answer(f"{release_id}-{place_id}-flags.csv", names, lines)


def flag_lists(header: ReleaseHeader, placements: Sequence[PlaceView]) -> list[FlagList]:
    """Every list of a release, with those of these placements that are on it; none in a release made without flags."""
    if not header.flags.rule_version:
        return []
    summaries = header.flags.levels.get(Level.PLACEMENT, {})
    return [
        FlagList(
            question,
            tuple(
                ListOfScale(
                    scale,
                    title,
                    summary.lists[question.code],
                    tuple(one for one in placements if question.code in one.record.flags_on(scale).lists),
                )
                for scale, title in header.scales.items()
                if isinstance(summary := summaries.get(scale), ScaleLists) and question.code in summary.lists
            ),
        )
        for question in flag_questions(read_flag_rule(header.flags.rule_version)).values()
    ]
