r"""Variance components of ratings, and how dependable a score made of them is.

The coefficients are (Brennan 2001, ch. 2-4; Shavelson & Webb 1991; `design.py` says what is error for whom)

.. math:: E\rho^2 = \frac{\sigma^2(\tau)}{\sigma^2(\tau) + \sigma^2(\delta)}, \qquad
          \Phi = \frac{\sigma^2(\tau)}{\sigma^2(\tau) + \sigma^2(\Delta)},

of the universe score :math:`\tau`, with relative error :math:`\delta` (who stands above whom) and absolute error
:math:`\Delta` (how high). For persons by items :math:`E\rho^2` is coefficient alpha and the consistency ICC of the
mean, :math:`\Phi` its agreement ICC.

Analysis of variance: variances solve the equations of the expected mean squares and may be negative, which is shown;
coefficients take such a one for 0. Standard errors follow from the variance of a mean square, 2 MS^2 / (df + 2)
(Brennan 2001, eq. 6.1). Intervals are generalized confidence intervals (Weerahandi 1993; Burdick, Borror & Montgomery
2005, ch. 1): each mean square is replaced by MS df / chi-square, over a lattice of chi-square quantiles; for
:math:`E\rho^2` of persons by items that is Feldt's (1965) exact interval.

Restricted maximum likelihood uses every rating, also where some are missing. Intervals of its coefficients take the
logarithms of the variances as normal, with the covariance of the observed information.

References
----------
Brennan, R. L. (2001). Generalizability Theory. Springer.
Burdick, R. K., Borror, C. M. & Montgomery, D. C. (2005). Design and Analysis of Gauge R&R Studies. SIAM.
Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    Psychometrika 30, 357-370.
Shavelson, R. J. & Webb, N. M. (1991). Generalizability Theory: A Primer. Sage.
Weerahandi, S. (1993). Generalized confidence intervals. JASA 88, 899-905.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AnalysisError
from ..interval import Interval
from ..item_responses import FloatArray, read_only
from ..options import read_numbers, refuse, wrong_level
from ..table import ResultTable, Table
from .components import Estimate, by_anova, by_likelihood
from .decision import DecisionStudy
from .design import EFFECTS, Design, ObjectOfMeasurement, score_variances, share_of
from .ratings import Ratings, options_that_do_not_fit, read_ratings

Method = Literal["anova", "reml"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VarianceComponents(ResultTable):
    """Variance of each effect.

    Attributes
    ----------
    effect : tuple of str, length n_effects
    df, mean_square : float array, shape (n_effects,)
        Of the analysis of variance; NaN by restricted maximum likelihood.
    variance : float array, shape (n_effects,)
        Of a single rating. By analysis of variance it may be negative.
    standard_error : float array, shape (n_effects,)
    interval : float array, shape (n_effects, 2)
        Never below 0.
    share : float array, shape (n_effects,)
        Of the sum, negative variances taken for 0.
    level : float
        Of the intervals.
    """

    effect: tuple[str, ...]
    df: FloatArray
    mean_square: FloatArray
    variance: FloatArray
    standard_error: FloatArray
    interval: FloatArray
    share: FloatArray
    level: float

    def table(self) -> Table:
        """Give one row an effect."""
        rows = tuple(
            (
                self.effect[i],
                float(self.df[i]),
                float(self.mean_square[i]),
                float(self.variance[i]),
                float(self.standard_error[i]),
                float(self.interval[i, 0]),
                float(self.interval[i, 1]),
                float(self.share[i]),
            )
            for i in range(len(self.effect))
        )
        columns = ("effect", "df", "MS", "variance", "se", f"{100 * self.level:g} % low", "high", "share")
        return Table("Variance components", columns, rows, decimals=4)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Generalizability(ResultTable):
    """How dependable a score is, and what makes it less so.

    Attributes
    ----------
    design : str
        "p x i", "i:p" or "p:u x i".
    of : str
        Whose score it is, "person" or "unit".
    fixed_items : bool
        Whether the items are the only ones of interest.
    components : VarianceComponents
    universe_variance : float
        Of what the score is to tell, in score units squared.
    relative_error, absolute_error : float
        Variances of its errors; their square roots are the standard errors of measurement.
    e_rho2, phi : float
        For decisions that compare, and for decisions on the score itself.
    e_rho2_interval, phi_interval : Interval
    n_items : float
        Items of a score; the harmonic mean where persons answered different numbers of them.
    n_persons : float
        Persons of a unit's score: the harmonic mean over units. 1 where a person is scored.
    n, n_units : int
        Persons used, and their units (0 in a design without).
    n_missing : int
        Ratings that are missing among persons with any.
    n_dropped : int
        Persons left out.
    method : str
        "anova" or "reml".
    notes : tuple of str
    """

    design: Design
    of: ObjectOfMeasurement
    fixed_items: bool
    components: VarianceComponents
    universe_variance: float
    relative_error: float
    absolute_error: float
    e_rho2: float
    phi: float
    e_rho2_interval: Interval
    phi_interval: Interval
    n_items: float
    n_persons: float
    n: int
    n_units: int
    n_missing: int
    n_dropped: int
    method: Method
    notes: tuple[str, ...]

    def decision_study(self, n_items: ArrayLike | None = None, n_persons: ArrayLike | None = None) -> DecisionStudy:
        """Say how reliable scores of other numbers of items and persons would be.

        Parameters
        ----------
        n_items, n_persons : number or array_like
            Those of this study where left out. Every number of items is combined with every number of persons.

        Returns
        -------
        DecisionStudy

        Raises
        ------
        AnalysisError
            For numbers that are not above 0, and persons where it is a person who is scored.

        Examples
        --------
        >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
        >>> print(generalizability(ratings).decision_study(n_items=[1, 4, 8]))
        Reliability of the score of a person
        items  E rho^2    phi  SEM, relative  SEM, absolute
        1        0.715  0.290          1.010          2.503
        4        0.909  0.620          0.505          1.251
        8        0.953  0.765          0.357          0.885
        p x i, anova
        """
        if n_persons is not None and self.of == "person":
            raise AnalysisError("the score of a person does not depend on a number of persons")
        items = read_numbers("n_items", self.n_items if n_items is None else n_items).ravel()
        persons = read_numbers("n_persons", self.n_persons if n_persons is None else n_persons).ravel()
        if not (
            items.size
            and persons.size
            and np.all(items > 0)
            and np.all(persons > 0)
            and np.isfinite(items.sum() + persons.sum())
        ):
            raise AnalysisError("numbers of items and persons to plan for must be above 0")
        plans = np.array([(i, p) for i in items for p in persons])
        universe, relative, absolute = score_variances(
            self.design, self.of, self.fixed_items, self.components.variance, plans[:, 0], plans[:, 1]
        )
        return DecisionStudy(
            n_items=read_only(plans[:, 0].copy()),
            n_persons=read_only(plans[:, 1].copy()),
            universe_variance=read_only(universe.copy()),
            relative_error=read_only(relative.copy()),
            absolute_error=read_only(absolute.copy()),
            e_rho2=read_only(share_of(universe, relative)),
            phi=read_only(share_of(universe, absolute)),
            of=self.of,
            method=f"{self.design}{', items fixed' if self.fixed_items else ''}, {self.method}",
        )

    def table(self) -> Table:
        """Give the coefficients, with the components in the notes."""
        level = f"{100 * self.phi_interval.level:g} %"
        rows = (
            ("E rho^2", self.e_rho2, self.e_rho2_interval.low, self.e_rho2_interval.high),
            ("phi", self.phi, self.phi_interval.low, self.phi_interval.high),
            ("SEM, relative", math.sqrt(self.relative_error), None, None),
            ("SEM, absolute", math.sqrt(self.absolute_error), None, None),
        )
        shares = zip(self.components.effect, self.components.variance, self.components.share, strict=True)
        of = f"{self.n_items:.3g} items" + (f" and {self.n_persons:.3g} persons" if self.of == "unit" else "")
        units = f" in {self.n_units} units" if self.n_units else ""
        fixed = ", items fixed" if self.fixed_items else ""
        notes = (
            f"{self.design}{fixed}, {self.method}: {self.n} persons{units}; score of a {self.of} from {of}",
            *(f"{name}: variance {variance:.4g}, {100 * share:.0f} %" for name, variance, share in shares),
            *self.notes,
        )
        return Table("Generalizability", ("", "estimate", f"{level} low", "high"), rows, notes)


def generalizability(
    ratings: Any,
    unit: ArrayLike | Sequence[Hashable] | None = None,
    *,
    design: Design | None = None,
    of: ObjectOfMeasurement | None = None,
    fixed_items: bool = False,
    method: Method = "anova",
    ci: float = 0.95,
) -> Generalizability:
    """Take the variance of ratings apart, and say how dependable the scores of persons or units are.

    Parameters
    ----------
    ratings : array_like or data frame, shape (n_persons, n_items)
        One row a person, one column an item (or a rater); NaN where missing.
    unit : array_like, shape (n_persons,)
        The placement of each person, for the design p:u x i.
    design : {"p x i", "i:p", "p:u x i"}
        Persons by items; items of their own for each person (columns then only number them); persons in units by
        items. Left out, it is persons in units by items where units are given, else persons by items.
    of : {"person", "unit"}
        Whose score it is: of units where there are any, if left out.
    fixed_items : bool
        Whether a unit's score is meant for these items alone, and not for all that might have been asked.
    method : {"anova", "reml"}
        Analysis of variance, of the persons who answered every item (all of them in i:p), or restricted maximum
        likelihood, of all ratings.
    ci : float
        Of the intervals.

    Returns
    -------
    Generalizability

    Raises
    ------
    AnalysisError
        For ratings that are no numbers, fewer than two persons, items or units, units of one person each, designs and
        objects that do not fit together, and ratings without any variance.

    Notes
    -----
    Anchors: lme4 in R; the worked examples of Brennan (2001); Shrout & Fleiss (1979).

    Examples
    --------
    The six targets and four judges of Shrout and Fleiss (1979), whose ICC(3,4) is 0.91 and ICC(2,4) 0.62:

    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> found = generalizability(ratings)
    >>> round(found.e_rho2, 3), round(found.phi, 3)
    (0.909, 0.62)
    >>> found.components.variance.round(3).tolist()
    [2.556, 5.244, 1.019]
    >>> plans = found.decision_study(n_items=[4, 8, 16])
    >>> plans.phi.round(3).tolist()
    [0.62, 0.765, 0.867]
    """
    refuse([*options_that_do_not_fit(unit, design, of, fixed_items, method), *wrong_level(ci)])
    level = float(ci)
    read = read_ratings(ratings, unit, design, of, method)
    estimate = by_anova(read, level) if method == "anova" else by_likelihood(read, level)
    sizes = np.array(read.n_items), np.array(read.n_persons)
    universe, relative, absolute = (
        float(part) for part in score_variances(read.design, read.of, fixed_items, estimate.variance, *sizes)
    )
    drawn = score_variances(read.design, read.of, fixed_items, estimate.drawn, *sizes)
    kept = np.maximum(estimate.variance, 0.0)
    return Generalizability(
        design=read.design,
        of=read.of,
        fixed_items=fixed_items,
        components=VarianceComponents(
            effect=EFFECTS[read.design],
            df=read_only(estimate.df),
            mean_square=read_only(estimate.mean_square),
            variance=read_only(estimate.variance),
            standard_error=read_only(estimate.standard_error),
            interval=read_only(estimate.interval),
            share=read_only(kept / kept.sum()),
            level=level,
        ),
        universe_variance=universe,
        relative_error=relative,
        absolute_error=absolute,
        e_rho2=float(share_of(np.array(universe), np.array(relative))),
        phi=float(share_of(np.array(universe), np.array(absolute))),
        e_rho2_interval=_interval(share_of(drawn[0], drawn[1]), level),
        phi_interval=_interval(share_of(drawn[0], drawn[2]), level),
        n_items=read.n_items,
        n_persons=read.n_persons,
        n=read.n,
        n_units=read.sizes.size if read.design == "p:u x i" else 0,
        n_missing=read.n_missing,
        n_dropped=read.n_dropped,
        method=method,
        notes=(*read.notes, *_notes(read, estimate)),
    )


def _interval(drawn: FloatArray, level: float) -> Interval:
    low, high = np.quantile(drawn, [0.5 - 0.5 * level, 0.5 + 0.5 * level])
    return Interval(float(low), float(high), level)


def _notes(read: Ratings, estimate: Estimate) -> tuple[str, ...]:
    named = list(zip(EFFECTS[read.design], estimate.variance, strict=True))
    return (
        *(f"The variance of {name} is negative; coefficients take it for 0." for name, v in named if v < 0),
        *(
            f"The variance of {name} is 0; the coefficients' intervals take that for certain."
            for name, v in named
            if v == 0
        ),
    )
