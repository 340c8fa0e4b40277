"""Pearson and polychoric correlations of every two items, from answers or from pairwise tables.

References
----------
Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika 44, 443-460.
"""

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from .correlation_matrix import CorrelationMatrix, smallest_eigenvalue_of
from .errors import AnalysisError
from .item_responses import (
    MAXIMUM_CATEGORIES,
    IntArray,
    holds_moments,
    read_item_responses,
    read_only,
    wrong_categories,
)
from .moments import Missing, wrong_missing
from .options import refuse, wrong_number, wrong_word
from .pairwise import PairwiseTables
from .polychoric import maximise_pairs, thresholds_of
from .reading_moments import read_moments

CorrelationKind = Literal["polychoric", "pearson"]
Margins = Literal["items", "pairs"]


def pearson_correlation(item_responses: Any, *, missing: Missing = "pairwise") -> CorrelationMatrix:
    r"""Correlate every two items as they are.

    .. math:: r_{ij} = \frac{\sum (x_i - \bar x_i)(x_j - \bar x_j)}{\sqrt{\sum (x_i - \bar x_i)^2 \sum (x_j - \bar x_j)^2}}

    over the respondents who answered both, their means included.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or iterator of batches of rows
        At least two items. Any numbers: not only 1..k.
    missing : {"pairwise", "listwise"}
        Use every pair of answers, or only respondents who answered all items.

    Returns
    -------
    CorrelationMatrix

    Raises
    ------
    AnalysisError
        Naming each constant or empty item, each value that is not a number, and each pair of items that cannot be
        correlated.

    Notes
    -----
    Anchor: R's ``cor(use = "pairwise")`` to 1e-12.

    Examples
    --------
    >>> print(pearson_correlation([[1, 2], [2, 2], [4, 5], [5, 3]]))
    Pearson correlations, 2 items
    item    item_1  item_2
    item_1   1.000   0.645
    item_2   0.645   1.000
    n = 4 respondents, every item answered
    smallest eigenvalue 0.355
    """
    moments = read_moments(item_responses, missing=missing)
    undefined = np.argwhere(np.triu(np.isnan(moments.correlation), 1))
    if len(undefined):
        raise AnalysisError(_constant_together(moments.item_names, [(int(i), int(j)) for i, j in undefined]))
    # Rounding may carry a perfect correlation beyond one.
    matrix = np.clip(moments.correlation, -1.0, 1.0)
    return CorrelationMatrix(
        read_only(matrix),
        moments.n_pairs,
        (),
        "pearson",
        smallest_eigenvalue_of(matrix),
        moments.item_names,
        moments.n_used,
        moments.missing,
        True,
        0,
        (moments.note_on_missing(),),
    )


def polychoric_correlation(
    item_responses: Any,
    *,
    missing: Missing = "pairwise",
    categories: int | None = None,
    margins: Margins = "items",
    empty_cells: float = 0.0,
) -> CorrelationMatrix:
    r"""Correlate the normal variables that ordered answers are taken to be cuts of.

    Thresholds come from each item's own frequencies; then, with the thresholds held, each correlation maximises

    .. math:: \ell(\rho) = \sum_{ab} n_{ab} \log \pi_{ab}(\rho)

    where :math:`\pi_{ab}` is the bivariate normal probability of the cell (Olsson 1979, eqs 4-6): the two-step estimator.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables or iterator of batches of rows
        At least two items; whole numbers from 1 up, missing as NaN.
    missing : {"pairwise", "listwise"}
        Use every pair of answers, or only respondents who answered all items.
    categories : int, optional
        Response options; by default the largest answer found.
    margins : {"items", "pairs"}
        Thresholds from every answer to the item (as lavaan), or anew for each pair from those who answered both (as
        polycor). Without missing answers the two are the same.
    empty_cells : float
        Count, of at most 1, to put in the place of each empty cell of a pair's table that lies in a used row and column, such
        as 0.5. It draws correlations of sparse tables towards nought, so none by default.

    Returns
    -------
    CorrelationMatrix
        A correlation is exactly 1 or -1 where the likelihood grows up to there, as it does when the answers of two items
        fit one order; the notes name such pairs.

    Raises
    ------
    AnalysisError
        Naming each constant or empty item, each answer that is not a whole number from 1 to `categories`, and each pair
        of items that cannot be correlated.

    Notes
    -----
    Anchors: ``lavaan::lavCor`` to 1e-6 (it stops some 3e-8 from the maximum), ``polycor::polychor`` with
    ``margins="pairs"``. ``psych::polychoric`` stops some 2e-5 from the maximum. The cost after the one pass over the rows
    does not depend on how many there are.

    Examples
    --------
    >>> answers = [[1, 1], [1, 2], [2, 1], [2, 2], [2, 3], [3, 2], [3, 3], [3, 3]]
    >>> found = polychoric_correlation(answers)
    >>> print(found.matrix.round(4))
    [[1.     0.6912]
     [0.6912 1.    ]]
    >>> found.thresholds[0].round(4).tolist()
    [-0.6745, 0.3186]
    """
    refuse(
        [
            *wrong_missing(missing),
            *wrong_categories(categories),
            *wrong_word("margins", margins, ("items", "pairs")),
            *wrong_number("empty_cells", empty_cells, least=0, most=1),
        ]
    )
    tables = read_tables(item_responses, missing=missing, categories=categories)
    frequencies = tables.frequencies
    thresholds = thresholds_of(frequencies)
    first, second = np.triu_indices(tables.n_items, 1)
    counts = tables.counts[first, second].astype(np.float64)
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    cuts = (thresholds[first], thresholds[second])
    if margins == "pairs":
        cuts = (thresholds_of(rows), thresholds_of(columns))
    if empty_cells:
        possible = (rows > 0)[:, :, None] & (columns > 0)[:, None, :]
        counts[possible & (counts == 0)] = empty_cells
    maxima = maximise_pairs(counts, *cuts)
    matrix = np.eye(tables.n_items)
    matrix[first, second] = matrix[second, first] = maxima.correlation
    converged = bool(maxima.converged.all())
    names = tables.item_names
    notes = [tables.moments().note_on_missing(), *_notes_on_unused(names, frequencies)]
    if empty_cells:
        notes.append(f"empty cells of the pairwise tables counted as {empty_cells:g}")
    for bound in (1, -1):
        at_bound = np.flatnonzero(maxima.correlation == bound)
        if len(at_bound):
            pairs = ", ".join(f"{names[first[pair]]} and {names[second[pair]]}" for pair in at_bound)
            notes.append(f"the answers fit a correlation of {bound}: {pairs}")
    if not converged:
        pairs = ", ".join(
            f"{names[first[pair]]} and {names[second[pair]]}" for pair in np.flatnonzero(~maxima.converged)
        )
        notes.append(f"no maximum found: {pairs}")
    return CorrelationMatrix(
        read_only(matrix),
        read_only(tables.n_pairs),
        tuple(read_only(row.copy()) for row in thresholds),
        "polychoric",
        smallest_eigenvalue_of(matrix),
        names,
        tables.n_used,
        tables.missing,
        converged,
        maxima.iterations,
        tuple(notes),
    )


def read_correlations(
    item_responses: Any, correlation: str, *, missing: Missing = "pairwise", minimum_items: int = 2
) -> CorrelationMatrix:
    """Give the correlations of answers or of a state; a `CorrelationMatrix` passes as it is, of whatever kind."""
    refuse([*wrong_correlation(correlation), *wrong_missing(missing)])
    if isinstance(item_responses, CorrelationMatrix):
        found = item_responses
    elif correlation == "polychoric":
        found = polychoric_correlation(item_responses, missing=missing)
    else:
        found = pearson_correlation(item_responses, missing=missing)
    if found.n_items < minimum_items:
        raise AnalysisError(f"at least {minimum_items} items needed, got {found.n_items}")
    return found


def wrong_correlation(correlation: Any) -> list[str]:
    """Ask for a kind of correlation."""
    return wrong_word("correlation", correlation, ("polychoric", "pearson"))


def read_tables(
    item_responses: Any, *, missing: Missing = "pairwise", categories: int | None = None, minimum_items: int = 2
) -> PairwiseTables:
    """Read answers or a state into tables of items that vary, or name everything that prevents it."""
    of_answers = not holds_moments(item_responses)
    if not of_answers and not isinstance(item_responses, PairwiseTables):
        raise AnalysisError(
            f"polychoric correlations need tables of answers, which {type(item_responses).__name__} does not keep: "
            "pass the answers or PairwiseTables"
        )
    if not of_answers and missing == "listwise" and item_responses.missing != "listwise":
        raise AnalysisError(
            'a state counts pairs of answers and cannot drop rows afterwards: make it with missing="listwise"'
        )
    try:
        tables: PairwiseTables = item_responses
        if of_answers:
            tables = PairwiseTables.from_responses(item_responses, categories, missing=missing)
        _check_tables(tables, minimum_items)
    except AnalysisError:
        if of_answers and not isinstance(item_responses, Iterator):
            # Tables have lost the rows and never saw answers off the scale; this reading names everything that is wrong.
            read_item_responses(
                item_responses,
                categories=categories or MAXIMUM_CATEGORIES,
                minimum_items=minimum_items,
                minimum_respondents=2,
            )
        raise
    return tables


def _check_tables(tables: PairwiseTables, minimum_items: int) -> None:
    names = tables.item_names
    problems = []
    if tables.n_items < minimum_items:
        problems.append(f"at least {minimum_items} items needed, got {tables.n_items}")
    if tables.n_used < 2:
        kind = "respondents who answered every item" if tables.missing == "listwise" else "respondents with an answer"
        problems.append(f"at least 2 {kind} needed, got {tables.n_used}")
        raise AnalysisError(problems)
    frequencies = tables.frequencies
    used = (frequencies > 0).sum(axis=1)
    for place, name in enumerate(names):
        if used[place] == 0:
            problems.append(f"item {name} has no answers")
        elif used[place] == 1:
            problems.append(f"item {name} is constant: every answer is {frequencies[place].argmax() + 1}")
    n_pairs, vary = tables.n_pairs, used > 1
    thin = np.triu((n_pairs < 2) & vary & vary[:, None], 1)
    problems += [
        f"items {names[first]} and {names[second]} were answered together by {n_pairs[first, second]} respondents: "
        "at least 2 needed"
        for first, second in np.argwhere(thin)
    ]
    of_first = (tables.counts.sum(axis=3) > 0).sum(axis=2)  # categories of the first item used beside the second
    constant = np.triu(((of_first < 2) | (of_first.T < 2)) & ~thin & vary & vary[:, None], 1)
    problems += _constant_together(names, [(int(i), int(j)) for i, j in np.argwhere(constant)])
    if problems:
        raise AnalysisError(problems)


def _constant_together(names: tuple[str, ...], pairs: list[tuple[int, int]]) -> list[str]:
    return [
        f"items {names[first]} and {names[second]} have no correlation: among those who answered both, one is constant"
        for first, second in pairs
    ]


def _notes_on_unused(names: tuple[str, ...], frequencies: IntArray) -> list[str]:
    """Name the answers that nobody gave, items with the same ones together."""
    unused: dict[tuple[int, ...], list[str]] = {}
    for name, row in zip(names, frequencies, strict=True):
        empty = tuple(int(answer) + 1 for answer in np.flatnonzero(row == 0))
        if empty:
            unused.setdefault(empty, []).append(name)
    return [
        f"nobody answered {' or '.join(map(str, answers))} to {', '.join(items)}" for answers, items in unused.items()
    ]
