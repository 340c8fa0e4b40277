"""Moments read from whatever holds them: answers, a mergeable state, or an iterator of batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .errors import AnalysisError
from .item_responses import holds_moments, read_item_responses
from .moments import Missing, Moments, moments_of_answers, wrong_missing
from .options import refuse
from .pairwise import PairwiseTables


def read_moments(
    item_responses: Any,
    *,
    missing: Missing = "pairwise",
    minimum_items: int = 2,
    minimum_respondents: int = 2,
    allow_constant: bool = False,
) -> Moments:
    """Read answers, a state or an iterator of batches into moments, and name all that keeps them from being analysed.

    Raises
    ------
    AnalysisError
        As `read_item_responses`; and where a pair of items has no two respondents in common, where too few rows are
        complete, or where `missing` is not how a state was made.
    """
    refuse(wrong_missing(missing))
    if isinstance(item_responses, Iterator):
        item_responses = PairwiseTables.from_batches(item_responses, missing=missing)
    if holds_moments(item_responses):
        moments: Moments = item_responses.moments()
        if missing == "listwise" and moments.missing != "listwise":
            raise AnalysisError(
                'a state counts pairs of answers and cannot drop rows afterwards: make it with missing="listwise"'
            )
    else:
        answers = read_item_responses(
            item_responses,
            minimum_items=minimum_items,
            minimum_respondents=minimum_respondents,
            allow_constant=allow_constant,
        )
        moments = moments_of_answers(answers, missing)
    check_moments(moments, minimum_items, minimum_respondents, allow_constant=allow_constant)
    return moments


def check_moments(moments: Moments, minimum_items: int, minimum_respondents: int, *, allow_constant: bool) -> None:
    """Name everything that keeps moments from being analysed: too few items or rows, constant items, thin pairs."""
    names = moments.item_names
    problems = []
    if len(names) < minimum_items:
        problems.append(f"at least {minimum_items} items needed, got {len(names)}")
    if moments.n_used < minimum_respondents:
        kind = "respondents who answered every item" if moments.missing == "listwise" else "respondents with an answer"
        problems.append(f"at least {minimum_respondents} {kind} needed, got {moments.n_used}")
    n_answers = np.diagonal(moments.n_pairs)
    if moments.n_used:  # without any row used, that says it of every item
        problems += [f"item {names[place]} has no answers" for place in np.flatnonzero(n_answers == 0)]
    if not allow_constant and moments.n_used >= minimum_respondents:
        constant = (n_answers > 0) & ~(np.diagonal(moments.covariance) > 0)
        problems += [
            f"item {names[place]} is constant: every answer is {moments.means[place]:g}"
            for place in np.flatnonzero(constant)
        ]
        thin = np.triu((moments.n_pairs < 2) & (n_answers > 1) & (n_answers > 1)[:, None], 1)
        problems += [
            f"items {names[first]} and {names[second]} were answered together by {moments.n_pairs[first, second]} "
            "respondents: at least 2 needed"
            for first, second in np.argwhere(thin)
        ]
    if problems:
        raise AnalysisError(problems)
