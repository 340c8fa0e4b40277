"""How far learners came who began: how many reached each step of the path, and how many of them went no further.

Counted in aggregate alone. What is kept is two numbers for each step of a campaign, of no day and no placement: how many reached
it, and how many of those went on. The furthest step of one learner is known to her own draft, which nobody else can open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.share import share_interval
from nets.questionnaire.version import QuestionnaireVersion

BEGUN: Final = "placement"
"""The step that everybody who begins is at."""
SENT: Final = "sent"
"""Where the path ends: nobody breaks off there."""
_LEVEL: Final = 0.95
_TITLE_OF: Final = {BEGUN: "Placement", "group": "Learner group", "check": "Check answers and send"}


@dataclass(frozen=True, slots=True)
class StepCount:
    """How many learners reached a step, and how many of them came to a later one."""

    reached: int
    went_on: int


@dataclass(frozen=True, slots=True)
class BreakOff:
    """Learners who went no further, of those who came so far.

    Attributes
    ----------
    per_cent, low, high
        Their share of a hundred, with its 95 % interval (Wilson's).
    """

    reached: int
    no_further: int
    per_cent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StepBreakOff:
    """One step: ``"placement"``, ``"group"``, ``"p/"`` and the code of a page, or ``"check"``; its title; who left there."""

    step: str
    title: str
    left: BreakOff

    @property
    def page(self) -> str:
        """The step by the name that its page has in the questionnaire."""
        return self.step.removeprefix("p/")


@dataclass(frozen=True, slots=True)
class CampaignBreakOffs:
    """A campaign in which learners began.

    Attributes
    ----------
    all
        Those who have not sent, of those who began.
    steps
        The steps that somebody reached, in the order of the path.
    """

    all: BreakOff
    steps: tuple[StepBreakOff, ...]


@dataclass(frozen=True, slots=True)
class NobodyBegan:
    """A campaign in which nobody began on the pages: there is no share of nobody."""


def path_of(version: QuestionnaireVersion) -> tuple[str, ...]:
    """Every step from the start to the receipt, in the order in which any learner meets those that are hers."""
    return (BEGUN, "group", *(f"p/{code}" for code in version.screen), "check", SENT)


def campaign_break_offs(
    version: QuestionnaireVersion, counts: Mapping[str, StepCount]
) -> CampaignBreakOffs | NobodyBegan:
    """Where learners broke off, from the counts of each step.

    A step's share is of those who reached it, so that a page of a branch that few are led to can be held against the others.
    """
    nobody = StepCount(0, 0)
    began = counts.get(BEGUN, nobody).reached
    if not began:
        return NobodyBegan()
    steps = [
        StepBreakOff(step, _title(version, step), _break_off(counts[step].reached, counts[step].went_on))
        for step in path_of(version)[:-1]
        if step in counts and counts[step].reached
    ]
    return CampaignBreakOffs(_break_off(began, counts.get(SENT, nobody).reached), tuple(steps))


def _title(version: QuestionnaireVersion, step: str) -> str:
    return _TITLE_OF.get(step) or version.screen[step.removeprefix("p/")].title[version.languages[0]]


def _break_off(reached: int, went_on: int) -> BreakOff:
    # A service that is killed forgets what it has not stored, so a few may go on from a step that nobody was counted at.
    left = max(reached - went_on, 0)
    share = share_interval(left, reached, _LEVEL)
    return BreakOff(reached, left, 100.0 * left / reached, 100.0 * share.low, 100.0 * share.high)


COLUMNS: Final = ("page", "title", "reached", "no_further", "per_cent", "low", "high")


def rows_of(found: CampaignBreakOffs | NobodyBegan) -> list[tuple[str | float, ...]]:
    """A row of ``COLUMNS`` a step, for machines."""
    steps = found.steps if isinstance(found, CampaignBreakOffs) else ()
    return [(step.page, step.title, *_numbers(step.left)) for step in steps]


def _numbers(left: BreakOff) -> tuple[int, int, float, float, float]:
    return left.reached, left.no_further, round(left.per_cent, 4), round(left.low, 4), round(left.high, 4)
