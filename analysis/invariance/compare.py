"""Comparing groups step by step: the front door."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any, Literal

from ..confirmatory.confirm import check_options
from ..confirmatory.fit import ConfirmatoryFit
from ..confirmatory.model_answers import Labels, read_answers, refuse_lone_clusters
from ..confirmatory.model_sample import Estimator, Missing, ModelSample
from ..confirmatory.structure.comparison import read_release, unreleasable
from ..confirmatory.structure.model import FactorModel
from ..confirmatory.structure.setting import Identification
from ..confirmatory.structure.syntax import THRESHOLD, name_of
from ..errors import AnalysisError
from ..not_estimated import NotEstimated
from ..one_thread import one_thread
from ..options import refuse, wrong_whole, wrong_word
from .cutoffs import verdicts
from .differences import DifferenceTest, difference_test
from .groups import EmptyCategories, SmallGroups, comparable
from .latent_means import latent_means
from .result import InvarianceStep, MeasurementInvariance, StepDifference, change_between
from .steps import NUMBERS, ORDERED, Step

_INDICES = {"ML": "naive", "MLR": "robust", "WLSMV": "scaled", "ULSMV": "scaled"}


def measurement_invariance(
    model: str | Mapping[str, Any] | FactorModel,
    item_responses: Any,
    group: Labels,
    estimator: Estimator = "WLSMV",
    *,
    missing: Missing | None = None,
    cluster: Labels | None = None,
    release: Collection[str] = (),
    identification: Literal["marker", "unit variance"] = "marker",
    orthogonal: bool = False,
    empty_categories: EmptyCategories = "refuse",
    small_groups: SmallGroups = "refuse",
    smallest_group: int = 20,
    gamma_rows: int | None = None,
    seed: int | None = None,
) -> MeasurementInvariance:
    """Ask step by step whether items measure the same in all groups.

    Answers as numbers (ML, MLR): the same model in every group (*configural*), equal loadings (*metric*), equal intercepts
    as well (*scalar*: means of the factors can be compared), equal residual variances as well (*strict*). Ordered answers
    (WLSMV, ULSMV): *configural*, equal *thresholds*, *loadings* as well, *intercepts* as well, residual variances as well
    (*strict*), identified as Wu and Estabrook (2016) showed, with residual variances as units (theta) and unit variances of
    factors.

    Parameters
    ----------
    model : str, mapping or FactorModel
        As `confirm_factors` takes it.
    item_responses : array_like or data frame, shape (n_respondents, n_items)
        Likewise.
    group : str or sequence of labels, length n_respondents
        The group of each respondent, or the column that holds it; two or more. "Prefer not to say" is a group like any other.
        The first to appear is the one that latent means are compared with.
    estimator : {"WLSMV", "ULSMV", "ML", "MLR"}
    missing : {"pairwise", "fiml", "listwise"}, optional
        As in `confirm_factors`.
    cluster : str or sequence of labels, length n_respondents, optional
        The placement, team or school of each respondent: tests then hold for respondents who are alike within clusters.
    release : collection of str
        Parameters that are left free in every group at every step (partial invariance), as the model's text writes them:
        ``F =~ q3``, ``q3 ~ 1``, ``q3 | t1 + t2``, ``q3 ~~ q3``.
    identification : {"marker", "unit variance"}
        With ML and MLR, whether a factor has the unit of its first item, or variance one in the first group. The fit is
        the same; a marker's loading cannot be released.
    orthogonal : bool
        Whether factors are uncorrelated unless the model says otherwise.
    empty_categories : {"refuse", "collapse", "drop items", "drop groups"}
        What to do where nobody in a group chose a category of an ordered item that others chose: refuse; join it with
        whichever neighbouring category fewer chose, in all groups; leave out such items; leave out such groups.
    small_groups : {"refuse", "drop"}
        What to do with groups of fewer than `smallest_group` respondents, or no more than there are items.
    smallest_group : int
    gamma_rows, seed : int, optional
        As in `confirm_factors`, for very many rows of ordered answers.

    Returns
    -------
    MeasurementInvariance

    Raises
    ------
    AnalysisError
        Naming every small group, every group and item with empty categories where these are refused, every parameter that
        cannot be released, and what `confirm_factors` refuses, with the step.

    Notes
    -----
    Each step is tested against the one before: by the difference of chi-squares (ML), by Satorra and Bentler (2001) with MLR
    (2010 where that scaling factor is negative), by Satorra (2000) with ordered answers. Large samples find differences that do not
    matter; changes of CFI, RMSEA and SRMR are held to the cut-offs of Chen (2007) and of Cheung and Rensvold (2002) beside it.

    Anchors: lavaan 0.6-14 (``cfa``, ``lavTestLRT``) and semTools 0.5-6 (``measEq.syntax``). They differ where an item has two
    categories: there its loading is compared together with its threshold and intercept, as Wu and Estabrook have it,
    where semTools takes its residual variances to be equal before.

    Examples
    --------
    One item is harder for one of two groups:

    >>> from analysis import ItemShift, ResponseModel, simulate_responses
    >>> truth = ResponseModel.of({"Team": {f"q{item}": 0.7 for item in range(1, 7)}})
    >>> group = ["nurse", "midwife"] * 400
    >>> drawn = simulate_responses(truth, 800, seed=1, group=group, dif=[ItemShift("q2", "midwife", harder=0.5)])
    >>> model = {"Team": ["item_1", "item_2", "item_3", "item_4", "item_5", "item_6"]}
    >>> found = measurement_invariance(model, drawn.responses, group)
    >>> print(found)
    Measurement invariance (WLSMV), 2 groups: nurse, midwife
    step        chi-square  df       p    CFI    TLI  RMSEA   SRMR    ΔCFI  ΔRMSEA   ΔSRMR     Δχ²  Δdf  p(Δχ²)  Chen     Cheung
    configural      24.894  18   0.128  0.996  0.994  0.031  0.029
    thresholds      32.018  30   0.367  0.999  0.999  0.013  0.029   0.003  -0.018   0.000   6.955   12   0.861  holds    holds
    loadings        42.652  35   0.175  0.996  0.997  0.023  0.034  -0.003   0.010   0.005   8.500    5   0.131  holds    holds
    intercepts     105.095  40  <0.001  0.966  0.975  0.064  0.037  -0.030   0.040   0.003  51.188    5  <0.001  differs  differs
    strict         109.761  46  <0.001  0.967  0.978  0.059  0.036   0.001  -0.005  -0.001   8.220    6   0.222  holds    holds
    n = 800 respondents, every item answered
    groups: nurse 400, midwife 400
    differences tested by Satorra (2000), scaled and shifted, restrictions from slopes (A.method "delta")
    scaled CFI and RMSEA held to Chen (2007), more than 300 respondents, and Cheung & Rensvold (2002)
    these cut-offs come from simulations of normal numbers: for ordered answers they are a rough guide
    >>> found.reached()
    'loadings'
    >>> suspects = found.step("intercepts").equality_tests(largest=3)
    >>> print(suspects)
    Equal parameters (intercepts step)
    parameter    group    chi-square       p  expected change
    item_2 ~ 1   midwife      49.211  <0.001           -0.710
    item_2 | t4  midwife      26.571  <0.001            0.873
    item_2 | t3  midwife      12.116  <0.001            0.540
    36 parameters looked at one by one, 9 with p < 0.05
    score tests of the unadjusted chi-square suggest; only what the items mean decides
    >>> partial = measurement_invariance(model, drawn.responses, group, release=["item_2 ~ 1"])
    >>> partial.reached()
    'strict'
    >>> print(partial.latent_means)
    Latent means (intercepts step)
    factor  group     mean     SE      z      p  effect
    Team    midwife  0.131  0.085  1.535  0.125   0.128
    differences from group nurse; effects in standard deviations within groups
    """
    parsed = FactorModel.of(model)
    ordered = estimator in ("WLSMV", "ULSMV")
    ladder = ORDERED if ordered else NUMBERS
    way = check_options(
        estimator, missing, "theta", identification, orthogonal, (), gamma_rows, seed, cluster is not None
    )
    refuse(
        [
            *wrong_word("identification", identification, ("marker", "unit variance")),
            *wrong_word("empty_categories", empty_categories, ("refuse", "collapse", "drop items", "drop groups")),
            *wrong_word("small_groups", small_groups, ("refuse", "drop")),
            *wrong_whole("smallest_group", smallest_group, least=1),
        ]
    )
    relations = read_release(release)
    refuse(unreleasable(relations, parsed, ladder[-1].equal))
    released = tuple(dict.fromkeys(name_of(each.left, each.operator, each.right) for each in relations))
    if group is None:
        raise AnalysisError("measurement invariance compares groups: say which respondent is in which")
    given = read_answers(item_responses, parsed.items, group, cluster, ordered=ordered)
    given, kept = comparable(given, parsed, way, empty_categories, small_groups, smallest_group, ordered=ordered)
    refuse_lone_clusters(given)
    with one_thread():
        sample = ModelSample.of(given, kept.items, estimator, way, gamma_rows, seed)
        fits = [
            _fitted(sample, kept, step, "Wu-Estabrook" if ordered else identification, released, orthogonal=orthogonal)
            for step in ladder
        ]
        indices = _INDICES[estimator]
        if indices == "robust" and any(isinstance(fit.fit.robust, NotEstimated) for fit in fits):
            indices = "scaled"
        steps = _compared(ladder, fits, sample, indices)
    return _result(steps, sample, released, indices)


def _fitted(
    sample: ModelSample,
    model: FactorModel,
    step: Step,
    identification: Identification,
    released: tuple[str, ...],
    *,
    orthogonal: bool,
) -> ConfirmatoryFit:
    try:
        return sample.fit(
            model,
            parameterization="theta",
            identification=identification,
            orthogonal=orthogonal,
            equal=step.equal,
            released=released,
        )
    except AnalysisError as error:
        raise error.about(f"the {step.name} step") from None


def _compared(
    ladder: tuple[Step, ...], fits: list[ConfirmatoryFit], sample: ModelSample, indices: str
) -> tuple[InvarianceStep, ...]:
    steps = [InvarianceStep(ladder[0].name, (), fits[0], NotEstimated("there is no step before"))]
    for step, (before, fit) in zip(ladder[1:], pairwise(fits), strict=True):
        test = difference_test(fit, before, sample)
        change = change_between(fit, before, indices)
        adds = fit.fit.naive.df > before.fit.naive.df
        said = verdicts(step.equal[-1], fit.n, change) if adds else ()
        steps.append(InvarianceStep(step.name, step.equal, fit, StepDifference(test, change, said)))
    return tuple(steps)


def _result(
    steps: tuple[InvarianceStep, ...], sample: ModelSample, released: tuple[str, ...], indices: str
) -> MeasurementInvariance:
    fit = steps[0].fit
    with_means = next(step for step in steps if "intercepts" in step.equal)
    methods = dict.fromkeys(
        each.difference.test.method
        for each in steps
        if isinstance(each.difference, StepDifference) and isinstance(each.difference.test, DifferenceTest)
    )
    notes = [*fit.notes[: len(sample.notes) + len(sample.given.notes)]]
    if sample.moments:
        notes += _untested(fit.model, sample.moments[0].n_categories, released)
    if released:
        notes.append(f"free in every group: {', '.join(released)}")
    notes += _problems(steps)
    notes += [f"differences tested by {method}" for method in methods]
    notes += _about_indices(indices, fit.n, ordered=bool(sample.moments))
    return MeasurementInvariance(
        steps=steps,
        groups=tuple(group.name for group in fit.groups),
        group_sizes=tuple(group.n for group in fit.groups),
        released=released,
        latent_means=latent_means(with_means.fit, with_means.name),
        estimator=fit.estimator,
        missing=fit.missing,
        indices=indices,
        n=fit.n,
        method=f"{fit.method}; differences by {'; '.join(methods)}",
        iterations=sum(step.fit.iterations for step in steps),
        notes=tuple(notes),
    )


def _about_indices(indices: str, n: int, *, ordered: bool) -> list[str]:
    kind = "" if indices == "naive" else f"{indices} "
    size = "more than 300" if n > 300 else "300 or fewer"
    notes = [f"{kind}CFI and RMSEA held to Chen (2007), {size} respondents, and Cheung & Rensvold (2002)"]
    if ordered:
        notes.append(
            "these cut-offs come from simulations of normal numbers: for ordered answers they are a rough guide"
        )
    return notes


def _untested(model: FactorModel, n_categories: tuple[int, ...], released: tuple[str, ...]) -> list[str]:
    """Say of which ordered items a step cannot ask what it asks of others."""
    told: dict[int, list[str]] = {}
    for item, k in zip(model.items, n_categories, strict=True):
        equal = sum(f"{item} {THRESHOLD} t{cut}" not in released for cut in range(1, k))
        if equal < 3:
            told.setdefault(equal, []).append(item)
    notes = []
    if 2 in told:
        notes.append(
            f"equal thresholds of {_and(told[2])} cannot be tested, having fewer than three of them (four categories): "
            "they tell the item's units"
        )
    if 1 in told:
        notes.append(
            f"threshold, loading and intercept of {_and(told[1])} can only be tested together, at the intercepts step: "
            "there is a single equal threshold (two categories)"
        )
    if 0 in told:
        notes.append(f"{_and(told[0])} cannot be compared: no threshold is equal")
    return notes


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _problems(steps: tuple[InvarianceStep, ...]) -> list[str]:
    """Give what looks wrong with a step's fit, and which tests there are not."""
    notes = []
    for each in steps:
        known = {note for step in steps[: steps.index(each)] for note in step.fit.notes}
        notes += [f"{each.name}: {note}" for note in each.fit.notes if note not in known and each is not steps[0]]
        difference = each.difference
        if isinstance(difference, StepDifference) and isinstance(difference.test, NotEstimated):
            notes.append(f"{each.name}: not tested, {difference.test.reason}")
    return notes
