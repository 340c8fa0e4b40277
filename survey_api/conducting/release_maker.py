"""Makes releases in a process of its own, so that nobody who answers meanwhile waits for it."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context

from nets.errors import Refused
from nets.releases.releasing import make_release
from nets.store.database import Database


class ReleaseMaker:
    """Makes one release at a time."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._is_making = False

    async def make(self, campaign_id: str, on: date, by: str) -> str:
        """The id of the release that was made.

        Raises
        ------
        NotFound
            If there is no such campaign.
        Refused
            If nobody has answered yet, or another release is being made.
        """
        if self._is_making:
            raise Refused("a release is being made just now; try again when it is there")
        self._is_making = True
        # A fresh process: one that is forked would share the database connections of this one.
        process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            return await asyncio.wrap_future(process.submit(_make, self._database_url, campaign_id, on, by))
        finally:
            process.shutdown(wait=False)
            self._is_making = False


def _make(database_url: str, campaign_id: str, on: date, by: str) -> str:
    database = Database(database_url)
    try:
        return make_release(database, campaign_id, on, by=by).header.id
    finally:
        database.dispose()
