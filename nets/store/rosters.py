"""Rosters: how many learners of each group a placement has in a campaign. Numbers alone, no learner is named."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, select

from nets.campaign import AccessMode, Campaign
from nets.response_rate import CampaignRates, Cell, RosterEntry, campaign_rates
from nets.store.campaigns import get_campaign
from nets.store.invitations import read_invited
from nets.store.responses import count_responses_by_cell
from nets.store.tables import invited_learners, rosters


def replace_roster(connection: Connection, campaign_id: str, entries: Iterable[RosterEntry]) -> int:
    """Store a campaign's roster in the place of an earlier one; returns how many entries that had.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If a placement is not in the database, or one stands there twice with a learner group.
    """
    get_campaign(connection, campaign_id)
    gone = len(connection.execute(delete(rosters).where(rosters.c.campaign_id == campaign_id).returning(rosters)).all())
    rows = [
        {
            "campaign_id": campaign_id,
            "placement_id": entry.placement_id,
            "learner_group": entry.learner_group,
            "learners": entry.learners,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(rosters.insert(), rows)
    return gone


def read_roster(connection: Connection, campaign_id: str) -> dict[Cell, int]:
    """How many learners each group has at each placement; empty if the campaign has no roster."""
    query = select(rosters.c.placement_id, rosters.c.learner_group, rosters.c.learners)
    rows = connection.execute(query.where(rosters.c.campaign_id == campaign_id))
    return {(row.placement_id, row.learner_group): row.learners for row in rows}


def read_learners(connection: Connection, campaign: Campaign) -> dict[Cell, int]:
    """How many learners could answer: those invited or, without invitations, those of the roster; empty if nobody knows."""
    if campaign.access_mode is AccessMode.INVITATION:
        return read_invited(connection, campaign.id).invited
    return read_roster(connection, campaign.id)


def learners_at(connection: Connection, campaign: Campaign, placement_id: str) -> int | None:
    """How many learners a placement has as far as is known: those invited there or, without invitations, those of the roster."""
    is_invited = campaign.access_mode is AccessMode.INVITATION
    table, number = (invited_learners, invited_learners.c.invited) if is_invited else (rosters, rosters.c.learners)
    query = select(func.sum(number)).where(table.c.campaign_id == campaign.id, table.c.placement_id == placement_id)
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def read_rates(connection: Connection, campaign: Campaign) -> CampaignRates:
    """A campaign's exact response rates.

    By the ledger where learners were invited, whatever a roster says: it knows both numbers without a look at a response.
    """
    if campaign.access_mode is AccessMode.INVITATION:
        learners = read_invited(connection, campaign.id)
        return campaign_rates(learners.answered, learners.invited)
    return campaign_rates(count_responses_by_cell(connection, campaign.id), read_roster(connection, campaign.id))
