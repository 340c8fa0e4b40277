r"""Fitting a model by normal likelihood: ML, and MLR with robust errors and test.

Standard errors of ML are the inverse information, expected where all answers were given and observed otherwise. Those of
MLR are the sandwich :math:`A^{-1} B A^{-1}` of the observed information and the products of casewise slopes. MLR divides
the chi-square by (Asparouhov & Muthén 2005)

.. math:: c = [\operatorname{tr}(B_1 A_1^{-1}) - \operatorname{tr}(B_0 A_0^{-1})] / df

with 1 for the saturated model and 0 for the fitted one: Yuan and Bentler's (2000) scaling, asymptotically.

Indices of fit that are not distorted come, for complete answers, from the scaled statistics (Brosseau-Liard, Savalei & Li
2012; Brosseau-Liard & Savalei 2014), and otherwise from `analysis.confirmatory.normal.gaps`.

References
----------
Asparouhov, T. & Muthén, B. (2005). Multivariate statistical modeling with survey data. Proceedings of the FCSM
    Research Conference.
Brosseau-Liard, P. E., Savalei, V. & Li, L. (2012). An investigation of the sample performance of two nonnormality
    corrections for RMSEA. Multivariate Behavioral Research 47, 904-930.
Brosseau-Liard, P. E. & Savalei, V. (2014). Adjusting incremental fit indices for nonnormality. Multivariate Behavioral
    Research 49, 460-470.
Yuan, K.-H. & Bentler, P. M. (2000). Three likelihood-based methods for mean and covariance structure analysis with
    nonnormal missing data. Sociological Methodology 30, 165-200.
"""

import math
from collections.abc import Sequence

import numpy as np

from ...errors import AnalysisError
from ...item_responses import FloatArray, IntArray
from ..estimation.chi_square import mean_adjusted, unadjusted
from ..estimation.identification import check_counts, check_information
from ..estimation.minimisation import NO_MINIMUM, minimise
from ..estimation.solution import GroupSolution, LogLikelihood, ModelTest, RobustTest, Solution
from ..estimation.starting_values import GroupSample, starting_values
from ..structure.matrices import Cells, GroupStructure, add_block, add_slopes, implied_by, slopes_of, structure_of
from ..structure.parameter_table import ParameterTable
from .casewise_scores import complete_trace, independence_trace, score_products, score_totals
from .gaps import SaturatedInformation, robust_with_gaps
from .likelihood import NormalDiscrepancy, gradient_of, traces
from .response_patterns import ResponsePatterns, SaturatedMoments, saturated_moments


def fit_normal(
    table: ParameterTable,
    groups: Sequence[FloatArray],
    names: Sequence[str],
    clusters: Sequence[IntArray] | None,
    *,
    robust: bool,
) -> Solution:
    """Fit a model by normal likelihood.

    Parameters
    ----------
    table : ParameterTable
    groups : sequence of ndarray, each of shape (n_rows, n_items)
        Answers of each group to the items of the model, NaN where missing.
    names : sequence of str
        Of the groups.
    clusters : sequence of ndarray of int64, optional
        The cluster of each row of each group.
    robust : bool
        Whether errors and test are robust (MLR).

    Raises
    ------
    AnalysisError
        Where the model is not identified, or the search finds no minimum.
    """
    patterns = [ResponsePatterns.of(values, means=table.setting.means) for values in groups]
    n_items = len(table.model.items)
    n_moments = len(groups) * (n_items * (n_items + 1) // 2 + table.setting.means * n_items)
    check_counts(table, n_moments)
    saturated = [_saturated_moments(each, table.model.items, name) for each, name in zip(patterns, names, strict=True)]
    structures = [
        structure_of(table, group, constant_row=each.means, centre=each.centre if each.means else 0 * each.centre)
        for group, each in enumerate(patterns)
    ]
    samples = [
        GroupSample(each.mean(own.centre), each.covariance(n_items), np.zeros(0))
        for each, own in zip(saturated, patterns, strict=True)
    ]
    start = starting_values(table, structures, samples)
    discrepancy = NormalDiscrepancy(structures, patterns, table.n_free)
    if math.isinf(discrepancy.value(start)):
        raise AnalysisError("the starting values that the model gives imply no covariances")
    check_information(table, discrepancy.expected_hessian(start))
    minimum = minimise(discrepancy, start)
    if not minimum.converged:
        raise AnalysisError(NO_MINIMUM.format(minimum.iterations))
    return NormalInference(table, patterns, saturated, discrepancy, minimum.theta, clusters).solution(
        names, samples, robust=robust, iterations=minimum.iterations
    )


def _saturated_moments(patterns: ResponsePatterns, items: tuple[str, ...], group: str) -> SaturatedMoments:
    try:
        return saturated_moments(patterns, items)
    except AnalysisError as error:
        raise (error.about(f"group {group}") if group else error) from None


class NormalInference:
    """What follows from the minimum."""

    def __init__(
        self,
        table: ParameterTable,
        patterns: Sequence[ResponsePatterns],
        saturated: Sequence[SaturatedMoments],
        discrepancy: NormalDiscrepancy,
        theta: FloatArray,
        clusters: Sequence[IntArray] | None,
    ) -> None:
        self.table, self.patterns, self.saturated = table, patterns, saturated
        self.discrepancy, self.theta, self.clusters = discrepancy, theta, clusters
        self.n = sum(each.n for each in patterns)
        self.complete = all(each.complete for each in patterns)
        n_items, means = len(table.model.items), table.setting.means
        per_group = n_items * (n_items + 1) // 2 + means * n_items
        self.df = len(patterns) * per_group - table.n_free
        self.baseline_df = len(patterns) * (per_group - (1 + means) * n_items)
        expected = discrepancy.expected_hessian(theta)
        check_information(table, expected)
        self.observed = self.n / 2 * discrepancy.hessian(theta)
        self.natural = self.n / 2 * expected if self.complete else self.observed

    def solution(
        self, names: Sequence[str], samples: Sequence[GroupSample], *, robust: bool, iterations: int
    ) -> Solution:
        """Give the solution, with its test."""
        shares = [each.n / self.n for each in self.patterns]
        saturated = sum(share * each.value for share, each in zip(shares, self.saturated, strict=True))
        baseline = sum(share * _independence_value(each) for share, each in zip(shares, self.patterns, strict=True))
        value = self.n * (self.discrepancy.value(self.theta) - saturated)
        baseline_value = self.n * (baseline - saturated)
        naive = ModelTest(unadjusted(value, self.df), unadjusted(baseline_value, self.baseline_df))
        adjusted: ModelTest | str = "ML takes answers to be normal and independent: MLR does not"
        covariance = self._inverse(self.natural)
        told = [] if self.complete else self._told(normal=not robust)
        if robust:
            inverse, products = self._inverse(self.observed), self._products()
            covariance = inverse @ products @ inverse
            of_model = float(np.trace(products @ inverse))
            of_saturated = self._saturated_trace(told)
            adjusted = ModelTest(
                mean_adjusted(value, self.df, of_saturated - of_model),
                mean_adjusted(baseline_value, self.baseline_df, of_saturated - self._baseline_trace()),
            )
        groups = tuple(self._groups(names, samples))
        answers = sum(int(each.counts @ each.answered.sum(axis=1)) for each in self.patterns)
        constants = self.n * self.table.setting.means
        unit = -((answers - constants) * math.log(2 * math.pi) - constants) / 2
        return Solution(
            table=self.table,
            theta=self.theta,
            covariance=covariance,
            curvature=self,
            iterations=iterations,
            groups=groups,
            naive=naive,
            adjusted=adjusted,
            robust=self._robust(naive, adjusted, told),
            likelihood=LogLikelihood(
                unit - self.n / 2 * self.discrepancy.value(self.theta), unit - self.n / 2 * saturated
            ),
            n_for_rmsea=self.n,
            gfi=self._goodness_of_fit(groups),
            sampling_error=0.0,
        )

    def trace_at(self, theta: FloatArray, *, expected: bool = False) -> float:
        """Give tr(B A^-1), products of casewise slopes over information, at these parameters."""
        there = self._at(theta)
        information = self.n / 2 * there.discrepancy.expected_hessian(theta) if expected else there.observed
        return float(np.trace(np.linalg.solve(information, there._products())))

    def is_maximum_at(self, theta: FloatArray) -> bool:
        """Say whether the observed information is positive definite at these parameters."""
        return bool(np.linalg.eigvalsh(self._at(theta).observed)[0] > 0)

    def _at(self, theta: FloatArray) -> "NormalInference":
        if theta is self.theta:
            return self
        return NormalInference(self.table, self.patterns, self.saturated, self.discrepancy, theta, self.clusters)

    def _inverse(self, information: FloatArray) -> FloatArray:
        try:
            np.linalg.cholesky(information)
        except np.linalg.LinAlgError:
            raise AnalysisError(
                "the likelihood has no proper maximum here, so that there are no standard errors: "
                "the data do not settle this model"
            ) from None
        return np.linalg.inv(information).astype(np.float64)

    def _products(self) -> FloatArray:
        """Give the products of casewise slopes, or of their sums over clusters, of all free parameters."""
        found = np.zeros((self.table.n_free, self.table.n_free))
        n_clusters = 0 if self.clusters is None else 1 + max(int(own.max()) for own in self.clusters)
        totals = np.zeros((n_clusters, self.table.n_free))
        for group, (structure, (implied, inverses)) in enumerate(
            zip(self.discrepancy.structures, self.discrepancy.at(self.theta), strict=True)
        ):
            slopes = slopes_of(structure.cells, implied)
            if self.clusters is None:
                add_block(found, structure, score_products(self.patterns[group], inverses, slopes, None))
            else:
                own = score_totals(self.patterns[group], inverses, slopes, self.clusters[group])
                add_slopes(totals[: len(own)], structure, own)
        return found if self.clusters is None else totals.T @ totals

    def _cluster(self, group: int) -> IntArray | None:
        return None if self.clusters is None else self.clusters[group]

    def _told(self, *, normal: bool) -> list[SaturatedInformation]:
        return [
            SaturatedInformation.of(own, saturated, self._cluster(group), normal=normal)
            for group, (own, saturated) in enumerate(zip(self.patterns, self.saturated, strict=True))
        ]

    def _baseline_trace(self) -> float:
        return sum(independence_trace(own, self._cluster(group)) for group, own in enumerate(self.patterns))

    def _saturated_trace(self, told: Sequence[SaturatedInformation]) -> float:
        if told:
            return sum(each.trace for each in told)
        return sum(complete_trace(own, self._cluster(group)) for group, own in enumerate(self.patterns))

    def _robust(
        self, naive: ModelTest, adjusted: ModelTest | str, told: Sequence[SaturatedInformation]
    ) -> RobustTest | str:
        if told:
            return robust_with_gaps(self.discrepancy, self.theta, self.saturated, told)
        if isinstance(adjusted, str):
            return adjusted
        model, baseline = adjusted.model, adjusted.baseline
        expected = model.scaling * model.df if model.df else 0.0
        return RobustTest(naive.model.value, expected, naive.baseline.value, baseline.scaling * baseline.df)

    def _goodness_of_fit(self, groups: Sequence[GroupSolution]) -> float:
        if not self.complete:
            return math.nan
        found = 0.0
        for group in groups:
            inverse = np.linalg.inv(group.model_covariance)
            explained = inverse @ group.covariance
            missed = explained - np.eye(len(explained))
            mean, off = group.mean, group.mean - group.model_mean
            with_means = 2 * self.table.setting.means
            left = float(np.sum(missed * missed.T) + with_means * off @ inverse @ off)
            whole = float(np.sum(explained * explained.T) + with_means * mean @ inverse @ mean)
            found += group.n / self.n * (1 - left / whole)
        return found

    def information(self) -> FloatArray:
        """Give the expected information, as `Curvature`."""
        return self.n / 2 * self.discrepancy.information(self.theta)

    def scores(self, group: int, cells: Cells) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give what cells that are not free would do, as `Curvature`."""
        structure = self.discrepancy.structures[group]
        share = self.discrepancy.shares[group]
        implied, inverses = self.discrepancy.at(self.theta)[group]
        between = inverses @ self.patterns[group].moments @ inverses
        extra, free = slopes_of(cells, implied), slopes_of(structure.cells, implied)
        weight = np.einsum("r,rij->ij", share, inverses - between)
        score = -self.n / 2 * gradient_of(extra, weight)
        own = self.n / 2 * np.diagonal(traces(extra, extra, share, inverses, inverses))
        with_free = np.zeros((len(cells), self.table.n_free))
        add_slopes(with_free, structure, self.n / 2 * traces(extra, free, share, inverses, inverses))
        return score, own, with_free

    def _groups(self, names: Sequence[str], samples: Sequence[GroupSample]) -> list[GroupSolution]:
        found = []
        for name, structure, own, sample in zip(
            names, self.discrepancy.structures, self.patterns, samples, strict=True
        ):
            found.append(_group_solution(name, structure, own, sample, self.theta))
        return found


def _group_solution(
    name: str, structure: GroupStructure, patterns: ResponsePatterns, sample: GroupSample, theta: FloatArray
) -> GroupSolution:
    n_items = structure.n_items
    matrices = structure.fill(theta)
    implied = implied_by(matrices)
    moments = SaturatedMoments(implied.covariance, 0.0, 0)
    return GroupSolution(
        name=name,
        n=patterns.n,
        structure=structure,
        matrices=matrices,
        implied=implied,
        scales=np.ones(n_items),
        mean=sample.mean,
        model_mean=moments.mean(patterns.centre),
        covariance=sample.covariance,
        model_covariance=moments.covariance(n_items),
        thresholds=np.zeros(0),
        model_thresholds=np.zeros(0),
    )


def _independence_value(patterns: ResponsePatterns) -> float:
    """Give the discrepancy of uncorrelated items at its minimum."""
    answers, variance = patterns.item_variances()
    return float(answers @ (np.log(variance) + 1)) / patterns.n + patterns.means
