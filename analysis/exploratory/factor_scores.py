r"""Factor scores: weights for standardized items that estimate where a respondent stands on each factor.

With structure :math:`S = \Lambda \Phi`, the three that are in use:

.. math::
   \text{regression (Thurstone 1935):} \quad & W = R^{-1} S \\
   \text{Bartlett (1937):} \quad & W = \Psi^{-1} \Lambda (\Lambda' \Psi^{-1} \Lambda)^{-1} \\
   \text{ten Berge et al. (1999):} \quad & W = R^{-1} L (L' R^{-1} L)^{-1/2} \Phi^{1/2}, \quad L = \Lambda \Phi^{1/2}

Regression scores correlate with their factors as highly as can be and are drawn towards the mean; Bartlett's are unbiased and
spread wider; ten Berge's correlate among themselves exactly as the factors do. No set of scores is the factor: the validity
of a score, its correlation with its factor, is :math:`(W' S)_{kk} / (W' R W)_{kk}^{1/2}` (Grice 2001). With :math:`\rho^2` the
squared validity of the regression score, any two sets of scores that fit the model as well correlate by no less than
:math:`2 \rho^2 - 1` (Guttman 1955).

References
----------
Bartlett, M. S. (1937). The statistical conception of mental factors. British Journal of Psychology 28, 97-104.
Grice, J. W. (2001). Computing and evaluating factor scores. Psychological Methods 6, 430-450.
Guttman, L. (1955). The determinacy of factor score matrices. British Journal of Statistical Psychology 8, 65-81.
ten Berge, J. M. F., Krijnen, W. P., Wansbeek, T. & Shapiro, A. (1999). Some new results on correlation-preserving factor
    scores prediction methods. Linear Algebra and its Applications 289, 311-318.
Thurstone, L. L. (1935). The Vectors of Mind. University of Chicago Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_item_responses, read_only
from ..options import refuse, wrong_kind, wrong_word
from ..table import Cell, ResultTable, Table
from .solution import FactorSolution

ScoreKind = Literal["regression", "bartlett", "ten_berge"]
_NAMES = {"regression": "Regression", "bartlett": "Bartlett's", "ten_berge": "ten Berge's"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FactorScoreWeights(ResultTable):
    """Weights that turn standardized answers into factor scores, and how good such scores are.

    Attributes
    ----------
    weights : ndarray, shape (n_items, n_factors)
    validity : ndarray, shape (n_factors,)
        Correlation of each score with its factor.
    determinacy : ndarray, shape (n_factors,)
        Squared multiple correlation of each factor with the items: no score has a higher squared validity.
    least_correlation : ndarray, shape (n_factors,)
        The least that two equally good sets of scores may correlate: below nought, the factor is anybody's guess.
    score_correlations : ndarray, shape (n_factors, n_factors)
        Of the scores among themselves.
    factor_names, item_names : tuple of str
    kind : {"regression", "bartlett", "ten_berge"}
    n : int
        Respondents that the solution rests on.
    method : str
    """

    weights: FloatArray
    validity: FloatArray
    determinacy: FloatArray
    least_correlation: FloatArray
    score_correlations: FloatArray
    factor_names: tuple[str, ...]
    item_names: tuple[str, ...]
    kind: ScoreKind
    n: int
    method: str

    def scores(self, item_responses: Any) -> FloatArray:
        """Score respondents; items are standardized by these respondents' means and standard deviations.

        Parameters
        ----------
        item_responses : array_like or data frame, shape (n_respondents, n_items)
            All items of the solution in its order; a frame may hold them among others.

        Returns
        -------
        ndarray, shape (n_respondents, n_factors)
            NaN for a respondent who left out an item.

        Raises
        ------
        AnalysisError
            As `read_item_responses`, and where items are missing or too many.
        """
        columns = getattr(item_responses, "columns", None)
        if columns is not None:
            absent = [name for name in self.item_names if name not in columns]
            if absent:
                raise AnalysisError(f"there is no item {', '.join(absent)}")
            item_responses = item_responses[list(self.item_names)]
        answers = read_item_responses(item_responses)
        if answers.n_items != len(self.item_names):
            raise AnalysisError(f"{len(self.item_names)} items needed, got {answers.n_items}")
        values = answers.values
        standardized = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0, ddof=1)
        scored: FloatArray = standardized @ self.weights
        return scored

    def table(self) -> Table:
        """Give the weights, one row an item."""
        rows: list[tuple[Cell, ...]] = [
            (name, *row) for name, row in zip(self.item_names, self.weights.tolist(), strict=True)
        ]
        rows.append(("validity", *self.validity.tolist()))
        rows.append(("least correlation", *self.least_correlation.tolist()))
        return Table(
            f"{_NAMES[self.kind]} factor score weights", ("item", *self.factor_names), tuple(rows), (self.method,)
        )


def factor_score_weights(solution: FactorSolution, kind: ScoreKind = "regression") -> FactorScoreWeights:
    """Give the weights of factor scores, and their validity.

    Parameters
    ----------
    solution : FactorSolution
    kind : {"regression", "bartlett", "ten_berge"}
        Most valid; unbiased; or correlated as the factors are.

    Returns
    -------
    FactorScoreWeights

    Raises
    ------
    AnalysisError
        Where the correlations are not positive definite; and for Bartlett's where an item has no uniqueness.

    Notes
    -----
    Anchor: ``psych::factor.scores``. Of polychoric correlations the weights are those of the normal variables under the
    answers; scores made with them from answers are an approximation.

    References
    ----------
    Thurstone (1935); Bartlett (1937); ten Berge et al. (1999); Grice (2001).

    Examples
    --------
    >>> from analysis import explore_factors
    >>> matrix = [[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]]
    >>> weights = factor_score_weights(explore_factors(matrix, 1, n=200))
    >>> print(weights)
    Regression factor score weights
    item                  F1
    item_1             0.517
    item_2             0.319
    item_3             0.218
    validity           0.876
    least correlation  0.535
    minres, oblimin rotation, given correlations
    """
    refuse(
        [
            *wrong_kind("solution", solution, FactorSolution, "explore_factors"),
            *wrong_word("kind", kind, get_args(ScoreKind)),
        ]
    )
    solution.correlation.check_positive_definite("a factor score")
    matrix, structure, phi = solution.correlation.matrix, solution.structure, solution.factor_correlations
    regression = np.linalg.solve(matrix, structure)
    if kind == "regression":
        weights = regression
    elif kind == "bartlett":
        weights = _bartlett(solution)
    else:
        root = _root(phi)
        turned = solution.loadings @ root
        inner = np.linalg.solve(matrix, turned)
        weights = np.asarray(inner @ np.linalg.inv(_root(turned.T @ inner)) @ root, dtype=np.float64)
    covariance = weights.T @ matrix @ weights
    deviations = np.sqrt(np.diagonal(covariance))
    determinacy = np.diagonal(regression.T @ structure)
    return FactorScoreWeights(
        weights=read_only(weights),
        validity=read_only(np.diagonal(weights.T @ structure) / deviations),
        determinacy=read_only(determinacy.copy()),
        least_correlation=read_only(2 * determinacy - 1),
        score_correlations=read_only(covariance / np.outer(deviations, deviations)),
        factor_names=solution.factor_names,
        item_names=solution.item_names,
        kind=kind,
        n=solution.n,
        method=solution.method,
    )


def _bartlett(solution: FactorSolution) -> FloatArray:
    used_up = [
        name for name, unique in zip(solution.item_names, solution.uniquenesses, strict=True) if not unique > 1e-8
    ]
    if used_up:
        raise AnalysisError([f"item {name} has no uniqueness, by which Bartlett's scores divide" for name in used_up])
    scaled = solution.loadings / solution.uniquenesses[:, None]
    return np.asarray(np.linalg.solve(scaled.T @ solution.loadings, scaled.T).T, dtype=np.float64)


def _root(matrix: FloatArray) -> FloatArray:
    """Give the symmetric square root of a positive definite matrix."""
    values, vectors = np.linalg.eigh(matrix)
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root
