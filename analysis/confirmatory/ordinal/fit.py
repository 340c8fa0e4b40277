r"""Fitting a model to thresholds and polychoric correlations: WLSMV and ULSMV.

The estimates are least squares (`analysis.confirmatory.ordinal.least_squares`), whose weights W leave out how the moments go
together; standard errors put that back (Muthén, du Toit & Spisic 1997):

.. math:: \operatorname{cov}(\hat\theta) = H \Gamma H' / (n - 1), \qquad H = (\Delta' W \Delta)^{-1} \Delta' W .

Groups are stacked, weighted by their share; where learners are clustered, their clusters may lie across groups. The test is
that of `analysis.confirmatory.ordinal.adjusted_test`. Where :math:`\Gamma` is taken from a sample of rows, the sample is cut into
ten, and leaving out one after the other says how sure the test is (the jackknife; Efron & Stein 1981).

References
----------
Efron, B. & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9, 586-596.
Muthén, B., du Toit, S. H. C. & Spisic, D. (1997). Robust inference using weighted least squares and quadratic estimating
    equations in latent variable modeling with categorical and continuous outcomes. Unpublished technical report.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from ...errors import AnalysisError
from ...item_responses import FloatArray
from ..estimation.chi_square import scaled_and_shifted, unadjusted
from ..estimation.identification import check_counts, check_information
from ..estimation.minimisation import NO_MINIMUM, Minimum, minimise
from ..estimation.solution import GroupSolution, ModelTest, RobustTest, Solution
from ..estimation.starting_values import GroupSample, starting_values
from ..structure.matrices import THRESHOLDS, Cells, GroupStructure, add_slopes, structure_of
from ..structure.parameter_table import ParameterTable
from .adjusted_test import WeightedMoments, robust_test
from .least_squares import (
    OrdinalDiscrepancy,
    OrdinalImplied,
    ordinal_implied,
    ordinal_jacobian,
    thresholds_are_saturated,
    without_thresholds,
)
from .moments import OrdinalMoments
from .sampling import Sampling, parts_of

Weights = Literal["diagonal", "unit"]


def fit_ordinal(
    table: ParameterTable,
    groups: Sequence[OrdinalMoments],
    names: Sequence[str],
    sampling: Sampling,
    *,
    weights: Weights,
) -> Solution:
    """Fit a model to thresholds and polychoric correlations.

    Parameters
    ----------
    table : ParameterTable
    groups : sequence of OrdinalMoments
    names : sequence of str
        Of the groups.
    sampling : Sampling
        Of the groups' moments.
    weights : {"diagonal", "unit"}
        WLSMV or ULSMV.

    Raises
    ------
    AnalysisError
        Where the model is not identified, or the search finds no minimum.
    """
    check_counts(table, sum(len(group.variances) for group in groups))
    n_items = len(table.model.items)
    structures = [
        structure_of(table, group, constant_row=False, centre=np.zeros(n_items)) for group in range(len(groups))
    ]
    moment_weights = [
        1 / (group.n * group.variances) if weights == "diagonal" else np.ones(len(group.variances)) for group in groups
    ]
    start = starting_values(
        table, structures, [GroupSample(np.zeros(n_items), group.correlation, group.thresholds) for group in groups]
    )
    discrepancy = OrdinalDiscrepancy(structures, groups, moment_weights, table.n_free, table.setting.parameterization)
    if math.isinf(discrepancy.value(start)):
        raise AnalysisError("the starting values that the model gives imply a variance that is not positive")
    minimum = _minimum(table, discrepancy, start)
    if not minimum.converged:
        raise AnalysisError(NO_MINIMUM.format(minimum.iterations))
    return OrdinalInference(table, discrepancy, minimum).solution(names, sampling)


def _minimum(table: ParameterTable, discrepancy: OrdinalDiscrepancy, start: FloatArray) -> Minimum:
    """Search among all parameters; or among those other than thresholds, where these fit whatever the rest is."""
    structures = discrepancy.structures
    if not thresholds_are_saturated(structures):
        check_information(table, discrepancy.expected_hessian(start))
        return minimise(discrepancy, start)
    cuts = np.concatenate([each.position[each.cells.matrix == THRESHOLDS] for each in structures])
    rest = np.setdiff1d(np.arange(table.n_free), cuts)
    places = np.full(table.n_free, -1)
    places[rest] = np.arange(len(rest))
    smaller = OrdinalDiscrepancy(
        [without_thresholds(each, places) for each in structures],
        discrepancy.groups,
        [
            weight[len(group.thresholds) :]
            for weight, group in zip(discrepancy.weights, discrepancy.groups, strict=True)
        ],
        len(rest),
        discrepancy.parameterization,
    )
    check_information(table, smaller.expected_hessian(start[rest]), rest)
    found = minimise(smaller, start[rest])
    theta = start.copy()
    theta[rest] = found.theta
    for structure, group in zip(structures, discrepancy.groups, strict=True):
        at = ordinal_implied(structure, theta, discrepancy.parameterization)
        if at is not None:
            own = structure.cells.matrix == THRESHOLDS
            of_item = structure.item_of_threshold
            cut = group.thresholds / at.scales[of_item] + at.implied.mean[of_item]
            theta[structure.position[own]] = cut[structure.cells.row[own]]
    return Minimum(theta, found.value, found.converged, found.iterations)


class OrdinalInference:
    """What follows from the minimum, with the moments of all groups in one vector."""

    def __init__(self, table: ParameterTable, discrepancy: OrdinalDiscrepancy, minimum: Minimum) -> None:
        self.table, self.discrepancy, self.minimum = table, discrepancy, minimum
        self.groups = discrepancy.groups
        self.n = sum(group.n for group in self.groups)
        self.parts = parts_of(self.groups)
        weight = np.concatenate(
            [own * (group.n / self.n) for own, group in zip(discrepancy.weights, self.groups, strict=True)]
        )
        self.at = [self._implied(structure) for structure in discrepancy.structures]
        jacobian = np.zeros((table.n_free, len(weight)))
        for place, structure in enumerate(discrepancy.structures):
            add_slopes(jacobian[:, self.parts[place]].T, structure, self._slopes_of(place, structure.cells).T)
        self.whole = WeightedMoments(jacobian, weight)
        curved = (jacobian * weight) @ jacobian.T
        check_information(table, curved)
        self.curved = curved
        # The test is the same without thresholds that fit whatever the rest is, and a good deal quicker.
        thresholds = [np.arange(len(group.variances)) < len(group.thresholds) for group in self.groups]
        self.is_correlation = ~np.concatenate(thresholds)
        saturated = thresholds_are_saturated(discrepancy.structures)
        self.tested = self.is_correlation if saturated else np.ones(len(weight), dtype=bool)
        free = jacobian[:, self.tested].any(axis=1) if saturated else np.ones(table.n_free, dtype=bool)
        self.model = WeightedMoments(jacobian[np.ix_(free, self.tested)], weight[self.tested])
        self.baseline = WeightedMoments(np.zeros((0, int(self.is_correlation.sum()))), weight[self.is_correlation])

    def solution(self, names: Sequence[str], sampling: Sampling) -> Solution:
        """Give the solution, with its test."""
        gamma = sampling.gamma()
        moved = np.linalg.solve(self.curved, self.whole.jacobian * self.whole.weight)
        naive = self.naive()
        adjusted, error = self._adjusted(naive, sampling, gamma)
        return Solution(
            table=self.table,
            theta=self.minimum.theta,
            covariance=moved @ gamma @ moved.T / self.discrepancy.n_less,
            curvature=self,
            iterations=self.minimum.iterations,
            groups=tuple(self._group(place, name) for place, name in enumerate(names)),
            naive=naive,
            adjusted=adjusted,
            robust=self._robust(gamma),
            likelihood="least squares have no likelihood",
            n_for_rmsea=self.discrepancy.n_less,
            gfi=self._goodness_of_fit(),
            sampling_error=error,
        )

    def _implied(self, structure: GroupStructure) -> OrdinalImplied:
        at = ordinal_implied(structure, self.minimum.theta, self.discrepancy.parameterization)
        if at is None:  # the minimum has a finite value
            raise AnalysisError("the model implies a variance that is not positive")
        return at

    def _slopes_of(self, group: int, cells: Cells) -> FloatArray:
        """Give the slopes of a group's moments, shape (n_cells, n_moments)."""
        structure = self.discrepancy.structures[group]
        parameterization = self.discrepancy.parameterization
        return np.hstack(ordinal_jacobian(structure, cells, self.at[group], parameterization, self.groups[group]))

    def naive(self) -> ModelTest:
        """Give both statistics as they are."""
        value = self.discrepancy.n_less * self.discrepancy.value(self.minimum.theta)
        df = len(self.whole.weight) - self.table.n_free
        baseline = 0.0
        for group, weight in zip(self.groups, self.discrepancy.weights, strict=True):
            correlations = group.correlation[group.first, group.second]
            baseline += (group.n - 1) * float(weight[len(group.thresholds) :] @ correlations**2)
        return ModelTest(unadjusted(value, df), unadjusted(baseline, len(self.baseline.weight)))

    def _adjusted(self, naive: ModelTest, sampling: Sampling, gamma: FloatArray) -> tuple[ModelTest, float]:
        """Adjust both statistics, and say how much Gamma from a sample of rows leaves open."""
        traces, batches = self._traces(gamma, sampling), sampling.batches
        if len(batches) == 1:
            return self._tests(naive, traces), 0.0
        without = [self._traces((gamma * len(batches) - batch) / (len(batches) - 1), sampling) for batch in batches]
        tests = [self._tests(naive, each).model.value for each in without]
        # The jackknife: traces of squares of means are too large in small samples, as they are, less so, in all rows.
        bias = (len(batches) - 1) * (np.mean(without, axis=0) - np.array(traces))
        left = 1 - sampling.share
        error = math.sqrt(left * (len(batches) - 1) * float(np.var(tests)))
        return self._tests(naive, np.array(traces) - left * bias), error

    def _traces(self, gamma: FloatArray, sampling: Sampling) -> FloatArray:
        found = []
        for moments, chosen in ((self.model, self.tested), (self.baseline, self.is_correlation)):
            totals = sampling.totals[0][chosen] if sampling.totals else None
            found.append(moments.traces(gamma[np.ix_(chosen, chosen)], totals, self.n))
        return np.array(found)

    @staticmethod
    def _tests(naive: ModelTest, traces: FloatArray) -> ModelTest:
        model, baseline = naive.model, naive.baseline
        return ModelTest(
            scaled_and_shifted(model.value, model.df, *traces[0]),
            scaled_and_shifted(baseline.value, baseline.df, *traces[1]),
        )

    def _robust(self, gamma: FloatArray) -> RobustTest | str:
        group = np.repeat(np.arange(len(self.groups)), [part.stop - part.start for part in self.parts])[self.tested]
        own = self.is_correlation[self.tested]
        places = [np.flatnonzero((group == place) & own) for place in range(len(self.groups))]
        fitted = [at.correlation for at in self.at]
        return robust_test(self.groups, fitted, self.model, gamma[np.ix_(self.tested, self.tested)], places)

    def information(self) -> FloatArray:
        """Give the information that the weights say is in the moments, as `Curvature`."""
        found: FloatArray = self.discrepancy.n_less * self.curved
        return found

    def scores(self, group: int, cells: Cells) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give what cells that are not free would do, as `Curvature`."""
        part = self.parts[group]
        weight = self.whole.weight[part]
        slopes = self._slopes_of(group, cells)
        missed = self._missed(group)
        weighted = self.discrepancy.n_less * slopes * weight
        return weighted @ missed, np.einsum("am,am->a", weighted, slopes), weighted @ self.whole.jacobian[:, part].T

    def _missed(self, group: int) -> FloatArray:
        own, at = self.groups[group], self.at[group]
        fitted = np.concatenate([at.thresholds, at.correlation[own.first, own.second]])
        missed: FloatArray = own.observed - fitted
        return missed

    def _goodness_of_fit(self) -> float:
        found = 0.0
        for place, (group, weight) in enumerate(zip(self.groups, self.discrepancy.weights, strict=True)):
            left = float(weight @ self._missed(place) ** 2) / float(weight @ group.observed**2)
            found += group.n / self.n * (1 - left)
        return found

    def _group(self, place: int, name: str) -> GroupSolution:
        group, at = self.groups[place], self.at[place]
        zeros = np.zeros(len(group.correlation))
        return GroupSolution(
            name=name,
            n=group.n,
            structure=self.discrepancy.structures[place],
            matrices=at.matrices,
            implied=at.implied,
            scales=at.scales,
            mean=zeros,
            model_mean=zeros,
            covariance=group.correlation,
            model_covariance=at.correlation,
            thresholds=group.thresholds,
            model_thresholds=at.thresholds,
        )
