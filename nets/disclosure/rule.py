"""The rule behind disclosure control as data (``rules/disclosure-*.json``, versioned). The floors are each campaign's own."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from nets.errors import NotFound

NEWEST: Final = "disclosure-2026.1"


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """What protects the learners behind the numbers, beside the campaign's floors.

    Attributes
    ----------
    complementary
        Whether cells are hidden that would give hidden ones away. Without, the rule protects nobody; it is there to show that.
    across_measures
        Whether what is hidden of one measure is protected against others made of the same questions. Without, a question follows
        from its scale and the others; it is there to show that.
    mean_width
        How widely the mean of a hidden cell below its floor has to lie, in points of 0-100, whatever is worked out of the others.
    comment_floor
        Learners of a place below which none of its comments is shown, reviewed or not.
    bands
        Numbers of learners at which a band of the banded view ends and the next begins; the first band begins at the floor.
    nearly_all
        A measure that at least this share of a band's fewest learners answered has the band of its place, and whatever follows
        from a number of learners follows from this share of the fewest.
    worth
        Shares of a mean's learners that it is worth, where they come in placements: the largest that is no more.
    steps
        To which a banded mean is rounded, in points: the smallest that is no finer than what one answer moves it by.
    share_steps
        How many such steps, in per cent of the answers, a banded share is rounded to at least.
    distribution_from
        Where the band begins from which on a distribution is told in the banded view, and anywhere a score with its case-mix
        taken out.
    rate_step
        To which the ends of a banded response rate are widened, in per cent.
    case_mix_points
        By how much of these, divided by the (fewest) learners, case-mix is told to move a score: 100 are five learners in the
        place of five of another learner group, whose scores lie 20 points apart.
    """

    version: str
    complementary: bool
    across_measures: bool
    mean_width: float
    comment_floor: int
    bands: tuple[int, ...]
    nearly_all: float
    worth: tuple[float, ...]
    steps: tuple[int, ...]
    share_steps: float
    distribution_from: int
    rate_step: int
    case_mix_points: float

    def step(self, least: float) -> int:
        """The smallest step that is no finer than this."""
        return next((step for step in self.steps if step >= least - 1e-9), self.steps[-1])


@cache
def read_disclosure_rule(version: str = NEWEST) -> DisclosureRule:
    """A shipped rule by its version.

    Raises
    ------
    NotFound
        Naming those there are.
    """
    folder = resources.files("nets").joinpath("rules")
    there = sorted(file.name.removesuffix(".json") for file in folder.iterdir() if file.name.startswith("disclosure-"))
    if version not in there:
        raise NotFound(f"there is no disclosure rule '{version}'; there is {', '.join(there)}")
    data = json.loads(folder.joinpath(f"{version}.json").read_text("utf-8"))
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    del fields["source"]
    return DisclosureRule(**fields)
