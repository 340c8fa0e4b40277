"""Fitting a factor model: the front door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..errors import AnalysisError
from ..one_thread import one_thread
from ..options import refuse, shown, wrong_seed, wrong_switch, wrong_whole, wrong_word
from .fit import ConfirmatoryFit
from .model_answers import Labels, read_answers, refuse_lone_clusters, without_gaps
from .model_sample import Estimator, Missing, ModelSample
from .structure.comparison import ORDERED_STEPS, read_release, unreleasable
from .structure.model import FactorModel
from .structure.setting import Equal, Identification, Parameterization
from .structure.syntax import name_of

_WAYS: dict[str, tuple[Missing, ...]] = {
    "ML": ("fiml", "listwise"),
    "MLR": ("fiml", "listwise"),
    "WLSMV": ("pairwise", "listwise"),
    "ULSMV": ("pairwise", "listwise"),
}
FEWEST_GAMMA_ROWS = 1_000
"""Fewer rows say too little of how moments vary."""

_IDENTIFICATIONS = ("marker", "unit variance", "Wu-Estabrook")
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
    release: Collection[str] = (),
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
    identification : {"marker", "unit variance", "Wu-Estabrook"}
        Whether a factor has the unit of its first item, or variance one; *Wu-Estabrook*: variance one, and of ordered items
        in groups (theta) what the steps of `analysis.measurement_invariance` leave open.
    orthogonal : bool
        Whether factors are uncorrelated unless the model says otherwise, as in bifactor models.
    equal : collection of {"loadings", "intercepts", "residuals", "thresholds"}
        What is the same in all groups.
    release : collection of str
        Parameters that are free in every group all the same, as the model's text writes them: ``F =~ q3``, ``q3 ~ 1``,
        ``q3 | t1 + t2``, ``q3 ~~ q3``.
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
    parameter        estimate     SE       z       p  standardized  SE (std)
    Team =~ item_1      1.000  0.000       -       -         0.840     0.042
    Team =~ item_2      0.828  0.075  11.033  <0.001         0.695     0.041
    Team =~ item_3      0.689  0.071   9.763  <0.001         0.578     0.046
    Space =~ item_4     1.000  0.000       -       -         0.722     0.044
    Space =~ item_5     0.938  0.088  10.642  <0.001         0.677     0.044
    Space =~ item_6     0.935  0.090  10.432  <0.001         0.675     0.045
    Team ~~ Team        0.705  0.070  10.088  <0.001         1.000     0.000
    Space ~~ Space      0.521  0.063   8.269  <0.001         1.000     0.000
    Team ~~ Space       0.300  0.038   7.976  <0.001         0.495     0.052
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
    way = check_options(
        estimator, missing, parameterization, identification, orthogonal, equal, gamma_rows, seed, cluster is not None
    )
    released = read_release(release)
    refuse(unreleasable(released, parsed, equal))
    given = read_answers(item_responses, parsed.items, group, cluster, ordered=ordered)
    refuse_lone_clusters(given)
    if ordered:
        given = without_gaps(given, parsed.items, listwise=way == "listwise")
    with one_thread():
        return ModelSample.of(given, parsed.items, estimator, way, gamma_rows, seed).fit(
            parsed,
            parameterization=parameterization,
            identification=identification,
            orthogonal=orthogonal,
            equal=equal,
            released=[name_of(each.left, each.operator, each.right) for each in released],
        )


def check_options(
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
    of_equal = _wrong_equal(equal)
    problems += [
        *wrong_word("parameterization", parameterization, ("delta", "theta")),
        *wrong_word("identification", identification, _IDENTIFICATIONS),
        *wrong_switch("orthogonal", orthogonal),
        *of_equal,
        *(() if gamma_rows is None else wrong_whole("gamma_rows", gamma_rows, least=FEWEST_GAMMA_ROWS)),
        *(() if seed is None else wrong_seed(seed)),
    ]
    if identification == "Wu-Estabrook" and not of_equal:
        problems += _unfit_for_steps(estimator, parameterization, equal)
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


def _unfit_for_steps(estimator: str, parameterization: str, equal: Collection[str]) -> list[str]:
    problems = []
    if estimator in ("ML", "MLR") or parameterization != "theta":
        problems.append(
            'identification "Wu-Estabrook" is for WLSMV and ULSMV with parameterization "theta": it says what thresholds tell'
        )
    if set(equal) not in [set(ORDERED_STEPS[:n]) for n in range(len(ORDERED_STEPS) + 1)]:
        problems.append(
            f"Wu and Estabrook's steps make equal {', '.join(ORDERED_STEPS)}, in this order: none of them can be left out "
            "before another"
        )
    return problems


def _or(names: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]
