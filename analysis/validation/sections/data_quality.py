"""Were the items read, and does anything hang on those who did not read them."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ...careless import CarelessResponding, careless_responding
from ...correlation import polychoric_correlation
from ...not_estimated import NotEstimated
from ...omega import mcdonald_omega
from ...reliability import cronbach_alpha
from ...units import unit_reliability
from ..pictures import draw_histogram
from ..prose import between, counted, number, per_cent
from ..section import Cell, Findings, Part, ReportPicture, ReportProse, ReportTable, judged, not_computed, threshold
from ..structures import factors_of, fit, indices, published
from ..study import TOTAL, NamedAnswers, Study, sorry

_SIMULATED = 20_000
_BEYOND = 0.001


def describe_data_quality(study: Study) -> Findings:
    """Signs of careless responding, what chance alone would show of them, and the main results with and without them."""
    given = NamedAnswers(study.as_given(), [f"item_{place + 1}" for place in range(len(study.items))])
    found = study.attempt(lambda: careless_responding(given, scales=_scales(study)))
    if isinstance(found, NotEstimated):
        return not_computed(sorry(found.reason), "Careless responding")
    expected = study.attempt(partial(_expected, study))
    share = found.straight_lining_share
    excess = share if isinstance(expected, NotEstimated) else max(share - expected.straight, 0.0)
    parts: list[Part] = [ReportProse(_overview(study, found, expected)), _signs(found), _runs(study, found, expected)]
    lines = found.straight_lining
    if min(lines.sum(), (~lines).sum()) >= study.least_group:
        parts += [ReportProse(_with_and_without(study, lines)), _compared(study, ~lines)]
    elif not lines.any():
        parts.append(ReportProse("Nobody answered in a straight line, so no result is given twice."))
    elif lines.sum() < study.least_group:
        parts.append(
            ReportProse(
                f"Fewer than {study.least_group} learners answered in a straight line: no finding hangs on so few, and results "
                "without them would tell what they answered."
            )
        )
    values = {
        "straight_lining_share": share,
        "straight_lining_interval": [found.straight_lining_interval.low, found.straight_lining_interval.high],
        "straight_lining_expected": None if isinstance(expected, NotEstimated) else expected.straight,
        "n_judged": found.n,
        "improbable_share": float(np.mean(found.mahalanobis_p[~np.isnan(found.mahalanobis)] < _BEYOND)),
    }
    verdict = judged(
        "straight_lining", "Careless responding", f"{per_cent(excess)} beyond what careful answers give", excess
    )
    return Findings(tuple(parts), _methods(), (verdict,), values)


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """What answers that follow the items' own correlations would show."""

    straight: float
    runs: NDArray[np.int64]


def _scales(study: Study) -> dict[str, list[str]]:
    return {scale: [f"item_{place + 1}" for place in places] for scale, places in study.scales.items()}


def _expected(study: Study) -> _Expected:
    """Straight lines and runs of learners who answer by the items' polychoric correlations and thresholds alone."""
    places = study.sound
    correlation = polychoric_correlation(study.answers(places))
    values, vectors = np.linalg.eigh(correlation.matrix)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    chance = np.random.default_rng(study.seed)
    draws = chance.standard_normal((_SIMULATED, len(places))) @ root.T
    draws /= np.sqrt((root**2).sum(axis=1))
    answers = np.empty_like(draws)
    for place, cuts in enumerate(correlation.thresholds):
        known = study.values[:, places[place]]
        used = np.unique(known[~np.isnan(known)])
        cuts = cuts[np.isfinite(cuts)]
        step = np.searchsorted(cuts, draws[:, place])
        # an option that nobody chose has no threshold of its own
        answers[:, place] = used[np.minimum(step, used.size - 1)] if cuts.size == used.size - 1 else step + 1.0
        if study.reverse[places[place]]:
            answers[:, place] = study.categories + 1.0 - answers[:, place]
    return _Expected(float(np.mean(answers.min(axis=1) == answers.max(axis=1))), _longest_runs(answers))


def _longest_runs(answers: np.ndarray) -> NDArray[np.int64]:
    longest = np.ones(len(answers), dtype=np.int64)
    run = longest.copy()
    for place in range(1, answers.shape[1]):
        run = np.where(answers[:, place] == answers[:, place - 1], run + 1, 1)
        longest = np.maximum(longest, run)
    return longest


def _overview(study: Study, found: CarelessResponding, expected: _Expected | NotEstimated) -> str:
    interval = found.straight_lining_interval
    by_chance = (
        "What careful answers would show could not be estimated."
        if isinstance(expected, NotEstimated)
        else "Learners who read every item and answer by the items' own correlations would do so in "
        f"{per_cent(expected.straight)} of "
        "cases, because the items agree with one another and most answers are favourable."
    )
    return (
        f"{per_cent(found.straight_lining_share)} of {counted(found.n, 'learner')} (95 % interval "
        f"{between(100 * interval.low, 100 * interval.high, 1)} %) gave one and the same answer to every item that they "
        "answered. "
        f"{by_chance} A straight line proves nothing of one learner: a contented one may strongly agree with everything. "
        "It shows how "
        "much of a finding could rest on such answers."
    )


def _signs(found: CarelessResponding) -> ReportTable:
    def quantiles(name: str, values: np.ndarray) -> tuple[Cell, ...]:
        known = values[~np.isnan(values)]
        if not known.size:
            return (name, *([None] * 5))
        return (name, *(float(value) for value in np.quantile(known, (0.01, 0.05, 0.5, 0.95, 0.99))))

    improbable = float(np.mean(found.mahalanobis_p[~np.isnan(found.mahalanobis)] < _BEYOND))
    return ReportTable(
        "Signs of careless responding: how learners are spread",
        (("Sign", "text"), ("1 %", "2"), ("5 %", "2"), ("Median", "2"), ("95 %", "2"), ("99 %", "2")),
        (
            quantiles("Longest run of one answer", found.longest_run.astype(float)),
            quantiles("Standard deviation of a learner's answers", found.intra_individual_sd),
            quantiles("Even–odd consistency", found.even_odd),
        ),
        (
            f"The combination of answers is improbable (Mahalanobis distance, p < 0.001) in {per_cent(improbable)} of "
            "learners. "
            "On a five-point scale with mostly favourable answers this ranks learners; it is not a test.",
        ),
    )


def _runs(study: Study, found: CarelessResponding, expected: _Expected | NotEstimated) -> ReportPicture:
    edges = np.arange(0.5, len(study.items) + 1.0)
    runs = found.longest_run[found.longest_run > 0]
    shares = np.histogram(runs, edges)[0] / max(runs.size, 1)
    line = None
    if not isinstance(expected, NotEstimated):
        # only the sound items were simulated; the line ends where they do
        line = np.histogram(expected.runs, edges)[0] / _SIMULATED
    said = f"Histogram of the longest run of one answer; the median is {number(float(np.median(runs)), 0)} items."
    svg = draw_histogram(
        edges, shares, said, across_name="longest run of one same answer, in items", up_name="% of learners",
        expected=line, names=("observed", "careful answers"),
    )  # fmt: skip
    return ReportPicture(
        "Longest run of one same answer. The line is what learners who read every item would give, simulated from the items' "
        "correlations and thresholds.", said, svg,
    )  # fmt: skip


def _with_and_without(study: Study, lines: np.ndarray) -> str:
    return (
        f"The main results are therefore given twice: of all {study.n:,} learners, and without the "
        f"{counted(int(lines.sum()), 'learner')} "
        "who answered in a straight line. Everything else in this report is of all learners."
    )


def _compared(study: Study, kept: NDArray[np.bool_]) -> ReportTable:
    without = study.rows(kept)
    rows: list[tuple[str, int, float, float]] = [
        ("Learners", 0, study.n, without.n),
        ("Mean of all items, 0–100", 1, float(np.nanmean(study.score(TOTAL))), float(np.nanmean(without.score(TOTAL)))),
    ]
    for scale, places in factors_of(study).items():
        rows.append((f"Alpha, {scale}", 2, _alpha(study, places), _alpha(without, places)))
    if len(factors_of(study)) > 1:
        rows.append(("Omega (linear), all items", 2, _omega(study), _omega(without)))
    rows += _fits(study, without)
    if study.unit.size:
        icc = [study.attempt(partial(unit_reliability, part.score(TOTAL), part.unit)) for part in (study, without)]
        ends = [np.nan if isinstance(found, NotEstimated) else found.icc1 for found in icc]
        rows.append((f"ICC(1) of {study.unit_name}s, all items", 3, ends[0], ends[1]))
    return ReportTable(
        "Main results with and without straight-liners",
        (("Result", "text"), ("All learners", "count"), ("Without", "count"), ("Difference", "count")),
        tuple(_row(*row) for row in rows),
        ("Factor model: the published structure, WLSMV, robust indices.",),
    )


def _row(name: str, decimals: int, first: float, second: float) -> tuple[Cell, ...]:
    """Written out, because the decimals differ from row to row."""
    return (name, number(first, decimals), number(second, decimals), number(second - first, decimals))


def _alpha(part: Study, places: tuple[int, ...]) -> float:
    found = part.attempt(lambda: cronbach_alpha(part.answers(places)))
    return np.nan if isinstance(found, NotEstimated) else found.coefficient


def _omega(part: Study) -> float:
    found = part.attempt(lambda: mcdonald_omega(part.answers(part.sound)))
    return np.nan if isinstance(found, NotEstimated) else found.total


def _fits(study: Study, without: Study) -> list[tuple[str, int, float, float]]:
    fits = [study.attempt(partial(fit, part, published(study), clustered=False)) for part in (study, without)]
    if any(isinstance(found, NotEstimated) for found in fits):
        return []
    (first, before), (second, after) = [
        (indices(found)[2], found.fit.srmr) for found in fits if not isinstance(found, NotEstimated)
    ]
    return [
        ("Published structure, CFI", 3, float(first.cfi), float(second.cfi)),
        ("Published structure, RMSEA", 3, float(first.rmsea), float(second.rmsea)),
        ("Published structure, SRMR", 3, float(before), float(after)),
    ]


def _methods() -> str:
    return (
        "Careless responding was looked for by the longest run of one answer, the standard deviation of a learner's "
        "answers, even–odd "
        "consistency and the Mahalanobis distance (Meade and Craig, 2012; Curran, 2016). The share of straight-liners "
        "was compared with "
        f"that among {_SIMULATED:,} simulated respondents who answer by the items' polychoric correlations and "
        "thresholds; an excess of "
        f"{per_cent(threshold('straight_lining').value, 0)} or more was taken to matter (Credé, 2010). Main results are "
        "reported with and without "
        "straight-liners."
    )
