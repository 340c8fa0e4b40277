"""What the items look like, and where scores crowd at an end of the scale."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from ...item_statistics import ItemStatistics, describe_items
from ...not_estimated import NotEstimated
from ..pictures import draw_answers
from ..prose import in_words, listed, number, per_cent, sentence
from ..section import Cell, Findings, Part, ReportPicture, ReportProse, ReportTable, Verdict, failing, judged, threshold
from ..study import Study


def describe_item_statistics(study: Study) -> Findings:
    """Distribution, mean, spread and item-rest correlation of each item, floor and ceiling of each scale."""
    answered = [place for place in range(len(study.items)) if (~np.isnan(study.values[:, place])).any()]
    items = describe_items(study.answers(answered), categories=study.categories)
    rest = _item_rest(study)
    parts: list[Part] = [ReportProse(_overview(study, items, answered)), _picture(study, items, answered)]
    parts += [_table(study, items, answered, rest), ReportProse(_ends(study)), _scores(study)]
    faults = _faults(study, items, answered)
    if faults:
        parts.insert(1, ReportProse(" ".join(faults)))
    values = {
        "items": {
            study.items[place]: {
                "n": int(items.n_answers[row]),
                "mean": float(items.mean[row]),
                "sd": float(items.sd[row]),
                "skewness": float(items.skewness[row]),
                "floor": float(items.floor[row]),
                "ceiling": float(items.ceiling[row]),
                "item_rest": rest.get(study.items[place], float("nan")),
                "frequencies": items.frequencies[row].tolist() if items.n_answers[row] >= study.least_group else None,
            }
            for row, place in enumerate(answered)
        },
        "constant": [study.items[place] for place in study.constant],
        "identical": [[study.items[first], study.items[second]] for first, second in study.identical],
        "scales": {
            scale: dict(zip(("floor", "ceiling"), _floor_and_ceiling(study, scale), strict=True))
            for scale in study.scales
        },
    }
    return Findings(tuple(parts), _methods(), _verdicts(study, rest), values)


def _item_rest(study: Study) -> dict[str, float]:
    """Correlation of each item with the sum of the others of its scale."""
    found = {}
    for scale in study.scales:
        places = study.places(scale, sound=True)
        if len(places) < 2:
            continue
        statistics = study.attempt(partial(describe_items, study.answers(places)))
        if not isinstance(statistics, NotEstimated):
            found.update({study.items[place]: float(statistics.item_rest[row]) for row, place in enumerate(places)})
    return found


def _overview(study: Study, items: ItemStatistics, answered: list[int]) -> str:
    positive = items.frequencies[:, study.categories // 2 + study.categories % 2 :].sum() / items.frequencies.sum()
    low, high = int(np.nanargmin(items.mean)), int(np.nanargmax(items.mean))
    return (
        f"{per_cent(float(positive), 0)} of all answers are favourable, that is above the middle of the scale. Item "
        "means run from "
        f"{number(float(items.mean[low]))} ({study.items[answered[low]]}) to {number(float(items.mean[high]))} "
        f"({study.items[answered[high]]}) on a scale of 1 to {study.categories}."
    )


def _faults(study: Study, items: ItemStatistics, answered: list[int]) -> list[str]:
    found = []
    empty = [study.items[place] for place in range(len(study.items)) if place not in answered]
    constant = [study.items[place] for place in study.constant if place in answered]
    if empty:
        found.append(sentence(f"{listed(empty)} was answered by nobody and takes no part in what follows"))
    if constant:
        verb = "were" if len(constant) > 1 else "was"
        found.append(
            sentence(
                f"{listed(constant)} {verb} answered alike by everybody: there is nothing to correlate, so no more is said"
            )
        )
    for first, second in study.identical:
        found.append(
            f"{study.items[first]} and {study.items[second]} were answered alike by everybody who answered both; "
            f"{study.items[second]} says nothing new and is left out of correlations and factors."
        )
    unused = [
        f"{study.items[place]} ({listed([study.options[option] for option in np.flatnonzero(items.frequencies[row] == 0)])})"
        for row, place in enumerate(answered)
        if (items.frequencies[row] == 0).any() and place not in study.constant
    ]
    if unused:
        found.append(
            f"Options that nobody chose: {listed(unused)}. Such options have no threshold of their own in the factor models."
        )
    return found


def _picture(study: Study, items: ItemStatistics, answered: list[int]) -> ReportPicture:
    shares = np.full((len(study.items), study.categories), np.nan)
    enough = items.n_answers >= study.least_group
    rows = np.array(answered)[enough]
    shares[rows] = items.frequencies[enough] / items.n_answers[enough][:, None]
    ends = f"from {study.options[0].lower()} to {study.options[-1].lower()}"
    said = f"Diverging bars of the answers to {len(answered)} items, {ends}."
    svg = draw_answers(
        shares, [study.named(place) for place in range(len(study.items))], study.scales, study.options, said
    )
    return ReportPicture("Answers to each item in per cent, about the middle of the response scale.", said, svg)


def _table(study: Study, items: ItemStatistics, answered: list[int], rest: Mapping[str, float]) -> ReportTable:
    row_of = {place: row for row, place in enumerate(answered)}
    rows: list[tuple[Cell, ...]] = []
    for scale, places in study.scales.items():
        rows.append((scale, *([None] * 7)))
        for place in places:
            if place not in row_of:
                rows.append((study.items[place], 0, *([None] * 6)))
                continue
            row = row_of[place]
            known = rest.get(study.items[place])
            rows.append(
                (
                    study.items[place], int(items.n_answers[row]), float(items.mean[row]), float(items.sd[row]),
                    float(items.skewness[row]), float(items.floor[row]), float(items.ceiling[row]), known,
                )
            )  # fmt: skip
    return ReportTable(
        "Item statistics",
        (
            ("Item", "text"), ("n", "count"), ("Mean", "2"), ("SD", "2"), ("Skewness", "2"), ("Floor, %", "percent"),
            ("Ceiling, %", "percent"), ("Item–rest r", "2"),
        ),
        tuple(rows),
        (
            "Floor and ceiling: answers at the lowest and highest option. Item–rest r: correlation with the sum of the "
            "scale's "
            "other items.",
        ),
    )  # fmt: skip


def _floor_and_ceiling(study: Study, scale: str) -> tuple[float, float]:
    score = study.score(scale)
    known = score[~np.isnan(score)]
    return (float(np.mean(known == 0)), float(np.mean(known == 100))) if known.size else (float("nan"), float("nan"))


def _ends(study: Study) -> str:
    high = [scale for scale in study.scales if _floor_and_ceiling(study, scale)[1] > threshold("ceiling").value]
    low = [scale for scale in study.scales if _floor_and_ceiling(study, scale)[0] > threshold("floor").value]
    if not high and not low:
        return "No scale crowds at either end: learners at the best and at the worst score can still be told apart."
    told = []
    if high:
        told.append(
            f"{listed(high)} {'have' if len(high) > 1 else 'has'} a ceiling: the best placements cannot be told apart there"
        )
    if low:
        told.append(
            f"{listed(low)} {'have' if len(low) > 1 else 'has'} a floor: the worst placements cannot be told apart there"
        )
    return sentence("; ".join(told))


def _scores(study: Study) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for scale, places in study.scales.items():
        score = study.score(scale)
        known = score[~np.isnan(score)]
        low, high = _floor_and_ceiling(study, scale)
        middle = (
            (float(np.mean(known)), float(np.std(known, ddof=1)), float(np.median(known)))
            if known.size > 1
            else (None,) * 3
        )
        rows.append((scale, len(places), int(known.size), *middle, low, high))
    return ReportTable(
        "Scale scores, 0 to 100",
        (
            ("Scale", "text"), ("Items", "count"), ("n", "count"), ("Mean", "1"), ("SD", "1"), ("Median", "1"),
            ("Lowest score, %", "percent"), ("Highest score, %", "percent"),
        ),
        tuple(rows),
    )  # fmt: skip


def _verdicts(study: Study, rest: Mapping[str, float]) -> tuple[Verdict, ...]:
    low = failing("item_rest", rest)
    least = min(rest, key=lambda item: rest[item]) if rest else ""
    found = f"lowest {number(rest[least])} ({least})" if rest else "not computed"
    if low:
        found = f"{in_words(len(low))} of {len(rest)} items below it: {listed(low)}"
    ends = {scale: _floor_and_ceiling(study, scale) for scale in study.scales}
    return (
        judged("item_rest", "Item–rest correlations", found, rest),
        _end_verdict("floor", "Floor of scale scores", {scale: found[0] for scale, found in ends.items()}),
        _end_verdict("ceiling", "Ceiling of scale scores", {scale: found[1] for scale, found in ends.items()}),
    )


def _end_verdict(code: str, what: str, shares: Mapping[str, float]) -> Verdict:
    worst = max(shares, key=lambda scale: shares[scale])
    return judged(code, what, f"at most {per_cent(shares[worst])} ({worst})", shares)


def _methods() -> str:
    return (
        "Items are described by the distribution of their answers and by the correlation with the sum of the other "
        "items of their scale "
        f"(at least {number(threshold('item_rest').value)}; Nunnally and Bernstein, 1994). A floor or ceiling effect was "
        "said to be "
        f"present where more than {per_cent(threshold('ceiling').value, 0)} of learners had the lowest or the highest "
        "possible scale "
        "score (Terwee et al., 2007)."
    )
