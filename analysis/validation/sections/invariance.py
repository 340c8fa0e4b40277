"""Whether the items mean the same to every group of learners."""

from dataclasses import dataclass

import numpy as np

from ...confirmatory import ConfirmatoryFit, confirm_factors
from ...not_estimated import NotEstimated
from ..grouping import Grouping
from ..prose import counted, in_words, listed, number
from ..section import Cell, Findings, Part, ReportProse, ReportTable, Verdict, judged, not_computed, threshold
from ..structures import indices, published
from ..study import Study, sorry

LEAST_IN_GROUP = 100
_NONE = "No groups of learners were given, so it cannot be said whether the items mean the same to all of them."


@dataclass(frozen=True, slots=True)
class _Steps:
    grouping: Grouping
    groups: tuple[str, ...]
    left_out: int
    free: ConfirmatoryFit
    equal: ConfirmatoryFit


def describe_invariance(study: Study) -> Findings:
    """Compare a model that is free in every group with one whose loadings and thresholds are the same."""
    if not study.groups:
        return not_computed(_NONE, "Invariance over groups")
    found = [(grouping, _steps(study, grouping)) for grouping in study.groups]
    known = [steps for _, steps in found if not isinstance(steps, NotEstimated)]
    parts: list[Part] = []
    if known:
        parts += [ReportProse(_overview(known)), _table(known)]
    parts += [
        ReportProse(f"{grouping.name}: {sorry(steps.reason)}")
        for grouping, steps in found
        if isinstance(steps, NotEstimated)
    ]
    if not known:
        return Findings(
            tuple(parts), "", (Verdict("Invariance over groups", "no groups could be compared", "", "", "not judged"),),
            {"groups": {}}, computed=False,
        )  # fmt: skip
    values = {
        steps.grouping.name: {
            "groups": list(steps.groups),
            "delta_cfi": _losses(steps)[0],
            "delta_rmsea": _losses(steps)[1],
        }
        for steps in known
    }
    return Findings(tuple(parts), _methods(), _verdicts(known), {"groups": values})


def comparable(grouping: Grouping) -> tuple[str, ...]:
    """Named groups with enough learners to be compared."""
    counts = grouping.counts()
    return tuple(label for place, label in enumerate(grouping.named) if counts[place] >= LEAST_IN_GROUP)


def _steps(study: Study, grouping: Grouping) -> _Steps | NotEstimated:
    groups = comparable(grouping)
    if len(groups) < 2:
        return NotEstimated(f"there are not two groups of at least {LEAST_IN_GROUP} learners to be compared")
    model = published(study)
    places = sorted({int(item.removeprefix("item_")) - 1 for items in model.values() for item in items})
    if not places:
        return NotEstimated("no scale has two items that vary")
    rows = np.isin(grouping.code, [grouping.labels.index(label) for label in groups])
    labels = [grouping.labels[code] for code in grouping.code[rows]]
    answers = study.answers(places, rows)
    free = study.attempt(lambda: confirm_factors(model, answers, group=labels))
    if isinstance(free, NotEstimated):
        return free
    equal = study.attempt(lambda: confirm_factors(model, answers, group=labels, equal=("loadings", "thresholds")))
    if isinstance(equal, NotEstimated):
        return equal
    return _Steps(grouping, groups, len(grouping.labels) - len(groups), free, equal)


def _losses(steps: _Steps) -> tuple[float, float]:
    """Loss of CFI and gain of RMSEA, robust where defined."""
    before, after = indices(steps.free)[2], indices(steps.equal)[2]
    return float(before.cfi - after.cfi), float(after.rmsea - before.rmsea)


def _overview(known: list[_Steps]) -> str:
    broken = [steps.grouping.name.lower() for steps in known if not _holds(steps)]
    if not broken:
        return (
            "With loadings and thresholds the same in all groups the published structure fits as well as with its own "
            "in each, over "
            f"{listed([steps.grouping.name.lower() for steps in known])}: scores of these groups may be compared."
        )
    return (
        f"Over {listed(broken)} the fit falls by more than the convention allows when loadings and thresholds are held "
        "the same: "
        "differences in scores between these groups may be differences in what the answers mean."
    )


def _holds(steps: _Steps) -> bool:
    cfi, rmsea = _losses(steps)
    return threshold("delta_cfi").met_by(cfi) and threshold("delta_rmsea").met_by(rmsea)


def _table(known: list[_Steps]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for steps in known:
        cfi, rmsea = _losses(steps)
        for name, found, ends in (("free", steps.free, (None, None)), ("same", steps.equal, (cfi, rmsea))):
            _, scaled, robust = indices(found)
            rows.append(
                (
                    f"{steps.grouping.name}, {in_words(len(steps.groups))} groups: {name}", float(scaled.chi_square), scaled.df,
                    float(robust.cfi), float(robust.rmsea), float(found.fit.srmr), *ends,
                )
            )  # fmt: skip
    left_out = [f"{steps.grouping.name}: {counted(steps.left_out, 'group')}" for steps in known if steps.left_out]
    note = f" Left out, with fewer than {LEAST_IN_GROUP} learners: {listed(left_out)}." if left_out else ""
    return ReportTable(
        "The published structure with loadings and thresholds free, and the same, in every group",
        (
            ("Groups", "text"), ("χ²", "1"), ("df", "count"), ("CFI", "3"), ("RMSEA", "3"), ("SRMR", "3"), ("Loss of CFI", "3"),
            ("Gain of RMSEA", "3"),
        ),
        tuple(rows),
        (f"WLSMV; robust CFI and RMSEA where they are defined, otherwise scaled.{note}",),
    )  # fmt: skip


def _verdicts(known: list[_Steps]) -> tuple[Verdict, ...]:
    cfi = {steps.grouping.name: _losses(steps)[0] for steps in known}
    rmsea = {steps.grouping.name: _losses(steps)[1] for steps in known}
    worst_cfi, worst_rmsea = max(cfi, key=lambda name: cfi[name]), max(rmsea, key=lambda name: rmsea[name])
    return (
        judged("delta_cfi", "Invariance: loss of CFI", f"at most {number(cfi[worst_cfi], 3)} ({worst_cfi})", cfi),
        judged(
            "delta_rmsea",
            "Invariance: gain of RMSEA",
            f"at most {number(rmsea[worst_rmsea], 3)} ({worst_rmsea})",
            rmsea,
        ),
    )


def _methods() -> str:
    return (
        f"Groups of at least {LEAST_IN_GROUP} learners were compared by fitting the published structure with loadings "
        "and thresholds free in "
        f"each and the same in all. A loss of CFI up to {number(threshold('delta_cfi').value, 3)} and a gain of RMSEA up to "
        f"{number(threshold('delta_rmsea').value, 3)} were taken as invariance (Chen, 2007)."
    )
