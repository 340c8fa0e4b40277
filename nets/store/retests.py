"""Retests of campaigns: opened with a key of their own, counted, and destroyed with all that links two answers of a learner."""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, ScalarSelect, delete, func, insert, select, update

from nets.access.audit import Act
from nets.campaign import AccessMode, AnonymityMode
from nets.errors import NotFound, Refused
from nets.invitation import InvitationKey
from nets.retest import ConsentState, PlacementChange, RetestKey, key_is_kept_until, new_secret
from nets.store.audit import write_audit
from nets.store.campaigns import get_campaign
from nets.store.tables import invitations, receipts, retest_answers, retest_consents, retests

BY_SCHEDULE: Final = "schedule"
"""What the audit trail calls the destruction of a key whose time was over."""


@dataclass(frozen=True, slots=True)
class RetestCounts:
    """How many learners came how far in a retest.

    Attributes
    ----------
    agreed
        Agreed to be asked once more.
    drawn
        Of those drawn at random when their time had come.
    invited
        Of those sent a message that was taken for delivery.
    answered, stable
        Answered once more, and said that the placement had not changed.
    """

    agreed: int
    drawn: int
    invited: int
    answered: int
    stable: int


@dataclass(frozen=True, slots=True)
class OpenRetest:
    """A retest with its key, of which the secret half is sealed; ``share`` is the per cent of those who agreed that are drawn."""

    campaign_id: str
    public_key: bytes
    sealed_key: bytes
    share: int
    opened_on: date
    is_compared: bool

    def key(self, operators: InvitationKey) -> RetestKey:
        """The secret half of the key; InvalidSetting where the operator's key is not the one that it was sealed with."""
        return RetestKey(operators.open_key(self.campaign_id, self.sealed_key))


@dataclass(frozen=True, slots=True)
class DestroyedRetest:
    """A retest of which the numbers are left."""

    campaign_id: str
    destroyed_on: date
    counts: RetestCounts


Retest: TypeAlias = OpenRetest | DestroyedRetest


def open_retest(connection: Connection, operators: InvitationKey, campaign_id: str, share: int, today: date) -> None:
    """Give a campaign a key of its own, so that its learners are asked whether they may be invited once more.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If it is anonymous, learners do not come by invitation, its last day has passed, or it has had a retest.
    """
    campaign = get_campaign(connection, campaign_id)
    if campaign.anonymity_mode is not AnonymityMode.CONFIDENTIAL:
        raise Refused(
            f"{campaign_id} is anonymous: nothing may link two answers of a learner, so it can have no retest"
        )
    if campaign.access_mode is not AccessMode.INVITATION:
        raise Refused(
            f"learners come to {campaign_id} by {campaign.access_mode.replace('_', ' ')}, not by invitation: there is no "
            "address to invite anybody by once more"
        )
    if today > campaign.last_day:
        raise Refused(f"{campaign_id} takes no answers any more; {campaign.ending}")
    if find_retest(connection, campaign_id) is not None:
        raise Refused(f"{campaign_id} has had a retest opened already")
    secret = new_secret()
    connection.execute(
        insert(retests),
        {
            "campaign_id": campaign_id,
            "public_key": RetestKey(secret).public,
            "sealed_key": operators.seal_key(campaign_id, secret),
            "share": share,
            "opened_on": today,
            **dict.fromkeys(("agreed", "drawn", "invited", "answered", "stable"), 0),
        },
    )


def find_retest(connection: Connection, campaign_id: str) -> Retest | None:
    """The retest of a campaign, if one was opened."""
    row = connection.execute(select(retests).where(retests.c.campaign_id == campaign_id)).one_or_none()
    if row is None:
        return None
    if row.destroyed_on is not None:
        counts = RetestCounts(row.agreed, row.drawn, row.invited, row.answered, row.stable)
        return DestroyedRetest(campaign_id, row.destroyed_on, counts)
    return OpenRetest(
        campaign_id, bytes(row.public_key), bytes(row.sealed_key), row.share, row.opened_on, row.compared_on is not None
    )


def get_open_retest(connection: Connection, campaign_id: str) -> OpenRetest:
    """The retest of a campaign while there is a key.

    Raises
    ------
    NotFound
        If there is no such campaign, or it has no retest.
    Refused
        If the key was destroyed.
    """
    get_campaign(connection, campaign_id)
    found = find_retest(connection, campaign_id)
    if found is None:
        raise NotFound(f"{campaign_id} has no retest; one is opened with: nets retest open {campaign_id}")
    if isinstance(found, DestroyedRetest):
        raise Refused(
            f"the key of {campaign_id}'s retest was destroyed on {found.destroyed_on}: nothing links two answers any more"
        )
    return found


def count_retest(connection: Connection, campaign_id: str) -> RetestCounts:
    """How many came how far, counted from what is there while there is a key."""
    consents, answers, ledger = retest_consents.c, retest_answers.c, invitations.c
    answered = _count(connection, answers.campaign_id == campaign_id)
    return RetestCounts(
        agreed=_count(connection, consents.campaign_id == campaign_id),
        drawn=_count(connection, consents.campaign_id == campaign_id, consents.state == ConsentState.DRAWN),
        invited=answered
        + _count(connection, ledger.campaign_id == campaign_id, ledger.link.is_not(None), ledger.messages > 0),
        answered=answered,
        stable=_count(connection, answers.campaign_id == campaign_id, answers.change == PlacementChange.STABLE),
    )


def note_comparison(connection: Connection, campaign_id: str, today: date) -> None:
    """Note that the two answers were compared."""
    connection.execute(update(retests).where(retests.c.campaign_id == campaign_id).values(compared_on=today))


def destroy_retest(connection: Connection, campaign_id: str, today: date) -> RetestCounts:
    """Delete the key, the second answers, open second invitations and every consent. The numbers stay.

    Raises
    ------
    NotFound
        If the campaign has no retest.
    Refused
        If it was destroyed before.
    """
    get_open_retest(connection, campaign_id)
    counts = count_retest(connection, campaign_id)
    connection.execute(delete(receipts).where(receipts.c.response_id.in_(_ids_of_answers(campaign_id))))
    for table in (retest_answers, retest_consents):
        connection.execute(delete(table).where(table.c.campaign_id == campaign_id))
    connection.execute(
        delete(invitations).where(invitations.c.campaign_id == campaign_id, invitations.c.link.is_not(None))
    )
    connection.execute(
        update(retests)
        .where(retests.c.campaign_id == campaign_id)
        .values(
            public_key=b"",
            sealed_key=b"",
            destroyed_on=today,
            agreed=counts.agreed,
            drawn=counts.drawn,
            invited=counts.invited,
            answered=counts.answered,
            stable=counts.stable,
        )
    )
    return counts


def forget_retests(connection: Connection, today: date) -> int:
    """Destroy the retests whose time is over, and write it down. Returns how many there were."""
    kept = connection.execute(select(retests.c.campaign_id).where(retests.c.destroyed_on.is_(None))).scalars().all()
    over = [one for one in kept if key_is_kept_until(get_campaign(connection, one)) < today]
    for campaign_id in over:
        counts = destroy_retest(connection, campaign_id, today)
        write_audit(connection, BY_SCHEDULE, Act.RETEST_DESTROYED, campaign_id, answered=counts.answered)
    return len(over)


def _ids_of_answers(campaign_id: str) -> ScalarSelect[UUID]:
    query = select(retest_answers.c.id).where(retest_answers.c.campaign_id == campaign_id)
    return query.scalar_subquery()


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(*conditions)).scalar_one()
