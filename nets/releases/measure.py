"""What a release gives a number for: scales, quality standards and domains, and single items.

A scale is published with the instrument. A standard is the set of rating items that the version says speak to it, a domain the
items of its standards; both are scored as a scale is, so that evidence on a standard has its reliability too. A single item is
described, not judged: nobody claims that one answer is reliable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nets.framework import read_framework
from nets.questionnaire.version import Item, QuestionnaireVersion


class MeasureKind(StrEnum):
    """The four kinds, in the order in which a release has them."""

    SCALE = "scale"
    STANDARD = "standard"
    DOMAIN = "domain"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is scored.

    Attributes
    ----------
    code
        A scale's own code; ``standard:3.4``, ``domain:3`` and ``item:SUP01`` for the others. No code of a scale has a colon.
    title
        In the first language of the version; the words of a standard and of an item.
    items
        Codes of the rating items it is made of.
    n_options
        Response options of its items; the most where they differ.
    sensitive
        True where an answer could hurt the learner if seen: unanimity is then not shown.
    """

    code: str
    kind: MeasureKind
    title: str
    items: tuple[str, ...]
    n_options: int
    sensitive: bool

    @property
    def is_scored(self) -> bool:
        """Whether it has a reliability and a shrunken score: everything but a single item."""
        return self.kind is not MeasureKind.ITEM


def measures_of(version: QuestionnaireVersion) -> tuple[Measure, ...]:
    """Everything that a version's answers give a number for: scales, then standards, domains and items in their orders."""
    language = version.languages[0]
    ratings = [item for item in version.items if item.kind == "rating"]
    in_safety = {code for scale in version.scales if scale.kind == "safety" for code in scale.items}

    def measure(kind: MeasureKind, code: str, title: str, items: Iterable[Item], *, sensitive: bool = False) -> Measure:
        of_measure = tuple(items)
        return Measure(
            code,
            kind,
            title,
            tuple(item.code for item in of_measure),
            max((len(version.options(item)) for item in of_measure), default=0),
            sensitive or any(item.sensitive or item.code in in_safety for item in of_measure),
        )

    scales = [
        measure(
            MeasureKind.SCALE,
            scale.code,
            scale.title[language],
            (version.item[code] for code in scale.items),
            sensitive=scale.kind == "safety",
        )
        for scale in version.scales
    ]
    framework = read_framework(version.framework)
    standards = [
        measure(
            MeasureKind.STANDARD,
            f"standard:{standard.code}",
            standard.text,
            (item for item in ratings if standard.code in item.standards),
        )
        for standard in framework.standards
    ]
    domains = [
        measure(
            MeasureKind.DOMAIN,
            f"domain:{domain.code}",
            domain.title,
            (item for item in ratings if {standard.code for standard in domain.standards}.intersection(item.standards)),
        )
        for domain in framework.domains
    ]
    singles = [measure(MeasureKind.ITEM, f"item:{item.code}", item.text[language], [item]) for item in ratings]
    return tuple(found for found in (*scales, *standards, *domains, *singles) if found.items)
