"""SMTP against a real server on this machine: what it takes, what it refuses, and what nobody can know."""

import email
import email.policy
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nets.sending.message import Accepted, AddressRefused, Message, NotSent, SenderUnavailable, Unknown
from nets.sending.smtp import SmtpSender, SmtpServer

FROM = "The survey team <survey@example.org>"
To = Callable[[str], Message]


def sender_to(server: Any, **changes: Any) -> SmtpSender:
    settings = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "user": "",
        "password": "",
        "seconds": 5.0,
    }
    return SmtpSender(SmtpServer(**{**settings, **changes}), FROM)


def test_a_message_arrives_as_it_was_written(mail_server: Any, message_to: To) -> None:
    sender = sender_to(mail_server)
    outcome = sender.send(message_to("ash@example.org"))
    sender.close()
    (raw,) = mail_server.mails
    mail = email.message_from_string(raw, policy=email.policy.default)
    assert outcome == Accepted(str(mail["Message-ID"]))
    assert mail["Message-ID"].endswith("@example.org>")
    assert (mail["From"], mail["To"], mail["Subject"]) == (FROM, "ash@example.org", "Tŷ survey")
    assert mail.get_content().splitlines() == ["Open: https://x/i/1", ".", "Goodbye"]
    assert mail["Auto-Submitted"] == "auto-generated"
    # a mail program reads these lines as they stand, so nothing may be folded or encoded within the address
    assert f"List-Unsubscribe: <{message_to('a').stop}>\n" in raw.replace("\r", "")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_connection_serves_many_and_a_refused_address_stops_no_other(mail_server: Any, message_to: To) -> None:
    mail_server.answers = {"RCPT TO:<elm@": "550 no such user", "RCPT TO:<oak@": "451 later"}
    sender = sender_to(mail_server)
    outcomes = [sender.send(message_to(f"{name}@example.org")) for name in ("ash", "elm", "oak", "yew")]
    sender.close()
    assert isinstance(outcomes[0], Accepted)
    assert outcomes[1] == AddressRefused()
    assert outcomes[2] == NotSent("the mail server puts the address off: 451")
    assert isinstance(outcomes[3], Accepted)
    assert mail_server.connections == 1
    assert len(mail_server.mails) == 2
    assert mail_server.said[-1].upper() == "QUIT"


@pytest.mark.parametrize("start", ["MAIL FROM", "RCPT TO", "DATA"])
def test_a_conversation_that_breaks_before_the_message_has_sent_nothing(
    start: str, mail_server: Any, message_to: To
) -> None:
    sender = sender_to(mail_server)
    mail_server.answers = {start: ""}
    outcome = sender.send(message_to("ash@example.org"))
    # within DATA smtplib does not say how far it came, so the careful answer is taken there
    assert outcome == Unknown() if start == "DATA" else isinstance(outcome, NotSent)
    mail_server.answers = {}
    assert isinstance(sender.send(message_to("ash@example.org")), Accepted)
    assert len(mail_server.mails) == 1
    sender.close()


def test_nobody_knows_what_became_of_a_message_whose_answer_was_lost(mail_server: Any, message_to: To) -> None:
    mail_server.answers = {"(mail)": ""}
    sender = sender_to(mail_server)
    assert sender.send(message_to("ash@example.org")) == Unknown()
    assert len(mail_server.mails) == 1
    sender.close()


@pytest.mark.parametrize(("answers", "code"), [({"(mail)": "554 looks like spam"}, 554), ({"DATA": "421 busy"}, 421)])
def test_a_message_that_is_not_taken_is_no_fault_of_the_address(
    answers: dict[str, str], code: int, mail_server: Any, message_to: To
) -> None:
    mail_server.answers = answers
    sender = sender_to(mail_server)
    assert sender.send(message_to("ash@example.org")) == NotSent(f"the mail server does not take the message: {code}")
    sender.close()


def test_it_goes_on_encrypted_and_signs_in(encrypted_server: Any, certificate: Path, message_to: To) -> None:
    server = SmtpServer("localhost", encrypted_server.port, "starttls", "survey", "secret", 5.0)
    sender = SmtpSender(server, FROM, ssl.create_default_context(cafile=str(certificate)))
    assert isinstance(sender.send(message_to("ash@example.org")), Accepted)
    sender.close()
    said = encrypted_server.said
    assert said.index("(encrypted)") < next(i for i, line in enumerate(said) if line.startswith("AUTH"))
    assert len(encrypted_server.mails) == 1


def test_it_says_what_is_wrong_with_the_server_and_sends_nothing(
    mail_server: Any, encrypted_server: Any, certificate: Path, message_to: To
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    trusted = ssl.create_default_context(cafile=str(certificate))
    wrong = [
        (SmtpServer("127.0.0.1", nobody, "none", "", ""), "connection refused"),
        (SmtpServer("127.0.0.1", mail_server.port, "starttls", "", ""), "does not offer"),
        (SmtpServer("localhost", encrypted_server.port, "starttls", "", ""), "cannot be trusted"),
        (SmtpServer("localhost", encrypted_server.port, "starttls", "survey", "wrong"), "user and password"),
    ]
    for number, (server, words) in enumerate(wrong):
        sender = SmtpSender(server, FROM, trusted if number == 3 else None)
        with pytest.raises(SenderUnavailable, match=words) as told:
            sender.send(message_to("ash@example.org"))
        assert "ash@" not in str(told.value)
        assert "wrong" not in str(told.value)
        sender.close()
    mail_server.answers = {"MAIL FROM": "553 not from you"}
    sender = sender_to(mail_server)
    with pytest.raises(SenderUnavailable, match="NETS_SENDER_ADDRESS: 553"):
        sender.send(message_to("ash@example.org"))
    sender.close()
    assert mail_server.mails == encrypted_server.mails == []


def test_a_server_that_does_not_answer_is_not_waited_for(message_to: To) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = SmtpServer("127.0.0.1", silent.getsockname()[1], "none", "", "", seconds=0.2)
        with pytest.raises(SenderUnavailable, match="did not answer"):
            SmtpSender(server, FROM).send(message_to("ash@example.org"))
