"""One continuum or several themes: a general factor's share, and what subscores say beside the total."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...confirmatory import ConfirmatoryFit
from ...not_estimated import NotEstimated
from ...subscores import SubscoreValue, subscore_value
from ..prose import in_words, listed, number, per_cent
from ..section import Cell, Form, Outcome, Part, ReportProse, ReportTable, Verdict, threshold
from ..structures import GENERAL, factors_of
from ..study import Study, sorry


@dataclass(frozen=True, slots=True)
class Continuum:
    """The part of a section that answers it."""

    parts: tuple[Part, ...]
    verdicts: tuple[Verdict, ...]
    values: Mapping[str, Any]


def describe_continuum(
    study: Study, published: ConfirmatoryFit | NotEstimated, bifactor: ConfirmatoryFit | NotEstimated
) -> Continuum:
    """Answer from the bifactor model and from the subscores, in words."""
    scales = factors_of(study)
    if len(scales) < 2:
        return Continuum((), (), {})
    subscores = study.attempt(
        lambda: subscore_value(
            study.answers([place for places in scales.values() for place in places]),
            {scale: [f"item_{place + 1}" for place in places] for scale, places in scales.items()},
        )
    )
    general = _general(bifactor)
    parts: list[Part] = [ReportProse(_answer(general, subscores, len(scales)))]
    verdicts: list[Verdict] = []
    values: dict[str, Any] = {}
    if isinstance(general, NotEstimated):
        parts.append(ReportProse(sorry(f"the share of a general factor; {general.reason}")))
    else:
        values |= {"omega_hierarchical": general.omega, "ecv": general.ecv}
        verdicts.append(_one_continuum(general))
    if isinstance(subscores, NotEstimated):
        parts.append(ReportProse(sorry(f"the value of subscores; {subscores.reason}")))
    else:
        values["subscores_add_value"] = dict(zip(subscores.scales, subscores.adds_value.tolist(), strict=True))
        parts.append(_table(subscores, general))
        verdicts.append(_verdict(subscores))
    return Continuum(tuple(parts), tuple(verdicts), values)


@dataclass(frozen=True, slots=True)
class _General:
    """What a general factor explains: of the variance of the sum of all answers, and of the common variance."""

    omega: float
    ecv: float
    of_scale: Mapping[str, float]


def _general(found: ConfirmatoryFit | NotEstimated) -> _General | NotEstimated:
    if isinstance(found, NotEstimated):
        return found
    squares = found.standardized**2
    place = found.factor_names.index(GENERAL)
    own = {
        factor: float(
            squares[squares[:, column] > 0, place].sum() / squares[squares[:, column] > 0][:, [place, column]].sum()
        )
        for column, factor in enumerate(found.factor_names)
        if column != place
    }
    reliability = found.reliability()
    omega = float(reliability.omega[reliability.factors.index(GENERAL)])
    return _General(omega, float(squares[:, place].sum() / squares.sum()), own)


def _answer(general: _General | NotEstimated, subscores: SubscoreValue | NotEstimated, n_scales: int) -> str:
    text = f"One continuum or {in_words(n_scales)} themes? "
    adding = (
        []
        if isinstance(subscores, NotEstimated)
        else [s for s, adds in zip(subscores.scales, subscores.adds_value, strict=True) if adds]
    )
    if isinstance(general, NotEstimated):
        if isinstance(subscores, NotEstimated):
            return text + "These answers do not tell."
        return text + _subscores_alone(adding, n_scales)
    shares = (
        f"a general factor explains {per_cent(general.omega, 0)} of the variance of the sum of all items (hierarchical omega "
        f"{number(general.omega)}) and {per_cent(general.ecv, 0)} of what the items have in common (explained common "
        "variance)"
    )
    if _dominates(general) and not adding:
        return (
            text + f"One continuum: {shares}, and no scale says more of itself than the total does. A total is enough."
        )
    if _dominates(general):
        return text + (
            f"Both, and mostly the first: {shares}, so a total may be reported; "
            + ("all scales still" if len(adding) == n_scales else f"{listed(adding)} still")
            + " say more of themselves than the total does, so their scores may stand beside it."
        )
    if threshold("omega_hierarchical").met_by(general.omega):
        return text + (
            f"Themes with much in common: {shares}. A total orders learners well, but a good part of what the items "
            "share is the themes' own: " + _subscores_alone(adding, n_scales)
        )
    return (
        text
        + f"Themes: {shares}, too little for a single continuum. "
        + _subscores_alone(adding, n_scales).capitalize()
    )


def _subscores_alone(adding: list[str], n_scales: int) -> str:
    if not adding:
        return "no subscore says more of itself than the total does."
    if len(adding) == n_scales:
        return "every scale's score says more of itself than the total does, and each is worth reporting."
    return f"of the subscores only {listed(adding)} {'say' if len(adding) > 1 else 'says'} more than the total does."


def _table(subscores: SubscoreValue, general: _General | NotEstimated) -> ReportTable:
    of_scale: list[float] = [] if isinstance(general, NotEstimated) else list(general.of_scale.values())
    rows: list[tuple[Cell, ...]] = []
    for row, scale in enumerate(subscores.scales):
        cells = (
            scale,
            int(subscores.n_items[row]),
            float(subscores.prmse_subscore[row]),
            float(subscores.prmse_total[row]),
            float(subscores.prmse_both[row]),
            "yes" if subscores.adds_value[row] else "no",
        )
        rows.append((*cells, of_scale[row]) if of_scale else cells)
    extra: tuple[tuple[str, Form], ...] = (("General share", "2"),) if of_scale else ()
    return ReportTable(
        "What each scale's score says beside the total",
        (
            ("Scale", "text"), ("Items", "count"), ("From own score", "2"), ("From total", "2"), ("From both", "2"),
            ("Adds value", "text"), *extra,
        ),
        tuple(rows),
        (
            "Share of the variance of the true subscore that is predicted (PRMSE; Haberman, 2008): from the scale's own "
            "score, from the "
            "total, from both. A subscore adds value where its own score predicts it better than the total."
            + (" General share: of the scale's explained variance, what the general factor explains." if of_scale else ""),
        ),
    )  # fmt: skip


def _dominates(general: _General) -> bool:
    return threshold("omega_hierarchical").met_by(general.omega) and threshold("ecv").met_by(general.ecv)


def _one_continuum(general: _General) -> Verdict:
    omega, ecv = threshold("omega_hierarchical"), threshold("ecv")
    return Verdict(
        "One continuum",
        f"hierarchical omega {number(general.omega)}, explained common variance {number(general.ecv)}",
        f"{omega} and {ecv}",
        omega.source,
        "yes" if _dominates(general) else "no",
    )


def _verdict(subscores: SubscoreValue) -> Verdict:
    without = [scale for scale, adds in zip(subscores.scales, subscores.adds_value, strict=True) if not adds]
    found = "all add value" if not without else f"not adding: {listed(without)}"
    outcome: Outcome = "met" if not without else "partly met" if len(without) < len(subscores.scales) else "not met"
    return Verdict(
        "Subscores are worth reporting", found, "own score predicts better than the total", "Haberman (2008)", outcome
    )
