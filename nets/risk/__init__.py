"""Risk: from evidence to a suggested cell of the matrix, and what a person makes of it."""

from nets.risk.matrix import IMPACTS, LIKELIHOODS, Colour, RiskLevel, risk_colour, severity
from nets.risk.suggestion import (
    AdverseFlag,
    Evidence,
    InsufficientEvidence,
    NoConcern,
    RiskRule,
    RiskSuggestion,
    ScaleEvidence,
    Suggestion,
    read_rule,
    suggest_risk,
)

__all__ = [
    "IMPACTS",
    "LIKELIHOODS",
    "AdverseFlag",
    "Colour",
    "Evidence",
    "InsufficientEvidence",
    "NoConcern",
    "RiskLevel",
    "RiskRule",
    "RiskSuggestion",
    "ScaleEvidence",
    "Suggestion",
    "read_rule",
    "risk_colour",
    "severity",
    "suggest_risk",
]
