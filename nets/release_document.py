"""A release's records as the bytes that are kept, and back: canonical, and as short as a document of many cells must be.

A cell is a list: a letter for its type and then its values in the order of the class's fields, ``["s", 31, 74.2, ...]``. What may
not be shown is not there at all. Documents of the first format, which had placements and scales alone and named every value, are
read as they were written.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from pydantic import TypeAdapter

from nets.disclosure import (
    Distribution,
    NoRate,
    Shown,
    ShownMean,
    ShownRate,
    ShownResponses,
    ShownScore,
    SuppressedDistribution,
    SuppressedScore,
)
from nets.organisation import Level
from nets.place_flags import LowFor, ScaleFlags
from nets.place_record import NotAssessed, PlaceRecord
from nets.placement import Verdict
from nets.risk import RiskBasis, Suggestion

_LETTER_OF: Final[Mapping[type, str]] = {
    ShownScore: "s",
    ShownMean: "m",
    SuppressedScore: "-",
    Distribution: "d",
    SuppressedDistribution: "x",
    ShownResponses: "r",
    ShownRate: "p",
    NoRate: "n",
}
_CLASS_OF: Final = {letter: kind for kind, letter in _LETTER_OF.items()}
_SUGGESTION: Final = TypeAdapter[Suggestion | None](Suggestion | None)


def record_to_json(record: PlaceRecord) -> bytes:
    """Canonical bytes of one place's record."""
    suggestion = None if isinstance(record.risk, NotAssessed) else record.risk
    document = {
        "place": record.place_id,
        "level": record.level,
        "responses": record.responses,
        "scores": record.scores,
        "groups": record.groups,
        "risk": _SUGGESTION.dump_python(suggestion, mode="json"),
        "basis": {
            "adverse": record.basis.adverse,
            "low_before": record.basis.low_before,
            "first": record.basis.first_campaign,
        },
        "flags": {scale: (flags.lists, flags.low_for, flags.groups) for scale, flags in record.flags.items()},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_as_list).encode()


def record_from_json(document: bytes | str) -> PlaceRecord:
    """The record behind its bytes."""
    data = json.loads(document)
    if "placement_id" in data:
        return _of_first_format(data)
    suggestion = _SUGGESTION.validate_python(data["risk"])
    return PlaceRecord(
        data["place"],
        data["level"],
        _as_cell(data["responses"]),
        {measure: _as_cell(cell) for measure, cell in data["scores"].items()},
        {
            group: {measure: _as_cell(cell) for measure, cell in cells.items()}
            for group, cells in data["groups"].items()
        },
        NotAssessed() if suggestion is None else suggestion,
        _basis(data.get("basis") or {}),
        {
            scale: ScaleFlags(tuple(lists), LowFor(low_for), tuple(groups))
            for scale, (lists, low_for, groups) in data.get("flags", {}).items()
        },
    )


def _basis(data: Mapping[str, Any]) -> RiskBasis:
    """What a release of before it was kept does not say is taken for nothing known."""
    low_before = {key: tuple(titles) for key, titles in data.get("low_before", {}).items()}
    return RiskBasis(tuple(data.get("adverse", ())), low_before, data.get("first", True))


def _as_list(cell: Any) -> tuple[Any, ...]:
    return _WRITERS[type(cell)](cell)


def _writer(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    names = _values_of(kind)
    letter = _LETTER_OF[kind]
    if len(names) < 2:
        return lambda cell: (letter, *(getattr(cell, name) for name in names))
    values = attrgetter(*names)
    return lambda cell: (letter, *values(cell))


def _values_of(kind: type) -> tuple[str, ...]:
    """The fields that say something beyond the type itself: a class's kind and the sentence of a marker do not."""
    return tuple(field.name for field in fields(kind) if field.name not in {"kind", "reason"})


def _as_cell(written: Any) -> Any:
    if not isinstance(written, list):
        return written
    if not written or not isinstance(written[0], str):
        return tuple(written)
    letter, *values = map(_as_cell, written)
    if letter == _LETTER_OF[ShownScore]:
        values[-1] = Verdict(values[-1])
    return _CLASS_OF[letter](*values)


_WRITERS: Final = {kind: _writer(kind) for kind in _LETTER_OF}


def _of_first_format(data: dict[str, Any]) -> PlaceRecord:
    """A placement of a release made before there were places above it, standards and reasons for what has no value."""
    return PlaceRecord(
        data["placement_id"],
        Level.PLACEMENT,
        SuppressedScore(),
        {scale: _score_of_first_format(score) for scale, score in data["scores"].items() if score["kind"] == "shown"},
        {},
        _SUGGESTION.validate_python(data["risk"]) or NotAssessed(),
    )


def _score_of_first_format(score: dict[str, Any]) -> Shown:
    written = score["distribution"]
    distribution = (
        Distribution(tuple(written["counts"]), written["per_cent_positive"], ())
        if written["kind"] == "shown"
        else SuppressedDistribution()
    )
    return ShownScore(
        score["n"],
        score["mean"],
        score["sd"],
        tuple(score["interval"]),
        score["reliability"],
        score["shrunken"],
        tuple(score["shrunken_interval"]),
        score["probability_low"],
        distribution,
        Verdict(score["verdict"]),
    )
