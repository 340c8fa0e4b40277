"""On the way to a response: keys that make a retry find what it sent, and drafts."""

from typing import Final

from sqlalchemy import Column, Date, LargeBinary, Table

from nets.store.tables.schema import metadata

submission_keys: Final = Table(
    "submission_keys",
    metadata,
    Column("key_hash", LargeBinary(32), primary_key=True),
    Column("body_mac", LargeBinary(32), nullable=False),
    Column("received_on", Date, nullable=False),
    sqlite_with_rowid=False,
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_on", Date, nullable=False),
    sqlite_with_rowid=False,
)
