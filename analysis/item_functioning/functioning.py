"""What was found about items in groups, and pictures of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import numpy as np

from ..errors import AnalysisError
from ..item_responses import FloatArray, IntArray
from ..picture import new_axes
from ..table import ResultTable, Table
from .classification import JODOIN_GIERL, ZUMBO
from .item_tests import ItemTests

_COLOURS = ("#003087", "#8A1B00", "#425563", "#7FB6E0", "#F3A26D")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DifferentialItemFunctioning(ResultTable):
    """Whether items work alike in groups.

    Attributes
    ----------
    item_names : tuple of str
    group : tuple, length n_groups
        Groups compared, in order of first appearance.
    n_people : int array, shape (n_groups,)
    reference : label
        The group that `effects` are against.
    n_answered : int array, shape (n_items,)
        People who answered each item and could be matched.
    df : int array, shape (n_items,)
        Of each of the two tests; both together have twice as many.
    chi_square_uniform, chi_square_non_uniform : float array, shape (n_items,)
        Likelihood ratios of adding groups, and then their product with the score; their sum is that of both.
    p_uniform, p_non_uniform, p_both : float array, shape (n_items,)
    p_adjusted : float array, shape (n_items,)
        `p_both` for the number of items, by Benjamini & Hochberg.
    mcfadden, nagelkerke : float array, shape (n_items, 3)
        R squared with the score, with groups, and with their product.
    size, size_zumbo : tuple of str
        "negligible", "moderate" or "large" by the change of Nagelkerke's R squared from the first to the third, as Jodoin &
        Gierl (2001) have it, and as Zumbo (1999).
    effects, effect_errors : float array, shape (n_items, n_groups)
        Log odds of a higher answer at one score against the reference group, with standard errors.
    flagged : tuple of str
        Items that differ.
    rounds : tuple of tuples of str
        What each round of purification flagged.
    converged : bool
        Whether the items flagged in the last round are those that had left the matching score.
    alpha : float
    models : tuple of ItemTests
        The models of each item, for drawing.
    method : str
    notes : tuple of str
    """

    item_names: tuple[str, ...]
    group: tuple[Hashable, ...]
    n_people: IntArray
    reference: Hashable
    n_answered: IntArray
    df: IntArray
    chi_square_uniform: FloatArray
    chi_square_non_uniform: FloatArray
    p_uniform: FloatArray
    p_non_uniform: FloatArray
    p_both: FloatArray
    p_adjusted: FloatArray
    mcfadden: FloatArray
    nagelkerke: FloatArray
    size: tuple[str, ...]
    size_zumbo: tuple[str, ...]
    effects: FloatArray
    effect_errors: FloatArray
    flagged: tuple[str, ...]
    rounds: tuple[tuple[str, ...], ...]
    converged: bool
    alpha: float
    models: tuple[ItemTests, ...]
    method: str
    notes: tuple[str, ...]

    def plot(self, ax: Any = None, *, item: str | None = None) -> Any:
        """Draw the expected answer to an item over the matching score, one line a group.

        Parameters
        ----------
        item : str, optional
            By default the item whose R squared changes most.
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        AnalysisError
            For an item that is not there, and where matplotlib is not installed.
        """
        if item is not None and item not in self.item_names:
            raise AnalysisError(f"there is no item {item}; the items are {', '.join(self.item_names)}")
        change = self.mcfadden[:, 2] - self.mcfadden[:, 0]
        place = int(change.argmax()) if item is None else self.item_names.index(item)
        model = self.models[place]
        if ax is None:
            ax = new_axes(6.5, 4.0)
        score = np.linspace(*model.score_range, 121)
        for member, colour, dash in zip(range(len(self.group)), cycle(_COLOURS), cycle(("-", "--", "-.", ":"))):
            label = f"{self.group[member]} (n = {self.n_people[member]})"
            ax.plot(
                score, model.expected_answer(member, score), color=colour, linestyle=dash, linewidth=1.8, label=label
            )
        ax.set_xlabel("matching score")
        ax.set_ylabel("expected answer")
        ax.set_title(self.item_names[place], loc="left", fontsize="medium")
        ax.legend(fontsize="small", frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def table(self) -> Table:
        """Give one row an item."""
        rows = tuple(
            (
                name,
                int(self.n_answered[j]),
                float(self.chi_square_uniform[j]),
                float(self.p_uniform[j]),
                float(self.chi_square_non_uniform[j]),
                float(self.p_non_uniform[j]),
                float(self.p_adjusted[j]),
                float(self.mcfadden[j, 2] - self.mcfadden[j, 0]),
                float(self.nagelkerke[j, 2] - self.nagelkerke[j, 0]),
                self.size[j] if self.df[j] else "not tested",
                ("yes" if name in self.flagged else "no") if self.df[j] else "not tested",
            )
            for j, name in enumerate(self.item_names)
        )
        columns = ("item", "n", "uniform", "p", "non-uniform", "p non-uniform", "p adjusted", "McFadden", "Nagelkerke", "size",
                   "flagged")  # fmt: skip
        groups = ", ".join(f"{label} {n}" for label, n in zip(self.group, self.n_people.tolist(), strict=True))
        notes = (
            f"groups: {groups}; chi-square on {int(self.df.max())} df each; p of both, adjusted; changes of R squared by both",
            f"flagged below {self.alpha:g}; sizes by {JODOIN_GIERL.name}: moderate from {JODOIN_GIERL.moderate_from:g}, "
            f"large from {JODOIN_GIERL.large_from:g}; by {ZUMBO.name} from {ZUMBO.moderate_from:g} and {ZUMBO.large_from:g}",
            *self.notes,
        )
        return Table("Differential item functioning", columns, rows, notes)

    def effect_table(self) -> Table:
        """Give, of flagged items or of all where none is, each group's log odds of a higher answer at one score."""
        shown = [j for j, name in enumerate(self.item_names) if name in self.flagged] or range(len(self.item_names))
        rows = tuple(
            (
                f"{self.item_names[j]}, {label}",
                float(self.effects[j, g]),
                float(self.effect_errors[j, g]),
                float(np.exp(self.effects[j, g])),
            )
            for j in shown
            for g, label in enumerate(self.group)
            if label != self.reference
        )
        notes = (f"against {self.reference}; above 0, a higher answer at the same score",)
        return Table("Groups at one score", ("item, group", "log odds", "se", "odds ratio"), rows, notes)
