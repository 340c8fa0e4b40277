"""Items with known parameters, ready to be met by answers: of those they were fitted to, or of other people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import AnalysisError
from ..item_responses import FloatArray, ItemResponses, read_item_responses
from .curves import GradedItems, Places
from .likelihood import MarginalLikelihood, Quadrature
from .patterns import AnswerPatterns


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What scoring needs of a fit.

    Attributes
    ----------
    item_names : tuple of str
    items : GradedItems
    parameters : ndarray, shape (n_parameters,)
    places : tuple of ndarray of intp, one an item
        Where the answers 1, 2, ... stand among all options; -1 for one that nobody gave.
    quadrature : Quadrature
    """

    item_names: tuple[str, ...]
    items: GradedItems
    parameters: FloatArray
    places: tuple[Places, ...]
    quadrature: Quadrature

    @property
    def value(self) -> FloatArray:
        """The answer that each option is, shape (n_options_in_all,)."""
        return np.concatenate([np.flatnonzero(place >= 0) + 1.0 for place in self.places])

    @property
    def discrimination(self) -> FloatArray:
        """The discrimination of each item."""
        return np.asarray(self.parameters[self.items.slope])

    def read(self, item_responses: Any) -> ItemResponses:
        """Read answers to these items.

        Raises
        ------
        AnalysisError
            Where items are others, or an answer was not among those that the items were fitted to.
        """
        answers = read_item_responses(
            item_responses, minimum_respondents=1, allow_constant=True, allow_empty=True,
            categories=max(place.size for place in self.places),
        )  # fmt: skip
        if hasattr(item_responses, "columns") and set(answers.item_names) >= set(self.item_names):
            order = [answers.item_names.index(name) for name in self.item_names]
            values = answers.values[:, order]
            values.flags.writeable = False
            empty = int(np.isnan(values).all(axis=1).sum())
            answers = replace(
                answers,
                values=values,
                item_names=self.item_names,
                n_missing=answers.n_missing[order],
                n_empty_rows=empty,
            )
        if answers.n_items != len(self.item_names) or (
            hasattr(item_responses, "columns") and answers.item_names != self.item_names
        ):
            raise AnalysisError(
                f"the model was fitted to the items {', '.join(self.item_names)}; the answers are to "
                f"{', '.join(answers.item_names)}"
            )
        problems = []
        for name, place, column in zip(self.item_names, self.places, answers.values.T, strict=True):
            given = np.unique(column[~np.isnan(column)]).astype(int)
            unknown = [answer for answer in given.tolist() if answer > place.size or place[answer - 1] < 0]
            if unknown:
                listed = ", ".join(map(str, unknown))
                problems.append(f"item {name} was answered {listed}, as nobody did when the model was fitted")
        if problems:
            raise AnalysisError(problems)
        return answers

    def likelihood(self, answers: ItemResponses) -> MarginalLikelihood:
        """Give the likelihood of answers that have been read."""
        return MarginalLikelihood(self.items, AnswerPatterns.of(answers, self.places), self.quadrature)
