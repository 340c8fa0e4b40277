"""What a release gives a number for: scales, quality standards and domains, and single items.

A scale is published with the instrument. A standard is the set of rating items that the version says speak to it, a domain the
items of its standards; both are scored as a scale is, so that evidence on a standard has its reliability too. Of its items those
count that everybody is asked, unless there are none: with the questions of single learner groups among them its mean, less those
of the others, would tell what a group of few said. A single item is described, not judged: nobody claims that one answer is
reliable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nets.framework import read_framework
from nets.questionnaire.version import AllOf, AnyOf, Condition, GroupIs, Item, Not, QuestionnaireVersion


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
    asked_of
        Codes of the learner groups that alone are asked its items; empty where everybody is.
    """

    code: str
    kind: MeasureKind
    title: str
    items: tuple[str, ...]
    n_options: int
    sensitive: bool
    asked_of: tuple[str, ...] = ()

    @property
    def is_scored(self) -> bool:
        """Whether it has a reliability and a shrunken score: everything but a single item."""
        return self.kind is not MeasureKind.ITEM

    @property
    def is_breakdown(self) -> bool:
        """Whether it tells as much as a breakdown: of one learner group, or, by number, mean and spread, a distribution.

        Of fewer than ten answers to one question those three leave one way, or two, in which they can have been given.
        """
        return bool(self.asked_of) or len(self.items) == 1


def measures_of(version: QuestionnaireVersion) -> tuple[Measure, ...]:
    """Everything that a version's answers give a number for: scales, then standards, domains and items in their orders."""
    language = version.languages[0]
    ratings = [item for item in version.items if item.kind == "rating"]
    asked_of = _groups_asked(version)
    in_safety = {code for scale in version.scales if scale.kind == "safety" for code in scale.items}

    def measure(kind: MeasureKind, code: str, title: str, items: Iterable[Item], *, sensitive: bool = False) -> Measure:
        all_of_it = tuple(items)
        of_measure = tuple(item for item in all_of_it if not asked_of[item.code]) or all_of_it
        groups = tuple(dict.fromkeys(group for item in of_measure for group in asked_of[item.code]))
        return Measure(
            code,
            kind,
            title,
            tuple(item.code for item in of_measure),
            max((len(version.options(item)) for item in of_measure), default=0),
            sensitive or any(item.sensitive or item.code in in_safety for item in of_measure),
            groups,
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


def _groups_asked(version: QuestionnaireVersion) -> dict[str, tuple[str, ...]]:
    """The learner groups that an item can be asked of, by its code; empty where those are all of them."""
    codes = [group.code for group in version.learner_groups]
    found: dict[str, set[str]] = {item.code: set() for item in version.items}
    for page in version.pages:
        for item in page.items:
            found[item] |= set(codes) if page.show_if is None else _could_hold(page.show_if, codes)
    return {
        item: () if groups.issuperset(codes) else tuple(code for code in codes if code in groups)
        for item, groups in found.items()
    }


def _could_hold(condition: Condition, codes: list[str]) -> set[str]:
    """Learner groups for whom a condition can hold, whatever they answer."""
    match condition:
        case GroupIs(groups):
            return set(groups)
        case AllOf(parts):
            return set(codes).intersection(*(_could_hold(part, codes) for part in parts))
        case AnyOf(parts):
            return set().union(*(_could_hold(part, codes) for part in parts))
        case Not(GroupIs(groups)):
            return set(codes) - set(groups)
    return set(codes)
