r"""McDonald's omega of one scale from a one-factor model: of the sum of answers, as numbers, as categories, or underlying.

With loadings :math:`\lambda` and uniquenesses :math:`\theta` of the items (McDonald 1999, eqs 6.20-21), omega is the share of
the variance of their sum that the factor explains,

.. math:: \omega = \frac{(1' \lambda)^2}{1' S 1}, \qquad
   \omega_{\text{implied}} = \frac{(1' \lambda)^2}{(1' \lambda)^2 + 1' \theta}, \tag{1}

with the variance of the sum as observed, or as the model implies it. They are the same where the model fits; where it
does not, the first still divides by what the sum really varies (Kelley & Pornprasertmanit 2016, who call it hierarchical).

Three kinds answer three questions:

*linear*: answers are numbers and S their covariances (Pearson). The sum is that of the answers.

*latent*: S holds polychoric correlations. The sum is that of the standard normal variables that answers are taken to be cuts
of, which nobody observes: the coefficient says how reliable the scale could be with ever finer answers (Chalmers 2018).

*categorical*: loadings are those of the polychoric correlations, and the sum is that of the answers after all (Green & Yang
2009, eq. 21). Over all pairs of items i and j, each with itself included,

.. math:: \omega = \frac{\sum_{ij} g_{ij}(\lambda_i \lambda_j)}{\sum_{ij} g_{ij}(\rho_{ij})}, \qquad
   g_{ij}(r) = \sum_{st} \left[\Phi_2(\tau_{is}, \tau_{jt}; r) - \Phi(\tau_{is}) \Phi(\tau_{jt})\right], \tag{2}

where :math:`g_{ij}` is the covariance of two answers (`answer_covariance`) and :math:`\rho_{ii} = 1`; implied,
:math:`\lambda_i \lambda_j` stands below as well, but for i = j.

The loadings of the linear kind are those of maximum likelihood; of the other kinds, of diagonally weighted least squares, the
point estimates of WLSMV (`one_factor`).

References
----------
Chalmers, R. P. (2018). On misconceptions and the limited usefulness of ordinal alpha. Educational and Psychological
    Measurement 78, 1056-1071.
Fornell, C. & Larcker, D. F. (1981). Evaluating structural equation models with unobservable variables and measurement
    error. Journal of Marketing Research 18, 39-50.
Green, S. B. & Yang, Y. (2009). Reliability of summed item scores using structural equation modeling: an alternative to
    coefficient alpha. Psychometrika 74, 155-167.
Kelley, K. & Pornprasertmanit, S. (2016). Confidence intervals for population reliability coefficients. Psychological
    Methods 21, 69-92.
McDonald, R. P. (1999). Test theory: a unified treatment. Erlbaum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..correlation import polychoric_correlation, read_tables
from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..moments import Missing, Moments
from ..polychoric_variance import polychoric_influence
from ..reading_moments import read_moments
from ..reliability import check_total
from ..table import ResultTable, Table
from .observed_score import answer_covariance
from .one_factor import OneFactor, fit_by_least_squares, fit_by_likelihood

OmegaKind = Literal["linear", "categorical", "latent"]

_POSITIVE = 1e-10
"""An eigenvalue this near nought is nought but for rounding."""

SUM_OF: dict[OmegaKind, str] = {
    "linear": "the sum of the answers, taken as numbers",
    "categorical": "the sum of the answers, taken as cuts of normal variables (Green & Yang)",
    "latent": 'the sum of the normal variables underlying the answers, which nobody observes (of the answers: "categorical")',
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Omega(ResultTable):
    """McDonald's omega of one scale from a one-factor model.

    Attributes
    ----------
    total : float
        Share of the variance of the sum, as observed, that the factor explains.
    total_implied : float
        The same with the variance of the sum that the model implies. Far from `total`, one factor does not fit.
    kind : {"linear", "categorical", "latent"}
        Which sum is meant (see the module).
    loadings : ndarray, shape (n_items,)
        Standardized.
    uniquenesses : ndarray, shape (n_items,)
        Share of each item's variance, or of its underlying variable's, that the factor does not explain.
    average_variance_extracted : float
        Share of the variance of all items that the factor explains (Fornell & Larcker 1981): for the linear kind in the units
        of the answers, and otherwise the mean of the squared loadings.
    rmsr : float
        Root mean square of the residual correlations.
    item_names : tuple of str
    n : int
        Respondents used: with any answer, or with every answer where `missing` is "listwise".
    missing : {"pairwise", "listwise"}
    method : str
    converged : bool
    iterations : int
    notes : tuple of str
    """

    total: float
    total_implied: float
    kind: OmegaKind
    loadings: FloatArray
    uniquenesses: FloatArray
    average_variance_extracted: float
    rmsr: float
    item_names: tuple[str, ...]
    n: int
    missing: Missing
    method: str
    converged: bool
    iterations: int
    notes: tuple[str, ...]

    @property
    def hierarchical(self) -> float:
        """Omega of the general factor: with one factor, `total`."""
        return self.total

    @property
    def ecv(self) -> float:
        """Share of the common variance that is general: with one factor, all of it."""
        return 1.0

    def table(self) -> Table:
        """Give omega in the title and one row an item."""
        rows = tuple(
            (name, float(loading), float(uniqueness))
            for name, loading, uniqueness in zip(self.item_names, self.loadings, self.uniquenesses, strict=True)
        )
        fit = (
            f"average variance extracted {self.average_variance_extracted:.3f}; "
            f"root mean square residual correlation {self.rmsr:.3f}; omega with the implied variance {self.total_implied:.3f}"
        )
        title = f"McDonald's omega {self.total:.3f} ({self.kind}, one factor)"
        return Table(title, ("item", "loading", "uniqueness"), rows, (*self.notes, fit))


def omega_of_numbers(item_responses: Any, missing: Missing) -> Omega:
    """Give the linear kind."""
    moments = read_moments(item_responses, missing=missing, minimum_items=3, minimum_respondents=3)
    check_total(moments)
    covariance, standardized = moments.covariance, moments.standardized
    _check_positive_definite(standardized, moments)
    fit = fit_by_likelihood(covariance)
    deviations = np.sqrt(np.diagonal(covariance))
    loadings, uniquenesses = fit.loadings / deviations, fit.uniquenesses / deviations**2
    _check_fit(fit, uniquenesses, moments.item_names)
    explained = float(fit.loadings.sum() ** 2)
    return Omega(
        total=explained / float(covariance.sum()),
        total_implied=explained / (explained + float(fit.uniquenesses.sum())),
        kind="linear",
        loadings=read_only(loadings),
        uniquenesses=read_only(uniquenesses),
        average_variance_extracted=float((fit.loadings**2).sum() / (deviations**2).sum()),
        rmsr=_rmsr(standardized, loadings),
        item_names=moments.item_names,
        n=moments.n_used,
        missing=moments.missing,
        method="one factor, maximum likelihood on covariances",
        converged=fit.converged,
        iterations=fit.iterations,
        notes=_notes([moments.note_on_missing()], "linear", loadings, moments.item_names),
    )


def omega_of_cuts(item_responses: Any, kind: OmegaKind, missing: Missing) -> Omega:
    """Give the categorical or the latent kind."""
    tables = read_tables(item_responses, missing=missing, minimum_items=3)
    found = polychoric_correlation(tables, missing=missing)
    names, r = found.item_names, found.matrix
    influence = polychoric_influence(tables, r)
    variances = influence.correlation_variances
    undefined = np.flatnonzero(~(variances > 0))
    if len(undefined):
        pairs = ", ".join(f"{names[influence.first[pair]]} and {names[influence.second[pair]]}" for pair in undefined)
        raise AnalysisError(
            f"polychoric correlations of 1 or -1 have no sampling variance to be weighted by: {pairs}. Leave out an item of "
            "each pair, or merge answers that few gave"
        )
    weights = np.zeros_like(r)
    weights[influence.first, influence.second] = weights[influence.second, influence.first] = 1 / variances
    fit = fit_by_least_squares(r, weights)
    _check_fit(fit, fit.uniquenesses, names)
    common = np.outer(fit.loadings, fit.loadings)
    implied = common + np.diag(fit.uniquenesses)
    sums = [common, r, implied]
    if kind == "categorical":
        thresholds = np.array(found.thresholds)
        sums = [answer_covariance(thresholds, correlation) for correlation in sums]
    explained, observed, modelled = (float(covariance.sum()) for covariance in sums)
    if not observed > 1e-12 * len(r):
        raise AnalysisError("the total of the items does not vary (is an item keyed the other way?)")
    return Omega(
        total=explained / observed,
        total_implied=explained / modelled,
        kind=kind,
        loadings=read_only(fit.loadings),
        uniquenesses=read_only(fit.uniquenesses),
        average_variance_extracted=float((fit.loadings**2).mean()),
        rmsr=_rmsr(r, fit.loadings),
        item_names=names,
        n=found.n,
        missing=found.missing,
        method="one factor, diagonally weighted least squares on polychoric correlations",
        converged=fit.converged and found.converged,
        iterations=fit.iterations,
        notes=_notes(list(found.notes), kind, fit.loadings, names),
    )


def _check_positive_definite(standardized: FloatArray, moments: Moments) -> None:
    values, vectors = np.linalg.eigh(standardized)
    if values[0] > _POSITIVE:
        return
    if values[0] < -_POSITIVE:
        raise AnalysisError(
            f"the pairwise covariances of the items are not positive definite (smallest eigenvalue {values[0]:.3g} at unit "
            'variances): too many answers are missing; use missing="listwise"'
        )
    tied = [name for name, weight in zip(moments.item_names, vectors[:, 0], strict=True) if abs(weight) > 1e-6]
    raise AnalysisError(
        f"each of {', '.join(tied)} follows exactly from the others: leave one out, or ask more respondents than there are items"
    )


def _check_fit(fit: OneFactor, uniquenesses: FloatArray, names: tuple[str, ...]) -> None:
    """Refuse a model that has no solution, or one that cannot be."""
    improper = [
        f"{name} ({uniqueness:.3f})" for name, uniqueness in zip(names, uniquenesses, strict=True) if not uniqueness > 0
    ]
    if improper:
        raise AnalysisError(
            f"one factor would leave a variance below nought to {', '.join(improper)} (a Heywood case): the items do not share "
            "one factor, or there are too few respondents or items; `cronbach_alpha` makes no use of a model"
        )
    if not fit.converged:
        raise AnalysisError(
            "no one-factor model was found for these items: they hardly correlate, or not with one sign "
            "(`cronbach_alpha` makes no use of a model)"
        )


def _rmsr(correlation: FloatArray, loadings: FloatArray) -> float:
    pairs = np.triu_indices(len(loadings), 1)
    return float(np.sqrt(((correlation - np.outer(loadings, loadings))[pairs] ** 2).mean()))


def _notes(notes: list[str], kind: OmegaKind, loadings: FloatArray, names: tuple[str, ...]) -> tuple[str, ...]:
    notes = [f"of {SUM_OF[kind]}", *notes]
    against = [name for name, loading in zip(names, loadings, strict=True) if loading < 0]
    if against:
        notes.append(f"negative loading: {', '.join(against)} (keyed the other way?)")
    return tuple(notes)
