"""Unit scores with case-mix and with levels above, beside and inside the units."""

from .estimates import FixedEffects, LevelVariances
from .scores import MixedScores, PlaceEffects, mixed_scores

__all__ = ["FixedEffects", "LevelVariances", "MixedScores", "PlaceEffects", "mixed_scores"]
