"""Fitting a factor model: the front door."""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import AnalysisError
from ..item_responses import IntArray
from ..one_thread import one_thread
from ..options import shown, wrong_seed, wrong_switch, wrong_whole, wrong_word
from .estimates import ParameterEstimates
from .estimation.solution import Solution
from .fit import ConfirmatoryFit
from .fit_indices import fit_indices
from .group_fit import group_fits
from .model_answers import Labels, ModelAnswers, read_answers
from .normal.fit import fit_normal
from .ordinal.fit import Weights, fit_ordinal
from .ordinal.moments import OrdinalMoments
from .standardized import estimates_of
from .structure.model import FactorModel
from .structure.parameter_table import Equal, Identification, Parameterization, Setting, lay_out
from .structure.syntax import MEAN
from .suspicions import suspicions

Estimator = Literal["ML", "MLR", "WLSMV", "ULSMV"]
Missing = Literal["fiml", "pairwise", "listwise"]

_WAYS: dict[str, tuple[Missing, ...]] = {
    "ML": ("fiml", "listwise"),
    "MLR": ("fiml", "listwise"),
    "WLSMV": ("pairwise", "listwise"),
    "ULSMV": ("pairwise", "listwise"),
}
_METHODS: dict[str, str] = {
    "ML": "maximum likelihood, normal answers",
    "MLR": "maximum likelihood, robust standard errors, Yuan-Bentler scaled test",
    "WLSMV": "diagonally weighted least squares of polychoric correlations, robust standard errors, scaled and shifted test",
    "ULSMV": "unweighted least squares of polychoric correlations, robust standard errors, scaled and shifted test",
}
FEWEST_GAMMA_ROWS = 1_000
"""Fewer rows say too little of how moments vary."""

_EQUAL = ("loadings", "intercepts", "residuals", "thresholds")


def confirm_factors(
    model: str | Mapping[str, Any] | FactorModel,
    item_responses: Any,
    estimator: Estimator = "WLSMV",
    *,
    missing: Missing | None = None,
    group: Labels | None = None,
    cluster: Labels | None = None,
    parameterization: Parameterization = "delta",
    identification: Identification = "marker",
    orthogonal: bool = False,
    equal: Collection[Equal] = (),
    gamma_rows: int | None = None,
    seed: int | None = None,
) -> ConfirmatoryFit:
    r"""Fit a factor model, and say how well it fits.

    The model implies the covariances of the items, or of the normal variables of which ordered answers are taken to be cuts,

    .. math:: \Sigma = \Lambda \Psi \Lambda' + \Theta,

    and its parameters are those whose :math:`\Sigma` is nearest to what was observed.

    Parameters
    ----------
    model : str, mapping or FactorModel
        A mapping of factors to lists of their items, or text: ``F =~ q1 + q2 + q3`` says that F is measured by q1, q2 and q3,
        ``q1 ~~ q2`` that their residuals are correlated. Items may be on several factors, factors may be measured by factors,
        ``0.8*q1`` fixes a loading, ``a*q1 + a*q2`` makes two equal; `analysis.confirmatory.structure.syntax` has the rest.
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        A frame's columns, or item_1, item_2, ..., are the names that the model uses; other columns are left alone. Answers are
        whole numbers from 1 up for WLSMV and ULSMV, any numbers for ML and MLR, missing as NaN.
    estimator : {"WLSMV", "ULSMV", "ML", "MLR"}
        *WLSMV*: answers are ordered categories. Diagonally weighted least squares of thresholds and polychoric correlations,
        robust standard errors, test adjusted in mean and variance. *ULSMV*: the same with equal weights. *ML*: answers are
        normal numbers. *MLR*: maximum likelihood with standard errors and a test that do not ask for normality.
    missing : {"pairwise", "fiml", "listwise"}, optional
        *pairwise* (WLSMV, ULSMV): every pair of answers counts. *fiml* (ML, MLR): the likelihood of the answers that there are.
        *listwise*: only respondents who answered every item of the model. By default the first that the estimator knows.
    group : str or sequence of labels, length n_respondents, optional
        The group of each respondent, or the column that holds it. The model is fitted to each, parameters free in every one but
        for `equal` and labels.
    cluster : str or sequence of labels, length n_respondents, optional
        The placement, team or school of each respondent, or the column that holds it: standard errors and tests then hold for
        respondents who are alike within clusters. The estimates stay the same.
    parameterization : {"delta", "theta"}
        Of ordered items: whether the normal variables behind them have variance one, or their residuals.
    identification : {"marker", "unit variance"}
        Whether a factor has the unit of its first item, or variance one.
    orthogonal : bool
        Whether factors are uncorrelated unless the model says otherwise, as in bifactor models.
    equal : collection of {"loadings", "intercepts", "residuals", "thresholds"}
        What is the same in all groups.
    gamma_rows : int, optional
        For WLSMV and ULSMV of very many rows: take the sampling covariance of thresholds and correlations from this many rows,
        drawn at random. The estimates rest on all rows all the same; the notes say how sure the test is.
    seed : int, optional
        Of that draw; needed with `gamma_rows`.

    Returns
    -------
    ConfirmatoryFit

    Raises
    ------
    AnalysisError
        Naming every item that the data do not have, every statement that cannot be read, answers off the scale, constant items,
        items that say the same, a model that is not identified, and a search that finds no minimum.

    Notes
    -----
    Anchor: lavaan 0.6-14 (``cfa``), estimates and standard errors to 1e-5, statistics and indices to 1e-6. Without missing
    answers, groups or clusters MLR has no means, as there. Clusters are no part of lavaan's WLSMV: here influences are summed
    over each before their products are taken, and that is held to simulations.

    References
    ----------
    Bollen, K. A. (1989). Structural Equations with Latent Variables. Wiley. Each file of `analysis.confirmatory` names those
    of its part.

    Examples
    --------
    >>> from analysis import ResponseModel, simulate_responses
    >>> truth = ResponseModel.of({"Team": {"q1": 0.8, "q2": 0.7, "q3": 0.6}, "Space": {"q4": 0.8, "q5": 0.7, "q6": 0.6}})
    >>> drawn = simulate_responses(truth, 500, seed=1)
    >>> model = {"Team": ["item_1", "item_2", "item_3"], "Space": ["item_4", "item_5", "item_6"]}
    >>> fit = confirm_factors(model, drawn.responses)
    >>> print(fit)
    Confirmatory factor analysis (WLSMV), 6 items, 2 factors
    parameter        estimate     SE       z      p  standardized  SE (std)
    Team =~ item_1      1.000  0.000       -      -         0.840     0.042
    Team =~ item_2      0.828  0.075  11.033  0.000         0.695     0.041
    Team =~ item_3      0.689  0.071   9.763  0.000         0.578     0.046
    Space =~ item_4     1.000  0.000       -      -         0.722     0.044
    Space =~ item_5     0.938  0.088  10.642  0.000         0.677     0.044
    Space =~ item_6     0.935  0.090  10.432  0.000         0.675     0.045
    Team ~~ Team        0.705  0.070  10.088  0.000         1.000     0.000
    Space ~~ Space      0.521  0.063   8.269  0.000         1.000     0.000
    Team ~~ Space       0.300  0.038   7.976  0.000         0.495     0.052
    naive: chi-square(8) = 5.031, p = 0.754, CFI = 1.000, TLI = 1.005, RMSEA = 0.000 (90 % 0.000 to 0.037)
    scaled: chi-square(8) = 8.175, p = 0.417, CFI = 1.000, TLI = 1.000, RMSEA = 0.007 (90 % 0.000 to 0.053)
    robust: CFI = 0.994, TLI = 0.989, RMSEA = 0.034 (90 % 0.000 to 0.081)
    SRMR = 0.024
    n = 500 respondents, every item answered
    >>> fit.modification_indices(minimum=1.4)
    Modification indices
    parameter         index      p  expected change  standardized
    item_3 ~~ item_6  1.500  0.221           -0.072        -0.119
    21 parameters looked at, 0 with p < 0.05
    indices suggest; only what the items mean decides
    """
    parsed = FactorModel.of(model)
    ordered = estimator in ("WLSMV", "ULSMV")
    way = _check_options(
        estimator, missing, parameterization, identification, orthogonal, equal, gamma_rows, seed, cluster is not None
    )
    given = read_answers(item_responses, parsed.items, group, cluster, ordered=ordered)
    used = _used_rows(given, way, ordered=ordered)
    if not used.any():
        raise AnalysisError(
            "no respondent answered " + ("every item of the model" if way == "listwise" else "any item")
        )
    rows = [np.flatnonzero((given.group == place) & used) for place in range(len(given.groups))]
    clusters = [given.cluster[own] for own in rows] if cluster is not None else None
    notes = _notes(given, used, way, ordered=ordered)
    with one_thread():
        if ordered:
            moments = [
                _ordinal_moments(given.answers[own].astype(np.int8, copy=False), parsed.items, name, way)
                for own, name in zip(rows, given.groups, strict=True)
            ]
            setting = Setting(
                len(rows),
                True,
                moments[0].n_categories,
                True,
                parameterization,
                identification,
                orthogonal,
                frozenset(equal),
            )
            sample = None if gamma_rows is None else _sample(rows, gamma_rows, seed)
            weights: Weights = "diagonal" if estimator == "WLSMV" else "unit"
            table = lay_out(parsed, setting)
            solution = fit_ordinal(table, moments, given.groups, clusters, sample, weights=weights)
            if sample is not None:
                notes = (*notes, _note_on_sample(sum(map(len, sample)), solution, seed))
        else:
            gaps = bool(np.isnan(given.answers[used]).any())
            of_means = any(each.operator == MEAN for each in parsed.relations)
            means = gaps or len(rows) > 1 or cluster is not None or of_means
            setting = Setting(len(rows), False, (), means, "delta", identification, orthogonal, frozenset(equal))
            values = [given.answers[own].astype(np.float64, copy=False) for own in rows]
            solution = fit_normal(lay_out(parsed, setting), values, given.groups, clusters, robust=estimator == "MLR")
        return _result(parsed, solution, given, estimator, way, notes)


def _note_on_sample(n_rows: int, solution: Solution, seed: int | None) -> str:
    return (
        f"Gamma from {n_rows} of {solution.n} rows drawn at random (seed {seed}): standard error of the scaled chi-square "
        f"{solution.sampling_error:.3g}"
    )


def _check_options(
    estimator: str,
    missing: Any,
    parameterization: str,
    identification: str,
    orthogonal: bool,
    equal: Collection[str],
    gamma_rows: int | None,
    seed: int | None,
    clustered: bool,
) -> Missing:
    """Name every option that does not exist or does not go with the others, and give the way of treating missing answers."""
    problems = wrong_word("estimator", estimator, tuple(_WAYS))
    ways: tuple[Missing, ...] = ("fiml", "pairwise", "listwise") if problems else _WAYS[estimator]
    if missing is not None and not (isinstance(missing, str) and missing in ways):
        problems.append(f"missing is {_or(ways)} for {estimator}, not {missing!r}")
    problems += [
        *wrong_word("parameterization", parameterization, ("delta", "theta")),
        *wrong_word("identification", identification, ("marker", "unit variance")),
        *wrong_switch("orthogonal", orthogonal),
        *_wrong_equal(equal),
        *(() if gamma_rows is None else wrong_whole("gamma_rows", gamma_rows, least=FEWEST_GAMMA_ROWS)),
        *(() if seed is None else wrong_seed(seed)),
    ]
    if gamma_rows is not None:
        if seed is None:
            problems.append("gamma_rows draws rows at random: give a seed, so that the draw can be repeated")
        if estimator in ("ML", "MLR"):
            problems.append(f"gamma_rows is for WLSMV and ULSMV: {estimator} has no use for it")
        if clustered:
            problems.append("gamma_rows cannot be had with clusters, which are summed over whole")
    if problems:
        raise AnalysisError(problems)
    return ways[0] if missing is None else missing


def _wrong_equal(equal: Any) -> list[str]:
    if isinstance(equal, str | Mapping) or not isinstance(equal, Collection):
        return [f'equal is a list such as ["loadings"], not {shown(equal)}']
    return [f"equal names {_or(_EQUAL)}, not {shown(each)}" for each in equal if each not in _EQUAL]


def _or(names: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _used_rows(given: ModelAnswers, way: Missing, *, ordered: bool) -> NDArray[np.bool_]:
    answered = _answered(given, ordered=ordered)
    used: NDArray[np.bool_] = np.all(answered, axis=1) if way == "listwise" else np.any(answered, axis=1)
    return used


def _answered(given: ModelAnswers, *, ordered: bool) -> NDArray[np.bool_]:
    return np.greater(given.answers, 0) if ordered else np.logical_not(np.isnan(given.answers))


def _ordinal_moments(codes: NDArray[np.int8], items: tuple[str, ...], group: str, way: Missing) -> OrdinalMoments:
    try:
        return OrdinalMoments.of(codes, items, "listwise" if way == "listwise" else "pairwise")
    except AnalysisError as error:
        raise (error.about(f"group {group}") if group else error) from None


def _sample(rows: list[IntArray], wanted: int, seed: int | None) -> list[IntArray] | None:
    """Draw rows of each group in proportion to its size, in random order; all where as many are wanted as there are."""
    total = sum(len(own) for own in rows)
    if wanted >= total:
        return None
    generator = np.random.default_rng(seed)
    return [generator.permutation(len(own))[: max(round(wanted * len(own) / total), 100)] for own in rows]


def _result(
    model: FactorModel,
    solution: Solution,
    given: ModelAnswers,
    estimator: Estimator,
    way: Missing,
    notes: tuple[str, ...],
) -> ConfirmatoryFit:
    _set_read_only(solution)
    _set_read_only(given)
    found = estimates_of(solution)
    groups = group_fits(solution, found)
    return ConfirmatoryFit(
        model=model,
        estimator=estimator,
        missing=way,
        fit=fit_indices(solution),
        estimates=ParameterEstimates.of(solution, found),
        groups=groups,
        parameter_covariance=solution.covariance,
        free_parameters=tuple(solution.table.name_of(place) for place in range(solution.table.n_free)),
        n=solution.n,
        n_rows=len(given.answers),
        method=_METHODS[estimator],
        iterations=solution.iterations,
        notes=(*notes, *given.notes, *suspicions(solution, groups, given.n_clusters)),
        solution=solution,
        answers=given.answers,
        group_of_row=given.group,
    )


def _set_read_only(value: Any) -> None:
    """Set every array inside to read-only: what a result holds is for reading."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple):
        for part in value:
            _set_read_only(part)
    elif is_dataclass(value):
        for field in fields(value):
            _set_read_only(getattr(value, field.name))


def _notes(given: ModelAnswers, used: NDArray[np.bool_], way: Missing, *, ordered: bool) -> tuple[str, ...]:
    """Say which rows and answers the fit rests on."""
    n_rows, n_used = len(used), int(used.sum())
    answered = _answered(given, ordered=ordered)
    empty = int((~answered.any(axis=1)).sum())
    left_out = f"; {empty} rows without any answer left out" if empty else ""
    if way == "listwise":
        first = f"n = {n_used} respondents who answered every item, of {n_rows - empty}{left_out}"
    elif answered[used].all():
        first = f"n = {n_used} respondents, every item answered{left_out}"
    else:
        share = 1 - answered[used].mean()
        how = "pairwise" if way == "pairwise" else "by the likelihood of the others (FIML)"
        first = f"n = {n_used} respondents; {100 * share:.1f} % of answers missing, {how}{left_out}"
    notes = [first]
    if given.n_clusters:
        notes.append(f"standard errors and tests for respondents in {given.n_clusters} clusters")
    if len(given.groups) > 1:
        sizes = ", ".join(f"{name} {int((used & (given.group == g)).sum())}" for g, name in enumerate(given.groups))
        notes.append(f"groups: {sizes}")
    return tuple(notes)
