"""A release's records as the bytes that are kept, and back: canonical, and as short as a document of many cells must be.

A cell is a list: a letter for its type and then its values in the order of the class's fields, ``["s", 31, 74.2, ...]``. What may
not be shown is not there at all. Documents of the first format, which had placements and scales alone and named every value, are
read as they were written.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from nets.disclosure.shown import Distribution, Shown, ShownScore, SuppressedDistribution, SuppressedScore
from nets.flags.place_flags import LowFor, ScaleFlags
from nets.organisation import Level
from nets.placement import Verdict
from nets.releases.place_record import NotAssessed, PlaceRecord
from nets.releases.written_cells import WrittenCells, read_cell, write_cell
from nets.risk import RiskBasis, Suggestion

_SUGGESTION: Final = TypeAdapter[Suggestion | None](Suggestion | None)


def record_to_json(record: PlaceRecord) -> bytes:
    """Canonical bytes of one place's record; ValueError where a number in it is none."""
    suggestion = None if isinstance(record.risk, NotAssessed) else record.risk
    document = {
        "place": record.place_id,
        "level": record.level,
        "responses": write_cell(record.responses),
        "scores": _written(record.scores),
        "groups": {group: _written(cells) for group, cells in record.groups.items()},
        "risk": _SUGGESTION.dump_python(suggestion, mode="json"),
        "basis": {
            "adverse": record.basis.adverse,
            "low_before": record.basis.low_before,
            "first": record.basis.first_campaign,
        },
        "flags": {scale: (flags.lists, flags.low_for, flags.groups) for scale, flags in record.flags.items()},
    }
    if record.kept:
        document["kept"] = record.kept
    if record.adjusted:
        document["adjusted"] = {scale: write_cell(cell) for scale, cell in record.adjusted.items()}
    if record.pooled:
        document["pooled"] = {scale: write_cell(cell) for scale, cell in record.pooled.items()}
    written = to_json(document)
    if b"NaN" in written or b"Infinity" in written:  # words, or a number that is none and that JSON does not know
        from_json(written, allow_inf_nan=False)
    return written


def record_from_json(document: bytes | str) -> PlaceRecord:
    """The record behind its bytes; its cells are read one by one when they are asked for."""
    data: Any = from_json(document, cache_strings="keys")
    if "placement_id" in data:
        return _of_first_format(data)
    suggestion = _SUGGESTION.validate_python(data["risk"])
    return PlaceRecord(
        data["place"],
        data["level"],
        read_cell(data["responses"]),
        WrittenCells(data["scores"]),
        {group: WrittenCells(cells) for group, cells in data["groups"].items()},
        NotAssessed() if suggestion is None else suggestion,
        _basis(data.get("basis") or {}),
        {
            scale: ScaleFlags(tuple(lists), LowFor(low_for), tuple(groups))
            for scale, (lists, low_for, groups) in data.get("flags", {}).items()
        },
        data.get("kept", {}),
        {scale: read_cell(cell) for scale, cell in data.get("adjusted", {}).items()},
        {scale: read_cell(cell) for scale, cell in data.get("pooled", {}).items()},
    )


def _basis(data: Mapping[str, Any]) -> RiskBasis:
    """What a release of before it was kept does not say is taken for nothing known."""
    low_before = {key: tuple(titles) for key, titles in data.get("low_before", {}).items()}
    return RiskBasis(tuple(data.get("adverse", ())), low_before, data.get("first", True))


def _written(cells: Mapping[str, Shown]) -> Mapping[str, Any]:
    return (
        cells.written if isinstance(cells, WrittenCells) else {code: write_cell(cell) for code, cell in cells.items()}
    )


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
        score["n"],
        score["reliability"],
        score["shrunken"],
        tuple(score["shrunken_interval"]),
        score["probability_low"],
        distribution,
        Verdict(score["verdict"]),
    )
