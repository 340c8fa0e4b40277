"""What is known of a place on a day: nothing that came later, and nothing of another place."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nets.access.audit import Act
from nets.errors import InvalidSetting, NotFound, Refused
from nets.organisation import Level, Organisation
from nets.risk import InsufficientEvidence, RiskSuggestion
from nets.risk.assessing import assess
from nets.risk.concern import ConcernStatus, Lead
from nets.risk.confirmation import Decision
from nets.risk.entering import enter_concern, enter_evidence, take_back_evidence, write_about_concern
from nets.risk.external_evidence import Bearing, Source
from nets.risk.on_day import RiskOnDay, risk_on, risks_on
from nets.store.audit import read_audit
from nets.store.database import Database
from nets.store.organisations import add_organisations

PLACES = (
    Organisation("R-1", Level.REGION, "Mercia Example", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "Dale Example Office", "R-1"),
    Organisation("P-1", Level.PROVIDER, "Ffynnon Example Hospitals", "L-1"),
    Organisation("S-1", Level.SITE, "Ysbyty Enghraifft", "P-1"),
    Organisation("W-1", Level.PLACEMENT, "Ward 1", "S-1"),
    Organisation("W-2", Level.PLACEMENT, "Ward 2", "S-1"),
)
WHO = "command line (tester)"
DECISION = Decision(None, None, "", ("programme review",), (), "A. Example", date(2026, 6, 10))


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    """A tree of places without any campaign."""
    with sqlite_database.begin() as connection:
        add_organisations(connection, PLACES)
    return sqlite_database


def evidence(database: Database, place_id: str = "W-1", **fields: Any) -> str:
    given: dict[str, Any] = {
        "programme": "", "dated_on": date(2026, 6, 1), "source": Source.VISIT, "bearing": Bearing.ADVERSE, "about": "supervision",
        "by": "Quality team", "on": date(2026, 6, 2), "who": WHO,
    }  # fmt: skip
    return enter_evidence(database, place_id, "Gaps in the rota.", **(given | fields)).id


def concern(database: Database, **fields: Any) -> str:
    given: dict[str, Any] = {
        "programme": "", "raised_on": date(2026, 6, 3), "is_safety": True, "about": "patient_safety", "by": "learner",
        "lead": Lead("Jo Example", "dean", "L-1"), "on": date(2026, 6, 3), "who": WHO,
    }  # fmt: skip
    return enter_concern(database, "W-1", "Nobody answers the bleep.", **(given | fields)).id


def known(database: Database, on: date, place_id: str = "W-1", programme: str = "") -> RiskOnDay:
    with database.read() as connection:
        return risk_on(connection, place_id, on, programme=programme)


def test_without_anything_there_is_nothing_to_say(kept: Database) -> None:
    suggested = known(kept, date(2026, 6, 1)).suggestion
    assert isinstance(suggested, InsufficientEvidence)
    assert suggested.reasons == ("Robustness: no campaign has been released, so nothing here rests on survey scores.",)


def test_what_came_later_is_not_known_before(kept: Database) -> None:
    piece = evidence(kept)
    raised = concern(kept)
    take_back_evidence(kept, piece, reason="Another ward.", by="Quality team", on=date(2026, 6, 5), who=WHO)
    write_about_concern(kept, raised, ConcernStatus.CLOSED, note="Seen to.", by="Jo", on=date(2026, 6, 7), who=WHO)
    counted = [
        (len(known(kept, date(2026, 6, day)).evidence.external), len(known(kept, date(2026, 6, day)).evidence.concerns))
        for day in (1, 2, 3, 5, 7)
    ]
    assert counted == [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    assert known(kept, date(2026, 6, 3), "W-2").evidence.external == ()


def test_a_place_hears_of_its_programmes_and_a_programme_of_its_place(kept: Database) -> None:
    evidence(kept)
    evidence(kept, programme="Foundation")
    evidence(kept, programme="Midwifery")
    day = date(2026, 6, 10)
    assert len(known(kept, day).evidence.external) == 3
    assert [piece.programme for piece in known(kept, day, programme="foundation").evidence.external].count(
        "Midwifery"
    ) == 0
    assert len(known(kept, day, programme=" FOUNDATION ").evidence.external) == 2


def test_assessments_supersede_each_other_and_leave_a_trail(kept: Database) -> None:
    evidence(kept)
    first = assess(kept, "W-1", DECISION, who=WHO)
    lower = replace(DECISION, likelihood=1, reason="Filled.", interventions=(), on=date(2026, 6, 20))
    with pytest.raises(InvalidSetting, match="on: 2026-06-09 is before the newest assessment, W-1-a1 of 2026-06-10"):
        assess(kept, "W-1", replace(lower, on=date(2026, 6, 9)), who=WHO)
    second = assess(kept, "W-1", lower, who=WHO)
    assert (first.id, second.id) == ("W-1-a1", "W-1-a2")
    assert known(kept, date(2026, 6, 30)).history == (second, first)
    assert known(kept, date(2026, 6, 15)).history == (first,)
    with kept.read() as connection:
        trail = [(row.who, row.act, row.about) for row in read_audit(connection)]
    assert trail[1:] == [(WHO, Act.RISK_ASSESSED, "W-1-a1"), (WHO, Act.RISK_ASSESSED, "W-1-a2")]


def test_a_programme_keeps_the_name_it_was_first_given(kept: Database) -> None:
    evidence(kept, programme="Foundation")
    assess(kept, "W-1", DECISION, programme="Foundation", who=WHO)
    again = assess(kept, "W-1", DECISION, programme="foundation", who=WHO)
    assert (again.programme, again.number) == ("Foundation", 2)


def test_a_decision_that_is_refused_leaves_nothing(kept: Database) -> None:
    with pytest.raises(InvalidSetting, match="likelihood: must be given, for nothing is suggested"):
        assess(kept, "W-1", DECISION, who=WHO)
    with kept.read() as connection:
        assert list(read_audit(connection)) == []
        assert risks_on(connection, date(2026, 6, 30)) == ()


def test_who_decides_on_what_she_has_seen_decides_nothing_once_that_has_changed(kept: Database) -> None:
    evidence(kept)
    seen = known(kept, DECISION.on).state
    assess(kept, "W-1", DECISION, seen=seen, who=WHO)
    with pytest.raises(Refused, match="something new is known of W-1"):
        assess(kept, "W-1", DECISION, seen=seen, who=WHO)
    seen = known(kept, DECISION.on).state
    evidence(kept)
    with pytest.raises(Refused, match="something new is known of W-1"):
        assess(kept, "W-1", DECISION, seen=seen, who=WHO)
    assert [made.id for made in known(kept, DECISION.on).history] == ["W-1-a1"]


def test_the_list_holds_every_place_with_something_known_and_its_programmes(kept: Database) -> None:
    evidence(kept, "R-1", programme="Paramedicine", about="facilities")
    concern(kept)
    with kept.read() as connection:
        found = risks_on(connection, date(2026, 6, 30))
        below = risks_on(connection, date(2026, 6, 30), under="P-1")
        itself = risks_on(connection, date(2026, 6, 30), under="W-1")
    assert [(risk.place.id, risk.programme) for risk in found] == [("W-1", ""), ("R-1", "Paramedicine")]
    assert [risk.place.id for risk in below] == [risk.place.id for risk in itself] == ["W-1"]
    assert isinstance(below[0].suggestion, RiskSuggestion)


def test_the_list_of_a_place_holds_nothing_of_one_beside_it(kept: Database) -> None:
    evidence(kept)
    concern(kept)
    assess(kept, "W-1", DECISION, who=WHO)
    with kept.read() as connection:
        beside, there = (risks_on(connection, date(2026, 6, 30), under=place_id) for place_id in ("W-2", "W-1"))
    assert beside == ()
    assert [(len(one.evidence.external), len(one.evidence.concerns), len(one.history)) for one in there] == [(1, 1, 1)]


def test_what_somebody_has_written_about_can_be_had_alone(kept: Database) -> None:
    evidence(kept, "W-2", programme="Imaging")
    with kept.read() as connection:
        alone, everything = (risks_on(connection, DECISION.on, with_silent=silent) for silent in (False, True))
    assert alone == everything
    assert [(risk.place.id, risk.programme) for risk in alone] == [("W-2", "Imaging")]


def test_places_and_campaigns_that_are_not_there_are_told(kept: Database) -> None:
    with kept.read() as connection:
        with pytest.raises(NotFound, match="W-9"):
            risk_on(connection, "W-9", date(2026, 6, 30))
        with pytest.raises(NotFound, match="no campaign trial"):
            risk_on(connection, "W-1", date(2026, 6, 30), campaign_id="trial")
        with pytest.raises(NotFound, match="W-9"):
            risks_on(connection, date(2026, 6, 30), under="W-9")
