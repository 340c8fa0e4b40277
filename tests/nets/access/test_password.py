"""Passwords are long, kept by a slow hash, and unknown names take as long to refuse."""

import pytest
from argon2 import PasswordHasher

from nets.access.password import hash_password, invented_password, is_right, require_good
from nets.errors import InvalidSetting

GOOD = "nine grey kettles"


def test_only_the_password_itself_is_right() -> None:
    kept = hash_password(GOOD)
    assert is_right(GOOD, kept)
    assert not is_right(GOOD + " ", kept)
    assert not is_right("", kept)
    assert GOOD not in kept


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password(GOOD) != hash_password(GOOD)


def test_without_a_hash_no_password_is_right_and_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    verify = PasswordHasher.verify

    def spy(hasher: PasswordHasher, kept: str, typed: str) -> bool:
        tried.append(kept)
        return verify(hasher, kept, typed)

    monkeypatch.setattr(PasswordHasher, "verify", spy)
    assert not is_right(GOOD, None)
    (kept,) = tried
    assert kept.split("$")[:4] == hash_password(GOOD).split("$")[:4]  # the same algorithm, version and cost


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elevenchars", "12 to 200"),
        ("x" * 201, "12 to 200"),
        ("aaaabbbbcccc", "5 different"),
        ("jo-and-kettles", "name"),
    ],
)
def test_what_could_be_guessed_is_refused(password: str, problem: str) -> None:
    with pytest.raises(InvalidSetting, match=problem) as refused:
        require_good(password, "jo@example.org")
    assert password not in str(refused.value)


def test_an_invented_password_is_good_and_new_each_time() -> None:
    assert len({invented_password() for _ in range(100)}) == 100
    require_good(invented_password(), "jo@example.org")
    require_good(GOOD, "jo@example.org")
