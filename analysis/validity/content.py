r"""Content validity: do experts find each item relevant, and more of them than chance would?

Of N experts who rate an item's relevance, A give one of the upper categories (3 or 4 of four). Then (Lynn 1986; Polit,
Beck & Owen 2007)

.. math:: I\text{-}CVI = A / N, \quad
          p_c = \binom{N}{A} 0.5^N, \quad
          \kappa^* = \frac{I\text{-}CVI - p_c}{1 - p_c},

and of the scale S-CVI/Ave, the mean of the items' I-CVIs, and S-CVI/UA, the share of items that all find relevant. An
item is excellent from kappa* above 0.74, good from 0.60, fair from 0.40 (Cicchetti & Sparrow 1981).

References
----------
Cicchetti, D. V. & Sparrow, S. A. (1981). Developing criteria for establishing interrater reliability of specific
    items. American Journal of Mental Deficiency 86, 127-137.
Lynn, M. R. (1986). Determination and quantification of content validity. Nursing Research 35, 382-385.
Polit, D. F., Beck, C. T. & Owen, S. V. (2007). Is the CVI an acceptable indicator of content validity? Appraisal and
    recommendations. Research in Nursing & Health 30, 459-467.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import binom

from ..counted import counted
from ..item_responses import MAXIMUM_CATEGORIES, FloatArray, IntArray, read_item_responses, read_only
from ..options import refuse, wrong_level, wrong_whole
from ..share import share_limits
from ..table import ResultTable, Table

_VERDICTS = ((0.74, "excellent"), (0.60, "good"), (0.40, "fair"))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContentValidity(ResultTable):
    """How relevant experts find the items of a scale.

    Attributes
    ----------
    i_cvi : float array, shape (n_items,)
        Share of the experts who rated the item that find it relevant.
    interval : float array, shape (n_items, 2)
        Wilson's.
    chance : float array, shape (n_items,)
        p_c, the probability that just this many agree by chance.
    modified_kappa : float array, shape (n_items,)
    verdict : tuple of str
        "excellent", "good", "fair" or "poor", from the modified kappa.
    n_experts, n_relevant : int array, shape (n_items,)
        Who rated the item, and who finds it relevant.
    s_cvi_average, s_cvi_universal : float
        S-CVI/Ave and S-CVI/UA.
    item_names : tuple of str
    level : float
        Of `interval`.
    n : int
        Experts with a rating.
    method : str
    notes : tuple of str
    """

    i_cvi: FloatArray
    interval: FloatArray
    chance: FloatArray
    modified_kappa: FloatArray
    verdict: tuple[str, ...]
    n_experts: IntArray
    n_relevant: IntArray
    s_cvi_average: float
    s_cvi_universal: float
    item_names: tuple[str, ...]
    level: float
    n: int
    method: str
    notes: tuple[str, ...]

    def table(self) -> Table:
        """Give one row an item."""
        rows = tuple(
            (
                name,
                int(self.n_relevant[place]),
                int(self.n_experts[place]),
                float(self.i_cvi[place]),
                float(self.interval[place, 0]),
                float(self.interval[place, 1]),
                float(self.chance[place]),
                float(self.modified_kappa[place]),
                self.verdict[place],
            )
            for place, name in enumerate(self.item_names)
        )
        level = f"{100 * self.level:g} %"
        of_kappa = ("chance", "modified kappa", "verdict")
        columns = ("item", "relevant", "experts", "I-CVI", f"{level} low", "high", *of_kappa)
        scale = f"S-CVI/Ave {self.s_cvi_average:.3f}, S-CVI/UA {self.s_cvi_universal:.3f}; n = {self.n} experts"
        return Table("Content validity", columns, rows, (scale, *self.notes))


def content_validity(ratings: Any, *, categories: int = 4, relevant_from: int = 3, ci: float = 0.95) -> ContentValidity:
    """Judge items by experts' ratings of their relevance.

    Parameters
    ----------
    ratings : array_like or data frame, shape (n_experts, n_items)
        One row an expert, one column an item, whole numbers from 1; NaN where an expert did not rate an item.
    categories : int
        Length of the rating scale.
    relevant_from : int
        Lowest rating that counts as relevant.
    ci : float
        Level of the intervals.

    Returns
    -------
    ContentValidity

    Raises
    ------
    AnalysisError
        For ratings off the scale, items that nobody rated, fewer than two experts, and a cut-off off the scale.

    Notes
    -----
    Anchor: the tables of Polit, Beck & Owen (2007), to the digits printed. With few experts the interval is wide: three
    of three gives 0.44 to 1.

    References
    ----------
    Polit, Beck & Owen (2007); Lynn (1986).

    Examples
    --------
    >>> print(content_validity([[4, 4, 2], [3, 4, 3], [4, 3, 1], [4, 2, 4], [3, 4, 2], [4, 4, 3]]))
    Content validity
    item    relevant  experts  I-CVI  95 % low   high  chance  modified kappa  verdict
    item_1         6        6  1.000     0.610  1.000   0.016           1.000  excellent
    item_2         5        6  0.833     0.436  0.970   0.094           0.816  excellent
    item_3         3        6  0.500     0.188  0.812   0.312           0.273  poor
    S-CVI/Ave 0.778, S-CVI/UA 0.333; n = 6 experts
    relevant from 3 of 4
    """
    problems = wrong_whole("categories", categories, least=2, most=MAXIMUM_CATEGORIES)
    # Without a scale to stand on there is nothing to hold the cut-off against but the longest there can be.
    length = MAXIMUM_CATEGORIES if problems else categories
    refuse([*problems, *wrong_whole("relevant_from", relevant_from, least=2, most=length), *wrong_level(ci)])
    level = float(ci)
    answers = read_item_responses(ratings, categories=categories, allow_constant=True)
    rated = ~np.isnan(answers.values)
    n_experts = rated.sum(axis=0).astype(np.int64)
    n_relevant = (rated & (np.where(rated, answers.values, 0.0) >= relevant_from)).sum(axis=0).astype(np.int64)
    i_cvi = n_relevant / n_experts
    chance = binom(n_experts, n_relevant) * 0.5**n_experts
    kappa = (i_cvi - chance) / (1.0 - chance)
    notes = [f"relevant from {relevant_from} of {categories}"]
    if not rated.all():
        notes.append(f"{counted(int((~rated).sum()), 'rating')} missing: each item by the experts who rated it")
    if int(n_experts.min()) < 3:
        notes.append("an item with fewer than three experts says little")
    return ContentValidity(
        i_cvi=read_only(i_cvi),
        interval=read_only(np.column_stack(share_limits(n_relevant, n_experts, level))),
        chance=read_only(np.asarray(chance)),
        modified_kappa=read_only(kappa),
        verdict=tuple(_verdict(float(value)) for value in kappa),
        n_experts=read_only(n_experts),
        n_relevant=read_only(n_relevant),
        s_cvi_average=float(i_cvi.mean()),
        s_cvi_universal=float((n_relevant == n_experts).mean()),
        item_names=answers.item_names,
        level=level,
        n=answers.n_respondents,
        method="Polit, Beck & Owen (2007)",
        notes=tuple(notes),
    )


def _verdict(kappa: float) -> str:
    # The published bands are of two decimals: 0.74 is good, 0.75 excellent.
    rounded = round(kappa, 2)
    for least, word in _VERDICTS:
        if rounded > least or (word != "excellent" and rounded == least):
            return word
    return "poor"
