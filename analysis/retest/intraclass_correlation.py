r"""The six intraclass correlations of targets rated by raters, or of people measured on occasions.

With n targets in rows, k raters in columns and the mean squares of two-way analysis of variance (MSB between targets,
MSJ between raters, MSE the residual; MSW that within targets), McGraw & Wong (1996, table 4) give

.. math::
   ICC(1) = \frac{MSB - MSW}{MSB + (k - 1) MSW}, \quad
   ICC(A,1) = \frac{MSB - MSE}{MSB + (k - 1) MSE + \frac{k}{n} (MSJ - MSE)}, \quad
   ICC(C,1) = \frac{MSB - MSE}{MSB + (k - 1) MSE}

and, for the mean of k ratings, the Spearman-Brown step of each. Shrout & Fleiss (1979) call them ICC(1,1), ICC(2,1),
ICC(3,1) and ICC(1,k), ICC(2,k), ICC(3,k). The intervals of ICC(1) and ICC(C,1) are exact under normality; that of
ICC(A,1) uses Satterthwaite's degrees of freedom (Fleiss & Shrout 1978; McGraw & Wong, table 7).

Where ratings are missing, the variances of targets, raters and residual are estimated from all ratings by restricted
maximum likelihood and the mean squares above are rebuilt from them with the harmonic mean of the ratings of a target
in the place of k, the residual losing the missing ratings' degrees of freedom: coefficients as ``psych::ICC`` with
``lmer=TRUE``, intervals approximate. ICC(1) needs no raters: it comes from one-way analysis of variance with n0 in the
place of k, and its interval is exact for targets with any number of ratings (Wald 1940, see `units.variance`).

References
----------
Fleiss, J. L. & Shrout, P. E. (1978). Approximate interval estimation for a certain intraclass correlation coefficient.
    Psychometrika 43, 259-262.
McGraw, K. O. & Wong, S. P. (1996). Forming inferences about some intraclass correlation coefficients. Psychological
    Methods 1, 30-46 (and 390, corrections).
Shrout, P. E. & Fleiss, J. L. (1979). Intraclass correlations: uses in assessing rater reliability. Psychological
    Bulletin 86, 420-428.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from ..counted import counted
from ..errors import AnalysisError
from ..interval import Interval, check_level
from ..item_responses import FloatArray, read_item_responses
from ..restricted_maximum import restricted_maximum
from ..table import ResultTable, Table
from ..units.sums import ScoreSums
from ..units.variance import SizeClasses, wald_interval
from ..variance_components import CrossedLevels
from .intraclass_form import IntraclassForm, form_from_f, of_mean, quotient

MissingRatings = Literal["listwise", "reml"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IntraclassCorrelation(ResultTable):
    """All six forms, and the variances they are made of.

    Attributes
    ----------
    icc_1, icc_a1, icc_c1 : IntraclassForm
        Of a single rating: one-way (every target its own raters); two-way, absolute agreement; two-way, consistency.
        Shrout and Fleiss: ICC(1,1), ICC(2,1), ICC(3,1).
    icc_1k, icc_ak, icc_ck : IntraclassForm
        Of the mean of k ratings: ICC(1,k), ICC(2,k), ICC(3,k).
    ms_targets, ms_raters, ms_error, ms_within : float
        Mean squares, in score units squared.
    variance_targets, variance_raters, variance_error : float
        Components; from mean squares they may be negative.
    n : int
        Targets that were used.
    n_raters : int
    n_missing : int
        Ratings that are missing among the targets with any.
    n_dropped : int
        Targets left out.
    method : str
    notes : tuple of str
    """

    icc_1: IntraclassForm
    icc_a1: IntraclassForm
    icc_c1: IntraclassForm
    icc_1k: IntraclassForm
    icc_ak: IntraclassForm
    icc_ck: IntraclassForm
    ms_targets: float
    ms_raters: float
    ms_error: float
    ms_within: float
    variance_targets: float
    variance_raters: float
    variance_error: float
    n: int
    n_raters: int
    n_missing: int
    n_dropped: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a form."""
        forms = (
            ("ICC(1)", "one-way, one rating", self.icc_1),
            ("ICC(A,1)", "agreement, one rating", self.icc_a1),
            ("ICC(C,1)", "consistency, one rating", self.icc_c1),
            ("ICC(1,k)", "one-way, mean of k", self.icc_1k),
            ("ICC(A,k)", "agreement, mean of k", self.icc_ak),
            ("ICC(C,k)", "consistency, mean of k", self.icc_ck),
        )
        rows = tuple(
            (name, what, form.coefficient, form.interval.low, form.interval.high, form.f, form.p)
            for name, what, form in forms
        )
        level = f"{100 * self.icc_1.interval.level:g} %"
        used = f"n = {self.n} targets, k = {self.n_raters} ratings each; {self.method}"
        columns = ("form", "of", "coefficient", f"{level} low", "high", "F", "p")
        return Table("Intraclass correlation", columns, rows, (used, *self.notes))


def intraclass_correlation(
    ratings: Any, *, missing: MissingRatings = "listwise", ci: float = 0.95
) -> IntraclassCorrelation:
    """Estimate the six intraclass correlations.

    Parameters
    ----------
    ratings : array_like or data frame, shape (n_targets, n_raters)
        One row a target (a learner, say), one column a rater or occasion; NaN where missing.
    missing : {"listwise", "reml"}
        Use the targets that every rater rated, by analysis of variance; or every rating, by restricted maximum
        likelihood, with approximate intervals. Both say what was missing.
    ci : float
        Level of the intervals.

    Returns
    -------
    IntraclassCorrelation

    Raises
    ------
    AnalysisError
        For ratings that are no numbers, fewer than two raters or targets, ratings that are all equal, and raters who each
        give every target the same.

    Notes
    -----
    Anchors: ``psych::ICC`` (both ways), the tables of Shrout & Fleiss (1979), `pingouin.intraclass_corr` (which
    rounds its intervals).

    References
    ----------
    McGraw & Wong (1996), tables 4 and 7; Shrout & Fleiss (1979); Fleiss & Shrout (1978).

    Examples
    --------
    The six targets and four judges of Shrout and Fleiss (1979, table 2):

    >>> ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> print(intraclass_correlation(ratings))
    Intraclass correlation
    form      of                       coefficient  95 % low   high       F       p
    ICC(1)    one-way, one rating            0.166    -0.133  0.723   1.795   0.165
    ICC(A,1)  agreement, one rating          0.290     0.019  0.761  11.027  <0.001
    ICC(C,1)  consistency, one rating        0.715     0.342  0.946  11.027  <0.001
    ICC(1,k)  one-way, mean of k             0.443    -0.884  0.912   1.795   0.165
    ICC(A,k)  agreement, mean of k           0.620     0.071  0.927  11.027  <0.001
    ICC(C,k)  consistency, mean of k         0.909     0.676  0.986  11.027  <0.001
    n = 6 targets, k = 4 ratings each; two-way analysis of variance
    """
    level = check_level(ci)
    if missing not in ("listwise", "reml"):
        raise AnalysisError(f'missing is "listwise" or "reml", not {missing!r}')
    answers = read_item_responses(ratings, minimum_respondents=0, allow_constant=True, allow_empty=True)
    values = answers.values[~np.isnan(answers.values).all(axis=1)]
    complete = answers.complete_rows()
    used = complete if missing == "listwise" else values
    problems = [f"rater {answers.item_names[place]} rated nobody" for place in _empty_columns(answers.values)]
    if values.shape[1] < 2:
        problems.append(f"at least two ratings of each target needed, got {values.shape[1]}")
    if len(used) < 2:
        which = "targets that every rater rated" if missing == "listwise" else "targets with a rating"
        problems.append(f"at least two {which} needed, got {len(used)}")
    elif np.nanmax(used) == np.nanmin(used):
        problems.append(f"every rating is {np.nanmax(used):g}: there is no variance to take apart")
    elif _constant_columns(used):
        problems.append("every rater gives all targets the same rating: nothing tells one target from another")
    if problems:
        raise AnalysisError(problems)
    n_missing, n_dropped = int(np.isnan(values).sum()), answers.n_rows - len(used)
    notes = []
    if answers.n_empty_rows:
        notes.append(f"{counted(answers.n_empty_rows, 'target')} without any rating left out")
    if missing == "listwise" and len(complete) < len(values):
        notes.append(f"{len(values) - len(complete)} of {len(values)} targets left out: a rating is missing")
    if missing == "reml":
        squares = _from_all_ratings(used, level)
        if n_missing:
            notes.append(f"{n_missing} of {values.size} ratings missing; all others used, intervals approximate")
        method = "restricted maximum likelihood"
    else:
        squares = _from_complete(used, level)
        method = "two-way analysis of variance"
    return _estimate(squares, level, n_missing, n_dropped, method, notes)


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Mean squares of n targets by k raters, with the residual's degrees of freedom, and the one-way form from them."""

    n: int
    k: int
    effective_k: float
    targets: float
    raters: float
    error: float
    within: float
    df_error: float
    one_way: IntraclassForm


def _constant_columns(values: FloatArray) -> bool:
    some = values[:, ~np.isnan(values).all(axis=0)]
    return bool((np.nanmax(some, axis=0) == np.nanmin(some, axis=0)).all())


def _empty_columns(values: FloatArray) -> list[int]:
    if not len(values):
        return []
    return [int(place) for place in np.flatnonzero(np.isnan(values).all(axis=0))]


def _from_complete(values: FloatArray, level: float) -> _MeanSquares:
    n, k = values.shape
    centred = values - values.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    residual = centred - rows[:, None] - columns
    ms_raters = n * float((columns**2).sum()) / (k - 1)
    # What rounding leaves of agreement to the last digit is no disagreement.
    floor = values.size * (1e-14 * float(np.abs(values).max())) ** 2
    error = float((residual**2).sum())
    within = float(((centred - rows[:, None]) ** 2).sum())
    ms_within = (within if within > floor else 0.0) / (n * (k - 1))
    ms_targets = k * float((rows**2).sum()) / (n - 1)
    df = float(n - 1), float(n * (k - 1))
    return _MeanSquares(
        n=n,
        k=k,
        effective_k=float(k),
        targets=ms_targets,
        raters=ms_raters,
        error=(error if error > floor else 0.0) / ((n - 1) * (k - 1)),
        within=ms_within,
        df_error=float((n - 1) * (k - 1)),
        one_way=form_from_f((ms_targets - ms_within) / k, ms_within, ms_targets, float(k), df, level),
    )


def _from_all_ratings(values: FloatArray, level: float) -> _MeanSquares:
    n, k = values.shape
    target, rater = np.nonzero(~np.isnan(values))
    score = values[target, rater]
    if len(score) <= n + k - 1:
        raise AnalysisError(
            f"{len(score)} ratings of {n} targets by {k} raters leave nothing over to tell error from difference"
        )
    fit = restricted_maximum(CrossedLevels.of_rows(score, [target, rater], np.zeros((len(score), 0)), []))
    of_targets, of_raters = (float(variance) for variance in fit.variances)
    effective_k = n / float((1.0 / (~np.isnan(values)).sum(axis=1)).sum())
    return _MeanSquares(
        n=n,
        k=k,
        effective_k=effective_k,
        targets=effective_k * of_targets + fit.residual,
        raters=n * of_raters + fit.residual,
        error=fit.residual,
        within=of_raters + fit.residual,
        df_error=float(len(score) - n - k + 1),
        one_way=_one_way(score, target, level),
    )


def _one_way(score: FloatArray, target: NDArray[np.intp], level: float) -> IntraclassForm:
    """Estimate ICC(1) for targets with any number of ratings."""
    classes = SizeClasses.from_sums(ScoreSums.from_scores(score, target))
    anova, df = classes.anova(), (float(classes.n_units - 1), float(classes.n - classes.n_units))
    of_targets = (anova.ms_between - anova.ms_within) / classes.n0
    form = form_from_f(of_targets, anova.ms_within, anova.ms_between, classes.n0, df, level)
    if classes.size.size == 1 or anova.ms_within == 0:
        return form
    low, high = wald_interval(classes, level)
    return replace(form, interval=Interval(low / (1.0 + low), high / (1.0 + high), level))


def _estimate(
    squares: _MeanSquares, level: float, n_missing: int, n_dropped: int, method: str, notes: list[str]
) -> IntraclassCorrelation:
    n, k, m = squares.n, float(squares.k), squares.effective_k
    of_targets = (squares.targets - squares.error) / m
    of_raters = (squares.raters - squares.error) / n
    consistency = form_from_f(of_targets, squares.error, squares.targets, m, (float(n - 1), squares.df_error), level)
    agreement = _agreement(squares, of_targets, of_raters, consistency, level)
    means = [of_mean(form, k) for form in (squares.one_way, agreement, consistency)]
    if any(form.coefficient == -math.inf for form in means):
        notes.append(
            "ratings of a target differ by more than targets do: of their mean, coefficients run to minus infinity"
        )
    return IntraclassCorrelation(
        icc_1=squares.one_way,
        icc_a1=agreement,
        icc_c1=consistency,
        icc_1k=means[0],
        icc_ak=means[1],
        icc_ck=means[2],
        ms_targets=squares.targets,
        ms_raters=squares.raters,
        ms_error=squares.error,
        ms_within=squares.within,
        variance_targets=of_targets,
        variance_raters=of_raters,
        variance_error=squares.error,
        n=n,
        n_raters=squares.k,
        n_missing=n_missing,
        n_dropped=n_dropped,
        method=method,
        notes=tuple(notes),
    )


def _agreement(
    squares: _MeanSquares, of_targets: float, of_raters: float, consistency: IntraclassForm, level: float
) -> IntraclassForm:
    """Estimate ICC(A,1) with the interval of Fleiss and Shrout (1978); multiplied out so that MSE may be 0."""
    n, k = float(squares.n), squares.effective_k
    msb, msj, mse = squares.targets, squares.raters, squares.error
    coefficient = quotient(of_targets, of_targets + of_raters + mse)
    a = k * coefficient * msj
    b = mse * (n * (1.0 + (k - 1.0) * coefficient) - k * coefficient)
    below = (n - 1.0) * a**2 + b**2
    df = (k - 1.0) * (n - 1.0) * (a + b) ** 2 / below if below > 0 else (k - 1.0) * (n - 1.0)
    tail = 0.5 * (1.0 - level)
    upper = float(fdtri(n - 1.0, df, 1.0 - tail))
    lower = float(fdtri(df, n - 1.0, 1.0 - tail))
    rest = k * msj + (k * n - k - n) * mse
    interval = Interval(
        quotient(n * (msb - upper * mse), upper * rest + n * msb),
        quotient(n * (lower * msb - mse), rest + n * lower * msb),
        level,
    )
    return IntraclassForm(
        coefficient, interval, consistency.f, consistency.df_targets, consistency.df_error, consistency.p
    )
