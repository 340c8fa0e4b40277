"""By how much indices of fit may get worse before groups are taken to differ: published cut-offs, as data.

Cheung & Rensvold (2002) go by CFI alone; Chen (2007) has RMSEA or SRMR confirm it, with cut-offs that depend on what is made
equal and on the number of respondents. Both come from simulations with normal numbers and maximum likelihood, Chen's of two
groups; for ordered answers they are borrowed, and thresholds are judged as intercepts are.

References
----------
Chen, F. F. (2007). Sensitivity of goodness of fit indexes to lack of measurement invariance. Structural Equation Modeling
    14, 464-504.
Cheung, G. W. & Rensvold, R. B. (2002). Evaluating goodness-of-fit indexes for testing measurement invariance. Structural
    Equation Modeling 9, 233-255.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FitChange:
    """By how much indices of fit change from one step to the next.

    Attributes
    ----------
    cfi, rmsea, srmr : float
        This step's less the one before: worse where CFI is negative, the others positive.
    """

    cfi: float
    rmsea: float
    srmr: float


@dataclass(frozen=True, slots=True)
class Cutoff:
    """From what changes on groups are taken to differ.

    Attributes
    ----------
    source : str
    made_equal : tuple of str
        The steps that it is for, by what they make equal.
    more_than, up_to : float
        Numbers of respondents that it is for.
    cfi, rmsea, srmr : float
        Groups differ where CFI falls by as much, and RMSEA or SRMR rises by as much; infinite where it is not asked.
    """

    source: str
    made_equal: tuple[str, ...]
    more_than: float
    up_to: float
    cfi: float
    rmsea: float
    srmr: float


_LATER = ("thresholds", "intercepts", "residuals")
_ALL = ("loadings", *_LATER)

CUTOFFS = (
    Cutoff("Chen (2007)", ("loadings",), 300, math.inf, 0.010, 0.015, 0.030),
    Cutoff("Chen (2007)", _LATER, 300, math.inf, 0.010, 0.015, 0.010),
    Cutoff("Chen (2007)", ("loadings",), 0, 300, 0.005, 0.010, 0.025),
    Cutoff("Chen (2007)", _LATER, 0, 300, 0.005, 0.010, 0.005),
    Cutoff("Cheung & Rensvold (2002)", _ALL, 0, math.inf, 0.010, math.inf, math.inf),
)
"""Chen's for few respondents are those for small or unequal groups."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a published cut-off says of a step.

    Attributes
    ----------
    source : str
    holds : bool
        Whether groups may be taken to have in common what the step adds.
    """

    source: str
    holds: bool


def verdicts(made_equal: str, n: int, change: FitChange) -> tuple[Verdict, ...]:
    """Judge a step by each of the cut-offs that are for it."""
    return tuple(
        Verdict(each.source, not _differ(each, change))
        for each in CUTOFFS
        if made_equal in each.made_equal and each.more_than < n <= each.up_to
    )


def _differ(cutoff: Cutoff, change: FitChange) -> bool:
    falls = change.cfi <= -cutoff.cfi
    alone = math.isinf(cutoff.rmsea)
    return falls and (alone or change.rmsea >= cutoff.rmsea or change.srmr >= cutoff.srmr)
