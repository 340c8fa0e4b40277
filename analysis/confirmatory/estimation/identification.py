"""Whether a model's parameters can be told from the data, and which cannot where not all can."""

import numpy as np

from ...errors import AnalysisError
from ...item_responses import FloatArray, IntArray
from ..structure.parameter_table import ParameterTable

_SINGULAR = 1e-9
"""A direction with less information than this share of the largest, parameters in comparable units, has none."""

_PLAIN = 1e-4


def check_counts(table: ParameterTable, n_moments: int) -> None:
    """Refuse a model with more parameters than there are moments to tell them from."""
    if table.n_free > n_moments:
        raise AnalysisError(
            f"the model is not identified: it has {table.n_free} free parameters, and the items have "
            f"{n_moments} moments to tell them from"
        )


def check_information(table: ParameterTable, information: FloatArray, places: IntArray | None = None) -> None:
    """Refuse information in which some parameters cannot be told from one another, and name them.

    Parameters
    ----------
    table : ParameterTable
    information : ndarray, shape (n, n)
    places : ndarray of int64, shape (n,), optional
        Which free parameters these are; by default all.
    """
    scale = np.sqrt(np.maximum(np.diagonal(information), np.finfo(float).tiny))
    scaled = information / np.outer(scale, scale)
    try:
        # Well conditioned information is told more quickly, and that is the rule.
        if np.diagonal(np.linalg.cholesky(scaled)).min() ** 2 > _PLAIN:
            return
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(scaled)
    if values[0] > _SINGULAR * values[-1]:
        return
    weight = np.abs(vectors[:, 0])
    involved = np.flatnonzero(weight > 0.3 * weight.max())[:6]
    positions = involved if places is None else places[involved]
    names = ", ".join(table.name_of(int(position)) for position in positions)
    raise AnalysisError(
        f"the model is not identified: the data cannot tell {names} apart"
        if len(involved) > 1
        else f"the model is not identified: the data say nothing about {names}"
    )
