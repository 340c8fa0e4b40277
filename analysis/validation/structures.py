"""The factor models of the report: the published scales, one factor for all items, a general factor beside the scales."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..confirmatory import ConfirmatoryFit, confirm_factors
from ..confirmatory.fit_indices import ModelFit, RobustFit
from ..errors import AnalysisError
from ..not_estimated import NotEstimated
from .study import Study

GENERAL: Final = "G"


def factors_of(study: Study, least_items: int = 2) -> dict[str, tuple[int, ...]]:
    """Scales with enough items that vary, each with the places of those."""
    found = {scale: study.places(scale, sound=True) for scale in study.scales}
    least = 3 if len(found) == 1 else least_items
    return {scale: places for scale, places in found.items() if len(places) >= least}


def published(study: Study) -> dict[str, list[str]]:
    """Each scale a factor, under the names that computations use."""
    place = {scale: f"F{position}" for position, scale in enumerate(study.scales, 1)}
    return {place[scale]: [f"item_{i + 1}" for i in places] for scale, places in factors_of(study).items()}


def one_factor(study: Study) -> dict[str, list[str]]:
    """All items of the published model on one factor."""
    return {GENERAL: [item for items in published(study).values() for item in items]}


def bifactor(study: Study) -> dict[str, list[str]]:
    """A general factor beside the scales' own, all uncorrelated."""
    return {**one_factor(study), **published(study)}


def fit(
    study: Study,
    model: Mapping[str, list[str]],
    *,
    rows: NDArray[np.bool_] | None = None,
    orthogonal: bool = False,
    clustered: bool = True,
) -> ConfirmatoryFit:
    """Fit a model by WLSMV, with standard errors and tests that know of units where there are several."""
    places = sorted({int(item.removeprefix("item_")) - 1 for items in model.values() for item in items})
    if not places:
        raise AnalysisError("no scale has two items that vary")
    unit = None
    if clustered and study.unit.size and np.unique(study.unit).size > len(places):
        unit = (study.unit if rows is None else study.unit[rows]).tolist()
    return confirm_factors(dict(model), study.answers(places, rows), cluster=unit, orthogonal=orthogonal)


def indices(found: ConfirmatoryFit) -> tuple[ModelFit, ModelFit, ModelFit | RobustFit]:
    """Naive, scaled and robust indices; where robust ones are not defined the scaled, then the naive ones."""
    naive = found.fit.naive
    scaled = naive if isinstance(found.fit.scaled, NotEstimated) else found.fit.scaled
    return naive, scaled, scaled if isinstance(found.fit.robust, NotEstimated) else found.fit.robust
