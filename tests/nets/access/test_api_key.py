"""A key has an id to show and a secret, reads scores of its scope, and does so for a while."""

from datetime import date, timedelta

import pytest

from nets.access.api_key import ApiKey, new_key_id, new_secret, parts_of, whole_key
from nets.access.roles import Role
from nets.errors import InvalidSetting

TODAY = date(2026, 3, 10)


def key(**changes: object) -> ApiKey:
    fields = {
        "id": "k7qmt4xd",
        "title": "dashboard",
        "role": Role.PROVIDER,
        "scope_id": "P-1",
        "requests_a_minute": 60,
        "added_on": TODAY,
        "expires_on": TODAY + timedelta(days=30),
        "revoked_on": None,
    }
    return ApiKey(**(fields | changes))  # type: ignore[arg-type] # fields by name


def test_a_key_opens_until_its_last_day_and_not_after_it_was_revoked() -> None:
    assert key().opens(TODAY)
    assert key().opens(TODAY + timedelta(days=30))
    assert not key().opens(TODAY + timedelta(days=31))
    assert not key(revoked_on=TODAY).opens(TODAY)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidSetting) as refused:
        key(title=" ", role=Role.SURVEY_MANAGER, requests_a_minute=0, expires_on=TODAY + timedelta(days=400))
    where = [problem.where for problem in refused.value.problems]
    assert where == ["title", "role", "scope", "requests a minute", "expiry"]


def test_a_key_comes_apart_into_id_and_secret_again() -> None:
    key_id, secret = new_key_id(), new_secret()
    assert parts_of(whole_key(key_id, secret)) == (key_id, secret)


@pytest.mark.parametrize("sent", ["", "nets", "nets_k7qmt4xd_", "nets_k7qmt4xd_short", "other_k7qmt4xd_" + "a" * 43])
def test_what_is_no_key_has_no_parts(sent: str) -> None:
    assert parts_of(sent) is None
