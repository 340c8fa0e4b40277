"""Bootstrap intervals from resampled moments, of respondents or of whole units.

A resample is a set of weights: how often each respondent, or each unit, was drawn. Pairwise counts, sums and products
are sums over respondents, so those of a resample are one row of a matrix product, weights times moments, and the rows are
never copied. With units the cost does not depend on the number of respondents.

Learners of one placement resemble each other. Resampling whole placements (Davison & Hinkley 1997, section 3.8) keeps them
together, so the interval is as wide as it should be; resampling respondents makes it too short.

References
----------
Davison, A. C. & Hinkley, D. V. (1997). Bootstrap methods and their application. Cambridge University Press.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import AnalysisError
from .interval import Interval
from .item_responses import FloatArray, IntArray, read_item_responses
from .moments import Missing, covariance_of_sums, moments_of_answers, wrong_missing
from .one_thread import one_thread
from .options import (
    MOST_DRAWS,
    read_numbers,
    refuse,
    shown,
    wrong_level,
    wrong_mapping,
    wrong_seed,
    wrong_whole,
)
from .reading_moments import check_moments
from .unit_moments import UnitMoments, unpack

_BLOCK = 2048
"""Respondents, or units, whose weights in all resamples are held at a time."""

_HELD_AT_ONCE = 2**22
"""Entries of covariance matrices handed to the statistic at a time: 32 MB of them."""

Statistic = Callable[[FloatArray], ArrayLike]
"""Takes covariance matrices, shape (m, n_items, n_items), and gives m numbers."""


def bootstrap_interval(
    statistic: Statistic,
    item_responses: Any,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    n_resamples: int = 2000,
    ci: float = 0.95,
    seed: int = 1,
    missing: Missing = "pairwise",
) -> Interval:
    """Give the percentile bootstrap interval of a statistic of the covariance matrix.

    Parameters
    ----------
    statistic : callable
        Takes a stack of covariance matrices, shape (m, n_items, n_items), and gives m numbers: `alpha_from_covariance`,
        `omega_from_covariance`, or for a function f of one matrix, ``lambda matrices: [f(matrix) for matrix in matrices]``.
    item_responses : array_like, data frame or UnitMoments
        Items as columns. Moments by unit are resampled by unit.
    unit : sequence of labels, optional
        The placement of each respondent: whole placements are then resampled.
    n_resamples : int
        From 100 to 1,000,000.
    ci : float
        Level of the interval.
    seed : int
        The same seed gives the same interval.
    missing : {"pairwise", "listwise"}

    Returns
    -------
    Interval

    See Also
    --------
    bootstrap_intervals : several statistics of the same resamples, in little more than the time of one.

    Raises
    ------
    AnalysisError
        As `cronbach_alpha`; for fewer than two units, for units given beside moments that have them, and where a resample
        leaves the statistic undefined (an item becomes constant, or a pair has no common answers); for a statistic that cannot
        take the matrices or does not give one number each; and for every option that cannot be.

    Notes
    -----
    Anchor: brute force, that is the statistic of the rows drawn, resample by resample, to 1e-10. With units, memory is that
    of the moments; without, the cost grows with respondents times resamples.

    Examples
    --------
    >>> from analysis import alpha_from_covariance
    >>> answers = [[4, 5, 4], [2, 3, 2], [5, 5, 4], [3, 3, 3], [1, 2, 2], [4, 3, 5]] * 10
    >>> print(bootstrap_interval(alpha_from_covariance, answers))
    0.856 to 0.931 (95 %)
    >>> print(bootstrap_interval(alpha_from_covariance, answers, unit=list(range(12)) * 5))
    0.739 to 0.967 (95 %)
    """
    return bootstrap_intervals(
        {"statistic": statistic}, item_responses, unit, n_resamples=n_resamples, ci=ci, seed=seed, missing=missing
    )["statistic"]


def bootstrap_intervals(
    statistics: Mapping[str, Statistic],
    item_responses: Any,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    n_resamples: int = 2000,
    ci: float = 0.95,
    seed: int = 1,
    missing: Missing = "pairwise",
) -> dict[str, Interval]:
    """Give the percentile bootstrap intervals of several statistics of the covariance matrix, from the same resamples.

    Parameters
    ----------
    statistics : mapping of name to callable
        Each as in `bootstrap_interval`.
    item_responses, unit, n_resamples, ci, seed, missing
        As in `bootstrap_interval`.

    Returns
    -------
    dict of name to Interval
        The same intervals as `bootstrap_interval` gives one by one.

    Notes
    -----
    Anchor: `bootstrap_interval` of each statistic alone, from the same seed.

    Examples
    --------
    >>> from analysis import alpha_from_covariance, omega_from_covariance
    >>> answers = [[3, 3, 2, 3], [4, 3, 5, 5], [2, 3, 4, 4], [2, 3, 2, 2], [3, 4, 2, 3], [1, 1, 2, 1], [4, 3, 3, 3]] * 10
    >>> found = bootstrap_intervals({"alpha": alpha_from_covariance, "omega": omega_from_covariance}, answers)
    >>> print(found["alpha"])
    0.768 to 0.879 (95 %)
    """
    refuse(
        [
            *_wrong_statistics(statistics),
            *wrong_whole("n_resamples", n_resamples, least=100, most=MOST_DRAWS),
            *wrong_level(ci),
            *wrong_seed(seed),
            *wrong_missing(missing),
        ]
    )
    level = float(ci)
    n_drawn, n_items, blocks = _moments_to_draw(item_responses, unit, missing)
    values: dict[str, list[FloatArray]] = {name: [] for name in statistics}
    with one_thread():
        totals = _resample(np.random.default_rng(seed), blocks, n_drawn, n_resamples)
        together = max(1, _HELD_AT_ONCE // n_items**2)
        for start in range(0, n_resamples, together):
            packed = totals[start : start + together]
            covariances = covariance_of_sums(*unpack(packed[:, _repeated(n_items, packed.shape[1])], n_items))
            for name, statistic in statistics.items():
                values[name].append(_values_of(statistic, covariances))
    return {name: _percentile_interval(np.concatenate(found), n_resamples, level) for name, found in values.items()}


def _wrong_statistics(statistics: Any) -> list[str]:
    problems = wrong_mapping("statistics", statistics, "a name to a statistic")
    if problems:
        return problems
    if not statistics:
        return ["at least one statistic is needed"]
    return [
        f"{name} takes covariance matrices and gives numbers, as alpha_from_covariance does; {shown(statistic)} cannot be called"
        for name, statistic in statistics.items()
        if not callable(statistic)
    ] + [
        f"{name} takes covariance matrices, as alpha_from_covariance does; {statistic.__name__} takes answers"
        for name, statistic in statistics.items()
        if "item_responses" in getattr(getattr(statistic, "__code__", None), "co_varnames", ())[:1]
    ]


def _values_of(statistic: Statistic, covariances: FloatArray) -> FloatArray:
    """Call a statistic, which somebody else may have written, and hold it to what it should give."""
    try:
        given = statistic(covariances)
    except AnalysisError:
        raise
    except Exception as error:
        raise AnalysisError(
            f"the statistic cannot take a stack of covariance matrices, shape {covariances.shape}: "
            f"{type(error).__name__}: {error}"
        ) from error
    values = np.atleast_1d(read_numbers("what the statistic gives", given))
    if values.shape != covariances.shape[:1]:
        raise AnalysisError(
            f"the statistic gave {values.shape} numbers for {len(covariances)} covariance matrices: one each is needed"
        )
    return values


def _percentile_interval(resampled: FloatArray, n_resamples: int, level: float) -> Interval:
    undefined = int((~np.isfinite(resampled)).sum())
    if undefined:
        raise AnalysisError(
            f"the statistic is undefined in {undefined} of {n_resamples} resamples, as it is where an item becomes "
            "constant, two items have no respondents in common or the total does not vary"
        )
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def _moments_to_draw(
    item_responses: Any, unit: ArrayLike | Sequence[Hashable] | None, missing: Missing
) -> tuple[int, int, Iterator[NDArray[Any]]]:
    """Give how many are drawn from, the number of items, and blocks of packed moments, one row each."""
    if isinstance(item_responses, UnitMoments):
        if unit is not None:
            raise AnalysisError("moments by unit already name their units: leave `unit` out")
        if missing == "listwise" and item_responses.missing != "listwise":
            raise AnalysisError('moments by unit cannot drop rows afterwards: make them with missing="listwise"')
        state = item_responses
    elif unit is not None:
        state = UnitMoments.from_responses(item_responses, unit, missing=missing)
    else:
        answers = read_item_responses(item_responses, minimum_items=2, minimum_respondents=3)
        check_moments(moments_of_answers(answers, missing), 2, 3, allow_constant=False)
        values = answers.complete_rows() if missing == "listwise" else answers.values
        values = values[~np.isnan(values).all(axis=1)]
        return len(values), answers.n_items, _moments_of_rows(values)
    moments = state.moments()
    check_moments(moments, 2, 3, allow_constant=False)
    if state.n_units < 2:
        raise AnalysisError(f"at least 2 units are needed to resample them, got {state.n_units}")
    centre = np.rint(moments.means).astype(np.int64)
    return state.n_units, state.n_items, _moments_about(state.packed, centre)


def _repeated(p: int, width: int) -> NDArray[np.intp]:
    """Say which column of blocks of this width holds each packed moment.

    Where every item is answered all pair counts are one number, and the sums of an item over its pairs another: the blocks
    then hold each once, a quarter of the columns.
    """
    triangle = p * (p + 1) // 2
    if width > 1 + p + triangle:
        return np.arange(width)
    return np.concatenate((np.zeros(triangle, dtype=np.intp), 1 + np.repeat(np.arange(p), p), np.arange(1 + p, width)))


def _moments_about(packed: IntArray, centre: IntArray) -> Iterator[IntArray]:
    """Give blocks of packed moments of units with each item's `centre` taken off: smaller numbers, the same covariances."""
    p = len(centre)
    first, second = np.triu_indices(p)
    triangle = len(first)
    square = np.empty((p, p), dtype=np.intp)
    square[first, second] = square[second, first] = np.arange(triangle)
    parts = [packed[start : start + _BLOCK] for start in range(0, len(packed), _BLOCK)]
    complete = all((part[:, :triangle] == part[:, :1]).all() for part in parts)
    for part in parts:
        n_pairs, sums, products = np.split(part, [triangle, triangle + p * p], axis=1)
        if complete:
            n, sums = n_pairs[:, :1], sums[:, :: p + 1]
            shift = centre[second] * sums[:, first] + centre[first] * sums[:, second]
            about = products - shift + centre[first] * centre[second] * n
            yield np.concatenate((n, sums - centre * n, about), axis=1)
        else:
            shift = centre[second] * sums[:, first * p + second] + centre[first] * sums[:, second * p + first]
            about = products - shift + centre[first] * centre[second] * n_pairs
            yield np.concatenate((n_pairs, sums - np.repeat(centre, p) * n_pairs[:, square.ravel()], about), axis=1)


def _moments_of_rows(values: FloatArray) -> Iterator[NDArray[Any]]:
    """Pack each respondent's moments as those of a unit are; the answers need not be whole numbers."""
    whole = bool((np.isnan(values) | (values == np.rint(values))).all())
    complete = not np.isnan(values).any()
    centre = np.nanmean(values, axis=0)
    if whole:
        centre = np.rint(centre)
    first, second = np.triu_indices(values.shape[1])
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        answered = ~np.isnan(block)
        deviations = np.where(answered, block - centre, 0.0).astype(np.int64 if whole else np.float64)
        products = deviations[:, first] * deviations[:, second]
        if complete:
            yield np.concatenate((answered[:, :1], deviations, products), axis=1)
        else:
            sums = (deviations[:, :, None] * answered[:, None, :]).reshape(len(block), -1)
            yield np.concatenate((answered[:, first] & answered[:, second], sums, products), axis=1)


def _resample(rng: np.random.Generator, blocks: Iterator[NDArray[Any]], n: int, n_resamples: int) -> FloatArray:
    """Give the summed moments of each resample of n drawn with replacement, shape (n_resamples, n_packed).

    How many of the n draws fall into a block is a multinomial count; within the block each is uniform. So the blocks pass
    by once, and neither they nor the weights are ever held together.
    """
    sizes = np.full(-(-n // _BLOCK), _BLOCK)
    sizes[-1] -= sizes.sum() - n
    shares = rng.multinomial(n, sizes / n, size=n_resamples)
    totals: FloatArray | None = None
    for block, share in zip(blocks, shares.T, strict=True):
        rows = len(block)
        drawn = rng.integers(0, rows, share.sum()) + np.repeat(rows * np.arange(n_resamples), share)
        weights = np.bincount(drawn, minlength=n_resamples * rows).reshape(n_resamples, rows)
        # Whole numbers whose sums stay below 2^24 are exact in single precision, which multiplies twice as fast.
        exact = block.dtype.kind == "i" and int(np.abs(block).max()) * int(share.max()) < 2**24
        precision = np.float32 if exact else np.float64
        part = (weights.astype(precision) @ block.astype(precision)).astype(np.float64)
        totals = part if totals is None else totals + part
    if totals is None:
        raise AnalysisError("there is nothing to draw from")
    return totals
