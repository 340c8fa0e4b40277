"""``nets retest``: opened, sent once to those whose time has come, compared, and destroyed for good."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from nets.access.audit import Act
from nets.invitation import InvitationKey, Invited, stop_token, token_hash
from nets.packing import pack
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.response import bind_response
from nets.retest import PlacementChange, SecondAnswers
from nets.store.audit import read_audit
from nets.store.database import Database
from nets.store.invitations import add_invitations, opt_out, spend_invitation, spend_second_invitation
from nets.store.mailings import due_invitations
from nets.store.retest_consents import keep_consent
from nets.store.retests import get_open_retest, open_retest
from nets.store.second_answers import keep_answers
from nets.store.submissions import submit
from nets.store.withdrawals import response_of, withdraw

ADDRESS = ("--address", "https://survey.example.org")
LINK = re.compile(r"https://survey\.example\.org/i/([0-9a-f]{32})")
TODAY = date.today()
KEY = "k" * 32
LEARNERS = 24

Answer = Callable[..., list[str]]


@pytest.fixture
def asked(nets: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A confidential campaign by invitation that is open today, with places; the runner of commands."""
    monkeypatch.setenv("NETS_INVITATION_KEY", KEY)
    monkeypatch.setenv("NETS_SENDER", "console")
    monkeypatch.setenv("NETS_SENDS_A_MINUTE", "3000")
    assert nets("campaign", "open", "places", "--questionnaire", "team-climate/2026.1", "--title", "Places",
                "--opens", "2020-02-03", "--closes", "2020-03-31").code == 0  # fmt: skip
    assert nets("simulate", "places", "--responses", 40).code == 0
    days = ("--opens", TODAY - timedelta(days=60), "--closes", TODAY + timedelta(days=60))
    assert nets("campaign", "open", "trial", "--questionnaire", "team-climate/2026.1", "--title", "Trial", *days,
                "--access", "invitation", "--anonymity", "confidential").code == 0  # fmt: skip
    return nets


@pytest.fixture
def answered(asked: Any, database_file: Path, folder: Path) -> Answer:
    """Opens a retest and lets learners answer so many days ago; gives their receipts."""
    version = QuestionnaireFolder(folder).read("team-climate", "2026.1")
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        open_retest(connection, InvitationKey(KEY), "trial", 100, TODAY - timedelta(days=60))

    def answer(n: int = 1, *, days_ago: int = 14, agrees: bool = True, name: str = "ash") -> list[str]:
        receipts = []
        with database.begin() as connection:
            retest = get_open_retest(connection, "trial")
            for number in range(n):
                person = Invited(f"{name}{number}@example.org", "P0001", "day")
                add_invitations(connection, InvitationKey(KEY), "trial", [person], TODAY)
                (due,) = due_invitations(connection, "trial")
                given: dict[str, int | str] = {
                    item.code: 1 + (number + place) % len(version.options(item))
                    for place, item in enumerate(version.closed_items)
                }
                day = TODAY - timedelta(days=days_ago)
                response = bind_response(version, given, placement_id="P0001", learner_group="day", answered_on=day)
                receipts.append(submit(connection, "trial", response, f"{name}{number:030}").receipt)
                spent = spend_invitation(connection, due.token_hash)
                assert spent
                if agrees:
                    keep_consent(
                        connection, "trial", retest.public_key, spent, response_id=response_of(connection, receipts[-1]),
                        placement_id="P0001", learner_group="day",
                    )  # fmt: skip
        return receipts

    return answer


@pytest.fixture
def answer_again(database_file: Path, folder: Path) -> Callable[[str, PlacementChange], None]:
    """Answers a second invitation by its token."""
    version = QuestionnaireFolder(folder).read("team-climate", "2026.1")
    database = Database(f"sqlite:///{database_file}")

    def answer(token: str, change: PlacementChange) -> None:
        rating = 1 + int(token[:4], 16) % 5
        packed = pack(version, {item.code: min(rating, len(version.options(item))) for item in version.closed_items})
        with database.begin() as connection:
            link = spend_second_invitation(connection, token_hash(token))
            assert link
            again = SecondAnswers(TODAY, packed)
            keep_answers(connection, get_open_retest(connection, "trial"), link, again, change, token)

    return answer


def send(nets: Any, *options: object) -> Any:
    return nets("retest", "send", "trial", *ADDRESS, *options)


def status_of(nets: Any) -> dict[str, int]:
    found: dict[str, Any] = json.loads(nets("retest", "status", "trial", "--json").out)
    return {name: n for name, n in found.items() if n and name != "campaign"}


def test_an_anonymous_campaign_is_refused_and_says_why(nets: Any, trial: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETS_INVITATION_KEY", KEY)
    said = nets("retest", "open", "trial", "--share", 50)
    assert said.code == 1
    assert said.errors == [
        "nets: trial is anonymous: nothing may link two answers of a learner, so it can have no retest"
    ]
    for command in (("send", "trial", *ADDRESS), ("status", "trial"), ("compare", "trial"), ("destroy", "trial")):
        said = nets("retest", *command)
        assert said.errors == ["nets: trial has no retest; one is opened with: nets retest open trial"]


def test_it_is_opened_once(asked: Any) -> None:
    said = asked("retest", "open", "trial", "--share", 50)
    assert said.out.startswith("trial: learners are asked from now on; 50 % of those who agree are drawn\n")
    assert "opened already" in asked("retest", "open", "trial", "--share", 50).errors[0]
    assert asked("retest", "open", "trial", "--share", 0).code == 2


def test_those_whose_time_has_come_get_one_message_each(asked: Any, answered: Answer) -> None:
    answered(2, days_ago=10, name="ash")
    answered(1, days_ago=9, name="early")
    answered(1, days_ago=22, name="late")
    answered(1, days_ago=21, name="just")
    answered(1, agrees=False, name="no")
    said = send(asked, "--dry-run")
    assert "trial: 0 would be sent" in said.out
    assert status_of(asked) == {"agreed": 5, "waiting": 5}
    said = send(asked)
    assert (said.code, said.errors) == (0, [])
    assert said.out.startswith("trial: 3 drawn, 1 too early, 1 too late\n")
    assert said.out.endswith("trial: 3 sent\n")
    addresses = set(re.findall(r"To: (\S+)", said.out))
    assert addresses == {"ash0@example.org", "ash1@example.org", "just0@example.org"}
    assert len(set(LINK.findall(said.out))) == 3
    until = TODAY + timedelta(days=7)
    assert f"You can answer until {until.day} {until:%B %Y}" in said.out
    assert send(asked).out == "trial: 0 drawn, 1 too early\ntrial: 0 sent\n"
    assert status_of(asked) == {"agreed": 5, "drawn": 3, "invited": 3, "waiting": 1, "too_late": 1}
    assert "4 answered" not in asked("invitations", "status", "trial").out
    assert "0 written to" not in asked("invitations", "status", "trial").out
    assert asked("invitations", "remind", "trial", *ADDRESS).out == "trial: 0 sent\n"


def test_one_who_was_drawn_and_not_sent_to_is_not_sent_to_too_late(
    asked: Any, answered: Answer, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(1, days_ago=21, name="just")
    (receipt,) = answered(1, name="back")
    monkeypatch.setenv("NETS_SENDER", "smtp")
    monkeypatch.setenv("NETS_SENDER_ADDRESS", "survey@example.org")
    monkeypatch.setenv("NETS_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("NETS_SMTP_PORT", "1")
    assert send(asked).code == 1
    monkeypatch.setenv("NETS_SENDER", "console")
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE responses SET answered_on = date(answered_on, '-1 day') WHERE campaign_id = 'trial'"
        )
        assert withdraw(connection, receipt)
    assert send(asked).out == "trial: 0 drawn\ntrial: 0 sent\n"


def test_nobody_is_drawn_where_nothing_can_be_sent(
    asked: Any, answered: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(1)
    monkeypatch.setenv("NETS_SENDER", "notify")
    said = send(asked)
    assert said.errors == ["nets: NETS_NOTIFY_RETEST_TEMPLATE: has to be the id of a template of GOV.UK Notify"]
    monkeypatch.setenv("NETS_SENDER", "console")
    monkeypatch.setenv("NETS_INVITATION_KEY", "j" * 32)
    assert "opened with another NETS_INVITATION_KEY" in send(asked).errors[0]
    assert status_of(asked) == {"agreed": 1, "waiting": 1}


def test_a_reminder_goes_once_after_a_week_and_not_to_who_wants_none(
    asked: Any, answered: Answer, database_file: Path
) -> None:
    answered(2, days_ago=14, name="ash")
    answered(1, days_ago=15, name="late")
    tokens = dict(zip(re.findall(r"To: (\S+)", (out := send(asked).out)), LINK.findall(out), strict=True))
    remind = ("retest", "remind", "trial", *ADDRESS)
    assert asked(*remind).out == "trial: 0 sent\n"
    database = Database(f"sqlite:///{database_file}")

    def days_pass(n: int) -> None:
        with database.begin() as connection:
            for table, column in (("invitations", "changed_on"), ("responses", "answered_on")):
                connection.exec_driver_sql(
                    f"UPDATE {table} SET {column} = date({column}, '-{n} day') WHERE campaign_id = 'trial'"
                )

    days_pass(7)  # now 21 and 22 days after their answers
    with database.begin() as connection:
        opt_out(connection, stop_token(tokens["ash1@example.org"]), TODAY)
    said = asked(*remind)
    assert re.findall(r"To: (\S+)", said.out) == ["ash0@example.org"]
    assert LINK.findall(said.out) == [tokens["ash0@example.org"]]
    assert asked(*remind).out == "trial: 0 sent\n"


def test_a_campaign_that_has_closed_goes_on_with_its_retest_for_three_weeks(
    asked: Any, answered: Answer, database_file: Path
) -> None:
    answered(1, days_ago=12)
    assert asked("campaign", "close", "trial").code == 0
    assert send(asked).out.endswith("trial: 1 sent\n")
    database = Database(f"sqlite:///{database_file}")
    with database.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER campaigns_keep")
        connection.exec_driver_sql(
            f"UPDATE campaigns SET closed_on = '{TODAY - timedelta(days=21)}' WHERE id = 'trial'"
        )
    said = send(asked)
    assert said.errors == [
        f"nets: nobody of trial can be asked once more: the last day was {TODAY - timedelta(days=1)}"
    ]


def test_two_answers_are_compared_then_destroyed_and_the_numbers_stay(
    asked: Any, answered: Answer, answer_again: Any, database_file: Path
) -> None:
    answered(LEARNERS, name="ash")
    answered(12, agrees=False, name="no")
    tokens = LINK.findall(send(asked).out)
    for number, token in enumerate(sorted(tokens)[:16]):
        answer_again(token, PlacementChange.STABLE if number < 12 else PlacementChange.CHANGED)
    assert asked("retest", "destroy", "trial").errors == [
        "nets: the two answers of trial were not compared yet; nets retest compare trial does it, --unread destroys them all "
        "the same"
    ]
    said = asked("retest", "compare", "trial")
    assert (said.code, said.errors) == (0, [])
    lines = said.out.splitlines()
    assert lines[0] == (
        "Trial: 16 answered twice; 12 say that their placement has not changed, 4 that it has, 0 cannot or did not say"
    )
    assert "fewer than 100" in lines[1]
    assert "days between: median 14, 14 to 14" in lines[2]
    assert any("ICC(A,1)" in line for line in lines)
    assert "Who took part: 16; who declined: 12 did not agree, 8 did not answer. First scores:" in lines
    figures = json.loads(asked("retest", "compare", "trial", "--json").out)
    assert {scale["n"] for scale in figures["scales"].values()} == {12}
    assert {"hedges_g", "low", "high"} <= set(next(iter(figures["participation"].values())))
    counts = {"agreed": 24, "drawn": 24, "invited": 24, "answered": 16, "stable": 12}
    assert status_of(asked) == counts
    said = asked("retest", "destroy", "trial")
    assert said.out == "trial: the key and 16 second answers are destroyed; nothing links two answers any more\n"
    assert status_of(asked) == {**counts, "destroyed_on": TODAY.isoformat()}
    assert f"the key was destroyed on {TODAY}" in asked("retest", "status", "trial").out
    for command in (("send", "trial", *ADDRESS), ("compare", "trial"), ("destroy", "trial")):
        assert f"was destroyed on {TODAY}" in asked("retest", *command).errors[0]
    with Database(f"sqlite:///{database_file}").read() as connection:
        acts = [row.act for row in read_audit(connection) if row.about == "trial"]
    assert acts[-5:] == [
        Act.RETEST_DRAWN, Act.RETEST_SENT, Act.RETEST_COMPARED, Act.RETEST_COMPARED, Act.RETEST_DESTROYED
    ]  # fmt: skip


def test_the_table_withholds_what_fewer_than_the_floor_would_tell(
    asked: Any, answered: Answer, answer_again: Any
) -> None:
    answered(9)
    for token in LINK.findall(send(asked).out):
        answer_again(token, PlacementChange.STABLE)
    said = asked("retest", "compare", "trial")
    assert "days between" not in said.out
    assert said.out.count("Not shown, to protect the learners") >= 2
    status = asked("retest", "status", "trial").out
    assert "9 of them say that their placement has not changed; 91 more are wanted" in status
