"""Whether groups that are known to differ do."""

import numpy as np

from ...not_estimated import NotEstimated
from ...p_value import p_in_words
from ...validity import KnownGroups, known_groups
from ..grouping import Grouping
from ..pictures import IntervalRow, draw_intervals
from ..prose import between, in_words, number, per_cent
from ..section import (
    Cell,
    Findings,
    Part,
    ReportPicture,
    ReportProse,
    ReportTable,
    Verdict,
    judged,
    not_computed,
    threshold,
)
from ..study import TOTAL, Hypothesis, Study

_NONE = (
    "No difference between groups was stated beforehand, so there is nothing to confirm; the groups that are known "
    "stand below without "
    "a verdict."
)
_SMALL = 0.2


def describe_known_groups(study: Study) -> Findings:
    """Differences that were expected beforehand, then the score in every group that may be shown."""
    tested = [(hypothesis, _test(study, hypothesis)) for hypothesis in study.hypotheses]
    groupings = [(grouping, _compare(study, grouping)) for grouping in study.groups]
    shown = [(grouping, found) for grouping, found in groupings if not isinstance(found, NotEstimated)]
    if not tested and not shown:
        return not_computed("No groups were given, so known differences cannot be looked for.", "Known groups")
    parts: list[Part] = [ReportProse(_overview(tested))] if tested else [ReportProse(_NONE)]
    if tested:
        parts.append(_table(study, tested))
    if shown:
        parts += [ReportProse(_in_words(*shown[0])), _picture(*shown[0])]
    if len(shown) > 1:
        parts.append(_groupings(shown))
    parts += [
        ReportProse(f"{grouping.name}: {found.reason}")
        for grouping, found in groupings
        if isinstance(found, NotEstimated)
    ]
    values = {
        "hypotheses": {hypothesis.name: _confirmed(found) for hypothesis, found in tested},
        "groups": {
            grouping.name: {
                str(label): {"n": int(n), "mean": float(mean)}
                for label, n, mean in zip(found.group, found.n_people, found.mean, strict=True)
            }
            for grouping, found in shown
        },
    }
    return Findings(tuple(parts), _methods(bool(tested)), _verdicts(tested), values)


def _test(study: Study, hypothesis: Hypothesis) -> KnownGroups | NotEstimated:
    score = study.score(TOTAL)
    labels = np.array([label if label in hypothesis.expected else None for label in hypothesis.group], dtype=object)
    known = np.array([label is not None for label in labels], dtype=bool) & ~np.isnan(score)
    sizes = {label: int((labels[known] == label).sum()) for label in hypothesis.expected}
    if min(sizes.values(), default=0) < study.least_group:
        return NotEstimated(f"a group of fewer than {study.least_group} learners is not shown")
    return study.attempt(lambda: known_groups(score[known], labels[known].tolist(), expected=list(hypothesis.expected)))


def _compare(study: Study, grouping: Grouping) -> KnownGroups | NotEstimated:
    score = study.score(TOTAL)
    known = ~np.isnan(score)
    labels = np.array(grouping.labels, dtype=object)[grouping.code][known]
    present, counts = np.unique(labels.astype(str), return_counts=True)
    kept = [str(label) for label, count in zip(present, counts, strict=True) if count >= study.least_group]
    if len(kept) < 2:
        return NotEstimated(f"there are not two groups of at least {study.least_group} learners to be compared.")
    rows = np.isin(labels.astype(str), kept)
    return study.attempt(lambda: known_groups(score[known][rows], labels[rows].tolist()))


def _confirmed(found: KnownGroups | NotEstimated) -> bool | None:
    """In the expected order, beyond chance, and more than a trifle between the ends."""
    if isinstance(found, NotEstimated):
        return None
    ends = _ends(found)
    return bool(found.in_expected_order and found.p < 0.05 and ends[0] >= _SMALL)


def _ends(found: KnownGroups) -> tuple[float, float, float]:
    """Standardized difference of the group expected highest less the one expected lowest, with its interval."""
    first, last = found.group[0], found.group[-1]
    for pair in found.pairs:
        g, interval = pair.difference.hedges_g, pair.difference.interval
        if (pair.first, pair.second) == (last, first):
            return g, interval.low, interval.high
        if (pair.first, pair.second) == (first, last):
            return -g, -interval.high, -interval.low
    return float("nan"), float("nan"), float("nan")


def _overview(tested: list[tuple[Hypothesis, KnownGroups | NotEstimated]]) -> str:
    known = [_confirmed(found) for _, found in tested if not isinstance(found, NotEstimated)]
    if not known:
        return "None of the differences that were expected beforehand could be looked at: their groups are too small to be shown."
    return (
        f"{in_words(sum(map(bool, known))).capitalize()} of {in_words(len(known))} differences that were expected beforehand "
        f"{'is' if len(known) == 1 else 'are'} found in the mean of all items."
    )


def _table(study: Study, tested: list[tuple[Hypothesis, KnownGroups | NotEstimated]]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for hypothesis, found in tested:
        if isinstance(found, NotEstimated):
            rows.append((hypothesis.name, *([None] * 3), f"not shown: {found.reason}"))
            continue
        means = "\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}".join(number(float(mean), 1) for mean in found.mean)
        g, low, high = _ends(found)
        rows.append((hypothesis.name, means, g, (low, high), "yes" if _confirmed(found) else "no"))
    return ReportTable(
        "Differences expected beforehand, mean of all items (0–100)",
        (
            ("Expected, lowest first", "text"), ("Means", "text"), ("Standardized difference", "2"), ("95 % interval", "2"),
            ("Found", "text"),
        ),
        tuple(rows),
        (
            "Found: means in the expected order, p < 0.05 (Welch), and a standardized difference (Hedges' g) of at "
            f"least {number(_SMALL, 1)} "
            "between the first and the last group.",
        ),
    )  # fmt: skip


def _in_words(grouping: Grouping, found: KnownGroups) -> str:
    low, high = int(np.argmin(found.mean)), int(np.argmax(found.mean))
    interval = found.eta_squared_interval
    share = (
        f"{grouping.told[0].upper()}{grouping.told[1:]} accounts for {per_cent(float(found.eta_squared))} of the "
        "variance of the mean of all items "
        f"({between(100 * float(interval.low), 100 * float(interval.high), 1)} %, {p_in_words(float(found.p))})"
    )
    return (
        f"{share}: from {number(float(found.mean[low]), 1)} ({found.group[low]}) to {number(float(found.mean[high]), 1)} "
        f"({found.group[high]}), over {in_words(len(found.group))} groups."
    )


def _groupings(shown: list[tuple[Grouping, KnownGroups]]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for grouping, found in shown:
        low, high = int(np.argmin(found.mean)), int(np.argmax(found.mean))
        interval = found.eta_squared_interval
        rows.append(
            (
                grouping.name, f"{found.group[low]} ({number(float(found.mean[low]), 1)})",
                f"{found.group[high]} ({number(float(found.mean[high]), 1)})", float(found.eta_squared),
                (float(interval.low), float(interval.high)), float(found.p),
            )
        )  # fmt: skip
    return ReportTable(
        "Mean of all items (0–100) in the groups",
        (
            ("Groups by", "text"), ("Lowest mean", "text"), ("Highest mean", "text"), ("η², %", "percent"),
            ("95 % interval", "percent"), ("p", "p"),
        ),
        tuple(rows),
        (
            "η²: share of the variance of learners' scores that lies between the groups. p: Welch's test, not corrected "
            "for how "
            "many there are.",
        ),
    )  # fmt: skip


def _picture(grouping: Grouping, found: KnownGroups) -> ReportPicture:
    order = np.argsort(found.mean)
    rows = [
        IntervalRow(
            f"{_short(str(found.group[place]))} ({found.n_people[place]:,})", float(found.mean[place]),
            float(found.interval[place, 0]), float(found.interval[place, 1]),
        )
        for place in order
    ]  # fmt: skip
    said = f"Means of {len(rows)} groups with 95 % intervals, from {rows[0].name} to {rows[-1].name}."
    svg = draw_intervals(rows, said, across_name="mean of all items, 0–100")
    return ReportPicture(
        f"Mean of all items by {grouping.told}, with 95 % intervals; number of learners in brackets.", said, svg
    )


def _short(label: str, most: int = 34) -> str:
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _verdicts(tested: list[tuple[Hypothesis, KnownGroups | NotEstimated]]) -> tuple[Verdict, ...]:
    known = [_confirmed(found) for _, found in tested if not isinstance(found, NotEstimated)]
    if not known:
        return (
            Verdict("Known groups", "no difference was stated beforehand that could be tested", "", "", "not judged"),
        )
    share = sum(map(bool, known)) / len(known)
    return (
        judged("hypotheses", "Known groups", f"{in_words(sum(map(bool, known)))} of {in_words(len(known))}", share),
    )


def _methods(stated: bool) -> str:
    text = (
        "Groups were compared by Welch's analysis of variance and Hedges' g, with intervals from noncentral "
        "distributions. Learners who "
        "prefer not to say are a group of their own."
    )
    if not stated:
        return text
    return (
        f"{text} Construct validity was taken as sufficient where at least {per_cent(threshold('hypotheses').value, 0)} "
        "of the hypotheses stated "
        "beforehand were confirmed (Prinsen et al., 2018)."
    )
