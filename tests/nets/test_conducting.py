"""A campaign is opened, given a roster and closed together with the rows of the audit trail, or not at all."""

from datetime import date
from pathlib import Path

import pytest

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.conducting import begin_campaign, end_campaign, take_roster
from nets.errors import NotFound, Refused
from nets.organisation import Level, Organisation
from nets.questionnaire.version import QuestionnaireVersion
from nets.response_rate import RosterEntry
from nets.store.audit import newest_audit
from nets.store.database import Database
from nets.store.organisations import add_organisations
from nets.store.rosters import read_rates, read_roster


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'conducting.sqlite3'}")
    made.upgrade()
    return made


def campaign_of(version: QuestionnaireVersion) -> Campaign:
    return Campaign(
        "kettle-2026", "Kettles", version.id, version.version, date(2026, 2, 1), date(2026, 3, 31),
        AccessMode.OPEN_LINK, AnonymityMode.ANONYMOUS,
    )  # fmt: skip


def test_every_act_leaves_one_row_in_the_name_of_who_did_it(
    database: Database, nets_version: QuestionnaireVersion
) -> None:
    group = nets_version.learner_groups[0].code
    places = [
        Organisation("R", Level.REGION, "Region", None),
        Organisation("L", Level.LOCAL_OFFICE, "Office", "R"),
        Organisation("P", Level.PROVIDER, "Provider", "L"),
        Organisation("S", Level.SITE, "Site", "P"),
        Organisation("W", Level.PLACEMENT, "Ward", "S"),
    ]
    with database.begin() as connection:
        add_organisations(connection, places)
        begin_campaign(connection, nets_version, campaign_of(nets_version), by="mia")
        assert take_roster(connection, "kettle-2026", [RosterEntry("W", group, 7)], by="mia") == 0
        assert take_roster(connection, "kettle-2026", [RosterEntry("W", group, 8)], by="noa") == 1
        end_campaign(connection, "kettle-2026", date(2026, 3, 1), by="noa")
    with database.read() as connection:
        rows = newest_audit(connection, 10)
        assert read_roster(connection, "kettle-2026") == {("W", group): 8}
        rates = read_rates(connection, campaign_of(nets_version))
    assert [(row.who, row.act) for row in reversed(rows)] == [
        ("mia", "campaign opened"),
        ("mia", "roster uploaded"),
        ("noa", "roster uploaded"),
        ("noa", "campaign closed"),
    ]
    assert rates.together.kind == "response_rate"
    assert rates.together.responses == 0


def test_an_act_that_is_refused_leaves_no_row(database: Database, nets_version: QuestionnaireVersion) -> None:
    with database.begin() as connection:
        begin_campaign(connection, nets_version, campaign_of(nets_version), by="mia")
    with pytest.raises(Refused), database.begin() as connection:
        begin_campaign(connection, nets_version, campaign_of(nets_version), by="mia")
    with pytest.raises(NotFound), database.begin() as connection:
        end_campaign(connection, "elsewhere", date(2026, 3, 1), by="mia")
    with database.read() as connection:
        assert len(newest_audit(connection, 10)) == 1
