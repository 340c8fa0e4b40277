"""Ordinal answers from a stated truth: for tests of recovery, demonstrations and power.

The truth is the multilevel factor model that this package estimates the parts of. Person p of unit j has the factors

    eta_pj = sqrt(icc) B_j + sqrt(1 - icc) W_p + shifts,     B_j ~ N(0, Phi_between),   W_p ~ N(0, Phi_within)

(Muthen 1994, Sociological Methods and Research 22, 376-398), each of variance 1 but for the shifts, the continuous
answer y* = lambda' eta + e of variance 1, and the category 1 + the number of thresholds that y* exceeds (Olsson 1979,
Psychometrika 44, 443-460). Every source of chance has its own stream of numbers, so that asking for missing answers,
straight-lining or a retest leaves all other draws as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .counted import counted
from .errors import AnalysisError
from .item_responses import FloatArray, IntArray, read_only
from .item_shift import BoolArray, ItemShift, read_dif
from .options import (
    read_numbers,
    refuse,
    shown,
    wrong_kind,
    wrong_number,
    wrong_seed,
    wrong_share,
    wrong_whole,
)
from .response_model import ResponseModel
from .table import frame_of
from .units.sums import encode_units, read_units

MOST_RESPONDENTS = 100_000_000
"""More are drawn in parts, each from a seed of its own."""


@dataclass(frozen=True, slots=True)
class Retest:
    """A second measurement of some respondents, drawn at random.

    Attributes
    ----------
    n : int
    stability : float
        Correlation of each factor with itself at the first measurement, within units.
    residual_correlation : float
        Correlation of each item's unexplained part with itself: what is remembered.
    """

    n: int
    stability: float = 0.9
    residual_correlation: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What the answers were drawn from.

    Attributes
    ----------
    model : ResponseModel
    factors : float array, shape (n, n_factors)
        True factor values of each respondent.
    unit_shift : float array, shape (n_units, n_factors)
        What each unit adds to the factors of its respondents.
    straight_lining : bool array, shape (n,)
        Who answered every item as the first.
    dif : tuple of ItemShift
    missing : float array, shape (n_items,)
        Probability that an answer is missing.
    seed : int
    """

    model: ResponseModel
    factors: FloatArray
    unit_shift: FloatArray
    straight_lining: BoolArray
    dif: tuple[ItemShift, ...]
    missing: FloatArray
    seed: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SimulatedResponses:
    """Answers and their truth.

    Attributes
    ----------
    responses : float array, shape (n, n_items)
        1..k, NaN where missing.
    items : tuple of str
    unit : tuple, length n
        The unit of each respondent; 0 for all where none were given.
    units : tuple, length n_units
        The different units in order of first appearance, as in `truth.unit_shift`.
    retest_rows : int array, shape (n_retest,)
        Rows of `responses` that were measured again; empty without a retest.
    retest_responses : float array, shape (n_retest, n_items)
    truth : Truth
    """

    responses: FloatArray
    items: tuple[str, ...]
    unit: tuple[Any, ...]
    units: tuple[Any, ...]
    retest_rows: IntArray
    retest_responses: FloatArray
    truth: Truth

    def __repr__(self) -> str:
        n, n_items = self.responses.shape
        parts = [counted(n, "respondent"), counted(n_items, "item")]
        parts += [counted(len(self.units), "unit")] if len(self.units) > 1 else []
        parts += [f"{self.retest_rows.size} measured again"] if self.retest_rows.size else []
        return f"SimulatedResponses({', '.join(parts)}, seed {self.truth.seed})"

    def to_frame(self) -> Any:
        """Give `responses` as a pandas frame, one column an item, which other functions then take the names from.

        Raises
        ------
        AnalysisError
            Where pandas is not installed.
        """
        return frame_of(self.responses, self.items)


def simulate_responses(
    model: ResponseModel,
    n: int,
    *,
    seed: int,
    unit: ArrayLike | Sequence[Any] | None = None,
    unit_shift: ArrayLike | None = None,
    person_shift: ArrayLike | None = None,
    group: ArrayLike | Sequence[Any] | None = None,
    dif: Sequence[ItemShift] = (),
    missing: float | ArrayLike = 0.0,
    straight_lining: float = 0.0,
    retest: Retest | None = None,
) -> SimulatedResponses:
    """Draw ordinal answers from a stated truth.

    Parameters
    ----------
    model : ResponseModel
    n : int
        Respondents.
    seed : int
        The same seed gives the same answers.
    unit : array_like, shape (n,)
        The unit of each respondent; needed where `latent_icc` is above 0.
    unit_shift : array_like, shape (n_units, n_factors)
        What each unit adds to its respondents' factors, in standard deviations, units in order of first appearance;
        NaN where it is to be drawn from the model.
    person_shift : array_like, shape (n, n_factors)
        What is added to the factors of each respondent: a group's advantage, or its trouble in one unit.
    group : array_like, shape (n,)
        The group of each respondent; needed by `dif`.
    dif : sequence of ItemShift
    missing : float or array_like, shape (n_items,)
        Probability that an answer is missing, completely at random.
    straight_lining : float
        Share of respondents who answer every item as they answer the first.
    retest : Retest
        A second measurement of some of them.

    Returns
    -------
    SimulatedResponses

    Raises
    ------
    AnalysisError
        Naming everything that does not fit together.

    Notes
    -----
    Anchor: what the stated truth implies, in samples large enough to show it: shares of categories, correlations, variance
    between units, stability of a retest, DIF.

    Examples
    --------
    >>> model = ResponseModel.of({"Teamwork": {"q1": 0.8, "q2": 0.7, "q3": 0.6}}, latent_icc=0.15)
    >>> places = ["Elm"] * 50 + ["Oak"] * 50
    >>> drawn = simulate_responses(model, 100, seed=1, unit=places, unit_shift=[[-0.8], [0.8]])
    >>> drawn.responses.shape, bool(drawn.responses[:50].mean() < drawn.responses[50:].mean())
    ((100, 3), True)
    """
    refuse(
        [
            *wrong_kind("model", model, ResponseModel, "ResponseModel.of"),
            *wrong_whole("n", n, least=1, most=MOST_RESPONDENTS),
            *wrong_seed(seed),
        ]
    )
    plan = _Plan.read(model, n, unit, unit_shift, person_shift, group, dif, missing, straight_lining, retest)
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(7)]
    of_units, of_persons, of_items, of_gaps, of_liners, of_retest, of_retest_gaps = streams
    drawn = of_units.normal(size=(len(plan.units), len(model.factors))) @ _root(model.between)
    shift = np.where(np.isnan(plan.unit_shift), np.sqrt(model.latent_icc) * drawn, plan.unit_shift)
    persons = of_persons.normal(size=(n, len(model.factors))) @ _root(model.within)
    spread = np.sqrt(1.0 - model.latent_icc)
    base = shift[plan.code] + plan.person_shift
    factors = base + spread * persons
    residual = of_items.normal(size=(n, len(model.items)))
    liners = of_liners.random(n) < straight_lining
    responses = _answer(model, plan, np.arange(n), factors, residual, liners)
    responses[of_gaps.random(responses.shape) < plan.missing] = np.nan

    again = np.sort(of_retest.choice(n, size=retest.n, replace=False)) if retest else np.zeros(0, dtype=np.int64)
    stability, memory = (retest.stability, retest.residual_correlation) if retest else (1.0, 1.0)
    later = of_retest.normal(size=(again.size, len(model.factors))) @ _root(model.within)
    later = base[again] + spread * (stability * persons[again] + np.sqrt(1.0 - stability**2) * later)
    anew = of_retest.normal(size=(again.size, len(model.items)))
    anew = memory * residual[again] + np.sqrt(1.0 - memory**2) * anew
    second = _answer(model, plan, again, later, anew, liners[again])
    second[of_retest_gaps.random(second.shape) < plan.missing] = np.nan

    truth = Truth(
        model=model,
        factors=read_only(factors),
        unit_shift=read_only(shift),
        straight_lining=read_only(liners),
        dif=tuple(dif),
        missing=read_only(plan.missing),
        seed=seed,
    )
    return SimulatedResponses(
        responses=read_only(responses),
        items=model.items,
        unit=plan.unit,
        units=plan.units,
        retest_rows=read_only(again.astype(np.int64)),
        retest_responses=read_only(second),
        truth=truth,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What was asked for, checked and in full."""

    unit: tuple[Any, ...]
    units: tuple[Any, ...]
    code: NDArray[np.intp]
    unit_shift: FloatArray
    person_shift: FloatArray
    shifted: tuple[tuple[int, BoolArray, ItemShift], ...]
    missing: FloatArray

    @classmethod
    def read(
        cls,
        model: ResponseModel,
        n: int,
        unit: ArrayLike | Sequence[Any] | None,
        unit_shift: ArrayLike | None,
        person_shift: ArrayLike | None,
        group: ArrayLike | Sequence[Any] | None,
        dif: Sequence[ItemShift],
        missing: float | ArrayLike,
        straight_lining: float,
        retest: Retest | None,
    ) -> _Plan:
        problems: list[str] = []
        n_factors, n_items = len(model.factors), len(model.items)
        if unit is None and (model.latent_icc.any() or unit_shift is not None):
            problems.append("a latent_icc above 0 and a unit_shift need `unit`: the unit of each respondent")
        labels, unit_problems = read_units([0] * n if unit is None else unit, n)
        problems += unit_problems
        units, code = encode_units(labels)
        shift = _read_shift("unit_shift", unit_shift, (len(units), n_factors), np.nan, problems)
        own = _read_shift("person_shift", person_shift, (n, n_factors), 0.0, problems)
        if np.isnan(own).any():
            problems.append("person_shift has missing values")
        try:
            shares = read_numbers("missing", missing)
        except AnalysisError as error:
            problems += error.problems
            shares = np.zeros(())
        if shares.shape not in ((), (n_items,)) or not ((shares >= 0) & (shares < 1)).all():
            problems.append(f"missing is a share from 0 to below 1, or one for each of the {n_items} items")
            shares = np.zeros(())
        problems += wrong_share("straight_lining", straight_lining)
        problems += _wrong_retest(retest, n)
        shifted = read_dif(model, dif, group, n, problems)
        if problems:
            raise AnalysisError(problems)
        return cls(tuple(labels), units, code, shift, own, shifted, np.broadcast_to(shares, n_items).copy())


def _answer(
    model: ResponseModel,
    plan: _Plan,
    rows: NDArray[Any],
    factors: FloatArray,
    residual: FloatArray,
    liners: BoolArray,
) -> FloatArray:
    """Turn factors and residuals (standard normal) of some rows into categories."""
    # A uniqueness may come out a rounding error below 0 for a loading of 1.
    continuous = factors @ model.loadings.T + residual * np.sqrt(np.maximum(model.uniquenesses(), 0.0))
    for item, members, shift in plan.shifted:
        those = members[rows]
        loaded = model.loadings[item] != 0.0
        continuous[those, item] += shift.steeper * factors[those][:, loaded].sum(axis=1) - shift.harder
    answers = np.empty_like(continuous)
    for item, limits in enumerate(model.thresholds):
        answers[:, item] = 1.0 + np.searchsorted(limits, continuous[:, item])
    most = np.array([limits.size + 1.0 for limits in model.thresholds])
    answers[liners] = np.minimum(answers[liners][:, :1], most)
    return answers


def _root(correlations: FloatArray) -> FloatArray:
    """Return a symmetric square root, which singular correlations have too."""
    values, vectors = np.linalg.eigh(correlations)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def _wrong_retest(retest: Any, n: int) -> list[str]:
    if retest is None:
        return []
    if not isinstance(retest, Retest):
        return [f"retest is a Retest, not {shown(retest)}"]
    return [
        *wrong_whole("n of the retest", retest.n, least=1, most=n),
        *wrong_number("stability of the retest", retest.stability, least=-1, most=1),
        *wrong_number("residual_correlation of the retest", retest.residual_correlation, least=-1, most=1),
    ]


def _read_shift(
    name: str, given: ArrayLike | None, shape: tuple[int, int], default: float, problems: list[str]
) -> FloatArray:
    try:
        shift = np.full(shape, default) if given is None else read_numbers(name, given)
    except AnalysisError as error:
        problems += error.problems
        return np.full(shape, default)
    if shift.shape != shape:
        problems.append(f"{name} has shape {shift.shape}, not {shape}")
    elif np.isinf(shift).any():
        problems.append(f"{name} has infinite values")
    return shift
