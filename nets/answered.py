"""How many answered at places of a release, of how many, and what that leaves open: a line a place, as its reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nets.disclosure.banded import BandedRate, BandedResponses
from nets.disclosure.shown import ShownRate, ShownResponses, SuppressedScore
from nets.non_response import Bounds, bounds_of
from nets.reading import PlaceView

ANSWERED: Final = ("responses", "learners", "per_cent", "per_cent_high")
"""How many answered, of how many, and between which per cent that lies."""

COLUMNS: Final = (
    "place_id",
    "level",
    "place",
    *ANSWERED,
    "mean",
    "worst",
    "best",
    "responses_kept_from",
    "mean_kept_from",
)


@dataclass(frozen=True, slots=True)
class RateRow:
    """One place: what it shows of its answers, and the bounds of one measure; of none where its code is empty."""

    view: PlaceView
    measure: str
    bounds: Bounds


def rate_rows(views: Sequence[PlaceView], measure: str) -> list[RateRow]:
    """A row a place, in their order."""
    return [RateRow(view, measure, bounds_of(view.record.responses, view.record.score(measure))) for view in views]


def rate_line(row: RateRow) -> list[str | float]:
    """A row for a table in a file: what ``COLUMNS`` names, empty where it is not told."""
    bounds, record = row.bounds, row.view.record
    mean: list[str | float] = [bounds.mean, bounds.worst, bounds.best] if bounds.kind == "bounds" else [""] * 3
    kept = [record.kept_from(""), record.kept_from(row.measure) if row.measure else ""]
    return [row.view.place_id, row.view.level, row.view.name, *answered_numbers(record.responses), *mean, *kept]


def answered_numbers(responses: ShownResponses | BandedResponses | SuppressedScore) -> list[str | float]:
    """What ``ANSWERED`` names, empty where it is not told."""
    numbers: list[str | float] = [""] * len(ANSWERED)
    if not isinstance(responses, SuppressedScore):
        answered, rate = responses.responses, responses.rate
        numbers[0] = answered if isinstance(answered, int) else str(answered)
        if isinstance(rate, ShownRate):
            numbers[1:] = [rate.learners, rate.per_cent, rate.per_cent]
        elif isinstance(rate, BandedRate):
            numbers[2:] = [rate.low, rate.high]
    return numbers
