"""Models as text."""

import math

import pytest

from analysis import AnalysisError
from analysis.confirmatory.structure.syntax import Equality, Modifier, Relation, read_text


def _first(text: str) -> Relation:
    return read_text(text)[0][0]


def test_every_operator_is_read() -> None:
    text = """
    Team =~ q1 + q2      # a comment
    q1 ~~ q2             ! another
    q1 ~ 1
    q1 | t1 + t2
    q1 ~*~ q1
    """
    found = [(each.left, each.operator, each.right) for each in read_text(text)[0]]
    assert found == [
        ("Team", "=~", "q1"),
        ("Team", "=~", "q2"),
        ("q1", "~~", "q2"),
        ("q1", "~1", ""),
        ("q1", "|", "t1"),
        ("q1", "|", "t2"),
        ("q1", "~*~", "q1"),
    ]


@pytest.mark.parametrize(
    ("term", "modifier"),
    [
        ("0.8*q1", Modifier(fixed=(0.8,))),
        ("-1.5e+2 * q1", Modifier(fixed=(-150.0,))),
        ("a*q1", Modifier(labels=("a",))),
        ("c(a, b)*q1", Modifier(labels=("a", "b"))),
        ("c(a, NA)*q1", Modifier(labels=("a", ""))),
        ("c(1, 0.5)*q1", Modifier(fixed=(1.0, 0.5))),
        ("start(0.3)*q1", Modifier(start=(0.3,))),
        ("start(0.3)*a*q1", Modifier(labels=("a",), start=(0.3,))),
        ('label("loading")*q1', Modifier(labels=("loading",))),
    ],
)
def test_what_stands_before_a_name_is_said_of_the_parameter(term: str, modifier: Modifier) -> None:
    relation = _first(f"F =~ {term}")
    assert (relation.right, relation.modifier) == ("q1", modifier)


def test_na_frees_a_parameter() -> None:
    assert math.isnan(_first("F =~ NA*q1").modifier.fixed[0])
    assert _first("q1 ~ 0*1").modifier.fixed == (0.0,)


def test_statements_go_on_over_lines_and_share_a_line() -> None:
    relations, _ = read_text("F =~ q1 +\n q2\n + q3; q1 ~~ q2\nG =~\n q4 + q5")
    assert [each.right for each in relations] == ["q1", "q2", "q3", "q2", "q4", "q5"]


def test_several_names_may_stand_on_the_left() -> None:
    relations, _ = read_text("q1 + q2 ~~ 0.2*q3")
    assert [(each.left, each.right, each.modifier.fixed) for each in relations] == [
        ("q1", "q3", (0.2,)),
        ("q2", "q3", (0.2,)),
    ]


def test_names_are_made_equal_or_fixed() -> None:
    _, equalities = read_text("F =~ a*q1 + b*q2 + c*q3; a == b; 0.5 == c")
    assert equalities == (Equality("a", "b"), Equality("c", 0.5))


def test_every_statement_that_cannot_be_read_is_named_with_its_line() -> None:
    text = "F =~ q1 + q2\nq3 ~ q1\nF =~ *q1\nF =~ q1 + \nvar := a*b; q1 | low; q1 ~*~ q2; a < 1; F =~ f(2)*q1; 5 == 6"
    with pytest.raises(AnalysisError) as error:
        read_text(text)
    problems = error.value.problems
    assert [problem.split(",")[0] for problem in problems] == [
        "line 2 of the model",
        "line 3 of the model",
        "line 4 of the model",
        "line 5 of the model",
        "line 5 of the model",
        "line 5 of the model",
        "line 5 of the model",
        "line 5 of the model",
    ]
    assert "a regression (~) is no part of a factor model" in problems[0]
    assert "'' is neither" in problems[1]
    assert "thresholds are called t1, t2" in problems[3]
    assert "the same item on both sides" in problems[4]


@pytest.mark.parametrize("text", ["q1 q2", "=~ q1", "F =~ ", "F =~ 2q", "a == b + c"])
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(AnalysisError, match="line 1"):
        read_text(text)
