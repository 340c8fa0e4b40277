"""How many things do the items measure, and are they the published ones."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...confirmatory import ConfirmatoryFit, DiscriminantValidity, discriminant_validity
from ...exploratory import FactorSolution, explore_factors
from ...factor_count import (
    MinimumAveragePartial,
    ParallelAnalysis,
    SamplingAdequacy,
    bartlett_sphericity,
    minimum_average_partial,
    parallel_analysis,
    sampling_adequacy,
)
from ...factor_count.adequacy import Sphericity
from ...not_estimated import NotEstimated
from ..pictures import Curve, draw_curves
from ..prose import between, in_words, listed, number, per_cent, probability
from ..section import (
    Cell,
    Findings,
    Form,
    Outcome,
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
from ..structures import GENERAL, bifactor, factors_of, fit, indices, one_factor, published
from ..study import Study, sorry
from .continuum import describe_continuum

_SALIENT = 0.30
_RESIDUAL = 0.10
_MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class _Fits:
    published: ConfirmatoryFit | NotEstimated
    one: ConfirmatoryFit | NotEstimated
    bifactor: ConfirmatoryFit | NotEstimated


def describe_structure(study: Study) -> Findings:
    """Number of factors, exploratory and confirmatory factors, and whether there is one continuum or several themes."""
    places = study.sound
    if len(places) < 3:
        return not_computed(
            f"Fewer than three items vary ({in_words(len(places))}); factors need at least three.",
            "Structural validity",
        )
    scales = factors_of(study)
    kmo = study.attempt(lambda: sampling_adequacy(study.answers(places)))
    bartlett = study.attempt(lambda: bartlett_sphericity(study.answers(places)))
    counts = study.attempt(lambda: parallel_analysis(study.answers(places), n_draws=study.n_draws, seed=study.seed))
    partial_ = study.attempt(lambda: minimum_average_partial(study.answers(places)))
    explored = study.attempt(lambda: explore_factors(study.answers(places), max(len(scales), 1)))
    fits = _Fits(
        study.attempt(partial(fit, study, published(study))),
        study.attempt(partial(fit, study, one_factor(study))),
        study.attempt(partial(fit, study, bifactor(study), orthogonal=True))
        if len(scales) > 1
        else NotEstimated("the questionnaire has one scale, so there is nothing beside a general factor"),
    )
    continuum = describe_continuum(study, fits.published, fits.bifactor)
    parts: list[Part] = [
        ReportProse(_suitable(kmo, bartlett)),
        ReportProse(_count(study, counts, partial_, len(scales))),
    ]
    if not isinstance(counts, NotEstimated):
        parts.append(_scree(counts))
    parts += _explored(study, explored, scales)
    parts += _confirmed(study, fits, scales)
    parts += continuum.parts
    values = {
        "kmo": None if isinstance(kmo, NotEstimated) else kmo.overall,
        "parallel_analysis": None if isinstance(counts, NotEstimated) else counts.n_factors,
        "parallel_analysis_components": None if isinstance(counts, NotEstimated) else counts.n_components,
        "minimum_average_partial": None if isinstance(partial_, NotEstimated) else partial_.n_factors,
        "published_factors": len(scales),
        "fits": {
            name: _fit_values(found)
            for name, found in (("published", fits.published), ("one_factor", fits.one), ("bifactor", fits.bifactor))
        },
        **continuum.values,
    }
    verdicts = (
        *_count_verdict(counts, partial_, len(scales), kmo),
        *_fit_verdicts(study, fits.published),
        *continuum.verdicts,
    )
    computed = any(not isinstance(found, NotEstimated) for found in (kmo, counts, explored, fits.published))
    return Findings(tuple(parts), _methods(study) if computed else "", verdicts, values, computed)


def _suitable(kmo: SamplingAdequacy | NotEstimated, bartlett: Sphericity | NotEstimated) -> str:
    if isinstance(kmo, NotEstimated):
        return sorry(f"whether the items can be factored is not known; {kmo.reason}")
    test = (
        ""
        if isinstance(bartlett, NotEstimated)
        else f", and Bartlett's test rejects that the items are uncorrelated (χ²({bartlett.df:,}) = "
        f"{number(bartlett.chi_square, 0)}, {probability(bartlett.p)})"
        if bartlett.p < 0.05
        else f", but Bartlett's test does not reject that the items are uncorrelated ({probability(bartlett.p)})"
    )
    return f"The Kaiser–Meyer–Olkin measure of sampling adequacy is {number(kmo.overall)}{test}."


def _count(
    study: Study, counts: ParallelAnalysis | NotEstimated, average: MinimumAveragePartial | NotEstimated, n_scales: int
) -> str:
    if isinstance(counts, NotEstimated):
        return sorry(f"parallel analysis; {counts.reason}")
    has = f"The questionnaire has {in_words(n_scales)}."
    second = "" if isinstance(average, NotEstimated) else f", the minimum average partial {in_words(average.n_factors)}"
    text = f"Parallel analysis of polychoric correlations suggests {in_words(counts.n_factors)}{second}. {has}"
    if not isinstance(average, NotEstimated) and average.n_factors < counts.n_factors:
        text += " The average partial finds too few where factors correlate, as themes of one survey do."
    if counts.n_factors > n_scales:
        text += (
            f" Parallel analysis sees {in_words(counts.n_factors - n_scales)} more than the questionnaire has: some "
            "items share more "
            "than their scale."
        )
    return (
        text.replace("suggests one,", "suggests one factor,")
        .replace("suggests one.", "suggests one factor.")
        .replace(f"suggests {in_words(counts.n_factors)},", f"suggests {in_words(counts.n_factors)} factors,")
    )


def _scree(counts: ParallelAnalysis) -> ReportPicture:
    shown = min(len(counts.observed), 15)
    observed = tuple((float(place + 1), float(counts.observed[place])) for place in range(shown))
    chance = tuple((float(place + 1), float(counts.quantile[place])) for place in range(shown))
    top = float(max(counts.observed[0], 1.0)) * 1.05
    bottom = min(0.0, float(np.min(counts.observed[:shown])))
    said = (
        f"Scree plot: {counts.n_factors} eigenvalues lie above those of chance; the first is "
        f"{number(float(counts.observed[0]), 1)}, "
        f"the second {number(float(counts.observed[1]), 1)}."
    )
    svg = draw_curves(
        (
            Curve("items as answered", observed, marked=True),
            Curve(f"chance, {100 * counts.level:g} % quantile", chance, dashed=True),
        ),
        (1.0, float(shown)),
        (bottom, top),
        said,
        across_name="factor",
        up_name="eigenvalue",
    )
    return ReportPicture(
        "Eigenvalues of the polychoric correlations with squared multiple correlations in the diagonal, beside those "
        "that items "
        "with nothing in common would give.", said, svg,
    )  # fmt: skip


def _explored(study: Study, explored: FactorSolution | NotEstimated, scales: dict[str, tuple[int, ...]]) -> list[Part]:
    if isinstance(explored, NotEstimated):
        return [ReportProse(sorry(f"exploratory factors; {explored.reason}"))]
    if len(scales) < 2:
        return []
    places = study.sound
    size = np.array(
        [
            [
                np.abs(explored.loadings[[places.index(i) for i in own], factor]).mean()
                for factor in range(explored.n_factors)
            ]
            for own in scales.values()
        ]
    )
    order = linear_sum_assignment(-size)[1]
    loadings = explored.loadings[:, order]
    names = list(scales)
    own_of = {place: names.index(scale) for scale, own in scales.items() for place in own}
    wrong = [
        study.items[place]
        for row, place in enumerate(places)
        if place in own_of and int(np.argmax(np.abs(loadings[row]))) != own_of[place]
    ]
    rows = tuple(
        (
            study.items[place],
            *(float(value) if abs(value) >= _SALIENT else None for value in loadings[row]),
            float(explored.communalities[row]),
        )
        for row, place in enumerate(places)
    )
    words = (
        f"All {in_words(len(own_of))} items load most on the factor of their own scale."
        if not wrong
        else f"Of {in_words(len(own_of))} items, {listed(wrong)} {'loads' if len(wrong) == 1 else 'load'} most on the factor of "
        "another scale."
    )
    text = (
        f"An exploratory solution of {in_words(len(scales))} factors leaves a root mean square residual of "
        f"{number(float(explored.rmsr), 3)} and explains "
        f"{per_cent(float(explored.variance_explained.sum()) / len(places), 0)} of the "
        f"items' variance. {words}"
    )
    table = ReportTable(
        "Exploratory factor loadings (pattern)",
        (("Item", "text"), *((name, "2") for name in names), ("h²", "2")),
        rows,
        (
            f"Minres extraction from polychoric correlations, oblimin rotation. Loadings below {number(_SALIENT)} are "
            "left out; "
            "h²: communality. Factors carry the name of the scale that they fit best.",
        ),
    )
    return [ReportProse(text), table]


def _confirmed(study: Study, fits: _Fits, scales: dict[str, tuple[int, ...]]) -> list[Part]:
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


def _fit_in_words(study: Study, fits: _Fits) -> str:
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


def _fit_values(found: ConfirmatoryFit | NotEstimated) -> dict[str, object]:
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


def _count_verdict(
    counts: ParallelAnalysis | NotEstimated, average: MinimumAveragePartial | NotEstimated, n_scales: int,
    kmo: SamplingAdequacy | NotEstimated,
) -> tuple[Verdict, ...]:  # fmt: skip
    verdicts = []
    if not isinstance(kmo, NotEstimated):
        verdicts.append(judged("sampling_adequacy", "Sampling adequacy (KMO)", number(kmo.overall), kmo.overall))
    if not isinstance(counts, NotEstimated):
        agree = [counts.n_factors == n_scales]
        found = f"parallel analysis {in_words(counts.n_factors)}"
        if not isinstance(average, NotEstimated):
            agree.append(average.n_factors == n_scales)
            found += f", average partial {in_words(average.n_factors)}"
        outcome: Outcome = "met" if agree[0] else "partly met" if any(agree) else "not met"
        verdicts.append(
            Verdict(
                "Number of factors",
                found,
                f"as many as scales: {in_words(n_scales)}",
                "Horn (1965); Velicer (1976)",
                outcome,
            )
        )
    return tuple(verdicts)


def _fit_verdicts(study: Study, found: ConfirmatoryFit | NotEstimated) -> tuple[Verdict, ...]:
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


def _methods(study: Study) -> str:
    clustered = (
        f", with standard errors and tests that allow for learners of one {study.unit_name} being alike"
        if study.unit.size
        else ""
    )
    return (
        f"The number of factors was examined by parallel analysis of polychoric correlations ({study.n_draws} draws, 95 "
        "% quantile; Horn, "
        "1965) and the minimum average partial (Velicer, 1976). Exploratory factors were extracted by minimum residuals "
        "and rotated by "
        f"oblimin. Confirmatory models were fitted to the ordered answers by WLSMV{clustered}. Fit was taken as good "
        "with CFI above "
        f"{number(threshold('cfi').value)}, RMSEA below {number(threshold('rmsea').value)} and SRMR below "
        f"{number(threshold('srmr').value)} "
        "(Hu and Bentler, 1999); these cut-offs come from normal, continuous items and are guides for ordered ones. "
        "Whether a general "
        "factor dominates was judged by hierarchical omega and explained common variance of a bifactor model (Rodriguez "
        "et al., 2016), and "
        "whether subscores add to the total by Haberman's (2008) comparison."
    )
