"""The same thing measured twice, or by several people: agreement, reliability and error."""

from .intraclass_correlation import IntraclassCorrelation, intraclass_correlation
from .intraclass_form import IntraclassForm
from .measurement_error import AgreementStatistics, measurement_error
from .report import (
    DaysBetween,
    ItemRetest,
    Participation,
    RetestReport,
    ScaleRetest,
    retest_report,
)
from .weighted_kappa import Kappa, kappa_of_counts, weighted_kappa

__all__ = [
    "AgreementStatistics",
    "DaysBetween",
    "IntraclassCorrelation",
    "IntraclassForm",
    "ItemRetest",
    "Kappa",
    "Participation",
    "RetestReport",
    "ScaleRetest",
    "intraclass_correlation",
    "kappa_of_counts",
    "measurement_error",
    "retest_report",
    "weighted_kappa",
]
