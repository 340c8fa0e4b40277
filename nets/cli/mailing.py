"""Sending invitations and reminders from the command line: what is needed beforehand, and what is told afterwards."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from nets.access.audit import Act
from nets.campaign import AccessMode, Campaign
from nets.cli.accounts import who_is_here
from nets.cli.database import open_database
from nets.errors import Refused
from nets.inviting import Mailing, Pace, SendingRun, count_unknown, fields_of, placement_names, send_all
from nets.sending.message import SenderUnavailable
from nets.sending.settings import read_sending_settings
from nets.sending.wording import read_wording, shipped_wording
from nets.store import mailings
from nets.store.audit import write_audit
from nets.store.campaigns import get_campaign
from nets.store.database import Connection, Database
from nets.store.mailings import Due

TextOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--text", help="A text of your own instead of the one that is shipped.", exists=True, dir_okay=False),
]
UnknownOption: TypeAlias = Annotated[
    Literal["sent", "again"] | None,
    typer.Option(
        "--unknown", help="What to do about messages of which an earlier run did not learn whether they went out."
    ),
]


@dataclass(frozen=True, slots=True)
class Round:
    """The messages of one run: the kind of text, what the audit trail calls it, until when answers are taken, and who is due.

    ``again`` is for those who are asked once more (``nets.retest``).
    """

    kind: str
    act: Act
    closes: date
    find_due: Callable[[Connection], Sequence[Due]]
    again: bool = False


def send_due(
    database: str,
    campaign_id: str,
    kind: str,
    origin: str,
    text: Path | None,
    unknown: str | None,
    dry_run: bool,
    find_due: Callable[[Connection, str], Sequence[Due]],
) -> None:
    """Send to those who are due, and say what became of it.

    Raises
    ------
    NetsError
        Where nothing can be sent, or the run ended before its end.
    """
    opened, today = open_database(database), date.today()
    with opened.read() as connection:
        campaign = campaign_by_invitation(connection, campaign_id)
    if not campaign.is_open(today):
        if today < campaign.opens_on and not campaign.was_closed_early:
            raise Refused(f"{campaign_id} takes no answers yet; its first day is {campaign.opens_on}")
        raise Refused(f"{campaign_id} takes no answers any more; {campaign.ending}")
    act = Act.INVITATIONS_SENT if kind == "invitation" else Act.REMINDERS_SENT
    messages = Round(kind, act, campaign.last_day, lambda connection: find_due(connection, campaign_id))
    send_round(opened, campaign, messages, origin, text, unknown, dry_run)


def send_round(
    opened: Database,
    campaign: Campaign,
    messages: Round,
    origin: str,
    text: Path | None,
    unknown: str | None,
    dry_run: bool,
) -> None:
    """Send the messages of one run, and say what became of them.

    Raises
    ------
    NetsError
        Where nothing can be sent, or the run ended before its end.
    """
    settings, today, again = read_sending_settings(), date.today(), messages.again
    key = settings.key()
    wording = read_wording(text, messages.kind) if text else shipped_wording(messages.kind)
    sender = settings.open_sender(typer.echo, again=again)
    mailing = Mailing(campaign, key, wording, sender, origin, Pace(settings.sends_a_minute), messages.closes)
    with contextlib.closing(sender):
        if unknown and not dry_run:
            with opened.begin() as connection:
                mailings.resolve_unknown(connection, campaign.id, today, as_sent=unknown == "sent", again=again)
        n_unknown = count_unknown(opened, campaign.id, again=again)
        with opened.read() as connection:
            due = messages.find_due(connection)
        if dry_run:
            _show_one(opened, mailing, due)
            return
        with opened.begin() as connection:  # beforehand, so that a run that dies stands there, too
            write_audit(connection, who_is_here(), messages.act, campaign.id, due=len(due))
        run = send_all(opened, mailing, due, today)
    _tell(campaign, run, n_unknown)
    if run.stopped_by:
        raise SenderUnavailable(f"stopped: {run.stopped_by}; run it again when that is put right")


def _show_one(database: Database, mailing: Mailing, due: Sequence[Due]) -> None:
    typer.echo(f"{mailing.campaign.id}: {len(due):,} would be sent")
    for one in due[:1]:
        _, address = mailing.key.open(one.sealed, one.token_hash)
        place = placement_names(database, {one.placement_id})[one.placement_id]
        # a real link on a screen would be one more copy of it
        message = mailing.wording.message(address, fields_of(mailing, "0" * 32, place))
        typer.echo(f"\nTo: {message.address}\nSubject: {message.subject}\n\n{message.body}")


def _tell(campaign: Campaign, run: SendingRun, n_unknown: int) -> None:
    typer.echo(f"{campaign.id}: {run.sent:,} sent")
    lines: Iterator[tuple[int, str]] = iter(
        (
            (run.refused, "addresses cannot be reached and get no more messages"),
            (run.not_sent, "could not be sent and are due as before"),
            (run.passed_over, "were no longer due: answered, stopped, or taken by another run"),
        )
    )
    for n, words in lines:
        if n:
            typer.echo(f"  {n:,} {words}")
    if n := n_unknown + run.unknown:
        typer.echo(
            f"  {n:,} were being sent when this or an earlier run ended, or are by another run just now: nobody knows whether they "
            "went out, so they are left alone; --unknown sent takes them for sent, --unknown again sends them again",
            err=True,
        )


def campaign_by_invitation(connection: Connection, campaign_id: str) -> Campaign:
    """A campaign to which learners are invited; NotFound or Refused for any other."""
    campaign = get_campaign(connection, campaign_id)
    if campaign.access_mode is not AccessMode.INVITATION:
        raise Refused(f"learners come to {campaign_id} by {campaign.access_mode.replace('_', ' ')}, not by invitation")
    return campaign
