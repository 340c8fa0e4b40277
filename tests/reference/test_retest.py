"""Retest statistics against psych in R, Shrout and Fleiss's table, statsmodels and pingouin, from the answers themselves."""

import csv
import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy.stats import rankdata
from statsmodels.stats.inter_rater import cohens_kappa

from analysis import (
    IntraclassCorrelation,
    intraclass_correlation,
    kappa_of_counts,
    measurement_error,
    pearson_correlation,
    retest_report,
    weighted_kappa,
)
from analysis.item_responses import FloatArray

Agrees = Callable[..., None]

FOLDER = Path(__file__).parent
CLOSED_FORM = 1e-10
# A tail probability of 1e-60 magnifies the rounding of F, and R's own rounding, a few hundredfold.
TAIL = 1e-9
# lmer stops when its deviance hardly changes; F multiplies what it leaves of a variance by the number of ratings.
LMER = 1e-4

FORMS = ("icc_1", "icc_a1", "icc_c1", "icc_1k", "icc_ak", "icc_ck")
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
SCALES = {
    "F1": range(1, 7),
    "F2": range(7, 12),
    "F3": range(12, 17),
    "F4": range(17, 22),
    "F5": range(22, 27),
    "F6": range(27, 32),
}


def _expected(name: str) -> Any:
    return json.loads((FOLDER / "expected" / f"{name}.json").read_text())["result"]


ICC, KAPPA = _expected("nets__testretest_icc_sem"), _expected("nets__testretest_kappa")
ITEMS = list(KAPPA)

every_form = pytest.mark.parametrize("place", range(6), ids=FORMS)
every_scale = pytest.mark.parametrize("scale", ICC)
every_item = pytest.mark.parametrize("item", ITEMS)


def _answers(file: str) -> dict[int, list[float]]:
    with (FOLDER / "data" / file).open(newline="") as handle:
        return {int(row["id"]): [float(row[item] or "nan") for item in ITEMS] for row in csv.DictReader(handle)}


@pytest.fixture(scope="module")
def occasions() -> tuple[FloatArray, FloatArray]:
    """Answers of those measured twice."""
    first, second = _answers("nets_synth.csv"), _answers("nets_synth_retest.csv")
    return np.array([first[person] for person in second]), np.array(list(second.values()))


@pytest.fixture(scope="module")
def scores(occasions: tuple[FloatArray, FloatArray]) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Means of whatever items of a scale are answered, as the script computes them."""
    return {
        scale: tuple(np.nanmean(answers[:, np.array(items) - 1], axis=1) for answers in occasions)
        for scale, items in SCALES.items()
    }


def _hold_form(
    agrees: Agrees, found: IntraclassCorrelation, place: int, figures: dict[str, Any], *, rtol: float, tail: float
) -> None:
    form, theirs = getattr(found, FORMS[place]), {cell: column[place] for cell, column in figures.items()}
    agrees("coefficient", form.coefficient, theirs["ICC"], rtol=rtol)
    agrees("f", form.f, theirs["F"], rtol=rtol)
    agrees("df_targets, df_error", [form.df_targets, form.df_error], [theirs["df1"], theirs["df2"]])
    agrees("p", form.p, theirs["p"], rtol=tail)
    ends = [form.interval.low, form.interval.high]
    agrees("interval", ends, [theirs["lower bound"], theirs["upper bound"]], rtol=rtol)


@every_form
def test_the_ratings_of_shrout_and_fleiss_give_psychs_figures(place: int, agrees: Agrees) -> None:
    figures = _expected("shrout_fleiss__icc")["anova"]
    found = intraclass_correlation(SHROUT_FLEISS)
    hold = partial(agrees, "intraclass_correlation", against="psych::ICC", on="Shrout & Fleiss")
    _hold_form(hold, found, place, figures["results"], rtol=CLOSED_FORM, tail=CLOSED_FORM)
    hold("ms_within", found.ms_within, figures["MSW"], rtol=CLOSED_FORM)
    hold("n, n_raters", [found.n, found.n_raters], [figures["n_obs"], figures["n_judge"]])


@every_form
def test_restricted_maximum_likelihood_gives_psychs_figures_with_lmer(place: int, agrees: Agrees) -> None:
    figures = _expected("shrout_fleiss__icc")["lmer"]
    found = intraclass_correlation(SHROUT_FLEISS, missing="reml")
    hold = partial(agrees, "intraclass_correlation", against="psych::ICC with lme4", on="Shrout & Fleiss")
    _hold_form(hold, found, place, figures["results"], rtol=LMER, tail=LMER)
    hold("n, n_raters", [found.n, found.n_raters], [figures["n_obs"], figures["n_judge"]])


def test_the_six_coefficients_are_those_that_shrout_and_fleiss_printed(agrees: Agrees) -> None:
    found = intraclass_correlation(SHROUT_FLEISS)
    printed = [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    hold = partial(agrees, "intraclass_correlation", against="Shrout & Fleiss (1979), table 4", on="Shrout & Fleiss")
    hold("coefficient, rounded", [round(getattr(found, form).coefficient, 2) for form in FORMS], printed)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pingouin calls pandas in a way that pandas 4 drops
def test_pingouin_gives_the_same_coefficients_and_rounded_intervals(agrees: Agrees) -> None:
    long = pd.DataFrame(SHROUT_FLEISS).stack().reset_index()
    long.columns = ["target", "rater", "score"]
    theirs = pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="score")
    found = intraclass_correlation(SHROUT_FLEISS)
    hold = partial(agrees, "intraclass_correlation", against="pingouin.intraclass_corr", on="Shrout & Fleiss")
    hold("coefficient", [getattr(found, form).coefficient for form in FORMS], theirs["ICC"], rtol=CLOSED_FORM)
    ends = [[getattr(found, form).interval.low, getattr(found, form).interval.high] for form in FORMS]
    intervals = theirs["CI95%" if "CI95%" in theirs else "CI95"]
    # pingouin rounds them to two decimals.
    hold("interval", ends, intervals.tolist(), atol=0.0051)


@every_scale
@every_form
def test_every_scales_correlation_agrees_with_psych(
    scale: str, place: int, scores: dict[str, tuple[FloatArray, FloatArray]], agrees: Agrees
) -> None:
    figures = ICC[scale]["icc"]
    found = intraclass_correlation(np.column_stack(scores[scale]))
    hold = partial(agrees, "intraclass_correlation", against="psych::ICC", on="nets")
    _hold_form(hold, found, place, figures["results"], rtol=CLOSED_FORM, tail=TAIL)
    hold("ms_within", found.ms_within, figures["MSW"], rtol=CLOSED_FORM)
    hold("n, n_raters", [found.n, found.n_raters], [figures["n_obs"], figures["n_judge"]])


@every_scale
@pytest.mark.parametrize(
    ("cell", "attribute"),
    [
        ("n", "n"),
        ("SEM_consistency", "sem_consistency"),
        ("SEM_agreement", "sem_agreement"),
        ("SDC_ind", "sdc_individual_consistency"),
        ("SDC_ind_agreement", "sdc_individual"),
        ("SDC_group", "sdc_group_consistency"),
    ],
)
def test_every_scales_measurement_error_agrees_with_r(
    scale: str, cell: str, attribute: str, scores: dict[str, tuple[FloatArray, FloatArray]], agrees: Agrees
) -> None:
    found = getattr(measurement_error(*scores[scale]), attribute)
    hold = partial(agrees, "measurement_error", against="stats::sd", on="nets", rtol=CLOSED_FORM)
    hold(attribute, found, ICC[scale][cell])


@every_scale
def test_every_scales_limits_of_agreement_and_shift_agree_with_r(
    scale: str, scores: dict[str, tuple[FloatArray, FloatArray]], agrees: Agrees
) -> None:
    figures, found = ICC[scale], measurement_error(*scores[scale])
    limits = found.limits_of_agreement
    plain = partial(agrees, "measurement_error", against="stats::sd", on="nets", rtol=CLOSED_FORM)
    plain("bias", found.bias, figures["ba"]["mean_diff"])
    plain("sd_difference", found.sd_difference, figures["ba"]["sd_diff"])
    plain("limits_of_agreement", [limits.low, limits.high], figures["ba"]["loa"])
    tested = partial(agrees, "measurement_error", against="stats::t.test", on="nets", rtol=CLOSED_FORM)
    t, p = figures["paired_t"]
    tested("bias by its standard error", found.bias / (found.sd_difference / math.sqrt(found.n)), t)
    tested("bias_p", found.bias_p, p)


@every_scale
def test_sem_from_the_icc_for_agreement_is_nearly_that_of_the_differences(
    scale: str, scores: dict[str, tuple[FloatArray, FloatArray]], agrees: Agrees
) -> None:
    figure, found = ICC[scale]["SEM_from_icc21"], measurement_error(*scores[scale])
    # R's third SEM is sd * sqrt(1 - ICC(A,1)) with the pooled sd of the occasions: another estimator, equal but for terms of
    # order 1 / n to the one that is reported.
    agreement = intraclass_correlation(np.column_stack(scores[scale])).icc_a1.coefficient
    pooled = math.sqrt((found.sd_first**2 + found.sd_second**2) / 2)
    hold = partial(agrees, "measurement_error", against="psych::ICC", on="nets")
    hold("pooled sd and ICC(A,1)", pooled * math.sqrt(1 - agreement), figure, rtol=CLOSED_FORM)
    hold("sem_agreement beside that of pooled sd and ICC(A,1)", found.sem_agreement, figure, rtol=5e-3)


@every_scale
def test_the_occasions_correlate_as_in_r(
    scale: str, scores: dict[str, tuple[FloatArray, FloatArray]], agrees: Agrees
) -> None:
    both = np.column_stack(scores[scale])
    hold = partial(agrees, "pearson_correlation", against="stats::cor", on="nets", rtol=CLOSED_FORM)
    hold("of two occasions", pearson_correlation(both).matrix[0, 1], ICC[scale]["pearson"])
    ranks = rankdata(both, axis=0)
    hold("of ranks on two occasions", pearson_correlation(ranks).matrix[0, 1], ICC[scale]["spearman"])


@every_item
def test_every_items_kappa_agrees_with_psych(
    item: str, occasions: tuple[FloatArray, FloatArray], agrees: Agrees
) -> None:
    figures, place = KAPPA[item], ITEMS.index(item)
    first, second = occasions[0][:, place], occasions[1][:, place]
    hold = partial(agrees, "weighted_kappa", against="psych::cohen.kappa", on="nets")
    quadratic = weighted_kappa(first, second)
    hold("n", quadratic.n, figures["n"])
    hold("counts", quadratic.counts, np.array(figures["table"])[: len(quadratic.counts)])
    hold("coefficient, quadratic", quadratic.coefficient, figures["weighted_quadratic"], rtol=CLOSED_FORM)
    linear = weighted_kappa(first, second, "linear").coefficient
    hold("coefficient, linear", linear, figures["linear_weighted"], rtol=CLOSED_FORM)
    plain = weighted_kappa(first, second, "unweighted")
    hold("coefficient, unweighted", plain.coefficient, figures["kappa"], rtol=CLOSED_FORM)
    hold("standard_error, unweighted, squared", plain.standard_error**2, figures["var_kappa"], rtol=CLOSED_FORM)
    # psych's 1.96 is exact; only its weighted intervals are wrong.
    low, _, high = figures["ci"]["values"][0]
    hold("interval, unweighted", [plain.interval.low, plain.interval.high], [low, high], rtol=CLOSED_FORM)


@every_item
@pytest.mark.parametrize(
    ("weights", "theirs"), [("quadratic", "quadratic"), ("linear", "linear"), ("unweighted", None)]
)
def test_every_items_interval_agrees_with_statsmodels(
    item: str, weights: Any, theirs: str | None, agrees: Agrees
) -> None:
    counts = np.array(KAPPA[item]["table"])
    figures, found = cohens_kappa(counts, wt=theirs), kappa_of_counts(counts, weights)
    source = "statsmodels.stats.inter_rater.cohens_kappa"
    hold = partial(agrees, "kappa_of_counts", against=source, on="nets", rtol=CLOSED_FORM)
    hold("coefficient", found.coefficient, figures.kappa)
    hold("standard_error", found.standard_error, figures.std_kappa)
    hold("interval", [found.interval.low, found.interval.high], [figures.kappa_low, figures.kappa_upp])
    hold("z", found.z, figures.z_value)
    # A tail probability magnifies the rounding of z.
    agrees("kappa_of_counts", "p", found.p, figures.pvalue_two_sided, against=source, on="nets", rtol=1e-8, atol=1e-300)


@every_item
@pytest.mark.parametrize(("weights", "cell"), [("quadratic", "var_weighted"), ("linear", "linear_var")])
def test_weighted_standard_errors_are_those_of_a_jackknife_and_not_psychs(
    item: str, weights: Any, cell: str, agrees: Agrees
) -> None:
    counts = np.array(KAPPA[item]["table"])
    found, n = kappa_of_counts(counts, weights), counts.sum()
    cells = np.argwhere(counts)
    without = [kappa_of_counts(counts - _one_in(row, column), weights).coefficient for row, column in cells]
    often = counts[tuple(cells.T)]
    mean = np.average(without, weights=often)
    jackknife = math.sqrt((n - 1) / n * (often * (without - mean) ** 2).sum())
    # Deleting one of some 190 people tells the standard error itself to a few in a hundred.
    hold = partial(agrees, "kappa_of_counts", against="a jackknife", on="nets", rtol=0.06)
    hold(f"standard_error, {weights}", found.standard_error, jackknife)
    # The variances of psych are 2 to 19 times as large with linear weights, and between nought and 90 times with quadratic.
    assert not 0.95 < KAPPA[item][cell] / found.standard_error**2 < 1.05


def _one_in(row: int, column: int) -> Any:
    """Make a table of one person."""
    table = np.zeros((5, 5), dtype=np.int64)
    table[row, column] = 1
    return table


def test_the_report_says_the_same_as_its_parts(occasions: tuple[FloatArray, FloatArray], agrees: Agrees) -> None:
    first, second = (pd.DataFrame(answers, columns=ITEMS) for answers in occasions)
    scales = {scale: [f"q{number:02d}" for number in items] for scale, items in SCALES.items()}
    report = retest_report(first, second, scales=scales, stable=None, days=None, minimum_answered=0.0)
    assert report.n == 200
    hold = partial(agrees, "retest_report", on="nets", rtol=CLOSED_FORM)
    for scale in report.scales:
        assert isinstance(scale.icc, IntraclassCorrelation)
        figure = ICC[scale.scale]["icc"]["results"]["ICC"][1]
        hold("ICC(A,1) of each scale", scale.icc.icc_a1.coefficient, figure, against="psych::ICC")
    for item in report.items:
        kappa, figure = getattr(item.kappa, "coefficient", None), KAPPA[item.item]["weighted_quadratic"]
        hold("kappa of each item", kappa, figure, against="psych::cohen.kappa")
