"""The score on which people of different groups are matched, from items that work alike."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from ..graded_items import graded_response
from ..item_responses import FloatArray
from ..options import wrong_word

Matching = Literal["total", "rest", "trait"]

FEWEST_ANCHORS = 3
_LEAST_ANSWERED = 0.5


def wrong_matching(matching: object) -> list[str]:
    """Say what is wrong with the kind of matching."""
    return wrong_word("matching", matching, get_args(Matching))


class MatchingScores:
    """Scores of everybody from a set of anchors, one for each item studied.

    Total and rest are means of the answered items, over those who answered half of them or more; the total has the item
    that is studied in it (Holland & Thayer 1988), the rest has not. The trait is the expected a posteriori score of the
    graded response model of the anchors.
    """

    def __init__(self, values: FloatArray, anchors: list[int], matching: Matching) -> None:
        self._values, self._anchors, self._matching = values, anchors, matching
        self._trait = np.empty(0)
        if matching == "trait":
            of_anchors = values[:, anchors]
            self._trait = graded_response(of_anchors).scores(of_anchors).score
        else:
            self._answered = ~np.isnan(values[:, anchors])
            self._sum = np.nansum(values[:, anchors], axis=1)

    def of(self, item: int) -> FloatArray:
        """Give the score for studying an item, shape (n_rows,); NaN for those who cannot be matched."""
        if self._matching == "trait":
            return self._trait
        own = self._values[:, item]
        there = ~np.isnan(own)
        # The item takes part once, or not at all, whether it is an anchor or not.
        wanted = self._matching == "total"
        change = int(wanted) - int(item in self._anchors)
        number = self._answered.sum(axis=1) + change * there
        most = len(self._anchors) + change
        total = self._sum + change * np.where(there, own, 0.0)
        enough = (number > 0) & (number >= _LEAST_ANSWERED * most)
        return np.asarray(np.where(enough, total / np.maximum(number, 1), np.nan))
