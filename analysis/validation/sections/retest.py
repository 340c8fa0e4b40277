"""Whether a score stays the same where nothing has changed, and by how much it wavers: retest and measurement error."""

from collections.abc import Mapping

import numpy as np

from ...item_responses import FloatArray
from ...not_estimated import NotEstimated
from ...retest import AgreementStatistics, RetestReport, retest_report
from ..pictures import IntervalRow, draw_differences, draw_intervals
from ..prose import between, counted, in_words, listed, number
from ..section import (
    Cell,
    Findings,
    Part,
    ReportPicture,
    ReportProse,
    ReportTable,
    Verdict,
    failing,
    judged,
    not_computed,
    threshold,
)
from ..study import Study, sorry

_NONE = (
    "No retest answers were given, so stability over time is not known. A retest needs the same learners to answer "
    "again about the same "
    "placement after ten to twenty-one days; at least a hundred of whom nothing has changed are wanted."
)
_NO_ERROR = (
    "Measurement error of a single learner's score is known only from a retest, which was not given. How far a "
    "placement's mean can be "
    "trusted is in the last section and needs none."
)


def describe_retest(study: Study) -> Findings:
    """Intraclass correlations of scales and weighted kappas of items over two measurements."""
    found = _retest(study)
    if found is None:
        return not_computed(_NONE, "Test–retest reliability")
    if isinstance(found, NotEstimated):
        return not_computed(sorry(found.reason), "Test–retest reliability")
    rows: list[tuple[Cell, ...]] = []
    points: list[IntervalRow] = []
    figures: dict[str, float] = {}
    for scale in found.scales:
        if isinstance(scale.icc, NotEstimated):
            rows.append((scale.scale, *([None] * 5)))
            continue
        agreement, consistency = scale.icc.icc_a1, scale.icc.icc_c1
        figures[scale.scale] = agreement.coefficient
        rows.append(
            (
                scale.scale, scale.icc.n, agreement.coefficient, (agreement.interval.low, agreement.interval.high),
                consistency.coefficient, None if isinstance(scale.error, NotEstimated) else scale.error.bias * _points(study),
            )
        )  # fmt: skip
        points.append(IntervalRow(scale.scale, agreement.coefficient, agreement.interval.low, agreement.interval.high))
    table = ReportTable(
        "Test–retest reliability",
        (
            ("Scale", "text"), ("n", "count"), ("ICC(A,1)", "2"), ("95 % interval", "2"), ("ICC(C,1)", "2"),
            ("Mean change, points", "1"),
        ),
        tuple(rows),
        ("ICC(A,1): absolute agreement of single scores, two-way (McGraw and Wong, 1996); ICC(C,1): consistency.",),
    )  # fmt: skip
    parts: list[Part] = [ReportProse(_overview(found)), table]
    if points:
        limit = threshold("retest_icc").value
        said = f"Intraclass correlations of {len(points)} scales with their intervals and a line at {limit:g}."
        svg = draw_intervals(
            points, said, across_name="intraclass correlation, agreement", limits=(limit,), span=(0.0, 1.0)
        )
        parts.append(ReportPicture("Test–retest reliability of each scale.", said, svg))
    parts.append(_kappas(study, found))
    parts += _who_took_part(found)
    values = {"icc": figures, "n": found.n, "n_invited": found.n_invited, "n_took_part": found.n_took_part}
    return Findings(tuple(parts), _methods(study), _verdicts(found, figures), values)


def describe_measurement_error(study: Study) -> Findings:
    """Standard error of measurement and smallest detectable change, in points of 0 to 100."""
    found = _retest(study)
    if found is None:
        return not_computed(_NO_ERROR, "Measurement error")
    if isinstance(found, NotEstimated):
        return not_computed(sorry(found.reason), "Measurement error")
    points = _points(study)
    errors = {scale.scale: scale.error for scale in found.scales if not isinstance(scale.error, NotEstimated)}
    if not errors:
        return not_computed(sorry("no scale has three learners with both scores"), "Measurement error")
    rows = tuple(
        (
            name, error.n, error.sem_agreement * points, error.sem_consistency * points, error.sdc_individual * points,
            (error.limits_of_agreement.low * points, error.limits_of_agreement.high * points),
        )
        for name, error in errors.items()
    )  # fmt: skip
    table = ReportTable(
        "Measurement error in points of 0 to 100",
        (
            ("Scale", "text"), ("n", "count"), ("SEM agreement", "1"), ("SEM consistency", "1"),
            ("Smallest detectable change", "1"), ("Limits of agreement", "1"),
        ),
        rows,
        (
            "SEM: standard error of measurement of one learner's score. A learner's change is beyond error (95 %) where "
            "it exceeds the "
            "smallest detectable change; a group of n learners has it divided by the root of n.",
        ),
    )  # fmt: skip
    worst = max(errors, key=lambda name: errors[name].sdc_individual)
    text = (
        f"One learner's score must change by {number(errors[worst].sdc_individual * points, 0)} points on {worst}, the "
        "least precise "
        "scale, before the change is beyond measurement error. Scores of single learners are not reported for that "
        "reason; means of "
        "placements are, with their reliability."
    )
    verdict = Verdict(
        "Measurement error", f"smallest detectable change up to {number(errors[worst].sdc_individual * points, 0)} points",
        "no smallest important change is known to hold it against", "Terwee et al. (2007)", "not judged",
    )  # fmt: skip
    values = {
        name: {"sem_agreement": error.sem_agreement * points, "sdc_individual": error.sdc_individual * points}
        for name, error in errors.items()
    }
    parts: list[Part] = [ReportProse(text), table, *_bland_altman(study, errors, points)]
    return Findings(tuple(parts), _error_methods(), (verdict,), {"scales": values})


def _points(study: Study) -> float:
    """Points of 0 to 100 in one step of the response scale."""
    return 100.0 / (study.categories - 1.0)


def _retest(study: Study) -> RetestReport | NotEstimated | None:
    if not study.retest:
        return None
    given = study.retest[0]
    names = [f"item_{place + 1}" for place in range(len(study.items))]
    scales = {scale: [names[place] for place in places] for scale, places in study.scales.items()}
    again = type(study.answers(()))(given.second, names)
    return study.attempt(
        lambda: retest_report(
            study.answers(range(len(study.items))), again, scales=scales, stable=given.stable, days=given.days
        )
    )


def _overview(found: RetestReport) -> str:
    days = (
        f" The median time between was {number(found.days.median, 0)} days "
        f"({between(found.days.shortest, found.days.longest, 0)})."
        if found.days.n_known
        else " The days between the two were not kept."
    )
    unchanged = (
        f"; {found.n_changed:,} of them said that the placement has changed and {found.n_unknown:,} did not say, which "
        "leaves "
        f"{counted(found.n, 'stable learner')}"
        if found.n_changed or found.n_unknown
        else f"; all {found.n:,} were taken to be stable"
    )
    return f"{counted(found.n_took_part, 'learner')} answered twice{unchanged}.{days}"


def _kappas(study: Study, found: RetestReport) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for item in found.items:
        name = study.told(item.item).removeprefix("item ")
        if isinstance(item.kappa, NotEstimated):
            rows.append((name, None, None))
        else:
            rows.append((name, item.kappa.coefficient, (item.kappa.interval.low, item.kappa.interval.high)))
    return ReportTable(
        "Retest of single items",
        (("Item", "text"), ("Weighted kappa", "2"), ("95 % interval", "2")),
        tuple(rows),
        ("Quadratic weights. A dash stands for an item that everybody answered alike at one of the occasions.",),
    )


def _who_took_part(found: RetestReport) -> list[Part]:
    told = [
        f"{part.scale} {number(part.difference.hedges_g)} "
        f"({between(part.difference.interval.low, part.difference.interval.high)})"
        for part in found.participation
        if not isinstance(part.difference, NotEstimated)
    ]
    if not told:
        return []
    return [
        ReportProse(
            f"Those who took part against those who did not, standardized differences of the first score: {listed(told)}."
        )
    ]


def _verdicts(found: RetestReport, figures: Mapping[str, float]) -> tuple[Verdict, ...]:
    low = failing("retest_icc", figures)
    if not figures:
        return (Verdict("Test–retest reliability", "not computed", "", "", "not judged"),)
    least = min(figures, key=lambda name: figures[name])
    said = f"below it: {listed(low)}" if low else f"lowest {number(figures[least])} ({least})"
    return (
        judged("retest_n", "Size of the retest", f"{in_words(found.n)} stable learners", found.n),
        judged("retest_icc", "Test–retest reliability", said, figures),
    )


def _bland_altman(study: Study, errors: Mapping[str, AgreementStatistics], points: float) -> list[Part]:
    name = max(errors, key=lambda scale: errors[scale].n)
    error = errors[name]
    average: FloatArray = (np.asarray(error.average) - 1.0) * points
    lines = (error.bias * points, error.limits_of_agreement.low * points, error.limits_of_agreement.high * points)
    said = f"Differences of two scores on {name} against their average; limits of agreement {between(lines[1], lines[2], 1)}."
    svg = draw_differences(
        average, np.asarray(error.difference) * points, lines, said, across_name=f"average of both scores, {name}",
        up_name="second less first",
    )  # fmt: skip
    return [ReportPicture(f"Two scores of the same learners on {name} (Bland and Altman, 1986).", said, svg)]


def _methods(study: Study) -> str:
    items = f"; single items by weighted kappa with quadratic weights ({in_words(len(study.items))} items)"
    return (
        "Stability was examined in learners who said that nothing had changed, by the intraclass correlation for "
        "absolute agreement of "
        f"single scores{items}. An intraclass correlation of {number(threshold('retest_icc').value)} in at least "
        f"{threshold('retest_n').value:g} learners was taken as sufficient (Prinsen et al., 2018; Mokkink et al., 2018)."
    )


def _error_methods() -> str:
    return (
        "The standard error of measurement for agreement was taken from the variances between occasions and of error; "
        "the smallest "
        "detectable change is 1.96 · √2 times it (de Vet et al., 2011), limits of agreement are Bland and Altman's (1986)."
    )
