"""How released numbers look on a page: signs, words and places, never a decision about what may be shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from nets.access.roles import Principal
from nets.campaign import AccessMode
from nets.flags.rule import per_cent
from nets.placement import Verdict
from nets.reading import PlaceView
from nets.risk import IMPACTS, LIKELIHOODS, Colour, risk_colour

VERDICT_SIGNS: Final[Mapping[Verdict, str]] = {
    Verdict.REPORTABLE: "●",
    Verdict.INDICATIVE: "◐",
    Verdict.INSUFFICIENT: "○",
}
COLOUR_WORDS: Final[Mapping[Colour, str]] = {
    "G": "Green",
    "G/A": "Green-amber",
    "A": "Amber",
    "A/R": "Amber-red",
    "R": "Red",
}
ACCESS_WORDS: Final[Mapping[str, str]] = {
    AccessMode.OPEN_LINK: "open link",
    AccessMode.PLACEMENT_QR: "a QR code at the placement",
    AccessMode.INVITATION: "personal invitation",
    AccessMode.IMPORTED: "import of an earlier survey",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the printed risk matrix; ``mark`` is what is written into it, empty for most."""

    colour: Colour
    mark: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One likelihood with its cells, impact 1 to 5."""

    likelihood: int
    word: str
    cells: tuple[Cell, ...]


def matrix_rows(marks: Mapping[tuple[int, int], str]) -> tuple[MatrixRow, ...]:
    """The printed matrix, almost certain first, with a word in some cells, by likelihood and impact."""
    return tuple(
        MatrixRow(
            likelihood,
            word,
            tuple(Cell(risk_colour(likelihood, impact), marks.get((likelihood, impact), "")) for impact in IMPACTS),
        )
        for likelihood, word in sorted(LIKELIHOODS.items(), reverse=True)
    )


def _colour_class(colour: Colour) -> str:
    return "app-risk--" + colour.lower().replace("/", "-")


def trail_of(view: PlaceView, principal: Principal, root: str, further: str | None) -> list[dict[str, str]]:
    """The way down to a place's page, from the top of the reader's scope; to the place itself where a page lies ``further``."""
    above = [(place.id, place.name) for place in view.above[len(principal.scope) :]]
    if further is not None:
        above.append((view.place_id, view.name))
    steps = [{"text": name, "href": f"{root}/places/{quote(place_id)}"} for place_id, name in above]
    return [{"text": "Placement quality", "href": root}, *steps]


score_filters: Final[Mapping[str, Callable[..., Any]]] = {
    "one_decimal": lambda number: f"{number:.1f}",
    "two_decimals": lambda number: f"{number:.2f}",
    "whole": lambda number: f"{number:.0f}",
    "thousands": lambda number: f"{number:,}",
    "verdict_sign": VERDICT_SIGNS.__getitem__,
    "colour_word": COLOUR_WORDS.__getitem__,
    "colour_class": _colour_class,
    "day": lambda day: f"{day.day} {day:%B %Y}",
    "access_words": ACCESS_WORDS.__getitem__,
    "share_word": per_cent,
    "level_word": lambda level: level.replace("_", " "),
    "trail_of": trail_of,
}
