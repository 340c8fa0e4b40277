"""The rule behind disclosure control as data (``rules/disclosure-*.json``, versioned). The floors are each campaign's own."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from nets.errors import NotFound

NEWEST: Final = "disclosure-2026.1"


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """What protects the learners behind the numbers, beside the campaign's floors.

    Attributes
    ----------
    complementary
        Whether cells are hidden that would give hidden ones away. Without, the rule protects nobody; it is there to show that.
    mean_width
        How widely the mean of a hidden cell below its floor has to lie, in points of 0-100, whatever is worked out of the others.
    comment_floor
        Learners of a place below which none of its comments is shown, reviewed or not.
    """

    version: str
    complementary: bool
    mean_width: float
    comment_floor: int


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
    return DisclosureRule(**{name: value for name, value in data.items() if name != "source"})
