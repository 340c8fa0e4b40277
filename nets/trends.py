"""Trends as somebody may see them: every campaign's newest release is read for the same reader, within the same scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nets.flags.rule import read_flag_rule
from nets.reading import ReleaseReader
from nets.releases.measure import Measure
from nets.releases.release import ReleaseHeader
from nets.releases.trend import CampaignScore, Trend, earlier_measure, predecessors, trend_of
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.database import Connection
from nets.store.questionnaires import get_version
from nets.store.releases import latest_release


@dataclass(frozen=True, slots=True)
class ReleasesUntil:
    """The newest release of every earlier campaign of a questionnaire, and one release of the last.

    Attributes
    ----------
    releases
        Each with the day on which its campaign opened, the oldest first.
    links
        The item that each rewording in them is linked to, by its code.
    """

    releases: tuple[tuple[date, ReleaseHeader], ...]
    links: Mapping[str, str]


def releases_until(connection: Connection, header: ReleaseHeader) -> ReleasesUntil:
    """What a trend that ends with a release is made of."""
    campaign = get_campaign(connection, header.campaign_id)
    past = [
        one
        for one in list_campaigns(connection)
        if one.questionnaire_id == campaign.questionnaire_id and one.opens_on < campaign.opens_on
    ]
    found = [
        (one.opens_on, earlier)
        for one in sorted(past, key=lambda one: (one.opens_on, one.id))
        if (earlier := latest_release(connection, one.id)) is not None
    ]
    found.append((campaign.opens_on, header))
    versions = {(one.questionnaire_id, one.questionnaire_version) for _, one in found}
    links = predecessors([get_version(connection, *version) for version in sorted(versions)])
    return ReleasesUntil(tuple(found), links)


def read_trend(release: ReleaseReader, place_id: str, measure: Measure) -> Trend:
    """One measure, as ``read_trends`` has them."""
    (trend,) = read_trends(release, place_id, [measure])
    return trend


def read_trends(release: ReleaseReader, place_id: str, measures: Sequence[Measure]) -> list[Trend]:
    """Measures at one place in this release and in the newest release of every earlier campaign of the questionnaire.

    Raises
    ------
    NotFound
        For a place that is not the reader's to see.
    """
    header = release.header
    until = releases_until(release.connection, header)
    records = [release.beside(one).place(place_id).record for _, one in until.releases]
    rule = read_flag_rule(header.flags.rule_version) if header.flags.rule_version else read_flag_rule()
    found = []
    for measure in measures:
        scores, left_out = [], []
        for (opens_on, one), record in zip(until.releases, records, strict=True):
            its_own = earlier_measure(one.measures, measure, until.links)
            if its_own is None:
                left_out.append(one.campaign_title)
            else:
                code = its_own.code
                scores.append(CampaignScore(one, opens_on, its_own, record.score(code), record.kept_from(code)))
        found.append(trend_of(scores, left_out, until.links, rule.change_margin))
    return found
