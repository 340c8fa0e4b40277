"""How often the lists of one scale are wrong, side by side: what the rule expects of this release, and what simulation found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from nets.flags.calibration import Calibration, ListCalibration, NeverListed, ReleaseCalibration
from nets.flags.place_flags import ListSummary, ScaleLists
from nets.flags.rule import FlagQuestion, flag_questions, read_flag_rule
from nets.organisation import Level
from nets.releases.release import ReleaseHeader


@dataclass(frozen=True, slots=True)
class NotSimulated:
    """A list of which nothing was found by simulation, because none was run or the scale carries none."""

    kind: str = "not_simulated"


Simulated: TypeAlias = ListCalibration | NeverListed | NotSimulated
_NOT_SIMULATED: Final = NotSimulated()


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """One list of one scale over all placements of a release."""

    question: FlagQuestion
    summary: ListSummary
    simulated: Simulated


def error_rates(header: ReleaseHeader, calibration: ReleaseCalibration | None, scale: str) -> list[ErrorRate]:
    """Every list of a scale, in the order of the rules; none of a scale, or a release, without flags."""
    lists = header.flags.levels.get(Level.PLACEMENT, {}).get(scale)
    if not isinstance(lists, ScaleLists):
        return []
    result = calibration.scales.get(scale) if calibration else None
    found: Mapping[str, Simulated] = result.lists if isinstance(result, Calibration) else {}
    return [
        ErrorRate(question, lists.lists[code], found.get(code, _NOT_SIMULATED))
        for code, question in flag_questions(read_flag_rule(header.flags.rule_version)).items()
        if code in lists.lists
    ]
