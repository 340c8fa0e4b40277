"""When learners may be asked once more, and what the key of a retest opens and links."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from nets.campaign import Campaign
from nets.errors import InvalidSetting, NetsError
from nets.invitation import RETENTION, InvitationKey
from nets.retest import (
    TIME_TO_ANSWER,
    Consented,
    RetestKey,
    SecondAnswers,
    is_too_early,
    is_too_late,
    key_is_kept_until,
    last_day_to_invite,
    new_secret,
    seal_answers,
    seal_consent,
)

DAY = date(2026, 3, 2)
KEY = RetestKey(new_secret())
CONSENTED = Consented(uuid4(), "W-1", "nursing", b"sealed", b"h" * 32)
ANSWERS = SecondAnswers(DAY, bytes([1, 5, 255]))


def test_learners_are_asked_again_ten_to_twenty_one_days_later() -> None:
    asked = [
        days
        for days in range(40)
        if not is_too_early(DAY, DAY + timedelta(days)) and not is_too_late(DAY, DAY + timedelta(days))
    ]
    assert asked == list(range(10, 22))


def test_who_answers_on_the_last_day_can_be_asked_and_answer_before_the_key_is_destroyed(campaign: Campaign) -> None:
    early = replace(campaign, closed_on=date(2026, 10, 20))
    assert last_day_to_invite(early) == date(2026, 10, 19) + timedelta(21)
    assert key_is_kept_until(early) == date(2026, 10, 19) + RETENTION
    assert last_day_to_invite(early) + TIME_TO_ANSWER < key_is_kept_until(early)


def test_only_the_secret_half_opens_what_the_public_half_sealed() -> None:
    consent, answers = seal_consent(KEY.public, CONSENTED), seal_answers(KEY.public, ANSWERS)
    assert KEY.open_consent(consent) == CONSENTED
    assert KEY.open_answers(answers) == ANSWERS
    other = RetestKey(new_secret())
    for sealed in (consent, consent[:-1] + bytes([consent[-1] ^ 1])):
        with pytest.raises(NetsError, match="damaged, or sealed with another key"):
            (other if sealed == consent else KEY).open_consent(sealed)
    with pytest.raises(NetsError):
        KEY.open_consent(answers)


def test_what_is_sealed_tells_nothing_by_its_length_and_is_new_each_time() -> None:
    longer = replace(CONSENTED, placement_id="W-1000", learner_group="allied_health_professions")
    sealed = [seal_consent(KEY.public, one) for one in (CONSENTED, CONSENTED, longer)]
    assert len({len(one) for one in sealed}) == 1
    assert len(set(sealed)) == 3


def test_a_link_follows_from_key_and_response_alone() -> None:
    one, other = uuid4(), uuid4()
    secret = new_secret()
    assert RetestKey(secret).link(one) == RetestKey(secret).link(one)
    assert len({RetestKey(secret).link(one), RetestKey(secret).link(other), KEY.link(one)}) == 3


def test_the_operator_s_key_opens_a_campaign_s_key_and_no_other_does() -> None:
    operators, secret = InvitationKey("k" * 32), new_secret()
    sealed = operators.seal_key("trial", secret)
    assert secret not in sealed
    assert operators.open_key("trial", sealed) == secret
    for key, campaign_id in ((InvitationKey("j" * 32), "trial"), (operators, "other")):
        with pytest.raises(InvalidSetting, match="opened with another NETS_INVITATION_KEY"):
            key.open_key(campaign_id, sealed)
