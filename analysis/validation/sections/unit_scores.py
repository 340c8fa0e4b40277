"""What a placement's score says, and how many learners it needs."""

from functools import partial

import numpy as np

from ...not_estimated import NotEstimated
from ...units import UnitReliability, UnitScores, unit_reliability, unit_scores
from ..pictures import Curve, draw_caterpillar, draw_curves
from ..prose import between, counted, listed, number, per_cent
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
from ..study import TOTAL, Study, sorry

_NONE = "It is not known which learners belong together, so nothing can be said of the reliability of their means."


def describe_unit_scores(study: Study) -> Findings:
    """ICC(1), ICC(2) and the number of learners a score needs, scale by scale; the units in one picture."""
    if not study.unit.size:
        return not_computed(_NONE, "Reliability of unit scores")
    names = [*study.scales, *([TOTAL] if len(study.scales) > 1 else [])]
    found = {name: study.attempt(partial(unit_reliability, study.score(name), study.unit.tolist())) for name in names}
    known = {name: result for name, result in found.items() if not isinstance(result, NotEstimated)}
    if not known:
        reason = next(result.reason for result in found.values() if isinstance(result, NotEstimated))
        return not_computed(sorry(reason), "Reliability of unit scores")
    sizes = np.bincount(study.unit)
    parts: list[Part] = [
        ReportProse(_overview(study, known, sizes)),
        _table(study, known, sizes),
        _needed(study, known),
    ]
    whole = TOTAL if TOTAL in known else next(iter(known))
    scores = study.attempt(lambda: unit_scores(study.score(whole), study.unit.tolist()))
    if not isinstance(scores, NotEstimated):
        parts += _caterpillar(study, scores, whole)
    parts += [
        ReportProse(sorry(f"{name}; {result.reason}"))
        for name, result in found.items()
        if isinstance(result, NotEstimated)
    ]
    values = {
        name: {
            "icc1": result.icc1,
            "icc1_interval": [result.icc1_interval.low, result.icc1_interval.high],
            "icc2": result.icc2,
            "n_for_reliability": _n_for(result),
            "share_reliable": float(np.mean(sizes >= _n_for(result))),
        }
        for name, result in known.items()
    }
    return Findings(
        tuple(parts), _methods(study), _verdicts(study, known, sizes), {"scales": values, "n_units": len(sizes)}
    )


def _n_for(found: UnitReliability) -> float:
    """Learners that the agreed reliability needs; infinite where units do not differ."""
    return float(found.n_for(threshold("unit_reliability").value)) if found.tau2 > 0 else float("inf")


def _overview(study: Study, known: dict[str, UnitReliability], sizes: np.ndarray) -> str:
    name = study.unit_name
    iccs = {scale: result.icc1 for scale, result in known.items()}
    low, high = min(iccs, key=lambda scale: iccs[scale]), max(iccs, key=lambda scale: iccs[scale])
    needs = {scale: _n_for(result) for scale, result in known.items() if np.isfinite(_n_for(result))}
    median = float(np.median(sizes))
    text = (
        f"Between {number(100 * iccs[low], 0)} % ({low}) and {number(100 * iccs[high], 0)} % ({high}) of the variance of "
        "learners' scores "
        f"lies between {name}s."
        if len(iccs) > 1
        else f"{number(100 * iccs[low], 0)} % of the variance of learners' scores lies between {name}s."
    )
    if not needs:
        return (
            f"{text} No difference between {name}s beyond chance was found: their scores do not tell them apart, however "
            "many "
            "answer."
        )
    worst = max(needs, key=lambda scale: needs[scale])
    best = min(needs, key=lambda scale: needs[scale])
    level = number(threshold("unit_reliability").value, 1)
    span = (
        f"from {np.ceil(needs[best]):.0f} ({best}) to {np.ceil(needs[worst]):.0f} learners ({worst})"
        if best != worst
        else f"{np.ceil(needs[worst]):.0f} learners"
    )
    share = float(np.mean(sizes >= needs[worst]))
    return (
        f"{text} A reliability of {level} needs {span}; the median {name} has {number(median, 0)}. {per_cent(share, 0)} "
        f"of {name}s have enough "
        "learners for every scale. Scores of the others are drawn towards the mean, shown with their interval, and "
        "pooled over years "
        "where that is wanted."
    )


def _table(study: Study, known: dict[str, UnitReliability], sizes: np.ndarray) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for scale, result in known.items():
        needed = _n_for(result)
        rows.append(
            (
                scale, result.icc1, (result.icc1_interval.low, result.icc1_interval.high), result.icc2, float(np.sqrt(result.tau2)),
                float(np.sqrt(result.sigma2)), int(np.ceil(needed)) if np.isfinite(needed) else None,
                float(np.mean(sizes >= needed)),
            )
        )  # fmt: skip
    first = next(iter(known.values()))
    return ReportTable(
        f"Reliability of {study.unit_name} scores, 0 to 100",
        (
            ("Scale", "text"), ("ICC(1)", "3"), ("95 % interval", "3"), ("ICC(2)", "2"), ("SD between", "1"), ("SD within", "1"),
            (f"Learners for {number(threshold('unit_reliability').value, 1)}", "count"),
            (f"{study.unit_name.capitalize()}s with as many, %", "percent"),
        ),
        tuple(rows),
        (
            f"Restricted maximum likelihood over {counted(first.n_units, study.unit_name)}. ICC(1): share of the "
            "variance that lies between "
            f"them; ICC(2): reliability of the mean of {number(first.n0, 1)} learners, the size that carries the "
            "variance where sizes differ.",
        ),
    )  # fmt: skip


def _needed(study: Study, known: dict[str, UnitReliability]) -> ReportPicture:
    level = threshold("unit_reliability").value
    needs = [_n_for(result) for result in known.values() if np.isfinite(_n_for(result))]
    most = float(min(max([1.5 * need for need in needs], default=30.0), 200.0))
    grid = np.linspace(1.0, max(most, 10.0), 60)
    curves = []
    chosen = sorted(known, key=lambda scale: known[scale].icc1)
    for scale in dict.fromkeys((chosen[-1], chosen[0])):
        result = known[scale]
        ratio = result.tau2 / (result.tau2 + result.sigma2 / grid)
        curves.append(
            Curve(
                f"{scale}, ICC(1) {number(result.icc1)}",
                tuple((float(n), float(r)) for n, r in zip(grid, ratio, strict=True)),
            )
        )
    said = f"Reliability of a mean against the number of learners; the line is at {level:g}."
    svg = draw_curves(
        curves,
        (0.0, float(grid[-1])),
        (0.0, 1.0),
        said,
        across_name=f"learners in a {study.unit_name}",
        up_name="reliability",
        level=level,
    )
    return ReportPicture(
        f"How the reliability of a {study.unit_name}'s score grows with its learners, for the scales that tell "
        f"{study.unit_name}s apart best and "
        "least.", said, svg,
    )  # fmt: skip


def _caterpillar(study: Study, scores: UnitScores, scale: str) -> list[Part]:
    shown = scores.n >= study.least_unit
    if shown.sum() < 2:
        return [
            ReportProse(f"No picture of {study.unit_name}s is shown: fewer than two have {study.least_unit} learners.")
        ]
    of = scale.lower() if scale == TOTAL else scale
    said = (
        f"{int(shown.sum()):,} {study.unit_name}s by their shrunken score on {of}, each with a 95 % interval, about a "
        "mean of "
        f"{number(scores.fit.grand_mean, 1)}."
    )
    svg = draw_caterpillar(
        scores.shrunken[shown], scores.shrunken_interval[shown, 0], scores.shrunken_interval[shown, 1], scores.fit.grand_mean, said,
        up_name="shrunken score, 0–100", of=f"{study.unit_name}s,",
    )  # fmt: skip
    caption = (
        f"Shrunken scores of {int(shown.sum()):,} {study.unit_name}s with at least {study.least_unit} learners ({of}), "
        "with 95 % intervals. "
        "The dashed line is the mean of all. Not a league table: neighbours whose intervals overlap cannot be told apart."
    )
    return [ReportPicture(caption, said, svg)]


def _verdicts(study: Study, known: dict[str, UnitReliability], sizes: np.ndarray) -> tuple[Verdict, ...]:
    iccs = {scale: result.icc1 for scale, result in known.items()}
    low = failing("icc1", iccs)
    least = min(iccs, key=lambda scale: iccs[scale])
    median = float(np.median(sizes))
    of_median = {
        scale: float(result.tau2 / (result.tau2 + result.sigma2 / median)) if result.tau2 + result.sigma2 > 0 else 0.0
        for scale, result in known.items()
    }
    worst = min(of_median, key=lambda scale: of_median[scale])
    said = f"below it: {listed(low)}" if low else f"lowest {number(iccs[least], 3)} ({least})"
    return (
        judged("icc1", f"{study.unit_name.capitalize()}s differ: ICC(1)", said, iccs),
        judged(
            "unit_reliability", f"Reliability at the median {study.unit_name}",
            f"{between(of_median[worst], max(of_median.values()))} with {number(median, 0)} learners", of_median,
        ),
    )  # fmt: skip


def _methods(study: Study) -> str:
    return (
        f"Variance between and within {study.unit_name}s was estimated by restricted maximum likelihood. ICC(1) is given "
        "with an exact interval "
        f"under normality; the reliability of a {study.unit_name}'s mean of n learners is τ² / (τ² + σ²/n), and "
        f"{number(threshold('unit_reliability').value)} was asked of a score that is reported (LeBreton and Senter, "
        "2008). Shrunken scores are "
        "empirical Bayes estimates."
    )
