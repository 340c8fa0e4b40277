"""What a driver says, in our words. PostgreSQL quotes the failing row in its message, and answers must never reach a log."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nets.errors import InvalidSetting, NetsError, Refused, StoreUnavailable


@contextmanager
def errors_in_our_words() -> Iterator[None]:
    """Turn a driver's error into the domain's, and cut the chain: only the primary message is free of row contents."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, psycopg.Error) as error:
        raise _in_our_words(error.orig if isinstance(error, DBAPIError) else error) from None
    except PoolTimeout:
        raise StoreUnavailable("every connection to the database is in use") from None
    except UnicodeEncodeError:
        raise InvalidSetting("text with half of a surrogate pair cannot be stored or looked up") from None


def _in_our_words(error: Any) -> NetsError:
    if isinstance(error, (sqlite3.DataError, psycopg.DataError)):  # its message quotes the value
        return InvalidSetting("a value cannot be stored or looked up, for instance text with a NUL character")
    message = (
        error.diag.message_primary if isinstance(error, psycopg.Error) and error.diag.message_primary else str(error)
    )
    if isinstance(error, (sqlite3.IntegrityError, psycopg.IntegrityError)):
        return Refused(message)
    # one line: psycopg goes on in a second one when it cannot connect
    return StoreUnavailable(f"the database did not answer as it should: {' '.join(message.split())}")
