"""What was not answered, and why."""

from collections.abc import Mapping

import numpy as np

from ...item_responses import FloatArray
from ...not_estimated import NotEstimated
from ...validity import known_groups
from ..pictures import draw_shares
from ..prose import between, counted, listed, number, per_cent
from ..section import Cell, Findings, Part, ReportPicture, ReportProse, ReportTable, Verdict, failing, judged, threshold
from ..study import TOTAL, Study

_BLANK = "left blank"


def describe_missingness(study: Study) -> Findings:
    """Share of each item's answers that is missing, by reason, and whether those who leave items out differ."""
    missing = np.isnan(study.values)
    shares = _reasons(study, missing)
    by_item = missing.mean(axis=0)
    parts: list[Part] = [ReportProse(_overview(study, missing, shares)), _scale_table(study, missing, shares)]
    if missing.any():
        parts += [_picture(study, shares), ReportProse(_who(study, missing))]
    asked = np.maximum(1.0 - _not_asked(shares, len(study.items)), 1e-12)
    blank = {study.items[place]: float(shares[_BLANK][place] / asked[place]) for place in range(len(study.items))}
    values = {
        "missing_share": dict(zip(study.items, by_item.tolist(), strict=True)),
        "by_reason": {reason: dict(zip(study.items, found.tolist(), strict=True)) for reason, found in shares.items()},
        "complete_share": float((~missing).all(axis=1).mean()),
        "scored_share": {scale: float(np.mean(~np.isnan(study.score(scale)))) for scale in study.scales},
    }
    return Findings(tuple(parts), _methods(), (_verdict(blank),), values)


def _reasons(study: Study, missing: np.ndarray) -> dict[str, FloatArray]:
    """Share of all respondents by reason, shape (n_items,); what has no other reason was left blank."""
    found = {
        reason: np.asarray((cells & missing).mean(axis=0))
        for reason, cells in study.why_missing.items()
        if (cells & missing).any()
    }
    rest = missing.mean(axis=0) - np.sum(list(found.values()), axis=0) if found else missing.mean(axis=0)
    return {_BLANK: np.asarray(np.maximum(rest, 0.0)), **found}


def _not_asked(shares: Mapping[str, FloatArray], n_items: int) -> FloatArray:
    return shares.get("not asked", np.zeros(n_items))


def _overview(study: Study, missing: np.ndarray, shares: Mapping[str, FloatArray]) -> str:
    if not missing.any():
        return "Every learner answered every item."
    place = int(np.argmax(missing.mean(axis=0)))
    others = [reason for reason in shares if reason != _BLANK]
    blank = per_cent(float(shares[_BLANK].mean()))
    kinds = (
        f"{blank} of all answers were left blank; the others are marked {listed([f'“{reason}”' for reason in others])}."
        if others
        else "All of them were left blank."
    )
    return (
        f"Of all answers, {per_cent(float(missing.mean()))} are missing. The item most often without an answer is "
        f"{study.items[place]} ({per_cent(float(missing[:, place].mean()))}). {kinds} A scale score is given where at "
        "least half of a scale's items are answered."
    )


def _scale_table(study: Study, missing: np.ndarray, shares: Mapping[str, FloatArray]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for scale, places in study.scales.items():
        those = list(places)
        worst = max(those, key=lambda place: missing[:, place].mean())
        rows.append(
            (
                scale,
                len(those),
                float(missing[:, those].mean()),
                *(float(found[those].mean()) for found in shares.values()),
                f"{study.items[worst]} ({per_cent(float(missing[:, worst].mean()))})",
                float(np.mean(~np.isnan(study.score(scale)))),
            )
        )
    return ReportTable(
        "Missing answers by scale, in per cent",
        (
            ("Scale", "text"), ("Items", "count"), ("Missing", "percent"),
            *((f"{reason[0].upper()}{reason[1:]}", "percent") for reason in shares), ("Most in", "text"), ("Scored", "percent"),
        ),
        tuple(rows),
        ("Scored: learners with a score, that is with at least half of the scale answered.",),
    )  # fmt: skip


def _picture(study: Study, shares: Mapping[str, FloatArray]) -> ReportPicture:
    limit = threshold("left_blank").value
    worst = int(np.argmax(np.isnan(study.values).mean(axis=0)))
    said = f"Bars of the share of missing answers for each item; {study.items[worst]} has most."
    svg = draw_shares(
        [study.named(place) for place in range(len(study.items))],
        {reason: found.tolist() for reason, found in shares.items()},
        said,
        limit=limit,
        limit_name=f"{per_cent(limit, 0)} left blank",
    )
    return ReportPicture("Missing answers of each item, by reason.", said, svg)


def _who(study: Study, missing: np.ndarray) -> str:
    gaps = np.where(missing.any(axis=1), "some", "none")
    found = study.attempt(lambda: known_groups(study.score(TOTAL), gaps.tolist(), expected=["none", "some"]))
    if isinstance(found, NotEstimated) or min(found.n_people) < study.least_group:
        return "Whether learners who left items out differ in their score cannot be told from so few of them."
    difference = found.pairs[0].difference
    g, interval = difference.hedges_g, difference.interval
    if found.pairs[0].first == "none":
        g, interval = -g, type(interval)(-interval.high, -interval.low, interval.level)
    size = "no more than trivially" if abs(g) < 0.2 else "noticeably"
    return (
        f"Learners with at least one missing answer ({counted(int((gaps == 'some').sum()), 'learner')}) differ {size} in "
        "the score over "
        f"all items from those with none: standardized difference {number(g)} ({between(interval.low, interval.high)}). "
        + (
            "This is what answers missing by chance would show, without proving it."
            if abs(g) < 0.2
            else "Answers are then not missing by chance alone, and figures lean on those that were given."
        )
    )


def _verdict(blank: Mapping[str, float]) -> Verdict:
    above = failing("left_blank", blank)
    worst = max(blank, key=lambda item: blank[item])
    found = f"at most {per_cent(blank[worst])} ({worst})" if not above else f"above it: {listed(above)}"
    return judged("left_blank", "Answers left blank", found, blank)


def _methods() -> str:
    return (
        "Missing answers were kept apart by reason. Statistics of pairs of items use every learner who answered both "
        f"(pairwise), scale scores every learner with at least half of the scale's items; no answer was imputed. Up to "
        f"{per_cent(threshold('left_blank').value, 0)} left blank was taken as inconsequential (Schafer, 1999)."
    )
