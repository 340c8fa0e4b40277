r"""Differential item functioning: do people of different groups who score alike answer an item alike?

Each item's answers are regressed on the matching score, on groups, and on their product, by proportional odds
(`item_tests.py`). What an item does differently is in every score that it is part of, where it makes the others seem to differ
the other way; so the score is purified (Crane et al. 2006; Choi, Gibbons & Crane 2011). Of the items that are flagged, the one
whose R squared changes most leaves the matching score, and all items are tested anew. An item that is flagged no more comes
back. It ends when the items flagged are those that have left. The p values of the items in one round are adjusted for their
number by Benjamini & Hochberg (1995).

A difference of groups in what is measured is no differential functioning: it is in the matching score. But a short score
measures with error, and where groups differ in level it leaves part of their difference to the item (Meredith &
Millsap 1992); with many people that becomes significant, which is why the size stands beside every test.

References
----------
Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Statist. Soc. B 57, 289-300.
Choi, S. W., Gibbons, L. E. & Crane, P. K. (2011). lordif: an R package for detecting differential item functioning using
    iterative hybrid ordinal logistic regression/item response theory and Monte Carlo simulations. Journal of Statistical
    Software 39(8).
Crane, P. K., Gibbons, L. E., Jolley, L. & van Belle, G. (2006). Differential item functioning analysis with ordinal logistic
    regression techniques: DIFdetect and difwithpar. Medical Care 44(11 Suppl 3), S115-S123.
Holland, P. W. & Thayer, D. T. (1988). Differential item performance and the Mantel-Haenszel procedure. In Wainer & Braun
    (eds), Test Validity. Erlbaum.
Meredith, W. & Millsap, R. E. (1992). On the misuse of manifest variables in the detection of measurement bias.
    Psychometrika 57, 289-311.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from ..counted import counted
from ..errors import AnalysisError
from ..false_discovery import adjust_for_false_discovery
from ..item_responses import MAXIMUM_CATEGORIES, FloatArray, ItemResponses, read_item_responses, read_only
from ..one_thread import one_thread
from ..options import refuse, wrong_list, wrong_number, wrong_switch, wrong_whole
from ..units.sums import encode_units, read_units
from .classification import JODOIN_GIERL, ZUMBO
from .functioning import DifferentialItemFunctioning
from .item_tests import ItemTests, item_tests
from .matching import FEWEST_ANCHORS, Matching, MatchingScores, wrong_matching

MOST_ROUNDS = 50


def differential_item_functioning(
    item_responses: Any,
    group: ArrayLike | Sequence[Hashable],
    scale: Sequence[str] | None = None,
    *,
    matching: Matching = "total",
    purify: bool = True,
    alpha: float = 0.01,
    smallest_change: float = 0.0,
    minimum_group: int = 100,
    reference: Hashable = None,
) -> DifferentialItemFunctioning:
    """Test whether each item of a scale works alike in groups.

    Parameters
    ----------
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        Whole numbers from 1, keyed in one direction; NaN where missing.
    group : array_like, shape (n_respondents,)
        The group of each respondent. Those who prefer not to say are a group of their own: give them a label.
    scale : sequence of str, optional
        The items that measure one thing, at least four; by default all.
    matching : {"total", "rest", "trait"}
        What people are matched on: the mean of the answered items with the item itself, the mean without it, or the score
        of the graded response model. Who answered fewer than half of the items has no mean.
    purify : bool
        Whether items that differ leave the matching score, one a round.
    alpha : float
        An item is flagged where the test of both kinds of difference has an adjusted p below this,
    smallest_change : float
        and where McFadden's R squared rises by this much or more.
    minimum_group : int
        Groups of fewer respondents are left out, and named.
    reference : label, optional
        The group that others are compared with in `effects`; by default the largest.

    Returns
    -------
    DifferentialItemFunctioning

    Raises
    ------
    AnalysisError
        For answers that are not whole numbers from 1, fewer than four items, constant or empty items, respondents without
        a group, and fewer than two groups that are large enough.

    Notes
    -----
    Anchors for the models of an item: MASS::polr, ordinal::clm and statsmodels; by simulation, items that were planted are
    found and a clean instrument is rarely accused.

    See Also
    --------
    measurement_invariance : the same question asked of a whole factor model.
    graded_response : the trait of `matching="trait"`.

    References
    ----------
    Zumbo (1999); Jodoin & Gierl (2001); Crane et al. (2006); Choi, Gibbons & Crane (2011).

    Examples
    --------
    >>> from analysis import ItemShift, ResponseModel, simulate_responses
    >>> model = ResponseModel.of({"Teamwork": {f"q{place}": 0.75 for place in range(1, 7)}})
    >>> group = ["nurse", "midwife"] * 400
    >>> drawn = simulate_responses(model, 800, seed=2, group=group, dif=[ItemShift("q3", "midwife", harder=0.6)])
    >>> found = differential_item_functioning(drawn.responses, group)
    >>> print(found)
    Differential item functioning
    item      n  uniform       p  non-uniform  p non-uniform  p adjusted  McFadden  Nagelkerke  size        flagged
    item_1  800    0.056   0.813        0.204          0.652       0.951     0.000       0.000  negligible  no
    item_2  800    0.040   0.842        0.619          0.432       0.951     0.000       0.000  negligible  no
    item_3  800   91.722  <0.001        0.000          0.991      <0.001     0.042       0.057  moderate    yes
    item_4  800    0.068   0.795        0.032          0.858       0.951     0.000       0.000  negligible  no
    item_5  800    0.000   0.994        0.187          0.666       0.951     0.000       0.000  negligible  no
    item_6  800    0.132   0.717       10.427          0.001       0.015     0.005       0.006  negligible  no
    groups: nurse 400, midwife 400; chi-square on 1 df each; p of both, adjusted; changes of R squared by both
    flagged below 0.01; sizes by Jodoin & Gierl (2001): moderate from 0.035, large from 0.07; by Zumbo (1999) from 0.13 and 0.26
    the matching score settled after 2 rounds
    """
    refuse(
        [
            *([] if scale is None else wrong_list("scale", scale, "item names")),
            *wrong_matching(matching),
            *wrong_switch("purify", purify),
            *wrong_number("alpha", alpha, above=0, below=1),
            *wrong_number("smallest_change", smallest_change, least=0, below=1),
            *wrong_whole("minimum_group", minimum_group, least=10),
        ]
    )
    answers = _of_scale(
        read_item_responses(item_responses, categories=MAXIMUM_CATEGORIES, allow_constant=True, allow_empty=True), scale
    )
    labels, problems = read_units(group, answers.n_rows)
    if problems:
        raise AnalysisError(problem.replace("unit", "group") for problem in problems)
    named, code, rows, left_out = _groups(labels, minimum_group, reference)
    values = answers.values[rows]  # of which items may have a single answer, though others gave another
    refuse(_wrong_items(values, answers.item_names))
    base = named.index(reference) if reference is not None else int(np.bincount(code).argmax())
    with one_thread():
        rounds, tests, settled = _purified(
            answers.item_names,
            values,
            code,
            len(named),
            base,
            matching,
            purify=purify,
            alpha=alpha,
            smallest_change=smallest_change,
        )
    return _result(
        answers, named, code, rows, base, left_out, tests, rounds, settled, matching, purify, alpha, smallest_change
    )


def _of_scale(answers: ItemResponses, scale: Sequence[str] | None) -> ItemResponses:
    """Keep the items of the scale."""
    if scale is None:
        places = list(range(answers.n_items))
    else:
        names = [str(name) for name in scale]
        problems = [
            f"the scale has item {name}, which has no answers" for name in names if name not in answers.item_names
        ]
        problems += [f"the scale has item {name} twice" for name in dict.fromkeys(names) if names.count(name) > 1]
        refuse(problems)
        places = [answers.item_names.index(name) for name in names]
    if len(places) <= FEWEST_ANCHORS:
        raise AnalysisError(f"at least {FEWEST_ANCHORS + 1} items needed, got {len(places)}")
    values = answers.values[:, places]
    empty = int(np.isnan(values).all(axis=1).sum())
    kept = tuple(answers.item_names[place] for place in places)
    return ItemResponses(read_only(values), kept, read_only(answers.n_missing[places]), empty)


def _groups(
    labels: list[Hashable], minimum: int, reference: Hashable
) -> tuple[tuple[Hashable, ...], NDArray[np.intp], NDArray[np.intp], tuple[tuple[Hashable, int], ...]]:
    """Give the groups large enough, the group of each row kept, the rows kept, and the groups left out with their sizes."""
    every, code = encode_units(labels)
    size = np.bincount(code, minlength=len(every))
    kept = [place for place in range(len(every)) if size[place] >= minimum]
    left_out = tuple((every[place], int(size[place])) for place in range(len(every)) if size[place] < minimum)
    problems = []
    if len(kept) < 2:
        sizes = ", ".join(f"{label} {number}" for label, number in zip(every, size.tolist(), strict=True))
        problems.append(f"at least two groups of {minimum} or more respondents needed; there are {sizes}")
    if reference is not None and reference not in [every[place] for place in kept]:
        problems.append(f"the reference group {reference!r} is none of the groups that are large enough")
    refuse(problems)
    rows = np.flatnonzero(np.isin(code, kept))
    return tuple(every[place] for place in kept), np.searchsorted(kept, code[rows]), rows, left_out


def _wrong_items(values: FloatArray, names: tuple[str, ...]) -> list[str]:
    problems = []
    for name, column in zip(names, values.T, strict=True):
        given = np.unique(column[~np.isnan(column)])
        if given.size == 0:
            problems.append(f"item {name} has no answers")
        elif given.size == 1:
            problems.append(f"item {name} is constant: every answer is {given[0]:g}")
    return problems


def _purified(
    names: tuple[str, ...],
    values: FloatArray,
    code: NDArray[np.intp],
    n_groups: int,
    base: int,
    matching: Matching,
    *,
    purify: bool,
    alpha: float,
    smallest_change: float,
) -> tuple[list[tuple[int, ...]], list[ItemTests], bool]:
    """Test all items, round after round: give what each round flagged, the last tests, and whether they settled."""
    items, rounds, seen = range(values.shape[1]), list[tuple[int, ...]](), list[tuple[int, ...]]()
    left: tuple[int, ...] = ()
    while True:
        seen.append(left)
        scores = MatchingScores(values, [item for item in items if item not in left], matching)
        tests = [item_tests(names[item], values[:, item], scores.of(item), code, n_groups, base) for item in items]
        adjusted = adjust_for_false_discovery(np.array([_p(test, 1, 3) for test in tests]))
        change = np.array([test.mcfadden()[2] - test.mcfadden()[0] for test in tests])
        flagged = tuple(np.flatnonzero((adjusted < alpha) & (change >= smallest_change)).tolist())
        rounds.append(flagged)
        if not purify or flagged == left:
            return rounds, tests, True
        staying = [item for item in left if item in flagged]
        new = [item for item in flagged if item not in left]
        left = tuple(sorted([*staying, *sorted(new, key=lambda item: -change[item])[:1]]))
        if len(items) - len(left) < FEWEST_ANCHORS or left in seen or len(rounds) == MOST_ROUNDS:
            return rounds, tests, False


def _p(test: ItemTests, lower: int, upper: int) -> float:
    """Give p of the gain in log-likelihood from one model to another."""
    gain = 2.0 * max(float(test.log_likelihoods[upper] - test.log_likelihoods[lower]), 0.0)
    return float(chdtrc(test.df * (upper - lower), gain))


def _untold(
    answers: ItemResponses, named: tuple[Hashable, ...], code: NDArray[np.intp], rows: NDArray[np.intp]
) -> list[str]:
    """Say which items some groups did not answer, so that their row does not read as if all went well there."""
    given = ~np.isnan(answers.values[rows])
    notes = []
    for name, told in zip(answers.item_names, given.T, strict=True):
        silent = [label for place, label in enumerate(named) if not told[code == place].any()]
        if len(named) - len(silent) < 2:
            notes.append(f"item {name} is not tested: fewer than two groups answered it")
        elif silent:
            notes.append(f"item {name}: nothing is told of {', '.join(map(str, silent))}, where nobody answered it")
    return notes


def _result(
    answers: ItemResponses,
    named: tuple[Hashable, ...],
    code: NDArray[np.intp],
    rows: NDArray[np.intp],
    base: int,
    left_out: tuple[tuple[Hashable, int], ...],
    tests: list[ItemTests],
    rounds: list[tuple[int, ...]],
    settled: bool,
    matching: Matching,
    purify: bool,
    alpha: float,
    smallest_change: float,
) -> DifferentialItemFunctioning:
    names, last = answers.item_names, rounds[-1]
    gains = np.array([2.0 * np.diff(test.log_likelihoods[1:]) for test in tests])
    p = np.array([[_p(test, *models) for models in ((1, 2), (2, 3), (1, 3))] for test in tests])
    mcfadden, nagelkerke = (
        np.array([part(test) for test in tests]) for part in (ItemTests.mcfadden, ItemTests.nagelkerke)
    )
    changes = nagelkerke[:, 2] - nagelkerke[:, 0]
    notes = [
        f"group {label} left out: {counted(number, 'respondent')}, too few to compare" for label, number in left_out
    ]
    if answers.n_empty_rows:
        notes.append(f"{counted(answers.n_empty_rows, 'row')} without any answer left out")
    notes += [
        f"item {name}: an answer is told from another without error, so that its odds have no finite estimate"
        for name, test in zip(names, tests, strict=True)
        if not test.converged
    ]
    notes += _untold(answers, named, code, rows)
    if purify and settled:
        notes.append(f"the matching score settled after {counted(len(rounds), 'round')}")
    elif purify:
        notes.append(
            f"the matching score did not settle in {counted(len(rounds), 'round')}: with so many items flagged it is unsure "
            "which of them differ"
        )
    return DifferentialItemFunctioning(
        item_names=names,
        group=named,
        n_people=read_only(np.bincount(code, minlength=len(named)).astype(np.int64)),
        reference=named[base],
        n_answered=read_only(np.array([test.n for test in tests], dtype=np.int64)),
        df=read_only(np.array([test.df for test in tests], dtype=np.int64)),
        chi_square_uniform=read_only(np.maximum(gains[:, 0], 0.0)),
        chi_square_non_uniform=read_only(np.maximum(gains[:, 1], 0.0)),
        p_uniform=read_only(p[:, 0].copy()),
        p_non_uniform=read_only(p[:, 1].copy()),
        p_both=read_only(p[:, 2].copy()),
        p_adjusted=read_only(adjust_for_false_discovery(p[:, 2])),
        mcfadden=read_only(mcfadden),
        nagelkerke=read_only(nagelkerke),
        size=tuple(JODOIN_GIERL.size_of(change) for change in changes.tolist()),
        size_zumbo=tuple(ZUMBO.size_of(change) for change in changes.tolist()),
        effects=read_only(np.array([test.effects for test in tests])),
        effect_errors=read_only(np.array([test.effect_errors for test in tests])),
        flagged=tuple(names[item] for item in last),
        rounds=tuple(tuple(names[item] for item in found) for found in rounds),
        converged=settled,
        alpha=float(alpha),
        models=tuple(tests),
        method=(
            f"proportional odds on the {matching}{', purified' if purify else ''}; flagged: p of both kinds of difference, "
            f"adjusted by Benjamini & Hochberg, below {alpha:g}"
            + (f", and McFadden's R squared up by {smallest_change:g} or more" if smallest_change else "")
        ),
        notes=tuple(notes),
    )
