"""How consistently the items of a scale answer the same question."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from ...bootstrap import bootstrap_intervals
from ...interval import Interval
from ...not_estimated import NotEstimated
from ...omega import mcdonald_omega, omega_from_covariance
from ...ordinal_reliability import ordinal_alpha
from ...reliability import Alpha, alpha_from_covariance, cronbach_alpha
from ..pictures import IntervalRow, draw_intervals
from ..prose import between, counted, listed, number
from ..section import Cell, Findings, Part, ReportPicture, ReportProse, ReportTable, Verdict, failing, judged, threshold
from ..study import Study, sorry


@dataclass(frozen=True, slots=True)
class _Scale:
    """The coefficients of one scale; NaN for one that cannot be computed, with the reason beside."""

    name: str
    n_items: int
    alpha: Alpha | NotEstimated
    clustered: Interval
    omega_interval: Interval
    linear: float
    categorical: float
    latent: float
    ordinal: float
    reasons: tuple[str, ...]


def describe_internal_consistency(study: Study) -> Findings:
    """Alpha with its intervals and each kind of omega, scale by scale."""
    scales = [_coefficients(study, scale) for scale in study.scales]
    computed = [scale for scale in scales if not isinstance(scale.alpha, NotEstimated)]
    reasons = [f"{scale.name}: {reason}" for scale in scales for reason in scale.reasons]
    parts: list[Part] = []
    if computed:
        parts += [ReportProse(_overview(study, computed)), _table(study, scales), _picture(computed)]
    parts += [ReportProse(sorry(reason)) for reason in reasons]
    values = {
        scale.name: {
            "alpha": _coefficient(scale.alpha),
            "alpha_interval": [scale.clustered.low, scale.clustered.high],
            "omega_linear": scale.linear,
            "omega_categorical": scale.categorical,
            "omega_latent": scale.latent,
            "ordinal_alpha": scale.ordinal,
            "reasons": list(scale.reasons),
        }
        for scale in scales
    }
    verdicts = _verdicts(computed)
    if not computed:
        verdicts = (Verdict("Internal consistency", "no scale has two items that vary", "", "", "not judged"),)
    return Findings(tuple(parts), _methods(study) if computed else "", verdicts, {"scales": values}, bool(computed))


def _coefficients(study: Study, scale: str) -> _Scale:
    places = study.places(scale, sound=True)
    nothing = Interval(np.nan, np.nan, 0.95)
    if len(places) < 2:
        only = f" ({study.items[places[0]]})" if places else ""
        reason = f"{counted(len(places), 'item')} that varies{only} has no internal consistency; a retest would show its error"
        return _Scale(
            scale, len(places), NotEstimated(reason), nothing, nothing, np.nan, np.nan, np.nan, np.nan, (reason,)
        )
    answers = study.answers(places)
    alpha = study.attempt(lambda: cronbach_alpha(answers))
    if isinstance(alpha, NotEstimated):
        return _Scale(scale, len(places), alpha, nothing, nothing, np.nan, np.nan, np.nan, np.nan, (alpha.reason,))
    found: dict[str, float] = {}
    reasons: dict[str, None] = {}
    kinds: tuple[Literal["linear", "categorical", "latent"], ...] = ("linear", "categorical", "latent")
    for kind in kinds:
        omega = study.attempt(partial(mcdonald_omega, answers, kind=kind))
        if isinstance(omega, NotEstimated):
            reasons.setdefault(f"omega; {omega.reason}")
        found[kind] = np.nan if isinstance(omega, NotEstimated) else omega.total
    ordinal = study.attempt(lambda: ordinal_alpha(answers))
    intervals = _intervals(study, answers, with_omega=len(places) > 2 and np.isfinite(found["linear"]))
    return _Scale(
        scale,
        len(places),
        alpha,
        intervals.get("alpha", alpha.interval),
        intervals.get("omega", nothing),
        found["linear"],
        found["categorical"],
        found["latent"],
        np.nan if isinstance(ordinal, NotEstimated) else ordinal.coefficient,
        tuple(reasons),
    )


def _intervals(study: Study, answers: Any, *, with_omega: bool) -> dict[str, Interval]:
    """Cluster-bootstrap intervals, where units are known; none where they cannot be drawn."""
    if not study.unit.size:
        return {}
    statistics: dict[str, Callable[..., Any]] = {"alpha": alpha_from_covariance}
    if with_omega:
        statistics["omega"] = omega_from_covariance
    drawn = study.attempt(
        lambda: bootstrap_intervals(
            statistics, answers, study.unit.tolist(), n_resamples=study.n_resamples, seed=study.seed
        )
    )
    return {} if isinstance(drawn, NotEstimated) else drawn


def _coefficient(alpha: Alpha | NotEstimated) -> float:
    return np.nan if isinstance(alpha, NotEstimated) else alpha.coefficient


def _overview(study: Study, scales: list[_Scale]) -> str:
    alphas = {scale.name: _coefficient(scale.alpha) for scale in scales}
    low, high = min(alphas, key=lambda name: alphas[name]), max(alphas, key=lambda name: alphas[name])
    text = (
        f"Alpha runs from {number(alphas[low])} ({low}) to {number(alphas[high])} ({high})."
        if len(alphas) > 1
        else f"Alpha of {low} is {number(alphas[low])}."
    )
    text += (
        " The three omegas answer different questions: the linear one takes answers as numbers, the categorical one is "
        "of the sum of "
        "five-point answers as scores use it, and the latent one is of what lies behind the answers, a value that no "
        "score reaches."
    ).replace("five-point", f"{study.categories}-point" if study.categories != 5 else "five-point")
    too_high = failing(
        "reliability", {name: alpha for name, alpha in alphas.items() if alpha > threshold("reliability").upper}
    )
    if too_high:
        text += f" {listed(too_high)}: so high a value says that items repeat one another."
    return text


def _table(study: Study, scales: list[_Scale]) -> ReportTable:
    rows: list[tuple[Cell, ...]] = []
    for scale in scales:
        alpha = scale.alpha
        known = not isinstance(alpha, NotEstimated)
        average = alpha.average_correlation if not isinstance(alpha, NotEstimated) else None
        rows.append(
            (
                scale.name, scale.n_items, _coefficient(alpha), (scale.clustered.low, scale.clustered.high) if known else None,
                scale.linear, scale.categorical, scale.latent, scale.ordinal, average,
            )
        )  # fmt: skip
    how = (
        f"95 % interval of alpha: {study.n_resamples:,} resamples of whole {study.unit_name}s, because learners of one "
        f"{study.unit_name} are alike."
        if study.unit.size
        else "95 % interval of alpha: Feldt's, which takes learners to be independent of one another."
    )
    return ReportTable(
        "Internal consistency",
        (
            ("Scale", "text"), ("Items", "count"), ("Alpha", "2"), ("95 % interval", "2"), ("Omega linear", "2"),
            ("Omega categorical", "2"), ("Omega latent", "2"), ("Ordinal alpha", "2"), ("Mean r", "2"),
        ),
        tuple(rows),
        (how, "Ordinal alpha is of polychoric correlations and no score's reliability. Mean r: average correlation of two items."),
    )  # fmt: skip


def _picture(scales: list[_Scale]) -> ReportPicture:
    rows = []
    for scale in scales:
        rows.append(IntervalRow(scale.name, _coefficient(scale.alpha), scale.clustered.low, scale.clustered.high))
        if np.isfinite(scale.categorical):
            rows.append(IntervalRow("", scale.categorical, np.nan, np.nan, hollow=True))
    limit = threshold("reliability")
    of = counted(len(scales), "scale")
    said = f"Alpha with its interval and categorical omega of {of}; lines at {limit.value:g}, {limit.upper:g}."
    low = min(0.6, *(row.low if np.isfinite(row.low) else row.estimate for row in rows))
    svg = draw_intervals(
        rows, said, across_name="reliability of the scale score", limits=(limit.value, limit.upper),
        span=(max(low - 0.02, -1.0), 1.0),
        kinds=("alpha, 95 % interval", "categorical omega"),
    )  # fmt: skip
    return ReportPicture("Alpha and categorical omega of each scale.", said, svg)


def _verdicts(scales: list[_Scale]) -> tuple[Verdict, ...]:
    alphas = {scale.name: _coefficient(scale.alpha) for scale in scales}
    omegas = {scale.name: scale.categorical for scale in scales if np.isfinite(scale.categorical)}
    return tuple(
        judged("reliability", f"Internal consistency: {kind}", _least(figures), figures)
        for kind, figures in (("alpha", alphas), ("categorical omega", omegas))
        if figures
    )


def _least(figures: dict[str, float]) -> str:
    outside = failing("reliability", figures)
    if outside:
        return f"outside it: {listed([f'{name} ({number(figures[name])})' for name in outside])}"
    least = min(figures, key=lambda name: figures[name])
    return f"lowest {number(figures[least])} ({least})"


def _methods(study: Study) -> str:
    interval = (
        f"percentile intervals from {study.n_resamples:,} bootstrap samples of whole {study.unit_name}s"
        if study.unit.size
        else "Feldt's interval"
    )
    limit = threshold("reliability")
    return (
        f"Internal consistency was estimated by Cronbach's alpha with {interval}, and by McDonald's omega of a "
        "one-factor model: linear, "
        "categorical (of the sum of ordered answers; Green and Yang, 2009) and latent. Values of "
        f"{between(limit.value, limit.upper)} were taken as good (Terwee et al., 2007)."
    )
