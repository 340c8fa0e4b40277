"""What is kept for a time alone: unsent answers until their last day, submission keys as long as a phone may send again."""

from datetime import date

from nets.store.database import Connection
from nets.store.drafts import purge_drafts
from nets.store.submissions import purge_submission_keys


class Retention:
    """Forgets once a day. Whole tables are looked through, which not every learner who begins should wait for."""

    def __init__(self) -> None:
        self._done_on: date | None = None

    def forget(self, connection: Connection, today: date) -> None:
        """Delete what has had its time, unless this process did so today."""
        if self._done_on == today:
            return
        purge_drafts(connection, today)
        purge_submission_keys(connection, today)
        self._done_on = today
