"""A key is shown once, found by the whole of it, and opens nothing after its time."""

from datetime import date, timedelta

import pytest

from nets.access.api_key import ApiKey, new_key_id, parts_of
from nets.access.audit import Act
from nets.access.roles import Door, Role
from nets.errors import InvalidSetting, NotFound, Refused
from nets.store.api_keys import add_key, find_key, list_keys, principal_of_key, revoke_key
from nets.store.audit import read_audit
from nets.store.database import Database
from nets.store.tables import api_keys

TODAY = date(2026, 3, 10)
LAST = TODAY + timedelta(days=30)


def new_key(scope_id: str = "P-1") -> ApiKey:
    return ApiKey(new_key_id(), "dashboard", Role.PROVIDER, scope_id, 60, TODAY, LAST)


def test_a_key_is_found_by_the_whole_of_it(filled: Database) -> None:
    key, other = new_key(), new_key()
    with filled.begin() as connection:
        sent = add_key(connection, key, by="ann")
        add_key(connection, other, by="ann")
        assert find_key(connection, sent, TODAY) == key
        assert find_key(connection, sent, LAST + timedelta(days=1)) is None
        assert find_key(connection, sent[:-1] + ("A" if sent[-1] != "A" else "B"), TODAY) is None
        assert find_key(connection, sent.replace(key.id, other.id), TODAY) is None
        assert find_key(connection, "", TODAY) is None
        assert principal_of_key(connection, key).scope == ("R-1", "L-1", "P-1")
        assert principal_of_key(connection, key).door is Door.API_KEY


def test_a_revoked_key_opens_nothing(filled: Database) -> None:
    key = new_key()
    with filled.begin() as connection:
        sent = add_key(connection, key, by="ann")
        revoke_key(connection, key.id, by="ann", today=TODAY)
        assert find_key(connection, sent, TODAY) is None
        assert [listed.revoked_on for listed in list_keys(connection)] == [TODAY]
        with pytest.raises(Refused, match="revoked already"):
            revoke_key(connection, key.id, by="ann", today=TODAY)
        with pytest.raises(NotFound, match="no key nothing"):
            revoke_key(connection, "nothing", by="ann", today=TODAY)


def test_the_secret_is_neither_kept_nor_written_down(filled: Database) -> None:
    with filled.begin() as connection:
        key = new_key()
        parts = parts_of(add_key(connection, key, by="ann"))
        assert parts is not None
        kept = connection.execute(api_keys.select()).all()
        (row,) = read_audit(connection)
    assert parts[1] not in repr(kept) + repr(row)
    assert (row.who, row.act, row.about) == ("ann", Act.KEY_ADDED, key.id)


def test_a_key_of_a_place_at_another_level_is_not_added(filled: Database) -> None:
    with pytest.raises(InvalidSetting, match="S-1 is a site"), filled.begin() as connection:
        add_key(connection, new_key("S-1"), by="ann")
