"""The one way of a page or route to a release: opened for its reader, within her scope."""

from collections.abc import Iterator
from contextlib import contextmanager

from nets.access.roles import Principal
from nets.reading import ReleaseReader, open_release
from survey_api.dependencies import Service


@contextmanager
def released(service: Service, reader: Principal, release_id: str) -> Iterator[ReleaseReader]:
    """A release to read from while the block lasts; NotFound where there is none of this id."""
    with service.database.within(reader.scope).read() as connection:
        yield open_release(connection, reader, release_id)
