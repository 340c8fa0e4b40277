"""A second opinion: the same correlation matrix, factored anew by the package factor_analyzer.

factor_analyzer is right in its pattern and structure, of rotations run to the end, and shares no code with what is here. Not
compared are its communalities of oblique factors, which leave out the factor correlations, and its factor correlations,
which keep the order that factors had before it sorted them. It is given the matrix, because it fills gaps in answers with
medians, unsaid (docs/decisions/0006-own-extraction-and-rotation.md).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..options import refuse, wrong_kind
from ..table import Cell, ResultTable, Table
from .rotation import Rotation
from .solution import FactorSolution

_ROTATIONS = {
    "none": None,
    "oblimin": "oblimin",
    "geomin": "geomin_obl",
    "geomin_orthogonal": "geomin_ort",
    "quartimax": "quartimax",
    "varimax": "varimax",
    "promax": "promax",
}
_SCALABLE = ("varimax", "promax")
_MAXIMUM_STEPS = 5000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SecondOpinion(ResultTable):
    """What factor_analyzer makes of the same correlations, in the order and with the signs of the solution it is held to.

    Attributes
    ----------
    loadings : ndarray, shape (n_items, n_factors)
        Its pattern.
    structure : ndarray, shape (n_items, n_factors)
    largest_loading_difference, largest_structure_difference : float
        From the solution, in size.
    factor_names, item_names : tuple of str
    n : int
        Respondents that the correlations rest on.
    method : str
        With the version of factor_analyzer.
    """

    loadings: FloatArray
    structure: FloatArray
    largest_loading_difference: float
    largest_structure_difference: float
    factor_names: tuple[str, ...]
    item_names: tuple[str, ...]
    n: int
    method: str

    def table(self) -> Table:
        """Give its loadings, one row an item."""
        rows: list[tuple[Cell, ...]] = [
            (name, *row) for name, row in zip(self.item_names, self.loadings.tolist(), strict=True)
        ]
        notes = (
            f"largest difference of a loading {self.largest_loading_difference:.1e}, "
            f"of a correlation of item and factor {self.largest_structure_difference:.1e}",
        )
        return Table(f"Second opinion: {self.method}", ("item", *self.factor_names), tuple(rows), notes)


def second_opinion(solution: FactorSolution) -> SecondOpinion:
    """Factor the correlations of a solution anew with factor_analyzer, and say how far the two are apart.

    Parameters
    ----------
    solution : FactorSolution
        By minres or ml; rotated in a way that factor_analyzer has, which scales by Kaiser for varimax and promax alone.

    Returns
    -------
    SecondOpinion
        Where a rotation has several minima, or a uniqueness stands at its bound, the two may differ and both be right.

    Raises
    ------
    AnalysisError
        Where factor_analyzer has no such extraction, or no such scaling for the rotation; where the correlations have no
        inverse, or it does not converge.

    Notes
    -----
    The first call takes seconds: factor_analyzer imports pandas and scikit-learn.

    Anchor: it is one, of `explore_factors`; where factor_analyzer is known to err, a test holds that it still does.

    Examples
    --------
    >>> from analysis import explore_factors
    >>> matrix = [[1, 0.6, 0.5, 0.1, 0.2], [0.6, 1, 0.5, 0.2, 0.1], [0.5, 0.5, 1, 0.2, 0.2],
    ...           [0.1, 0.2, 0.2, 1, 0.6], [0.2, 0.1, 0.2, 0.6, 1]]
    >>> second_opinion(explore_factors(matrix, 2, n=300)).largest_loading_difference < 1e-4
    True
    """
    _check(solution)
    from importlib.metadata import version

    from factor_analyzer import FactorAnalyzer
    from scipy.optimize import linear_sum_assignment

    rule, m = solution.rotation, solution.n_factors
    analyzer = FactorAnalyzer(
        n_factors=m,
        method=solution.extraction,
        rotation=_ROTATIONS[rule.name] if m > 1 else None,
        rotation_kwargs=_settings(rule),
        is_corr_matrix=True,
    )
    with warnings.catch_warnings(record=True) as said:
        # scikit-learn 1.7 warns of an argument that factor_analyzer still passes, and numpy of a matrix without inverse.
        warnings.simplefilter("always")
        try:
            analyzer.fit(solution.correlation.matrix)
        except np.linalg.LinAlgError:
            raise AnalysisError(
                "factor_analyzer needs the inverse of the correlations, which have none: does an item repeat others?"
            ) from None
    if any("Failed to converge" in str(warning.message) for warning in said):
        raise AnalysisError("factor_analyzer does not converge on these correlations")
    pattern = np.asarray(analyzer.loadings_, dtype=np.float64)
    structure = pattern if analyzer.structure_ is None else np.asarray(analyzer.structure_, dtype=np.float64)
    likeness = solution.loadings.T @ pattern
    order = linear_sum_assignment(-np.abs(likeness))[1]
    signs = np.where(np.diagonal(likeness[:, order]) < 0, -1.0, 1.0)
    pattern, structure = pattern[:, order] * signs, structure[:, order] * signs
    return SecondOpinion(
        loadings=read_only(pattern),
        structure=read_only(structure),
        largest_loading_difference=float(np.abs(pattern - solution.loadings).max()),
        largest_structure_difference=float(np.abs(structure - solution.structure).max()),
        factor_names=solution.factor_names,
        item_names=solution.item_names,
        n=solution.n,
        method=f"factor_analyzer {version('factor_analyzer')}, {solution.method}",
    )


def _check(solution: FactorSolution) -> None:
    refuse(wrong_kind("solution", solution, FactorSolution, "explore_factors"))
    rule, problems = solution.rotation, []
    if solution.extraction == "pa":
        problems.append("factor_analyzer does not iterate principal axes")
    if rule.gamma:
        problems.append("factor_analyzer rotates by oblimin with gamma 0 only: its other values are not Jennrich's")
    if rule.kaiser and rule.name not in _SCALABLE:
        problems.append(f"factor_analyzer rotates by {rule.name} without Kaiser's scaling only")
    if problems:
        raise AnalysisError(problems)


def _settings(rule: Rotation) -> dict[str, float]:
    """Give the settings of a rotation in its words, with tolerances that carry it to the end."""
    if rule.name == "none":
        return {}
    if rule.name in _SCALABLE:
        return {"power": rule.power, "normalize": rule.kaiser, "max_iter": _MAXIMUM_STEPS, "tol": 1e-13}
    return {"delta": rule.epsilon, "max_iter": _MAXIMUM_STEPS, "tol": 1e-7}
