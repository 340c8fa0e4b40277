r"""Do items share more than the trait? Correlations of what the trait leaves of the answers: Q3.

The residual is the answer less what the model expects at the respondent's score; Q3 is the correlation of two items'
residuals (Yen 1984). Even where the trait is all that items share it is not 0 but about -1 / (n_items - 1) (Yen 1993),
since the score holds the answers themselves. So a pair is named for its excess over the average of all pairs: 0.2 is what
simulations put at the far end of chance in most designs (Christensen, Makransky & Horton 2017).

References
----------
Christensen, K. B., Makransky, G. & Horton, M. (2017). Critical values for Yen's Q3: identification of local dependence
    in the Rasch model using residual correlations. Applied Psychological Measurement 41, 178-194.
Yen, W. M. (1984). Effects of local item dependence on the fit and equating performance of the three-parameter logistic
    model. Applied Psychological Measurement 8, 125-145.
Yen, W. M. (1993). Scaling performance assessments: strategies for managing local item dependence. Journal of Educational
    Measurement 30, 187-213.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..item_responses import FloatArray, ItemResponses, read_only
from ..one_thread import one_thread
from ..table import ResultTable, Table
from .calibration import Calibration
from .scores import posterior_moments

EXCESS = 0.2
"""Residual correlation above the average of all pairs from which a pair is named (Christensen et al. 2017)."""

_CHUNK = 4096
_SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ResidualCorrelations(ResultTable):
    """What pairs of items share beyond the trait.

    Attributes
    ----------
    item_names : tuple of str
    matrix : float array, shape (n_items, n_items)
        Q3, with ones on the diagonal; NaN for two items that fewer than three people answered both.
    average : float
        Over all pairs.
    expected : float
        About what it is where items share the trait alone: -1 / (n_items - 1).
    cutoff : float
        The average plus 0.2.
    flagged : tuple of (str, str)
        Pairs above the cut-off, the highest first.
    n : int
        Respondents with an answer.
    method : str
    """

    item_names: tuple[str, ...]
    matrix: FloatArray
    average: float
    expected: float
    cutoff: float
    flagged: tuple[tuple[str, str], ...]
    n: int
    method: str

    def table(self) -> Table:
        """Give the ten highest pairs, or all that are above the cut-off where these are more."""
        first, second = np.triu_indices(len(self.item_names), 1)
        order = np.argsort(-self.matrix[first, second], kind="stable")[: max(_SHOWN, len(self.flagged))]
        rows = tuple(
            (
                f"{self.item_names[i]} with {self.item_names[j]}",
                float(self.matrix[i, j]),
                float(self.matrix[i, j]) - self.average,
                "yes" if self.matrix[i, j] > self.cutoff else "no",
            )
            for i, j in zip(first[order].tolist(), second[order].tolist(), strict=True)
        )
        notes = (
            f"average Q3 {self.average:.3f}, expected about {self.expected:.3f}; cut-off {self.cutoff:.3f}, "
            f"{EXCESS:g} above the average (Christensen et al. 2017)",
            f"n = {self.n} respondents; {len(self.flagged)} of {first.size} pairs above the cut-off",
        )
        return Table("Residual correlations", ("items", "Q3", "above average", "flagged"), rows, notes)


def residual_correlations(calibration: Calibration, answers: ItemResponses) -> ResidualCorrelations:
    """Correlate what the scores leave of answers that have been read."""
    likelihood = calibration.likelihood(answers)
    patterns = likelihood.patterns
    with one_thread():
        score, _ = posterior_moments(likelihood, calibration.parameters)
        sums = _Sums(len(calibration.item_names))
        value = calibration.value
        for start in range(0, len(score), _CHUNK):
            option = patterns.option[start : start + _CHUNK]
            curves = calibration.items.at(calibration.parameters, score[start : start + _CHUNK])
            residual = np.where(option >= 0, value[option] - curves.expected_answer(value).T, 0.0)
            sums.add(residual, (option >= 0).astype(np.float64), patterns.count[start : start + _CHUNK])
        matrix = sums.correlations()
    names = calibration.item_names
    first, second = np.triu_indices(len(names), 1)
    pairs = matrix[first, second]
    average = float(np.nanmean(pairs))
    above = np.flatnonzero(pairs > average + EXCESS)
    above = above[np.argsort(-pairs[above], kind="stable")]
    return ResidualCorrelations(
        item_names=names,
        matrix=read_only(matrix),
        average=average,
        expected=-1.0 / (len(names) - 1),
        cutoff=average + EXCESS,
        flagged=tuple((names[i], names[j]) for i, j in zip(first[above], second[above], strict=True)),
        n=patterns.n,
        method="Yen's Q3 at expected a posteriori scores, pairwise-complete",
    )


class _Sums:
    """Sums over respondents who answered both items of a pair."""

    def __init__(self, n_items: int) -> None:
        self.n, self.total, self.square, self.product = np.zeros((4, n_items, n_items))

    def add(self, residual: FloatArray, there: FloatArray, count: FloatArray) -> None:
        weighted = count[:, None] * there
        self.n += there.T @ weighted
        self.total += residual.T @ weighted
        self.square += (residual**2).T @ weighted
        self.product += residual.T @ (count[:, None] * residual)

    def correlations(self) -> FloatArray:
        enough = self.n >= 3
        n = np.where(enough, self.n, 1.0)
        mean = self.total / n
        covariance = self.product / n - mean * mean.T
        variance = self.square / n - mean**2
        spread = np.sqrt(np.maximum(variance, 0.0) * np.maximum(variance.T, 0.0))
        found = np.full(n.shape, np.nan)
        np.divide(covariance, spread, out=found, where=enough & (spread > 1e-12))
        np.fill_diagonal(found, 1.0)
        return found
