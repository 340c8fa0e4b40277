"""Testing each step against the one before, by the estimator's own kind of difference test."""

import math
from dataclasses import dataclass

from ..confirmatory.estimation.chi_square import ChiSquare
from ..confirmatory.estimation.solution import Solution
from ..confirmatory.fit import ConfirmatoryFit
from ..confirmatory.model_sample import ModelSample
from ..confirmatory.normal.difference import PLAIN, plain_difference, robust_difference
from ..confirmatory.normal.fit import NormalInference
from ..confirmatory.ordinal.difference import scaled_difference
from ..confirmatory.ordinal.fit import OrdinalInference
from ..errors import AnalysisError
from ..not_estimated import NotEstimated

SATORRA = 'Satorra (2000), scaled and shifted, restrictions from slopes (A.method "delta")'


@dataclass(frozen=True, slots=True)
class DifferenceTest:
    """A step against the one before: whether what it adds makes the fit worse than chance does.

    Attributes
    ----------
    chi_square : float
    df : int
    p : float
    scaling_factor, shift : float
        What the difference of the unadjusted statistics was divided by, and what was then added: 1 and 0 where it was not
        adjusted.
    rmsea : float
        Of the difference (Browne & Du Toit 1992; Savalei, Brace & Fouladi 2023): misfit for each restriction that the step
        adds, which the RMSEA of the whole model hides among those that it had.
    method : str
    """

    chi_square: float
    df: int
    p: float
    scaling_factor: float
    shift: float
    rmsea: float
    method: str


def difference_test(
    narrow: ConfirmatoryFit, wide: ConfirmatoryFit, sample: ModelSample
) -> DifferenceTest | NotEstimated:
    """Test a fit against a wider one, both of one sample; or say why that cannot be."""
    added = narrow.fit.naive.df - wide.fit.naive.df
    if not added:
        return NotEstimated("it adds no restriction that data could contradict")
    try:
        found, method = _tested(narrow.solution, wide.solution, sample)
    except AnalysisError as error:
        return NotEstimated(str(error))
    excess = max(found.value - found.df, 0.0) / (found.df * narrow.solution.n_for_rmsea)
    rmsea = math.sqrt(len(narrow.groups) * excess)
    return DifferenceTest(found.value, found.df, found.p, found.scaling, found.shift, rmsea, method)


def _tested(narrow: Solution, wide: Solution, sample: ModelSample) -> tuple[ChiSquare, str]:
    mine, other = narrow.curvature, wide.curvature
    if isinstance(mine, OrdinalInference) and isinstance(other, OrdinalInference):
        return scaled_difference(mine, other, sample.sampling[0]), SATORRA
    plain = plain_difference(narrow, wide)
    if sample.estimator == "MLR" and isinstance(mine, NormalInference) and isinstance(other, NormalInference):
        return robust_difference(mine, other, plain)
    return plain, PLAIN
