"""Break-offs: for each step of a campaign's path how many learners reached it and how many of them went on. Sums alone."""

from collections.abc import Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from nets.break_off import StepCount
from nets.store.tables import break_offs


def add_step_counts(connection: Connection, counts: Mapping[tuple[str, str], StepCount]) -> None:
    """Add to the counts of steps, by campaign id and step.

    In a transaction of its own and for many learners at once: a count that is written together with one learner's row would bear
    the stamp of the same transaction.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(break_offs)
    add = row.on_conflict_do_update(
        index_elements=["campaign_id", "step"],
        set_={
            "reached": break_offs.c.reached + row.excluded.reached,
            "went_on": break_offs.c.went_on + row.excluded.went_on,
        },
    )
    # In one order everywhere, so that of two processes neither waits for a row while it holds one that the other waits for.
    for (campaign_id, step), count in sorted(counts.items()):
        connection.execute(
            add, {"campaign_id": campaign_id, "step": step, "reached": count.reached, "went_on": count.went_on}
        )


def read_step_counts(connection: Connection, campaign_id: str) -> dict[str, StepCount]:
    """The counts of a campaign by step; empty where nobody has begun."""
    query = select(break_offs.c.step, break_offs.c.reached, break_offs.c.went_on)
    rows = connection.execute(query.where(break_offs.c.campaign_id == campaign_id))
    return {row.step: StepCount(row.reached, row.went_on) for row in rows}
