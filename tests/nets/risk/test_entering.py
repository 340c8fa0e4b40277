"""Evidence and concerns are entered whole or not at all, and all that is wrong is told at once."""

from datetime import date
from typing import Any

import pytest

from nets.errors import InvalidSetting, Problem
from nets.organisation import Level, Organisation
from nets.questionnaire.version import QuestionnaireVersion
from nets.risk.concern import Lead
from nets.risk.entering import enter_concern, enter_evidence, known_subjects
from nets.risk.external_evidence import Bearing, Source
from nets.store.audit import read_audit
from nets.store.concerns import list_concerns
from nets.store.database import Database
from nets.store.evidence import list_evidence
from nets.store.organisations import add_organisations
from nets.store.questionnaires import add_version

PLACES = (
    Organisation("R-1", Level.REGION, "Mercia Example", None),
    Organisation("L-1", Level.LOCAL_OFFICE, "Dale Example Office", "R-1"),
    Organisation("P-1", Level.PROVIDER, "Ffynnon Example Hospitals", "L-1"),
)
DAY = date(2026, 6, 2)
WHO = "command line (tester)"


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    """A tree of places."""
    with sqlite_database.begin() as connection:
        add_organisations(connection, PLACES)
    return sqlite_database


def concern(database: Database, place_id: str = "P-1", lead_at: str = "L-1", **fields: Any) -> None:
    given: dict[str, Any] = {
        "programme": "", "raised_on": DAY, "is_safety": True, "about": "patient_safety", "by": "learner",
        "lead": Lead("Jo Example", "dean", lead_at), "on": DAY, "who": WHO,
    }  # fmt: skip
    enter_concern(database, place_id, "Nobody answers the bleep at St Example.", **(given | fields))


def test_everything_wrong_with_evidence_is_told_at_once_and_nothing_is_kept(kept: Database) -> None:
    with pytest.raises(InvalidSetting) as caught:
        enter_evidence(
            kept, "P-9", "", programme="", dated_on=date(2026, 6, 3), source=Source.VISIT, bearing=Bearing.ADVERSE,
            about="weather", by="", on=DAY, who=WHO, beside=[Problem("bearing", "choose one")],
        )  # fmt: skip
    assert [problem.where for problem in caught.value.problems] == [
        "bearing", "", "about", "sentence", "entered_by", "dated_on",
    ]  # fmt: skip
    with kept.read() as connection:
        assert list_evidence(connection) == ()
        assert list(read_audit(connection)) == []


def test_nothing_is_kept_where_something_beside_is_wrong(kept: Database) -> None:
    with pytest.raises(InvalidSetting, match="raised_on: write it like 2026-10-01"):
        concern(kept, beside=[Problem("raised_on", "write it like 2026-10-01")])
    with kept.read() as connection:
        assert list_concerns(connection) == ()


@pytest.mark.parametrize(
    ("lead_at", "words"),
    [("P-1", "P-1 is a provider; a concern goes to a lead outside the provider"), ("L-9", "there is no place L-9")],
)
def test_a_concern_goes_outside_the_provider(kept: Database, lead_at: str, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        concern(kept, lead_at=lead_at)
    for somewhere in ("L-1", "R-1", "national"):
        concern(kept, lead_at=somewhere)
    with kept.read() as connection:
        assert len(list_concerns(connection)) == 3


def test_the_audit_trail_says_that_there_is_a_concern_and_not_what_or_where(kept: Database) -> None:
    concern(kept)
    with kept.read() as connection:
        (row,) = read_audit(connection)
        (on_record,) = list_concerns(connection)
    assert (row.act, row.about) == ("concern entered", on_record.concern.id)
    assert "P-1" not in str(row)
    assert "bleep" not in str(row)


def test_subjects_are_those_of_the_rule_and_of_every_questionnaire(
    kept: Database, nets_version: QuestionnaireVersion
) -> None:
    with kept.begin() as connection:
        before = known_subjects(connection)
        add_version(connection, nets_version)
        after = known_subjects(connection)
    assert "relationship" in before
    assert set(nets_version.scale) <= set(after)
    assert len(after) == len(set(after))
