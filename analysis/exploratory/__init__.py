"""Exploratory factor analysis, and what follows from a solution."""

from .explore import explore_factors
from .fit import FactorFit
from .rotation import Rotation
from .schmid_leiman import SchmidLeiman, schmid_leiman
from .solution import FactorSolution

__all__ = ["FactorFit", "FactorSolution", "Rotation", "SchmidLeiman", "explore_factors", "schmid_leiman"]
