"""What ``nets flags`` prints: places with their flags, and what is known of every list."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from nets.access.roles import Role
from nets.flags.calibration import Calibration, ListCalibration, NeverListed, ReleaseCalibration
from nets.flags.place_flags import ListSummary, LowFor, NotFlagged, ScaleLists
from nets.flags.rule import FlagMethod, FlagQuestion
from nets.releases.release import ReleaseHeader
from nets.transfer.spreadsheet import safe_cell


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One place and scale that has a flag, or a low score of which it can be said whose it is."""

    place_id: str
    place: str
    scale: str
    lists: tuple[str, ...]
    low_for: LowFor
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlagView:
    """Everything that is printed.

    Attributes
    ----------
    rows
        In the order of places.
    questions
        Of the lists that are asked for, by code.
    scales
        Codes of the scales asked for.
    group_titles
        Of the learner groups, by code.
    calibration
        None before ``nets calibrate`` has run.
    """

    header: ReleaseHeader
    role: Role
    level: str
    rows: Sequence[FlagRow]
    questions: Mapping[str, FlagQuestion]
    scales: Sequence[str]
    group_titles: Mapping[str, str]
    calibration: ReleaseCalibration | None

    def lists(self) -> Iterator[tuple[str, str, ListSummary]]:
        """Scale, code and summary of every list asked for."""
        for scale in self.scales:
            found = self.header.flags.levels.get(self.level, {}).get(scale)
            if isinstance(found, ScaleLists):
                yield from ((scale, code, one) for code, one in found.lists.items() if code in self.questions)

    def calibrated(self, scale: str, code: str) -> ListCalibration | NeverListed | None:
        """What simulation says of a list."""
        found = self.calibration.scales.get(scale) if self.calibration else None
        return found.lists.get(code) if isinstance(found, Calibration) else None


_NONE: Final = "-"


def flags_table(view: FlagView) -> Iterator[str]:
    """Lines for people."""
    header = view.header
    made = f"{header.campaign_title}: flags of release {header.id} of {header.released_on}, {view.level.replace('_', ' ')}s"
    yield f"{made}, as the role {view.role.replace('_', ' ')} sees them"
    if not header.flags.rule_version:
        yield "this release was made before there were flags; a new one has them"
        return
    for scale in view.scales:
        found = header.flags.levels.get(view.level, {}).get(scale)
        if isinstance(found, NotFlagged):
            yield f"{scale}: no place is held against the others: {found.reason}"
    if not view.rows:
        yield "no place is flagged"
    else:
        yield f"{'place':<34} {'scale':<22} {'GMC rule':<8} {'funnel':<12} {'benchmark':<9} {'tenth':<5} {'change':<6} low for"
    for row in view.rows:
        place = f"{row.place_id} {row.place}"[:34]
        yield (
            f"{place:<34} {row.scale:<22} {_gmc(row):<8} {_funnel(row, view.questions):<12} {_side(row, 'below', 'above'):<9} "
            f"{_side(row, 'worst', 'best'):<5} {_side(row, 'fallen', 'risen'):<6} {_low_for(row, view.group_titles)}"
        )
    yield ""
    yield "places stand in the order of their ids; a place whose score is not shown is on no list"
    yield ""
    yield f"{'list':<36} {'scale':<22} {'places':>6} {'falsely':>8}   simulated: wrong half, right tenth, of it missed"
    for scale, code, one in view.lists():
        share = one.falsely if one.n_listed else _NONE
        yield f"{view.questions[code].title:<36} {scale:<22} {one.n_listed:>6} {share:>8}   {_simulated(view, scale, code)}"
    yield ""
    if view.calibration is None:
        yield f"not simulated yet: nets calibrate {header.id}" + (
            f" --level {view.level}" if view.level != "placement" else ""
        )
    for question in view.questions.values():
        yield f"{question.title}: {question.question}"
    yield "falsely: share of the places listed that the rule itself expects to be there falsely"


def _gmc(row: FlagRow) -> str:
    return next((word for code, word in (("gmc_low", "below"), ("gmc_high", "above")) if code in row.lists), _NONE)


def _funnel(row: FlagRow, questions: Mapping[str, FlagQuestion]) -> str:
    """The widest limits that the place is outside of."""
    outside = [code for code in row.lists if questions[code].method is FlagMethod.FUNNEL]
    if not outside:
        return _NONE
    words = questions[outside[-1]].title.split(" the ")
    return f"{words[0].lower()} {words[1].removesuffix(' funnel')}"


def _side(row: FlagRow, low: str, high: str) -> str:
    return next((word for word in (low, high) for code in row.lists if code.split("_")[0] == word), _NONE)


def _low_for(row: FlagRow, titles: Mapping[str, str]) -> str:
    if row.groups:
        return f"{row.low_for}: {', '.join(titles.get(group, group) for group in row.groups)}"
    return "" if row.low_for is LowFor.UNTOLD else str(row.low_for)


def _simulated(view: FlagView, scale: str, code: str) -> str:
    found = view.calibrated(scale, code)
    if found is None:
        return _NONE
    if isinstance(found, NeverListed):
        return "finds nobody at this size"
    return (
        f"{found.false_share.value:.1%} (+-{found.false_share.error:.1%}), {found.predictive_share.value:.0%}, "
        f"{found.missed_share.value:.0%}"
    )


COLUMNS: Final = ("place_id", "place", "level", "scale", "list", "rule", "side", "question", "low_for", "groups")


def flags_as_csv(view: FlagView) -> str:
    """A row a place, scale and list; one without a list where it is only known for whom the score is low."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in view.rows:
        start = (row.place_id, safe_cell(row.place), view.level, row.scale)
        low_for = (row.low_for, " ".join(row.groups))
        for code in row.lists:
            question = view.questions[code]
            writer.writerow((*start, code, question.method, question.side, question.question, *low_for))
        if not row.lists:
            writer.writerow((*start, "", "", "", "", *low_for))
    return text.getvalue()


def flags_as_json(view: FlagView) -> str:
    """Everything at once."""
    header = view.header
    document = {
        "release": header.id,
        "campaign": header.campaign_id,
        "released_on": header.released_on.isoformat(),
        "role": view.role,
        "level": view.level,
        "rule_version": header.flags.rule_version,
        "questions": [
            {
                "list": code,
                "rule": question.method,
                "side": question.side,
                "title": question.title,
                "question": question.question,
            }
            for code, question in view.questions.items()
        ],
        "not_flagged": {
            scale: found.reason
            for scale in view.scales
            if isinstance(found := header.flags.levels.get(view.level, {}).get(scale), NotFlagged)
        },
        "lists": [
            {"scale": scale, "list": code, **asdict(one), "simulated": asdict(simulated) if simulated else None}
            for scale, code, one in view.lists()
            for simulated in (view.calibrated(scale, code),)
        ],
        "places": [asdict(row) for row in view.rows],
    }
    return json.dumps(document, ensure_ascii=False)
