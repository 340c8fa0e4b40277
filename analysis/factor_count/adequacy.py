r"""Whether items have enough in common to be factored: Kaiser, Meyer and Olkin's measure, and Bartlett's test.

Let R be the correlations of p items and S its inverse. The partial correlation of two items given all others is
:math:`q_{ij} = -s_{ij} / \sqrt{s_{ii} s_{jj}}`. Where factors carry the correlations, partial correlations are small, and

.. math:: \mathrm{MSA}_j = \frac{\sum_{i \ne j} r_{ij}^2}{\sum_{i \ne j} r_{ij}^2 + \sum_{i \ne j} q_{ij}^2}

comes near one (Kaiser 1970; in this form Kaiser & Rice 1974); the overall measure sums over every two items.

That the items correlate at all is tested by Bartlett (1950): for normal variables without correlation

.. math:: \chi^2 = -\left(n - 1 - \frac{2 p + 5}{6}\right) \log \det R

follows a chi-square distribution of :math:`p (p - 1) / 2` degrees of freedom.

References
----------
Bartlett, M. S. (1950). Tests of significance in factor analysis. British Journal of Statistical Psychology 3, 77-85.
Kaiser, H. F. (1970). A second generation little jiffy. Psychometrika 35, 401-415.
Kaiser, H. F. (1974). An index of factorial simplicity. Psychometrika 39, 31-36.
Kaiser, H. F. & Rice, J. (1974). Little jiffy, mark IV. Educational and Psychological Measurement 34, 111-117.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from ..correlation import CorrelationKind, read_correlations
from ..correlation_matrix import CorrelationMatrix
from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..moments import Missing
from ..p_value import p_in_words
from ..table import ResultTable, Table

_WORDS = (
    (0.9, "marvelous"),
    (0.8, "meritorious"),
    (0.7, "middling"),
    (0.6, "mediocre"),
    (0.5, "miserable"),
    (0.0, "unacceptable"),
)
"""Kaiser's (1974) words, from the value where each begins."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SamplingAdequacy(ResultTable):
    """The Kaiser-Meyer-Olkin measure of sampling adequacy.

    Attributes
    ----------
    overall : float
        Of all items together, from 0 to 1.
    per_item : ndarray, shape (n_items,)
        Of each item; NaN where an item has no correlation with any other.
    item_names : tuple of str
    n : int
        Respondents that the correlations rest on.
    method : str
        Which correlations.
    notes : tuple of str
    """

    overall: float
    per_item: FloatArray
    item_names: tuple[str, ...]
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the overall measure in the title and one row an item."""
        rows = tuple((name, float(value)) for name, value in zip(self.item_names, self.per_item, strict=True))
        return Table(f"Sampling adequacy (KMO) {self.overall:.3f}", ("item", "MSA"), rows, self.notes)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sphericity(ResultTable):
    """Bartlett's test that no two items correlate.

    Attributes
    ----------
    chi_square : float
    df : int
        p (p - 1) / 2 for p items.
    p : float
        Probability of such a chi-square, or a larger one, were there no correlations; 0 below the smallest double.
    log_determinant : float
        Of the correlation matrix.
    n : int
        Respondents that the chi-square counts: those with any answer, or with every answer where missing answers were
        left out listwise.
    method : str
        Which correlations.
    notes : tuple of str
    """

    chi_square: float
    df: int
    p: float
    log_determinant: float
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the test in one row."""
        title = f"Bartlett's test of sphericity: chi-square({self.df}) = {self.chi_square:.3f}, {p_in_words(self.p)}"
        row = ("no correlations", self.chi_square, self.df, self.p)
        return Table(title, ("hypothesis", "chi-square", "df", "p"), (row,), self.notes)


def sampling_adequacy(
    item_responses: Any, *, correlation: CorrelationKind = "pearson", missing: Missing = "pairwise"
) -> SamplingAdequacy:
    r"""Measure how far the correlations of items come from what they have in common (KMO).

    .. math:: \mathrm{KMO} = \frac{\sum_{i \ne j} r_{ij}^2}{\sum_{i \ne j} r_{ij}^2 + \sum_{i \ne j} q_{ij}^2}

    where :math:`q_{ij}` is the partial correlation given all other items.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or CorrelationMatrix
        At least two items. Correlations from elsewhere enter by `CorrelationMatrix.from_matrix`.
    correlation : {"pearson", "polychoric"}
        Which correlations to take of answers; a `CorrelationMatrix` is used as it is.
    missing : {"pairwise", "listwise"}

    Returns
    -------
    SamplingAdequacy

    Raises
    ------
    AnalysisError
        As `pearson_correlation` or `polychoric_correlation`; and where the correlations are singular or not positive
        definite, so that there are no partial correlations, or are all nought.

    Notes
    -----
    Anchor: ``psych::KMO`` to 1e-10.

    References
    ----------
    Kaiser (1970); Kaiser & Rice (1974).

    Examples
    --------
    >>> import numpy as np
    >>> normal = np.random.default_rng(7).standard_normal((300, 5))
    >>> answers = np.digitize(normal[:, :4] + normal[:, 4:], [-2, -1, 0, 1]) + 1
    >>> print(sampling_adequacy(answers))
    Sampling adequacy (KMO) 0.784
    item      MSA
    item_1  0.793
    item_2  0.775
    item_3  0.778
    item_4  0.792
    middling in Kaiser's (1974) words
    Pearson correlations
    n = 300 respondents, every item answered
    """
    found = read_correlations(item_responses, correlation, missing=missing)
    found.check_positive_definite("the partial correlation of two items given the others")
    inverse = np.linalg.inv(found.matrix)
    scale = np.sqrt(np.diagonal(inverse))
    partial = inverse / np.outer(scale, scale)
    squares, partial_squares = found.matrix**2, partial**2
    np.fill_diagonal(squares, 0.0)
    np.fill_diagonal(partial_squares, 0.0)
    if not squares.any():
        raise AnalysisError("no two items correlate at all: sampling adequacy is not defined")
    common = squares.sum(axis=0)
    with np.errstate(invalid="ignore"):
        per_item = common / (common + partial_squares.sum(axis=0))
    overall = float(common.sum() / (common.sum() + partial_squares.sum()))
    notes = [f"{next(word for start, word in _WORDS if overall >= start)} in Kaiser's (1974) words"]
    poor = [name for name, value in zip(found.item_names, per_item, strict=True) if value < 0.5]
    if poor:
        notes.append(f"below 0.5, unacceptable: {', '.join(poor)}")
    return SamplingAdequacy(
        overall,
        read_only(per_item),
        found.item_names,
        found.n,
        found.method,
        (*notes, which_correlations(found), *found.notes),
    )


def bartlett_sphericity(
    item_responses: Any, *, correlation: CorrelationKind = "pearson", missing: Missing = "pairwise"
) -> Sphericity:
    r"""Test whether items correlate at all.

    .. math:: \chi^2 = -\left(n - 1 - \frac{2 p + 5}{6}\right) \log \det R

    Parameters
    ----------
    item_responses, correlation, missing
        As in `sampling_adequacy`.

    Returns
    -------
    Sphericity

    Raises
    ------
    AnalysisError
        As `sampling_adequacy`; and with too few respondents for the formula: it needs n > 1 + (2 p + 5) / 6.

    Notes
    -----
    n counts every respondent with any answer, as ``psych::cortest.bartlett`` does when given the number of rows. With
    answers missing pairwise that is too many, and the notes give the chi-square of the smallest pair beside it. The test
    takes items to be normal: of polychoric correlations it is a description only.

    Anchor: ``psych::cortest.bartlett`` to 1e-10.

    References
    ----------
    Bartlett (1950).

    Examples
    --------
    >>> import numpy as np
    >>> normal = np.random.default_rng(7).standard_normal((300, 5))
    >>> answers = np.digitize(normal[:, :4] + normal[:, 4:], [-2, -1, 0, 1]) + 1
    >>> print(bartlett_sphericity(answers))
    Bartlett's test of sphericity: chi-square(6) = 291.860, p < 0.001
    hypothesis       chi-square  df       p
    no correlations     291.860   6  <0.001
    Pearson correlations
    n = 300 respondents, every item answered
    """
    found = read_correlations(item_responses, correlation, missing=missing)
    found.check_positive_definite("the logarithm of their determinant")
    p, n = found.n_items, found.n
    taken_off = 1 + (2 * p + 5) / 6
    if n <= taken_off:
        raise AnalysisError(f"more than {taken_off:.1f} respondents needed for {p} items, got {n}")
    log_determinant = float(np.linalg.slogdet(found.matrix)[1])
    # A determinant of one may be computed a rounding above it.
    chi_square = max(-(n - taken_off) * log_determinant, 0.0)
    df = p * (p - 1) // 2
    notes = [which_correlations(found), *found.notes]
    fewest = int(found.n_pairs[np.triu_indices(p, 1)].min())
    if fewest < n:
        smallest = max(-(fewest - taken_off) * log_determinant, 0.0)
        notes.append(
            f"chi-square counts all {n} respondents; for the {fewest} who answered the rarest pair it is {smallest:.3f}"
        )
    if found.method.startswith("polychoric"):
        notes.append("the test takes items to be normal: for polychoric correlations it only describes")
    return Sphericity(
        chi_square, df, float(special.chdtrc(df, chi_square)), log_determinant, n, found.method, tuple(notes)
    )


def which_correlations(found: CorrelationMatrix) -> str:
    """Say in one line which correlations were used."""
    if found.method.startswith("given"):
        return "correlations as given" + found.method.removeprefix("given")
    return f"{found.method[0].upper()}{found.method[1:]} correlations"
