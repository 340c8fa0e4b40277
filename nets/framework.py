"""The quality framework: domains and standards, read from published data."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from nets.errors import InvalidFile, NotFound, Problem

FRAMEWORKS: Final = Path(__file__).parents[1] / "questionnaires" / "frameworks"


@dataclass(frozen=True, slots=True)
class Standard:
    """One quality standard. ``code`` is the handbook's number, such as ``"3.4"``; ``domain`` the number before the point."""

    code: str
    domain: str
    text: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A quality domain and its standards, in the handbook's order."""

    code: str
    title: str
    standards: tuple[Standard, ...]


@dataclass(frozen=True)
class Framework:
    """Domains and standards of one edition of the handbook."""

    code: str
    title: str
    source: str
    domains: tuple[Domain, ...]

    @cached_property
    def standards(self) -> tuple[Standard, ...]:
        """Every standard, in order."""
        return tuple(standard for domain in self.domains for standard in domain.standards)

    def __contains__(self, standard: str) -> bool:
        return any(known.code == standard for known in self.standards)


def framework_codes() -> tuple[str, ...]:
    """The frameworks there are."""
    return tuple(sorted(path.stem for path in FRAMEWORKS.glob("*.json")))


@cache
def read_framework(code: str = "hee-2017-18") -> Framework:
    """A framework by its code.

    Raises
    ------
    NotFound
        Naming those there are.
    InvalidFile
        If its file is damaged.
    """
    if code not in framework_codes():
        raise NotFound(f"there is no framework '{code}'; there is {', '.join(framework_codes())}")
    try:
        framework = _framework(json.loads((FRAMEWORKS / f"{code}.json").read_text("utf-8")))
        fault = "" if framework.code == code else f"calls itself '{framework.code}'"
    except ValueError as error:
        fault = f"is not JSON: {error}"
    except KeyError as error:
        fault = f"lacks {error} somewhere"
    except TypeError:
        fault = "is not an object of texts and lists"
    if fault:
        raise InvalidFile([Problem(f"frameworks/{code}.json", fault)])
    return framework


def _framework(data: Any) -> Framework:
    return Framework(
        data["code"],
        data["title"],
        data["source"],
        tuple(
            Domain(
                domain["code"],
                domain["title"],
                tuple(Standard(standard["code"], domain["code"], standard["text"]) for standard in domain["standards"]),
            )
            for domain in data["domains"]
        ),
    )
