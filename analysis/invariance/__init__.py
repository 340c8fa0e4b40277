"""Whether items measure the same in all groups: the steps of measurement invariance, tested and judged."""

from .compare import measurement_invariance
from .constraints import EqualityTests
from .cutoffs import CUTOFFS, Cutoff, FitChange, Verdict
from .differences import DifferenceTest
from .latent_means import LatentMeans
from .result import InvarianceStep, MeasurementInvariance, StepDifference

__all__ = [
    "CUTOFFS",
    "Cutoff",
    "DifferenceTest",
    "EqualityTests",
    "FitChange",
    "InvarianceStep",
    "LatentMeans",
    "MeasurementInvariance",
    "StepDifference",
    "Verdict",
    "measurement_invariance",
]
