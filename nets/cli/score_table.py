"""Scores as a table, as CSV and as JSON: what each reader may see of them, and nothing else."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from nets.access.roles import Role
from nets.disclosure.banded import Seen, SeenMean, SeenScore, learners_of
from nets.pooled import PooledOfPlace
from nets.reading import PlaceView
from nets.releases.release import ReleaseHeader
from nets.releases.trend import Asked
from nets.transfer.spreadsheet import safe_cell


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One place, measure and learner group in one release; an empty group is all learners.

    ``asked`` is how the measure was asked beside the row before, where that is of an earlier campaign. ``pooled`` has the place's
    scores over several campaigns, by measure.
    """

    header: ReleaseHeader
    view: PlaceView
    measure: str
    group: str
    shown: Seen
    asked: Asked
    pooled: PooledOfPlace

    @property
    def kept_from(self) -> str:
        """The earlier release of the campaign whose value it still is; empty where it is this release's own."""
        return self.view.record.kept_from(self.measure, self.group or None)


@dataclass(frozen=True, slots=True)
class ScoreView:
    """What is printed, and whether there are learner groups and campaigns to tell apart."""

    header: ReleaseHeader
    role: Role
    level: str
    rows: Sequence[ScoreRow]
    by_group: bool
    by_year: bool


def scores_table(view: ScoreView) -> Iterator[str]:
    """Lines for people."""
    header, rows = view.header, view.rows
    made = f"{header.campaign_title}: release {header.id} of {header.released_on}, rule {header.rule_version}"
    yield f"{made}, as the role {view.role.replace('_', ' ')} sees it"
    wide = max([4, *(len(str(learners_of(row.shown))) for row in rows if isinstance(row.shown, SeenScore | SeenMean))])
    group, year = (
        f" {word:<20}" if asked else "" for word, asked in (("group", view.by_group), ("campaign", view.by_year))
    )
    yield (
        f"{view.level.replace('_', ' '):<34} {_word_for(rows):<22}{group}{year} {'n':>{wide}} {'mean':>5} {'95 %':>13} "
        f"{'shrunken':>8} {'rel.':>5}  verdict"
    )
    for row in rows:
        place = f"{row.view.place_id} {row.view.name}"[:34]
        group = f" {row.group:<20}" if view.by_group else ""
        year = f" {row.header.campaign_id[:20]:<20}" if view.by_year else ""
        if row.asked.is_break:
            yield f"{'':<34} -- {row.asked}: not comparable with the line before"
        start, shown = f"{place:<34} {row.measure:<22}{group}{year}", row.shown
        if not isinstance(shown, SeenScore | SeenMean):
            yield f"{start} {'-':>{wide}} not shown, to protect the learners"
            continue
        low, high = map(_points, shown.interval)
        numbers = f"{learners_of(shown):>{wide}} {_points(shown.mean):>5} {f'{low}-{high}':>13}"
        if isinstance(shown, SeenScore):
            told = f"{_points(shown.shrunken):>8} {shown.reliability:>5.2f}  {shown.verdict}"
        else:
            told = f"{'-':>8} {'-':>5}  nothing to compare it with"
        yield f"{start} {numbers} {told}" + (f", kept from {row.kept_from}" if row.kept_from else "")


_COLUMNS = (
    "place_id", "place", "level", "campaign", "release", "measure", "group", "asked", "n", "mean", "sd", "low", "high",
    "reliability", "shrunken", "shrunken_low", "shrunken_high", "verdict", "kept_from",
    "adjusted_mean", "adjusted", "adjusted_low", "adjusted_high",
    "pooled_campaigns", "pooled_n", "pooled_mean", "pooled_low", "pooled_high", "pooled_reliability", "pooled", "pooled_verdict",
)  # fmt: skip
_OF_SCORE = 10


def scores_as_csv(view: ScoreView) -> str:
    """A line a row; what may not be shown has ``not shown`` for a verdict and no number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in view.rows:
        start = (
            row.view.place_id, safe_cell(row.view.name), row.view.level, row.header.campaign_id, row.header.id, row.measure,
            row.group, row.asked,
        )  # fmt: skip
        cells = [*start, *_of_score(row.shown), row.kept_from, *_beside(row)]
        writer.writerow([*cells, *[""] * (len(_COLUMNS) - len(cells))])
    return text.getvalue()


def _of_score(shown: Seen) -> list[object]:
    if isinstance(shown, SeenScore):
        return [
            learners_of(shown), shown.mean, shown.sd, *shown.interval, shown.reliability, shown.shrunken,
            *shown.shrunken_interval, shown.verdict,
        ]  # fmt: skip
    if isinstance(shown, SeenMean):
        return [learners_of(shown), shown.mean, shown.sd, *shown.interval, *[""] * 4, "not compared"]
    return [*[""] * (_OF_SCORE - 1), "not shown"]


def _beside(row: ScoreRow) -> list[object]:
    """The score with its case-mix taken out, and over several campaigns."""
    if row.group:
        return []
    adjusted, pooled = row.view.record.adjusted.get(row.measure), row.pooled.get(row.measure)
    return [
        *([""] * 4 if adjusted is None else [adjusted.mean, adjusted.shrunken, *adjusted.shrunken_interval]),
        *(
            []
            if pooled is None
            else [
                pooled.campaigns,
                learners_of(pooled),
                pooled.mean,
                *pooled.interval,
                pooled.reliability,
                pooled.shrunken,
                pooled.verdict,
            ]
        ),
    ]


def scores_as_json(view: ScoreView) -> str:
    """Everything that is known of each row."""
    document = {
        "release": view.header.id,
        "campaign": view.header.campaign_id,
        "released_on": view.header.released_on,
        "role": view.role,
        "level": view.level,
        "scores": [
            {
                "place": row.view.place_id,
                "name": row.view.name,
                "campaign": row.header.campaign_id,
                "release": row.header.id,
                "measure": row.measure,
                "group": row.group,
                "asked": row.asked,
                "kept_from": row.kept_from or None,
                **asdict(row.shown),
                **_beside_in_full(row),
            }
            for row in view.rows
        ],
    }
    return json.dumps(document, ensure_ascii=False, default=str)


def _beside_in_full(row: ScoreRow) -> dict[str, object]:
    if row.group:
        return {}
    beside = {"adjusted": row.view.record.adjusted.get(row.measure), "pooled": row.pooled.get(row.measure)}
    return {name: asdict(cell) for name, cell in beside.items() if cell is not None}


def _word_for(rows: Sequence[ScoreRow]) -> str:
    return "scale" if all(":" not in row.measure for row in rows) else "measure"


def _points(value: float) -> str:
    """A score as its view has it: to the tenth, or whole."""
    return str(value) if isinstance(value, int) else f"{value:.1f}"
