"""Which comments a release lets through, to be read by a reviewer and, once she has decided, by whoever may see their place.

A comment is shown with its own placement or nowhere: of a place above it stands there too, because it stands below. Were the
comments of small placements shown at the site, the site's less those of its other placements would be theirs.

Whether a placement's comments may be read follows from the band that everybody sees of its number of learners: where the edge of
a band would tell that all on the roster answered, and is left out, the comments must not tell it either.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from nets.campaign import Campaign
from nets.disclosure.banded import BandedResponses
from nets.disclosure.banded_record import BandedRecord
from nets.disclosure.rule import DisclosureRule
from nets.disclosure.shown import least_shown
from nets.questionnaire.version import QuestionnaireVersion


@dataclass(frozen=True, slots=True)
class StoredComment:
    """Which comment was written where, in answer to what; without its words."""

    id: UUID
    placement_id: str
    item_code: str


def fewest_for_comments(campaign: Campaign, rule: DisclosureRule) -> int:
    """Learners of a placement below whom none of its comments is read."""
    return max(rule.comment_floor, least_shown(campaign, breakdown=True))


def told_by_nobody_in_particular(version: QuestionnaireVersion) -> frozenset[str]:
    """Items whose comments anybody may have written: those that everybody is asked.

    On a page for some learner groups, or for some answers, a comment would tell its writer's group or answer.
    """
    pages_of: dict[str, list[bool]] = {}
    for page in version.pages:
        for code in page.items:
            pages_of.setdefault(code, []).append(page.show_if is None)
    return frozenset(code for code, unconditional in pages_of.items() if all(unconditional))


def let_through(
    stored: Iterable[StoredComment],
    records: Mapping[str, BandedRecord],
    before: Collection[UUID],
    *,
    as_before: Collection[str],
    items: Collection[str],
    fewest: int,
) -> tuple[StoredComment, ...]:
    """The comments that go with a release, in the order of their random ids.

    Parameters
    ----------
    stored
        Those of the campaign, as many as had been written when its responses were read.
    records
        What the release shows of placements, in bands.
    before
        Ids of those that went with the release before.
    as_before
        Placements that have its number of learners, because nobody has come since, or too few for a new one to be told. They keep
        their comments of then, too: new ones would be those of the few.
    items
        Whose comments may be shown at all (``told_by_nobody_in_particular``).
    fewest
        As ``fewest_for_comments`` has it.
    """
    found = []
    for comment in stored:
        record = records.get(comment.placement_id)
        if record is None or comment.item_code not in items or not _has_enough(record, fewest):
            continue
        if comment.placement_id not in as_before or comment.id in before:
            found.append(comment)
    return tuple(sorted(found, key=lambda comment: comment.id))


def _has_enough(record: BandedRecord, fewest: int) -> bool:
    return isinstance(record.responses, BandedResponses) and record.responses.responses.low >= fewest
