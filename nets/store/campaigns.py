"""Campaigns: what they fix stays fixed from the first response on (a trigger on either engine sees to it)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from nets.campaign import AccessMode, AnonymityMode, Campaign
from nets.errors import NotFound, Refused
from nets.store.plain_sql import day
from nets.store.questionnaires import get_version
from nets.store.tables import campaigns


def add_campaign(connection: Connection, campaign: Campaign) -> None:
    """Store a new campaign.

    Raises
    ------
    NotFound
        If its questionnaire version is not published.
    Refused
        If there is a campaign of this id.
    """
    get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
    if connection.execute(select(campaigns.c.id).where(campaigns.c.id == campaign.id)).scalar() is not None:
        raise Refused(f"there is already a campaign {campaign.id}")
    connection.execute(
        campaigns.insert(),
        {
            "id": campaign.id,
            "title": campaign.title,
            "questionnaire_id": campaign.questionnaire_id,
            "questionnaire_version": campaign.questionnaire_version,
            "opens_on": campaign.opens_on,
            "closes_on": campaign.closes_on,
            "closed_on": campaign.closed_on,
            "access_mode": campaign.access_mode.value,
            "anonymity_mode": campaign.anonymity_mode.value,
            "place_floor": campaign.place_floor,
            "breakdown_floor": campaign.breakdown_floor,
        },
    )


def get_campaign(connection: Connection, campaign_id: str) -> Campaign:
    """One campaign by its id, or NotFound."""
    row = connection.execute(select(campaigns).where(campaigns.c.id == campaign_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return campaign_of(row)


def list_campaigns(connection: Connection) -> tuple[Campaign, ...]:
    """Every campaign, the newest opening first."""
    found = map(campaign_of, connection.execute(select(campaigns)).mappings())
    return tuple(sorted(found, key=lambda campaign: (campaign.opens_on, campaign.id), reverse=True))


def close_campaign(connection: Connection, campaign_id: str, on: date) -> None:
    """End a campaign early: from this day on it takes no answers. The planned last day stays on record.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If it was closed already, or its last day has passed.
    """
    campaign = get_campaign(connection, campaign_id)
    if campaign.closed_on is not None:
        raise Refused(f"campaign {campaign_id} was already closed on {campaign.closed_on}")
    if on > campaign.closes_on:
        raise Refused(f"campaign {campaign_id} takes no answers any more; {campaign.ending}")
    connection.execute(campaigns.update().where(campaigns.c.id == campaign_id).values(closed_on=on))


def campaign_of(row: Mapping[Any, Any]) -> Campaign:
    """The campaign in a row that holds every column of its table, whether SQLAlchemy has read it or the driver alone."""
    return Campaign(
        id=row["id"],
        title=row["title"],
        questionnaire_id=row["questionnaire_id"],
        questionnaire_version=row["questionnaire_version"],
        opens_on=day(row["opens_on"]),
        closes_on=day(row["closes_on"]),
        access_mode=AccessMode(row["access_mode"]),
        anonymity_mode=AnonymityMode(row["anonymity_mode"]),
        place_floor=row["place_floor"],
        breakdown_floor=row["breakdown_floor"],
        closed_on=day(row["closed_on"]),
    )
