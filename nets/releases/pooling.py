"""Scores of placements over the last campaigns together: what one campaign of few learners cannot tell.

A placement's campaigns are parts of it, as placements are of a provider: learners of one year are more alike than learners of
several, and what their mean is worth follows from the variance between the years of a placement and within them
(``analysis.nested_unit_scores``). It says what the placement was over those years, and less of what it is now.

A pooled score less those of its years would tell a year that is not shown. So nothing is pooled but years whose own score is shown,
this one among them, with the sums that are behind what they show: a pooled score is a function of shown numbers, and gives away
nothing that they do not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis import AnalysisError, ScoreSums, nested_unit_scores, part_sums
from nets.campaign import Campaign
from nets.disclosure.shown_beside import PooledOver, ShownPooled, show_pooled, show_pooled_benchmark
from nets.disclosure.withholding import WithheldCells
from nets.releases.former_releases import FormerReleases
from nets.releases.frozen_sums import FrozenSums, State
from nets.releases.measure import Measure
from nets.releases.tallying import CENTRE, CampaignTally
from nets.releases.trend import Asked, asked_beside

_LINKED: Final = frozenset({Asked.AS_BEFORE, Asked.REWORDED})


@dataclass(frozen=True, slots=True)
class PoolingRule:
    """Over how many campaigns scores are pooled, this one among them."""

    version: str
    campaigns: int


@cache
def read_pooling_rule(version: str = "pooling-2026.1") -> PoolingRule:
    """A shipped rule by its version."""
    data = json.loads(resources.files("nets").joinpath("rules", f"{version}.json").read_text("utf-8"))
    return PoolingRule(data["version"], data["campaigns"])


@dataclass(frozen=True, slots=True, eq=False)
class PastSums:
    """What is behind the newest release of an earlier campaign."""

    campaign_id: str
    release_id: str
    measures: tuple[Measure, ...]
    sums: FrozenSums


@dataclass(frozen=True, slots=True, eq=False)
class PastCampaigns:
    """Earlier campaigns of the questionnaire, the oldest first, and the item that each rewording is linked to."""

    campaigns: tuple[PastSums, ...]
    links: Mapping[str, str]


NO_PAST: Final = PastCampaigns((), {})


@dataclass(frozen=True, slots=True, eq=False)
class PooledCells:
    """What is shown, a mapping a place of the tree by code of the scale, and what that is made of, by code of the scale."""

    places: list[dict[str, ShownPooled]]
    over: Mapping[str, PooledOver]


@dataclass(frozen=True, slots=True, eq=False)
class _Years:
    """One scale in the campaigns of a window; arrays of shape (n_years, n_placements), this campaign last."""

    campaign_ids: tuple[str, ...]
    releases: Mapping[str, str]
    n: NDArray[np.float64]
    total: NDArray[np.float64]
    about: NDArray[np.float64]
    is_shown: NDArray[np.bool_]


def pooled_cells(
    tally: CampaignTally,
    withheld: WithheldCells,
    campaign: Campaign,
    past: PastCampaigns,
    rule: PoolingRule,
    former: FormerReleases,
) -> PooledCells:
    """What is shown; placements alone have any.

    Where the score of this campaign is that of an earlier release of it, so is the pooled one.
    """
    found: list[dict[str, ShownPooled]] = [{} for _ in tally.tree.place_ids]
    over = {}
    for column in tally.scales:
        measure = tally.measures[column]
        years = _years(tally, withheld, campaign.id, column, past, rule)
        pooled = None if years is None else _pooled(years, campaign)
        if pooled is not None:
            cells, over[measure.code] = pooled
            for row, cell in cells:
                found[row][measure.code] = cell
        for row in np.flatnonzero(withheld.places[: len(tally.tree.placements), column] == State.KEPT).tolist():
            before = former.records[tally.tree.place_ids[row]].pooled.get(measure.code)
            if before is not None:
                found[row][measure.code] = before
    return PooledCells(found, over)


def _years(
    tally: CampaignTally,
    withheld: WithheldCells,
    campaign_id: str,
    column: int,
    past: PastCampaigns,
    rule: PoolingRule,
) -> _Years | None:
    """The campaigns, from this one back, that asked the scale with linked items; None where there is no earlier one."""
    measure = tally.measures[column]
    placements = tally.tree.placements
    window, items = [], measure.items
    for one in past.campaigns[::-1][: rule.campaigns - 1]:
        asked = next((other for other in one.measures if other.code == measure.code), None)
        if asked is None or asked_beside(asked.items, items, past.links) not in _LINKED:
            break
        window.append(one)
        items = asked.items
    if not window:
        return None
    before = [_past(one.sums, measure.code, placements) for one in window[::-1]]
    here = slice(0, len(placements))
    now = (
        tally.places.n[here, column],
        tally.places.total[here, column],
        tally.places.squares[here, column],
        withheld.places[here, column] == State.SHOWN,
    )
    n, total, about, is_shown = (np.stack(arrays) for arrays in zip(*before, now, strict=True))
    releases = {one.campaign_id: one.release_id for one in window[::-1]}
    return _Years((*releases, campaign_id), releases, n, total, about, is_shown)


def _past(
    sums: FrozenSums, code: str, placements: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """An earlier campaign's sums at the placements of this one, nought where nobody answered then."""
    row_of = {place_id: row for row, place_id in enumerate(sums.place_ids.tolist())}
    column = sums.measures.tolist().index(code)
    rows = np.array([row_of.get(place_id, -1) for place_id in placements], dtype=np.int64)
    there = rows >= 0
    n, total, about = (np.where(there, values[rows, column], 0.0) for values in (sums.n, sums.total, sums.squares))
    return n, total, about, there & (sums.state[rows, column] == State.SHOWN)


def _pooled(years: _Years, campaign: Campaign) -> tuple[list[tuple[int, ShownPooled]], PooledOver] | None:
    """The placements that have at least two years to show, this one among them, by row; None where nothing tells them apart."""
    shown_now = years.is_shown[-1]
    # Of placements that show nothing of this campaign all years count for what the others are held against.
    used = (years.is_shown | ~shown_now) & (years.n > 0)
    n, total = np.where(used, years.n, 0.0), np.where(used, years.total, 0.0)
    # Squares about the middle of 0-100, as sums of squares about nought.
    squares = np.where(used, years.about, 0.0) + 2 * CENTRE * total - CENTRE**2 * n
    units = np.tile(np.arange(n.shape[1]), n.shape[0])
    try:
        sums = part_sums(ScoreSums.from_sums(np.arange(n.size), n.ravel(), total.ravel(), squares.ravel()), units)
        scores = nested_unit_scores(sums, intervals=False)
    except AnalysisError:
        return None
    if scores.tau2 + scores.sigma2 == 0:
        return None
    row = np.array([int(str(unit)) for unit in sums.unit], dtype=np.int64)
    at = np.flatnonzero(shown_now[row] & (used[:, row].sum(axis=0) > 1))
    names = np.array(years.campaign_ids)
    cells = show_pooled(sums, scores, at, [tuple(names[used[:, place]].tolist()) for place in row[at]])
    over = PooledOver(years.releases, show_pooled_benchmark(sums, scores, campaign))
    return list(zip(row[at].tolist(), cells, strict=True)), over
