r"""Answers of one group, sorted by which items were answered, and their moments.

Respondents who answered the same items form a pattern. The normal likelihood of all their answers is that of the
pattern's moments (Arbuckle 1996), so that nothing but the number of patterns counts. Moments are kept whole: rows and
columns of items that a pattern lacks are nought, and so are those of its inverses, so that sums over patterns are sums.

Without a model, the means and covariances that make the answers likeliest come from the EM algorithm (Dempster, Laird &
Rubin 1977; Little & Rubin 2002, sec. 11.2).

References
----------
Arbuckle, J. L. (1996). Full information estimation in the presence of incomplete data. In Marcoulides & Schumacker
    (eds), Advanced Structural Equation Modeling.
Dempster, A. P., Laird, N. M. & Rubin, D. B. (1977). Maximum likelihood from incomplete data via the EM algorithm.
    Journal of the Royal Statistical Society B 39, 1-38.
Little, R. J. A. & Rubin, D. B. (2002). Statistical Analysis with Missing Data, 2nd ed. Wiley.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import AnalysisError
from ...item_responses import FloatArray, IntArray

_CHUNK_ROWS = 16_384
_MOST_EM_STEPS = 5_000
_EM_ARRIVED = 1e-11
_SINGULAR = 1e-10
"""Smallest eigenvalue of correlations that is more than rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class ResponsePatterns:
    """Answers of one group by pattern, about a centre.

    Attributes
    ----------
    values : ndarray, shape (n_rows, n_items)
        As given, NaN where missing.
    order : ndarray of int64, shape (n,)
        Rows with an answer, pattern after pattern.
    starts : ndarray of int64, shape (n_patterns + 1,)
        Where in `order` each pattern begins, and the end.
    answered : ndarray of bool, shape (n_patterns, n_rows_of_moments)
        The items of each pattern, and the constant where it is a row.
    centre : ndarray, shape (n_items,)
        The mean of each item's answers.
    moments : ndarray, shape (n_patterns, n_rows_of_moments, n_rows_of_moments)
        Mean products about the centre, augmented by the constant; or covariances about the mean where it is no row.
    """

    values: FloatArray
    order: IntArray
    starts: IntArray
    answered: NDArray[np.bool_]
    centre: FloatArray
    moments: FloatArray

    @classmethod
    def of(cls, values: FloatArray, *, means: bool) -> "ResponsePatterns":
        """Sort rows by what was answered; empty ones are left out."""
        missing = np.isnan(values)
        order, starts = sorted_by_pattern(missing)
        answered = ~missing[order[starts[:-1]]]
        centre: FloatArray = np.nanmean(values, axis=0)
        if means:
            answered = np.column_stack([answered, np.ones(len(answered), dtype=bool)])
        n_rows = answered.shape[1]
        moments = np.zeros((len(answered), n_rows, n_rows))
        found = cls(values, order, starts, answered, centre, moments)
        for pattern, rows in found.chunks():
            moments[pattern] += rows.T @ rows
        moments /= found.counts[:, None, None]
        return found

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.order)

    @property
    def counts(self) -> IntArray:
        """Respondents of each pattern."""
        return np.diff(self.starts)

    @property
    def means(self) -> bool:
        """Whether the constant is a row of the moments."""
        return bool(self.answered.shape[1] > self.values.shape[1])

    @property
    def complete(self) -> bool:
        """Whether every respondent answered every item."""
        return len(self.answered) == 1 and bool(self.answered.all())

    def chunks(self) -> Iterator[tuple[int, FloatArray]]:
        """Give rows about the centre, nought where missing, with the constant, pattern by pattern."""
        for pattern, (first, last) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            for start in range(int(first), int(last), _CHUNK_ROWS):
                rows = self.values[self.order[start : min(start + _CHUNK_ROWS, int(last))]] - self.centre
                rows[:, ~self.answered[pattern, : rows.shape[1]]] = 0.0
                yield pattern, np.column_stack([rows, np.ones(len(rows))]) if self.means else rows

    def item_variances(self) -> tuple[FloatArray, FloatArray]:
        """Give for each item the number of answers and their variance, with that number as divisor."""
        n_items = self.values.shape[1]
        counts = self.counts.astype(np.float64)
        answers = counts @ self.answered[:, :n_items]
        squares = np.einsum("r,rii->i", counts, self.moments[:, :n_items, :n_items])
        # The centre is the mean of the answers.
        return answers, squares / answers

    def inverses(self, moments: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Invert the part of augmented moments that each pattern has, nought elsewhere.

        Returns
        -------
        inverses : ndarray, shape (n_patterns, n_rows, n_rows)
        log_determinants : ndarray, shape (n_patterns,)

        Raises
        ------
        numpy.linalg.LinAlgError
            Where the moments are not positive definite.
        """
        both = self.answered[:, :, None] & self.answered[:, None, :]
        lacking = ~self.answered
        parts = np.where(both, moments, 0.0)
        diagonal = np.arange(parts.shape[1])
        parts[:, diagonal, diagonal] += lacking
        roots = np.linalg.cholesky(parts)
        log_determinants = 2 * np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
        inverses = np.linalg.inv(parts)
        inverses[:, diagonal, diagonal] -= lacking
        return inverses, log_determinants


@dataclass(frozen=True, slots=True, eq=False)
class SaturatedMoments:
    """The moments that make answers likeliest when nothing is asked of them.

    Attributes
    ----------
    moments : ndarray, shape (n_rows, n_rows)
        About the centre of the patterns, augmented where these are.
    value : float
        Minus twice the log-likelihood of a respondent, but for the constant of the normal density.
    iterations : int
        Steps of the EM algorithm; 0 without missing answers.
    """

    moments: FloatArray
    value: float
    iterations: int

    def covariance(self, n_items: int) -> FloatArray:
        """Give the covariance matrix of the items."""
        items = self.moments[:n_items, :n_items]
        if len(self.moments) == n_items:
            return items
        mean = self.moments[-1, :-1]
        centred: FloatArray = items - np.outer(mean, mean)
        return centred

    def mean(self, centre: FloatArray) -> FloatArray:
        """Give the means of the items."""
        return centre + self.moments[-1, :-1] if len(self.moments) > len(centre) else centre


def saturated_moments(patterns: ResponsePatterns, names: tuple[str, ...]) -> SaturatedMoments:
    """Find the likeliest means and covariances.

    Raises
    ------
    AnalysisError
        Where the answers leave no likeliest covariances: items that repeat one another, or too few respondents.
    """
    answered = patterns.answered[:, : len(names)].astype(np.int64)
    apart = np.argwhere(np.triu(answered.T @ answered == 0))
    if len(apart):
        raise AnalysisError(
            f"nobody answered both {names[first]} and {names[second]}, so that nothing tells how they go together"
            for first, second in apart
        )
    try:
        if patterns.complete:
            moments = patterns.moments[0]
            _, (log_determinant,) = patterns.inverses(moments)
            found = SaturatedMoments(moments, float(log_determinant) + len(moments), 0)
        else:
            found = _em(patterns)
        covariance = found.covariance(len(names))
        deviation = np.sqrt(np.diagonal(covariance))
        singular = bool(np.linalg.eigvalsh(covariance / np.outer(deviation, deviation))[0] < _SINGULAR)
    except np.linalg.LinAlgError:
        singular = True
    if singular:
        raise AnalysisError(_why_singular(patterns, names))
    return found


def _em(patterns: ResponsePatterns) -> SaturatedMoments:
    n = patterns.n
    share = patterns.counts / n
    moments = _start(patterns)
    lacking = ~patterns.answered
    before = np.inf
    for iteration in range(1, _MOST_EM_STEPS + 1):
        inverses, log_determinants = patterns.inverses(moments)
        explained = inverses @ patterns.moments
        traces = np.trace(explained, axis1=1, axis2=2)
        value = float(share @ (log_determinants + traces))
        if before - value < _EM_ARRIVED:
            return SaturatedMoments(moments, value, iteration)
        before = value
        # Expected products: those observed where observed, regression on the observed elsewhere, and what it leaves over.
        coefficients = moments @ inverses
        filled = coefficients @ patterns.moments @ coefficients.transpose(0, 2, 1)
        left = np.where(lacking[:, :, None] & lacking[:, None, :], moments - coefficients @ moments, 0.0)
        moments = np.einsum("r,rij->ij", share, filled + left)
        moments = (moments + moments.T) / 2
    raise AnalysisError(f"the EM algorithm found no likeliest covariances in {_MOST_EM_STEPS} steps")


def _start(patterns: ResponsePatterns) -> FloatArray:
    """Begin with means of nought about the centre and the variances of the answers that there are."""
    counts = patterns.counts.astype(np.float64)
    answers = counts @ patterns.answered
    squares = np.einsum("r,rii->i", counts, patterns.moments) / answers
    return np.diag(squares)


def sorted_by_pattern(missing: NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """Order rows by pattern, complete ones first, and say where each pattern starts; empty rows are left out."""
    if not missing.any():
        return np.arange(len(missing)), np.array([0, len(missing)])
    some = np.flatnonzero(~missing.all(axis=1))
    packed = np.packbits(missing[some], axis=1)
    width = -(-packed.shape[1] // 8) * 8
    packed = np.pad(packed, ((0, 0), (0, width - packed.shape[1])))
    words = packed.view(">u8").astype(np.uint64)
    order = np.lexsort(words.T[::-1])
    ordered = words[order]
    new = np.flatnonzero((ordered[1:] != ordered[:-1]).any(axis=1)) + 1
    return some[order], np.concatenate([[0], new, [len(order)]])


def _why_singular(patterns: ResponsePatterns, names: tuple[str, ...]) -> list[str]:
    """Name items that repeat one another, or else say what may be wrong."""
    values = patterns.values
    problems = []
    for first in range(len(names)):
        for second in range(first + 1, len(names)):
            both = ~np.isnan(values[:, first]) & ~np.isnan(values[:, second])
            a, b = values[both, first], values[both, second]
            if len(a) > 1 and np.ptp(a) > 0 and np.ptp(b) > 0 and abs(np.corrcoef(a, b)[0, 1]) > 1 - 1e-9:
                problems.append(f"items {names[first]} and {names[second]} repeat one another: leave one out")
    if not problems:
        problems.append(
            f"the covariances of {len(names)} items among {patterns.n} respondents have no inverse: "
            "too few respondents, or an item that follows from others"
        )
    return problems
