"""How many things do the items measure, and are they the published ones."""

from functools import partial

from ...exploratory import explore_factors
from ...factor_count import (
    SamplingAdequacy,
    bartlett_sphericity,
    minimum_average_partial,
    parallel_analysis,
    sampling_adequacy,
)
from ...factor_count.adequacy import Sphericity
from ...not_estimated import NotEstimated
from ...p_value import p_in_words
from ..prose import in_words, number
from ..section import Findings, Part, ReportProse, not_computed, threshold
from ..structures import bifactor, factors_of, fit, one_factor, published
from ..study import Study, sorry
from .confirmed_structure import Fits, confirmed_parts, fit_values, fit_verdicts
from .continuum import describe_continuum
from .explored_structure import count_in_words, count_verdict, explored_parts, scree


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
    fits = Fits(
        study.attempt(partial(fit, study, published(study))),
        study.attempt(partial(fit, study, one_factor(study))),
        study.attempt(partial(fit, study, bifactor(study), orthogonal=True))
        if len(scales) > 1
        else NotEstimated("the questionnaire has one scale, so there is nothing beside a general factor"),
    )
    continuum = describe_continuum(study, fits.published, fits.bifactor)
    parts: list[Part] = [
        ReportProse(_suitable(kmo, bartlett)),
        ReportProse(count_in_words(study, counts, partial_, len(scales))),
    ]
    if not isinstance(counts, NotEstimated):
        parts.append(scree(counts))
    parts += explored_parts(study, explored, scales)
    parts += confirmed_parts(study, fits, scales)
    parts += continuum.parts
    values = {
        "kmo": None if isinstance(kmo, NotEstimated) else kmo.overall,
        "parallel_analysis": None if isinstance(counts, NotEstimated) else counts.n_factors,
        "parallel_analysis_components": None if isinstance(counts, NotEstimated) else counts.n_components,
        "minimum_average_partial": None if isinstance(partial_, NotEstimated) else partial_.n_factors,
        "published_factors": len(scales),
        "fits": {
            name: fit_values(found)
            for name, found in (("published", fits.published), ("one_factor", fits.one), ("bifactor", fits.bifactor))
        },
        **continuum.values,
    }
    verdicts = (
        *count_verdict(counts, partial_, len(scales), kmo),
        *fit_verdicts(study, fits.published),
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
        f"{number(bartlett.chi_square, 0)}, {p_in_words(bartlett.p)})"
        if bartlett.p < 0.05
        else f", but Bartlett's test does not reject that the items are uncorrelated ({p_in_words(bartlett.p)})"
    )
    return f"The Kaiser–Meyer–Olkin measure of sampling adequacy is {number(kmo.overall)}{test}."


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
