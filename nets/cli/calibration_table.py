"""What ``nets calibrate`` prints: how often each list, and the gate of the risk rule, is wrong."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from nets.flags.calibration import (
    Calibration,
    CalibrationResult,
    GateCalibration,
    ListCalibration,
    NotCalibrated,
    ReleaseCalibration,
    Share,
)
from nets.flags.rule import flag_questions, read_flag_rule
from nets.releases.release import ReleaseHeader

_GATE: Final = "risk_gate"


def calibration_table(header: ReleaseHeader, found: ReleaseCalibration, scales: Sequence[str]) -> Iterator[str]:
    """Lines for people."""
    titles = {code: question.title for code, question in flag_questions(read_flag_rule(found.rule_version)).items()}
    yield (
        f"{header.campaign_title}: release {found.release_id}, {found.level.replace('_', ' ')}s; "
        f"rules {found.rule_version} and {found.risk_rule_version}"
    )
    for scale in scales:
        result = found.scales[scale]
        yield ""
        if isinstance(result, NotCalibrated):
            yield f"{scale}: not simulated: {result.reason}"
            continue
        yield (
            f"{scale}: {result.n_campaigns} simulated campaigns of {result.n_places:,} shown places; mean {result.mean:.0f}, "
            f"SD {result.sd:.1f}, ICC {result.icc:.3f}"
        )
        yield f"  {'list':<36} {'places':>7}  {'wrong half':>14} {'right tenth':>14} {'tenth missed':>14}"
        for code, one in result.lists.items():
            if not isinstance(one, ListCalibration):
                yield f"  {titles.get(code, code):<36} {'0':>7}  finds nobody at this size"
                continue
            shares = one.false_share, one.predictive_share, one.missed_share
            yield f"  {titles.get(code, code):<36} {one.n_listed:>7.1f}  {' '.join(f'{_in_words(share):>14}' for share in shares)}"
        yield f"  {_gate_in_words(result)}"
    yield ""
    yield "wrong half: share of the places listed that are in the better half in truth (of a list of good places, in the worse;"
    yield "of one of changes, that have not changed so). right tenth: share of them that belong to the tenth sought. tenth missed:"
    yield "share of that tenth that is not listed. +- is the standard error of the simulation."


def _in_words(share: Share) -> str:
    return f"{share.value:.1%} +-{share.error:.1%}"


def _gate_in_words(result: Calibration) -> str:
    gate = result.gate
    if not isinstance(gate, GateCalibration):
        return "gate of the risk rule: never opens at this size"
    return (
        f"gate of the risk rule: opens at {gate.n_open:.1f} places; {_in_words(gate.false_share)} of them do not lie one tau below "
        f"the benchmark in truth, {_in_words(gate.better_half_share)} are in the better half; of the places that do lie there it "
        f"misses {_in_words(gate.missed_share)}"
    )


_COLUMNS: Final = (
    "scale", "list", "places_listed", "false_share", "false_error", "predictive_share", "predictive_error", "missed_share",
    "missed_error", "simulated_campaigns",
)  # fmt: skip


def calibration_as_csv(found: ReleaseCalibration, scales: Sequence[str]) -> str:
    """A row a scale and list; that of the risk rule's gate, ``risk_gate``, is about places one tau below the benchmark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for scale in scales:
        writer.writerows(_rows(scale, found.scales[scale]))
    return text.getvalue()


def _rows(scale: str, result: CalibrationResult) -> Iterator[tuple[object, ...]]:
    if isinstance(result, NotCalibrated):
        return
    nothing = ("",) * 6
    for code, one in result.lists.items():
        if isinstance(one, ListCalibration):
            shares = one.false_share, one.predictive_share, one.missed_share
            numbers = (number for share in shares for number in (share.value, share.error))
            yield (scale, code, one.n_listed, *numbers, result.n_campaigns)
        else:
            yield (scale, code, 0, *nothing, result.n_campaigns)
    gate = result.gate
    if isinstance(gate, GateCalibration):
        false, missed = gate.false_share, gate.missed_share
        yield (
            scale, _GATE, gate.n_open, false.value, false.error, round(1 - false.value, 3), false.error, missed.value,
            missed.error, result.n_campaigns,
        )  # fmt: skip
    else:
        yield (scale, _GATE, 0, *nothing, result.n_campaigns)


def calibration_as_json(found: ReleaseCalibration, scales: Sequence[str]) -> str:
    """Everything at once."""
    document = {**asdict(found), "scales": {scale: asdict(found.scales[scale]) for scale in scales}}
    return json.dumps(document, ensure_ascii=False)
