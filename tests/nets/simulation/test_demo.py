"""The demo's survey: three campaigns with a release each, what was planted is found, and nothing is done twice."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from nets.access.audit import Act
from nets.access.roles import WHOLE_SURVEY
from nets.break_off import CampaignBreakOffs, campaign_break_offs
from nets.campaign import AccessMode, AnonymityMode
from nets.disclosure.shown import ShownRate, ShownResponses, ShownScore
from nets.errors import Refused
from nets.invitation import InvitationKey, State
from nets.questionnaire.version import QuestionnaireVersion
from nets.releases.document import record_from_json
from nets.releases.place_record import PlaceRecord
from nets.response_rate import CampaignRates, ResponseRate
from nets.risk import RiskSuggestion
from nets.simulation.confidential import DEMO_KEY
from nets.simulation.demo import DECLINING, EXCELLENT, SMALL, fill_demo
from nets.simulation.risks import plant_risks
from nets.simulation.rosters import WITHOUT_A_ROSTER
from nets.store.assessments import list_assessments
from nets.store.audit import read_audit
from nets.store.break_offs import read_step_counts
from nets.store.campaigns import get_campaign, list_campaigns
from nets.store.concerns import list_concerns
from nets.store.database import Database
from nets.store.evidence import list_evidence
from nets.store.invitations import read_invited
from nets.store.mailings import count_reminders, count_states, due_reminders
from nets.store.releases import list_releases, read_place
from nets.store.responses import count_responses
from nets.store.retests import count_retest
from nets.store.rosters import read_rates

TODAY = date(2026, 11, 24)


def record(database: Database, release_id: str, placement_id: str) -> PlaceRecord:
    with database.read() as connection:
        document = read_place(connection, release_id, placement_id)
    assert document is not None
    return record_from_json(document)


@pytest.fixture(scope="module")
def filled(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, nets_version: QuestionnaireVersion
) -> Iterator[tuple[Database, list[str]]]:
    """The demo with fewer learners, made once, and what was said meanwhile."""
    path = tmp_path_factory.mktemp("demo") / "nets.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database, said = Database(f"sqlite:///{path}"), list[str]()
    assert fill_demo(database, nets_version, TODAY, said.append, 600) == "nets-2026"
    yield database, said
    database.dispose()


def test_the_demo_is_filled_and_what_was_planted_is_found(filled: tuple[Database, list[str]]) -> None:
    database, said = filled
    assert len(said) == 7
    with database.read() as connection:
        assert [c.id for c in list_campaigns(connection)] == ["pilot-2026", "nets-2026", "nets-2025", "nets-2024"]
        assert [count_responses(connection, c.id) for c in list_campaigns(connection)] == [60, 600, 600, 600]
        assert {header.id for header in list_releases(connection)} == {"nets-2024-r1", "nets-2025-r1", "nets-2026-r1"}
        assert [c.is_open(TODAY) for c in list_campaigns(connection)] == [True, True, False, False]

    means = [record(database, f"nets-{year}-r1", DECLINING).score("supervision") for year in (2024, 2025, 2026)]
    assert [score.mean for score in means if isinstance(score, ShownScore)] == sorted(
        (score.mean for score in means if isinstance(score, ShownScore)), reverse=True
    )
    risk = record(database, "nets-2026-r1", DECLINING).risk
    assert isinstance(risk, RiskSuggestion)
    assert risk.colour == "R"
    assert not isinstance(record(database, "nets-2026-r1", EXCELLENT).risk, RiskSuggestion)
    for small in SMALL:
        assert record(database, "nets-2026-r1", small).scores == {}


def test_a_second_run_does_nothing(filled: tuple[Database, list[str]], nets_version: QuestionnaireVersion) -> None:
    database, _ = filled
    said: list[str] = []
    assert fill_demo(database, nets_version, TODAY, said.append, 600) == "nets-2026"
    assert said == []
    with database.read() as connection:
        assert {count_responses(connection, campaign.id) for campaign in list_campaigns(connection)} == {60, 600}


def test_every_placement_but_one_has_a_roster_of_which_three_to_eight_in_ten_answered(
    filled: tuple[Database, list[str]],
) -> None:
    database, _ = filled
    for year in (2024, 2025, 2026):
        with database.read() as connection:
            rates = read_rates(connection, get_campaign(connection, f"nets-{year}"))
        shares = [one.per_cent for one in _rates(rates)]
        assert min(shares) >= 30
        assert max(shares) <= 80
        assert [one.placement_id for one in rates.placements if one.together.kind != "response_rate"] == [
            WITHOUT_A_ROSTER
        ]
    released = record(database, "nets-2026-r1", DECLINING).responses
    assert isinstance(released, ShownResponses)
    assert isinstance(released.rate, ShownRate)


def _rates(rates: CampaignRates) -> list[ResponseRate]:
    return [one for place in rates.placements for one in place.groups.values() if isinstance(one, ResponseRate)]


def test_learners_of_the_confidential_campaign_were_invited_reminded_and_asked_again(
    filled: tuple[Database, list[str]],
) -> None:
    database, _ = filled
    with database.read() as connection:
        campaign = get_campaign(connection, "pilot-2026")
        learners, states = read_invited(connection, campaign.id), count_states(connection, campaign.id)
        reminders, retest = count_reminders(connection, campaign.id), count_retest(connection, campaign.id)
        acts = Counter(row.act for row in read_audit(connection) if row.about == campaign.id)
        asked = due_reminders(connection, campaign.id, TODAY, most=9, days_apart=0)
    assert (campaign.access_mode, campaign.anonymity_mode) == (AccessMode.INVITATION, AnonymityMode.CONFIDENTIAL)
    invited, answered = sum(learners.invited.values()), sum(learners.answered.values())
    assert answered == 60
    assert sum(states.values()) == invited - answered
    assert min(states[state] for state in (State.NEW, State.SENT, State.BOUNCED, State.OPTED_OUT)) >= 1
    assert set(reminders) == {0, 2}
    assert sum(reminders.values()) == states[State.SENT]
    assert retest.agreed > retest.drawn == retest.invited > retest.answered >= retest.stable > 0
    assert acts[Act.REMINDERS_SENT] == 2
    _, address = InvitationKey(DEMO_KEY).open(asked[0].sealed, asked[0].token_hash)
    assert address.endswith("@example.org")


def test_some_break_off_and_most_do_not(filled: tuple[Database, list[str]], nets_version: QuestionnaireVersion) -> None:
    database, _ = filled
    with database.read() as connection:
        found = campaign_break_offs(nets_version, read_step_counts(connection, "nets-2026"))
    assert isinstance(found, CampaignBreakOffs)
    assert 600 < found.all.reached < 800
    assert found.all.reached - found.all.no_further == 600
    assert sum(step.left.no_further for step in found.steps) == found.all.no_further


def test_what_is_known_beside_the_survey_is_there_once(filled: tuple[Database, list[str]]) -> None:
    database, _ = filled
    with database.read() as connection:
        last = get_campaign(connection, "nets-2025")
    plant_risks(database, TODAY, declining=DECLINING, poor_facilities=DECLINING, small=DECLINING, last=last)
    with database.within(WHOLE_SURVEY).read() as connection:
        assert len(list_evidence(connection)) == 2
        (concern,) = list_concerns(connection)
        (made,) = list_assessments(connection, place_id=DECLINING)
    assert concern.concern.is_safety
    assert concern.concern.place_id in SMALL
    assert made.release_id == "nets-2025-r1"


def test_an_interrupted_demo_goes_on(sqlite_database: Database, nets_version: QuestionnaireVersion) -> None:
    def interrupt(step: str) -> None:
        if "2025: making" in step:
            raise Refused("the power went")

    with pytest.raises(Refused):
        fill_demo(sqlite_database, nets_version, TODAY, interrupt, 160)
    said: list[str] = []
    fill_demo(sqlite_database, nets_version, TODAY, said.append, 160)
    assert [step.split(": ")[1].split(" ")[0] for step in said] == [
        "making",
        "simulating",
        "making",
        "inviting,",
    ]
    with sqlite_database.read() as connection:
        assert {count_responses(connection, campaign.id) for campaign in list_campaigns(connection)} == {16, 160}
