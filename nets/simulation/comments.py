"""What simulated learners write in their own words, and what a reviewer of the demo makes of it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import numpy as np

from nets.access.roles import WHOLE_SURVEY
from nets.comment_review import Decision
from nets.questionnaire.version import QuestionnaireVersion
from nets.response import Response
from nets.reviewing import review_comment
from nets.store.comment_reviews import get_comment, list_waiting
from nets.store.comments import Comment
from nets.store.database import Database

_SHARE_WHO_WRITE: Final = 0.06
_LEFT_WAITING: Final = 4
_REVIEWER: Final = "protection"
_SAID: Final = (
    "Everybody knew on my first day that I was coming.",
    "My supervisor went through every procedure with me twice.",
    "The weekly teaching is the best I have had.",
    "Staff Nurse Example always explained why, and asked me what I thought.",
    "I was allowed to follow a patient from admission to discharge.",
    "The team has its break together, and students sit with them.",
    "Sister Example on nights never minded a question.",
)
_MISSED: Final = (
    "A locker. I carried my bag for eight weeks.",
    "Time with a supervisor. Mine was on leave for half of the placement.",
    "The computer log-in came in week four.",
    "Dr Example does not let students near the clinic.",
    "Fewer students at once: six of us shared one patient list.",
    "Somewhere to study that is not the canteen.",
    "Tell us the rota before the Friday.",
)
_TAKEN_OUT: Final = (
    ("Staff Nurse Example always", "[…] always"),
    ("Sister Example on nights", "[…] on nights"),
    ("Dr Example does", "[…] does"),
)
"""What the demo's reviewer takes out: names."""


def invented_comments(version: QuestionnaireVersion, learners: Iterable[Response], seed: int) -> Iterator[Comment]:
    """A comment from some of the learners, on the version's first comment or on its last; the same arguments give the same."""
    asked = [item.code for item in version.items if item.kind == "comment"]
    generator = np.random.default_rng(seed)
    for learner in learners:
        draw, which, number = generator.random(), generator.integers(2), generator.integers(len(_SAID))
        if asked and draw < _SHARE_WHO_WRITE:
            words = (_SAID, _MISSED)[which][number % len((_SAID, _MISSED)[which])]
            yield Comment(learner.placement_id, asked[0 if which == 0 else -1], words)


def review_in_demo(database: Database, on: date) -> None:
    """Decide about most comments that wait, as the demo's account for data protection would; some are left for who looks at it."""
    with database.within(WHOLE_SURVEY).read() as connection:
        waiting = list_waiting(connection)[:-_LEFT_WAITING]
        contents = [get_comment(connection, comment_id)[0].content for comment_id in waiting]
    for comment_id, content in zip(waiting, contents, strict=True):
        words = content
        for before, after in _TAKEN_OUT:
            words = words.replace(before, after)
        decision = Decision.AS_WRITTEN if words == content else Decision.REDACTED
        review_comment(database, comment_id, seen=0, decision=decision, words=words, reason="", by=_REVIEWER, on=on)
