"""The door of the report: every fault of its inputs named at once, before anything is computed."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, ItemResponses, read_item_responses
from ..options import is_list, refuse, shown, wrong_list, wrong_mapping, wrong_number, wrong_seed, wrong_whole
from ..pairwise import PairwiseTables
from ..units.sums import is_missing
from .beside_answers import compare_nothing, numbers_of, twice, unplaced, wrong_floor, wrong_kinds
from .grouping import read_grouping
from .prose import counted
from .study import Hypothesis, Outcome, RetestAnswers, Study

_RELEVANCE: Final = 4
"""Experts rate relevance from 1 to 4."""


def read_study(
    item_responses: Any,
    model: Mapping[str, Sequence[str]],
    *,
    title: str,
    about: Mapping[str, str],
    wording: Mapping[str, str],
    options: Sequence[str] | int,
    reverse: Collection[str],
    unit: Sequence[Any] | NDArray[Any] | None,
    unit_name: str,
    groups: Mapping[str, Sequence[Any] | NDArray[Any]],
    outcomes: Sequence[Outcome],
    hypotheses: Sequence[Hypothesis],
    adverse: Any,
    retest: RetestAnswers | None,
    relevance: Any,
    why_missing: Mapping[str, NDArray[np.bool_]],
    n_invited: int,
    least_group: int,
    least_unit: int,
    n_draws: int,
    n_resamples: int,
    seed: int,
) -> Study:
    """Check everything and put it together; see `validation_report` for what each is."""
    refuse(
        [
            *wrong_mapping("model", model, "scale to its items"),
            *wrong_mapping("about", about, "name to what is shown under the title"),
            *wrong_mapping("wording", wording, "item to its text"),
            *wrong_mapping("groups", groups, "name to one label a respondent"),
            *wrong_mapping("why_missing", why_missing, "reason to the answers that are missing for it"),
            *wrong_kinds("outcomes", outcomes, Outcome),
            *wrong_kinds("hypotheses", hypotheses, Hypothesis),
            *wrong_kinds("retest", () if retest is None else (retest,), RetestAnswers),
            *([] if is_list(options) else wrong_whole("options", options, least=2)),
            *([] if isinstance(reverse, set | frozenset) else wrong_list("reverse", reverse, "items")),
        ]
    )
    labels = [str(option) for option in (range(1, options + 1) if isinstance(options, int) else options)]
    k = len(labels)
    small = wrong_floor("least_group", least_group)
    problems = [
        *small,
        *wrong_floor("least_unit", least_unit),
        *wrong_seed(seed),
        *wrong_whole("n_draws", n_draws, least=20),
        *wrong_whole("n_resamples", n_resamples, least=100),
        *wrong_whole("n_invited", n_invited, least=0),
    ]
    if k < 2:
        problems.append(f"a response scale has at least 2 options, not {k}")
    problems += twice("option", labels)
    read = _read(_only(item_responses, model), problems)
    names = [str(name) for name in getattr(item_responses, "columns", read.item_names if read else ())]
    columns = _columns(read, names, model, problems)
    n_rows = read.n_rows if read else 0
    kept: NDArray[np.bool_] = np.zeros(0, dtype=bool)
    values = np.zeros((0, 0))
    if read and columns:
        values = read.values[:, list(columns.values())]
        problems += _off_scale(values, list(columns), k)
        kept = np.asarray(~np.isnan(values).all(axis=1))
        if not small and kept.sum() < least_group:
            problems.append(
                f"{counted(int(kept.sum()), 'respondent')} answered; with fewer than {least_group} nothing may be shown "
                "of them"
            )
    lengths = {
        "unit": unit,
        "adverse": adverse,
        **{f"groups: {name}": labels_of for name, labels_of in groups.items()},
        **{f"outcome {outcome.name}": outcome.values for outcome in outcomes},
        **{f"hypothesis {hypothesis.name}": hypothesis.group for hypothesis in hypotheses},
        **({"retest: stable": retest.stable, "retest: days": retest.days} if retest else {}),
    }
    for name, given in lengths.items():
        if given is not None and not is_list(given):
            problems.append(f"{name} is a list with one entry a respondent, not {shown(given)}")
        elif given is not None and read and len(given) != n_rows:
            problems.append(f"{name} has {len(given):,} entries for {n_rows:,} respondents")
    if is_list(unit):
        problems += unplaced(np.asarray(unit, dtype=object).tolist())
    truths = {
        "adverse": adverse,
        **({"retest: stable": retest.stable} if retest else {}),
    }
    numbers = {
        **{name: numbers_of(name, given, problems, yes_or_no=True) for name, given in truths.items()},
        **{
            f"outcome {outcome.name}": numbers_of(f"outcome {outcome.name}", outcome.values, problems)
            for outcome in outcomes
        },
        **({"retest: days": numbers_of("retest: days", retest.days, problems)} if retest else {}),
    }
    for outcome in outcomes:
        problems += wrong_number(f"outcome {outcome.name}: good_from", outcome.good_from)
    problems += compare_nothing(hypotheses)
    if columns:
        problems += [
            f"reverse names item {item}, which the model does not"
            for item in sorted(map(str, reverse))
            if item not in columns
        ]
    second = _read_second(retest, read, columns, model, k, problems)
    ratings = _read_relevance(relevance, list(columns), problems)
    reasons = _reasons(why_missing, read, columns, problems)
    if problems:
        raise AnalysisError(problems)
    place = {item: position for position, item in enumerate(columns)}
    values = values[kept]
    return Study(
        title=str(title),
        about=tuple((str(name), str(told)) for name, told in about.items()),
        values=np.ascontiguousarray(values),
        items=tuple(columns),
        wording=tuple(str(wording.get(item, "")) for item in columns),
        scales={scale: tuple(place[str(item)] for item in items) for scale, items in model.items()},
        categories=k,
        options=tuple(labels),
        reverse=np.array([item in reverse for item in columns]),
        unit=np.zeros(0, dtype=np.int64) if unit is None else _encoded(np.asarray(unit, dtype=object)[kept]),
        unit_name=str(unit_name),
        groups=tuple(
            read_grouping(str(name), np.asarray(given, dtype=object)[kept].tolist(), least_group)
            for name, given in groups.items()
        ),
        outcomes=tuple(
            Outcome(str(outcome.name), numbers[f"outcome {outcome.name}"][kept], outcome.good_from)
            for outcome in outcomes
        ),
        hypotheses=tuple(
            Hypothesis(
                str(given.name),
                [
                    None if is_missing(label) else str(label)
                    for label in np.asarray(given.group, dtype=object)[kept].tolist()
                ],
                tuple(map(str, given.expected)),
            )
            for given in hypotheses
        ),
        adverse=np.zeros(0) if adverse is None else numbers["adverse"][kept],
        retest=_again(retest, second, numbers, kept),
        relevance=ratings,
        why_missing={reason: cells[kept] for reason, cells in reasons.items()},
        n_empty=int((~kept).sum()),
        n_invited=n_invited,
        least_group=least_group,
        least_unit=least_unit,
        n_draws=n_draws,
        n_resamples=n_resamples,
        seed=seed,
        identical=_identical(values, k),
    )


def _read(item_responses: Any, problems: list[str]) -> ItemResponses | None:
    try:
        return read_item_responses(item_responses, minimum_respondents=1, allow_constant=True, allow_empty=True)
    except AnalysisError as error:
        problems += error.problems
        return None


def _only(item_responses: Any, model: Mapping[str, Sequence[str]]) -> Any:
    """Leave out a frame's other columns, which may hold anything."""
    if not hasattr(item_responses, "columns") or not hasattr(item_responses, "loc"):
        return item_responses
    wanted = {str(item) for items in model.values() if not isinstance(items, str) for item in items}
    some = [column for column in item_responses.columns if str(column) in wanted]
    return item_responses.loc[:, some] if some else item_responses


def _again(
    retest: RetestAnswers | None, second: FloatArray | None, numbers: Mapping[str, FloatArray], kept: NDArray[np.bool_]
) -> tuple[RetestAnswers, ...]:
    if retest is None or second is None:
        return ()
    stable = None if retest.stable is None else numbers["retest: stable"][kept]
    days = None if retest.days is None else numbers["retest: days"][kept]
    return (RetestAnswers(second[kept], stable, days),)


def _columns(
    read: ItemResponses | None, names: Sequence[str], model: Mapping[str, Sequence[str]], problems: list[str]
) -> dict[str, int]:
    """Column of each item that the model names, in its order."""
    if not model:
        problems.append("the model names no scale")
    used: dict[str, str] = {}
    columns: dict[str, int] = {}
    for scale, items in model.items():
        if isinstance(items, str) or not len(items):
            problems.append(f"scale {scale} names no items: give a list of them")
            continue
        for item in map(str, items):
            if item in used:
                where = "twice" if used[item] == scale else f"beside scale {used[item]}"
                problems.append(f"scale {scale} names item {item} {where}: an item belongs to one scale")
            elif read and item not in read.item_names:
                near = difflib.get_close_matches(item, names, n=1)
                hint = f"; is it {near[0]}?" if near else ""
                problems.append(f"scale {scale} names item {item}, which the answers do not have{hint}")
            elif read:
                columns[item] = read.item_names.index(item)
            used.setdefault(item, scale)
    return columns


def _off_scale(values: FloatArray, names: Sequence[str], k: int) -> list[str]:
    on_scale = np.isnan(values) | ((values >= 1) & (values <= k) & (values == np.floor(values)))
    found = []
    for place in np.flatnonzero(~on_scale.all(axis=0)).tolist():
        rows = np.flatnonzero(~on_scale[:, place])
        what = counted(len(rows), "answer")
        found.append(
            f"item {names[place]} has {what} off the scale of 1 to {k}: first {values[rows[0], place]:g} in row {rows[0] + 1}"
        )
    return found


def _read_second(
    retest: RetestAnswers | None,
    read: ItemResponses | None,
    columns: Mapping[str, int],
    model: Mapping[str, Sequence[str]],
    k: int,
    problems: list[str],
) -> FloatArray | None:
    if retest is None or read is None:
        return None
    again = _read_part(_only(retest.second, model), "retest", problems)
    if again is None:
        return None
    if again.n_rows != read.n_rows:
        problems.append(f"the retest has {again.n_rows:,} rows for {read.n_rows:,} respondents")
    lacking = [item for item in columns if item not in again.item_names]
    if lacking:
        problems.append(f"the retest lacks {counted(len(lacking), 'item')} of the model: {', '.join(lacking[:8])}")
        return None
    second = again.values[:, [again.item_names.index(item) for item in columns]]
    problems += [f"retest: {problem}" for problem in _off_scale(second, list(columns), k)]
    return second


def _read_relevance(relevance: Any, items: Sequence[str], problems: list[str]) -> FloatArray:
    if relevance is None:
        return np.zeros((0, len(items)))
    ratings = _read_part(relevance, "relevance", problems)
    if ratings is None:
        return np.zeros((0, len(items)))
    problems += [f"relevance: {problem}" for problem in _off_scale(ratings.values, ratings.item_names, _RELEVANCE)]
    lacking = [item for item in items if item not in ratings.item_names]
    if lacking and ratings.n_items == len(items) and ratings.item_names[0] == "item_1":
        return ratings.values
    if lacking:
        problems.append(
            f"the experts' ratings lack {counted(len(lacking), 'item')} of the model: {', '.join(lacking[:8])}"
        )
        return np.zeros((0, len(items)))
    return ratings.values[:, [ratings.item_names.index(item) for item in items]]


def _read_part(given: Any, what: str, problems: list[str]) -> ItemResponses | None:
    try:
        return read_item_responses(given, minimum_respondents=1, allow_constant=True, allow_empty=True)
    except AnalysisError as error:
        problems += error.about(what).problems
        return None


def _reasons(
    why_missing: Mapping[str, NDArray[np.bool_]],
    read: ItemResponses | None,
    columns: Mapping[str, int],
    problems: list[str],
) -> dict[str, NDArray[np.bool_]]:
    found = {}
    for reason, cells in why_missing.items():
        marked = np.asarray(cells, dtype=bool)
        if read and marked.shape != read.values.shape:
            problems.append(f"why_missing: {reason} has shape {marked.shape}, the answers {read.values.shape}")
        elif read:
            found[reason] = marked[:, list(columns.values())]
    return found


def _encoded(labels: NDArray[Any]) -> IntArray:
    place: dict[Any, int] = {}
    return np.array([place.setdefault(label, len(place)) for label in labels.tolist()], dtype=np.int64)


def _identical(values: FloatArray, k: int) -> tuple[tuple[int, int], ...]:
    """Pairs of items that vary and that everybody who answered both answered alike."""
    counts = PairwiseTables.from_responses(values, k).counts
    same = np.einsum("ijaa->ij", counts)
    n_both = counts.sum(axis=(2, 3))
    varied = np.array([np.count_nonzero(np.diagonal(counts[i, i])) > 1 for i in range(len(counts))])
    pairs = np.argwhere(np.triu((same == n_both) & (n_both > 1) & varied[:, None] & varied, 1))
    return tuple((int(first), int(second)) for first, second in pairs)
