r"""How well a model fits: indices from its chi-square and that of uncorrelated items.

With the model's chi-square X on df degrees of freedom, the baseline's :math:`X_b` on :math:`df_b`, n respondents in G groups
(Bentler 1990; Tucker & Lewis 1973; Steiger & Lind 1980; Steiger 1998 for groups):

.. math::
   \text{CFI} = 1 - \frac{\max(X - df, 0)}{\max(X - df, X_b - df_b, 0)}, \qquad
   \text{TLI} = 1 - \frac{(X - df) / df}{(X_b - df_b) / df_b}, \qquad
   \text{RMSEA} = \sqrt{G \max\left(\frac{X - df}{n \, df}, 0\right)} .

*Naive* indices take the chi-square as it is; *scaled* ones take the adjusted chi-squares, which keep its distribution but
change what the indices estimate; *robust* ones estimate what normal, complete answers would give, with
:math:`X - k` in the place of :math:`X - df`, k being what X is on average if the model holds. The three may be far apart.

The interval of RMSEA holds the noncentralities with which X has a probability of 5 % or more on either side (Browne &
Cudeck 1993).

References
----------
Bentler, P. M. (1990). Comparative fit indexes in structural models. Psychological Bulletin 107, 238-246.
Browne, M. W. & Cudeck, R. (1993). Alternative ways of assessing model fit. In Bollen & Long (eds), Testing Structural
    Equation Models. Sage.
Steiger, J. H. (1998). A note on multiple sample extensions of the RMSEA fit index. Structural Equation Modeling 5, 411-419.
Steiger, J. H. & Lind, J. C. (1980). Statistically based tests for the number of common factors. Psychometric Society,
    Iowa City.
Tucker, L. R. & Lewis, C. (1973). A reliability coefficient for maximum likelihood factor analysis. Psychometrika 38, 1-10.
"""

import math
from dataclasses import dataclass

from scipy import special

from ..interval import Interval
from ..not_estimated import NotEstimated
from ..table import Cell, ResultTable, Table
from .estimation.solution import ModelTest, RobustTest, Solution
from .residuals import ResidualFit

_LEVEL = 0.90
_CLOSE, _NOT_CLOSE = 0.05, 0.08
_KINDS = ("naive", "scaled", "robust")


@dataclass(frozen=True, slots=True)
class ModelFit:
    """A chi-square and the indices that follow from it.

    Attributes
    ----------
    chi_square : float
    df : int
    p : float
        NaN without degrees of freedom.
    scaling_factor, shift : float
        What the chi-square was divided by, and what was then added: 1 and 0 where it was not adjusted.
    baseline_chi_square : float
        Of uncorrelated items.
    baseline_df : int
    baseline_scaling_factor : float
    cfi, tli, rmsea : float
    rmsea_interval : Interval
        90 %.
    p_close, p_not_close : float
        Probability of a larger chi-square if RMSEA is 0.05, and of a smaller one if it is 0.08.
    """

    chi_square: float
    df: int
    p: float
    scaling_factor: float
    shift: float
    baseline_chi_square: float
    baseline_df: int
    baseline_scaling_factor: float
    cfi: float
    tli: float
    rmsea: float
    rmsea_interval: Interval
    p_close: float
    p_not_close: float

    @property
    def nfi(self) -> float:
        """Normed fit index (Bentler & Bonett 1980)."""
        return 1 - self.chi_square / self.baseline_chi_square

    @property
    def pnfi(self) -> float:
        """Parsimonious normed fit index (James, Mulaik & Brett 1982)."""
        return self.df / self.baseline_df * self.nfi

    @property
    def rfi(self) -> float:
        """Relative fit index (Bollen 1986)."""
        if not self.df:
            return 1.0
        return 1 - (self.chi_square / self.df) / (self.baseline_chi_square / self.baseline_df)

    @property
    def ifi(self) -> float:
        """Incremental fit index (Bollen 1989)."""
        return (self.baseline_chi_square - self.chi_square) / (self.baseline_chi_square - self.df)

    @property
    def rni(self) -> float:
        """Relative noncentrality index (McDonald & Marsh 1990): CFI without bounds."""
        return 1 - (self.chi_square - self.df) / (self.baseline_chi_square - self.baseline_df)


@dataclass(frozen=True, slots=True)
class RobustFit:
    """Indices that estimate what normal, complete answers would give.

    Attributes
    ----------
    cfi, tli, rmsea : float
    rmsea_interval : Interval
        90 %.
    p_close, p_not_close : float
        Probability of a larger statistic if RMSEA is 0.05, and of a smaller one if it is 0.08.
    """

    cfi: float
    tli: float
    rmsea: float
    rmsea_interval: Interval
    p_close: float
    p_not_close: float


@dataclass(frozen=True, slots=True, repr=False)
class FitIndices(ResultTable):
    """How well a model fits.

    Attributes
    ----------
    naive : ModelFit
    scaled : ModelFit or NotEstimated
    robust : RobustFit or NotEstimated
    srmr : float
        Standardized root mean square residual.
    residuals : ResidualFit
        Its variants, and other indices from residuals.
    information : InformationCriteria or NotEstimated
    """

    naive: ModelFit
    scaled: ModelFit | NotEstimated
    robust: RobustFit | NotEstimated
    srmr: float
    residuals: ResidualFit
    information: "InformationCriteria | NotEstimated"

    def table(self) -> Table:
        """Give one row an index; empty where a kind of index does not exist."""
        tests = (self.naive, self.scaled, self.robust)
        rows: list[tuple[Cell, ...]] = [
            (label, *(getattr(fit, name, math.nan) for fit in tests))
            for label, name in (("chi-square", "chi_square"), ("df", "df"), ("p", "p"), ("CFI", "cfi"), ("TLI", "tli"))
        ]
        intervals = [getattr(fit, "rmsea_interval", Interval(math.nan, math.nan, _LEVEL)) for fit in tests]
        rows += [
            ("RMSEA", *(getattr(fit, "rmsea", math.nan) for fit in tests)),
            (f"RMSEA, {100 * _LEVEL:g} % low", *(interval.low for interval in intervals)),
            (f"RMSEA, {100 * _LEVEL:g} % high", *(interval.high for interval in intervals)),
            ("SRMR", self.srmr, math.nan, math.nan),
        ]
        notes = [f"{kind}: {fit}" for kind, fit in zip(_KINDS, tests, strict=True) if isinstance(fit, NotEstimated)]
        notes.append(
            f"AIC and BIC: {self.information}" if isinstance(self.information, NotEstimated) else str(self.information)
        )
        return Table("Fit of the model", ("index", *_KINDS), tuple(rows), tuple(notes))


@dataclass(frozen=True, slots=True)
class InformationCriteria:
    """What the likelihood says of a model beside its number of parameters.

    Attributes
    ----------
    log_likelihood, saturated_log_likelihood : float
    aic, bic, bic_adjusted : float
        Akaike (1974), Schwarz (1978), and Sclove (1987) with (n + 2) / 24 for n.
    ecvi : float
        Expected cross-validation index (Browne & Cudeck 1993).
    """

    log_likelihood: float
    saturated_log_likelihood: float
    aic: float
    bic: float
    bic_adjusted: float
    ecvi: float

    def __str__(self) -> str:
        return f"log-likelihood = {self.log_likelihood:.3f}, AIC = {self.aic:.3f}, BIC = {self.bic:.3f}"


def fit_indices(solution: Solution) -> FitIndices:
    """Work out every index of a solution."""
    n, n_groups = solution.n_for_rmsea, len(solution.groups)
    adjusted, robust = solution.adjusted, solution.robust
    df, baseline_df = solution.naive.model.df, solution.naive.baseline.df
    residuals = ResidualFit.of(solution)
    return FitIndices(
        _model_fit(solution.naive, n, n_groups),
        NotEstimated(adjusted) if isinstance(adjusted, str) else _model_fit(adjusted, n, n_groups),
        NotEstimated(robust) if isinstance(robust, str) else _robust_fit(robust, df, baseline_df, n, n_groups),
        residuals.srmr,
        residuals,
        _information(solution),
    )


def _model_fit(test: ModelTest, n: int, n_groups: int) -> ModelFit:
    model, baseline = test.model, test.baseline
    excess, baseline_excess = model.value - model.df, baseline.value - baseline.df
    # A statistic divided by the mean of its weights is compared as it was, with as many degrees of freedom as the weights
    # add up to; one that is also shifted has a chi-square's own mean and variance.
    scaling = model.scaling if model.df and not model.shift else 1.0
    reference = _Noncentral(model.value * scaling, model.df * scaling, model.df and n_groups / (n * model.df * scaling))
    return ModelFit(
        chi_square=float(model.value),
        df=model.df,
        p=model.p,
        scaling_factor=model.scaling,
        shift=model.shift,
        baseline_chi_square=baseline.value,
        baseline_df=baseline.df,
        baseline_scaling_factor=baseline.scaling,
        cfi=float(_cfi(excess, baseline_excess)),
        tli=float(_tli(excess, model.df, baseline_excess, baseline.df)),
        rmsea=_rmsea(excess, model.df, n, n_groups),
        rmsea_interval=reference.interval(),
        p_close=1 - reference.probability(_CLOSE),
        p_not_close=reference.probability(_NOT_CLOSE),
    )


def _robust_fit(robust: RobustTest, df: int, baseline_df: int, n: int, n_groups: int) -> RobustFit:
    excess, baseline_excess = robust.value - robust.expected, robust.baseline_value - robust.baseline_expected
    scaling = robust.expected / df if df and robust.expected else 1.0  # nought where only thresholds are restricted
    reference = _Noncentral(robust.value / scaling, df, df and scaling * n_groups / (n * df))
    return RobustFit(
        cfi=_cfi(excess, baseline_excess),
        tli=_tli(excess, df, baseline_excess, baseline_df),
        rmsea=_rmsea(excess, df, n, n_groups),
        rmsea_interval=reference.interval(),
        p_close=1 - reference.probability(_CLOSE),
        p_not_close=reference.probability(_NOT_CLOSE),
    )


def _cfi(excess: float, baseline_excess: float) -> float:
    worst = max(excess, baseline_excess, 0.0)
    return 1.0 if worst == 0 else 1 - max(excess, 0.0) / worst


def _tli(excess: float, df: int, baseline_excess: float, baseline_df: int) -> float:
    if not df:
        return 1.0
    return 1 - (excess / df) / (baseline_excess / baseline_df) if baseline_excess else math.nan


def _rmsea(excess: float, df: int, n: int, n_groups: int) -> float:
    return math.sqrt(max(excess, 0.0) / (n * df) * n_groups) if df else 0.0


@dataclass(frozen=True, slots=True)
class _Noncentral:
    """A statistic as a noncentral chi-square, and what turns its noncentrality into the square of RMSEA."""

    value: float
    df: float
    to_square: float

    def probability(self, rmsea: float) -> float:
        """Give the probability of a smaller statistic with this RMSEA."""
        if not self.df:
            return math.nan
        return float(special.chndtr(self.value, self.df, rmsea**2 / self.to_square))

    def interval(self) -> Interval:
        """Give the RMSEAs that the statistic leaves open."""
        if not self.df:
            return Interval(0.0, 0.0, _LEVEL)
        tail = (1 - _LEVEL) / 2
        low, high = (math.sqrt(self._noncentrality(p) * self.to_square) for p in (1 - tail, tail))
        return Interval(low, high, _LEVEL)

    def _noncentrality(self, probability: float) -> float:
        """Give the noncentrality with which a smaller statistic has this probability; nought where none is that large."""
        if special.chndtr(self.value, self.df, 0.0) <= probability:
            return 0.0
        low, high = 0.0, max(self.value, 1.0)
        while special.chndtr(self.value, self.df, high) > probability:
            low, high = high, 2 * high
        while True:
            middle = (low + high) / 2
            if middle in (low, high):
                return middle
            if special.chndtr(self.value, self.df, middle) > probability:
                low = middle
            else:
                high = middle


def _information(solution: Solution) -> InformationCriteria | NotEstimated:
    likelihood = solution.likelihood
    if isinstance(likelihood, str):
        return NotEstimated(likelihood)
    k, deviance = solution.table.n_free, -2 * likelihood.model
    return InformationCriteria(
        likelihood.model,
        likelihood.saturated,
        deviance + 2 * k,
        deviance + k * math.log(solution.n),
        deviance + k * math.log((solution.n + 2) / 24),
        (solution.naive.model.value + 2 * k) / solution.n,
    )
