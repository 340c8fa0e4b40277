"""Settings of the senders: everything that is lacking is told at once, and no secret is repeated."""

from typing import Any
from uuid import uuid4

import pytest

from nets.errors import InvalidSetting
from nets.sending.console import ConsoleSender
from nets.sending.message import Accepted
from nets.sending.notify import NotifySender
from nets.sending.settings import SendingSettings, read_sending_settings
from nets.sending.smtp import SmtpSender


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SendingSettings.model_fields:
        monkeypatch.delenv(f"NETS_{name.upper()}", raising=False)


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> SendingSettings:
    for name, value in values.items():
        monkeypatch.setenv(f"NETS_{name.upper()}", value)
    return read_sending_settings()


def test_each_sender_is_made_from_its_settings(monkeypatch: pytest.MonkeyPatch, message_to: Any) -> None:
    printed: list[str] = []
    console = put(monkeypatch, sender="console").open_sender(printed.append)
    assert isinstance(console, ConsoleSender)
    assert console.send(message_to("ash@example.org")) == Accepted("printed")
    console.close()
    assert "To: ash@example.org\nSubject: Tŷ survey\n\nOpen: https://x/i/1" in printed[0]
    made = put(monkeypatch, sender="smtp", sender_address="Survey <survey@example.org>").open_sender(printed.append)
    assert isinstance(made, SmtpSender)
    settings = put(
        monkeypatch,
        sender="notify",
        notify_key=f"x-{uuid4()}-{uuid4()}",
        notify_template="a",
        notify_reminder_template="b",
    )
    made = settings.open_sender(printed.append)
    assert isinstance(made, NotifySender)
    made.close()


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({}, ["NETS_SENDER"]),
        ({"sender": "smtp"}, ["NETS_SENDER_ADDRESS"]),
        ({"sender": "notify"}, ["NETS_NOTIFY_TEMPLATE", "NETS_NOTIFY_REMINDER_TEMPLATE"]),
    ],
)
def test_what_a_sender_lacks_is_told(
    values: dict[str, str], lacking: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = put(monkeypatch, **values)
    with pytest.raises(InvalidSetting) as told:
        settings.open_sender(print)
    assert [problem.where for problem in told.value.problems] == lacking


def test_what_cannot_be_taken_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidSetting) as told:
        put(monkeypatch, sender="pigeon", smtp_port="0", sends_a_minute="x", notify_origin="notify")
    assert [problem.where for problem in told.value.problems] == [
        "NETS_SENDER", "NETS_SENDS_A_MINUTE", "NETS_SMTP_PORT", "NETS_NOTIFY_ORIGIN"
    ]  # fmt: skip


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = put(monkeypatch, invitation_key="k" * 40, smtp_password="p" * 9, notify_key="n" * 9)
    assert not any(secret in repr(settings) for secret in ("kkk", "ppp", "nnn"))
