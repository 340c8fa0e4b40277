"""Factor models that say beforehand which items measure what: fitted, tested, compared between groups."""

from .confirm import confirm_factors
from .discriminant_validity import DiscriminantValidity, discriminant_validity
from .estimates import ParameterEstimates
from .factor_reliability import FactorReliability
from .factor_scores import FactorScores
from .fit import ConfirmatoryFit
from .fit_indices import FitIndices, InformationCriteria, ModelFit, RobustFit
from .group_fit import GroupFit
from .modification import ModificationIndices
from .residuals import ResidualFit
from .structure.model import FactorModel

__all__ = [
    "ConfirmatoryFit",
    "DiscriminantValidity",
    "FactorModel",
    "FactorReliability",
    "FactorScores",
    "FitIndices",
    "GroupFit",
    "InformationCriteria",
    "ModelFit",
    "ModificationIndices",
    "ParameterEstimates",
    "ResidualFit",
    "RobustFit",
    "confirm_factors",
    "discriminant_validity",
]
