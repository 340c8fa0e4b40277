"""Retest statistics against psych in R, Shrout and Fleiss's table, statsmodels and pingouin, from the answers themselves."""

import csv
import json
import math
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


def _assert_form(found: IntraclassCorrelation, place: int, expected: dict[str, Any], rel: float, tail: float) -> None:
    form = getattr(found, FORMS[place])
    assert form.coefficient == pytest.approx(expected["ICC"][place], rel=rel)
    assert form.f == pytest.approx(expected["F"][place], rel=rel)
    assert (form.df_targets, form.df_error) == (expected["df1"][place], expected["df2"][place])
    assert form.p == pytest.approx(expected["p"][place], rel=tail)
    assert form.interval.low == pytest.approx(expected["lower bound"][place], rel=rel)
    assert form.interval.high == pytest.approx(expected["upper bound"][place], rel=rel)


@every_form
def test_the_ratings_of_shrout_and_fleiss_give_psychs_figures(place: int) -> None:
    expected = _expected("shrout_fleiss__icc")["anova"]
    found = intraclass_correlation(SHROUT_FLEISS)
    _assert_form(found, place, expected["results"], CLOSED_FORM, CLOSED_FORM)
    assert found.ms_within == pytest.approx(expected["MSW"], rel=CLOSED_FORM)
    assert (found.n, found.n_raters) == (expected["n_obs"], expected["n_judge"])


@every_form
def test_restricted_maximum_likelihood_gives_psychs_figures_with_lmer(place: int) -> None:
    expected = _expected("shrout_fleiss__icc")["lmer"]
    found = intraclass_correlation(SHROUT_FLEISS, missing="reml")
    _assert_form(found, place, expected["results"], LMER, LMER)
    assert (found.n, found.n_raters) == (expected["n_obs"], expected["n_judge"])


def test_the_six_coefficients_are_those_that_shrout_and_fleiss_printed() -> None:
    found = intraclass_correlation(SHROUT_FLEISS)
    printed = [round(getattr(found, form).coefficient, 2) for form in FORMS]
    assert printed == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pingouin calls pandas in a way that pandas 4 drops
def test_pingouin_gives_the_same_coefficients_and_rounded_intervals() -> None:
    long = pd.DataFrame(SHROUT_FLEISS).stack().reset_index()
    long.columns = ["target", "rater", "score"]
    theirs = pingouin.intraclass_corr(long, targets="target", raters="rater", ratings="score")
    found = intraclass_correlation(SHROUT_FLEISS)
    np.testing.assert_allclose(
        [getattr(found, form).coefficient for form in FORMS], theirs["ICC"].to_numpy(), rtol=CLOSED_FORM
    )
    ends = [[getattr(found, form).interval.low, getattr(found, form).interval.high] for form in FORMS]
    intervals = theirs["CI95%" if "CI95%" in theirs else "CI95"]
    np.testing.assert_allclose(ends, np.array(intervals.tolist()), atol=0.0051)


@every_scale
@every_form
def test_every_scales_correlation_agrees_with_psych(
    scale: str, place: int, scores: dict[str, tuple[FloatArray, FloatArray]]
) -> None:
    expected = ICC[scale]["icc"]
    found = intraclass_correlation(np.column_stack(scores[scale]))
    _assert_form(found, place, expected["results"], CLOSED_FORM, TAIL)
    assert found.ms_within == pytest.approx(expected["MSW"], rel=CLOSED_FORM)
    assert (found.n, found.n_raters) == (expected["n_obs"], expected["n_judge"])


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
    scale: str, cell: str, attribute: str, scores: dict[str, tuple[FloatArray, FloatArray]]
) -> None:
    assert getattr(measurement_error(*scores[scale]), attribute) == pytest.approx(ICC[scale][cell], rel=CLOSED_FORM)


@every_scale
def test_every_scales_limits_of_agreement_and_shift_agree_with_r(
    scale: str, scores: dict[str, tuple[FloatArray, FloatArray]]
) -> None:
    expected, found = ICC[scale], measurement_error(*scores[scale])
    limits = found.limits_of_agreement
    assert found.bias == pytest.approx(expected["ba"]["mean_diff"], rel=CLOSED_FORM)
    assert found.sd_difference == pytest.approx(expected["ba"]["sd_diff"], rel=CLOSED_FORM)
    assert [limits.low, limits.high] == pytest.approx(expected["ba"]["loa"], rel=CLOSED_FORM)
    t, p = expected["paired_t"]
    assert found.bias / (found.sd_difference / math.sqrt(found.n)) == pytest.approx(t, rel=CLOSED_FORM)
    assert found.bias_p == pytest.approx(p, rel=CLOSED_FORM)


@every_scale
def test_sem_from_the_icc_for_agreement_is_nearly_that_of_the_differences(
    scale: str, scores: dict[str, tuple[FloatArray, FloatArray]]
) -> None:
    expected, found = ICC[scale], measurement_error(*scores[scale])
    # R's third SEM is sd * sqrt(1 - ICC(A,1)) with the pooled sd of the occasions: another estimator, equal but for terms of
    # order 1 / n to the one that is reported.
    agreement = intraclass_correlation(np.column_stack(scores[scale])).icc_a1.coefficient
    pooled = math.sqrt((found.sd_first**2 + found.sd_second**2) / 2)
    assert pooled * math.sqrt(1 - agreement) == pytest.approx(expected["SEM_from_icc21"], rel=CLOSED_FORM)
    assert found.sem_agreement == pytest.approx(expected["SEM_from_icc21"], rel=5e-3)


@every_scale
def test_the_occasions_correlate_as_in_r(scale: str, scores: dict[str, tuple[FloatArray, FloatArray]]) -> None:
    both = np.column_stack(scores[scale])
    assert pearson_correlation(both).matrix[0, 1] == pytest.approx(ICC[scale]["pearson"], rel=CLOSED_FORM)
    ranks = rankdata(both, axis=0)
    assert pearson_correlation(ranks).matrix[0, 1] == pytest.approx(ICC[scale]["spearman"], rel=CLOSED_FORM)


@every_item
def test_every_items_kappa_agrees_with_psych(item: str, occasions: tuple[FloatArray, FloatArray]) -> None:
    expected, place = KAPPA[item], ITEMS.index(item)
    first, second = occasions[0][:, place], occasions[1][:, place]
    quadratic = weighted_kappa(first, second)
    assert quadratic.n == expected["n"]
    np.testing.assert_array_equal(quadratic.counts, np.array(expected["table"])[: len(quadratic.counts)])
    assert quadratic.coefficient == pytest.approx(expected["weighted_quadratic"], rel=CLOSED_FORM)
    linear = weighted_kappa(first, second, "linear").coefficient
    assert linear == pytest.approx(expected["linear_weighted"], rel=CLOSED_FORM)
    plain = weighted_kappa(first, second, "unweighted")
    assert plain.coefficient == pytest.approx(expected["kappa"], rel=CLOSED_FORM)
    assert plain.standard_error**2 == pytest.approx(expected["var_kappa"], rel=CLOSED_FORM)
    # psych's 1.96 is exact; only its weighted intervals are wrong.
    low, _, high = expected["ci"]["values"][0]
    assert [plain.interval.low, plain.interval.high] == pytest.approx([low, high], rel=CLOSED_FORM)


@every_item
@pytest.mark.parametrize(
    ("weights", "theirs"), [("quadratic", "quadratic"), ("linear", "linear"), ("unweighted", None)]
)
def test_every_items_interval_agrees_with_statsmodels(item: str, weights: Any, theirs: str | None) -> None:
    counts = np.array(KAPPA[item]["table"])
    expected, found = cohens_kappa(counts, wt=theirs), kappa_of_counts(counts, weights)
    assert found.coefficient == pytest.approx(expected.kappa, rel=CLOSED_FORM)
    assert found.standard_error == pytest.approx(expected.std_kappa, rel=CLOSED_FORM)
    ends = [found.interval.low, found.interval.high]
    assert ends == pytest.approx([expected.kappa_low, expected.kappa_upp], rel=CLOSED_FORM)
    assert found.z == pytest.approx(expected.z_value, rel=CLOSED_FORM)
    assert found.p == pytest.approx(expected.pvalue_two_sided, rel=1e-8, abs=1e-300)


def test_the_report_says_the_same_as_its_parts(occasions: tuple[FloatArray, FloatArray]) -> None:
    first, second = (pd.DataFrame(answers, columns=ITEMS) for answers in occasions)
    scales = {scale: [f"q{number:02d}" for number in items] for scale, items in SCALES.items()}
    report = retest_report(first, second, scales=scales, stable=None, days=None, minimum_answered=0.0)
    assert report.n == 200
    for scale in report.scales:
        expected = ICC[scale.scale]
        assert isinstance(scale.icc, IntraclassCorrelation)
        assert scale.icc.icc_a1.coefficient == pytest.approx(expected["icc"]["results"]["ICC"][1], rel=CLOSED_FORM)
    for item in report.items:
        assert getattr(item.kappa, "coefficient", None) == pytest.approx(
            KAPPA[item.item]["weighted_quadratic"], rel=CLOSED_FORM
        )
