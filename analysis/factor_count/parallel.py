r"""Parallel analysis: how many factors the correlations of items show beyond those that chance makes.

The eigenvalues of the observed correlations are held against those of items that have nothing in common, drawn many times
for as many respondents (Horn 1965). Two kinds are counted at once. Components: the eigenvalues of R itself. Factors: those
of R with squared multiple correlations in its diagonal,

.. math:: \mathrm{smc}_j = 1 - 1 / (R^{-1})_{jj},

the principal factors of the reduced matrix (Humphreys & Ilgen 1969; Humphreys & Montanelli 1975). Leading eigenvalues are
counted, up to the first that does not exceed a quantile, or the mean, of its own kind and place in the draws.

References
----------
Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis. Psychometrika 30, 179-185.
Humphreys, L. G. & Ilgen, D. R. (1969). Note on a criterion for the number of common factors. Educational and
    Psychological Measurement 29, 571-578.
Humphreys, L. G. & Montanelli, R. G. (1975). An investigation of the parallel analysis criterion for determining the number
    of common factors. Multivariate Behavioral Research 10, 193-205.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..correlation import CorrelationKind, read_correlations, wrong_correlation
from ..correlation_matrix import CorrelationMatrix
from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray, read_codes, read_only
from ..moments import Missing, wrong_missing
from ..one_thread import one_thread
from ..options import MOST_DRAWS, refuse, wrong_number, wrong_seed, wrong_whole, wrong_word
from ..pairwise import PairwiseTables
from ..picture import new_axes
from ..table import ResultTable, Table
from .adequacy import which_correlations
from .independent_items import (
    PERMUTED_TO,
    degrees_of_freedom,
    gains,
    permuted_polychorics,
    wishart_correlations,
)

Rule = Literal["quantile", "mean"]
Kind = Literal["factors", "components"]

_POSITIVE, _RAISED_TO = 1e-12, 1e-6
"""A draw with an eigenvalue below the first has no inverse: as `smooth` would, such eigenvalues are raised to the second."""

_FEWEST_DRAWS = 20


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParallelAnalysis(ResultTable):
    """Eigenvalues of the observed correlations, and of correlations that chance makes.

    Attributes
    ----------
    observed, mean, quantile : ndarray, shape (n_items,)
        Of factors: eigenvalues, from the largest, of the correlations with squared multiple correlations in the diagonal;
        their means over the draws; and their quantiles at `level`.
    observed_components, mean_components, quantile_components : ndarray, shape (n_items,)
        Of components: the same of the correlations themselves.
    n_factors, n_components : int
        How many of the first observed eigenvalues exceed those that `rule` names.
    rule : {"quantile", "mean"}
    level : float
        Of the quantiles.
    n_draws : int
    seed : int
    null : str
        How the correlations of items that have nothing in common were drawn.
    item_names : tuple of str
    n : int
        Respondents that the observed correlations rest on.
    method : str
        Which correlations.
    notes : tuple of str
    """

    observed: FloatArray
    mean: FloatArray
    quantile: FloatArray
    observed_components: FloatArray
    mean_components: FloatArray
    quantile_components: FloatArray
    n_factors: int
    n_components: int
    rule: Rule
    level: float
    n_draws: int
    seed: int
    null: str
    item_names: tuple[str, ...]
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a place: eigenvalues of factors, then of components."""
        percent = f"{100 * self.level:g} %"
        columns = ("place", "factor", "mean", percent, "component", "mean of components", f"{percent} of components")
        series = (
            self.observed,
            self.mean,
            self.quantile,
            self.observed_components,
            self.mean_components,
            self.quantile_components,
        )
        rows = tuple(
            (place, *(float(value) for value in values))
            for place, values in enumerate(zip(*series, strict=True), start=1)
        )
        title = f"Parallel analysis: {_counted(self.n_factors, 'factor')}, {_counted(self.n_components, 'component')}"
        return Table(title, columns, rows, self.notes)

    def plot(self, ax: Any = None, *, kind: Kind = "factors") -> Any:
        """Draw the scree with what chance makes.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.
        kind : {"factors", "components"}

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        AnalysisError
            Where `kind` is neither, or matplotlib is not installed.
        """
        if kind not in ("factors", "components"):
            raise AnalysisError(f'kind is "factors" or "components", not {kind!r}')
        if ax is None:
            ax = new_axes(6.4, 4.8)
        of_factors = kind == "factors"
        observed = self.observed if of_factors else self.observed_components
        mean = self.mean if of_factors else self.mean_components
        quantile = self.quantile if of_factors else self.quantile_components
        found = _counted(self.n_factors, "factor") if of_factors else _counted(self.n_components, "component")
        places = np.arange(1, len(observed) + 1)
        ax.plot(places, observed, color="#005EB8", marker="o", label=f"observed: {found}")
        ax.plot(places, quantile, color="#231F20", linestyle="--", label=f"chance, {100 * self.level:g} % quantile")
        ax.plot(places, mean, color="#768692", linestyle=":", label="chance, mean")
        ax.set_xlabel("place")
        ax.set_ylabel("eigenvalue of the reduced correlations" if of_factors else "eigenvalue of the correlations")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.legend(frameon=False)
        return ax


def parallel_analysis(
    item_responses: Any,
    correlation: CorrelationKind = "polychoric",
    n_draws: int = 1000,
    quantile: float = 0.95,
    seed: int = 1,
    *,
    rule: Rule = "quantile",
    missing: Missing = "pairwise",
) -> ParallelAnalysis:
    r"""Count the factors and the components that stand out from chance.

    Parameters
    ----------
    item_responses : array_like, data frame, PairwiseTables, UnitMoments or CorrelationMatrix
        At least three items, and more respondents than items. Correlations from elsewhere enter by
        `CorrelationMatrix.from_matrix`.
    correlation : {"polychoric", "pearson"}
        Which correlations to take of answers, observed and drawn. A `CorrelationMatrix` is used as it is.
    n_draws : int
        From 20 to 1,000,000.
    quantile : float
        Level of the quantiles of the draws, between 0 and 1.
    seed : int
        The same seed gives the same draws.
    rule : {"quantile", "mean"}
        What an observed eigenvalue has to exceed.
    missing : {"pairwise", "listwise"}

    Returns
    -------
    ParallelAnalysis

    Raises
    ------
    AnalysisError
        As `pearson_correlation` or `polychoric_correlation`; where the observed correlations are not positive definite, so
        that squared multiple correlations are not defined; and for every choice above that cannot be.

    Notes
    -----
    Pearson correlations are drawn as those of a Wishart matrix. Polychoric ones come from permuting each item's own
    answers, missing ones staying where they are; from a state or a matrix, which do not know who left out what, missing
    answers move as well. Beyond 5,000 respondents the large-sample law of polychoric correlations is drawn instead.

    Anchors: observed eigenvalues, and counts, of ``psych::fa.parallel(SMC = TRUE)``; means and quantiles of the draws
    within four Monte Carlo standard errors of psych's, and of ``lavaan::lavCor`` on permuted answers. By default psych
    reduces by the communalities of one minres factor instead: on its data set bfi that gives 6 factors, and squared multiple
    correlations 8. With ``cor = "poly"`` it counts against Pearson correlations of normal variables, which vary less
    than polychoric ones.

    References
    ----------
    Horn (1965); Humphreys & Montanelli (1975).

    Examples
    --------
    >>> import numpy as np
    >>> normal = np.random.default_rng(7).standard_normal((300, 5))
    >>> answers = np.digitize(normal[:, :4] + normal[:, 4:], [-2, -1, 0, 1]) + 1
    >>> print(parallel_analysis(answers, n_draws=200))
    Parallel analysis: 1 factor, 1 component
    place  factor    mean    95 %  component  mean of components  95 % of components
        1   1.895   0.158   0.258      2.513               1.142               1.228
        2  -0.094   0.048   0.112      0.526               1.039               1.094
        3  -0.127  -0.034   0.008      0.505               0.957               1.002
        4  -0.148  -0.123  -0.073      0.456               0.862               0.923
    factors: eigenvalues with squared multiple correlations in the diagonal; components: of the correlations
    counted up to the first that does not exceed the 95 % quantile of 200 draws (seed 1)
    chance: each item's answers permuted among the respondents who gave one
    Polychoric correlations
    n = 300 respondents, every item answered
    """
    refuse(
        [
            *wrong_correlation(correlation),
            *wrong_whole("n_draws", n_draws, least=_FEWEST_DRAWS, most=MOST_DRAWS),
            *wrong_number("quantile", quantile, above=0, below=1),
            *wrong_seed(seed),
            *wrong_word("rule", rule, ("quantile", "mean")),
            *wrong_missing(missing),
        ]
    )
    if correlation == "polychoric" and isinstance(item_responses, Iterator):
        item_responses = PairwiseTables.from_responses(item_responses, missing=missing)  # batches pass by once
    found = read_correlations(item_responses, correlation, missing=missing, minimum_items=3)
    found.check_positive_definite("the squared multiple correlation of an item with the others")
    if degrees_of_freedom(found.n_pairs) < found.n_items:
        raise AnalysisError(f"more respondents than items needed: got {found.n} for {found.n_items} items")
    rng = np.random.default_rng(seed)
    with one_thread():
        observed, observed_components, _ = _eigenvalues(found.matrix[None])
        stacks, null = _null(rng, n_draws, found, item_responses, missing)
        drawn = [_eigenvalues(stack) for stack in stacks]
    factors = np.concatenate([stack[0] for stack in drawn])
    components = np.concatenate([stack[1] for stack in drawn])
    singular = sum(stack[2] for stack in drawn)
    summaries = [(values.mean(axis=0), np.quantile(values, quantile, axis=0)) for values in (factors, components)]
    (mean, high), (mean_components, high_components) = summaries
    beyond = f"the {100 * quantile:g} % quantile" if rule == "quantile" else "the mean"
    notes = [
        "factors: eigenvalues with squared multiple correlations in the diagonal; components: of the correlations",
        f"counted up to the first that does not exceed {beyond} of {n_draws} draws (seed {seed})",
        null,
    ]
    if singular:
        notes.append(
            f"{singular} of {n_draws} draws were not positive definite: their eigenvalues below {_RAISED_TO:g} were "
            "raised to it for the squared multiple correlations"
        )
    return ParallelAnalysis(
        observed=read_only(observed[0]),
        mean=read_only(mean),
        quantile=read_only(high),
        observed_components=read_only(observed_components[0]),
        mean_components=read_only(mean_components),
        quantile_components=read_only(high_components),
        n_factors=_leading(observed[0], high if rule == "quantile" else mean),
        n_components=_leading(observed_components[0], high_components if rule == "quantile" else mean_components),
        rule=rule,
        level=float(quantile),
        n_draws=n_draws,
        seed=seed,
        null=null,
        item_names=found.item_names,
        n=found.n,
        method=found.method,
        notes=(*notes, which_correlations(found), *found.notes),
    )


def _null(
    rng: np.random.Generator, n_draws: int, found: CorrelationMatrix, item_responses: Any, missing: Missing
) -> tuple[Iterator[FloatArray], str]:
    """Give stacks of correlation matrices of items that have nothing in common, and say in a sentence how they are drawn."""
    if not found.thresholds:
        unit = np.ones(found.n_items)
        drawn = wishart_correlations(rng, n_draws, found.n_pairs, unit)
        return drawn, "chance: Pearson correlations of independent normal variables (Wishart)"
    frequencies = _frequencies(found)
    if found.n > PERMUTED_TO:
        drawn = wishart_correlations(rng, n_draws, found.n_pairs, gains(frequencies))
        return drawn, "chance: the large-sample law of polychoric correlations of independent items"
    if isinstance(item_responses, CorrelationMatrix) or hasattr(item_responses, "moments"):
        answers = np.zeros((found.n_items, found.n), dtype=np.int8)
        categories = np.arange(1, frequencies.shape[1] + 1, dtype=np.int8)
        for row, counts in zip(answers, frequencies, strict=True):
            row[: counts.sum()] = np.repeat(categories, counts)
        moved = (
            "chance: each item's answers permuted"
            if answers.all()
            else "chance: each item's answers permuted, missing ones too"
        )
        return permuted_polychorics(rng, n_draws, answers, keep_missing=False), moved
    answers = _columns(item_responses, missing)
    permuted = permuted_polychorics(rng, n_draws, answers, keep_missing=True)
    return permuted, "chance: each item's answers permuted among the respondents who gave one"


def _columns(item_responses: Any, missing: Missing) -> NDArray[np.int8]:
    """Give the answers that were used, one row an item, 0 where missing."""
    codes, _ = read_codes(item_responses)
    used = codes.all(axis=1) if missing == "listwise" else codes.any(axis=1)
    return np.ascontiguousarray(codes[used].T)


def _frequencies(found: CorrelationMatrix) -> IntArray:
    """Give how often each answer to each item was given, from the thresholds."""
    below = special.ndtr(np.array(found.thresholds))
    shares = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1))), axis=1)
    return np.rint(shares * np.diagonal(found.n_pairs)[:, None]).astype(np.int64)


def _eigenvalues(matrices: FloatArray) -> tuple[FloatArray, FloatArray, int]:
    """Give eigenvalues of the reduced matrices and of the matrices, largest first, and how many have no inverse."""
    components = np.asarray(np.linalg.eigvalsh(matrices)[:, ::-1], dtype=np.float64)
    reduced = matrices.copy()
    singular = components[:, -1] < _POSITIVE
    if singular.any():
        values, vectors = np.linalg.eigh(matrices[singular])
        raised = (vectors * np.maximum(values, _RAISED_TO)[:, None, :]) @ vectors.transpose(0, 2, 1)
        scale = np.sqrt(np.diagonal(raised, axis1=1, axis2=2))
        reduced[singular] = raised / (scale[:, :, None] * scale[:, None, :])
    every = range(matrices.shape[1])
    reduced[:, every, every] = 1 - 1 / np.linalg.inv(reduced)[:, every, every]
    factors = np.asarray(np.linalg.eigvalsh(reduced)[:, ::-1], dtype=np.float64)
    return factors, components, int(singular.sum())


def _leading(observed: FloatArray, bound: FloatArray) -> int:
    """Count the first eigenvalues that exceed their bounds."""
    exceeds = observed > bound
    return len(exceeds) if exceeds.all() else int(exceeds.argmin())


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
