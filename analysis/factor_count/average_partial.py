r"""Velicer's minimum average partial: how many components leave the least correlation between items.

With eigenvalues :math:`\lambda_1 \ge \dots \ge \lambda_p` and eigenvectors :math:`v_j` of the correlations, the
covariances that are left when the first m principal components are held constant are

.. math:: C_m = R - \sum_{j \le m} \lambda_j v_j v_j' = \sum_{j > m} \lambda_j v_j v_j',

and their correlations :math:`r^*_{ij}(m)` are partial correlations (Velicer 1976, eqs 4-6). The criterion

.. math:: f_m = \frac{1}{p (p - 1)} \sum_{i \ne j} r^*_{ij}(m)^2, \qquad m = 0, \dots, p - 1,

falls while components carry what several items share, and grows once they carry single items. Velicer, Eaton & Fava (2000)
take fourth powers in place of squares.

References
----------
Velicer, W. F. (1976). Determining the number of components from the matrix of partial correlations. Psychometrika 41,
    321-327.
Velicer, W. F., Eaton, C. A. & Fava, J. L. (2000). Construct explication through factor or component analysis. In
    R. D. Goffin & E. Helmes (eds), Problems and solutions in human assessment, 41-71. Kluwer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..correlation import CorrelationKind, read_correlations
from ..item_responses import FloatArray, read_only
from ..moments import Missing
from ..table import ResultTable, Table
from .adequacy import which_correlations

_NOTHING_LEFT = 1e-12
"""A residual variance below this is nought but for rounding, and has no correlations."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MinimumAveragePartial(ResultTable):
    """The average partial correlation that is left after each number of components.

    Attributes
    ----------
    values : ndarray, shape (n_items,)
        ``values[m]`` is the average squared partial correlation given the first m principal components; ``values[0]`` is that
        of the correlations themselves. NaN where an item has no variance left.
    n_factors : int
        Where `values` is smallest.
    fourth_powers : ndarray, shape (n_items,)
        The same of fourth powers (Velicer, Eaton & Fava 2000).
    n_factors_fourth : int
        Where `fourth_powers` is smallest.
    item_names : tuple of str
    n : int
        Respondents that the correlations rest on.
    method : str
        Which correlations.
    notes : tuple of str
    """

    values: FloatArray
    n_factors: int
    fourth_powers: FloatArray
    n_factors_fourth: int
    item_names: tuple[str, ...]
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a number of components."""
        rows = tuple(
            (number, float(square), float(fourth))
            for number, (square, fourth) in enumerate(zip(self.values, self.fourth_powers, strict=True))
        )
        title = f"Minimum average partial: {self.n_factors} by squares, {self.n_factors_fourth} by fourth powers"
        return Table(title, ("components", "squared", "fourth power"), rows, self.notes, decimals=4)


def minimum_average_partial(
    item_responses: Any, *, correlation: CorrelationKind = "pearson", missing: Missing = "pairwise"
) -> MinimumAveragePartial:
    r"""Find the number of components that leaves the smallest average partial correlation (MAP).

    .. math:: f_m = \frac{1}{p (p - 1)} \sum_{i \ne j} r^*_{ij}(m)^2

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or CorrelationMatrix
        At least three items. Correlations from elsewhere enter by `CorrelationMatrix.from_matrix`.
    correlation : {"pearson", "polychoric"}
        Which correlations to take of answers; a `CorrelationMatrix` is used as it is.
    missing : {"pairwise", "listwise"}

    Returns
    -------
    MinimumAveragePartial

    Raises
    ------
    AnalysisError
        As `pearson_correlation` or `polychoric_correlation`, and for fewer than three items.

    Notes
    -----
    Anchors: ``psych::vss`` (its ``map``, which begins with one component) and ``psych::partial.r`` to 1e-10.

    References
    ----------
    Velicer (1976); Velicer, Eaton & Fava (2000).

    Examples
    --------
    >>> import numpy as np
    >>> normal = np.random.default_rng(7).standard_normal((300, 5))
    >>> answers = np.digitize(normal[:, :4] + normal[:, 4:], [-2, -1, 0, 1]) + 1
    >>> print(minimum_average_partial(answers))
    Minimum average partial: 1 by squares, 1 by fourth powers
    components  squared  fourth power
             0   0.2114        0.0449
             1   0.1117        0.0128
             2   0.3333        0.3278
             3   1.0000        1.0000
    Pearson correlations
    n = 300 respondents, every item answered
    """
    found = read_correlations(item_responses, correlation, missing=missing, minimum_items=3)
    p = found.n_items
    eigenvalues, vectors = np.linalg.eigh(found.matrix)
    squares, fourth_powers = np.full(p, np.nan), np.full(p, np.nan)
    apart = np.triu_indices(p, 1)
    residual = np.zeros((p, p))
    # From the last component up: small residuals would drown in the rounding of a difference from R.
    for place in range(p):
        residual += eigenvalues[place] * np.outer(vectors[:, place], vectors[:, place])
        variance = np.diagonal(residual)
        if (variance > _NOTHING_LEFT).all():
            scale = np.sqrt(variance)
            partial = (residual / np.outer(scale, scale))[apart]
            squares[p - 1 - place] = (partial**2).mean()
            fourth_powers[p - 1 - place] = (partial**4).mean()
    notes = [which_correlations(found), *found.notes]
    if not found.positive_definite:
        notes.append(f"not positive definite: the smallest eigenvalue is {found.smallest_eigenvalue:.3g}")
    undefined = np.flatnonzero(np.isnan(squares))
    if len(undefined):
        notes.append(f"not defined for {undefined[0]} or more components: an item has no variance left")
    return MinimumAveragePartial(
        read_only(squares),
        int(np.nanargmin(squares)),
        read_only(fourth_powers),
        int(np.nanargmin(fourth_powers)),
        found.item_names,
        found.n,
        found.method,
        tuple(notes),
    )
