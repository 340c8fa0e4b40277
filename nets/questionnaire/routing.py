"""Who is asked what: conditions, and the pages and items that a learner's group and answers lead to."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, TypeAlias

from nets.questionnaire.version import (
    AllOf,
    AnswerIs,
    AnyOf,
    Condition,
    GroupIs,
    NonResponse,
    Not,
    Page,
    QuestionnaireVersion,
    Unanswered,
)

Heard: TypeAlias = int | str | NonResponse | Unanswered | None
"""An answer that may decide; None where there is none."""

_WAYS_KEPT: Final = 1_000


def holds(condition: Condition, learner_group: str, answers: Mapping[str, Heard]) -> bool:
    """Whether a condition holds for a learner; an item that has no option value is no value of any condition."""
    match condition:
        case GroupIs(groups):
            return learner_group in groups
        case AnswerIs(item, values):
            return answers.get(item) in values
        case AllOf(parts):
            return all(holds(part, learner_group, answers) for part in parts)
        case AnyOf(parts):
            return any(holds(part, learner_group, answers) for part in parts)
        case Not(part):
            return not holds(part, learner_group, answers)


def routed_pages(
    version: QuestionnaireVersion,
    learner_group: str,
    answers: Mapping[str, Heard],
    skipped: Collection[str] = (),
) -> tuple[Page, ...]:
    """The pages that a learner is led to, in order.

    Answers on pages that are not reached count for nothing: a learner who goes back and changes an answer leaves no trace
    of the branch she came from. ``skipped`` holds the codes of interruption pages whose questions the learner passes over.
    """
    reached: list[Page] = []
    heard: dict[str, Heard] = {}
    passing_to: str | None = None
    for page in version.pages:
        if passing_to is not None and page.code != passing_to:
            continue
        passing_to = None
        if page.show_if is not None and not holds(page.show_if, learner_group, heard):
            continue
        reached.append(page)
        for code in version.deciding.intersection(page.items):
            if code in answers:
                heard[code] = answers[code]
        if page.code in skipped:
            passing_to = page.skips_to
    return tuple(reached)


def routed_items(
    version: QuestionnaireVersion,
    learner_group: str,
    answers: Mapping[str, Heard],
    skipped: Collection[str] = (),
) -> frozenset[str]:
    """Codes of the items on the pages that a learner is led to."""
    # a whole survey has some hundred ways through it, and every response goes one of them
    heard = tuple([answers.get(code) for code in version.deciding])
    return _items_on_the_way(version, learner_group, heard, tuple(skipped))


@lru_cache(maxsize=_WAYS_KEPT)
def _items_on_the_way(
    version: QuestionnaireVersion, learner_group: str, heard: tuple[Heard, ...], skipped: tuple[str, ...]
) -> frozenset[str]:
    answers = dict(zip(version.deciding, heard, strict=True))
    pages = routed_pages(version, learner_group, answers, skipped)
    return frozenset(chain.from_iterable([page.items for page in pages]))
