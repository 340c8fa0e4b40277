"""What is known of how often the flag rules and the gate of the risk rule are wrong at a campaign's own size.

It belongs to a release and is kept beside it: simulating takes as long as releasing, and neither has to wait for the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Share:
    """A share found by simulation, with the standard error that the simulation leaves it."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class ListCalibration:
    """How one list does.

    Attributes
    ----------
    n_listed
        Places on it, on average over the simulated campaigns.
    false_share
        Of the places listed, those whose true score is in the half that the list does not look for: the better half for a list of
        low places. Of a list of changes, those that have not changed in that direction.
    missed_share
        Of the tenth that is sought, those that are not listed: the worst tenth for a list of low places, the best for one of high
        places, those that have fallen (or risen) most for one of changes.
    predictive_share
        Positive predictive value: of the places listed, those that belong to that tenth.
    """

    n_listed: float
    false_share: Share
    missed_share: Share
    predictive_share: Share
    kind: Literal["listed"] = "listed"


@dataclass(frozen=True, slots=True)
class NeverListed:
    """A list that stayed empty in every simulated campaign: at this size it finds nobody."""

    kind: Literal["never"] = "never"


@dataclass(frozen=True, slots=True)
class GateCalibration:
    """How the gate of the risk rule does, P(true score < benchmark - 1 tau) at a sufficient reliability.

    Attributes
    ----------
    n_open
        Places at which it opens, on average.
    false_share
        Of those, the places that do not lie one tau below the benchmark in truth.
    missed_share
        Of the places that do, those at which it stays shut.
    better_half_share
        Of the places at which it opens, those that are in the better half in truth.
    """

    n_open: float
    false_share: Share
    missed_share: Share
    better_half_share: Share
    kind: Literal["opens"] = "opens"


@dataclass(frozen=True, slots=True)
class GateNeverOpens:
    """At this size no placement's score carries a suggestion."""

    kind: Literal["never"] = "never"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was simulated, and how every list and the gate did in it."""

    n_places: int
    n_campaigns: int
    mean: float
    sd: float
    icc: float
    lists: Mapping[str, ListCalibration | NeverListed]
    gate: GateCalibration | GateNeverOpens
    kind: Literal["calibrated"] = "calibrated"


@dataclass(frozen=True, slots=True)
class NotCalibrated:
    """Why nothing could be simulated."""

    reason: str
    kind: Literal["not_calibrated"] = "not_calibrated"


CalibrationResult: TypeAlias = Calibration | NotCalibrated


@dataclass(frozen=True, slots=True)
class ReleaseCalibration:
    """One level of one release, by code of the scale."""

    release_id: str
    level: str
    rule_version: str
    risk_rule_version: str
    scales: Mapping[str, CalibrationResult]

    @property
    def gate_in_words(self) -> str:
        """How the gate of the risk rule does, from the scale on which it does best to that on which it does worst."""
        gates = [one.gate for one in self.scales.values() if isinstance(one, Calibration)]
        opening = [gate for gate in gates if isinstance(gate, GateCalibration)]
        if not opening:
            return "at this campaign's size the gate opens for no score alone"
        false = _range([gate.false_share.value for gate in opening])
        missed = _range([gate.missed_share.value for gate in opening])
        return (
            f"at this campaign's size the gate opens falsely at {false} of the places at which it opens, "
            f"and misses {missed} of those that lie well below the benchmark (simulated)"
        )


def _range(shares: Sequence[float]) -> str:
    least, most = f"{min(shares):.0%}", f"{max(shares):.0%}"
    return least if least == most else f"{least.removesuffix('%')} to {most}"


_DOCUMENT: Final = TypeAdapter(ReleaseCalibration)


def calibration_to_json(calibration: ReleaseCalibration) -> bytes:
    """Canonical bytes."""
    return _DOCUMENT.dump_json(calibration)


def calibration_from_json(document: bytes | str) -> ReleaseCalibration:
    """The calibration behind its bytes."""
    return _DOCUMENT.validate_json(document)
