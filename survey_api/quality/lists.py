"""Flags: the placements on a release's lists, for whom their scores are low, and how often such flags are wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from nets.disclosure.banded import Seen
from nets.flags.calibration import ListCalibration
from nets.flags.error_rates import ErrorRate, error_rates
from nets.flags.place_flags import ListSummary, LowFor, ScaleLists
from nets.flags.rule import FlagQuestion, Side, flag_questions, read_flag_rule
from nets.organisation import Level
from nets.reading import PlaceView, ReleaseReader
from nets.releases.measure import MeasureKind
from nets.releases.release import ReleaseHeader
from nets.store.calibrations import read_calibration
from nets.store.questionnaires import get_version
from survey_api.dependencies import ServiceHere
from survey_api.quality.measures import asked_measure
from survey_api.quality.table_file import csv_answer
from survey_api.released import released
from survey_api.staff.principal import ScoreReader

router = APIRouter(prefix="/quality/{release_id}/places/{place_id}", include_in_schema=False)

MOST_NAMED: Final = 30
"""So many placements of one list and scale are named on the page; all of them are in the table."""


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


@dataclass(frozen=True, slots=True)
class ForWhom:
    """For whom one scale is low at one placement: learner groups by their titles where it is one or several."""

    view: PlaceView
    scale: str
    title: str
    low_for: LowFor
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnFlags:
    """One scale at a placement: its score, the lists that it is on with what is known of each, and for whom it is low."""

    title: str
    score: Seen
    lists: tuple[tuple[FlagQuestion, ListSummary], ...]
    for_whom: ForWhom

    @property
    def low_for(self) -> str:
        """For whom, in words: a stroke where the score is not low by any list and nothing is said of groups."""
        if self.for_whom.low_for is not LowFor.UNTOLD:
            return str(self.for_whom.low_for).capitalize()
        return "Not sure enough to say" if any(question.side is Side.LOW for question, _ in self.lists) else "–"


@router.get("/flags")
def flags_page(
    service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str, measure: str = ""
) -> HTMLResponse:
    """Every list, the questions about low scores first; for whom it is low; how often that is wrong, on one measure."""
    with released(service, reader, release_id) as release:
        view, header = release.place(place_id), release.header
        placements = placements_of(release, view)
        titles = _group_titles(release)
        calibration = read_calibration(release.connection, header.id, Level.PLACEMENT)
    scales = [one for one in header.measures if one.kind is MeasureKind.SCALE]
    shown = asked_measure(scales, measure)
    lists = flag_lists(header, placements)
    statements = for_whom(header, placements, titles, but=(LowFor.UNTOLD, LowFor.NO_GROUP))
    is_placement = view.level == Level.PLACEMENT
    return service.pages.render(
        "quality/flags.html",
        principal=reader,
        release=header,
        view=view,
        further="flags",
        most_named=MOST_NAMED,
        lists=lists,
        named=_named(lists, statements),
        own=own_flags(header, view, titles) if is_placement else (),
        statements=statements,
        spreads=header.flags.spreads,
        measures=scales,
        measure=shown,
        rates=error_rates(header, calibration, shown.code),
        calibration=calibration,
        simulated=calibration.scales.get(shown.code) if calibration else None,
    )


@router.get("/flags.csv")
def flags_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """The same as a table: a line a placement, scale and list; one without a list where it is only known for whom it is low."""
    with released(service, reader, release_id) as release:
        placements = placements_of(release, release.place(place_id))
        lists = flag_lists(release.header, placements)
        statements = for_whom(release.header, placements, _group_titles(release))
    said = {(one.view.place_id, one.scale): one for one in statements}
    lines: list[list[str | float]] = [
        [
            *_place(view), scale.scale, one.question.code, scale.summary.n_listed, scale.summary.false_share,
            *_said(said[view.place_id, scale.scale]),
        ]
        for one in lists
        for scale in one.scales
        for view in scale.listed
    ]  # fmt: skip
    listed = {(line[0], line[4]) for line in lines}
    lines += [
        [*_place(one.view), one.scale, "", "", "", *_said(one)]
        for key, one in said.items()
        if key not in listed and one.low_for is not LowFor.UNTOLD
    ]
    names = (
        "placement_id", "provider", "site", "placement", "scale", "list", "places_listed", "expected_false_share", "low_for",
        "groups",
    )  # fmt: skip
    return csv_answer(f"{release_id}-{place_id}-flags.csv", names, lines)


@router.get("/flags/error-rates.csv")
def error_rates_file(service: ServiceHere, reader: ScoreReader, release_id: str, place_id: str) -> Response:
    """How often each list of the release is wrong, of every scale: what the rule expects, and what was found by simulation."""
    with released(service, reader, release_id) as release:
        header = release.header
        release.below(release.place(place_id), Level.PLACEMENT)
        calibration = read_calibration(release.connection, header.id, Level.PLACEMENT)
    lines = [
        [scale, rate.question.code, rate.summary.n_listed, rate.summary.false_share, *_simulated(rate)]
        for scale in header.scales
        for rate in error_rates(header, calibration, scale)
    ]
    return csv_answer(f"{release_id}-error-rates.csv", _RATE_COLUMNS, lines)


def placements_of(release: ReleaseReader, view: PlaceView) -> Sequence[PlaceView]:
    """The placements below a place; a placement itself."""
    below = release.below(view, Level.PLACEMENT)
    return [view] if view.level == Level.PLACEMENT else below


def for_whom(
    header: ReleaseHeader,
    placements: Sequence[PlaceView],
    group_titles: Mapping[str, str],
    *,
    but: Sequence[LowFor] = (),
) -> list[ForWhom]:
    """What the release says of placements, scale by scale: low for no group, one, several, everyone, or cannot be told.

    Of a scale that has no flags at a placement nothing can be told, and it is left out; so is what ``but`` names.
    """
    flagged = [view for view in placements if view.record.flags]
    return [
        _for_whom(view, scale, title, group_titles)
        for scale, title in header.scales.items()
        for view in flagged
        if scale in view.record.flags and view.record.flags[scale].low_for not in but
    ]


def own_flags(header: ReleaseHeader, view: PlaceView, group_titles: Mapping[str, str]) -> list[OwnFlags]:
    """One placement's flags, scale by scale."""
    lists = flag_lists(header, [view])
    return [
        OwnFlags(
            title,
            view.record.score(code),
            tuple(
                (found.question, scale.summary)
                for found in lists
                for scale in found.scales
                if scale.scale == code and scale.listed
            ),
            _for_whom(view, code, title, group_titles),
        )
        for code, title in header.scales.items()
    ]


def flag_lists(header: ReleaseHeader, placements: Sequence[PlaceView]) -> list[FlagList]:
    """Every list of a release, with those of these placements that are on it; none in a release made without flags."""
    if not header.flags.rule_version:
        return []
    summaries = header.flags.levels.get(Level.PLACEMENT, {})
    listed: dict[tuple[str, str], list[PlaceView]] = {}
    for view in placements:
        for scale, flags in view.record.flags.items():
            for code in flags.lists:
                listed.setdefault((scale, code), []).append(view)
    return [
        FlagList(
            question,
            tuple(
                ListOfScale(scale, title, summary.lists[question.code], tuple(listed.get((scale, question.code), ())))
                for scale, title in header.scales.items()
                if isinstance(summary := summaries.get(scale), ScaleLists) and question.code in summary.lists
            ),
        )
        for question in flag_questions(read_flag_rule(header.flags.rule_version)).values()
    ]


def _named(lists: Sequence[FlagList], statements: Sequence[ForWhom]) -> list[PlaceView]:
    """Every placement that the page names, once; most stand on several lists."""
    listed = [view for one in lists for scale in one.scales for view in scale.listed[:MOST_NAMED]]
    return list({view.place_id: view for view in (*listed, *(one.view for one in statements))}.values())


def _for_whom(view: PlaceView, scale: str, title: str, group_titles: Mapping[str, str]) -> ForWhom:
    flags = view.record.flags_on(scale)
    return ForWhom(view, scale, title, flags.low_for, tuple(group_titles.get(group, group) for group in flags.groups))


def _group_titles(release: ReleaseReader) -> dict[str, str]:
    header = release.header
    version = get_version(release.connection, header.questionnaire_id, header.questionnaire_version)
    return {group.code: group.label[version.languages[0]] for group in version.learner_groups}


def _place(view: PlaceView) -> list[str]:
    return [view.place_id, *view.path[-3:]]


def _said(one: ForWhom) -> list[str]:
    return [one.low_for.value, "; ".join(one.groups)]


_RATE_COLUMNS: Final = (
    "scale", "list", "places_listed", "expected_false_share", "simulated_false_share", "simulated_false_error",
    "simulated_predictive_share", "simulated_predictive_error", "simulated_missed_share", "simulated_missed_error",
)  # fmt: skip


def _simulated(rate: ErrorRate) -> list[str | float]:
    found = rate.simulated
    if not isinstance(found, ListCalibration):
        return [""] * 6
    shares = (found.false_share, found.predictive_share, found.missed_share)
    return [number for share in shares for number in (share.value, share.error)]
