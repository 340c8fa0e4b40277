"""Every option of every public function and method refuses what it cannot mean, in a sentence, and says which it takes.

Each callable has one small valid call. Then each of its parameters in turn is given each of the same nonsense: an
`AnalysisError` has to come, but for the values that `ACCEPTED` says it takes, with the reason. A new function or a new option is
asked without being written down anywhere: a function without a valid call fails, and so does an option that takes everything.
"""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import analysis
from analysis import (
    AnalysisError,
    CorrelationMatrix,
    PairwiseTables,
    ResponseModel,
    ScoreSums,
    UnitMoments,
    alpha_from_covariance,
    confirm_factors,
    explore_factors,
    factor_score_weights,
    generalizability,
    measurement_invariance,
    mixed_scores,
    read_item_responses,
    unit_reliability,
    unit_scores,
)


class Thing:
    """Something that no option can mean."""

    def __repr__(self) -> str:
        return "a thing"


NONSENSE: dict[str, Any] = {
    "None": None,
    "True": True,
    "a number as text": "5",
    "text": "five",
    "5.5": 5.5,
    "0": 0,
    "-1": -1,
    "huge": 10**12,
    "NaN": math.nan,
    "infinity": math.inf,
    "no list": [],
    "a list of text": ["five", "six"],
    "a table": [[1.0, 2.0], [3.0, 4.0]],
    "no mapping": {},
    "a mapping": {"five": 5.5},
    "a complex number": 1 + 2j,
    "a thing": Thing(),
}

_RNG = np.random.default_rng(3)
_TRAITS = _RNG.standard_normal((60, 2))[:, [0, 0, 0, 1, 1, 1]] + 0.4 * _RNG.standard_normal((60, 1))
ANSWERS = np.clip(np.rint(3 + _TRAITS + 0.9 * _RNG.standard_normal((60, 6))), 1, 5)
NAMES = read_item_responses(ANSWERS).item_names
UNITS = [f"place {row % 6}" for row in range(60)]
SCORES = ANSWERS.mean(axis=1)
TWO_SCALES = {"first": list(NAMES[:3]), "second": list(NAMES[3:])}
MODEL = ResponseModel.of({"first": dict.fromkeys(NAMES[:3], 0.7), "second": dict.fromkeys(NAMES[3:], 0.6)})
SOLUTION = explore_factors(ANSWERS, 2, correlation="pearson")
FIT = confirm_factors(TWO_SCALES, ANSWERS, estimator="ML")
HALVES = ["first" if row % 2 else "second" for row in range(60)]
INVARIANCE = measurement_invariance(TWO_SCALES, ANSWERS, HALVES, estimator="ML")
PLACES = unit_scores(SCORES, UNITS)
MIXED = mixed_scores(SCORES, UNITS)

VALID: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {}


def _valid(function: Callable[..., Any], **given: Any) -> None:
    VALID[function.__qualname__] = (function, given)


def _fill() -> None:
    a = analysis
    rows = {"item_responses": ANSWERS}
    by_unit = {**rows, "unit": UNITS}
    covariance = {"covariance": np.cov(ANSWERS.T)}
    _valid(a.alpha_from_covariance, **covariance)
    _valid(a.bartlett_sphericity, **rows)
    _valid(a.bootstrap_interval, statistic=alpha_from_covariance, **by_unit, n_resamples=100)
    _valid(a.bootstrap_intervals, statistics={"alpha": alpha_from_covariance}, **by_unit, n_resamples=100)
    _valid(a.careless_responding, **rows)
    _valid(a.confirm_factors, model=TWO_SCALES, **rows, estimator="ML")
    _valid(a.content_validity, ratings=np.minimum(ANSWERS, 4))
    _valid(a.criterion_validity, score=SCORES, outcome=(SCORES > 3) * 1.0)
    _valid(a.cronbach_alpha, **rows)
    _valid(a.describe_items, **rows)
    _valid(a.differential_item_functioning, **rows, group=["a", "b", "b"] * 20, minimum_group=10)
    _valid(a.discriminant_validity, fit=FIT)
    _valid(a.explore_factors, **rows, n_factors=2, correlation="pearson")
    _valid(a.factor_score_weights, solution=SOLUTION)
    _valid(a.funnel_limits, scores=PLACES)
    _valid(a.generalizability, ratings=ANSWERS, unit=UNITS)
    _valid(a.gmc_flags, scores=SCORES, unit=UNITS)
    _valid(a.graded_response, **rows)
    _valid(a.guttman_lambdas, **rows)
    _valid(a.intraclass_correlation, ratings=ANSWERS)
    _valid(a.kappa_of_counts, counts=[[10, 2], [3, 12]])
    _valid(a.known_groups, score=SCORES, group=UNITS)
    _valid(a.mcdonald_omega, **rows)
    _valid(a.measurement_invariance, model=TWO_SCALES, **rows, group=HALVES, estimator="ML")
    _valid(a.measurement_error, first=SCORES, second=SCORES[::-1])
    _valid(a.minimum_average_partial, **rows)
    _valid(a.mixed_scores, scores=SCORES, unit=UNITS)
    _valid(a.omega_from_covariance, **covariance)
    _valid(a.ordinal_alpha, **rows)
    _valid(a.parallel_analysis, **rows, correlation="pearson", n_draws=20)
    _valid(a.pearson_correlation, **rows)
    _valid(a.polychoric_correlation, **rows)
    _valid(a.posterior_flags, scores=PLACES, below=3.0)
    _valid(a.read_item_responses, **rows)
    _valid(a.responsiveness, first=SCORES, second=SCORES[::-1], change=ANSWERS[:, 0] - 3)
    _valid(a.retest_report, first=ANSWERS, second=ANSWERS, scales=TWO_SCALES, stable=None, days=None)
    _valid(a.sampling_adequacy, **rows)
    _valid(a.scale_scores, **rows)
    _valid(a.schmid_leiman, solution=SOLUTION)
    _valid(a.second_opinion, solution=SOLUTION)
    _valid(a.simulate_responses, model=MODEL, n=30, seed=1)
    _valid(a.split_half, **rows)
    _valid(a.subscore_value, **rows, scales=TWO_SCALES)
    _valid(a.unit_reliability, scores=SCORES, unit=UNITS)
    _valid(a.unit_scores, scores=SCORES, unit=UNITS)
    _valid(a.weighted_kappa, first=ANSWERS[:, 0], second=ANSWERS[:, 1])
    _valid(a.within_between_correlation, **by_unit)
    _valid(a.within_group_agreement, **by_unit, categories=5, n_resamples=20)
    # The methods that take options.
    _valid(FIT.modification_indices)
    _valid(FIT.factor_scores)
    _valid(CorrelationMatrix.from_matrix, matrix=np.corrcoef(ANSWERS.T), n=60)
    correlations = a.pearson_correlation(ANSWERS)
    _valid(correlations.select, items=NAMES[:3])
    _valid(correlations.smooth)
    _valid(factor_score_weights(SOLUTION).scores, item_responses=ANSWERS)
    _valid(a.funnel_limits(PLACES).limits_at, n=[5, 10])
    _valid(generalizability(ANSWERS, UNITS).decision_study, n_items=5)
    graded = a.graded_response(ANSWERS)
    _valid(graded.information, theta=[-1.0, 1.0])
    _valid(graded.probabilities, theta=[-1.0, 1.0])
    _valid(graded.scores, item_responses=ANSWERS)
    _valid(graded.item_fit, item_responses=ANSWERS)
    _valid(graded.residual_correlations, item_responses=ANSWERS)
    tables = PairwiseTables.from_responses(ANSWERS)
    _valid(PairwiseTables.from_responses, **rows)
    _valid(PairwiseTables.from_batches, batches=[ANSWERS])
    _valid(tables.merge, other=tables)
    _valid(tables.select, items=NAMES[:3])
    _valid(UnitMoments.from_responses, **by_unit)
    _valid(UnitMoments.from_batches, batches=[(ANSWERS, UNITS)])
    moments = UnitMoments.from_responses(ANSWERS, UNITS)
    _valid(moments.merge, other=moments)
    _valid(moments.score_sums)
    _valid(ScoreSums.from_scores, scores=SCORES, unit=UNITS)
    _valid(ScoreSums.from_sums, unit=["a", "b"], n=[2, 3], total=[4.0, 6.0], sum_of_squares=[10.0, 14.0])
    _valid(ResponseModel.of, loadings={"first": dict.fromkeys(NAMES[:3], 0.7)})
    reliability = unit_reliability(SCORES, UNITS)
    _valid(reliability.of, n=5)
    _valid(reliability.n_for, reliability=0.7)
    _valid(reliability.sd_intervals)
    for places in (PLACES, MIXED):
        _valid(places.probability_below, threshold=3.0)
        _valid(places.probability_above, threshold=3.0)
        _valid(places.probability_in_lowest, share=0.1)
    cells = a.CaseMixCells.of(["a", "a", "b", "b"], {"group": ["x", "y", "x", "y"]})
    sums: dict[str, Any] = {"n": [8, 2, 2, 8], "total": [480, 160, 120, 620], "sum_of_squares": 110_000.0}
    adjusted = a.case_mix_scores(cells, **sums)
    _valid(a.case_mix_scores, cells=cells, **sums)
    _valid(a.CaseMixCells.of, unit=["a", "b"], covariates={"group": ["x", "y"]})
    by_code = {"group": (["x", "y"], np.array([0, 1]))}
    _valid(a.CaseMixCells.of_codes, unit=["a", "b"], code=np.array([0, 1]), covariates=by_code)
    _valid(adjusted.probability_below, threshold=60.0)
    _valid(adjusted.probability_in_lowest, share=0.1)
    _valid(analysis.FactorModel.of, model=TWO_SCALES)
    _valid(analysis.FactorModel.of(TWO_SCALES).items_of, factor="first")
    _valid(analysis.FactorModel.of(TWO_SCALES).without, items=["item_1"])
    _valid(INVARIANCE.reached)
    _valid(INVARIANCE.step, name="metric")
    _valid(INVARIANCE.steps[1].equality_tests)


_fill()

ACCEPTED: dict[str, set[str]] = {
    # A pattern of "callable.option", or of "*.option", with the nonsense that is none there.
    "*.seed": {"0", "huge"},
    "case_mix_scores.sum_of_squares": {"huge"},
    "CaseMixCells.of.unit": {"a list of text"},  # two units, by chance as many as there are labels
    "CaseMixCells.of.covariates": {"no mapping"},  # nothing to take out: as unit_scores
    "CaseMixCells.of_codes.unit": {"a list of text"},
    "CaseMixCells.of_codes.covariates": {"no mapping"},
    "confirm_factors.seed": {"None", "0", "huge"},  # needed with gamma_rows alone
    "*.categories": {"None"},  # the largest answer found
    "content_validity.categories": set(),
    "within_group_agreement.categories": set(),
    "*.item_responses": {"a table"},  # two respondents and two items
    "*.ratings": {"a table"},
    "*.counts": {"a table"},
    "*.minimum_share": {"0"},
    "*.minimum_answered": {"0"},
    "bootstrap_interval.unit": {"None"},
    "bootstrap_intervals.unit": {"None"},
    "careless_responding.scales": {"None"},
    "confirm_factors.missing": {"None"},
    "confirm_factors.group": {"None"},
    "confirm_factors.cluster": {"None"},
    "confirm_factors.orthogonal": {"True"},
    "confirm_factors.equal": {"no list"},
    "confirm_factors.release": {"no list"},
    "confirm_factors.gamma_rows": {"None"},
    "criterion_validity.positive_from": {"None"},
    "differential_item_functioning.scale": {"None"},
    "differential_item_functioning.purify": {"True"},
    "differential_item_functioning.smallest_change": {"0"},
    "differential_item_functioning.reference": {"None"},
    "explore_factors.n": {"None"},
    "explore_factors.kaiser": {"None", "True"},
    "explore_factors.gamma": {"0", "-1"},
    "explore_factors.power": {"5.5"},
    "explore_factors.random_starts": {"None", "0"},
    "funnel_limits.target": {"None", "5.5", "0", "-1", "huge"},
    "funnel_limits.winsorise": {"0"},
    "funnel_limits.overdispersion": {"True"},
    "generalizability.unit": {"None"},
    "generalizability.ratings": set(),  # other rows than units
    "generalizability.design": {"None"},
    "generalizability.of": {"None"},
    "generalizability.fixed_items": {"True"},
    "gmc_flags.benchmark": {"None"},
    "gmc_flags.minimum": {"huge"},  # all units are too small
    "graded_response.n_nodes": {"None"},
    "kappa_of_counts.notes": {"no list", "a list of text"},
    "known_groups.expected": {"None"},
    "measurement_invariance.missing": {"None"},
    "measurement_invariance.cluster": {"None"},
    "measurement_invariance.release": {"no list"},
    "measurement_invariance.orthogonal": {"True"},
    "measurement_invariance.gamma_rows": {"None"},
    "measurement_invariance.seed": {"None", "0", "huge"},
    "mixed_scores.covariates": {"None", "no mapping"},
    "mixed_scores.levels": {"None", "no mapping"},
    "mixed_scores.reference": {"None", "no mapping"},
    "mixed_scores.part_of_score": {"None", "no list"},
    "polychoric_correlation.empty_cells": {"0"},
    "posterior_flags.below": {"5.5", "0", "-1", "huge"},
    "posterior_flags.lowest": {"None"},
    "posterior_flags.fallen_since": {"None"},
    "posterior_flags.margin": {"5.5", "0", "huge"},
    "posterior_flags.false_share_at_most": {"None"},
    "read_item_responses.minimum_items": {"0"},
    "read_item_responses.minimum_respondents": {"0"},
    "read_item_responses.allow_constant": {"True"},
    "read_item_responses.allow_empty": {"True"},
    "read_item_responses.allow_codes": {"True"},
    "retest_report.stable": {"None"},
    "retest_report.days": {"None"},
    "simulate_responses.unit": {"None"},
    "simulate_responses.unit_shift": {"None"},
    "simulate_responses.person_shift": {"None"},
    "simulate_responses.group": {"None"},
    "simulate_responses.dif": {"no list"},
    "simulate_responses.missing": {"0"},
    "simulate_responses.straight_lining": {"0"},
    "simulate_responses.retest": {"None"},
    "unit_scores.intervals": {"True"},
    "within_group_agreement.null_variance": {"None", "5.5", "huge"},
    "ConfirmatoryFit.modification_indices.minimum": {"5.5", "0", "huge"},
    "ConfirmatoryFit.modification_indices.largest": {"None", "huge"},
    "CorrelationMatrix.from_matrix.n": {"huge"},
    "CorrelationMatrix.from_matrix.item_names": {"None"},
    "FunnelLimits.limits_at.n": {"5.5", "huge", "no list"},
    "Generalizability.decision_study.n_items": {"None", "5.5", "huge", "a table"},
    "Generalizability.decision_study.n_persons": {"None", "5.5", "huge", "a table"},
    "GradedResponse.information.theta": {"5.5", "0", "-1", "huge", "no list"},
    "GradedResponse.probabilities.theta": {"5.5", "0", "-1", "huge", "no list"},
    "ScoreSums.from_sums.unit": {"a list of text"},
    "ScoreSums.from_sums.n_missing": {"0", "huge"},
    "FactorModel.without.items": {"no list"},
    "InvarianceStep.equality_tests.minimum": {"5.5", "0", "huge"},
    "InvarianceStep.equality_tests.largest": {"None", "huge"},
    "ResponseModel.of.within": {"0", "-1"},
    "ResponseModel.of.between": {"0", "-1"},
    "ResponseModel.of.latent_icc": {"0"},
    "UnitReliability.of.n": {"5.5", "0", "huge", "no list", "a table"},
    "*.threshold": {"5.5", "0", "-1", "huge"},
}
TOO_FEW_ITEMS = {
    "bartlett_sphericity", "bootstrap_interval", "bootstrap_intervals", "careless_responding", "confirm_factors",
    "cronbach_alpha", "differential_item_functioning", "explore_factors", "graded_response", "guttman_lambdas",
    "mcdonald_omega", "measurement_invariance",
    "minimum_average_partial",
    "parallel_analysis", "sampling_adequacy", "split_half", "subscore_value", "within_between_correlation",
    "within_group_agreement", "FactorScoreWeights.scores", "GradedResponse.scores", "GradedResponse.item_fit",
    "GradedResponse.residual_correlations", "UnitMoments.from_responses",
}  # fmt: skip
"""Those that need more than two respondents, two items or no units: a table of two by two is too small."""

INSIDE = {
    "AnalysisError.about",
    "CorrelationMatrix.check_positive_definite",
    "Moments.from_sums",
    "PairwiseTables.from_codes",
    "ParameterEstimates.of",
    "ParameterEstimates.rows",
    "ResidualFit.of",
}
"""Methods that the library calls, with what it has made itself."""


FROM_SUMS = {
    "nested_unit_scores",
    "part_sums",
    "unit_group_interaction",
    "PartSums.interval",
    "UnitGroupInteraction.from_cells",
    "UnitGroupInteraction.spread",
}
"""Units made of parts, and groups at units: held by their own tests, and not asked option by option yet."""

OF_REPORTS = {
    "validation_report",
    "ReportSection.from_document",
    "ReportSection.to_document",
    "ValidationReport.section",
}
"""What calls nearly all of the others, too slow to be asked option by option, and what writes and reads it."""


def _options() -> list[tuple[str, str]]:
    return [
        (name, option) for name, (function, _) in VALID.items() for option in inspect.signature(function).parameters
    ]


def _accepted(name: str, option: str) -> set[str]:
    if option == "item_responses" and name in TOO_FEW_ITEMS:
        return set()
    return ACCEPTED.get(f"{name}.{option}", ACCEPTED.get(f"*.{option}", set()))


def _needed(name: str) -> set[str]:
    """Give the public functions, or the methods of public classes that take options, of one name."""
    found = getattr(analysis, name)
    if inspect.isfunction(found):
        return {name}
    if not inspect.isclass(found):
        return set()
    methods = {
        f"{owner.__name__}.{method}": getattr(owner, method)
        for owner in found.__mro__
        if owner.__module__.startswith("analysis")
        for method in vars(owner)
        if not method.startswith("_") and method != "plot"  # pictures have a test of their own
    }
    return {method for method, function in methods.items() if callable(function) and _takes_options(function)}


def _takes_options(function: Callable[..., Any]) -> bool:
    return bool(set(inspect.signature(function).parameters) - {"self"})


def test_every_public_function_and_method_with_options_is_asked() -> None:
    needed = set().union(*map(_needed, analysis.__all__))
    assert needed - INSIDE - OF_REPORTS - FROM_SUMS == set(VALID)


@pytest.mark.parametrize("name", [name for name in VALID if name != "second_opinion"])  # whose import takes seconds
def test_the_valid_call_is_valid(name: str) -> None:
    function, given = VALID[name]
    function(**given)


@pytest.mark.parametrize(("name", "option"), _options())
def test_an_option_refuses_in_words_whatever_it_cannot_mean(name: str, option: str) -> None:
    function, given = VALID[name]
    taken: set[str] = set()
    said: list[str] = []
    for label, value in NONSENSE.items():
        try:
            function(**{**given, option: value})
        except AnalysisError as error:
            said += error.problems
        else:
            taken.add(label)
    assert taken == _accepted(name, option)
    assert [problem for problem in said if not problem.strip() or "\n" in problem] == []


def test_no_entry_of_what_is_accepted_is_out_of_date() -> None:
    options = {f"{name}.{option}" for name, option in _options()} | {f"*.{option}" for _, option in _options()}
    assert set(ACCEPTED) <= options
    assert set(VALID) >= TOO_FEW_ITEMS


def test_several_options_are_named_at_once() -> None:
    with pytest.raises(AnalysisError) as refused:
        analysis.within_group_agreement(ANSWERS, UNITS, categories=5.5, n_resamples=0, ci=95, seed="x")  # type: ignore[arg-type]
    assert len(refused.value.problems) == 4


@pytest.mark.parametrize(
    ("statistic", "said"),
    [
        (lambda matrices: matrices[:, 0], r"the statistic gave \(100, 6\) numbers for 100 covariance matrices"),
        (lambda matrices: 1 / 0, "the statistic cannot take a stack of covariance matrices.*ZeroDivisionError"),
        (lambda matrices: ["high"] * len(matrices), "what the statistic gives must be numbers"),
        (lambda matrices: None, "what the statistic gives must be numbers"),
    ],
)
def test_a_statistic_that_does_not_give_one_number_a_matrix_is_refused(
    statistic: Callable[[Any], Any], said: str
) -> None:
    with pytest.raises(AnalysisError, match=said):
        analysis.bootstrap_interval(statistic, ANSWERS, n_resamples=100)


@pytest.mark.parametrize("name", [name for name, (_, given) in VALID.items() if given.get("unit") is UNITS])
@pytest.mark.parametrize("n", [59, 61])
def test_units_of_more_or_fewer_people_than_there_are_rows_are_refused(name: str, n: int) -> None:
    function, given = VALID[name]
    with pytest.raises(AnalysisError, match=f"60 people came with {n} units"):
        function(**{**given, "unit": (UNITS * 2)[:n]})


@pytest.mark.parametrize(
    ("scales", "said"),
    [
        ({"a": [*NAMES[:2], NAMES[0]], "b": NAMES[3:]}, "scale a has item item_1 twice"),
        ({"a": "item_1", "b": NAMES[3:]}, "the items of scale a are a list of names, not 'item_1'"),
        ({"a": ["item_1", "q9"], "b": NAMES[3:]}, "scale a has items without answers: q9"),
        ({"a": [], "b": NAMES[3:]}, "scale a has no items"),
        ([NAMES], "scales is a mapping of each scale's name to the names of its items"),
    ],
)
@pytest.mark.parametrize("name", ["careless_responding", "retest_report", "subscore_value"])
def test_scales_are_read_alike_wherever_there_are_several(name: str, scales: Any, said: str) -> None:
    function, given = VALID[name]
    with pytest.raises(AnalysisError, match=said):
        function(**{**given, "scales": scales})


def test_options_take_numpys_numbers_as_they_take_pythons() -> None:
    whole: Any = np.int64(5)
    level: Any = np.float32(0.9)
    switch: Any = np.bool_(True)
    groups: Any = np.unique(UNITS)
    analysis.within_group_agreement(ANSWERS, UNITS, categories=whole, n_resamples=whole, ci=level, seed=whole)
    analysis.explore_factors(ANSWERS, np.int64(2), correlation="pearson", kaiser=switch)  # type: ignore[arg-type]
    analysis.known_groups(SCORES, np.array(UNITS), expected=groups)
