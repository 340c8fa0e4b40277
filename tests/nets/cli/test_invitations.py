"""``nets invitations``: from a file of people to sent messages, reminders, bounces and exact response rates."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nets.invitation import token_hash
from nets.store.database import Database
from nets.store.invitations import opt_out, spend_invitation

PEOPLE = """address,placement_id,learner_group
ash@example.org,P0001,day
elm@example.org,P0001,day
oak@example.org,P0002,night
ash@example.org,P0002,day
"""
ADDRESS = ("--address", "https://survey.example.org")
LINK = re.compile(r"https://survey\.example\.org/i/([0-9a-f]{32})")
STOP = re.compile(r"https://survey\.example\.org/stop/([0-9a-f]{32})")


@pytest.fixture
def invited(nets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, draft: Any) -> Any:
    """A campaign by invitation that is open today, places, and a file of four invitations; the runner of commands."""
    monkeypatch.setenv("NETS_INVITATION_KEY", nets("invitations", "key").out.strip())
    monkeypatch.setenv("NETS_SENDER", "console")
    monkeypatch.setenv("NETS_SENDS_A_MINUTE", "3000")
    assert nets("campaign", "open", "places", "--questionnaire", "team-climate/2026.1", "--title", "Places",
                "--opens", "2020-02-03", "--closes", "2020-03-31").code == 0  # fmt: skip
    assert nets("simulate", "places", "--responses", 40).code == 0
    days = ("--opens", date.today() - timedelta(days=30), "--closes", date.today() + timedelta(days=30))
    said = nets("campaign", "open", "trial", "--questionnaire", "team-climate/2026.1", "--title", "Trial", *days,
                "--access", "invitation")  # fmt: skip
    assert said.out.endswith("from those who are entered with: nets invitations add trial\n")
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    return nets


@pytest.fixture
def added(invited: Any) -> Any:
    assert invited("invitations", "add", "trial", "people.csv").code == 0
    return invited


def status_of(nets: Any) -> dict[str, int]:
    found: dict[str, Any] = json.loads(nets("invitations", "status", "trial", "--json").out)
    return {name: n for name, n in found.items() if n and name != "campaign"}


def send(nets: Any, *options: object) -> Any:
    return nets("invitations", "send", "trial", *ADDRESS, *options)


def links(text: str) -> dict[tuple[str, str], str]:
    """Tokens by address and placement, of messages on the console."""
    return {
        (re.findall(r"To: (\S+)", part)[0], re.findall(r"\n\n(.*?),", part)[0]): LINK.findall(part)[0]
        for part in text.split("-" * 72)
        if LINK.search(part)
    }


def test_the_key_is_long_and_new_each_time(nets: Any) -> None:
    keys = {nets("invitations", "key").out for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key.strip()) >= 43 for key in keys)


def test_people_are_taken_in_once(invited: Any, tmp_path: Path) -> None:
    said = invited("invitations", "add", "trial", "people.csv")
    assert (said.code, said.errors) == (0, [])
    assert said.out == "trial: 4 invitations, to be sent with: nets invitations send trial\n"
    (tmp_path / "people.csv").write_text(PEOPLE + "yew@example.org,P0001,day\n", "utf-8")
    said = invited("invitations", "add", "trial", "people.csv")
    assert said.out.startswith("trial: 1 invitations")
    assert "  4 were in the ledger already and are passed over\n" in said.out
    assert status_of(invited) == {"invited": 5, "new": 5}


def test_a_faulty_file_is_told_and_nothing_of_it_stored(invited: Any, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE + "ash@example.org,P0001,day\nnobody,P9999,day\n", "utf-8")
    said = invited("invitations", "add", "trial", "people.csv")
    assert (said.code, said.out) == (1, "")
    assert said.errors == [
        "nets: row 6, column address: 'ash@example.org' is invited to P0001 in row 2 already",
        "nets: row 7, column address: 'nobody' is not an e-mail address",
        "nets: row 7, column placement_id: 'P9999' is not the id of a placement in this survey",
    ]
    assert status_of(invited) == {}


def test_what_is_missing_is_told(invited: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = invited("invitations", "add", "places", "people.csv")
    assert said.errors == ["nets: learners come to places by open link, not by invitation"]
    monkeypatch.delenv("NETS_SENDER")
    assert "NETS_SENDER: has to say" in send(invited).errors[0]
    monkeypatch.setenv("NETS_INVITATION_KEY", "short")
    for command in (("add", "trial", "people.csv"), ("send", "trial", *ADDRESS), ("bounced", "trial", "a@b.uk")):
        said = invited("invitations", *command)
        assert said.code == 1
        assert "NETS_INVITATION_KEY has to be a secret of at least 32" in said.errors[0]
        assert "short" not in said.errors[0]


def test_everybody_is_sent_one_and_answers_make_exact_rates(added: Any, database_file: Path) -> None:
    said = send(added)
    assert (said.code, said.errors) == (0, [])
    assert said.out.endswith("trial: 4 sent\n")
    found = links(said.out)
    assert len(set(found.values())) == len(found) == 4
    assert send(added).out == "trial: 0 sent\n"
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        for (address, _), token in found.items():
            if address == "ash@example.org":
                assert spend_invitation(connection, token_hash(token))
    database.dispose()
    assert status_of(added) == {"invited": 4, "answered": 2, "sent": 2}
    assert added("invitations", "status", "trial").out == (
        "Trial: 4 invitations, 2 answered\n        2 written to, no answer yet\n"
    )
    assert added("invitations", "status", "trial", "--addresses", "sent").out == "elm@example.org\noak@example.org\n"
    audited = added("audit", "show").out
    for told in (
        "invitations added trial  rows=4",
        "invitations sent trial  due=4",
        "addresses shown trial  addresses=2",
    ):
        assert told in audited
    assert "@example.org" not in audited
    rates = json.loads(added("response-rates", "trial", "--output", "json").out)
    assert rates["together"] == {
        "responses": 2, "learners": 4, "rate": 50.0, "open_points": 50.0, "says": "response rate"
    }  # fmt: skip
    assert {
        (row["placement_id"], row["learner_group"]): (row["responses"], row["learners"]) for row in rates["rates"]
    } == {
        ("P0001", "(all)"): (1, 2),
        ("P0001", "day"): (1, 2),
        ("P0002", "(all)"): (1, 2),
        ("P0002", "day"): (1, 1),
        ("P0002", "night"): (0, 1),
    }


def test_reminders_go_to_who_has_not_answered_and_wants_them(
    added: Any, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = send(added)
    found = links(said.out)
    elm = next(token for (address, _), token in found.items() if address == "elm@example.org")
    message = next(part for part in said.out.split("-" * 72) if "oak@" in part)
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        spend_invitation(connection, token_hash(elm))
        opt_out(connection, STOP.findall(message)[0], date.today())
    database.dispose()
    remind = ("invitations", "remind", "trial", *ADDRESS)
    assert added(*remind).out == "trial: 0 sent\n"  # it is too early

    class Later(date):
        @classmethod
        def today(cls) -> "Later":
            return cls.fromordinal(date.today().toordinal() + 7)

    for room in ("invitations", "mailing"):
        monkeypatch.setattr(f"nets.cli.{room}.date", Later)
    said = added(*remind)
    again = links(said.out)
    assert {address for address, _ in again} == {"ash@example.org"}
    assert again.items() <= found.items()  # the same links
    assert "Subject: Reminder: " in said.out
    assert added(*remind).out == "trial: 0 sent\n"


def test_a_dry_run_sends_nothing_and_shows_no_real_link(added: Any) -> None:
    said = send(added, "--dry-run")
    assert said.out.startswith("trial: 4 would be sent\n")
    assert LINK.findall(said.out) == ["0" * 32]
    assert status_of(added) == {"invited": 4, "new": 4}


def test_bounces_are_taken_from_an_address_or_a_file(added: Any, tmp_path: Path) -> None:
    (tmp_path / "bounces.csv").write_text("Recipient,Status\nelm@example.org,Failed\nyew@example.org,Failed\n", "utf-8")
    said = added("invitations", "bounced", "trial", "bounces.csv")
    assert said.out.splitlines() == [
        "trial: 1 of 2 addresses are in the ledger and get no more messages",
        "  1 lines hold no address",
    ]
    assert added("invitations", "bounced", "trial", "ASH@example.org").out.startswith("trial: 1 of 1")
    assert status_of(added) == {"invited": 4, "bounced": 3, "new": 1}
    assert "neither an e-mail address nor a file" in added("invitations", "bounced", "trial", "nothing").errors[0]


def test_what_nobody_knows_is_told_until_somebody_decides(added: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for decision, n in (("again", 4), ("sent", 5)):
        with monkeypatch.context() as dying:
            dying.setattr("nets.sending.console.ConsoleSender.send", die)
            assert send(added).code == 130
        assert status_of(added)["sending"] == 1
        said = send(added)
        assert said.out.count("To: ") == status_of(added)["invited"] - 1 - (0 if decision == "again" else 4)
        assert said.errors[0].startswith("  1 were being sent when this or an earlier run ended")
        said = send(added, "--unknown", decision)
        assert said.errors == []
        assert said.out.count("To: ") == (decision == "again")
        assert status_of(added) == {"invited": n, "sent": n}
        Path("more.csv").write_text("address,placement_id,learner_group\nyew@example.org,P0001,day\n", "utf-8")
        added("invitations", "add", "trial", "more.csv")


def test_a_sender_that_cannot_be_reached_ends_the_run_with_words(added: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_SENDER", "smtp")
    monkeypatch.setenv("NETS_SENDER_ADDRESS", "survey@example.org")
    monkeypatch.setenv("NETS_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("NETS_SMTP_PORT", "1")
    said = send(added)
    assert said.code == 1
    assert said.out == "trial: 0 sent\n  1 could not be sent and are due as before\n"
    assert said.errors[-1].startswith("nets: stopped: the mail server 127.0.0.1:1: connection refused")
    assert not any("@example.org" in line for line in said.errors)
    assert status_of(added) == {"invited": 4, "new": 4}


def test_nothing_is_sent_while_nobody_can_answer(added: Any, tmp_path: Path) -> None:
    assert added("campaign", "close", "trial").code == 0
    said = send(added)
    assert said.code == 1
    assert f"trial takes no answers any more; it was closed on {date.today()}" in said.errors[0]


def test_a_text_of_ones_own_is_used(added: Any, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("Hallo\n\n{placement}: {link} {stop}\n", "utf-8")
    assert send(added, "--text", "own.txt").out.count("Subject: Hallo") == 4
    (tmp_path / "own.txt").write_text("Hallo\n\n{link}\n", "utf-8")
    assert "lacks {stop}" in send(added, "--text", "own.txt").errors[0]
