"""Making releases in a database: numbered, stored as built, independent of the order in which answers arrived."""

import gc
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from nets.campaign import AccessMode, Campaign
from nets.disclosure.shown import ShownRate, ShownResponses, ShownScore
from nets.errors import NotFound, Refused
from nets.invitation import InvitationKey, Invited
from nets.packing import pack
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json
from nets.releases.releasing import make_release
from nets.response import Response
from nets.response_rate import RosterEntry
from nets.risk import RiskSuggestion
from nets.simulation.places import invented_places
from nets.store.campaigns import add_campaign
from nets.store.comment_reviews import get_comment, released_comment_ids
from nets.store.comments import Comment, add_comments
from nets.store.database import Database
from nets.store.invitations import add_invitations
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version
from nets.store.releases import latest_release, read_nation, read_places, release_digest
from nets.store.responses import add_responses
from nets.store.rosters import replace_roster

DAY = date(2026, 12, 1)


def fill(
    database: Database,
    version: QuestionnaireVersion,
    campaign: Campaign,
    responses: Sequence[Response],
    *,
    places_are_known: bool = False,
) -> None:
    with database.begin() as connection:
        add_version(connection, version)
        if not places_are_known:
            add_organisations(connection, invented_places())
        add_campaign(connection, campaign)
        add_responses(
            connection,
            campaign.id,
            ((r.placement_id, r.learner_group, r.answered_on, pack(version, r.answers)) for r in responses),
        )


def test_the_order_in_which_answers_arrived_does_not_show(
    sqlite_database: Database, nets_version: QuestionnaireVersion, campaign: Campaign, responses: Sequence[Response]
) -> None:
    fill(sqlite_database, nets_version, campaign, responses)
    first = make_release(sqlite_database, campaign.id, DAY)
    again = replace(campaign, id="again")
    fill(sqlite_database, nets_version, again, responses[::-1], places_are_known=True)
    second = make_release(sqlite_database, "again", DAY)
    assert second.places == first.places
    assert second.nation == first.nation


def test_where_learners_were_invited_its_rates_are_of_those_and_not_of_a_roster(
    sqlite_database: Database, nets_version: QuestionnaireVersion, campaign: Campaign, responses: Sequence[Response]
) -> None:
    asked = replace(campaign, access_mode=AccessMode.INVITATION)
    here = [one for one in responses if one.placement_id == responses[0].placement_id][:12]
    fill(sqlite_database, nets_version, asked, here)
    people = [Invited(f"a{n}@example.org", here[n % 12].placement_id, here[n % 12].learner_group) for n in range(24)]
    with sqlite_database.begin() as connection:
        add_invitations(connection, InvitationKey("k" * 32), asked.id, people, asked.opens_on)
        replace_roster(connection, asked.id, [RosterEntry(here[0].placement_id, here[0].learner_group, 99)])
    made = make_release(sqlite_database, asked.id, DAY).places[here[0].placement_id].responses
    assert made == ShownResponses(12, ShownRate(12, 24, 50.0))


def test_releases_are_numbered_and_kept_as_built(
    database: Database, nets_version: QuestionnaireVersion, campaign: Campaign, responses: Sequence[Response]
) -> None:
    fill(database, nets_version, campaign, responses[:200])
    assert make_release(database, campaign.id, DAY).header.id == "autumn-2026-r1"
    second = make_release(database, campaign.id, DAY)
    with database.read() as connection:
        header = latest_release(connection, campaign.id)
        stored = {key: record_from_json(value) for key, value in read_places(connection, second.header.id).items()}
        nation = read_nation(connection, second.header.id)
        digest = release_digest(connection, second.header.id)
    assert header == second.header
    assert header.number == 2
    assert stored == dict(second.places)
    assert nation is not None
    assert record_from_json(nation) == second.nation
    assert digest == second.digest


def test_a_second_release_is_refused_where_nobody_knows_what_was_behind_the_first(
    sqlite_database: Database, nets_version: QuestionnaireVersion, campaign: Campaign, responses: Sequence[Response]
) -> None:
    fill(sqlite_database, nets_version, campaign, responses[:60])
    make_release(sqlite_database, campaign.id, DAY)
    with sqlite_database.begin() as connection:
        connection.execute(text("DROP TABLE release_sums"))
        connection.execute(text("CREATE TABLE release_sums (release_id TEXT PRIMARY KEY, document BLOB)"))
    with pytest.raises(Refused, match="before exact sums were kept"):
        make_release(sqlite_database, campaign.id, DAY)


def test_last_years_release_stands_in_this_years_reasons(
    sqlite_database: Database, nets_version: QuestionnaireVersion, campaign: Campaign, responses: Sequence[Response]
) -> None:
    last_year = replace(
        campaign, id="autumn-2025", title="Autumn 2025", opens_on=date(2025, 10, 1), closes_on=date(2025, 11, 30)
    )
    fill(sqlite_database, nets_version, last_year, responses)
    make_release(sqlite_database, last_year.id, last_year.closes_on)
    fill(sqlite_database, nets_version, campaign, responses, places_are_known=True)
    placement = make_release(sqlite_database, campaign.id, DAY).placements["P0001"]
    score, pooled, risk = placement.score("supervision"), placement.pooled["supervision"], placement.risk
    assert isinstance(score, ShownScore)
    assert (pooled.campaigns, pooled.n, pooled.mean) == ("autumn-2025 autumn-2026", 2 * score.n, score.mean)
    assert pooled.reliability > score.reliability
    assert isinstance(risk, RiskSuggestion)
    assert any("Autumn 2025" in reason for reason in risk.reasons)


def test_a_campaign_that_nobody_answered_has_nothing_to_release(
    sqlite_database: Database, nets_version: QuestionnaireVersion, campaign: Campaign
) -> None:
    fill(sqlite_database, nets_version, campaign, [])
    with pytest.raises(Refused, match="no responses yet"):
        make_release(sqlite_database, campaign.id, DAY)


def test_the_search_for_garbage_goes_on_after_a_release_that_failed(
    sqlite_database: Database,
    nets_version: QuestionnaireVersion,
    campaign: Campaign,
    responses: Sequence[Response],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched = []

    def fail(*_: object, **__: object) -> None:
        searched.append(gc.isenabled())
        raise Refused("nothing can be built")

    fill(sqlite_database, nets_version, campaign, responses[:10])
    monkeypatch.setattr("nets.releases.releasing.build_release", fail)
    with pytest.raises(Refused, match="nothing can be built"):
        make_release(sqlite_database, campaign.id, DAY)
    assert (searched, gc.isenabled()) == ([False], True)


def test_a_campaign_that_is_not_there_is_not_found(sqlite_database: Database) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        make_release(sqlite_database, "nowhere", DAY)


def test_comments_go_with_a_release_where_learners_enough_answered_and_none_of_a_few_later_ones(
    sqlite_database: Database, nets_version: QuestionnaireVersion, campaign: Campaign, responses: Sequence[Response]
) -> None:
    def at(first: str, last: str) -> list[Response]:
        return [response for response in responses if first <= response.placement_id <= last]

    fill(sqlite_database, nets_version, campaign, at("P0004", "P0012"))
    seen = []
    for name, more in (("first", []), ("of two", at("P0008", "P0008")[:2])):
        said = [Comment(place, "COM01", name) for place in ("P0004", "P0005", "P0008", "P0030")]
        rows = ((r.placement_id, r.learner_group, r.answered_on, pack(nets_version, r.answers)) for r in more)
        with sqlite_database.begin() as connection:
            add_comments(connection, campaign.id, said)
            add_responses(connection, campaign.id, rows)
        release = make_release(sqlite_database, campaign.id, DAY)
        with sqlite_database.read() as connection:
            ids = released_comment_ids(connection, release.header.id)
            found = [get_comment(connection, one) for one in ids]
        seen.append(sorted((place, comment.content) for comment, place in found))
    # P0004 has one learner, P0030 none here; at P0005 nobody came later, whatever was written
    assert seen == [[("P0005", "first"), ("P0008", "first")]] * 2
