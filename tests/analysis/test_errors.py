"""Errors that carry every problem."""

import pickle

from analysis import AnalysisError


def test_it_keeps_problems_apart_and_prints_one_a_line() -> None:
    error = AnalysisError(["item q1 is constant", "item q2 has no answers"])
    assert error.problems == ("item q1 is constant", "item q2 has no answers")
    assert str(error) == "item q1 is constant\nitem q2 has no answers"


def test_a_lone_sentence_is_one_problem() -> None:
    assert AnalysisError("too few items").problems == ("too few items",)


def test_it_survives_a_trip_between_processes() -> None:
    error = pickle.loads(pickle.dumps(AnalysisError(["one", "two"])))
    assert isinstance(error, AnalysisError)
    assert error.problems == ("one", "two")
