"""The risk matrix: the handbook's printed table (HEE Quality Framework Handbook 2017/18), not a product of two numbers."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from nets.errors import InvalidSetting, Problem

Colour: TypeAlias = Literal["G", "G/A", "A", "A/R", "R"]

# rows: likelihood 5 (almost certain) down to 1 (rare); columns: impact 1 (negligible) to 5 (significant)
_MATRIX: Final[Mapping[int, tuple[Colour, ...]]] = {
    5: ("G", "A", "A/R", "R", "R"),
    4: ("G", "A", "A/R", "R", "R"),
    3: ("G", "G/A", "A", "A/R", "R"),
    2: ("G", "G/A", "A", "A", "A/R"),
    1: ("G", "G", "G/A", "G/A", "A"),
}
_SEVERITY: Final[tuple[Colour, ...]] = ("G", "G/A", "A", "A/R", "R")
LIKELIHOODS: Final = {1: "Rare", 2: "Unlikely", 3: "Possible", 4: "Likely", 5: "Almost certain"}
IMPACTS: Final = {1: "Negligible", 2: "Minor", 3: "Moderate", 4: "Major", 5: "Significant"}
HIGHEST: Final = 5


class RiskLevel(StrEnum):
    """What the colour asks for; the mapping is a setting of the rule."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


def not_on_the_matrix(likelihood: object, impact: object) -> list[Problem]:
    """What is wrong with a cell: likelihood and impact are whole numbers from 1 to 5."""
    return [
        Problem(name, f"{value!r} is not a whole number from 1 to 5")
        for name, value in (("likelihood", likelihood), ("impact", impact))
        if type(value) is not int or not 1 <= value <= HIGHEST
    ]


def risk_colour(likelihood: int, impact: int) -> Colour:
    """The colour of a cell of the printed matrix.

    Raises
    ------
    InvalidSetting
        Where likelihood or impact is not a whole number from 1 to 5; both are named at once.
    """
    if problems := not_on_the_matrix(likelihood, impact):
        raise InvalidSetting(problems)
    return _MATRIX[likelihood][impact - 1]


def severity(likelihood: int, impact: int) -> tuple[int, int, int]:
    """A key that puts the more severe of two cells last: by colour, then by impact, then by likelihood."""
    return _SEVERITY.index(risk_colour(likelihood, impact)), impact, likelihood
