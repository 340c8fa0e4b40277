"""How many of the learners who could have answered did, and how far those who did not could move a score.

A roster says how many learners a placement has in a learner group. With it a response rate is exact: it has no sampling interval.
Without it there is none: the number of those who could have answered is never made up. What the silent would have said nobody
knows, so the mean of all learners is bounded by its worst and its best case (Manski, C. F. 1989. Anatomy of the selection problem.
Journal of Human Resources, 24, 343-360).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from nets.errors import InvalidSetting
from nets.scoring import BEST

MOST_LEARNERS: Final = 100_000
"""More of one group at one placement are a slip of the keyboard."""

Cell: TypeAlias = tuple[str, str]
"""Placement id and learner group."""


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """How many learners of one group a placement has."""

    placement_id: str
    learner_group: str
    learners: int


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """Responses and the learners, at least as many, who could have answered."""

    responses: int
    learners: int
    kind: Literal["response_rate"] = "response_rate"

    @property
    def per_cent(self) -> float:
        """Those who answered, of a hundred."""
        return 100.0 * self.responses / self.learners

    @property
    def open_points(self) -> float:
        """By how many points of 0-100 the mean of all learners stays open, whatever those who answered said."""
        return BEST * (self.learners - self.responses) / self.learners


@dataclass(frozen=True, slots=True)
class RosterTooSmall:
    """More responses than the roster has learners, here or in a part of this: a rate above 100 % is none."""

    responses: int
    learners: int
    kind: Literal["roster_too_small"] = "roster_too_small"


@dataclass(frozen=True, slots=True)
class NoResponseRate:
    """The roster does not say how many learners there are, here or in a part of this."""

    responses: int
    kind: Literal["no_response_rate"] = "no_response_rate"


Rate: TypeAlias = ResponseRate | RosterTooSmall | NoResponseRate


@dataclass(frozen=True, slots=True)
class PlacementRates:
    """Rates of one placement: of all its learners together, and of each learner group that answered or is in the roster."""

    placement_id: str
    together: Rate
    groups: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class CampaignRates:
    """Rates of a whole campaign.

    Attributes
    ----------
    placements
        In the order of their ids.
    together
        Of the learner groups at placements that have a rate; what stands in the next two is in no rate.
    outside
        Responses from where the roster has nobody.
    too_small
        Learner groups at placements with more responses than learners.
    """

    placements: tuple[PlacementRates, ...]
    together: Rate
    outside: int
    too_small: int


def campaign_rates(responses: Mapping[Cell, int], roster: Mapping[Cell, int]) -> CampaignRates:
    """Response rates from the number of responses and of learners in each cell."""
    of_placement: dict[str, dict[str, Rate]] = {}
    for cell in sorted(responses.keys() | roster.keys()):
        placement_id, group = cell
        of_placement.setdefault(placement_id, {})[group] = _rate(responses.get(cell, 0), roster.get(cell))
    cells = [rate for groups in of_placement.values() for rate in groups.values()]
    return CampaignRates(
        placements=tuple(
            PlacementRates(placement_id, _together(groups.values()), groups)
            for placement_id, groups in of_placement.items()
        ),
        together=_together([cell for cell in cells if isinstance(cell, ResponseRate)]),
        outside=sum(cell.responses for cell in cells if isinstance(cell, NoResponseRate)),
        too_small=sum(isinstance(cell, RosterTooSmall) for cell in cells),
    )


@dataclass(frozen=True, slots=True)
class PlaceResponses:
    """All responses about one place, and the rate of those from where the roster has learners."""

    n: int
    rate: Rate


def place_responses(
    responses: Mapping[Cell, int],
    roster: Mapping[Cell, int],
    places_of: Callable[[str], Iterable[str]],
    counted: Collection[str],
) -> dict[str, PlaceResponses]:
    """What came of every place, from what came of each learner group at each placement.

    A placement has a rate where each of its groups has one. Above it there always is a ward that no roster knows, so the rate of
    a place above is that of the placements that have one, and says how many responses those are. Placements that are not counted
    are in it together or not at all: with one of them in it and another not, it less those that are counted would be how many
    answered at the one.

    Parameters
    ----------
    places_of
        The places that a placement belongs to, itself first.
    counted
        The places of which it is told how many answered.
    """
    groups: dict[str, list[Rate]] = {}
    for cell in sorted(responses.keys() | roster.keys()):
        groups.setdefault(cell[0], []).append(_rate(responses.get(cell, 0), roster.get(cell)))
    whole = {placement_id: _together(rates) for placement_id, rates in groups.items()}
    paths = {placement_id: tuple(places_of(placement_id)) for placement_id in whole}
    told_in = {
        placement_id: next((place_id for place_id in path if place_id in counted), "")
        for placement_id, path in paths.items()
    }
    unrated = {told_in[one] for one, rate in whole.items() if rate.responses and not isinstance(rate, ResponseRate)}
    below: dict[str, list[str]] = {}
    for placement_id, path in paths.items():
        for place_id in path:
            below.setdefault(place_id, []).append(placement_id)
    return {
        place_id: PlaceResponses(
            sum(whole[one].responses for one in placements),
            whole[place_id]
            if place_id in whole
            else _together([whole[one] for one in placements if told_in[one] not in unrated]),
        )
        for place_id, placements in below.items()
    }


def bounds_of_mean(mean: float, n: int, learners: int) -> tuple[float, float]:
    """Between what the mean of all learners lies, 0-100, if the silent had all given the worst or all the best answer.

    With the mean m of n out of N learners: ``n m / N`` and ``(n m + 100 (N - n)) / N``.

    Raises
    ------
    InvalidSetting
        If there are fewer learners than answered.
    """
    if not 0 < n <= learners:
        raise InvalidSetting(f"{n} of {learners} learners cannot have answered")
    worst = n * mean / learners
    return worst, worst + BEST * (learners - n) / learners


def _rate(responses: int, learners: int | None) -> Rate:
    if learners is not None and responses > learners:
        return RosterTooSmall(responses, learners)
    return ResponseRate(responses, learners) if learners else NoResponseRate(responses)


def _together(cells: Iterable[Rate]) -> Rate:
    """The rate of several cells, if every one of them has a rate; a group of nobody, of whom nobody answered, adds nothing."""
    counted = [cell for cell in cells if isinstance(cell, ResponseRate | RosterTooSmall) or cell.responses]
    responses = sum(cell.responses for cell in counted)
    known = [cell for cell in counted if not isinstance(cell, NoResponseRate)]
    learners = sum(cell.learners for cell in known)
    if len(known) < len(counted) or not learners:
        return NoResponseRate(responses)
    if any(isinstance(cell, RosterTooSmall) for cell in known):
        return RosterTooSmall(responses, learners)
    return ResponseRate(responses, learners)


COLUMNS: Final = ("placement_id", "placement", "learner_group", "responses", "learners", "rate", "open_points", "says")
ALL_GROUPS: Final = "(all)"


def rate_values(rate: Rate) -> tuple[int, int | None, float | None, float | None, str]:
    """A rate for machines: the last five of ``COLUMNS``."""
    match rate:
        case ResponseRate():
            return rate.responses, rate.learners, round(rate.per_cent, 4), round(rate.open_points, 4), "response rate"
        case RosterTooSmall():
            return rate.responses, rate.learners, None, None, "roster too small"
        case NoResponseRate():
            return rate.responses, None, None, None, "no response rate"


def rates_by_group(rates: CampaignRates) -> Iterator[tuple[str, str, Rate]]:
    """Every placement with all its learners together, then group by group."""
    for place in rates.placements:
        yield place.placement_id, ALL_GROUPS, place.together
        for group, rate in place.groups.items():
            yield place.placement_id, group, rate
