r"""Known groups: does a score differ between groups that are known to differ?

Welch's (1951) test lets groups differ in spread. The share of variance between k groups of N people in all is

.. math:: \eta^2 = \frac{SS_B}{SS_T}, \quad \omega^2 = \frac{SS_B - (k - 1) MS_W}{SS_T + MS_W},

the second without the first's bias; the interval of :math:`\eta^2` is :math:`\lambda / (\lambda + N)` at the
noncentralities :math:`\lambda` that make F neither too large nor too small (Steiger 2004, eq. 9). Each pair of groups
has its standardised difference (Hedges' g, see `effect_size.py`), with p by Holm (1979) over all pairs.

References
----------
Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70.
Steiger, J. H. (2004). Beyond the F test. Psychological Methods 9, 164-182.
Welch, B. L. (1951). On the comparison of several mean values: an alternative approach. Biometrika 38, 330-336.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, ncfdtr, stdtrit

from ..errors import AnalysisError
from ..interval import Interval
from ..item_responses import FloatArray, IntArray, read_only
from ..options import refuse, wrong_level, wrong_list
from ..p_value import p_in_words
from ..score_columns import read_columns
from ..table import ResultTable, Table
from ..units.sums import encode_units, read_units
from .effect_size import GroupDifference, group_difference, where_it_falls_to


@dataclass(frozen=True, slots=True, eq=False)
class GroupPair:
    """Two groups compared.

    Attributes
    ----------
    first, second : label
    difference : GroupDifference
        First less second.
    p_holm : float
        Welch's p, corrected for the number of pairs; NaN where neither group varies.
    """

    first: Hashable
    second: Hashable
    difference: GroupDifference
    p_holm: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KnownGroups(ResultTable):
    """A score in groups.

    Attributes
    ----------
    group : tuple, length n_groups
        In the expected order, lowest first, where one is given; else in order of first appearance.
    n_people : int array, shape (n_groups,)
    mean, sd : float array, shape (n_groups,)
    interval : float array, shape (n_groups, 2)
        t interval of each mean from the group's own sd.
    pairs : tuple of GroupPair
        Every later group less every earlier one.
    welch_f, df_between, df_within, p : float
        Welch's test of equal means; NaN where a group does not vary.
    eta_squared, omega_squared : float
    eta_squared_interval : Interval
    in_expected_order : bool
        Each mean is above that before it; False where no order is expected.
    level : float
    n : int
    method : str
    notes : tuple of str
    """

    group: tuple[Hashable, ...]
    n_people: IntArray
    mean: FloatArray
    sd: FloatArray
    interval: FloatArray
    pairs: tuple[GroupPair, ...]
    welch_f: float
    df_between: float
    df_within: float
    p: float
    eta_squared: float
    omega_squared: float
    eta_squared_interval: Interval
    in_expected_order: bool
    level: float
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a group."""
        rows = tuple(
            (
                str(self.group[place]),
                int(self.n_people[place]),
                float(self.mean[place]),
                float(self.sd[place]),
                float(self.interval[place, 0]),
                float(self.interval[place, 1]),
            )
            for place in range(len(self.group))
        )
        columns = ("group", "n", "mean", "sd", f"{100 * self.level:g} % low", "high")
        tested = (
            f"Welch's F({self.df_between:g}, {self.df_within:.1f}) = {self.welch_f:.3f}, {p_in_words(self.p)}; "
            f"eta squared {self.eta_squared:.3f}, {self.eta_squared_interval}; omega squared {self.omega_squared:.3f}"
        )
        return Table("Known groups", columns, rows, (tested, *self.notes))

    def pair_table(self) -> Table:
        """Give one row a pair of groups."""
        rows = tuple(
            (
                f"{pair.first} - {pair.second}",
                pair.difference.difference,
                pair.difference.difference_interval.low,
                pair.difference.difference_interval.high,
                pair.difference.hedges_g,
                pair.difference.interval.low,
                pair.difference.interval.high,
                pair.p_holm,
            )
            for pair in self.pairs
        )
        columns = ("groups", "difference", "low", "high", "Hedges' g", "g low", "g high", "p (Holm)")
        return Table(
            "Known groups, pair by pair", columns, rows, (f"intervals of {100 * self.level:g} %, each pair alone",)
        )


def known_groups(
    score: ArrayLike,
    group: ArrayLike | Sequence[Hashable],
    *,
    expected: Sequence[Hashable] | None = None,
    ci: float = 0.95,
) -> KnownGroups:
    """Compare a score between groups.

    Parameters
    ----------
    score : array_like, shape (n,)
        NaN where missing; those people are left out and counted.
    group : array_like, shape (n,)
        The group of each person. Those who prefer not to say are a group of their own: give them a label.
    expected : sequence of labels, optional
        All groups in the order that is expected of their means, the lowest first.
    ci : float
        Level of all intervals.

    Returns
    -------
    KnownGroups

    Raises
    ------
    AnalysisError
        For scores that are no numbers, people without a group, fewer than two groups, a group of fewer than two
        scores, a score that does not vary, and an expected order that does not name just the groups there are.

    Notes
    -----
    Anchors: `statsmodels.stats.oneway.anova_oneway`, `pingouin.welch_anova`, `pingouin.compute_effsize`; the noncentral
    distributions by brute force.

    References
    ----------
    Welch (1951); Steiger (2004); Hedges (1981); Holm (1979).

    Examples
    --------
    >>> score = [62, 70, 58, 66, 75, 80, 72, 85, 90, 78]
    >>> found = known_groups(score, ["visited"] * 4 + ["routine"] * 6, expected=["visited", "routine"])
    >>> print(found)
    Known groups
    group    n    mean     sd  95 % low    high
    visited  4  64.000  5.164    55.783  72.217
    routine  6  80.000  6.603    73.071  86.929
    Welch's F(1, 7.7) = 18.373, p = 0.003; eta squared 0.673, 0.132 to 0.821 (95 %); omega squared 0.608
    means in the expected order
    """
    refuse([*(() if expected is None else wrong_list("expected", expected, "groups")), *wrong_level(ci)])
    level = float(ci)
    columns = read_columns({"score": score}, minimum=0)
    labels, problems = read_units(group, len(columns.values))
    if problems:
        raise AnalysisError(problem.replace("unit", "group") for problem in problems)
    present = ~np.isnan(columns.values[:, 0])
    names, code = encode_units([label for label, there in zip(labels, present, strict=True) if there])
    x = columns.complete[:, 0]
    sizes = np.bincount(code, minlength=len(names))
    if len(names) < 2:
        problems.append(f"at least two groups with scores needed, got {len(names)}")
    problems += [
        f"group {name} has a single score: at least two needed"
        for name, size in zip(names, sizes, strict=True)
        if size < 2
    ]
    named = list(names if expected is None else expected)
    if len(named) != len(names) or any(name not in named for name in names):
        problems.append(
            f"the expected order names {', '.join(map(str, named))}; the groups are {', '.join(map(str, names))}"
        )
    if not problems and x.max() == x.min():
        problems.append(f"every score is {x[0]:g}")
    if problems:
        raise AnalysisError(problems)
    order = list(names) if expected is None else list(expected)
    parts = [x[code == names.index(name)] for name in order]
    pairs = _pairs(order, parts, level)
    n_people = np.array([len(part) for part in parts], dtype=np.int64)
    mean, sd = np.array([part.mean() for part in parts]), np.array([part.std(ddof=1) for part in parts])
    half = stdtrit(n_people - 1, 0.5 + 0.5 * level) * sd / np.sqrt(n_people)
    f, df, p = _welch(n_people, mean, sd)
    eta, omega, interval = _shares(n_people, mean, sd, level)
    rising = expected is not None and bool((np.diff(mean) > 0).all())
    notes = list(columns.note_on_missing())
    if expected is not None:
        notes.append("means in the expected order" if rising else "means not in the expected order")
    if (sd == 0).any():
        notes.append("a group whose scores are all equal: Welch's test is not defined")
    return KnownGroups(
        group=tuple(order),
        n_people=read_only(n_people),
        mean=read_only(mean),
        sd=read_only(sd),
        interval=read_only(np.column_stack([mean - half, mean + half])),
        pairs=pairs,
        welch_f=f,
        df_between=float(len(order) - 1),
        df_within=df,
        p=p,
        eta_squared=eta,
        omega_squared=omega,
        eta_squared_interval=interval,
        in_expected_order=rising,
        level=level,
        n=len(x),
        method="Welch's test; Hedges' g with noncentral t; eta squared with noncentral F",
        notes=tuple(notes),
    )


def _pairs(order: list[Hashable], parts: list[FloatArray], level: float) -> tuple[GroupPair, ...]:
    places = [(later, earlier) for later in range(len(order)) for earlier in range(later)]
    found = [group_difference(parts[later], parts[earlier], level) for later, earlier in places]
    p = np.array([difference.p for difference in found])
    # Holm: the smallest p times the number of pairs, the next times one fewer, none below the one before.
    adjusted, most = np.full(len(p), math.nan), 0.0
    tested = np.flatnonzero(~np.isnan(p))
    for rank, place in enumerate(tested[np.argsort(p[tested], kind="stable")]):
        most = max(most, min(1.0, float(p[place]) * (len(tested) - rank)))
        adjusted[place] = most
    return tuple(
        GroupPair(order[later], order[earlier], difference, float(corrected))
        for (later, earlier), difference, corrected in zip(places, found, adjusted, strict=True)
    )


def _welch(n: IntArray, mean: FloatArray, sd: FloatArray) -> tuple[float, float, float]:
    """Return F, its second degrees of freedom and p."""
    if (sd == 0).any():
        return math.nan, math.nan, math.nan
    k, weight = len(n), n / sd**2
    share = weight / weight.sum()
    between = float((weight * (mean - share @ mean) ** 2).sum()) / (k - 1)
    lack = float(((1.0 - share) ** 2 / (n - 1)).sum())
    f = between / (1.0 + 2.0 * (k - 2) / (k * k - 1.0) * lack)
    df = (k * k - 1.0) / (3.0 * lack)
    return f, df, float(fdtrc(k - 1, df, f))


def _shares(n: IntArray, mean: FloatArray, sd: FloatArray, level: float) -> tuple[float, float, Interval]:
    """Return eta squared, omega squared and the interval of the first."""
    total, k = int(n.sum()), len(n)
    grand = float(n @ mean) / total
    between, within = float(n @ (mean - grand) ** 2), float((n - 1) @ sd**2)
    df = total - k
    ms_within = within / df
    eta = between / (between + within)
    omega = (between - (k - 1) * ms_within) / (between + within + ms_within)
    if ms_within == 0.0:
        return eta, omega, Interval(math.nan, math.nan, level)
    f, tail = between / (k - 1) / ms_within, 0.5 * (1.0 - level)

    def share(probability: float) -> float:
        def below(noncentrality: float) -> float:
            return float(ncfdtr(k - 1, df, noncentrality, f))

        if below(0.0) <= probability:
            return 0.0
        high = 10.0 + 2.0 * f * (k - 1)
        while below(high) > probability:
            high *= 2.0
        noncentrality = where_it_falls_to(below, probability, 0.0, high)
        return noncentrality / (noncentrality + total)

    return eta, omega, Interval(share(1.0 - tail), share(tail), level)
