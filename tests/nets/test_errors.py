"""Faults carry every problem, each with its place, in the order of the input."""

import pickle

import pytest

from nets.errors import InvalidFile, NetsError, NotFound, Problem, Refused, ReplayMismatch


def test_a_problem_is_told_with_its_place() -> None:
    assert str(Problem("row 12, column Q3", "is not 1 to 5")) == "row 12, column Q3: is not 1 to 5"
    assert str(Problem("", "there is nothing to release")) == "there is nothing to release"


def test_a_fault_tells_every_problem_on_a_line_of_its_own() -> None:
    problems = [Problem("row 1", "is short"), Problem("row 2", "is long")]
    fault = InvalidFile(iter(problems))
    assert fault.problems == tuple(problems)
    assert str(fault) == "row 1: is short\nrow 2: is long"


def test_a_sentence_alone_is_one_problem_without_a_place() -> None:
    assert NotFound("there is no campaign trial").problems == (Problem("", "there is no campaign trial"),)


def test_a_fault_survives_a_trip_between_processes() -> None:
    fault = InvalidFile([Problem("row 1", "is short"), Problem("row 2", "is long")])
    back = pickle.loads(pickle.dumps(fault))
    assert (type(back), back.problems, str(back)) == (InvalidFile, fault.problems, str(fault))


def test_a_replay_with_other_answers_is_one_of_the_refusals() -> None:
    with pytest.raises(Refused):
        raise ReplayMismatch("these answers differ")
    assert issubclass(Refused, NetsError)
