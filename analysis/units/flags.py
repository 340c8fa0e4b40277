"""Lists of units that call for attention, each with the share of them that it expects to be wrong.

Three rules answer three questions; the others stand in `gmc_rule.py` and `funnel.py`.

`posterior_flags`: how likely is the true score below the benchmark, in the lowest share of all, or lower than before?
If units are listed by posterior probabilities p_j, the expected share of false ones among them is the mean of
1 - p_j, which can be held at a bound by listing from the top (Mueller, Parmigiani, Robert and Rousseau 2004, JASA 99,
990-1001; Jones, Ohlssen and Spiegelhalter 2008, J. Clin. Epidemiol. 61, 232-240, on such lists of hospitals).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from ..counted import counted
from ..errors import AnalysisError
from ..item_responses import FloatArray, read_only
from ..options import refuse, shown, wrong_number
from ..table import ResultTable, Table
from .posterior import UnitPosterior

BoolArray = NDArray[np.bool_]


class TrueScores(Protocol):
    """Scores of units with a posterior distribution: `UnitScores`, or `MixedScores` where case-mix counts."""

    @property
    def unit(self) -> tuple[Hashable, ...]:
        """Labels, length n_units."""

    @property
    def posterior(self) -> UnitPosterior:
        """Distribution of each unit's true score."""

    def probability_below(self, threshold: ArrayLike) -> FloatArray:
        """Probability that each true score lies below a threshold."""

    def probability_in_lowest(self, share: float) -> FloatArray:
        """Probability that each true score is in the lowest share of all."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PosteriorFlags(ResultTable):
    """Units listed by the posterior probability of what is asked.

    Attributes
    ----------
    unit : tuple, length n_units
    probability : float array, shape (n_units,)
        That the answer is yes; NaN where it cannot be given.
    flagged : bool array, shape (n_units,)
    question : str
        What was asked, in words.
    cut : float
        The smallest probability listed; NaN for an empty list.
    false_share : float
        Expected share of the units listed of which it is not true; NaN for an empty list.
    missed_share : float
        Expected share of the units of which it is true that are not listed.
    method : str
    """

    unit: tuple[Hashable, ...]
    probability: FloatArray
    flagged: BoolArray
    question: str
    cut: float
    false_share: float
    missed_share: float
    method: str

    def table(self) -> Table:
        """Give the table that it prints: the units listed, most probable first."""
        listed = np.flatnonzero(self.flagged)
        order = listed[np.argsort(-self.probability[listed], kind="stable")]
        rows = tuple((str(self.unit[i]), float(self.probability[i])) for i in order)
        notes = (
            *say_listed("listed", order.size, self.false_share),
            f"{100 * self.missed_share:.0f} % of the units of which it is true are expected to be missed",
        )
        return Table(f"Units whose true score {self.question}", ("unit", "probability"), rows, notes)


def posterior_flags(
    scores: TrueScores,
    *,
    below: float | None = None,
    lowest: float | None = None,
    fallen_since: TrueScores | None = None,
    margin: float = 0.0,
    at_least: float = 0.9,
    false_share_at_most: float | None = None,
) -> PosteriorFlags:
    """List the units of which something is probably true.

    Exactly one question is asked: is the true score below a benchmark (`below`), among the lowest share of all units
    (`lowest`), or lower by more than `margin` than in an earlier campaign (`fallen_since`)? The two campaigns are
    taken as independent, each shrunken to its own mean; the difference of two t distributions as normal.

    Parameters
    ----------
    scores : UnitScores or MixedScores
        From `unit_scores`, or from `mixed_scores` where case-mix and other levels are to be taken out.
    below : float
    lowest : float
        A share, such as 0.1.
    fallen_since : UnitScores or MixedScores
        The earlier campaign; units that it does not have get NaN and are never listed.
    margin : float
        Of a fall, in the score's unit.
    at_least : float
        The probability from which a unit is listed.
    false_share_at_most : float
        In place of `at_least`: the longest list whose expected share of false ones is no higher.

    Returns
    -------
    PosteriorFlags

    Raises
    ------
    AnalysisError
        For no question or more than one, and shares off the scale.

    Notes
    -----
    Anchor: simulation from known true scores: as many of the listed units are falsely listed as is expected of them.

    Examples
    --------
    >>> from analysis import unit_scores
    >>> scores = [80, 85, 90, 40, 35, 30, 60, 75, 65, 95, 80, 70, 75]
    >>> units = ["Elm"] * 3 + ["Oak"] * 3 + ["Ash"] * 3 + ["Fir"] * 2 + ["Yew"] * 2
    >>> print(posterior_flags(unit_scores(scores, units), below=60))
    Units whose true score is below 60
    unit  probability
    Oak         1.000
    listed: 1 unit, 0 % of them expected to be wrong
    6 % of the units of which it is true are expected to be missed
    """
    refuse(
        [
            *_wrong_true_scores("scores", scores),
            *(() if below is None else wrong_number("below", below)),
            *(() if lowest is None else wrong_number("lowest", lowest, above=0, below=1)),
            *(() if fallen_since is None else _wrong_true_scores("fallen_since", fallen_since)),
            *wrong_number("margin", margin, least=0),
            *wrong_number("at_least", at_least, above=0, below=1),
            *(
                ()
                if false_share_at_most is None
                else wrong_number("false_share_at_most", false_share_at_most, above=0, below=1)
            ),
        ]
    )
    probability, question = _ask(scores, below, lowest, fallen_since, margin)
    bound = false_share_at_most
    flagged = probability >= at_least if bound is None else _longest_list(probability, bound)
    known = ~np.isnan(probability)
    true_ones = float(probability[known].sum())
    return PosteriorFlags(
        unit=scores.unit,
        probability=read_only(probability),
        flagged=read_only(flagged),
        question=question,
        cut=float(probability[flagged].min()) if flagged.any() else np.nan,
        false_share=false_share(1.0 - probability, flagged),
        missed_share=1.0 - float(probability[flagged].sum()) / true_ones if true_ones > 0 else 0.0,
        method="posterior probability" if bound is None else "bounded share of false ones",
    )


def _wrong_true_scores(name: str, scores: object) -> list[str]:
    if isinstance(getattr(scores, "posterior", None), UnitPosterior):
        return []
    return [f"{name} are scores of units, which unit_scores and mixed_scores give, not {shown(scores)}"]


def _ask(
    scores: TrueScores, below: float | None, lowest: float | None, fallen_since: TrueScores | None, margin: float
) -> tuple[FloatArray, str]:
    """Return the probability of what is asked, and the question in words."""
    asked = sum(question is not None for question in (below, lowest, fallen_since))
    if asked == 1 and below is not None:
        return scores.probability_below(below), f"is below {below:g}"
    if asked == 1 and lowest is not None:
        return scores.probability_in_lowest(lowest), f"is in the lowest {100 * lowest:g} %"
    if asked == 1 and fallen_since is not None:
        more = f" by more than {margin:g}" if margin else ""
        return _probability_fallen(scores, fallen_since, margin), f"has fallen{more}"
    raise AnalysisError([f"one question is asked at a time (below, lowest or fallen_since), not {asked}"])


def false_share(wrong: FloatArray, listed: BoolArray) -> float:
    """Average the probability of being wrong over the units listed; NaN for an empty list."""
    return float(wrong[listed].mean()) if listed.any() else np.nan


def _longest_list(probability: FloatArray, bound: float) -> BoolArray:
    """List from the most probable on for as long as the mean probability of being wrong stays within the bound."""
    order = np.argsort(np.where(np.isnan(probability), -1.0, probability), kind="stable")[::-1]
    order = order[: int((~np.isnan(probability)).sum())]
    wrong = np.cumsum(1.0 - probability[order]) / np.arange(1, order.size + 1)
    # The running mean only rises, because the probabilities only fall.
    flagged = np.zeros(probability.size, dtype=bool)
    flagged[order[: int((wrong <= bound).sum())]] = True
    return flagged


def _probability_fallen(now: TrueScores, before: TrueScores, margin: float) -> FloatArray:
    place = {label: i for i, label in enumerate(before.unit)}
    both = np.array([i for i, label in enumerate(now.unit) if label in place], dtype=np.intp)
    earlier = np.array([place[now.unit[i]] for i in both], dtype=np.intp)
    probability = np.full(len(now.unit), np.nan)
    if both.size:
        fall = before.posterior.mean[earlier] - now.posterior.mean[both]
        error = np.hypot(before.posterior.sd[earlier], now.posterior.sd[both])
        with np.errstate(divide="ignore", invalid="ignore"):
            probability[both] = ndtr((fall - margin) / error)
    return probability


def say_listed(name: str, count: int, wrong: float) -> tuple[str, ...]:
    """Say how many units are listed, and what share of them is expected to be wrong."""
    if count == 0:
        return (f"{name}: no units",)
    return (f"{name}: {counted(count, 'unit')}, {100 * wrong:.0f} % of them expected to be wrong",)
