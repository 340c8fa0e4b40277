"""What a release does with every cell of a campaign: show it, withhold it, or keep what the release before had shown.

Withheld is what may not be shown on its own account, and what would give that away. What would give a place or group away by
its number of responses alone is found first and withheld in every measure, so that as far as can be the same cells are
withheld throughout: a scale is nearly the mean of its items, and what is hidden in the one and shown in the others would be
hidden in vain.

In a second release of a campaign the same holds of what came in since the first (``gains``). Let H be the cells that the
first withheld or the second withholds. A cell that both show tells what it gained; so where fewer learners came than make a
breakdown (the two distributions tell theirs), or all who came answered alike what is sensitive, the former value stays, and so
it does wherever it would give those away. A cell of H that the second would show has to have gained as many learners, and its
gain has to stay uncertain too, because its former value is the new one less the gain. Until then it stays withheld.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nets.campaign import Campaign
from nets.disclosure.across_measures import Demanded, MeasuresBeside, nothing_asked
from nets.disclosure.alike import width_of_one
from nets.disclosure.gains import Gains
from nets.disclosure.option_sums import hidden_by_option
from nets.disclosure.place_tables import Bools, CellSums, Numbers, PlaceTables
from nets.disclosure.rule import DisclosureRule
from nets.disclosure.shown import least_shown
from nets.disclosure.suppression import CountsKnown, Protection
from nets.releases.frozen_sums import FrozenSums, State, States
from nets.releases.tallying import CampaignTally, Tally

ANOTHER_ANSWER: Final = 25.0
"""By how much the scores of a cell are larger together if one learner answered one step higher."""


@dataclass(frozen=True, slots=True, eq=False)
class WithheldCells:
    """A ``State`` for every cell.

    Attributes
    ----------
    responses
        Of the numbers of responses, shape (n_places,).
    places
        Shape (n_places, n_measures).
    groups
        Of the rows of ``CampaignTally.groups``, shape (n_rows, n_scales).
    """

    responses: States
    places: States
    groups: States

    def frozen(self, tally: CampaignTally) -> FrozenSums:
        """The sums with these states, for later releases of the campaign."""
        return FrozenSums.of(tally, self.responses, self.places, self.groups)


def withheld_cells(
    tally: CampaignTally, campaign: Campaign, rule: DisclosureRule, earlier: Sequence[FrozenSums] = ()
) -> WithheldCells:
    """What a release of these sums does with every cell, given the earlier ones of the same campaign, the oldest first."""
    decide = _Decider(tally, campaign, rule)
    gains = [Gains.since(tally, sums) for sums in earlier]
    sensitive = np.array([measure.sensitive for measure in tally.measures])
    scales = list(tally.scales)
    floors = np.array([least_shown(campaign, breakdown=measure.is_breakdown) for measure in tally.measures])
    alone = too_few_or_alike(tally.places, floors, sensitive, rule.mean_width)
    groups_alone = too_few_or_alike(
        tally.groups, np.full(len(scales), least_shown(campaign, breakdown=True)), sensitive[scales], rule.mean_width
    )

    counted = CellSums.counts_alone(tally.places.responses)
    responses, _ = decide.places(
        counted,
        [_Since(gain.responses, gain.responses_state, sensitive=False) for gain in gains],
        np.full(len(counted.n), State.SHOWN, dtype=np.uint8),
        np.zeros(len(counted.n), dtype=bool),
        None,
        nothing_asked(len(counted.n)),
    )
    in_groups = decide.groups(
        counted,
        CellSums.counts_alone(tally.groups.responses),
        responses,
        [],
        np.full(len(tally.groups.n), State.SHOWN, dtype=np.uint8),
        np.zeros(len(tally.groups.n), dtype=bool),
    )
    decide.know_counts(responses == State.WITHHELD, in_groups == State.WITHHELD)
    places = np.empty(tally.places.n.shape, dtype=np.uint8)
    groups = np.empty(tally.groups.n.shape, dtype=np.uint8)
    unknown: dict[int, list[Bools]] = {}
    beside = MeasuresBeside(tally.measures)
    asked = nothing_asked(*places.shape)
    columns = list(range(len(tally.measures)))
    while columns:
        for column in columns:
            since = [
                _Since(gain.places[column], gain.state[:, column], tally.measures[column].sensitive) for gain in gains
            ]
            places[:, column], unknown[column] = decide.places(
                CellSums.of(tally.places, column), since, responses, alone[:, column], column, asked.of(column)
            )
        more = beside.demanded(places, tally.places.n)
        columns = more.columns if rule.complementary and rule.across_measures else []
        asked = asked.with_more(more)
    for number, column in enumerate(scales):
        groups[:, number] = decide.groups(
            CellSums.of(tally.places, column),
            CellSums.of(tally.groups, number),
            places[:, column],
            [
                _GroupsSince(
                    _Since(gain.groups[number], gain.group_state[:, number], tally.measures[column].sensitive),
                    gain.places[column],
                    of_places,
                )
                for gain, of_places in zip(gains, unknown[column], strict=True)
            ],
            in_groups,
            groups_alone[:, number],
        )
    return WithheldCells(responses, places, groups)


@dataclass(frozen=True, slots=True, eq=False)
class _Since:
    """What the cells of a column gained since an earlier release, what that did with them, and whether it is sensitive."""

    gain: CellSums
    before: States
    sensitive: bool


@dataclass(frozen=True, slots=True, eq=False)
class _GroupsSince:
    """The same for learner groups, with what all learners gained and of which places nobody can tell what it was."""

    groups: _Since
    of_places: CellSums
    unknown_places: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _GainTable:
    """What each cell gained, and what has to be hidden of that."""

    since: _Since
    hidden: Callable[[Bools, Numbers], Bools]


class _Decider:
    """The tables of one campaign and what its rule asks of them."""

    def __init__(self, tally: CampaignTally, campaign: Campaign, rule: DisclosureRule) -> None:
        floors = least_shown(campaign, breakdown=False), least_shown(campaign, breakdown=True)
        self._tally, self._rule, self._gained = tally, rule, floors[1]

        def tables(floors: tuple[int, int], fewest: int) -> PlaceTables:
            return PlaceTables(
                tally.tree,
                tally.group_place,
                tally.group_code.tolist(),
                floors=floors,
                protection=Protection(fewest, rule.mean_width, rule.complementary),
                responses=tally.places.responses,
                group_responses=tally.groups.responses,
            )

        self._tables = tables(floors, floors[0])
        # Of breakdowns, so that what is hidden is together no fewer than may be shown. What came between two releases is one
        # by time: the two distributions tell that of those who came.
        self._breakdowns = tables((floors[1], floors[1]), floors[1])
        self._counts_known: CountsKnown | None = None

    def know_counts(self, places: Bools, groups: Bools) -> None:
        """Prove once what the counts of all scales have in common that everybody is asked, of what is withheld in all of them."""
        tally = self._tally
        scales = [not tally.measures[column].asked_of for column in tally.scales]
        if self._rule.complementary and any(scales):
            self._counts_known = self._breakdowns.counts_known(
                tally.places.n[:, np.array(tally.scales)[scales]].min(axis=1),
                tally.groups.n[:, scales].min(axis=1),
                places,
                groups,
            )

    def places(
        self,
        sums: CellSums,
        since: Sequence[_Since],
        by_responses: States,
        alone: Bools,
        column: int | None,
        beside: Demanded,
    ) -> tuple[States, list[Bools]]:
        """What is done with the places, and of which of them nobody can tell what they gained since each earlier release."""
        tables = [_GainTable(one, partial(self._breakdowns.hidden_places, one.gain)) for one in since]
        measure = None if column is None else self._tally.measures[column]
        of = self._breakdowns if measure and measure.is_breakdown else self._tables
        hidden = partial(of.hidden_places, sums)
        if column is not None and measure and len(measure.items) == 1 and self._rule.complementary:
            hidden = partial(self._hidden_by_option, sums, self._tally.places.answers[:, column, : measure.n_options])
        return self._decide(hidden, sums, tables, by_responses, alone, beside)

    def _hidden_by_option(self, sums: CellSums, answers: Numbers, never: Bools, asked: Numbers) -> Bools:
        hidden = self._breakdowns.hidden_places(sums, never, asked)
        widths = np.where(sums.n < self._gained, self._rule.mean_width, asked)
        return hidden_by_option(hidden, answers, widths, self._tally.places.responses, self._tally.tree)

    def groups(
        self,
        of_places: CellSums,
        sums: CellSums,
        places: States,
        since: Sequence[_GroupsSince],
        by_responses: States,
        alone: Bools,
    ) -> States:
        """What is done with the learner groups, given what is done with their places."""
        tables = [
            _GainTable(
                one.groups,
                partial(self._breakdowns.hidden_groups, one.of_places, one.groups.gain, one.unknown_places),
            )
            for one in since
        ]
        hidden = partial(
            self._breakdowns.hidden_groups,
            of_places,
            sums,
            places == State.WITHHELD,
            counts_known=self._counts_known,
        )
        return self._decide(hidden, sums, tables, by_responses, alone, nothing_asked(len(sums.n)))[0]

    def _decide(
        self,
        hidden_now: Callable[[Bools, Numbers], Bools],
        sums: CellSums,
        tables: Sequence[_GainTable],
        by_responses: States,
        alone: Bools,
        beside: Demanded,
    ) -> tuple[States, list[Bools]]:
        never: Bools = alone | beside.withheld | (by_responses == State.WITHHELD)
        for table in tables:
            never = never | ((table.since.before == State.WITHHELD) & (table.since.gain.n < self._gained))
        wide = np.where(alone | beside.withheld, self._another_answer(sums), 0.0)
        few = beside.withheld & (sums.n < self._gained)
        hidden = hidden_now(never, np.where(few, self._rule.mean_width, wide))
        kept: Bools = beside.kept | (by_responses == State.KEPT)
        unknown = []
        for table in tables:
            since = table.since
            not_told = hidden | kept | (since.before != State.SHOWN)
            new = (since.before == State.WITHHELD) & ~hidden
            alike = since.sensitive & (since.gain.width_of_one < self._rule.mean_width) & (since.gain.n > 0)
            alike |= beside.kept & (since.gain.n > 0)
            asked = np.where(new, self._rule.mean_width, np.where(alike, self._another_answer(since.gain), 0.0))
            found = table.hidden(not_told | alike, asked) & (since.gain.n > 0)
            kept = kept | (found & ~hidden)
            unknown.append(not_told | found)
        if tables:
            # What was never shown has no former value to keep.
            hidden = hidden | (kept & (tables[-1].since.before == State.WITHHELD))
        states = np.where(hidden, State.WITHHELD, np.where(kept, State.KEPT, State.SHOWN))
        return states.astype(np.uint8), unknown

    def _another_answer(self, sums: CellSums) -> Numbers:
        """What is asked of those who are enough but all alike: it must not come out that they are."""
        return np.minimum(self._rule.mean_width, ANOTHER_ANSWER / np.maximum(sums.n, 1.0))


def too_few_or_alike(tally: Tally, floors: NDArray[np.int64], sensitive: NDArray[np.bool_], mean_width: float) -> Bools:
    """Cells of too few learners, and those whose number, mean and spread tell how each of them answered what is sensitive."""
    few: Bools = tally.n < floors
    alike: Bools = width_of_one(tally.n, tally.total, tally.deviations) < mean_width
    return few | (sensitive & alike)
