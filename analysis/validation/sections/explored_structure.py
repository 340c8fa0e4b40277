"""How many factors the items suggest by themselves, and which."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...exploratory import FactorSolution
from ...factor_count import MinimumAveragePartial, ParallelAnalysis, SamplingAdequacy
from ...not_estimated import NotEstimated
from ..pictures import Curve, draw_curves
from ..prose import in_words, listed, number, per_cent
from ..section import Outcome, Part, ReportPicture, ReportProse, ReportTable, Verdict, judged
from ..study import Study, sorry

_SALIENT = 0.30


def count_in_words(
    study: Study, counts: ParallelAnalysis | NotEstimated, average: MinimumAveragePartial | NotEstimated, n_scales: int
) -> str:
    """How many factors parallel analysis and the average partial suggest, in a paragraph."""
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


def scree(counts: ParallelAnalysis) -> ReportPicture:
    """Eigenvalues of the items beside those of chance."""
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


def explored_parts(
    study: Study, explored: FactorSolution | NotEstimated, scales: dict[str, tuple[int, ...]]
) -> list[Part]:
    """The exploratory loadings, and whether items load most on the factor of their own scale."""
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


def count_verdict(
    counts: ParallelAnalysis | NotEstimated, average: MinimumAveragePartial | NotEstimated, n_scales: int,
    kmo: SamplingAdequacy | NotEstimated,
) -> tuple[Verdict, ...]:  # fmt: skip
    """Verdicts on whether the items can be factored and on the number of factors."""
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
