"""What may be read of the comments of a release, for its reader and within her scope: the one room that pages and interface ask."""

from dataclasses import dataclass
from uuid import UUID

from nets.errors import NotFound
from nets.organisation import Level
from nets.reading import ReleaseReader
from nets.releases.place_tree import NATION
from nets.store.comment_reviews import read_shown_comments
from nets.store.questionnaires import get_version
from nets.tree import NamedPlace


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A comment that a reviewer has let through.

    Attributes
    ----------
    placement
        Where it stands: the placement that it is about.
    question
        What it answers, in the first language of the questionnaire.
    words
        What the learner wrote, with gaps where words were taken out.
    """

    id: UUID
    placement: NamedPlace
    item_code: str
    question: str
    words: str
    is_whole: bool


def read_comments(release: ReleaseReader, place: NamedPlace) -> tuple[ReadComment, ...]:
    """The comments of a place: its own, or those of the placements below it, each with its placement.

    Returns
    -------
    tuple of ReadComment
        By question in the order of the questionnaire, then by placement in the order of the tree and of names, then in the order of
        their random ids, which says nothing of when or by whom they were written.

    Raises
    ------
    NotFound
        For a place outside of the reader's scope; what stands beside hers for comparison has no comments for her.
    """
    if not release.has(place):
        raise NotFound(f"there is no place {place.place_id}")
    is_placement = place.level == Level.PLACEMENT
    found = read_shown_comments(
        release.connection,
        release.header.id,
        placement_id=place.place_id if is_placement else None,
        under=None if is_placement or place.level == NATION else place.place_id,
    )
    if not found:
        return ()
    placements = [place] if is_placement else release.places(Level.PLACEMENT, place.place_id)
    places = {one.place_id: (at, one) for at, one in enumerate(placements)}
    version = get_version(release.connection, release.header.questionnaire_id, release.header.questionnaire_version)
    order = {item.code: at for at, item in enumerate(version.items)}
    comments = [
        ReadComment(
            one.id,
            places[one.placement_id][1],
            one.item_code,
            version.item[one.item_code].text[version.languages[0]],
            one.words,
            one.is_whole,
        )
        for one in found
    ]
    return tuple(sorted(comments, key=lambda one: (order[one.item_code], places[one.placement.place_id][0], one.id)))
