"""The acts of conducting a campaign: open it, take in its roster, close it; each with its row in the audit trail."""

from collections.abc import Sequence
from datetime import date

from nets.access.audit import Act
from nets.campaign import Campaign
from nets.questionnaire.version import QuestionnaireVersion
from nets.response_rate import RosterEntry
from nets.store.audit import write_audit
from nets.store.campaigns import add_campaign, close_campaign
from nets.store.database import Connection
from nets.store.questionnaires import add_version
from nets.store.rosters import replace_roster


def begin_campaign(connection: Connection, version: QuestionnaireVersion, campaign: Campaign, *, by: str) -> None:
    """Set up a campaign that asks a published version; ``by`` is who does.

    Raises
    ------
    Refused
        If there is a campaign of this id.
    """
    add_version(connection, version)  # it may have been published on another database
    add_campaign(connection, campaign)
    write_audit(connection, by, Act.CAMPAIGN_OPENED, campaign.id)


def end_campaign(connection: Connection, campaign_id: str, on: date, *, by: str) -> None:
    """End a campaign early; it takes no answers any more and cannot be opened again.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If it was closed already, or its last day has passed.
    """
    close_campaign(connection, campaign_id, on)
    write_audit(connection, by, Act.CAMPAIGN_CLOSED, campaign_id)


def take_roster(connection: Connection, campaign_id: str, entries: Sequence[RosterEntry], *, by: str) -> int:
    """Store how many learners each placement has, in the place of an earlier roster; returns how many rows that had."""
    n_gone = replace_roster(connection, campaign_id, entries)
    write_audit(connection, by, Act.ROSTER_UPLOADED, campaign_id, rows=len(entries))
    return n_gone
