"""``nets keys``: a key is printed once, listed without its secret, and revoked."""

from datetime import date
from pathlib import Path
from typing import Any

from nets.store.api_keys import find_key
from nets.store.database import Database


def test_a_key_is_made_listed_and_revoked(nets: Any, database_file: Path) -> None:
    said = nets("keys", "add", "dashboard", "--role", "national", "--days", 30, "--requests", 5)
    assert said.code == 0, said.errors
    sent = said.out.split("key: ")[1].strip()
    database = Database(f"sqlite:///{database_file}")
    with database.read() as connection:
        key = find_key(connection, sent, date.today())
    assert key is not None
    assert key.requests_a_minute == 5
    listed = nets("keys", "list").out
    assert listed.startswith(f"{key.id}  national")
    assert "opens  dashboard" in listed
    assert sent.rsplit("_", 1)[1] not in listed
    assert nets("keys", "revoke", key.id).out == f"{key.id} opens no more\n"
    assert "revoked" in nets("keys", "list").out
    with database.read() as connection:
        assert find_key(connection, sent, date.today()) is None


def test_what_cannot_be_is_refused_in_words(nets: Any) -> None:
    said = nets("keys", "add", " ", "--role", "data_protection")
    assert said.code == 1
    assert [line.split(":")[1].strip() for line in said.errors] == ["title", "role"]
    assert nets("keys", "revoke", "nothing").errors == ["nets: there is no key nothing"]
    assert nets("keys", "list").errors == ["there are no keys yet; nets keys add makes one"]
