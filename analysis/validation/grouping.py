"""Groups of learners as a report may show them: those that are too small stand together, without a name.

A group of fewer respondents than the floor is pooled with the other small ones. Where the pool itself is below the floor the
next smallest group joins it, because a single hidden group could be had by subtraction from the total.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..item_responses import IntArray, read_only
from ..units.sums import is_missing

POOLED: Final = "Other groups, too small to be shown"
NOT_ANSWERED: Final = "Not answered"


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """One way to divide respondents.

    Attributes
    ----------
    name : str
        What divides them: "Learner group".
    labels : tuple of str
        Groups that may be named, the largest first; last the pool, where there is one.
    code : int array, shape (n,)
        Place of each respondent's group among `labels`.
    n_pooled : int
        How many groups are in the pool.
    """

    name: str
    labels: tuple[str, ...]
    code: IntArray
    n_pooled: int

    @property
    def told(self) -> str:
        """The name within a sentence; a question stands in quotation marks."""
        return f"“{self.name}”" if self.name.endswith("?") else self.name.lower()

    @property
    def named(self) -> tuple[str, ...]:
        """The groups that are shown by name."""
        return self.labels[:-1] if self.n_pooled else self.labels

    def counts(self) -> IntArray:
        """Respondents in each group, shape (n_labels,)."""
        return np.bincount(self.code, minlength=len(self.labels)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedGroups:
    """Those of a grouping that are large enough to be compared, and which respondents are compared.

    Attributes
    ----------
    grouping : Grouping
    groups : tuple of str
    rows : bool array, shape (n,)
        Respondents who take part.
    labels : tuple of str
        Their groups, in the order of the rows.
    least : int
        Fewest respondents in each group.
    n_most : int
        Most respondents taken of one group.
    """

    grouping: Grouping
    groups: tuple[str, ...]
    rows: NDArray[np.bool_]
    labels: tuple[str, ...]
    least: int
    n_most: int


def compared_groups(grouping: Grouping, *, least: int, most: int, seed: int) -> ComparedGroups:
    """Choose the named groups of at least ``least`` respondents, and of each at most ``most``, drawn at random."""
    counts = grouping.counts()
    groups = tuple(label for place, label in enumerate(grouping.named) if counts[place] >= least)
    rows = np.zeros(grouping.code.size, dtype=bool)
    chance = np.random.default_rng(seed)
    for label in groups:
        own = np.flatnonzero(grouping.code == grouping.labels.index(label))
        rows[own if own.size <= most else chance.choice(own, most, replace=False)] = True
    labels = tuple(grouping.labels[code] for code in grouping.code[rows])
    return ComparedGroups(grouping, groups, rows, labels, least, int(min(counts.max(initial=0), most)))


def read_grouping(name: str, labels: Sequence[Any] | NDArray[Any], least: int) -> Grouping:
    """Divide respondents by their labels, and hide the groups that are too small.

    Parameters
    ----------
    name : str
    labels : sequence, length n
        None, NaN or an empty text where the respondent gave no answer, who are a group of their own.
    least : int
        Fewest respondents in a group that is shown by name.

    Examples
    --------
    >>> found = read_grouping("Ward", ["Ash"] * 30 + ["Elm"] * 20 + ["Oak"] * 4 + ["Yew"] * 3, least=10)
    >>> found.labels, found.counts().tolist(), found.n_pooled
    (('Ash', 'Other groups, too small to be shown'), [30, 27], 3)
    """
    told = [_label(label) for label in labels]
    counts = Counter(told)
    by_size = sorted(counts, key=lambda label: (-counts[label], label))
    shown = [label for label in by_size if counts[label] >= least]
    pool = [label for label in by_size if counts[label] < least]
    while pool and shown and sum(counts[label] for label in pool) < least:
        pool.insert(0, shown.pop())
    place = {label: position for position, label in enumerate(shown)} | dict.fromkeys(pool, len(shown))
    code = np.array([place[label] for label in told], dtype=np.int64)
    return Grouping(name, (*shown, *([POOLED] if pool else [])), read_only(code), len(pool))


def _label(label: Hashable) -> str:
    if is_missing(label) or label == "":
        return NOT_ANSWERED
    return str(label)
