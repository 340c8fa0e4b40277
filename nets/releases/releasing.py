"""The act of making a release: read a campaign's responses and what earlier campaigns said, build, store."""

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from nets.access.audit import Act
from nets.campaign import Campaign
from nets.disclosure.banded_record import BandedView
from nets.disclosure.comments import (
    StoredComment,
    fewest_for_comments,
    let_through,
    told_by_nobody_in_particular,
)
from nets.disclosure.rule import read_disclosure_rule
from nets.disclosure.shown import ShownScore
from nets.errors import Refused
from nets.flags.flagging import EarlierScores
from nets.packing import answer_matrix
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json
from nets.releases.former_releases import NO_FORMER_RELEASES, FormerReleases
from nets.releases.freezing import build_release
from nets.releases.measure import Measure, measures_of
from nets.releases.place_record import PlaceRecord
from nets.releases.pooling import PastCampaigns, PastSums, read_pooling_rule
from nets.releases.release import Release, ReleaseHeader
from nets.releases.tallying import CampaignAnswers
from nets.releases.trend import predecessors
from nets.risk import RiskRule, read_rule
from nets.risk.basis import EarlierCampaign, earlier_campaign
from nets.store.audit import write_audit
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.comment_reviews import add_released_comments, released_comment_ids
from nets.store.comments import stored_comments
from nets.store.database import Connection, Database
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.releases import add_release, latest_release, read_nation, read_places, read_sums
from nets.store.responses import CampaignResponses, read_responses
from nets.store.rosters import read_learners


def make_release(
    database: Database,
    campaign_id: str,
    on: date,
    progress: Callable[[str], None] = lambda step: None,
    *,
    by: str = "command line",
) -> Release:
    """Freeze a campaign's scores as they stand and store them as its next release; ``by`` is who does, for the audit trail.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If nobody has answered yet, or where it is not known what was behind an earlier release.
    """
    rule = read_rule()
    with database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        progress("reading responses")
        responses = read_responses(connection, campaign_id)
        roster = read_learners(connection, campaign)
        organisations = list_organisations(connection)
        before = latest_release(connection, campaign_id)
        former = _former_releases(connection, before)
        earlier, scores_before = _earlier_campaigns(connection, campaign, measures_of(version), rule)
        past = _past_campaigns(connection, campaign, version)
        written = stored_comments(connection, campaign_id)
        commented = released_comment_ids(connection, before.id) if before else frozenset()
    if not responses.packed:
        raise Refused(f"campaign {campaign_id} has no responses yet, so there is nothing to release")
    with _no_search_for_garbage():
        release = build_release(
            campaign,
            version,
            organisations,
            in_canonical_order(responses, answer_matrix(version, responses.packed)),
            rule,
            number=before.number + 1 if before else 1,
            released_on=on,
            roster=roster,
            earlier=earlier,
            scores_before=scores_before,
            past=past,
            former=former,
            progress=progress,
        )
        with database.begin() as connection:
            add_release(connection, release)
            comments = _comments_of(release, campaign, version, written, commented, former)
            add_released_comments(connection, release.header.id, comments)
            write_audit(connection, by, Act.RELEASE_MADE, release.header.id, sha256=release.digest)
    return release


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """A release is millions of small tuples, none of which holds itself: a search for such garbage goes over all of them, often."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _comments_of(
    release: Release,
    campaign: Campaign,
    version: QuestionnaireVersion,
    written: Sequence[StoredComment],
    before: Collection[UUID],
    former: FormerReleases,
) -> tuple[StoredComment, ...]:
    """The comments that go with a release, of what was written and what went with the one before."""
    rule = read_disclosure_rule(release.header.disclosure_version)
    view, commented = BandedView.of(release.header, campaign, rule), {comment.placement_id for comment in written}
    records = {
        place_id: view.record(record) for place_id, record in release.placements.items() if place_id in commented
    }
    items, fewest = told_by_nobody_in_particular(version), fewest_for_comments(campaign, rule)
    return let_through(written, records, before, as_before=_as_before(release, former), items=items, fewest=fewest)


def _as_before(release: Release, former: FormerReleases) -> frozenset[str]:
    """The placements of which a release tells the number of learners that the former one told."""
    placements = release.placements.items()
    return frozenset(
        place_id
        for place_id, record in placements
        if place_id in former.records and former.records[place_id].responses == record.responses
    )


def _former_releases(connection: Connection, newest: ReleaseHeader | None) -> FormerReleases:
    """What the campaign's releases so far have said, and what is behind them."""
    if newest is None:
        return NO_FORMER_RELEASES
    sums = read_sums(connection, newest.campaign_id)
    if len(sums) < newest.number:
        raise Refused(
            f"an earlier release of {newest.campaign_id} was made before exact sums were kept, so that nothing could see to it "
            "that the two together give no answer away"
        )
    documents = [read_nation(connection, newest.id), *read_places(connection, newest.id).values()]
    records = [record_from_json(document) for document in documents if document]
    return FormerReleases(sums, newest.id, {record.place_id: record for record in records})


def in_canonical_order(responses: CampaignResponses, matrix: NDArray[np.uint8]) -> CampaignAnswers:
    """Sums depend on the order of their terms, and the order of random ids must not show in a release's bytes."""
    order = sorted(
        range(len(responses.packed)),
        key=lambda row: (responses.placement_ids[row], responses.learner_groups[row], responses.packed[row]),
    )
    return CampaignAnswers(
        np.array(responses.placement_ids, dtype=object)[order],
        np.array(responses.learner_groups, dtype=object)[order],
        matrix[order],
    )


def _earlier_campaigns(
    connection: Connection, campaign: Campaign, measures: Sequence[Measure], rule: RiskRule
) -> tuple[tuple[EarlierCampaign, ...], dict[str, EarlierScores]]:
    """What the newest release of every earlier campaign of the same questionnaire said, the oldest campaign first.

    And what the last of them said of the places' true scores, on every scale that is made of the same items now.
    """
    found, scores = [], {}
    for one in _campaigns_before(connection, campaign):
        header = latest_release(connection, one.id)
        if header:
            documents = read_places(connection, header.id)
            records = [record_from_json(document) for document in documents.values()]
            found.append(earlier_campaign(header.campaign_title, records, rule))
            alike = {(measure.code, measure.items) for measure in header.measures}
            scales = [scale.code for scale in measures if (scale.code, scale.items) in alike]
            scores = {scale: _scores_of(records, scale) for scale in scales}
    return tuple(found), scores


def _campaigns_before(connection: Connection, campaign: Campaign) -> list[Campaign]:
    """Earlier campaigns of the same questionnaire, the oldest first."""
    past = [
        one
        for one in list_campaigns(connection)
        if one.questionnaire_id == campaign.questionnaire_id and one.opens_on < campaign.opens_on
    ]
    return sorted(past, key=lambda one: one.opens_on)


def _past_campaigns(connection: Connection, campaign: Campaign, version: QuestionnaireVersion) -> PastCampaigns:
    """What is behind the newest release of as many earlier campaigns as may be pooled with this one."""
    found: list[PastSums] = []
    versions = [version]
    for one in reversed(_campaigns_before(connection, campaign)):
        header = latest_release(connection, one.id)
        if len(found) == read_pooling_rule().campaigns - 1:
            break
        if header is None:
            continue
        sums = read_sums(connection, one.id)
        if len(sums) < header.number:  # made before exact sums were kept
            break
        found.append(PastSums(one.id, header.id, header.measures, sums[-1]))
        versions.append(get_version(connection, one.questionnaire_id, one.questionnaire_version))
    return PastCampaigns(tuple(reversed(found)), predecessors(versions))


def _scores_of(records: Sequence[PlaceRecord], scale: str) -> EarlierScores:
    return EarlierScores.from_intervals(
        {
            record.place_id: (score.shrunken, *score.shrunken_interval)
            for record in records
            if isinstance(score := record.score(scale), ShownScore)
        }
    )
