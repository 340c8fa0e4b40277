"""What pooled scores tell of a campaign whose own score is hidden: the years together less those that are shown.

Unknown is what the learners of each placement scored in each campaign. A cell that a campaign's release shows is a sum of them over
placements, a pooled score one over the campaigns that it names. All of them are one linear programme.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.disclosure_attack.programme import Form, Programme, summed
from benchmarks.disclosure_attack.published import EVERYONE, TENTH, Published

BEST = 100.0


@dataclass(frozen=True, slots=True)
class FoundPooled:
    """How many scores of placements were attacked, and the narrowest number of learners and mean among them, in points."""

    attacked: int
    count: float
    mean: float


def attack_pooled(
    releases: Sequence[Published], counts: Sequence[Mapping[str, int]], measure: str, few: int
) -> FoundPooled:
    """Bound every placement's hidden score of fewer than ``few`` learners in every campaign.

    Parameters
    ----------
    releases
        Of each campaign the newest, the oldest campaign first.
    counts
        Learners with a score by placement, in each. Who attacks knows them when it comes to the means.
    """
    numbers, totals = Programme(), Programme()
    n = [{place: numbers.variable(0.0) for place in of_campaign} for of_campaign in counts]
    total = [{place: totals.variable(0.0, BEST * had) for place, had in of.items()} for of in counts]
    for release, its_n, its_total in zip(releases, n, total, strict=True):
        for (place, group), known in release.cells[measure].items():
            if group == EVERYONE:
                below = release.placements_of[place]
                numbers.know(_sum(its_n, below), *known.n)
                totals.know(_sum(its_total, below), *known.total)
    order = [release.release.header.campaign_id for release in releases]
    for place, record in releases[-1].records.items():
        if measure in record.pooled:
            pooled = record.pooled[measure]
            its = [order.index(campaign) for campaign in pooled.campaigns.split()]
            numbers.know(summed([_sum(n[number], [place]) for number in its]), pooled.n, pooled.n)
            between = (pooled.n * (pooled.mean - TENTH), pooled.n * (pooled.mean + TENTH))
            totals.know(summed([_sum(total[number], [place]) for number in its]), *between)
    found = [(float("inf"), float("inf"))]
    for release, of_campaign, its_n, its_total in zip(releases, counts, n, total, strict=True):
        for place, had in of_campaign.items():
            if 0 < had < few and (place, EVERYONE) not in release.cells[measure]:
                low, high = numbers.range_of({its_n[place]: 1.0})
                least, most = totals.range_of({its_total[place]: 1.0})
                found.append((high - low, (most - least) / had))
    return FoundPooled(len(found) - 1, min(one[0] for one in found), min(one[1] for one in found))


def _sum(of: Mapping[str, int], places: Sequence[str]) -> Form:
    return {of[place]: 1.0 for place in places if place in of}
