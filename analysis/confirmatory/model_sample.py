"""The answers to a model's items as what every fit of it needs, so that several hypotheses may be fitted to them in turn."""

from collections.abc import Collection
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..counted import counted
from ..errors import AnalysisError
from ..item_responses import IntArray
from .estimates import ParameterEstimates
from .estimation.solution import Solution
from .fit import ConfirmatoryFit
from .fit_indices import fit_indices
from .group_fit import group_fits
from .model_answers import ModelAnswers
from .normal.fit import fit_normal
from .ordinal.fit import Weights, fit_ordinal
from .ordinal.moments import OrdinalMoments
from .ordinal.sampling import Sampling
from .standardized import estimates_of
from .structure.model import FactorModel
from .structure.parameter_table import lay_out
from .structure.setting import Identification, Parameterization, Setting
from .structure.syntax import MEAN
from .suspicions import suspicions

Estimator = Literal["ML", "MLR", "WLSMV", "ULSMV"]
Missing = Literal["fiml", "pairwise", "listwise"]

_METHODS: dict[str, str] = {
    "ML": "maximum likelihood, normal answers",
    "MLR": "maximum likelihood, robust standard errors, Yuan-Bentler scaled test",
    "WLSMV": "diagonally weighted least squares of polychoric correlations, robust standard errors, scaled and shifted test",
    "ULSMV": "unweighted least squares of polychoric correlations, robust standard errors, scaled and shifted test",
}


@dataclass(frozen=True, slots=True, eq=False)
class ModelSample:
    """Answers to a model's items, made ready for fits.

    Attributes
    ----------
    given : ModelAnswers
    estimator : {"ML", "MLR", "WLSMV", "ULSMV"}
    way : {"fiml", "pairwise", "listwise"}
        Of treating missing answers.
    rows : tuple of ndarray of int64
        Those used, of each group.
    notes : tuple of str
    moments : tuple of OrdinalMoments
        Of each group, where answers are ordered.
    sampling : tuple of Sampling
        Of all of them; one, where answers are ordered.
    seed : int, optional
        Of the draw of the rows that the sampling covariance is taken from.
    """

    given: ModelAnswers
    estimator: Estimator
    way: Missing
    rows: tuple[IntArray, ...]
    notes: tuple[str, ...]
    moments: tuple[OrdinalMoments, ...]
    sampling: tuple[Sampling, ...]
    seed: int | None

    @classmethod
    def of(
        cls,
        given: ModelAnswers,
        items: tuple[str, ...],
        estimator: Estimator,
        way: Missing,
        gamma_rows: int | None = None,
        seed: int | None = None,
    ) -> "ModelSample":
        """Reduce answers to what fits need.

        Raises
        ------
        AnalysisError
            Where nobody answered, and of ordered answers where an item has no polychoric correlations.
        """
        ordered = estimator in ("WLSMV", "ULSMV")
        used = _used_rows(given, way, ordered=ordered)
        if not used.any():
            raise AnalysisError(
                "no respondent answered " + ("every item of the model" if way == "listwise" else "any item")
            )
        rows = tuple(np.flatnonzero((given.group == place) & used) for place in range(len(given.groups)))
        notes = _notes(given, used, way, ordered=ordered)
        if not ordered:
            return cls(given, estimator, way, rows, notes, (), (), seed)
        moments = tuple(
            _ordinal_moments(given.answers[own].astype(np.int8, copy=False), items, name, way)
            for own, name in zip(rows, given.groups, strict=True)
        )
        drawn = None if gamma_rows is None else _draw(rows, gamma_rows, seed)
        sampling = Sampling.of(moments, _clusters(given, rows), drawn)
        return cls(given, estimator, way, rows, notes, moments, (sampling,), seed)

    def fit(
        self,
        model: FactorModel,
        *,
        parameterization: Parameterization,
        identification: Identification,
        orthogonal: bool,
        equal: Collection[str],
        released: Collection[str],
    ) -> ConfirmatoryFit:
        """Fit a model under a hypothesis of what groups have in common."""
        ordered = bool(self.moments)
        setting = Setting(
            n_groups=len(self.rows),
            ordered=ordered,
            n_categories=self.moments[0].n_categories if ordered else (),
            means=ordered or self._has_means(model),
            parameterization=parameterization if ordered else "delta",
            identification=identification,
            orthogonal=orthogonal,
            equal=frozenset(equal),
            released=frozenset(released),
        )
        table = lay_out(model, setting)
        names, notes = self.given.groups, self.notes
        if ordered:
            weights: Weights = "diagonal" if self.estimator == "WLSMV" else "unit"
            solution = fit_ordinal(table, self.moments, names, self.sampling[0], weights=weights)
            if len(self.sampling[0].batches) > 1:
                notes = (*notes, self._note_on_sample(solution))
        else:
            values = [self.given.answers[own].astype(np.float64, copy=False) for own in self.rows]
            clusters = _clusters(self.given, self.rows)
            solution = fit_normal(table, values, names, clusters, robust=self.estimator == "MLR")
        return self._result(model, solution, notes)

    def _has_means(self, model: FactorModel) -> bool:
        answers = self.given.answers
        gaps = any(bool(np.isnan(answers[own]).any()) for own in self.rows)
        of_means = any(each.operator == MEAN for each in model.relations)
        return gaps or len(self.rows) > 1 or bool(self.given.n_clusters) or of_means

    def _note_on_sample(self, solution: Solution) -> str:
        n_rows = round(self.sampling[0].share * sum(map(len, self.rows)))
        return (
            f"Gamma from {n_rows} of {solution.n} rows drawn at random (seed {self.seed}): standard error of the scaled "
            f"chi-square {solution.sampling_error:.3g}"
        )

    def _result(self, model: FactorModel, solution: Solution, notes: tuple[str, ...]) -> ConfirmatoryFit:
        given = self.given
        _set_read_only(solution)
        _set_read_only(given)
        found = estimates_of(solution)
        groups = group_fits(solution, found)
        return ConfirmatoryFit(
            model=model,
            estimator=self.estimator,
            missing=self.way,
            fit=fit_indices(solution),
            estimates=ParameterEstimates.of(solution, found),
            groups=groups,
            parameter_covariance=solution.covariance,
            free_parameters=tuple(solution.table.name_of(place) for place in range(solution.table.n_free)),
            n=solution.n,
            n_rows=len(given.answers),
            method=_METHODS[self.estimator],
            iterations=solution.iterations,
            notes=(*notes, *given.notes, *suspicions(solution, groups, given.n_clusters)),
            solution=solution,
            answers=given.answers,
            group_of_row=given.group,
        )


def _clusters(given: ModelAnswers, rows: tuple[IntArray, ...]) -> list[IntArray] | None:
    return [given.cluster[own] for own in rows] if given.n_clusters else None


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


def _draw(rows: tuple[IntArray, ...], wanted: int, seed: int | None) -> list[IntArray] | None:
    """Draw rows of each group in proportion to its size, in random order; all where as many are wanted as there are."""
    total = sum(len(own) for own in rows)
    if wanted >= total:
        return None
    generator = np.random.default_rng(seed)
    return [generator.permutation(len(own))[: max(round(wanted * len(own) / total), 100)] for own in rows]


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
    left_out = f"; {counted(empty, 'row')} without any answer left out" if empty else ""
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
