"""Units, that is placements, teams or schools: what a score says about them, and what it does not."""

from .agreement import WithinGroupAgreement, within_group_agreement
from .reliability import UnitReliability, unit_reliability
from .scores import UnitScores, unit_scores
from .sums import ScoreSums
from .variance import UnitAnova

__all__ = [
    "ScoreSums",
    "UnitAnova",
    "UnitReliability",
    "UnitScores",
    "WithinGroupAgreement",
    "unit_reliability",
    "unit_scores",
    "within_group_agreement",
]
