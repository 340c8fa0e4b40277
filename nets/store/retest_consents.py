"""Who agreed to be asked once more: kept with the response, and forgotten but for a hash when it was decided about her."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select, update

from nets.invitation import SpentInvitation
from nets.retest import Consented, ConsentState, seal_consent
from nets.store.tables import retest_consents


@dataclass(frozen=True, slots=True)
class WaitingConsent:
    """A consent about which nothing was decided yet; ``person`` is the ledger's mark."""

    id: UUID
    person: bytes
    sealed: bytes


def keep_consent(
    connection: Connection,
    campaign_id: str,
    public_key: bytes,
    spent: SpentInvitation,
    *,
    response_id: UUID,
    placement_id: str,
    learner_group: str,
) -> None:
    """Note that a learner agreed, in the transaction that stores her response and spends her invitation.

    Parameters
    ----------
    public_key
        Of the campaign's retest.
    spent
        What the ledger held of her.
    response_id, placement_id, learner_group
        The response, and what it is about.
    """
    consented = Consented(response_id, placement_id, learner_group, spent.sealed, spent.token_hash)
    connection.execute(
        insert(retest_consents),
        {
            "id": uuid4(),
            "campaign_id": campaign_id,
            "person": spent.person,
            "state": ConsentState.WAITING,
            "sealed": seal_consent(public_key, consented),
            "link": b"",
        },
    )


def stop_consents(connection: Connection, person: bytes) -> None:
    """Ask a learner, by the ledger's mark of her, no more; what was sealed is forgotten."""
    table = retest_consents
    connection.execute(
        update(table)
        .where(table.c.person == person, table.c.state == ConsentState.WAITING)
        .values(state=ConsentState.STOPPED, person=b"", sealed=b"")
    )


def count_consents(connection: Connection, campaign_id: str) -> dict[ConsentState, int]:
    """How many consents are in each state."""
    query = select(retest_consents.c.state, func.count().label("n")).where(retest_consents.c.campaign_id == campaign_id)
    found = {ConsentState(row.state): row.n for row in connection.execute(query.group_by(retest_consents.c.state))}
    return {state: found.get(state, 0) for state in ConsentState}


def waiting_consents(connection: Connection, campaign_id: str) -> tuple[WaitingConsent, ...]:
    """Consents about which nothing was decided yet."""
    table = retest_consents
    query = select(table.c.id, table.c.person, table.c.sealed).where(
        table.c.campaign_id == campaign_id, table.c.state == ConsentState.WAITING
    )
    return tuple(WaitingConsent(row[0], bytes(row[1]), bytes(row[2])) for row in connection.execute(query))


def decide_consent(connection: Connection, consent: WaitingConsent, state: ConsentState, link: bytes) -> bool:
    """Note what becomes of a consent and forget whose it was; False where another run or the learner was quicker."""
    table = retest_consents
    decided = connection.execute(
        update(table)
        .where(table.c.id == consent.id, table.c.state == ConsentState.WAITING)
        .values(state=state, person=b"", sealed=b"", link=link)
        .returning(table.c.id)
    )
    return decided.scalar() is not None


def links_of_consents(connection: Connection, campaign_id: str) -> Mapping[bytes, ConsentState]:
    """By the hash of the first response: what became of the consents that were decided."""
    table = retest_consents
    query = select(table.c.link, table.c.state).where(table.c.campaign_id == campaign_id)
    return {bytes(row[0]): ConsentState(row[1]) for row in connection.execute(query) if row[0]}
