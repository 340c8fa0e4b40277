"""``nets release``: numbered, told in a line, and never changed."""

from typing import Any

import pytest


def test_a_release_says_what_it_froze(nets: Any, trial: str) -> None:
    nets("simulate", trial, "--responses", 300)
    said = nets("release", trial)
    assert said.code == 0
    assert said.out.startswith("trial-r1: ")
    assert " placements, about 300 responses, sha256 " in said.out
    assert said.errors[0] == "  reading responses"  # progress is no output


def test_a_second_release_leaves_the_first_as_it_was(released: Any) -> None:
    before = released("scores", "trial-r1", "--output", "csv").out
    released("simulate", "trial", "--responses", 300, "--seed", 2, "--add")
    assert released("release", "trial").out.startswith("trial-r2: ")
    assert released("scores", "trial-r1", "--output", "csv").out == before
    newest = released("scores", "trial", "--output", "csv").out
    assert newest == released("scores", "trial-r2", "--output", "csv").out != before


def test_a_campaign_that_nobody_answered_is_not_released(nets: Any, trial: str) -> None:
    said = nets("release", trial)
    assert said.code == 1
    assert said.errors[-1] == "nets: campaign trial has no responses yet, so there is nothing to release"


@pytest.mark.parametrize("command", ["release", "scores"])
def test_a_campaign_that_is_not_there_is_told(nets: Any, command: str) -> None:
    said = nets(command, "trial")
    assert said.code == 1
    assert said.errors[-1].startswith("nets: there is no campaign")
