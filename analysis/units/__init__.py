"""Units, that is placements, teams or schools: what a score says about them, and what it does not."""

from .agreement import WithinGroupAgreement, within_group_agreement
from .flags import PosteriorFlags, posterior_flags
from .funnel import FunnelLimits, funnel_limits
from .gmc_rule import GmcFlags, gmc_flags
from .group_spread import GroupSpread
from .interaction import UnitGroupInteraction, unit_group_interaction
from .levels import LevelCorrelations, within_between_correlation
from .parts import PartSums, nested_unit_scores, part_sums
from .reliability import UnitReliability, unit_reliability
from .scores import UnitScores, unit_scores
from .sums import ScoreSums
from .variance import UnitAnova

__all__ = [
    "FunnelLimits",
    "GmcFlags",
    "GroupSpread",
    "LevelCorrelations",
    "PartSums",
    "PosteriorFlags",
    "ScoreSums",
    "UnitAnova",
    "UnitGroupInteraction",
    "UnitReliability",
    "UnitScores",
    "WithinGroupAgreement",
    "funnel_limits",
    "gmc_flags",
    "nested_unit_scores",
    "part_sums",
    "posterior_flags",
    "unit_group_interaction",
    "unit_reliability",
    "unit_scores",
    "within_between_correlation",
    "within_group_agreement",
]
