"""Everything a release knows of the answers: counts and sums of every measure in every place and learner group.

Responses are added up once, into the learner groups of each placement; places above are sums of those rows. What a score needs
(number, mean, spread, distribution) follows from the sums, so that a national campaign costs one pass and no loop over places.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nets.packing import NOT_ON_THE_SCALE, rating_values, reasons_without_value
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.measure import Measure, MeasureKind
from nets.releases.place_tree import PlaceTree
from nets.scoring import BEST, half_rule_mean

POSITIVE_ABOVE: Final = 50.0
"""A keyed answer above the middle of the scale is positive: agree and strongly agree."""

CENTRE: Final = 50.0
"""Squares are taken about the middle of 0-100, which loses no digits to a large mean."""

_Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CampaignAnswers:
    """The responses of a campaign as arrays, one entry a response: placement id, learner group and row of answer bytes."""

    placement_ids: NDArray[np.object_]
    learner_groups: NDArray[np.object_]
    matrix: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums of some measures in some cells; a row is a cell, a column a measure.

    Attributes
    ----------
    n
        Learners with a score, shape (n_cells, n_measures).
    total, squares
        Sums of their scores and of the squared distances of those from 50, same shape.
    answers
        Answers by option position from the worst, shape (n_cells, n_measures, most options of any item).
    positive
        Answers above the middle, shape (n_cells, n_measures).
    without_value
        Answers that are not on the scale, by reason in the order of ``packing.NOT_ON_THE_SCALE``: shape (n_cells,
        n_measures, 5).
    responses
        Responses, with or without any answer, shape (n_cells,).
    """

    n: _Numbers
    total: _Numbers
    squares: _Numbers
    answers: _Numbers
    positive: _Numbers
    without_value: _Numbers
    responses: _Numbers

    @cached_property
    def mean(self) -> _Numbers:
        """Mean score of each cell, NaN where nobody has one."""
        return np.asarray(np.divide(self.total, self.n, out=np.full(self.total.shape, np.nan), where=self.n > 0))

    @cached_property
    def deviations(self) -> _Numbers:
        """Sum of squared deviations of the scores from their cell's mean; never below 0."""
        mean = np.where(self.n > 0, self.mean, CENTRE)
        return np.maximum(self.squares - self.n * (mean - CENTRE) ** 2, 0.0)

    @cached_property
    def sd(self) -> _Numbers:
        """Standard deviation of the scores of each cell, NaN below two of them."""
        nothing = np.full(self.n.shape, np.nan)
        return np.asarray(np.sqrt(np.divide(self.deviations, self.n - 1, out=nothing, where=self.n > 1)))

    def add_up(self, cell: NDArray[np.int64], row: NDArray[np.int64], n_cells: int) -> "Tally":
        """Sums of rows: entry i adds row ``row[i]`` to cell ``cell[i]``."""
        adder = sparse.csr_array((np.ones(len(cell)), (cell, row)), shape=(n_cells, len(self.responses)))

        def added(values: _Numbers) -> _Numbers:
            flat: Any = adder @ values.reshape(len(values), -1)
            return np.asarray(flat).reshape(n_cells, *values.shape[1:])

        return Tally(*(added(getattr(self, name)) for name in SUMMED))

    def of(self, measures: Sequence[int]) -> "Tally":
        """The same for some of the measures."""
        columns = np.array(measures, dtype=np.int64)
        return Tally(
            *(getattr(self, name) if name == "responses" else getattr(self, name)[:, columns] for name in SUMMED)
        )


SUMMED: Final = tuple(field.name for field in fields(Tally))
"""What a tally is made of, each an array with a row a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class CampaignTally:
    """The sums of a campaign.

    Attributes
    ----------
    measures
        What the columns of ``places`` are, and, for the scales alone, those of ``groups``.
    places
        All learners together, a row a place of the tree.
    groups
        Learner groups, a row for each place and group of whom anybody answered, now or at an earlier release.
    group_place, group_code
        Of the rows of ``groups``: the place's position in the tree and the group's code.
    """

    tree: PlaceTree
    measures: tuple[Measure, ...]
    places: Tally
    groups: Tally
    group_place: NDArray[np.int64]
    group_code: NDArray[np.object_]

    @property
    def scales(self) -> tuple[int, ...]:
        """Columns of the scales among the measures."""
        return tuple(column for column, measure in enumerate(self.measures) if measure.kind is MeasureKind.SCALE)


def tally_campaign(
    version: QuestionnaireVersion,
    measures: tuple[Measure, ...],
    tree: PlaceTree,
    answers: CampaignAnswers,
    answered_before: Iterable[tuple[str, str]] = (),
) -> CampaignTally:
    """Add up a campaign's responses.

    ``answered_before`` are placements and learner groups of whom somebody had answered at an earlier release: they have their cells
    also where all have since taken their answers back.
    """
    position = {placement_id: row for row, placement_id in enumerate(tree.placements)}
    before = sorted(answered_before)
    placement = np.array(
        [position[one] for one in (*answers.placement_ids, *(one for one, _ in before))], dtype=np.int64
    )
    codes = np.array([*answers.learner_groups.tolist(), *(code for _, code in before)], dtype=np.str_)
    groups, group = np.unique(codes, return_inverse=True)
    cells, cell = np.unique(placement * len(groups) + group, return_inverse=True)
    cell = cell[: len(answers.matrix)]
    cell_placement, cell_group = cells // len(groups), cells % len(groups)

    answered = _Answered.of(version, measures, answers.matrix)
    by_cell = answered.tally(cell, len(cells))
    by_placement = by_cell.add_up(cell_placement, np.arange(len(cells)), len(tree.placements))
    n_levels, n_placements = tree.above.shape
    places = by_placement.add_up(tree.above.ravel(), np.tile(np.arange(n_placements), n_levels), len(tree.place_ids))
    scales = [column for column, measure in enumerate(measures) if measure.kind is MeasureKind.SCALE]
    at_levels = tree.above[:, cell_placement]
    pairs, pair = np.unique((at_levels * len(groups) + cell_group).ravel(), return_inverse=True)
    of_groups = by_cell.of(scales).add_up(pair, np.tile(np.arange(len(cells)), n_levels), len(pairs))
    return CampaignTally(
        tree,
        measures,
        places,
        of_groups,
        pairs // len(groups),
        groups.astype(object)[pairs % len(groups)],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Answered:
    """Answers of one response a row: scores by measure, and for each item the option or the reason why there is none."""

    scores: _Numbers
    outcome: NDArray[np.int64]
    most_options: int
    is_positive: NDArray[np.bool_]
    item_of: NDArray[np.float64]

    @classmethod
    def of(cls, version: QuestionnaireVersion, measures: tuple[Measure, ...], matrix: NDArray[np.uint8]) -> "_Answered":
        column = {item.code: number for number, item in enumerate(version.closed_items)}
        codes = list(dict.fromkeys(code for measure in measures for code in measure.items))
        items = [version.item[code] for code in codes]
        chosen = matrix[:, [column[code] for code in codes]]
        n_options = np.array([len(version.options(item)) for item in items])
        values = rating_values(chosen)
        steps = np.where(np.array([item.reverse for item in items]), n_options + 1 - values, values)
        keyed = (steps - 1) / (n_options - 1) * BEST
        place = {code: number for number, code in enumerate(codes)}
        scores = np.column_stack(
            [half_rule_mean(keyed[:, [place[code] for code in measure.items]]) for measure in measures]
        )
        most = int(n_options.max())
        reason = reasons_without_value(chosen)
        outcome = np.where(reason >= 0, most + reason, np.nan_to_num(steps).astype(np.int64) - 1)
        option = np.arange(most)[None, :]
        is_positive = (option < n_options[:, None]) & (option / (n_options[:, None] - 1) * BEST > POSITIVE_ABOVE)
        item_of = np.zeros((len(measures), len(items)))
        for number, measure in enumerate(measures):
            item_of[number, [place[code] for code in measure.items]] = 1.0
        return cls(scores, outcome, most, is_positive, item_of)

    def tally(self, cell: NDArray[np.int64], n_cells: int) -> Tally:
        """Sums of the responses of each cell."""
        n_responses, n_items = self.outcome.shape
        into = sparse.csr_array((np.ones(n_responses), (cell, np.arange(n_responses))), shape=(n_cells, n_responses))
        present = ~np.isnan(self.scores)
        scores = np.where(present, self.scores, 0.0)
        about = np.where(present, self.scores - CENTRE, 0.0)
        width = self.most_options + len(NOT_ON_THE_SCALE)
        place = (cell[:, None] * n_items + np.arange(n_items)) * width + self.outcome
        counts = np.bincount(place.ravel(), minlength=n_cells * n_items * width).reshape(n_cells, n_items, width)
        by_measure = np.einsum("cio,mi->cmo", counts, self.item_of, optimize=True)
        positive = (counts[:, :, : self.most_options] * self.is_positive).sum(axis=2) @ self.item_of.T
        return Tally(
            n=np.asarray(into @ present.astype(np.float64)),
            total=np.asarray(into @ scores),
            squares=np.asarray(into @ about**2),
            answers=by_measure[:, :, : self.most_options],
            positive=positive,
            without_value=by_measure[:, :, self.most_options :],
            responses=np.bincount(cell, minlength=n_cells).astype(np.float64),
        )
