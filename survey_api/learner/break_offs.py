"""How far learners come, counted in memory and stored once an hour, so that no stored row goes with one learner's step."""

import asyncio
import logging
from collections import Counter
from threading import Lock
from typing import Final

from nets.break_off import StepCount
from nets.errors import NetsError
from nets.store.break_offs import add_step_counts
from nets.store.database import Database

_HOUR: Final = 3600.0

_log = logging.getLogger(__name__)


class BreakOffs:
    """The counts of this process that are not stored yet; a process that is killed loses them, one that is stopped does not."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reached: Counter[tuple[str, str]] = Counter()
        self._went_on: Counter[tuple[str, str]] = Counter()
        self._counting = Lock()

    def advance(self, campaign_id: str, before: str, after: str) -> None:
        """Count a learner who had come as far as ``before``, empty where she has just begun, and is now at ``after``."""
        if before == after:
            return
        with self._counting:
            self._reached[campaign_id, after] += 1
            if before:
                self._went_on[campaign_id, before] += 1

    def store(self) -> None:
        """Store what was counted; where that fails, keep it for the next time."""
        with self._counting:
            reached, self._reached = self._reached, Counter()
            went_on, self._went_on = self._went_on, Counter()
        counts = {step: StepCount(reached[step], went_on[step]) for step in reached.keys() | went_on.keys()}
        if not counts:
            return
        try:
            with self._database.begin() as connection:
                add_step_counts(connection, counts)
        except NetsError as error:
            _log.error("how far learners came could not be stored: %s", error)
            with self._counting:
                self._reached += reached
                self._went_on += went_on


async def every_hour(counted: BreakOffs) -> None:
    """Store the counts once an hour, until cancelled."""
    while True:
        await asyncio.sleep(_HOUR)
        await asyncio.to_thread(counted.store)
