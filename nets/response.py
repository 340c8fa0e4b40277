"""A learner's answers, bound to the questionnaire version they were given to, or every problem at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from nets.errors import InvalidResponse, Problem
from nets.questionnaire.routing import routed_items
from nets.questionnaire.version import Item, NonResponse, QuestionnaireVersion, Unanswered

Answer: TypeAlias = int | NonResponse | Unanswered | str
"""An option value, a non-response code, why there is none, or the text of a comment."""

_TYPES: Final = frozenset({int, str})
_HALF_A_PAIR: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Response:
    """One learner's answers about one placement. It has no key to a person, and a day instead of a time.

    Attributes
    ----------
    answers
        One entry for every closed item of the version, in document order.
    comments
        Text by item code; comments left empty are not in it.
    """

    questionnaire_id: str
    questionnaire_version: str
    placement_id: str
    learner_group: str
    answered_on: date
    answers: Mapping[str, int | NonResponse | Unanswered]
    comments: Mapping[str, str]


def bind_response(
    version: QuestionnaireVersion,
    answers: Mapping[str, int | str],
    *,
    placement_id: str,
    learner_group: str,
    answered_on: date,
) -> Response:
    """Check raw answers against a version: option values as integers, non-response codes and comments as strings.

    An item that is absent was left blank. Answers to items that the branches do not lead to are dropped, not refused: a
    learner who goes back and changes an earlier answer must not be stopped by a page that is no longer hers.

    Raises
    ------
    InvalidResponse
        Naming every unknown item, unknown group, value off the scale and comment that is too long, at once.
    """
    groups = [group.code for group in version.learner_groups]
    # a response has a hundred answers, nearly all of which are seen to be good without a call for each
    takes = version.takes
    doubtful = [code for code, raw in answers.items() if type(raw) not in _TYPES or raw not in takes.get(code, ())]
    if learner_group not in groups or any(_is_wrong(version, code, answers[code]) for code in doubtful):
        raise InvalidResponse(_problems(version, answers, learner_group, groups))
    routed = routed_items(version, learner_group, answers)
    closed: dict[str, int | NonResponse | Unanswered] = {}
    for code in version.closed_codes:
        if code not in routed:
            closed[code] = Unanswered.NOT_ROUTED
            continue
        raw = answers.get(code)
        closed[code] = Unanswered.BLANK if raw is None else raw if isinstance(raw, int) else NonResponse(raw)
    comments = {
        code: text for code in version.comment_codes if code in routed and (text := str(answers.get(code, "")).strip())
    }
    return Response(version.id, version.version, placement_id, learner_group, answered_on, closed, comments)


def _is_wrong(version: QuestionnaireVersion, code: str, raw: int | str) -> bool:
    return code not in version.item or _problem_with(version, version.item[code], raw) is not None


def _problems(
    version: QuestionnaireVersion, answers: Mapping[str, int | str], learner_group: str, groups: list[str]
) -> list[Problem]:
    """Everything that is wrong: what is not asked at all, then the group, then the answers in document order."""
    problems = [
        Problem(f"item {code}", f"{version.id} {version.version} has no such item")
        for code in answers
        if code not in version.item
    ]
    if learner_group not in groups:
        problems.append(Problem("learner_group", f"it is not one of {', '.join(groups)}"))
    problems += [
        Problem(f"item {item.code}", problem)
        for item in version.items
        if item.code in answers and (problem := _problem_with(version, item, answers[item.code]))
    ]
    return problems


def _problem_with(version: QuestionnaireVersion, item: Item, raw: int | str) -> str | None:
    if item.kind == "comment":
        if not isinstance(raw, str):
            return "a comment must be text"
        if "\x00" in raw:
            return "a comment may not hold a NUL character"
        if _HALF_A_PAIR.search(raw):
            return "a comment may not hold half of a surrogate pair"
        if len(raw) > item.max_length:
            return f"a comment may have {item.max_length} characters; this one has {len(raw)}"
        return None
    # by type: bool is an int in Python, but true is not an answer, and neither is 4.0
    if type(raw) in _TYPES and raw in version.takes[item.code]:
        return None
    values = ", ".join(map(str, (*(option.value for option in version.options(item)), *item.non_response)))
    # the answer itself is not repeated: messages reach logs and error bodies, and an answer must not
    return f"this is not one of its answers ({values})"
