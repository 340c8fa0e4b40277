"""How answers rise with a trait: the graded response model, its scores, and whether items fit it."""

from .calibrate import graded_response
from .fit import GradedResponse
from .item_fit import GradedItemFit
from .residuals import ResidualCorrelations
from .scores import TraitScores

__all__ = ["GradedItemFit", "GradedResponse", "ResidualCorrelations", "TraitScores", "graded_response"]
