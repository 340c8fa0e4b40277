"""What holds of every estimate, whatever the answers: order, keying, splits of the rows, bounds.

Results are compared field by field, so that a field added to a result is asked too.
"""

import dataclasses
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

import analysis as a
from analysis import AnalysisError, Interval, PairwiseTables, UnitMoments

Array = NDArray[np.float64]

# Numbers of rows, items, units and categories that all differ: an axis is known by its length.
N, P, UNITS, CATEGORIES = 61, 6, 7, 4
NAMES = [f"q{place}" for place in range(P)]
SCALES = {"first": NAMES[:3], "second": NAMES[3:]}
LABELS = [f"ward {row % UNITS}" for row in range(N)]

seeds = st.integers(0, 10_000)


def _answers(seed: int, gaps: float = 0.03) -> pd.DataFrame:
    """Draw answers of two traits in units that differ a little, with gaps."""
    rng = np.random.default_rng(seed)
    traits = rng.standard_normal((N, 2)) + 0.5 * rng.standard_normal((N, 1))
    traits += 0.4 * rng.standard_normal((UNITS, 1))[np.arange(N) % UNITS]
    latent = traits[:, [0, 0, 0, 1, 1, 1]] + 0.8 * rng.standard_normal((N, P))
    answers = np.searchsorted([-1.0, 0.0, 1.0], latent) + 1.0
    answers[:CATEGORIES] = np.arange(1, CATEGORIES + 1)[:, None]  # every option of every item is chosen
    answers[CATEGORIES:][rng.random((N - CATEGORIES, P)) < gaps] = np.nan
    return pd.DataFrame(answers, columns=NAMES)


OF_ANSWERS: dict[str, Callable[[pd.DataFrame, list[str]], Any]] = {
    "describe_items": lambda x, u: a.describe_items(x),
    "pearson_correlation": lambda x, u: a.pearson_correlation(x),
    "polychoric_correlation": lambda x, u: a.polychoric_correlation(x),
    "sampling_adequacy": lambda x, u: a.sampling_adequacy(x),
    "bartlett_sphericity": lambda x, u: a.bartlett_sphericity(x),
    "minimum_average_partial": lambda x, u: a.minimum_average_partial(x),
    "cronbach_alpha": lambda x, u: a.cronbach_alpha(x),
    "ordinal_alpha": lambda x, u: a.ordinal_alpha(x),
    "linear omega": lambda x, u: a.mcdonald_omega(x),
    "categorical omega": lambda x, u: a.mcdonald_omega(x, kind="categorical"),
    "guttman_lambdas": lambda x, u: a.guttman_lambdas(x),
    "split_half": lambda x, u: a.split_half(x),
    "explore_factors": lambda x, u: a.explore_factors(x, 1, "pearson"),
    "careless_responding": lambda x, u: a.careless_responding(x),
    "subscore_value": lambda x, u: a.subscore_value(x, SCALES),
    "scale_scores": lambda x, u: a.scale_scores(x),
    "intraclass_correlation": lambda x, u: a.intraclass_correlation(x),
    "generalizability": lambda x, u: a.generalizability(x, u),
    "content_validity": lambda x, u: a.content_validity(x),
    "within_between_correlation": lambda x, u: a.within_between_correlation(x, u),
    "within_group_agreement": lambda x, u: a.within_group_agreement(x, u, categories=CATEGORIES, n_resamples=5),
    "graded_response": lambda x, u: a.graded_response(x),
    "differential_item_functioning": lambda x, u: a.differential_item_functioning(
        x, ["some" if label < "ward 3" else "others" for label in u], minimum_group=10, reference="some"
    ),
    "confirm_factors ML": lambda x, u: a.confirm_factors(SCALES, x, estimator="ML").fit,
    "confirm_factors WLSMV": lambda x, u: a.confirm_factors(SCALES, x, estimator="WLSMV", missing="pairwise").fit,
}
"""Functions of answers and the units of their rows."""

ITERATIVE = {"graded_response": 2e-3, "differential_item_functioning": 1e-5, "confirm_factors ML": 1e-4,
             "confirm_factors WLSMV": 1e-4, "explore_factors": 1e-5, "linear omega": 1e-5, "categorical omega": 1e-5,
             "polychoric_correlation": 1e-7, "ordinal_alpha": 1e-7}  # fmt: skip
"""How nearly two searches for the same end at it, where it is not to rounding."""

# Which of equal splits is found first, what stands beside what, which of draws falls to which unit; and words.
BY_ORDER = {
    "lambda4_half", "maximum_half", "minimum_half", "odd_even", "odd_even_correlation", "longest_run", "even_odd",
    "straight_lining", "straight_lining_share", "straight_lining_interval", "random_band", "random_below",
    "random_share_customary", "notes", "method", "iterations", "rounds", "calibration", "models", "effects",
    "DifferentialItemFunctioning.group", "n_people", "effect_errors",  # the group met first stands first
}  # fmt: skip

BY_COMPONENT = (".values", ".fourth_powers", ".mu")
"""Of so many components or terms, not of items, though there are as many."""


def _same(found: Any, expected: Any, moved: dict[int, Any], tolerance: float, left_out: set[str], at: str = "") -> None:
    """Hold a result to another, each axis of a length in `moved` brought into the order given there."""
    if dataclasses.is_dataclass(expected):
        for field in dataclasses.fields(expected):
            if not {field.name, f"{type(expected).__name__}.{field.name}"} & left_out:
                parts = getattr(found, field.name), getattr(expected, field.name)
                _same(*parts, moved, tolerance, left_out, f"{at}.{field.name}")
    elif isinstance(expected, tuple | list):
        assert len(found) == len(expected), at
        order = moved.get(len(expected), range(len(expected)))
        for place, part in zip(order, found, strict=True):
            _same(part, expected[place], moved, tolerance, left_out, f"{at}[{place}]")
    elif isinstance(expected, np.ndarray) and expected.dtype.kind in "fiu":
        for axis, length in enumerate(expected.shape):
            if not at.endswith(BY_COMPONENT):
                expected = np.take(expected, moved.get(length, range(length)), axis=axis)
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=at)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=tolerance, abs=tolerance, nan_ok=True), at
    elif isinstance(expected, int | str | np.ndarray):
        assert np.array_equal(found, expected), at


of_answers = pytest.mark.parametrize("name", OF_ANSWERS)


@of_answers
@given(seed=seeds, order=st.permutations(range(P)))
@settings(max_examples=3)
def test_items_in_another_order_have_the_same_figures_in_that_order(name: str, seed: int, order: list[int]) -> None:
    answers = _answers(seed)
    expected = OF_ANSWERS[name](answers, LABELS)
    found = OF_ANSWERS[name](answers.iloc[:, order], LABELS)
    _same(found, expected, {P: order}, ITERATIVE.get(name, 1e-8), BY_ORDER)


@of_answers
@given(seed=seeds)
@settings(max_examples=3)
def test_respondents_in_another_order_change_nothing(name: str, seed: int) -> None:
    answers, order = _answers(seed), np.random.default_rng(seed).permutation(N)
    labels = [LABELS[row] for row in order]
    of_units = [list(dict.fromkeys(LABELS)).index(label) for label in dict.fromkeys(labels)]
    moved = {N: order, UNITS: of_units}
    expected, found = OF_ANSWERS[name](answers, LABELS), OF_ANSWERS[name](answers.iloc[order], labels)
    _same(found, expected, moved, ITERATIVE.get(name, 1e-8), BY_ORDER)


# What says where answers lie, and which option is which.
BY_PLACE = {
    "mean", "median", "skewness", "floor", "ceiling", "frequencies", "thresholds", "threshold_errors", "intercepts",
    "intercept_errors", "i_cvi", "counts",
    "srmr_mplus_all",  # compares means in units of the observed and of the implied sd, so that it depends on where they lie
}  # fmt: skip
PLACED = {"scale_scores", "content_validity", "confirm_factors WLSMV", "graded_response"}


@pytest.mark.parametrize("name", sorted(set(OF_ANSWERS) - PLACED))
@given(seed=seeds)
@settings(max_examples=2)
def test_turning_all_items_round_or_counting_from_2_changes_no_figure_but_where_they_lie(name: str, seed: int) -> None:
    answers = _answers(seed)
    expected = OF_ANSWERS[name](answers, LABELS)
    turned = [CATEGORIES + 1 - answers]
    if name != "within_group_agreement":  # told how many options there are
        turned.append(answers + 1)
    for other in turned:
        _same(OF_ANSWERS[name](other, LABELS), expected, {}, ITERATIVE.get(name, 1e-8), BY_PLACE | BY_ORDER)


SCORES: dict[str, tuple[Callable[[Array, Array], Any], set[str]]] = {
    # With what moves or stretches with the score.
    "known_groups": (
        lambda first, second: a.known_groups(first, LABELS),
        {"mean", "sd", "difference_interval", "GroupDifference.difference", "KnownGroups.interval"},
    ),
    "criterion_validity": (lambda first, second: a.criterion_validity(first, second > 0), {"cut_off"}),
    "criterion_validity of categories": (
        lambda first, second: a.criterion_validity(first, np.searchsorted([-0.5, 0.5], second), positive_from=1),
        {"cut_off"},
    ),
    "funnel_limits": (
        lambda first, second: a.funnel_limits(a.unit_scores(first, LABELS)),
        {"mean", "low", "high", "target", "sd_within", "tau2"},
    ),
    "gmc_flags": (
        lambda first, second: a.gmc_flags(first, LABELS),
        {"mean", "interval", "quartiles", "benchmark_mean", "benchmark_interval"},
    ),
    "posterior_flags": (
        lambda first, second: a.posterior_flags(a.unit_scores(first, LABELS), lowest=0.2),
        {"cut", "question"},
    ),
}


@pytest.mark.parametrize("name", SCORES)
@given(seed=seeds, shift=st.floats(-100, 100), scale=st.floats(0.1, 50))
@settings(max_examples=3)
def test_another_unit_of_the_score_changes_no_comparison(name: str, seed: int, shift: float, scale: float) -> None:
    compared, moving = SCORES[name]
    rng = np.random.default_rng(seed)
    second = rng.standard_normal(N)
    first = second + rng.standard_normal(N) + 0.5 * rng.standard_normal(UNITS)[np.arange(N) % UNITS]
    moving = moving | {"notes", "method", "iterations"}
    _same(compared(shift + scale * first, second), compared(first, second), {}, 1e-6, moving)


@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
@given(seed=seeds, cuts=st.lists(st.integers(0, N), max_size=4).map(sorted), order=st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_parts_of_the_rows_merged_in_any_order_are_the_whole_to_the_bit(
    missing: Any, seed: int, cuts: list[int], order: Any
) -> None:
    answers = _answers(seed, gaps=0.1)
    ends = [0, *cuts, N]
    parts = [slice(*two) for two in pairwise(ends) if two[0] < two[1]]
    order.shuffle(parts)
    tables = [PairwiseTables.from_responses(answers.iloc[part], CATEGORIES, missing=missing) for part in parts]
    units = [UnitMoments.from_responses(answers.iloc[part], LABELS[part], missing=missing) for part in parts]
    while len(parts) > 1:  # two neighbours at a time, wherever they stand
        place = order.randrange(len(parts) - 1)
        for states in (tables, units):
            states[place : place + 2] = [states[place] + states[place + 1]]
        parts.pop()
    whole = PairwiseTables.from_responses(answers, CATEGORIES, missing=missing)
    assert_array_equal(tables[0].counts, whole.counts)
    assert (tables[0].n_rows, tables[0].n_respondents, tables[0].n_used) == (N, whole.n_respondents, whole.n_used)
    of_units = UnitMoments.from_responses(answers, LABELS, missing=missing)
    places = [units[0].unit.index(unit) for unit in of_units.unit]
    assert_array_equal(units[0].squares, of_units.squares)
    for attribute in ("packed", "tallies"):
        assert_array_equal(getattr(units[0], attribute)[places], getattr(of_units, attribute))


# Not among them: of twenty respondents whose answers measure nothing, total_reliability and prmse_both of subscores come out
# below 0 or beyond 1, because reliabilities of subscores are estimates that may be negative.
SHARES = {
    "p", "p_holm", "p_adjusted", "p_uniform", "p_non_uniform", "p_both", "p_close", "p_not_close", "bias_p", "mahalanobis_p",
    "probability", "reliability", "marginal_reliability", "empirical_reliability",
    "UnitReliability.icc1", "auc",
    "sensitivity", "specificity", "floor", "ceiling", "share", "straight_lining_share", "share_customary",
    "random_share_customary", "false_share", "missed_share", "eta_squared", "e_rho2", "Generalizability.phi", "agreement",
    "chance_agreement", "exact_agreement", "within_one", "overall", "per_item", "i_cvi", "chance", "s_cvi_average",
    "s_cvi_universal", "total_implied", "hierarchical", "prmse_subscore", "mcfadden", "nagelkerke",
    "false_below", "false_above", "naive.cfi", "average_variance_extracted",
}  # fmt: skip
CORRELATIONS = {
    "Correlation.coefficient", "PolyserialCorrelation.coefficient", "matrix", "item_total", "item_rest", "even_odd",
    "average_correlation", "median_correlation", "odd_even_correlation", "LevelCorrelations.within", "youden",
}  # fmt: skip
AT_MOST_1 = {
    "coefficient", "standardized", "Alpha.if_deleted", "OrdinalAlpha.if_deleted", "lambda1", "lambda2", "lambda3", "lambda4",
    "lambda5", "lambda6", "SplitHalf.mean", "SplitHalf.minimum", "SplitHalf.maximum", "odd_even", "modified_kappa", "rwg_j",
    "awg", "icc1_n0", "icc1_mean_size", "icc2", "alpha_within", "omega_squared",
}  # fmt: skip
AT_LEAST_0 = {
    "sd", "standard_error", "chi_square", "tau2", "sigma2", "rmsea", "srmr", "sem_agreement", "sem_consistency",
    "sdc_individual", "sdc_group", "mahalanobis", "intra_individual_sd", "welch_f", "Omega.total",
    "average_deviation", "grand_mean_se",
}  # fmt: skip

BESIDE: dict[str, str | None] = {
    "IntraclassForm.interval": "coefficient",
    "Alpha.interval": "coefficient",
    "Kappa.interval": "coefficient",
    "Correlation.interval": "coefficient",
    "PolyserialCorrelation.interval": "coefficient",
    "RocCurve.interval": "auc",
    "GroupDifference.interval": "hedges_g",
    "KnownGroups.interval": "mean",
    "ContentValidity.interval": "i_cvi",
    "UnitScores.interval": "mean",
    "straight_lining_interval": "straight_lining_share",
    "eta_squared_interval": None,
    "GmcFlags.interval": "mean",
    "ChangeOfGroup.interval": "standardized_response_mean",
    "VarianceComponents.interval": "variance",
    "lower_limit_interval": None,
    "upper_limit_interval": None,
    "shrunken_interval": None,
    "benchmark_interval": "benchmark_mean",
}
"""The estimate that an interval is of, where it has another name, or None: shrunken scores lie beside their posterior mean,
and eta squared above its interval where F is below what chance makes."""


def _fields(result: Any, inside: str = "") -> Iterator[tuple[Any, set[str], Any]]:
    """Give every figure of a result and of those inside it: whose it is, its names, itself."""
    if isinstance(result, tuple):
        for part in result:
            yield from _fields(part, inside)
    elif dataclasses.is_dataclass(result) and not isinstance(result, Interval):
        for field in dataclasses.fields(result):
            value = getattr(result, field.name)
            yield result, {field.name, f"{type(result).__name__}.{field.name}", f"{inside}.{field.name}"}, value
            yield from _fields(value, field.name)


def _bad(found: Any) -> list[str]:
    """Name the figures that are beyond their bounds, and the intervals that do not hold their estimate."""
    bounds = [(SHARES, 0, 1), (CORRELATIONS, -1, 1), (AT_MOST_1, -np.inf, 1), (AT_LEAST_0, 0, np.inf)]
    bad = []
    for owner, names, value in _fields(found):
        name = f"{type(owner).__name__}.{min(names, key=len)} = {value}"
        for of, low, high in bounds:
            if names & of and ((np.asarray(value) < low - 1e-12) | (np.asarray(value) > high + 1e-12)).any():
                bad.append(name)
        if any(each.endswith("interval") for each in names):
            low, high = (value.low, value.high) if isinstance(value, Interval) else np.moveaxis(value, -1, 0)
            own = min(names, key=len)
            estimate = next((BESIDE[each] for each in names if each in BESIDE), own.removesuffix("_interval"))
            at = np.asarray(getattr(owner, estimate) if estimate else low)
            if estimate == "variance":  # mean squares may put one a little below 0, where no interval reaches
                at = np.maximum(at, 0.0)
            if ((low > high + 1e-12) | (low > at + 1e-9) | (at > high + 1e-9)).any():
                bad.append(f"{name}, estimate {at}")
    return bad


OF_FEW: dict[str, Callable[[pd.DataFrame, list[str]], Any]] = {
    **OF_ANSWERS,
    "confirm_factors ML": lambda x, u: a.confirm_factors({"all": NAMES}, x, estimator="ML").fit,
    "two occasions": lambda x, u: (
        *(a.weighted_kappa(x["q0"], x["q1"], kind) for kind in ("quadratic", "linear", "unweighted")),
        a.measurement_error(x["q0"], x["q1"]),
        a.responsiveness(x["q0"], x["q1"], x["q2"] - 2),
    ),
    "score and group": lambda x, u: (
        a.known_groups(x.mean(axis=1), u),
        a.criterion_validity(x.mean(axis=1), x["q0"], positive_from=3),
        a.criterion_validity(x.mean(axis=1), x["q1"]),
    ),
    "score and unit": lambda x, u: (
        scores := a.unit_scores(x.mean(axis=1), u),
        a.funnel_limits(scores),
        a.gmc_flags(x.mean(axis=1), u, minimum=2),
        a.posterior_flags(scores, below=2.5),
        a.posterior_flags(scores, lowest=0.25),
        a.generalizability(x, u, method="reml"),
    ),
}


@pytest.mark.parametrize("name", OF_FEW)
@given(seed=seeds, n=st.sampled_from([20, 35, N]), noise=st.booleans())
@settings(max_examples=4)
def test_every_figure_stays_within_its_bounds_and_in_its_interval(name: str, seed: int, n: int, noise: bool) -> None:
    # Few respondents, and answers that measure nothing, are where a coefficient runs out of its bounds.
    answers = _answers(seed)[:n]
    if noise:
        rows = np.random.default_rng(seed).integers(1, CATEGORIES + 1, (n, P)).astype(float)
        answers = pd.DataFrame(rows, columns=NAMES)
    try:
        found = OF_FEW[name](answers, LABELS[:n])
    except AnalysisError:
        return
    assert _bad(found) == []
