"""What a release says about a place, as far as a risk is concerned: frozen with it, read again at any later day.

Only what may be shown comes in here: a learner group or a scale that is suppressed is not among it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RiskBasis:
    """What a release keeps of a place for its risk, beside the scores.

    Attributes
    ----------
    adverse
        Codes of the safety scales on which the adverse-environment flag is up.
    low_before
        Titles of the earlier campaigns in which a score was low, the oldest first, in an unbroken row up to the last that had
        one; by the code of the scale, or ``group/scale`` for a learner group's own score. Nothing stands for none.
    first_campaign
        True where the place has no score from an earlier campaign.
    """

    adverse: tuple[str, ...]
    low_before: Mapping[str, tuple[str, ...]]
    first_campaign: bool


@dataclass(frozen=True, slots=True)
class GroupEvidence:
    """What one scale says about one learner group of a place, whose score may be shown.

    Attributes
    ----------
    group, title
        Code and label.
    probability
        P(true score < benchmark - 1 tau), the benchmark being the group's own.
    low_before
        Titles of earlier campaigns in which the group was as low.
    """

    group: str
    title: str
    probability: float
    reliability: float
    low_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScaleEvidence:
    """What one scale of the survey says about a place.

    Attributes
    ----------
    probability
        P(true score < benchmark - 1 tau), from the shrunken estimate's posterior.
    groups
        The learner groups whose own score may be shown.
    low_before
        Titles of earlier campaigns in which the place was as low.
    of_group
        The learner group that all of this is about, where it is about one alone; empty for all learners.
    """

    scale: str
    title: str
    probability: float
    reliability: float
    n: int
    groups: tuple[GroupEvidence, ...] = ()
    low_before: tuple[str, ...] = ()
    of_group: str = ""

    def sound_groups(self, least_reliability: float) -> tuple[GroupEvidence, ...]:
        """The learner groups whose own score carries a statement."""
        return tuple(group for group in self.groups if group.reliability >= least_reliability)

    def groups_below(self, gate: float, least_reliability: float) -> tuple[GroupEvidence, ...]:
        """Those of them that are each low."""
        return tuple(group for group in self.sound_groups(least_reliability) if group.probability >= gate)


@dataclass(frozen=True, slots=True)
class AdverseFlag:
    """One subject (a safety scale, by code and title) that learners report more often here than elsewhere."""

    scale: str
    title: str


@dataclass(frozen=True, slots=True)
class SurveyEvidence:
    """Everything a release says about a place.

    Attributes
    ----------
    release_id
        The release; empty where no campaign has been released.
    scales
        Those whose score may be shown.
    adverse
        The subjects on which the adverse-environment flag is up.
    first_campaign
        True where the place has no score from an earlier campaign.
    """

    release_id: str
    scales: tuple[ScaleEvidence, ...] = ()
    adverse: tuple[AdverseFlag, ...] = ()
    first_campaign: bool = True
