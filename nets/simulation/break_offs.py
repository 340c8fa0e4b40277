"""Simulated learners who began and went no further: one to every seven who sent, on the pages that those were led through."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import numpy as np

from nets.break_off import BEGUN, SENT, StepCount
from nets.questionnaire.routing import routed_pages
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response

_SHARE_WHO_LEAVE: Final = 1 / 7
_EARLY: Final = 0.6
"""Beta(this, 1) is how the share of the path is spread that is behind them: they leave sooner rather than later."""


def invented_break_offs(
    version: QuestionnaireVersion, campaign_id: str, learners: Iterable[Response], seed: int
) -> dict[tuple[str, str], StepCount]:
    """How many reached each step of the campaign and went on, those who sent among them; the same arguments give the same."""
    chance = np.random.default_rng(seed)
    reached, went_on = Counter[str](), Counter[str]()
    for learner in learners:
        pages = routed_pages(version, learner.learner_group, learner.answers)
        path = [
            BEGUN,
            "group",
            *(f"p/{screen.code}" for page in pages for screen in version.screens(page)),
            "check",
            SENT,
        ]
        paths = [path]
        if chance.random() < _SHARE_WHO_LEAVE:
            paths.append(path[: 1 + int((len(path) - 1) * chance.random() ** (1 / _EARLY))])
        for steps in paths:
            reached.update(steps)
            went_on.update(steps[:-1])
    return {(campaign_id, step): StepCount(reached[step], went_on[step]) for step in reached}
