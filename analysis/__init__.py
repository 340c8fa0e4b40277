"""Psychometrics for ordinal survey items: arrays in, frozen results out.

A researcher imports everything from here::

    from analysis import cronbach_alpha, describe_items

Nothing in this package reads files, talks to a database or knows of the web.
"""

from .bootstrap import bootstrap_interval, bootstrap_intervals
from .careless import CarelessResponding, careless_responding
from .correlation import pearson_correlation, polychoric_correlation
from .correlation_matrix import CorrelationMatrix
from .errors import AnalysisError
from .exploratory import (
    FactorFit,
    FactorScoreWeights,
    FactorSolution,
    Rotation,
    SchmidLeiman,
    SecondOpinion,
    explore_factors,
    factor_score_weights,
    schmid_leiman,
    second_opinion,
)
from .factor_count import (
    MinimumAveragePartial,
    ParallelAnalysis,
    SamplingAdequacy,
    Sphericity,
    bartlett_sphericity,
    minimum_average_partial,
    parallel_analysis,
    sampling_adequacy,
)
from .generalizability import DecisionStudy, Generalizability, VarianceComponents, generalizability
from .guttman import GuttmanLambdas, SplitHalf, guttman_lambdas, split_half
from .interval import Interval
from .item_responses import ItemResponses, read_item_responses
from .item_statistics import ItemStatistics, describe_items, scale_scores
from .mixed import FixedEffects, LevelVariances, MixedScores, PlaceEffects, mixed_scores
from .moments import Moments
from .not_estimated import NotEstimated
from .omega import HierarchicalOmega, Omega, mcdonald_omega, omega_from_covariance
from .ordinal_alpha import OrdinalAlpha, ordinal_alpha
from .pairwise import PairwiseTables
from .reliability import Alpha, alpha_from_covariance, cronbach_alpha
from .response_model import ResponseModel
from .retest import (
    AgreementStatistics,
    DaysBetween,
    IntraclassCorrelation,
    IntraclassForm,
    ItemRetest,
    Kappa,
    Participation,
    RetestReport,
    ScaleRetest,
    intraclass_correlation,
    kappa_of_counts,
    measurement_error,
    retest_report,
    weighted_kappa,
)
from .simulate import ItemShift, Retest, SimulatedResponses, Truth, simulate_responses
from .subscores import SubscoreValue, subscore_value
from .table import ResultTable, Table
from .unit_moments import UnitMoments
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
from .validity import (
    ChangeOfGroup,
    ContentValidity,
    Correlation,
    CriterionValidity,
    GroupDifference,
    GroupPair,
    KnownGroups,
    PolyserialCorrelation,
    Responsiveness,
    RocCurve,
    content_validity,
    criterion_validity,
    known_groups,
    responsiveness,
)

__all__ = [
    "AgreementStatistics",
    "Alpha",
    "AnalysisError",
    "CarelessResponding",
    "ChangeOfGroup",
    "ContentValidity",
    "Correlation",
    "CorrelationMatrix",
    "CriterionValidity",
    "DaysBetween",
    "DecisionStudy",
    "FactorFit",
    "FactorScoreWeights",
    "FactorSolution",
    "FixedEffects",
    "FunnelLimits",
    "Generalizability",
    "GmcFlags",
    "GroupDifference",
    "GroupPair",
    "GuttmanLambdas",
    "HierarchicalOmega",
    "Interval",
    "IntraclassCorrelation",
    "IntraclassForm",
    "ItemResponses",
    "ItemRetest",
    "ItemShift",
    "ItemStatistics",
    "Kappa",
    "KnownGroups",
    "LevelCorrelations",
    "LevelVariances",
    "MinimumAveragePartial",
    "MixedScores",
    "Moments",
    "NotEstimated",
    "Omega",
    "OrdinalAlpha",
    "PairwiseTables",
    "ParallelAnalysis",
    "Participation",
    "PlaceEffects",
    "PolyserialCorrelation",
    "PosteriorFlags",
    "ResponseModel",
    "Responsiveness",
    "ResultTable",
    "Retest",
    "RetestReport",
    "RocCurve",
    "Rotation",
    "SamplingAdequacy",
    "ScaleRetest",
    "SchmidLeiman",
    "ScoreSums",
    "SecondOpinion",
    "SimulatedResponses",
    "Sphericity",
    "SplitHalf",
    "SubscoreValue",
    "Table",
    "Truth",
    "UnitAnova",
    "UnitMoments",
    "UnitReliability",
    "UnitScores",
    "VarianceComponents",
    "WithinGroupAgreement",
    "alpha_from_covariance",
    "bartlett_sphericity",
    "bootstrap_interval",
    "bootstrap_intervals",
    "careless_responding",
    "content_validity",
    "criterion_validity",
    "cronbach_alpha",
    "describe_items",
    "explore_factors",
    "factor_score_weights",
    "funnel_limits",
    "generalizability",
    "gmc_flags",
    "guttman_lambdas",
    "intraclass_correlation",
    "kappa_of_counts",
    "known_groups",
    "mcdonald_omega",
    "measurement_error",
    "minimum_average_partial",
    "mixed_scores",
    "omega_from_covariance",
    "ordinal_alpha",
    "parallel_analysis",
    "pearson_correlation",
    "polychoric_correlation",
    "posterior_flags",
    "read_item_responses",
    "responsiveness",
    "retest_report",
    "sampling_adequacy",
    "scale_scores",
    "schmid_leiman",
    "second_opinion",
    "simulate_responses",
    "split_half",
    "subscore_value",
    "unit_reliability",
    "unit_scores",
    "weighted_kappa",
    "within_between_correlation",
    "within_group_agreement",
]
