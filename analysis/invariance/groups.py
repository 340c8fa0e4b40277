"""Groups that cannot be compared as they are: too few respondents, or categories that nobody in them chose.

References
----------
Meade, A. W. & Bauer, D. J. (2007). Power and precision in confirmatory factor analytic tests of measurement invariance.
    Structural Equation Modeling 14, 611-635.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from ..confirmatory.model_answers import ModelAnswers, category_counts, without_gaps
from ..confirmatory.model_sample import Missing
from ..confirmatory.structure.model import FactorModel
from ..errors import AnalysisError
from ..item_responses import IntArray

EmptyCategories = Literal["refuse", "collapse", "drop items", "drop groups"]
SmallGroups = Literal["refuse", "drop"]

_LITTLE = 100
"""Respondents of a group up to which tests of invariance find little (Meade & Bauer 2007)."""


def comparable(
    given: ModelAnswers,
    model: FactorModel,
    way: Missing,
    empty_categories: EmptyCategories,
    small_groups: SmallGroups,
    smallest_group: int,
    *,
    ordered: bool,
) -> tuple[ModelAnswers, FactorModel]:
    """Make groups comparable in the ways that the caller allows, and say in notes what was done.

    Raises
    ------
    AnalysisError
        Naming every group that is too small, every group and item that lack a category where these are refused, and where
        fewer than two groups are left.
    """
    given = _without_small(given, model, way, small_groups, smallest_group, ordered=ordered)
    if ordered:
        listwise = way == "listwise"
        if empty_categories == "collapse":
            given = collapsed = _collapsed(given, model.items, listwise=listwise)
        elif empty_categories == "drop items":
            given, model = _without_items(given, model, listwise=listwise)
        elif empty_categories == "drop groups":
            given = _without_groups(given, model.items, listwise=listwise)
        given = without_gaps(given, model.items, listwise=listwise)
        if empty_categories == "collapse":
            given = replace(given, notes=collapsed.notes)  # what nobody chose is said there in the given categories
    _check_several(given)
    return replace(given, notes=(*given.notes, *_little(given, way, ordered=ordered))), model


def _check_several(given: ModelAnswers) -> None:
    if len(given.groups) < 2:
        only = f"the only group is {given.groups[0]}" if given.groups else "there is none"
        raise AnalysisError(f"measurement invariance compares groups, and {only}")


def _sizes(given: ModelAnswers, way: Missing, *, ordered: bool) -> IntArray:
    """Count the respondents of each group whose answers can be used."""
    answered = given.answers > 0 if ordered else ~np.isnan(given.answers)
    used = answered.all(axis=1) if way == "listwise" else answered.any(axis=1)
    return np.bincount(given.group[used], minlength=len(given.groups))


def _without_small(
    given: ModelAnswers,
    model: FactorModel,
    way: Missing,
    small_groups: SmallGroups,
    smallest_group: int,
    *,
    ordered: bool,
) -> ModelAnswers:
    least = max(smallest_group, len(model.items) + 1)
    sizes = _sizes(given, way, ordered=ordered)
    small = np.flatnonzero(sizes < least)
    if not len(small):
        return given
    named = [f"group {given.groups[place]} has {sizes[place]} respondents" for place in small]
    if small_groups == "refuse":
        raise AnalysisError(
            f"{name}: at least {least} are needed to compare {len(model.items)} items (join it with another group, or leave "
            'it out with small_groups="drop")'
            for name in named
        )
    return _without(given, small, tuple(f"{name}, fewer than {least}, and was left out" for name in named))


def _without(given: ModelAnswers, groups: IntArray, notes: tuple[str, ...]) -> ModelAnswers:
    """Leave out groups with their respondents."""
    keep = ~np.isin(given.group, groups)
    left = [place for place in range(len(given.groups)) if place not in groups]
    number = np.zeros(len(given.groups), dtype=np.int64)
    number[left] = np.arange(len(left))
    cluster, n_clusters = given.cluster, given.n_clusters
    if n_clusters:
        found, cluster = np.unique(cluster[keep], return_inverse=True)
        n_clusters = len(found)
    kept = replace(
        given,
        answers=given.answers[keep],
        groups=tuple(given.groups[place] for place in left),
        group=number[given.group[keep]],
        cluster=cluster.astype(np.int64),
        n_clusters=n_clusters,
        notes=(*given.notes, *notes),
    )
    _check_several(kept)
    return kept


def _without_groups(given: ModelAnswers, items: tuple[str, ...], *, listwise: bool) -> ModelAnswers:
    """Leave out the group that lacks most categories, until none lacks any."""
    while len(given.groups) > 1:
        counts = category_counts(given, listwise=listwise)
        lacking = (counts == 0) & (counts.sum(axis=0) > 0)
        of_group = lacking.sum(axis=(1, 2))
        if not of_group.any():
            break
        worst = int(of_group.argmax())
        places = np.flatnonzero(lacking[worst].any(axis=1))
        named = ", ".join(_lacking(items[place], np.flatnonzero(lacking[worst, place]) + 1) for place in places)
        note = f"group {given.groups[worst]} was left out: nobody in it answered {named}"
        given = _without(given, np.array([worst]), (note,))
    return given


def _lacking(item: str, categories: IntArray) -> str:
    return f"{' or '.join(map(str, categories))} to {item}"


def _without_items(given: ModelAnswers, model: FactorModel, *, listwise: bool) -> tuple[ModelAnswers, FactorModel]:
    counts = category_counts(given, listwise=listwise)
    lacking = (counts == 0) & (counts.sum(axis=0) > 0)
    notes = []
    places = np.flatnonzero(lacking.any(axis=(0, 2)))
    for place in places:
        group = int(np.flatnonzero(lacking[:, place].any(axis=1))[0])
        missed = _lacking(model.items[place], np.flatnonzero(lacking[group, place]) + 1)
        notes.append(f"{model.items[place]} was left out: nobody in group {given.groups[group]} answered {missed}")
    if not notes:
        return given, model
    smaller = model.without([model.items[place] for place in places])
    columns = [model.items.index(item) for item in smaller.items]
    return replace(given, answers=given.answers[:, columns], notes=(*given.notes, *notes)), smaller


def _collapsed(given: ModelAnswers, items: tuple[str, ...], *, listwise: bool) -> ModelAnswers:
    """Join a category that nobody in a group chose with whichever neighbour fewer chose, until every group uses all."""
    counts = category_counts(given, listwise=listwise)
    answers = given.answers.copy()
    notes = []
    for place, item in enumerate(items):
        own = counts[:, place]
        chosen = own.sum(axis=0) > 0
        if not chosen.all():
            notes.append(f"nobody answered {' or '.join(map(str, np.flatnonzero(~chosen) + 1))} to {item}")
        joined = [[category] for category in np.flatnonzero(chosen).tolist()]
        while len(joined) > 1:
            of_joined = np.array([own[:, each].sum(axis=1) for each in joined])  # categories by groups
            empty = np.flatnonzero((of_joined == 0).any(axis=1))
            if not len(empty):
                break
            first = int(empty[0])
            total = of_joined.sum(axis=1)
            beside = [near for near in (first - 1, first + 1) if 0 <= near < len(joined)]
            other = min(beside, key=lambda near: int(total[near]))
            low, high = sorted((first, other))
            joined[low : high + 1] = [joined[low] + joined[high]]
        for each in joined:
            if len(each) > 1:
                names = ", ".join(str(category + 1) for category in each[:-1])
                notes.append(f"answers {names} and {each[-1] + 1} to {item} were joined: not every group used each")
                answers[np.isin(given.answers[:, place], np.array(each) + 1), place] = each[0] + 1
    return replace(given, answers=answers, notes=(*given.notes, *notes))


def _little(given: ModelAnswers, way: Missing, *, ordered: bool) -> list[str]:
    sizes = _sizes(given, way, ordered=ordered)
    return [
        f"group {name} has {size} respondents: with {_LITTLE} or fewer in a group, tests of invariance find little"
        for name, size in zip(given.groups, sizes.tolist(), strict=True)
        if size <= _LITTLE
    ]
