r"""Ordinal alpha: Cronbach's formula on polychoric correlations, and what it is not.

With R the polychoric correlations of p items (Zumbo, Gadermann & Zeisser 2007),

.. math:: \alpha_{\text{ord}} = \frac{p}{p - 1} \left(1 - \frac{p}{1' R 1}\right).

It is alpha of the sum of the standard normal variables that answers are taken to be cuts of. Nobody observes that sum: a
score is a sum, or a mean, of answers, and is less reliable than it. So ordinal alpha says how consistent a scale could be
with ever finer answers, and never how reliable a score is (Chalmers 2018). For that, with the same view of answers, see
`mcdonald_omega` with ``kind="categorical"`` (Green & Yang 2009), or Cronbach's alpha.

References
----------
Chalmers, R. P. (2018). On misconceptions and the limited usefulness of ordinal alpha. Educational and Psychological
    Measurement 78, 1056-1071.
Green, S. B. & Yang, Y. (2009). Reliability of summed item scores using structural equation modeling: an alternative to
    coefficient alpha. Psychometrika 74, 155-167.
Zumbo, B. D., Gadermann, A. M. & Zeisser, C. (2007). Ordinal versions of coefficients alpha and theta for Likert rating
    scales. Journal of Modern Applied Statistical Methods 6, 21-29.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .correlation import read_correlations
from .errors import AnalysisError
from .item_responses import FloatArray, read_only
from .moments import Missing
from .reliability import alpha_from_covariance, alpha_without_each, item_rest_correlations, note_on_reversed
from .table import ResultTable, Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OrdinalAlpha(ResultTable):
    """Alpha of the normal variables that underlie the answers to one scale.

    Attributes
    ----------
    coefficient : float
        Of the sum of the underlying variables, not of the sum of the answers.
    average_correlation, median_correlation : float
        Polychoric, over pairs of items.
    if_deleted : ndarray, shape (n_items,)
        The coefficient of the other items, NaN where only one is left or their total does not vary.
    item_rest : ndarray, shape (n_items,)
        Correlation of each underlying variable with the sum of the others.
    item_names : tuple of str
    n : int
        Respondents used: with any answer, or with every answer where `missing` is "listwise".
    missing : {"pairwise", "listwise"}
    method : str
    converged : bool
        Whether every correlation was found.
    notes : tuple of str
    """

    coefficient: float
    average_correlation: float
    median_correlation: float
    if_deleted: FloatArray
    item_rest: FloatArray
    item_names: tuple[str, ...]
    n: int
    missing: Missing
    method: str
    converged: bool
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give the coefficient in the title and one row an item."""
        rows = tuple(
            (name, float(rest), float(without))
            for name, rest, without in zip(self.item_names, self.item_rest, self.if_deleted, strict=True)
        )
        title = f"Ordinal alpha {self.coefficient:.3f} (of what underlies the answers)"
        return Table(title, ("item", "item-rest r", "alpha if deleted"), rows, self.notes)


def ordinal_alpha(item_responses: Any, *, missing: Missing = "pairwise") -> OrdinalAlpha:
    r"""Estimate the internal consistency of the continuous variables that underlie ordered answers.

    .. math:: \alpha_{\text{ord}} = \frac{p}{p - 1} \left(1 - \frac{p}{1' R 1}\right)

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, CorrelationMatrix or iterator of batches of rows
        At least two items, keyed in one direction; whole numbers from 1 up, missing as NaN. Correlations that were found
        before are used as they are.
    missing : {"pairwise", "listwise"}
        Use every pair of answers, or only respondents who answered all items.

    Returns
    -------
    OrdinalAlpha
        No interval: the usual ones take the sum to be observed.

    Raises
    ------
    AnalysisError
        As `polychoric_correlation`; where the correlations are not polychoric, or the total does not vary.

    See Also
    --------
    mcdonald_omega : with ``kind="categorical"``, the reliability of the sum of the answers themselves.

    Notes
    -----
    Anchor: ``semTools::reliability``, alpha.ord.

    Examples
    --------
    >>> answers = [
    ...     [3, 3, 2, 3], [4, 3, 5, 5], [2, 3, 4, 4], [2, 3, 2, 2], [3, 4, 2, 3], [1, 1, 2, 1], [4, 3, 3, 3], [1, 2, 1, 3]
    ... ]
    >>> print(ordinal_alpha(answers))
    Ordinal alpha 0.879 (of what underlies the answers)
    item    item-rest r  alpha if deleted
    item_1        0.869             0.792
    item_2        0.609             0.894
    item_3        0.706             0.857
    item_4        0.780             0.828
    of the sum of the normal variables underlying the answers, which nobody observes
    of the sum of the answers themselves: mcdonald_omega with kind="categorical", or cronbach_alpha
    n = 8 respondents, every item answered
    nobody answered 5 to item_1, item_2
    """
    found = read_correlations(item_responses, "polychoric", missing=missing)
    if not found.method.startswith("polychoric"):
        raise AnalysisError(
            f"ordinal alpha is alpha of polychoric correlations; these are {found.method}: see alpha_from_covariance"
        )
    r = found.matrix
    if not r.sum() > 1e-12 * len(r):
        raise AnalysisError("the total of the items does not vary (is an item keyed the other way?)")
    correlations = r[np.triu_indices(len(r), 1)]
    rest = item_rest_correlations(r)
    notes = [
        "of the sum of the normal variables underlying the answers, which nobody observes",
        'of the sum of the answers themselves: mcdonald_omega with kind="categorical", or cronbach_alpha',
        *found.notes,
        *note_on_reversed(found.item_names, rest),
    ]
    return OrdinalAlpha(
        coefficient=float(alpha_from_covariance(r)),
        average_correlation=float(correlations.mean()),
        median_correlation=float(np.median(correlations)),
        if_deleted=read_only(alpha_without_each(r)),
        item_rest=read_only(rest),
        item_names=found.item_names,
        n=found.n,
        missing=found.missing,
        method=f"{found.method} correlations, {found.missing}",
        converged=found.converged,
        notes=tuple(notes),
    )
