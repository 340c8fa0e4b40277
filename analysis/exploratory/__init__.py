"""Exploratory factor analysis, and what follows from a solution."""

from .explore import explore_factors
from .factor_scores import FactorScoreWeights, factor_score_weights
from .fit import FactorFit
from .rotation import Rotation
from .schmid_leiman import SchmidLeiman, schmid_leiman
from .second_opinion import SecondOpinion, second_opinion
from .solution import FactorSolution

__all__ = [
    "FactorFit",
    "FactorScoreWeights",
    "FactorSolution",
    "Rotation",
    "SchmidLeiman",
    "SecondOpinion",
    "explore_factors",
    "factor_score_weights",
    "schmid_leiman",
    "second_opinion",
]
