"""What one section of the report holds: prose, numbered tables and pictures, verdicts, and the same figures for a program."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from .thresholds import BY_CODE, Threshold

Form: TypeAlias = Literal["text", "count", "1", "2", "3", "percent", "p"]
"""How a column is written: as it is, a whole number, with decimals, a share in per cent, a probability."""

Cell: TypeAlias = str | int | float | tuple[float, float] | None
"""Unrounded; two numbers are the ends of an interval, None leaves the cell empty."""

Outcome: TypeAlias = Literal["met", "partly met", "not met", "yes", "no", "not judged"]
"""Yes and no answer a question to which neither answer is a fault."""


@dataclass(frozen=True, slots=True)
class ReportProse:
    """A paragraph.

    Attributes
    ----------
    text : str
    """

    text: str


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table; it gets its number from its place in the section.

    Attributes
    ----------
    caption : str
    columns : tuple of (str, form)
        Headings, and how the column is written: "text", "count", a number of decimals, "percent" for a share, "p".
    rows : tuple of tuple
        Unrounded cells: text, a number, two numbers for an interval, None where there is nothing.
    notes : tuple of str
    """

    caption: str
    columns: tuple[tuple[str, Form], ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportPicture:
    """A picture.

    Attributes
    ----------
    caption : str
    alternative : str
        What it shows in words, for those who do not see it.
    svg : str
    """

    caption: str
    alternative: str
    svg: str


Part: TypeAlias = ReportProse | ReportTable | ReportPicture


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure beside the threshold it is held against.

    Attributes
    ----------
    what : str
        The property that is judged.
    found : str
        The figure, or figures, in words.
    threshold, source : str
        The convention and where it comes from; empty where nothing is judged.
    outcome : {"met", "partly met", "not met", "yes", "no", "not judged"}
    """

    what: str
    found: str
    threshold: str
    source: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section.

    Attributes
    ----------
    code, title, question : str
        Its name for programs and for people, and what it answers.
    parts : tuple of ReportProse, ReportTable and ReportPicture
        In reading order.
    verdicts : tuple of Verdict
    methods : str
        What a methods section would say of it; empty where nothing was computed.
    computed : bool
        Whether the answers carried it; if not, the first paragraph says why.
    values : mapping
        The figures, unrounded, for programs.
    """

    code: str
    title: str
    question: str
    parts: tuple[Part, ...]
    verdicts: tuple[Verdict, ...]
    methods: str
    computed: bool
    values: Mapping[str, Any]

    def to_document(self, *, drawn: bool = True) -> dict[str, Any]:
        """Turn it into what JSON can hold; without the drawings unless ``drawn``."""
        document = {name: value for name, value in asdict(self).items() if name != "parts"}
        document["parts"] = []
        for part in self.parts:
            kind = next(name for name, known in _KINDS.items() if isinstance(part, known))
            fields = asdict(part)
            if not drawn:
                fields.pop("svg", None)
            document["parts"].append({"kind": kind, **fields})
        plain: dict[str, Any] = _plain(document)
        return plain

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ReportSection:
        """Make a section of what `to_document` gave and JSON kept."""
        return cls(
            code=document["code"],
            title=document["title"],
            question=document["question"],
            parts=tuple(_part(part) for part in document["parts"]),
            verdicts=tuple(Verdict(**verdict) for verdict in document["verdicts"]),
            methods=document["methods"],
            computed=document["computed"],
            values=document["values"],
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """What the function behind a section gives: a section without its heading."""

    parts: tuple[Part, ...]
    methods: str
    verdicts: tuple[Verdict, ...] = ()
    values: Mapping[str, Any] | None = None
    computed: bool = True


def not_computed(reason: str, what: str) -> Findings:
    """A section that these answers do not carry, with the reason in words."""
    verdict = Verdict(what, "not computed; the section says why", "", "", "not judged")
    return Findings((ReportProse(reason),), "", (verdict,), {"reason": reason}, computed=False)


def judged(code: str, what: str, found: str, figures: Mapping[str, float] | float) -> Verdict:
    """Hold one figure, or one for each of several things, against a threshold.

    Examples
    --------
    >>> judged("reliability", "Internal consistency", "0.81 and 0.65", {"Team": 0.81, "Space": 0.65}).outcome
    'partly met'
    """
    threshold = BY_CODE[code]
    met = [threshold.met_by(figure) for figure in (figures.values() if isinstance(figures, Mapping) else [figures])]
    outcome: Outcome = "not judged" if not met else "met" if all(met) else "partly met" if any(met) else "not met"
    return Verdict(what, found, str(threshold), threshold.source, outcome)


def failing(code: str, figures: Mapping[str, float]) -> list[str]:
    """Name what does not keep to a threshold."""
    return [name for name, figure in figures.items() if not BY_CODE[code].met_by(figure)]


def threshold(code: str) -> Threshold:
    """A threshold by its code."""
    return BY_CODE[code]


_KINDS = {"prose": ReportProse, "table": ReportTable, "picture": ReportPicture}


def _plain(thing: Any) -> Any:
    """Python's own numbers, lists and mappings; JSON has no NaN, so what is not a number becomes null."""
    if isinstance(thing, Mapping):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, np.ndarray):
        return _plain(thing.tolist())
    if isinstance(thing, list | tuple):
        return [_plain(part) for part in thing]
    if isinstance(thing, np.generic):
        return _plain(thing.item())
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def _part(document: Mapping[str, Any]) -> Part:
    fields = {name: value for name, value in document.items() if name != "kind"}
    match document["kind"]:
        case "prose":
            return ReportProse(**fields)
        case "picture":
            return ReportPicture(**fields)
        case _:
            return ReportTable(
                fields["caption"],
                tuple((title, form) for title, form in fields["columns"]),
                tuple(tuple(_cell(cell) for cell in row) for row in fields["rows"]),
                tuple(fields["notes"]),
            )


def _cell(cell: Any) -> Cell:
    # JSON knows no NaN, which reads back as None: an empty cell says the same
    return (cell[0], cell[1]) if isinstance(cell, Sequence) and not isinstance(cell, str) else cell
