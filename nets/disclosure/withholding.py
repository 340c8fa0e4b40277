"""Which cells of a campaign are withheld: those that may not be shown on their own account, and those that would give them away.

What would give a place or group away by its number of responses alone is found first and withheld in every measure, so that
as far as can be the same cells are withheld throughout: a scale is nearly the mean of its items, and what is hidden in the
one and shown in the others would be hidden in vain.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nets.campaign import Campaign
from nets.disclosure.place_tables import CellSums, PlaceTables
from nets.disclosure.rule import DisclosureRule
from nets.disclosure.shown import least_shown
from nets.disclosure.suppression import Protection
from nets.releases.measure import MeasureKind
from nets.releases.tallying import CampaignTally, Tally


@dataclass(frozen=True, slots=True, eq=False)
class WithheldCells:
    """What a release does not show.

    Attributes
    ----------
    responses
        Places whose number of responses is withheld, shape (n_places,).
    places
        Shape (n_places, n_measures).
    groups
        Of the rows of ``CampaignTally.groups``, shape (n_rows, n_scales).
    """

    responses: NDArray[np.bool_]
    places: NDArray[np.bool_]
    groups: NDArray[np.bool_]


def withheld_cells(tally: CampaignTally, campaign: Campaign, rule: DisclosureRule) -> WithheldCells:
    """Everything that is withheld from a release of these sums."""
    tables = tables_of(tally, campaign, rule)
    counted, counted_groups = (
        CellSums.counts_alone(tally.places.responses),
        CellSums.counts_alone(tally.groups.responses),
    )
    nothing, no_group = np.zeros(counted.n.shape, dtype=bool), np.zeros(counted_groups.n.shape, dtype=bool)
    responses = tables.hidden_places(counted, nothing, nothing)
    in_groups = tables.hidden_groups(counted, counted_groups, responses, no_group, no_group)

    sensitive = np.array([measure.sensitive for measure in tally.measures])
    scales = [column for column, measure in enumerate(tally.measures) if measure.kind is MeasureKind.SCALE]
    places = too_few_or_alike(tally.places, least_shown(campaign, breakdown=False), sensitive)
    groups = too_few_or_alike(tally.groups, least_shown(campaign, breakdown=True), sensitive[scales])
    for column, alone in enumerate(places.T.copy()):
        places[:, column] = tables.hidden_places(CellSums.of(tally.places, column), alone | responses, alone)
    for number, alone in enumerate(groups.T.copy()):
        column = scales[number]
        groups[:, number] = tables.hidden_groups(
            CellSums.of(tally.places, column),
            CellSums.of(tally.groups, number),
            places[:, column],
            alone | in_groups,
            alone,
        )
    return WithheldCells(responses, places, groups)


def tables_of(tally: CampaignTally, campaign: Campaign, rule: DisclosureRule) -> PlaceTables:
    """The campaign's places and learner groups as suppression knows them."""
    return PlaceTables(
        tally.tree,
        tally.group_place,
        tally.group_code.tolist(),
        floors=(least_shown(campaign, breakdown=False), least_shown(campaign, breakdown=True)),
        protection=Protection(campaign.place_floor, rule.mean_width, rule.complementary),
        responses=tally.places.responses,
        group_responses=tally.groups.responses,
    )


def too_few_or_alike(tally: Tally, floor: int, sensitive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells of too few learners, and those of whom whoever knows one knows how she answered what is sensitive.

    Alike is what would be shown to be: the standard deviation of thirty times 41.666... is not nought to a computer.
    """
    variance = tally.deviations / np.maximum(tally.n - 1, 1)
    alike: NDArray[np.bool_] = np.round(np.sqrt(variance), 1) == 0
    return (tally.n < floor) | (sensitive & alike)
