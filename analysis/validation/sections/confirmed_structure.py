"""Whether the published structure holds, beside one factor and beside a general factor."""

from dataclasses import dataclass

import numpy as np

from ...confirmatory import ConfirmatoryFit, DiscriminantValidity, discriminant_validity
from ...not_estimated import NotEstimated
from ..prose import between, in_words, listed, number
from ..section import Cell, Form, Part, ReportProse, ReportTable, Verdict, failing, judged, threshold
from ..structures import GENERAL, indices
from ..study import Study, sorry

_RESIDUAL = 0.10
_MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class Fits:
    """The published structure beside one factor and beside a general factor."""

    published: ConfirmatoryFit | NotEstimated
    one: ConfirmatoryFit | NotEstimated
    bifactor: ConfirmatoryFit | NotEstimated


def confirmed_parts(study: Study, fits: Fits, scales: dict[str, tuple[int, ...]]) -> list[Part]:
    """Fit of the three models, loadings and correlations of the published one."""
    left_out = [scale for scale in study.scales if scale not in scales]
    parts: list[Part] = []
    if left_out:
        parts.append(
            ReportProse(
                f"{listed(left_out)} {'have' if len(left_out) > 1 else 'has'} too few items that vary to be a factor and "
                f"{'are' if len(left_out) > 1 else 'is'} left out of the factor models."
            )
        )
    several = len(scales) > 1
    named = [
        (
            f"Published structure, {in_words(len(scales))} factors" if several else "Published structure, one factor",
            fits.published,
        )
    ]
    if several:
        named += [("One factor", fits.one), ("General factor and scales (bifactor)", fits.bifactor)]
    rows = [_fit_row(name, found) for name, found in named if not isinstance(found, NotEstimated)]
    if rows:
        parts.append(ReportProse(_fit_in_words(study, fits)))
        parts.append(
            ReportTable(
                "Fit of the factor models",
                (
                    ("Model", "text"), ("χ²", "1"), ("df", "count"), ("CFI scaled", "3"), ("CFI robust", "3"), ("TLI robust", "3"),
                    ("RMSEA robust", "3"), ("90 % interval", "3"), ("SRMR", "3"),
                ),
                tuple(rows),
                (
                    "WLSMV on polychoric correlations; χ² adjusted in mean and variance. Robust indices estimate what "
                    "normal answers "
                    "without missing ones would give; scaled and robust differ, and both are shown.",
                ),
            )
        )  # fmt: skip
    for name, found in named:
        if isinstance(found, NotEstimated):
            parts.append(ReportProse(sorry(f"{name[0].lower()}{name[1:]}; {found.reason}")))
    if not isinstance(fits.published, NotEstimated):
        parts += [_loadings(study, fits.published, fits.bifactor), *_correlations(study, fits.published, scales)]
    return parts


def _fit_row(name: str, found: ConfirmatoryFit) -> tuple[Cell, ...]:
    _, scaled, robust = indices(found)
    interval = robust.rmsea_interval
    return (
        name, float(scaled.chi_square), scaled.df, float(scaled.cfi), float(robust.cfi), float(robust.tli), float(robust.rmsea),
        (float(interval.low), float(interval.high)), float(found.fit.srmr),
    )  # fmt: skip


def _fit_in_words(study: Study, fits: Fits) -> str:
    if isinstance(fits.published, NotEstimated):
        return ""
    _, _, robust = indices(fits.published)
    good = [
        threshold("cfi").met_by(robust.cfi),
        threshold("rmsea").met_by(robust.rmsea),
        threshold("srmr").met_by(fits.published.fit.srmr),
    ]
    fit_words = "fits" if all(good) else "fits in part" if any(good) else "does not fit"
    text = (
        f"The published structure {fit_words}: CFI {number(float(robust.cfi), 3)}, RMSEA {number(float(robust.rmsea), 3)} "
        f"({between(float(robust.rmsea_interval.low), float(robust.rmsea_interval.high), 3)}), SRMR "
        f"{number(float(fits.published.fit.srmr), 3)} (robust indices)."
    )
    if not isinstance(fits.one, NotEstimated) and len(fits.published.factor_names) > 1:
        _, _, alone = indices(fits.one)
        text += (
            f" A single factor for all items {'fits worse' if alone.cfi < robust.cfi - 0.002 else 'fits as well'} (CFI "
            f"{number(float(alone.cfi), 3)}, RMSEA {number(float(alone.rmsea), 3)})."
        )
    pairs = _shared(study, fits.published)
    if pairs:
        text += (
            " Pairs of items that share more, or less, than the structure allows, by their modification indices: "
            f"{listed(pairs)}."
        )
    return text


def _shared(study: Study, found: ConfirmatoryFit) -> list[str]:
    """Pairs of items whose residuals correlate, the pair that explains most of the misfit first."""
    indices_ = study.attempt(found.modification_indices)
    if isinstance(indices_, NotEstimated):
        return []
    n_pairs = len(found.item_names) * (len(found.item_names) - 1) / 2  # so many are looked at
    pairs = [
        (left, right)
        for left, operator, right, p, change in zip(
            indices_.left, indices_.operator, indices_.right, indices_.p, indices_.standardized_change, strict=True
        )
        if operator == "~~"
        and left.startswith("item_")
        and right.startswith("item_")
        and p < 0.05 / n_pairs
        and abs(change) >= _RESIDUAL
    ]
    return [
        f"{study.told(left).removeprefix('item ')} with {study.told(right).removeprefix('item ')}"
        for left, right in pairs[:_MOST_PAIRS]
    ]


def _loadings(study: Study, found: ConfirmatoryFit, general: ConfirmatoryFit | NotEstimated) -> ReportTable:
    beside = None if isinstance(general, NotEstimated) else general
    rows: list[tuple[Cell, ...]] = []
    before = -1
    for row, name in enumerate(found.item_names):
        place = int(name.removeprefix("item_")) - 1
        factor = int(np.argmax(np.abs(found.standardized[row])))
        if factor != before and len(found.factor_names) > 1:
            rows.append((study.told(found.factor_names[factor]), *([None] * (4 if beside else 2))))
        before = factor
        cells: list[Cell] = [
            study.items[place],
            float(found.standardized[row, factor]),
            float(found.standard_errors[row, factor]),
        ]
        if beside:
            own = beside.item_names.index(name)
            on_all = beside.factor_names.index(GENERAL)
            group = beside.factor_names.index(found.factor_names[factor])
            cells += [float(beside.standardized[own, on_all]), float(beside.standardized[own, group])]
        rows.append(tuple(cells))
    more: tuple[tuple[str, Form], ...] = (
        (("On a general factor", "2"), ("On its scale beside it", "2")) if beside else ()
    )
    return ReportTable(
        "Standardized loadings",
        (("Item", "text"), ("Loading", "2"), ("SE", "3"), *more),
        tuple(rows),
        (
            "Loading and standard error in the published structure; then, in the bifactor model, on the general factor "
            "and on the scale's own.",
        )
        if beside
        else (),
    )


def _correlations(study: Study, found: ConfirmatoryFit, scales: dict[str, tuple[int, ...]]) -> list[Part]:
    if len(scales) < 2:
        return []
    names = [study.told(factor) for factor in found.factor_names]
    table = found.factor_correlations
    distinct = study.attempt(lambda: discriminant_validity(found))
    rows: list[tuple[Cell, ...]] = []
    for row, name in enumerate(names):
        cells: list[Cell] = [name]
        for column in range(len(names)):
            if column < row:
                cells.append(float(table[row, column]))
            elif column > row and not isinstance(distinct, NotEstimated):
                cells.append(float(distinct.htmt[row, column]))
            else:
                cells.append(None)
        if not isinstance(distinct, NotEstimated):
            cells.append(float(distinct.average_variance_extracted[row]))
        rows.append(tuple(cells))
    extra: tuple[tuple[str, Form], ...] = () if isinstance(distinct, NotEstimated) else (("AVE", "2"),)
    return [
        ReportTable(
            "Correlations of the factors (below the diagonal) and heterotrait–monotrait ratios (above)",
            (("Scale", "text"), *((name, "2") for name in names), *extra),
            tuple(rows),
            ("AVE: average variance extracted, the share of the items' variance that their factor explains.",)
            if extra
            else (),
        )
    ]


def fit_values(found: ConfirmatoryFit | NotEstimated) -> dict[str, object]:
    """Naive, scaled and robust indices of one model, or why there are none."""
    if isinstance(found, NotEstimated):
        return {"reason": found.reason}
    naive, scaled, robust = indices(found)
    return {
        "chi_square": float(scaled.chi_square),
        "df": scaled.df,
        "p": float(scaled.p),
        "cfi": {"naive": float(naive.cfi), "scaled": float(scaled.cfi), "robust": float(robust.cfi)},
        "tli": {"naive": float(naive.tli), "scaled": float(scaled.tli), "robust": float(robust.tli)},
        "rmsea": {"naive": float(naive.rmsea), "scaled": float(scaled.rmsea), "robust": float(robust.rmsea)},
        "srmr": float(found.fit.srmr),
    }


def fit_verdicts(study: Study, found: ConfirmatoryFit | NotEstimated) -> tuple[Verdict, ...]:
    """Verdicts on fit, loadings and discriminant validity of the published structure."""
    if isinstance(found, NotEstimated):
        return (Verdict("Fit of the published structure", sorry(found.reason), "", "", "not judged"),)
    _, _, robust = indices(found)
    if found.fit.naive.df == 0:
        return (
            Verdict(
                "Fit of the published structure",
                "the model has no degrees of freedom to be tested on",
                "",
                "",
                "not judged",
            ),
        )
    strongest = {
        study.items[int(name.removeprefix("item_")) - 1]: float(np.max(found.standardized[row]))
        for row, name in enumerate(found.item_names)
    }
    weak = failing("loading", strongest)
    least = min(strongest, key=lambda item: strongest[item])
    said = f"below it: {listed(weak)}" if weak else f"lowest {number(strongest[least])} ({least})"
    return (
        judged("cfi", "Fit: CFI (robust)", number(float(robust.cfi), 3), float(robust.cfi)),
        judged("rmsea", "Fit: RMSEA (robust)", number(float(robust.rmsea), 3), float(robust.rmsea)),
        judged("srmr", "Fit: SRMR", number(float(found.fit.srmr), 3), float(found.fit.srmr)),
        judged("loading", "Standardized loadings", said, strongest),
        *_distinct(study, found),
    )


def _distinct(study: Study, found: ConfirmatoryFit) -> tuple[Verdict, ...]:
    if len(found.factor_names) < 2:
        return ()
    distinct = study.attempt(lambda: discriminant_validity(found))
    if isinstance(distinct, NotEstimated):
        return ()
    ratios = _ratios(study, distinct)
    worst = max(ratios, key=lambda pair: ratios[pair])
    return (judged("htmt", "Scales can be told apart (HTMT)", f"highest {number(ratios[worst])} ({worst})", ratios),)


def _ratios(study: Study, distinct: DiscriminantValidity) -> dict[str, float]:
    names = [study.told(factor) for factor in distinct.factors]
    return {
        f"{names[row]} and {names[column]}": float(distinct.htmt[row, column])
        for row in range(len(names))
        for column in range(row + 1, len(names))
        if np.isfinite(distinct.htmt[row, column])
    }
