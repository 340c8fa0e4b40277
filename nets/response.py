"""A learner's answers, bound to the questionnaire version they were given to, or every problem at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from nets.errors import InvalidResponse, Problem
from nets.questionnaire.routing import routed_items
from nets.questionnaire.version import Item, NonResponse, QuestionnaireVersion, Unanswered

Answer: TypeAlias = int | NonResponse | Unanswered | str
"""An option value, a non-response code, why there is none, or the text of a comment."""


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
    problems = [
        Problem(f"item {code}", f"{version.id} {version.version} has no such item")
        for code in answers
        if code not in version.item
    ]
    if learner_group not in {group.code for group in version.learner_groups}:
        known = ", ".join(group.code for group in version.learner_groups)
        problems.append(Problem("learner_group", f"it is not one of {known}"))
    for item in version.items:
        if item.code in answers:
            problem = _problem_with(version, item, answers[item.code])
            if problem:
                problems.append(Problem(f"item {item.code}", problem))
    if problems:
        raise InvalidResponse(problems)

    given = {code: _answer(version.item[code], raw) for code, raw in answers.items()}
    routed = routed_items(version, learner_group, given)
    closed: dict[str, int | NonResponse | Unanswered] = {}
    for item in version.closed_items:
        answer = given.get(item.code, Unanswered.BLANK) if item.code in routed else Unanswered.NOT_ROUTED
        closed[item.code] = answer if isinstance(answer, (int, NonResponse, Unanswered)) else Unanswered.BLANK
    comments = {
        item.code: text.strip()
        for item in version.items
        if item.kind == "comment"
        and item.code in routed
        and isinstance(text := given.get(item.code, ""), str)
        and text.strip()
    }
    return Response(version.id, version.version, placement_id, learner_group, answered_on, closed, comments)


def _problem_with(version: QuestionnaireVersion, item: Item, raw: int | str) -> str | None:
    if item.kind == "comment":
        if not isinstance(raw, str):
            return "a comment must be text"
        if "\x00" in raw:
            return "a comment may not hold a NUL character"
        if any(0xD800 <= ord(character) <= 0xDFFF for character in raw):
            return "a comment may not hold half of a surrogate pair"
        if len(raw) > item.max_length:
            return f"a comment may have {item.max_length} characters; this one has {len(raw)}"
        return None
    # by type: bool is an int in Python, but true is not an answer, and neither is 4.0
    if type(raw) in {int, str} and raw in version.takes[item.code]:
        return None
    values = ", ".join(map(str, (*(option.value for option in version.options(item)), *item.non_response)))
    # the answer itself is not repeated: messages reach logs and error bodies, and an answer must not
    return f"this is not one of its answers ({values})"


def _answer(item: Item, raw: int | str) -> Answer:
    if item.kind == "comment" or isinstance(raw, int):
        return raw
    return NonResponse(raw)
