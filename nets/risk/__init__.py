"""Risk: from evidence to a suggested cell of the matrix, and what a person makes of it."""

from nets.risk.evidence import EarlierAssessment, Evidence
from nets.risk.matrix import IMPACTS, LIKELIHOODS, Colour, RiskLevel, risk_colour, severity
from nets.risk.rule import RiskRule, read_rule
from nets.risk.suggestion import (
    InsufficientEvidence,
    NoConcern,
    RiskSuggestion,
    Suggestion,
    suggest_risk,
    told_in_bands,
)
from nets.risk.survey_evidence import AdverseFlag, GroupEvidence, RiskBasis, ScaleEvidence, SurveyEvidence

__all__ = [
    "IMPACTS",
    "LIKELIHOODS",
    "AdverseFlag",
    "Colour",
    "EarlierAssessment",
    "Evidence",
    "GroupEvidence",
    "InsufficientEvidence",
    "NoConcern",
    "RiskBasis",
    "RiskLevel",
    "RiskRule",
    "RiskSuggestion",
    "ScaleEvidence",
    "Suggestion",
    "SurveyEvidence",
    "read_rule",
    "risk_colour",
    "severity",
    "suggest_risk",
    "told_in_bands",
]
