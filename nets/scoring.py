"""From answers to scale scores: 0-100, the half rule, reverse keys.

An answer maps to 0-100 (1..5 -> 0, 25, 50, 75, 100), turned round where the item is reverse-keyed, so that high is always good. A
learner's scale score is the mean of the answered items when at least half of the scale is answered; otherwise there is none.
Non-response codes, blanks and items that were not routed count as not answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nets.packing import rating_values
from nets.questionnaire.version import QuestionnaireVersion, Scale

BEST = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class ScaleAnswers:
    """The answers to one scale and the scores made of them.

    Attributes
    ----------
    scale
        The scale scored.
    keyed
        Keyed answers on 0-100, shape (n_responses, n_items of the scale); NaN where not answered.
    steps
        Keyed answers as option positions 1..k with k the best, same shape; 0 where not answered.
    n_options
        The largest k among the items.
    scores
        One score a response on 0-100, shape (n_responses,); NaN where fewer than half of the items are answered.
    """

    scale: Scale
    keyed: NDArray[np.float64]
    steps: NDArray[np.int64]
    n_options: int
    scores: NDArray[np.float64]

    def of(self, rows: NDArray[np.bool_]) -> "ScaleAnswers":
        """The same for some of the responses."""
        return replace(self, keyed=self.keyed[rows], steps=self.steps[rows], scores=self.scores[rows])


def score_scales(version: QuestionnaireVersion, matrix: NDArray[np.uint8]) -> Mapping[str, ScaleAnswers]:
    """Score every scale of the version.

    Parameters
    ----------
    matrix
        Raw answer bytes, shape (n_responses, n_closed_items), as ``packing.answer_matrix`` gives them.
    """
    column = {item.code: position for position, item in enumerate(version.closed_items)}
    values = rating_values(matrix)
    return {
        scale.code: _score_scale(version, scale, values[:, [column[code] for code in scale.items]])
        for scale in version.scales
    }


def _score_scale(version: QuestionnaireVersion, scale: Scale, values: NDArray[np.float64]) -> ScaleAnswers:
    items = [version.item[code] for code in scale.items]
    n_options = np.array([len(version.options(item)) for item in items])
    reverse = np.array([item.reverse for item in items])
    steps = np.where(reverse, n_options + 1 - values, values)
    keyed = (steps - 1) / (n_options - 1) * BEST
    return ScaleAnswers(
        scale, keyed, np.nan_to_num(steps).astype(np.int64), int(n_options.max()), half_rule_mean(keyed)
    )


def half_rule_mean(keyed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row means of the answered items where at least half are answered, NaN elsewhere."""
    answered = ~np.isnan(keyed)
    n_answered = answered.sum(axis=1)
    totals = np.where(answered, keyed, 0.0).sum(axis=1)
    enough = 2 * n_answered >= keyed.shape[1]
    return np.where(enough & (n_answered > 0), totals / np.maximum(n_answered, 1), np.nan)


def adverse_reports(
    version: QuestionnaireVersion, scale: Scale, matrix: NDArray[np.uint8]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who answered the scale's items that can report an adverse environment, and who reported one.

    Returns
    -------
    answered, reported
        Both of shape (n_responses,). ``reported`` is True where at least one answer is among an item's adverse values.
    """
    answered = np.zeros(len(matrix), dtype=bool)
    reported = np.zeros(len(matrix), dtype=bool)
    values = rating_values(matrix)
    for position, item in enumerate(version.closed_items):
        if item.adverse and item.code in scale.items:
            answered |= ~np.isnan(values[:, position])
            reported |= np.isin(values[:, position], item.adverse)
    return answered, reported
