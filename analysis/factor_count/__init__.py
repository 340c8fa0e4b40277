"""Whether items can be factored, and into how many factors."""

from .adequacy import SamplingAdequacy, Sphericity, bartlett_sphericity, sampling_adequacy
from .average_partial import MinimumAveragePartial, minimum_average_partial
from .parallel import ParallelAnalysis, parallel_analysis

__all__ = [
    "MinimumAveragePartial",
    "ParallelAnalysis",
    "SamplingAdequacy",
    "Sphericity",
    "bartlett_sphericity",
    "minimum_average_partial",
    "parallel_analysis",
    "sampling_adequacy",
]
