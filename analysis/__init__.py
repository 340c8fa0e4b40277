"""Psychometrics for ordinal survey items: arrays in, frozen results out.

A researcher imports everything from here::

    from analysis import cronbach_alpha, describe_items

Nothing in this package reads files, talks to a database or knows of the web.
"""

from .errors import AnalysisError
from .interval import Interval
from .item_responses import ItemResponses, read_item_responses
from .moments import Moments
from .pairwise import PairwiseTables
from .reliability import Alpha, alpha_from_covariance, cronbach_alpha
from .response_model import ResponseModel
from .simulate import ItemShift, Retest, SimulatedResponses, Truth, simulate_responses
from .table import ResultTable, Table
from .units import (
    FunnelLimits,
    GmcFlags,
    LevelCorrelations,
    PosteriorFlags,
    ScoreSums,
    UnitAnova,
    UnitReliability,
    UnitScores,
    WithinGroupAgreement,
    funnel_limits,
    gmc_flags,
    posterior_flags,
    unit_reliability,
    unit_scores,
    within_between_correlation,
    within_group_agreement,
)

__all__ = [
    "Alpha",
    "AnalysisError",
    "FunnelLimits",
    "GmcFlags",
    "Interval",
    "ItemResponses",
    "ItemShift",
    "LevelCorrelations",
    "Moments",
    "PairwiseTables",
    "PosteriorFlags",
    "ResponseModel",
    "ResultTable",
    "Retest",
    "ScoreSums",
    "SimulatedResponses",
    "Table",
    "Truth",
    "UnitAnova",
    "UnitReliability",
    "UnitScores",
    "WithinGroupAgreement",
    "alpha_from_covariance",
    "cronbach_alpha",
    "funnel_limits",
    "gmc_flags",
    "posterior_flags",
    "read_item_responses",
    "simulate_responses",
    "unit_reliability",
    "unit_scores",
    "within_between_correlation",
    "within_group_agreement",
]
