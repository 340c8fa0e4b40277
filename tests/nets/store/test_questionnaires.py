"""Published versions are stored once and come back byte for byte."""

import dataclasses
import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from nets.campaign import AccessMode
from nets.errors import NetsError, NotFound, Refused
from nets.store.campaigns import add_campaign
from nets.store.database import Database
from nets.store.questionnaires import add_version, asked_versions, get_version, list_versions


def with_bytes(version: Any, document: bytes) -> Any:
    return dataclasses.replace(version, document=document, digest=hashlib.sha256(document).hexdigest())


def test_a_version_comes_back_byte_for_byte(filled: Database, small: Any) -> None:
    with filled.read() as connection:
        stored = get_version(connection, "small", "1.0")
    assert stored.document == small.version.document
    assert stored.digest == small.version.digest
    assert stored.items == small.version.items


def test_storing_the_same_bytes_again_does_nothing(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        add_version(connection, small.version)
        assert list_versions(connection) == (("small", "1.0", small.version.digest),)


def test_other_bytes_under_the_same_version_are_refused(filled: Database, small: Any) -> None:
    with pytest.raises(Refused, match=r"small 1\.0 is already published"), filled.begin() as connection:
        add_version(connection, with_bytes(small.version, small.version.document + b"\n"))


def test_a_version_that_was_never_stored_is_not_found(filled: Database) -> None:
    with pytest.raises(NotFound, match=r"small 9\.9"), filled.read() as connection:
        get_version(connection, "small", "9.9")


def test_versions_are_listed_in_order(filled: Database, small: Any) -> None:
    later = dataclasses.replace(with_bytes(small.version, small.version.document + b" "), version="2.0")
    with filled.begin() as connection:
        add_version(connection, later)
        assert [row[:2] for row in list_versions(connection)] == [("small", "1.0"), ("small", "2.0")]


def test_what_learners_are_asked_is_told_apart_from_what_was_imported(filled: Database, small: Any) -> None:
    imported = dataclasses.replace(with_bytes(small.version, small.version.document + b" "), version="2.0")
    again = dataclasses.replace(small.campaign, id="small-2027")
    with filled.begin() as connection:
        add_version(connection, imported)
        past = {"id": "past", "questionnaire_version": "2.0", "access_mode": AccessMode.IMPORTED}
        add_campaign(connection, dataclasses.replace(small.campaign, **past))
        add_campaign(connection, again)
        assert asked_versions(connection) == (("small", "1.0", small.version.digest),)


def test_stored_bytes_that_do_not_have_their_digest_are_not_served(filled: Database, small: Any) -> None:
    with filled.begin() as connection:
        connection.execute(
            text("INSERT INTO questionnaire_versions VALUES ('small', '3.0', :digest, :document)"),
            {"digest": "0" * 64, "document": small.version.document},
        )
    with pytest.raises(NetsError, match=r"small 3\.0 is damaged"), filled.read() as connection:
        get_version(connection, "small", "3.0")
