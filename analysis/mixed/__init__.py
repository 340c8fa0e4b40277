"""Unit scores with case-mix and with levels above, beside and inside the units."""

from .case_mix_scores import CaseMixScores, case_mix_scores
from .case_mix_sums import CaseMixCells
from .estimates import FixedEffects, LevelVariances
from .scores import MixedScores, PlaceEffects, mixed_scores

__all__ = [
    "CaseMixCells",
    "CaseMixScores",
    "FixedEffects",
    "LevelVariances",
    "MixedScores",
    "PlaceEffects",
    "case_mix_scores",
    "mixed_scores",
]
