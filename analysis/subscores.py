r"""Whether subscores say more than the total (Haberman 2008).

A subscore s of a scale is the sum of its items, and the total x the sum of all subscores. Of each, an observed score is a
true score and an error, and errors of different items are uncorrelated. What is wanted is the true subscore
:math:`s_t`. How well something predicts it is the share by which it reduces the mean squared error of guessing everybody
to be average (PRMSE): from the subscore, from the total, and from both,

.. math::
   \text{PRMSE}_s = \rho_s^2, \qquad
   \text{PRMSE}_x = \frac{\operatorname{cov}(s_t, x)^2}{\operatorname{var}(s_t) \operatorname{var}(x)}, \qquad
   \text{PRMSE}_{sx} = \frac{c' V^{-1} c}{\operatorname{var}(s_t)},

with :math:`\rho_s^2` the reliability of s, :math:`\operatorname{var}(s_t) = \rho_s^2 \operatorname{var}(s)`,
:math:`\operatorname{cov}(s_t, x) = \operatorname{cov}(s, x) - (1 - \rho_s^2) \operatorname{var}(s)` since x holds the errors of
s, V the covariance matrix of s and x, and c their covariances with :math:`s_t`. A subscore has value of its own where
:math:`\text{PRMSE}_s > \text{PRMSE}_x` (Haberman 2008, section 2; Sinharay 2010): otherwise the total tells a person's standing
on that scale better than the subscore does. The third is that of Haberman's augmented subscore, and never smaller than
the other two.

In the same view the reliability of the total is :math:`1 - \sum (1 - \rho_s^2) \operatorname{var}(s) / \operatorname{var}(x)`, with
alphas stratified alpha (Cronbach, Schönemann & McKie 1965).

References
----------
Cronbach, L. J., Schönemann, P. & McKie, D. (1965). Alpha coefficients for stratified-parallel tests. Educational and
    Psychological Measurement 25, 291-312.
Haberman, S. J. (2008). When can subscores have value? Journal of Educational and Behavioral Statistics 33, 204-229.
Sinharay, S. (2010). How often do subscores have added value? Results from operational and simulated data. Journal of
    Educational Measurement 47, 150-174.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .item_responses import FloatArray, IntArray, read_only
from .moments import Missing
from .omega import omega_from_covariance
from .options import refuse, shown, wrong_number
from .reading_moments import read_moments
from .reliability import alpha_from_covariance
from .scales import read_scales
from .table import ResultTable, Table

ReliabilityKind = Literal["alpha", "omega"]

_FEWEST_ITEMS = {"alpha": 2, "omega": 3}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubscoreValue(ResultTable):
    """What each subscore says beside the total; arrays of shape (n_scales,) unless said otherwise.

    Attributes
    ----------
    scales : tuple of str
    n_items : ndarray of int64
    prmse_subscore : ndarray
        Of the true subscore from the subscore: its reliability.
    prmse_total : ndarray
        Of the true subscore from the total.
    prmse_both : ndarray
        Of the true subscore from both: of the augmented subscore. An estimate: with few respondents and subscores that
        measure nothing it may lie beyond 1.
    adds_value : ndarray of bool
        Whether `prmse_subscore` is greater than `prmse_total`.
    disattenuated : ndarray, shape (n_scales, n_scales)
        Correlations of the true subscores.
    total_reliability : float
        Of the sum of all items, stratified by scale.
    n : int
        Respondents used: with any answer, or with every answer where `missing` is "listwise".
    missing : {"pairwise", "listwise"}
    method : str
        Where the reliabilities come from.
    notes : tuple of str
    """

    scales: tuple[str, ...]
    n_items: IntArray
    prmse_subscore: FloatArray
    prmse_total: FloatArray
    prmse_both: FloatArray
    adds_value: NDArray[np.bool_]
    disattenuated: FloatArray
    total_reliability: float
    n: int
    missing: Missing
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a scale."""
        rows = tuple(
            (scale, int(n_items), float(own), float(total), float(both), "yes" if adds else "no: the total says more")
            for scale, n_items, own, total, both, adds in zip(
                self.scales,
                self.n_items,
                self.prmse_subscore,
                self.prmse_total,
                self.prmse_both,
                self.adds_value,
                strict=True,
            )
        )
        title = f"Value of {len(self.scales)} subscores beside their total (reliability {self.total_reliability:.3f})"
        columns = ("scale", "items", "PRMSE subscore", "PRMSE total", "PRMSE both", "adds value")
        return Table(title, columns, rows, self.notes)


def subscore_value(
    item_responses: Any,
    scales: Mapping[str, Sequence[str]],
    *,
    reliability: ReliabilityKind | Mapping[str, float] = "alpha",
    missing: Missing = "pairwise",
) -> SubscoreValue:
    r"""Say of each subscore whether it predicts its own true score better than the total does.

    .. math:: \text{PRMSE}_s = \rho_s^2 \quad \text{against} \quad
       \text{PRMSE}_x = \frac{\operatorname{cov}(s_t, x)^2}{\operatorname{var}(s_t) \operatorname{var}(x)}

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or iterator of batches of rows
        Items as columns, keyed in one direction; at least three respondents.
    scales : mapping of scale to item names
        At least two, without an item in common. The total is the sum of the items of all of them.
    reliability : {"alpha", "omega"} or mapping of scale to number
        Of each subscore: Cronbach's alpha, a lower bound, which needs two items; linear omega, which needs three; or
        numbers from elsewhere, such as a retest.
    missing : {"pairwise", "listwise"}
        Use every pair of answers, or only respondents who answered all items.

    Returns
    -------
    SubscoreValue

    Raises
    ------
    AnalysisError
        As `cronbach_alpha`; for fewer than two scales, an item that is unknown or in two scales, a scale with too few items for
        its reliability to be estimated, and a reliability that is not above 0 and at most 1.

    Notes
    -----
    The verdict is that of the estimates: a difference that few respondents show may be chance (compare two samples).
    Errors are taken to be uncorrelated. Items of different scales that share more than their true scores, such as a wording
    or a page, make the total look better than it is.

    Anchors: regression on known true scores, and Haberman's own form of the formulas.

    References
    ----------
    Haberman (2008); Sinharay (2010).

    Examples
    --------
    >>> answers = [
    ...     [3, 3, 2, 3], [4, 3, 5, 5], [2, 3, 4, 4], [2, 3, 2, 2], [3, 4, 2, 3], [1, 1, 2, 1], [4, 3, 3, 3], [1, 2, 1, 3]
    ... ]
    >>> print(subscore_value(answers, {"Facilities": ["item_1", "item_2"], "Teamwork": ["item_3", "item_4"]}))
    Value of 2 subscores beside their total (reliability 0.887)
    scale       items  PRMSE subscore  PRMSE total  PRMSE both  adds value
    Facilities      2           0.784        0.744       0.818  yes
    Teamwork        2           0.845        0.798       0.861  yes
    n = 8 respondents, every item answered
    reliability by alpha
    """
    moments = read_moments(item_responses, missing=missing, minimum_respondents=3)
    names = moments.item_names
    places = _read_scales(scales, names, reliability)
    member = np.zeros((len(places), len(names)))
    for row, items in zip(member, places.values(), strict=True):
        row[items] = 1.0
    covariance = member @ moments.covariance @ member.T
    rho = _reliabilities(moments.covariance, member, scales, reliability)
    variance, total = np.diagonal(covariance), float(covariance.sum())
    if not (variance > 0).all() or not total > 0:
        raise AnalysisError(
            "a subscore or the total does not vary: covariances cancel out (is an item keyed the other way?)"
        )
    error = (1 - rho) * variance
    observed = covariance.sum(axis=1)
    true, with_total = variance - error, observed - error
    v = np.array([[variance, observed], [observed, np.full(len(rho), total)]]).transpose(2, 0, 1)
    c = np.stack((true, with_total), axis=1)[:, :, None]
    from_both = (np.swapaxes(c, 1, 2) @ np.linalg.pinv(v, rcond=1e-12, hermitian=True) @ c)[:, 0, 0] / true
    from_total = with_total**2 / (true * total)
    disattenuated = covariance / np.sqrt(np.outer(true, true))
    np.fill_diagonal(disattenuated, 1.0)
    method = "given reliabilities" if isinstance(reliability, Mapping) else f"reliability by {reliability}"
    notes = [moments.note_on_missing(), method]
    beyond = np.argwhere(np.triu(np.abs(disattenuated) > 1, 1))
    if len(beyond):
        pairs = ", ".join(f"{list(scales)[i]} and {list(scales)[j]}" for i, j in beyond)
        notes.append(f"true scores would correlate beyond 1, so that nothing tells them apart: {pairs}")
    return SubscoreValue(
        scales=tuple(scales),
        n_items=read_only(member.sum(axis=1).astype(np.int64)),
        prmse_subscore=read_only(rho),
        prmse_total=read_only(from_total),
        prmse_both=read_only(from_both),
        adds_value=read_only(rho > from_total),
        disattenuated=read_only(disattenuated),
        total_reliability=float(1 - error.sum() / total),
        n=moments.n_used,
        missing=moments.missing,
        method=method,
        notes=tuple(notes),
    )


def _read_scales(
    scales: Mapping[str, Sequence[str]], names: tuple[str, ...], reliability: ReliabilityKind | Mapping[str, float]
) -> dict[str, list[int]]:
    problems: list[str] = []
    fewest, kind = 1, "it"
    if isinstance(reliability, str) and reliability in _FEWEST_ITEMS:
        fewest, kind = _FEWEST_ITEMS[reliability], reliability
    elif not isinstance(reliability, Mapping):
        problems.append(f'reliability is "alpha", "omega" or a mapping of scale to number, not {shown(reliability)}')
    places, of_scales = read_scales(scales, names, fewest_scales=2, fewest_items=fewest, needed_by=kind, overlap=False)
    if isinstance(reliability, Mapping):
        without = [str(scale) for scale in places if scale not in reliability]
        if without:
            problems.append(f"no reliability was given for {', '.join(without)}")
        problems += [
            problem
            for scale in places
            if scale in reliability
            for problem in wrong_number(f"the reliability of scale {scale}", reliability[scale])
        ]
    refuse(problems + of_scales)
    return places


def _reliabilities(
    covariance: FloatArray,
    member: FloatArray,
    scales: Mapping[str, Sequence[str]],
    reliability: ReliabilityKind | Mapping[str, float],
) -> FloatArray:
    if isinstance(reliability, Mapping):
        found = np.array([float(reliability[scale]) for scale in scales])
    else:
        of_block = alpha_from_covariance if reliability == "alpha" else omega_from_covariance
        blocks = [np.ix_(inside > 0, inside > 0) for inside in member]
        found = np.array([float(of_block(covariance[block])) for block in blocks])
    bad = [
        f"the reliability of scale {scale} is {value:.3f}: it has to be above 0 and at most 1 (are items keyed one way?)"
        for scale, value in zip(scales, found, strict=True)
        if not 0 < value <= 1
    ]
    if bad:
        raise AnalysisError(bad)
    return found
