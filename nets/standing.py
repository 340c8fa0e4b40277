"""Where a score stands against the benchmark, in five steps for a heat table; nothing is said where the score carries nothing.

The step is that of the shrunken score, which has already been drawn to the benchmark by how little it can be trusted: a few
learners do not make a place dark. The unit is tau, the standard deviation of the places' true scores.
"""

from enum import StrEnum
from typing import Final

from nets.placement import Verdict


class Standing(StrEnum):
    """The steps from far below the benchmark to far above it, and two ways of having none."""

    FAR_BELOW = "far below"
    BELOW = "below"
    ABOUT = "about the same"
    ABOVE = "above"
    FAR_ABOVE = "far above"
    UNCERTAIN = "uncertain"
    NOT_SHOWN = "not shown"


FAR: Final = 1.0
"""Standard deviations of true scores from which a score is far below or far above: the distance that the risk rule looks for."""

NEAR: Final = 0.5
"""Standard deviations within which a score is about the same as the benchmark."""


def standing(shrunken: float, verdict: Verdict, benchmark: float, tau: float) -> Standing:
    """The step of one score that may be shown.

    Parameters
    ----------
    shrunken, benchmark
        On 0-100.
    verdict
        On the score's reliability; an insufficient one stands nowhere.
    tau
        Standard deviation of the places' true scores; where it is 0 all places are about the same.
    """
    if verdict is Verdict.INSUFFICIENT:
        return Standing.UNCERTAIN
    distance = (shrunken - benchmark) / tau if tau else 0.0
    if abs(distance) < NEAR:
        return Standing.ABOUT
    if distance < 0:
        return Standing.FAR_BELOW if distance <= -FAR else Standing.BELOW
    return Standing.FAR_ABOVE if distance >= FAR else Standing.ABOVE
