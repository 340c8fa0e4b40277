"""What the service does every night: forget what has had its time, and shuffle what learners sent (``nets.store.shuffling``)."""

import asyncio
import logging
from datetime import date, datetime, timedelta
from typing import Final

from nets.errors import NetsError
from nets.store.database import Database
from nets.store.shuffling import shuffle
from survey_api.dependencies import Service

_HOUR: Final = 3600.0

_log = logging.getLogger(__name__)


async def every_night(service: Service) -> None:
    """Tidy at the hour that is set, until cancelled; where it fails, again an hour later."""
    wait = seconds_until(service.settings.night_hour, datetime.now())
    while True:
        await asyncio.sleep(wait)
        done = await asyncio.to_thread(tidy, service.database, service.today())
        wait = seconds_until(service.settings.night_hour, datetime.now()) if done else _HOUR


def tidy(database: Database, today: date) -> bool:
    """Do a night's work. False where the database would not let it be done; what cannot be written can still be read."""
    try:
        shuffle(database, today)
    except NetsError as error:
        _log.error("what learners sent could not be forgotten and shuffled: %s", error)
        return False
    return True


def seconds_until(hour: int, now: datetime) -> float:
    """How long it is to the next full hour of this number, on the machine's clock."""
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return ((then if then > now else then + timedelta(days=1)) - now).total_seconds()
