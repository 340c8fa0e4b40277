"""Units by groups of people: is a unit poor for everyone in it, or for one group?

Groups answer at different heights everywhere, so each is held against its own benchmark m_g. Person i of group g in unit j has

    y_ijg = m_g + theta_jg + e_ijg,     theta_jg = u_j + v_jg,     u ~ N(0, tau2), v_jg ~ N(0, omega_j^2), e ~ N(0, sigma2)

u_j is what the unit is for everyone, v_jg what it is for one group besides. Most units are alike for all their groups and a few
are not at all, so omega_j is a unit's own, drawn from a distribution on some values that is estimated from all units together by
expectation and maximisation, each value having been seen once beforehand (Laird 1978, JASA 73, 805-811; Efron 2010, Large-scale
inference, ch. 1: empirical Bayes). Of the moments, sigma2 is pooled within the cells, tau2 is the mean product of the deviations of
two groups of one unit, and the variance of theta is that of the cells' deviations less their error.

Given u_j and omega_j, the theta of different groups are independent, so that the probability of any pattern of low groups, all
of them or one alone, is an integral over u_j. Beside it stands Cochran's test that the groups do not differ at all,

    Q_j = sum_g w_jg (d_jg - dbar_j)^2 ~ chi2(G_j - 1),     w_jg = n_jg / sigma2          (Cochran 1954, Biometrics 10, 101-129)

which names no group falsely more often than its level where a unit is the same for all, whatever the model above believes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_only
from ..options import read_numbers, refuse, wrong_number, wrong_whole
from ..table import ResultTable, Table
from .group_patterns import BoolArray, cochran, log_likelihoods, mixing, pattern_probabilities
from .group_spread import OUTCOMES, UNTOLD, GroupSpread
from .sums import encode_units, read_scores, read_units

# omega_j in standard deviations of theta; the last ones stand for units that are wholly different for some group.
_OMEGA = np.array([0.0, 0.25, 0.5, 1.0, 1.5, 2.5])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnitGroupInteraction(ResultTable):
    """Every group at every unit against the group's own benchmark.

    Attributes
    ----------
    unit : tuple, length n_units
    group : tuple, length n_groups
        Both in order of first appearance.
    n : int array, shape (n_units, n_groups)
        People of each cell.
    deviation : float array, shape (n_units, n_groups)
        Mean of the cell less the group's benchmark; NaN in an empty cell.
    benchmark : float array, shape (n_groups,)
        Mean of each group over units, weighted by what each cell's mean knows.
    sigma2 : float
        Variance within cells.
    tau2 : float
        Variance between units of what is common to their groups.
    total : float
        Variance between units of a group's true scores, common or not.
    omega : float array, shape (n_values,)
        Standard deviations that groups may have within a unit.
    weight : float array, shape (n_values,)
        Estimated share of units with each.
    n_missing : int
        Scores that were NaN.
    method : str
    """

    unit: tuple[Hashable, ...]
    group: tuple[Hashable, ...]
    n: IntArray
    deviation: FloatArray
    benchmark: FloatArray
    sigma2: float
    tau2: float
    total: float
    omega: FloatArray
    weight: FloatArray
    n_missing: int
    method: str

    @classmethod
    def from_cells(
        cls,
        unit: Sequence[Hashable],
        group: Sequence[Hashable],
        n: ArrayLike,
        mean: ArrayLike,
        within: float,
        *,
        n_missing: int = 0,
    ) -> UnitGroupInteraction:
        """Take what something else, a database for one, has added up; `unit_group_interaction` does so from scores.

        Parameters
        ----------
        unit, group : sequence
            Labels of the rows and columns, each once.
        n, mean : array_like, shape (n_units, n_groups)
            People of each cell and their mean score; the mean of an empty cell is not looked at.
        within : float
            Sum over all cells of squared deviations of the scores from their cell's mean.
        n_missing : int

        Raises
        ------
        AnalysisError
            For shapes that do not fit, counts that are none, and where groups cannot be compared within units.
        """
        size, means = read_numbers("n", n), read_numbers("mean", mean)
        shape = (len(unit), len(group))
        problems = [
            *wrong_number("within", within, least=0),
            *wrong_whole("n_missing", n_missing, least=0),
            *(f"{len(labels)} {name}s are not each another" for name, labels in (("unit", unit), ("group", group))
              if len(set(labels)) != len(labels)),
        ]  # fmt: skip
        if size.shape != shape or means.shape != shape:
            problems.append(f"n and mean have one number a unit and group, {shape}, not {size.shape} and {means.shape}")
        elif not (np.isfinite(size) & (size >= 0) & (size == np.floor(size))).all():
            problems.append("n must be whole numbers, none of them negative")
        elif not np.isfinite(means[size > 0]).all():
            problems.append("the mean of a cell with people must be a finite number")
        refuse(problems)
        some = size > 0
        if int((some.sum(axis=1) > 1).sum()) == 0:
            raise AnalysisError("no unit has scores of two groups, so groups cannot be compared within units")
        free = int(size.sum() - some.sum())
        if free == 0 or within == 0:
            raise AnalysisError("scores do not differ within the groups of a unit, so chance has no measure")
        used = some.any(axis=0)
        if not used.all():
            raise AnalysisError(
                [f"group {tuple(group)[i]!r} has no scores at any unit: leave it out" for i in np.flatnonzero(~used)]
            )
        return _fit(tuple(unit), tuple(group), size.astype(np.int64), means, within / free, n_missing)

    def table(self) -> Table:
        """Give one row a group."""
        cells = (self.n > 0).sum(axis=0)
        people = self.n.sum(axis=0)
        rows = tuple(
            (str(label), int(cells[i]), int(people[i]), float(self.benchmark[i])) for i, label in enumerate(self.group)
        )
        own = float(self.weight @ self.omega**2)
        notes = (
            f"variance between units {self.total:.4g}: common to all groups {self.tau2:.4g}; "
            f"of groups within a unit {own:.4g}; of people {self.sigma2:.4g}",
        )
        return Table("Groups across units", ("group", "units", "n", "benchmark"), rows, notes, decimals=2)

    def spread(
        self,
        may_be_named: BoolArray | None = None,
        *,
        least: int = 10,
        depth: float = 1.0,
        at_least: float = 0.8,
        alpha: float = 0.05,
    ) -> GroupSpread:
        """Say of every unit whether it is low for one group, for several, for everyone or for none.

        A group is low where its true score lies more than `depth` standard deviations of such true scores below its benchmark.
        A statement is made where its probability reaches `at_least`; one that names some groups and not others needs besides
        that Cochran's test rejects at `alpha` that the groups are alike.

        Parameters
        ----------
        may_be_named : bool array, shape (n_units, n_groups)
            Cells that may be spoken of; all where left out.
        least : int
            People below which a cell is not spoken of.
        depth, at_least, alpha : float

        Returns
        -------
        GroupSpread

        Raises
        ------
        AnalysisError
            For shares off the scale, and a mask of another shape.
        """
        problems = [
            *wrong_whole("least", least, least=1),
            *wrong_number("depth", depth, least=0),
            *wrong_number("at_least", at_least, least=0.5, below=1),
            *wrong_number("alpha", alpha, above=0, below=1),
        ]
        spoken_of = self.n >= max(least, 1) if not problems else self.n > 0
        if may_be_named is not None:
            mask = np.asarray(may_be_named)
            if mask.dtype != np.bool_ or mask.shape != self.n.shape:
                problems.append(f"may_be_named is one yes or no a cell, shape {self.n.shape}, not {mask.shape}")
            else:
                spoken_of = spoken_of & mask
        refuse(problems)
        return _spread(self, spoken_of, depth, at_least, alpha)


def unit_group_interaction(
    scores: ArrayLike, unit: ArrayLike | Sequence[Hashable], group: ArrayLike | Sequence[Hashable]
) -> UnitGroupInteraction:
    """Hold every group at every unit against the group's own benchmark, and estimate how alike the groups of a unit are.

    Parameters
    ----------
    scores : array_like, shape (n_people,)
        One score a person, NaN where missing (dropped and counted).
    unit, group : array_like, shape (n_people,)
        The unit and the group of each person.

    Returns
    -------
    UnitGroupInteraction
        Its `spread` says for whom each unit is low.

    Raises
    ------
    AnalysisError
        For columns of different lengths, people without unit or group, fewer than two groups, no unit with two of them, and
        cells of one person each or scores that do not differ within them.

    Notes
    -----
    Anchors: variances by simulation and the table's own sums; probabilities by drawing from the same posterior; the shares of
    wrong statements, and of groups named where a unit is the same for all, come true by simulation.

    Examples
    --------
    >>> scores = [70, 80, 75, 85, 72, 78] * 2 + [40, 35, 45, 50, 38, 42] + [74, 84, 79, 70, 81, 76] * 3
    >>> wards = ["Elm"] * 12 + ["Oak"] * 12 + ["Ash"] * 12
    >>> groups = (["nurse"] * 6 + ["doctor"] * 6) * 3
    >>> spread = unit_group_interaction(scores, wards, groups).spread(least=5, depth=0.5)
    >>> spread.outcome
    ('no group', 'one group', 'no group')
    >>> print(spread)
    For whom units are low
    unit  low for    named  probability       p
    Oak   one group  nurse        0.998  <0.001
    low: 5.79 points or more below the group's own benchmark
    3 statements, 0 % of them expected to be wrong
    0 units of which nothing can be told
    """
    values, labels = read_scores(scores, unit)
    groups, problems = read_units(group, values.size)
    refuse([problem.replace("unit", "group") for problem in problems])
    units, unit_code = encode_units(labels)
    present = ~np.isnan(values)
    names, group_code = encode_units([label for label, is_there in zip(groups, present, strict=True) if is_there])
    kept, cell = values[present], unit_code[present] * len(names) + group_code
    shape, size = (len(units), len(names)), len(units) * len(names)
    n = np.bincount(cell, minlength=size)
    mean = np.divide(np.bincount(cell, weights=kept, minlength=size), n, out=np.full(size, np.nan), where=n > 0)
    within = float(((kept - mean[cell]) ** 2).sum())
    cells = n.reshape(shape), mean.reshape(shape)
    return UnitGroupInteraction.from_cells(units, names, *cells, within, n_missing=int(values.size - kept.size))


def _fit(
    units: tuple[Hashable, ...],
    names: tuple[Hashable, ...],
    n: NDArray[np.int64],
    mean: FloatArray,
    sigma2: float,
    n_missing: int,
) -> UnitGroupInteraction:
    some = n > 0
    error = np.divide(sigma2, n, out=np.full(n.shape, np.inf), where=some)
    seen = np.where(some, mean, 0.0)
    total = sigma2
    for _ in range(20):  # benchmarks need the variance as weights, and the variance needs the benchmarks
        weight = 1.0 / (total + error)
        benchmark = (weight * seen).sum(axis=0) / weight.sum(axis=0)
        deviation = np.where(some, mean - benchmark, 0.0)
        square = np.where(some, deviation**2 - error, 0.0)
        again = max(float((weight * square).sum() / weight.sum()), 0.0)
        done = abs(again - total) <= 1e-9 * max(total, 1.0)
        total = again
        if done:
            break
    weight = 1.0 / (total + error)
    products = (weight * deviation).sum(axis=1) ** 2 - ((weight * deviation) ** 2).sum(axis=1)
    pairs = weight.sum(axis=1) ** 2 - (weight**2).sum(axis=1)
    tau2 = min(max(float(products.sum() / pairs.sum()), 0.0), total)
    omega = _OMEGA * np.sqrt(total)
    likelihood = log_likelihoods(deviation, error, some, tau2, omega)[some.sum(axis=1) > 1]
    return UnitGroupInteraction(
        unit=units,
        group=names,
        n=read_only(n.astype(np.int64)),
        deviation=read_only(np.where(some, deviation, np.nan)),
        benchmark=read_only(benchmark),
        sigma2=sigma2,
        tau2=tau2,
        total=total,
        omega=read_only(omega),
        weight=read_only(mixing(likelihood)),
        n_missing=n_missing,
        method="moments; omega by expectation and maximisation",
    )


def _spread(
    found: UnitGroupInteraction, spoken_of: BoolArray, depth: float, at_least: float, alpha: float
) -> GroupSpread:
    n_units, n_groups = spoken_of.shape
    several = np.flatnonzero(spoken_of.sum(axis=1) > 1)
    probability, low = np.full((n_units, 4), np.nan), np.full((n_units, n_groups), np.nan)
    alone = np.zeros((n_units, n_groups))
    q, p = np.full(n_units, np.nan), np.full(n_units, np.nan)
    threshold = depth * float(np.sqrt(found.total))
    if several.size and found.total > 0:
        some = spoken_of[several]
        deviation = np.where(some, found.deviation[several], 0.0)
        error = np.where(some, found.sigma2 / np.maximum(found.n[several], 1), np.inf)
        q[several], p[several] = cochran(deviation, error, some)
        probability[several], alone[several], low[several] = pattern_probabilities(
            deviation, error, some, found.tau2, found.omega, found.weight, threshold
        )
    outcome, named = [UNTOLD] * n_units, np.zeros((n_units, n_groups), dtype=bool)
    right = []
    for i in several if found.total > 0 else ():
        best = int(np.argmax(probability[i]))
        differ = OUTCOMES[best] in ("one group", "several groups")
        who = np.nan_to_num(low[i]) >= 0.5
        chance = float(probability[i, best])
        if OUTCOMES[best] == "one group":
            who = np.arange(n_groups) == int(np.argmax(alone[i]))
            chance = float(alone[i].max())
        if chance < at_least or (differ and p[i] > alpha):
            continue
        outcome[i] = OUTCOMES[best]
        named[i] = who if differ else False
        right.append(chance)
    return GroupSpread(
        unit=found.unit,
        group=found.group,
        outcome=tuple(outcome),
        named=read_only(named),
        probability=read_only(probability),
        probability_low=read_only(low),
        q=read_only(q),
        p=read_only(p),
        false_share=1.0 - float(np.mean(right)) if right else np.nan,
        low_from=threshold,
        method="posterior of patterns; Cochran's Q",
    )
