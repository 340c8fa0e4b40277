"""Whatever is wrong with answers, every function that takes them names the item and the reason, or says how it goes on."""

import inspect
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import analysis
from analysis import AnalysisError, alpha_from_covariance, read_item_responses

_RNG = np.random.default_rng(3)
_TRAITS = _RNG.standard_normal((60, 2))[:, [0, 0, 0, 1, 1, 1]] + 0.4 * _RNG.standard_normal((60, 1))
ANSWERS = np.clip(np.rint(3 + _TRAITS + 0.9 * _RNG.standard_normal((60, 6))), 1, 5)
NAMES = read_item_responses(ANSWERS).item_names
UNITS = [f"place {row % 6}" for row in range(60)]
SCALES = {"first": list(NAMES[:3]), "second": list(NAMES[3:])}

OPTIONS: dict[str, dict[str, Any]] = {
    "bootstrap_interval": {"statistic": alpha_from_covariance, "n_resamples": 100},
    "bootstrap_intervals": {"statistics": {"alpha": alpha_from_covariance}, "n_resamples": 100},
    "confirm_factors": {"model": SCALES},
    "content_validity": {"categories": 5},
    "differential_item_functioning": {"group": ["one", "two"] * 30, "minimum_group": 10},
    "explore_factors": {"n_factors": 2},
    "measurement_invariance": {"model": SCALES, "group": ["one", "two"] * 30, "estimator": "ML"},
    "parallel_analysis": {"n_draws": 20},
    "subscore_value": {"scales": SCALES},
    "within_between_correlation": {"unit": UNITS},
    "within_group_agreement": {"unit": UNITS, "categories": 5},
}
"""What functions need beside the answers."""


def _taking(*names: str) -> dict[str, Callable[..., Any]]:
    functions = {name: getattr(analysis, name) for name in analysis.__all__}
    return {
        name: function
        for name, function in functions.items()
        if inspect.isfunction(function) and set(names) & set(inspect.signature(function).parameters)
    }


FUNCTIONS = _taking("item_responses", "ratings")
del FUNCTIONS["validation_report"]  # which calls nearly all of the others, section by section
every_function = pytest.mark.parametrize("name", FUNCTIONS)


def _call(name: str, answers: Any, n_rows: int = 60) -> Any:
    function, options = FUNCTIONS[name], dict(OPTIONS.get(name, {}))
    for labels in {"unit", "group"} & set(options):
        options[labels] = options[labels][:n_rows]
    first = "item_responses" if "item_responses" in inspect.signature(function).parameters else "ratings"
    return function(**{first: answers}, **options)


def _with(value: Any, rows: Any = slice(None)) -> NDArray[Any]:
    """Give answers that are wrong in the second item."""
    answers = ANSWERS.copy() if not isinstance(value, str) else ANSWERS.astype(object)
    answers[rows, 1] = value
    return answers


def _said_by(result: Any) -> str:
    return "\n".join(getattr(result, "notes", ()))


ANY_NUMBERS = {
    "bartlett_sphericity", "bootstrap_interval", "bootstrap_intervals", "careless_responding", "cronbach_alpha",
    "describe_items", "generalizability", "guttman_lambdas", "intraclass_correlation", "mcdonald_omega", "measurement_invariance",
    "minimum_average_partial", "pearson_correlation", "read_item_responses", "sampling_adequacy", "scale_scores",
    "split_half", "subscore_value", "within_between_correlation",
}  # fmt: skip
"""What rests on means and covariances: any numbers will do, and there is no scale to be off."""

CONSTANT_IS_NO_HARM = {
    "careless_responding": "everybody answers alike: item_2",
    "content_validity": "",  # experts who are of one mind
    "describe_items": "constant: item_2",
    "generalizability": "",
    "intraclass_correlation": "",
    "scale_scores": "",
    "within_group_agreement": "",  # and people
}

EMPTY_IS_NO_HARM = {"careless_responding": "everybody answers alike: item_2", "scale_scores": ""}


@every_function
def test_a_constant_item_is_named(name: str) -> None:
    if name in CONSTANT_IS_NO_HARM:
        assert CONSTANT_IS_NO_HARM[name] in _said_by(_call(name, _with(3.0)))
        return
    with pytest.raises(AnalysisError, match="item_2"):
        _call(name, _with(3.0))


@every_function
def test_an_item_without_answers_is_named(name: str) -> None:
    if name in EMPTY_IS_NO_HARM:
        assert EMPTY_IS_NO_HARM[name] in _said_by(_call(name, _with(math.nan)))
        return
    with pytest.raises(AnalysisError, match="item_2"):
        _call(name, _with(math.nan))


@every_function
@pytest.mark.parametrize("value", [0.0, 2.5, -1.0])
def test_a_value_off_the_scale_is_named_with_its_row(name: str, value: float) -> None:
    if (
        name in ANY_NUMBERS and value != -1.0
    ):  # which is no number of a scale from 1 up, but a code for a missing answer
        _call(name, _with(value, rows=4))
        return
    with pytest.raises(AnalysisError, match=rf"item_2\W.*{value:g} in row 5"):
        _call(name, _with(value, rows=4))


@pytest.mark.parametrize("name", [name for name, function in _taking("categories").items() if name in FUNCTIONS])
def test_a_value_above_the_options_there_are_is_named(name: str) -> None:
    options = OPTIONS.get(name, {}) | {"categories": 5}
    first = "item_responses" if "item_responses" in inspect.signature(FUNCTIONS[name]).parameters else "ratings"
    with pytest.raises(AnalysisError, match=r"item_2 .*6 in row 5"):
        FUNCTIONS[name](**{first: _with(6.0, rows=4)}, **options)


@every_function
@pytest.mark.parametrize("value", [math.inf, "often"])
def test_what_is_no_number_is_named_with_its_row(name: str, value: Any) -> None:
    with pytest.raises(AnalysisError, match=r"item_2 .* in row 5"):
        _call(name, _with(value, rows=4))


@every_function
def test_rows_without_any_answer_change_nothing_and_are_counted(name: str) -> None:
    answers = ANSWERS.copy()
    answers[4] = math.nan
    result = _call(name, answers)
    counted = {
        "careless_responding": "1 of 60 rows have too few answers",
        "content_validity": "6 ratings missing",
        "generalizability": "1 person without any rating left out",
        "intraclass_correlation": "1 target without any rating left out",
    }
    if isinstance(result, analysis.ResultTable) and hasattr(result, "notes"):
        assert re.search(counted.get(name, r"1 rows? without any? answer"), _said_by(result))
    elif name == "read_item_responses":
        assert result.n_empty_rows == 1
    elif name == "scale_scores":
        assert np.flatnonzero(np.isnan(result)).tolist() == [4]
    elif name == "within_group_agreement":
        assert result.n.sum() == 59
    elif name == "within_between_correlation":
        assert result.n_pairs.max() == 59
    else:
        assert name in ("bootstrap_interval", "bootstrap_intervals")


@every_function
@pytest.mark.parametrize("answers", [ANSWERS[:1], ANSWERS[:0], ANSWERS * math.nan], ids=["one", "none", "no answers"])
def test_too_few_respondents_are_named(name: str, answers: NDArray[np.float64]) -> None:
    if name == "scale_scores":  # one a person, however few there are
        assert len(_call(name, answers)) == len(answers)
        return
    with pytest.raises(AnalysisError, match=r"needed, got|no answers|answered|rated nobody"):
        _call(name, answers, len(answers))


@every_function
@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (ANSWERS[:, 0], "table"),
        ([[1, 2], [3]], "differ in length"),
        (5, "table"),
        ("answers.csv", "table"),
    ],
)
def test_what_is_no_table_is_refused(name: str, answers: Any, said: str) -> None:
    with pytest.raises(AnalysisError, match=said):
        _call(name, answers)


@pytest.mark.parametrize("wrong", ["first", "second"])
def test_a_retest_names_the_measurement_too(wrong: str) -> None:
    given: dict[str, Any] = {"first": ANSWERS, "second": ANSWERS, "scales": SCALES, "stable": None, "days": None}
    with pytest.raises(AnalysisError, match=f"{wrong} measurement: item item_2 .*2.5 in row 5"):
        analysis.retest_report(**given | {wrong: _with(2.5, rows=4)})
    report = analysis.retest_report(**given | {wrong: _with(3.0)})
    assert report.items[1].item == "item_2"
