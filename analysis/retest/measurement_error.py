r"""How far a score moves when nothing has changed: SEM, smallest detectable change, limits of agreement.

With the differences :math:`d = second - first` of n people who did not change, mean :math:`\bar d` and standard
deviation :math:`s_d` (de Vet et al. 2011, sec. 5.4-5.6; Bland & Altman 1986):

.. math:: SEM_{agreement} = \sqrt{\tfrac{1}{2n} \sum d^2}, \quad SEM_{consistency} = s_d / \sqrt 2, \quad
          SDC_{individual} = 1.96 \sqrt 2 \, SEM, \quad SDC_{group} = SDC_{individual} / \sqrt n, \quad
          \bar d \pm 1.96 s_d.

:math:`SEM_{agreement}^2` is the sum of the variance of the occasions and that of error, which is the mean square
within people of one-way analysis of variance; consistency leaves a shift of everybody out. The limits' own intervals
(Bland & Altman 1999, sec. 2.3) use the variance :math:`s_d^2 (1 / n + z^2 / 2 (n - 1))` and t.

References
----------
Bland, J. M. & Altman, D. G. (1986). Statistical methods for assessing agreement between two methods of clinical
    measurement. Lancet 327, 307-310.
Bland, J. M. & Altman, D. G. (1999). Measuring agreement in method comparison studies. Statistical Methods in Medical
    Research 8, 135-160.
de Vet, H. C. W., Terwee, C. B., Mokkink, L. B. & Knol, D. L. (2011). Measurement in Medicine. Cambridge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike
from scipy.special import chdtri, stdtr, stdtrit

from ..interval import Interval, check_level
from ..item_responses import FloatArray, read_only
from ..score_columns import read_columns
from ..table import ResultTable, Table
from .bland_altman import draw_bland_altman

Z_DETECTABLE = 1.96
"""The field's rounded quantile: an SDC is by convention 1.96 standard errors of a difference."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AgreementStatistics(ResultTable):
    """Measurement error of a score, in the score's own unit.

    Attributes
    ----------
    sem_agreement, sem_consistency : float
        Standard error of measurement with and without a shift between the occasions.
    sem_consistency_interval : Interval
        From the chi-square of the differences' variance.
    sdc_individual, sdc_group : float
        Smallest change of one person, and of a group of n, that is more than error; from `sem_agreement`.
    sdc_individual_consistency, sdc_group_consistency : float
        The same from `sem_consistency`.
    bias : float
        Mean of second - first.
    bias_interval : Interval
        t interval.
    bias_p : float
        Paired t test of no shift; NaN where the differences are all equal.
    sd_difference : float
    limits_of_agreement : Interval
        bias +- 1.96 sd_difference: within these limits lie 95 % of the differences.
    lower_limit_interval, upper_limit_interval : Interval
        Of each limit.
    mean_first, mean_second, sd_first, sd_second : float
    difference, average : float array, shape (n,)
        second - first and their mean, for a Bland-Altman picture.
    n : int
        People with both scores.
    method : str
    notes : tuple of str
    """

    sem_agreement: float
    sem_consistency: float
    sem_consistency_interval: Interval
    sdc_individual: float
    sdc_group: float
    sdc_individual_consistency: float
    sdc_group_consistency: float
    bias: float
    bias_interval: Interval
    bias_p: float
    sd_difference: float
    limits_of_agreement: Interval
    lower_limit_interval: Interval
    upper_limit_interval: Interval
    mean_first: float
    mean_second: float
    sd_first: float
    sd_second: float
    difference: FloatArray
    average: FloatArray
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row a statistic."""
        limits, level = self.limits_of_agreement, f"{100 * self.bias_interval.level:g} %"
        rows = (
            ("SEM (agreement)", self.sem_agreement, None, None),
            (
                "SEM (consistency)",
                self.sem_consistency,
                self.sem_consistency_interval.low,
                self.sem_consistency_interval.high,
            ),
            ("SDC, one person", self.sdc_individual, None, None),
            (f"SDC, group of {self.n}", self.sdc_group, None, None),
            ("mean of second - first", self.bias, self.bias_interval.low, self.bias_interval.high),
            ("lower limit of agreement", limits.low, self.lower_limit_interval.low, self.lower_limit_interval.high),
            ("upper limit of agreement", limits.high, self.upper_limit_interval.low, self.upper_limit_interval.high),
        )
        notes = (f"n = {self.n} people with both scores; SDC from SEM (agreement)", *self.notes)
        return Table("Measurement error", ("", "estimate", f"{level} low", "high"), rows, notes)

    def plot(self, ax: Any = None) -> Any:
        """Draw each person's difference against the mean of both scores, with the limits of agreement.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        AnalysisError
            Where matplotlib is not installed.
        """
        limits = self.limits_of_agreement
        ends = (limits.low, self.lower_limit_interval), (limits.high, self.upper_limit_interval)
        return draw_bland_altman(self.average, self.difference, (self.bias, self.bias_interval), ends, ax)


def measurement_error(first: ArrayLike, second: ArrayLike, *, ci: float = 0.95) -> AgreementStatistics:
    """Estimate a score's measurement error from two measurements of people who did not change.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Scores of the same people, in the same order; NaN where missing (the pair is left out and counted).
    ci : float
        Level of the intervals. The limits of agreement and the SDC are at 1.96 by their definition.

    Returns
    -------
    AgreementStatistics

    Raises
    ------
    AnalysisError
        For scores that are no numbers, lengths that differ, and fewer than three pairs.

    Notes
    -----
    Anchor: the formulas, and R's mean, sd and t.test, to 1e-10.

    References
    ----------
    de Vet et al. (2011), sec. 5.4-5.6; Bland & Altman (1986, 1999).

    Examples
    --------
    >>> error = measurement_error([70, 55, 80, 90, 60, 75], [72, 50, 85, 88, 66, 70])
    >>> round(error.sem_agreement, 4), round(error.sdc_individual, 4)
    (3.1491, 8.7288)
    >>> print(error.limits_of_agreement)
    -9.389 to 9.722 (95 %)
    """
    level = check_level(ci)
    columns = read_columns({"first": first, "second": second}, minimum=3)
    before, after = columns.complete.T
    n = columns.n
    difference = after - before
    bias, spread = float(difference.mean()), float(difference.std(ddof=1))
    sem_agreement = math.sqrt(float((difference**2).mean()) / 2.0)
    sem_consistency = spread / math.sqrt(2.0)
    tail = 0.5 * (1.0 - level)
    t = float(stdtrit(n - 1, 1.0 - tail))
    error = spread / math.sqrt(n)
    limit_error = spread * math.sqrt(1.0 / n + Z_DETECTABLE**2 / (2.0 * (n - 1)))
    limits = Interval(bias - Z_DETECTABLE * spread, bias + Z_DETECTABLE * spread, 0.95)
    # chdtri takes the probability above.
    sem_ends = [sem_consistency * math.sqrt((n - 1) / float(chdtri(n - 1, above))) for above in (tail, 1.0 - tail)]
    detectable = Z_DETECTABLE * math.sqrt(2.0)
    return AgreementStatistics(
        sem_agreement=sem_agreement,
        sem_consistency=sem_consistency,
        sem_consistency_interval=Interval(sem_ends[0], sem_ends[1], level),
        sdc_individual=detectable * sem_agreement,
        sdc_group=detectable * sem_agreement / math.sqrt(n),
        sdc_individual_consistency=detectable * sem_consistency,
        sdc_group_consistency=detectable * sem_consistency / math.sqrt(n),
        bias=bias,
        bias_interval=Interval(bias - t * error, bias + t * error, level),
        bias_p=2.0 * float(stdtr(n - 1, -abs(bias / error))) if error > 0 else math.nan,
        sd_difference=spread,
        limits_of_agreement=limits,
        lower_limit_interval=Interval(limits.low - t * limit_error, limits.low + t * limit_error, level),
        upper_limit_interval=Interval(limits.high - t * limit_error, limits.high + t * limit_error, level),
        mean_first=float(before.mean()),
        mean_second=float(after.mean()),
        sd_first=float(before.std(ddof=1)),
        sd_second=float(after.std(ddof=1)),
        difference=read_only(difference),
        average=read_only(0.5 * (before + after)),
        n=n,
        method="differences of two occasions; SDC at 1.96",
        notes=columns.note_on_missing(),
    )
