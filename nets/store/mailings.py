"""The participation ledger as those who invite use it: whom to write to, what became of each message, and how many are where.

A message is marked before it is sent and settled afterwards, each in a transaction of its own. A run that dies in between leaves
one marked: nobody can know whether it went out, so the next run sends it neither again nor forgets it, but says so.

Invitations to answer once more (``nets.retest``) stand in the same ledger and are asked for with ``again``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Update, case, func, select, update

from nets.invitation import State
from nets.store.tables import invitations


@dataclass(frozen=True, slots=True)
class Due:
    """An invitation to write about: what it is known by, what is sealed, the placement, and how many messages went before."""

    token_hash: bytes
    sealed: bytes
    placement_id: str
    messages: int


def due_invitations(connection: Connection, campaign_id: str, *, again: bool = False) -> tuple[Due, ...]:
    """Those to whom nothing has been sent yet."""
    return _due(connection, campaign_id, again, invitations.c.state == State.NEW)


def due_reminders(
    connection: Connection, campaign_id: str, today: date, *, most: int, days_apart: int, again: bool = False
) -> tuple[Due, ...]:
    """Those who were written to, have not answered, and have had fewer than ``most`` reminders, the last long enough ago."""
    return _due(
        connection,
        campaign_id,
        again,
        invitations.c.state == State.SENT,
        invitations.c.messages <= most,
        invitations.c.changed_on <= today - timedelta(days=days_apart),
    )


def unanswered(connection: Connection, campaign_id: str, state: State) -> tuple[Due, ...]:
    """Those whose invitation is in this state."""
    return _due(connection, campaign_id, False, invitations.c.state == state)


def claim(connection: Connection, due: Due) -> bool:
    """Mark a message as being sent. False where it no longer may be: answered, stopped, or another run was quicker."""
    was = State.SENT if due.messages else State.NEW
    claimed = connection.execute(
        update(invitations)
        .where(
            invitations.c.token_hash == due.token_hash,
            invitations.c.state == was,
            invitations.c.messages == due.messages,
        )
        .values(state=State.SENDING)
        .returning(invitations.c.token_hash)
    )
    return claimed.scalar() is not None


def settle_sent(connection: Connection, due: Due, today: date) -> None:
    """Note that a message was taken for delivery."""
    connection.execute(_sent(today).where(invitations.c.token_hash == due.token_hash))


def settle_bounced(connection: Connection, due: Due, today: date) -> None:
    """Note that nothing can be delivered to the address."""
    connection.execute(
        _being_sent().where(invitations.c.token_hash == due.token_hash).values(state=State.BOUNCED, changed_on=today)
    )


def settle_not_sent(connection: Connection, due: Due) -> None:
    """Note that a message was certainly not sent: it is due as before."""
    connection.execute(_not_sent().where(invitations.c.token_hash == due.token_hash))


def resolve_unknown(
    connection: Connection, campaign_id: str, today: date, *, as_sent: bool, again: bool = False
) -> int:
    """Decide for all messages of a campaign of which nobody knows whether they went out. Returns how many there were."""
    decided = (_sent(today) if as_sent else _not_sent()).where(*_of(campaign_id, again))
    return len(connection.execute(decided.returning(invitations.c.token_hash)).all())


def mark_bounced(connection: Connection, persons: Iterable[bytes], today: date) -> int:
    """Send no more messages to addresses, given by their marks, that have bounced. Returns how many of them are in the ledger."""
    found = 0
    for person in persons:
        rows = connection.execute(
            update(invitations)
            .where(invitations.c.person == person)
            # whoever wants no messages is not counted among those who cannot be reached
            .values(
                state=case((invitations.c.state == State.OPTED_OUT, State.OPTED_OUT.value), else_=State.BOUNCED.value),
                changed_on=today,
            )
            .returning(invitations.c.token_hash)
        )
        found += bool(rows.all())
    return found


def count_states(connection: Connection, campaign_id: str, *, again: bool = False) -> dict[State, int]:
    """How many invitations without an answer are in each state."""
    query = select(invitations.c.state, func.count().label("n")).where(*_of(campaign_id, again))
    rows = connection.execute(query.group_by(invitations.c.state))
    found = {State(row.state): row.n for row in rows}
    return {state: found.get(state, 0) for state in State}


def count_reminders(connection: Connection, campaign_id: str) -> dict[int, int]:
    """Of those who were written to and have not answered, how many have had no reminder, one, and so on."""
    query = select(invitations.c.messages, func.count().label("n")).where(
        *_of(campaign_id, False), invitations.c.state == State.SENT
    )
    rows = connection.execute(query.group_by(invitations.c.messages).order_by(invitations.c.messages))
    return {row.messages - 1: row.n for row in rows}


def _of(campaign_id: str, again: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    link = invitations.c.link
    return invitations.c.campaign_id == campaign_id, link.is_not(None) if again else link.is_(None)


def _due(connection: Connection, campaign_id: str, again: bool, *conditions: ColumnElement[bool]) -> tuple[Due, ...]:
    query = select(
        invitations.c.token_hash, invitations.c.sealed, invitations.c.placement_id, invitations.c.messages
    ).where(*_of(campaign_id, again), *conditions)
    rows = connection.execute(query.order_by(invitations.c.token_hash))
    return tuple(Due(bytes(row[0]), bytes(row[1]), row[2], row[3]) for row in rows)


def _being_sent() -> Update:
    return update(invitations).where(invitations.c.state == State.SENDING)


def _sent(today: date) -> Update:
    return _being_sent().values(state=State.SENT, messages=invitations.c.messages + 1, changed_on=today)


def _not_sent() -> Update:
    was = case((invitations.c.messages > 0, State.SENT.value), else_=State.NEW.value)
    return _being_sent().values(state=was)
