"""Write what learners sent anew, in random order, so that nothing in the database or its files tells who came when.

Tables share no key and no time finer than a day, and yet they remember: PostgreSQL stamps every row with its transaction
(``xmin``) and lays rows down in the order of their arrival (``ctid``), so that whoever holds a learner's submission key, or the
token of her draft, finds the response that was written beside it; 500 of 500 in a trial. On SQLite the tables are kept by their
random keys, but within a page, and in the write-ahead log, the newest row lies behind the older ones.

After this every row has the same stamp, the place of each is drawn at random, and the files hold nothing of before.
"""

from datetime import date
from typing import Final

from sqlalchemy import Connection, Table, text

from nets.errors import StoreUnavailable
from nets.store.database import Database
from nets.store.drafts import purge_drafts
from nets.store.invitations import purge_invitations
from nets.store.retests import forget_retests
from nets.store.submissions import purge_submission_keys
from nets.store.tables import (
    answered_invitations,
    break_offs,
    comments,
    drafts,
    invitations,
    invited_learners,
    receipt_comments,
    receipts,
    responses,
    retest_answers,
    retest_consents,
    retests,
    submission_keys,
)

WRITTEN_BY_LEARNERS: Final[tuple[Table, ...]] = (
    responses,
    comments,
    submission_keys,
    drafts,
    answered_invitations,
    receipts,
    receipt_comments,
    retest_consents,
    retest_answers,
)
"""Every table in which one learner's act is one row."""

CHANGED_BY_LEARNERS: Final[tuple[Table, ...]] = (invitations, invited_learners)
"""Tables that others fill and of which one learner's act changes a row."""


def shuffle(database: Database, today: date) -> None:
    """Forget drafts, submission keys, invitations and retests that have had their time, and draw the order of all other rows anew.

    Learners who send meanwhile wait: about a second for a hundred thousand responses.

    Raises
    ------
    StoreUnavailable
        If others kept the database busy; all is as it was, or shuffled but with traces of the old order left on the disk.
    """
    with database.begin() as connection:
        purge_drafts(connection, today)
        purge_submission_keys(connection, today)
        forget_retests(connection, today)  # first, for it counts whom the ledger has
        purge_invitations(connection, today)
    if database.is_postgresql:
        tables = (*WRITTEN_BY_LEARNERS, *CHANGED_BY_LEARNERS)
        for table in tables:
            # each in its own transaction: who holds one table never waits for another, so no writer can deadlock with it
            with database.begin() as connection:
                _rewrite(connection, table.name)
        # of sums, too, the earlier ones go, and keys that were destroyed
        names = ", ".join(table.name for table in (*tables, break_offs, retests))
        database.run_alone("SET statement_timeout = 0", f"VACUUM (FULL, ANALYZE) {names}", "RESET statement_timeout")
        return
    # Rows lie by their random keys, and VACUUM lays them down in that order; then nothing may be left in the log.
    ((is_busy, *_),) = database.run_alone("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    if is_busy:
        raise StoreUnavailable("the database's log could not be emptied, because somebody was reading; try again")


def _rewrite(connection: Connection, table: str) -> None:
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    # EXCLUSIVE, for drafts are read FOR UPDATE: who had waited for a row would find it gone, and not the one in its place
    connection.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))
    connection.execute(
        text(
            f"WITH gone AS (DELETE FROM {table} RETURNING *) "  # noqa: S608 - the name of a table of our own
            f"INSERT INTO {table} SELECT * FROM gone ORDER BY gen_random_uuid()"
        )
    )
