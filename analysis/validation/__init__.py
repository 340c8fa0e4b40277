"""The validation of an instrument as one report: what answers say of how well it measures, in the order of COSMIN.

The sections: sample and response, missing answers, data quality, item statistics, structural validity, internal consistency,
retest, measurement error, invariance over groups, criterion validity, known groups, content validity, and the reliability of
units' scores. Figures are held against conventions that are data with their sources (`analysis.validation.thresholds`).
"""

from .report import ValidationReport, validation_report
from .section import (
    ReportPicture,
    ReportProse,
    ReportSection,
    ReportTable,
    Verdict,
)
from .study import Hypothesis, Outcome, RetestAnswers

__all__ = [
    "Hypothesis",
    "Outcome",
    "ReportPicture",
    "ReportProse",
    "ReportSection",
    "ReportTable",
    "RetestAnswers",
    "ValidationReport",
    "Verdict",
    "validation_report",
]
