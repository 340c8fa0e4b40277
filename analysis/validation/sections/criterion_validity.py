"""Whether scores go with what they should go with."""

import numpy as np

from ...not_estimated import NotEstimated
from ...share import share_interval
from ...validity import CriterionValidity, criterion_validity
from ..pictures import Curve, draw_curves
from ..prose import between, counted, listed, number, per_cent
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
from ..study import TOTAL, Outcome, Study

_NONE = (
    "No outcome was given to hold the scores against, such as the overall experience of the placement or whether the "
    "learner would "
    "recommend it."
)


def describe_criterion_validity(study: Study) -> Findings:
    """Correlation of every scale with each outcome, the curve of the total, and the adverse-environment indicator."""
    if not study.outcomes:
        return not_computed(_NONE, "Criterion validity")
    totals = {outcome.name: _against(study, TOTAL, outcome) for outcome in study.outcomes}
    known = {name: found for name, found in totals.items() if not isinstance(found, NotEstimated)}
    parts: list[Part] = [ReportProse(_overview(study, known))] if known else []
    parts.append(_table(study))
    if known:
        parts += [_discrimination(study, known), *_curves(study, known)]
    parts += [
        ReportProse(f"{name} could not be used: {found.reason}.")
        for name, found in totals.items()
        if isinstance(found, NotEstimated)
    ]
    indicator = _indicator(study)
    parts += indicator[0]
    values = {
        name: {
            "pearson": found.pearson.coefficient,
            "spearman": found.spearman.coefficient,
            "auc": None if isinstance(found.roc, NotEstimated) else found.roc.auc,
        }
        for name, found in known.items()
    }
    return Findings(
        tuple(parts), _methods(study) if known else "", (*_verdicts(known), *indicator[1]),
        {"outcomes": values, "indicator": indicator[2]}, bool(known),
    )  # fmt: skip


def _against(study: Study, scale: str, outcome: Outcome) -> CriterionValidity | NotEstimated:
    return study.attempt(
        lambda: criterion_validity(study.score(scale), outcome.values, positive_from=outcome.good_from)
    )


def _overview(study: Study, known: dict[str, CriterionValidity]) -> str:
    told = [
        f"{_quoted(name)} {number(found.pearson.coefficient)} "
        f"({between(found.pearson.interval.low, found.pearson.interval.high)})"
        for name, found in known.items()
    ]
    return (
        f"The mean of all items correlates with {listed(told)}. These outcomes were asked in the same questionnaire and "
        "are no gold "
        "standard: what agrees with them measures something like them, and shares their mood of the day."
    )


def _table(study: Study) -> ReportTable:
    scales = (*study.scales, TOTAL) if len(study.scales) > 1 else tuple(study.scales)
    rows: list[tuple[Cell, ...]] = []
    for outcome in study.outcomes:
        found = [_correlation(study, scale, outcome) for scale in scales]
        rows.append((outcome.name, *(r for r, _, _ in found), found[-1][1:]))
    return ReportTable(
        "Correlations of outcomes with scores",
        (("Outcome", "text"), *((scale, "2") for scale in scales), ("95 % interval", "2")),
        tuple(rows),
        (
            "Pearson's r. The interval is of the last score (Fisher's) and takes learners to be independent of one another.",
        ),
    )


def _correlation(study: Study, scale: str, outcome: Outcome) -> tuple[float, float, float]:
    score = study.score(scale)
    both = ~np.isnan(score) & ~np.isnan(outcome.values)
    if both.sum() < 4 or np.ptp(score[both]) == 0 or np.ptp(outcome.values[both]) == 0:
        return float("nan"), float("nan"), float("nan")
    r = float(np.corrcoef(score[both], outcome.values[both])[0, 1])
    reach = 1.959964 / np.sqrt(both.sum() - 3.0)
    z = np.arctanh(min(max(r, -0.999999), 0.999999))
    return r, float(np.tanh(z - reach)), float(np.tanh(z + reach))


def _discrimination(study: Study, known: dict[str, CriterionValidity]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for name, found in known.items():
        if isinstance(found.roc, NotEstimated):
            rows.append((name, *([None] * 6)))
            continue
        roc = found.roc
        rows.append(
            (
                name, roc.n_with, roc.auc, (roc.interval.low, roc.interval.high), float(roc.cut_off[roc.best]),
                float(roc.sensitivity[roc.best]), float(roc.specificity[roc.best]),
            )
        )  # fmt: skip
    return ReportTable(
        "How well the mean of all items (0–100) tells a favourable outcome from others",
        (
            ("Outcome", "text"), ("Favourable, n", "count"), ("AUC", "2"), ("95 % interval", "2"), ("Cut-off", "1"),
            ("Sensitivity, %", "percent"), ("Specificity, %", "percent"),
        ),
        tuple(rows),
        ("Cut-off by Youden's index, chosen on these same data: expect less of it on others. Interval: DeLong's.",),
    )  # fmt: skip


def _curves(study: Study, known: dict[str, CriterionValidity]) -> list[Part]:
    curves = []
    for name, found in known.items():
        if isinstance(found.roc, NotEstimated):
            continue
        step = max(1, len(found.roc.cut_off) // 200)
        points = sorted(
            {(0.0, 0.0), (1.0, 1.0)}
            | {
                (1.0 - float(s), float(t))
                for s, t in zip(found.roc.specificity[::step], found.roc.sensitivity[::step], strict=True)
            }
        )
        curves.append(Curve(name, tuple(points)))
    if not curves:
        return []
    said = f"Curves of sensitivity against one less specificity for {len(curves)} outcomes."
    svg = draw_curves(
        curves, (0.0, 1.0), (0.0, 1.0), said, across_name="1 − specificity", up_name="sensitivity", diagonal=True
    )
    return [ReportPicture("Receiver operating characteristic of the mean of all items.", said, svg)]


def _indicator(study: Study) -> tuple[list[Part], list[Verdict], dict[str, object]]:
    """The adverse-environment indicator against unfavourable outcomes."""
    if not study.adverse.size:
        return [], [], {}
    known = ~np.isnan(study.adverse)
    reported = study.adverse == 1
    rows: list[tuple[Cell, ...]] = []
    values: dict[str, object] = {}
    for outcome in study.outcomes:
        both = known & ~np.isnan(outcome.values)
        poor = both & (outcome.values < outcome.good_from)
        good = both & ~poor
        cells = (int((poor & reported).sum()), int(poor.sum()), int((good & ~reported).sum()), int(good.sum()))
        if min(cells[1], cells[3], int((both & reported).sum())) < study.least_group:
            rows.append((outcome.name, *([None] * 5)))
            continue
        sensitivity, specificity = cells[0] / cells[1], cells[2] / cells[3]
        true, false = share_interval(cells[0], cells[1], 0.95), share_interval(cells[2], cells[3], 0.95)
        rows.append((outcome.name, cells[1], sensitivity, (true.low, true.high), specificity, (false.low, false.high)))
        values[outcome.name] = {"sensitivity": sensitivity, "specificity": specificity}
    share = float(reported[known].mean()) if known.any() else float("nan")
    enough = int(reported.sum()) >= study.least_group
    text = (
        "The adverse-environment indicator, that is at least one answer that reports bullying, discrimination, "
        "unsupervised practice or a "
        f"risk to patients, is up for {per_cent(share)} of {counted(int(known.sum()), 'learner')} asked. It says what a "
        "learner met, not what "
        "the outcome was; the table shows how often it is up where the outcome was unfavourable (sensitivity) and down "
        "where it was "
        "favourable (specificity)."
        if enough
        else "So few learners reported an adverse environment that no figure of it is shown."
    )
    if not enough:
        return [ReportProse(text)], [], {}
    table = ReportTable(
        "The adverse-environment indicator against unfavourable outcomes",
        (
            ("Outcome", "text"), ("Unfavourable, n", "count"), ("Sensitivity, %", "percent"), ("95 % interval", "percent"),
            ("Specificity, %", "percent"), ("95 % interval", "percent"),
        ),
        tuple(rows),
        ("Wilson's intervals. Rows with too few learners on either side are empty, to protect them.",),
    )  # fmt: skip
    verdict = Verdict(
        "Adverse-environment indicator",
        "sensitivity and specificity as shown",
        "no convention: a report matters at n = 1",
        "",
        "not judged",
    )
    return [ReportProse(text), table], [verdict], values


def _verdicts(known: dict[str, CriterionValidity]) -> tuple[Verdict, ...]:
    if not known:
        return (Verdict("Criterion validity", "not computed", "", "", "not judged"),)
    r = {name: found.pearson.coefficient for name, found in known.items()}
    auc = {name: found.roc.auc for name, found in known.items() if not isinstance(found.roc, NotEstimated)}
    verdicts = [judged("convergent", "Correlation with outcomes", _lowest(r), r)]
    if auc:
        verdicts.append(judged("auc", "Outcomes told apart (AUC)", _lowest(auc), auc))
    return tuple(verdicts)


def _quoted(name: str) -> str:
    return f"“{name}”" if name.endswith("?") else name


def _lowest(figures: dict[str, float]) -> str:
    least = min(figures, key=lambda name: figures[name])
    return f"lowest {number(figures[least])} ({least})"


def _methods(study: Study) -> str:
    names = listed([_quoted(outcome.name) for outcome in study.outcomes])
    return (
        f"Scores were held against {names} by Pearson correlations (at least {number(threshold('convergent').value)} "
        "expected of measures "
        "of the same thing; Prinsen et al., 2018) and by the area under the receiver operating characteristic curve (at "
        "least "
        f"{number(threshold('auc').value)}), with DeLong's intervals and a cut-off by Youden's index."
    )
