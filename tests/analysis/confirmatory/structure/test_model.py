"""What a model says before it meets data."""

from typing import Any

import pytest

from analysis import AnalysisError, FactorModel
from analysis.confirmatory.structure.syntax import Modifier


def test_a_mapping_and_the_text_that_says_the_same_are_one_model() -> None:
    mapping = {"G": ["A", "B"], "A": ["q1", "q2", "q3"], "B": {"q4": None, "q5": "x", "q6": 0.7}}
    text = "G =~ A + B; A =~ q1 + q2 + q3; B =~ q4 + x*q5 + 0.7*q6"
    assert FactorModel.of(mapping) == FactorModel.of(text)
    assert FactorModel.of(mapping).lower_factors == {"A", "B"}


def test_a_model_passes_as_it_is() -> None:
    model = FactorModel.of("F =~ q1 + q2")
    assert FactorModel.of(model) is model


def test_what_is_said_twice_of_a_parameter_is_put_together() -> None:
    model = FactorModel.of("F =~ a*q1 + q2; F =~ start(0.4)*q1; q1 ~~ q2; q2 ~~ 0.1*q1")
    assert [each.modifier for each in model.relations] == [
        Modifier(labels=("a",), start=(0.4,)),
        Modifier(),
        Modifier(fixed=(0.1,)),
    ]


@pytest.mark.parametrize(
    ("model", "problems"),
    [
        ("q1 ~~ q2", ["the model has no factor"]),
        ("F =~ q1 + q2; q1 ~~ q9", ["q9 stands in q1 ~~ q9 but no factor has it as an item"]),
        ("F =~ q1 + q2; F ~~ q1", ["F ~~ q1 joins an item and a factor"]),
        ("F =~ q1 + q2; F | t1", ["F is a factor: only items have thresholds"]),
        ("F =~ q1 + F", ["factor F is measured by itself"]),
        ("F =~ G + q1; G =~ F + q2", ["factor F is measured by itself", "factor G is measured by itself"]),
        ("F =~ q1 + q2; a == b", ["no parameter is called a", "no parameter is called b"]),
        ({"F": "q1"}, ["factor F needs a list of items, not 'q1'"]),
        ({"F": [], "G": ["q1", "q1"]}, ["factor F has no items", "factor G names an item twice"]),
        ({"F": {"q1": [1]}}, ["the loading of q1 on F is a number, a name or None, not [1]"]),
        ({}, ["the model has no factor"]),
        (5, ["a model is text or a mapping"]),
    ],
)
def test_what_is_no_factor_model_is_refused_with_every_reason(model: Any, problems: list[str]) -> None:
    with pytest.raises(AnalysisError) as error:
        FactorModel.of(model)
    assert len(error.value.problems) == len(problems)
    for found, expected in zip(error.value.problems, problems, strict=True):
        assert expected in found
