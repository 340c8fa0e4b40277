"""``nets invitations``: whom to invite, invitations and reminders, bounces, and how many are where."""

import json
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from nets.access.audit import Act
from nets.cli.accounts import who_is_here
from nets.cli.data_file import DelimiterOption, EncodingOption
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.mailing import TextOption, UnknownOption, campaign_by_invitation, send_due
from nets.cli.origin import OriginOption
from nets.errors import InvalidSetting
from nets.invitation import STATE_WORDS, State, address_problem, same_address
from nets.organisation import Level
from nets.sending.settings import read_sending_settings
from nets.store import mailings
from nets.store.audit import write_audit
from nets.store.database import Connection
from nets.store.invitations import add_invitations, read_invited
from nets.store.mailings import Due
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.transfer.answers import quoted
from nets.transfer.people import read_addresses, read_people_file

app = typer.Typer(name="invitations", help="Invite learners by personal links, and remind them.")

_CampaignArgument = Annotated[str, typer.Argument(help="The campaign's code.")]
_DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say how many would be sent, show one, and send none.")]


@app.command("key")
def new_key() -> None:
    """Make a key for the ledger.

    Addresses and links are sealed with it; without it nobody can read them in the database, and no reminder can be sent. Keep it
    where the commands find it as NETS_INVITATION_KEY, and away from the database and its backups. The service does not need it.

    Example: nets invitations key
    """
    typer.echo(secrets.token_urlsafe(32))


@app.command("add")
def add(
    campaign_id: _CampaignArgument,
    file: Annotated[
        Path,
        typer.Argument(
            help="A CSV file with the columns address, placement_id and learner_group.", exists=True, dir_okay=False
        ),
    ],
    encoding: EncodingOption = "utf-8",
    delimiter: DelimiterOption = ",",
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Take in whom to invite.

    A row for each learner and placement: e-mail address, the placement's id, the learner group's code. Who has two placements
    stands in two rows and gets two invitations. Who is in the ledger for the same placement is passed over, so that a longer list
    can be taken in again. Where anything is wrong, it is named by row and column and nothing is stored. Nothing is sent yet.

    Example: nets invitations add nets-2026 people.csv
    """
    key, opened = read_sending_settings().key(), open_database(database)
    with opened.read() as connection:
        campaign = campaign_by_invitation(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        placements = {place.id for place in list_organisations(connection, level=Level.PLACEMENT)}
    people = read_people_file(
        file,
        version,
        placements,
        encoding="utf-8-sig" if encoding == "utf-8" else encoding,
        delimiter="\t" if delimiter == "tab" else delimiter,
    )
    with opened.begin() as connection:
        added = add_invitations(connection, key, campaign_id, people.invited, date.today())
        write_audit(connection, who_is_here(), Act.INVITATIONS_ADDED, campaign_id, rows=added.new)
    typer.echo(f"{campaign_id}: {added.new:,} invitations, to be sent with: nets invitations send {campaign_id}")
    if added.known:
        typer.echo(f"  {added.known:,} were in the ledger already and are passed over")
    if people.unused_columns:
        typer.echo(f"  columns not used: {', '.join(map(quoted, people.unused_columns))}")


@app.command("send")
def send(
    campaign_id: _CampaignArgument,
    address: OriginOption,
    text: TextOption = None,
    unknown: UnknownOption = None,
    dry_run: _DryRunOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Send invitations to those who have had none.

    By the sender that NETS_SENDER names. It can be stopped and run again: nobody gets two, nobody is left out. A message that was
    just being sent when a run ended may have gone out or not; those are counted and left alone until --unknown decides.

    Example: nets invitations send nets-2026 --address https://survey.example.org
    """
    send_due(database, campaign_id, "invitation", address, text, unknown, dry_run, mailings.due_invitations)


@app.command("remind")
def remind(
    campaign_id: _CampaignArgument,
    address: OriginOption,
    most: Annotated[int, typer.Option(help="Most reminders that one learner gets.", min=1, max=5)] = 2,
    days_apart: Annotated[int, typer.Option(help="Fewest days since the last message.", min=1, max=90)] = 7,
    text: TextOption = None,
    unknown: UnknownOption = None,
    dry_run: _DryRunOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Remind those who have not answered.

    Nobody who has answered, wants no messages or cannot be reached. The link is the same as in the invitation.

    Example: nets invitations remind nets-2026 --address https://survey.example.org
    """

    def due(connection: Connection, campaign_id: str) -> Sequence[Due]:
        return mailings.due_reminders(connection, campaign_id, date.today(), most=most, days_apart=days_apart)

    send_due(database, campaign_id, "reminder", address, text, unknown, dry_run, due)


@app.command("bounced")
def bounced(
    campaign_id: _CampaignArgument,
    what: Annotated[str, typer.Argument(help="An address, or a file with one in each line.", metavar="ADDRESS|FILE")],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Note that messages came back.

    The addresses get no more messages for this campaign. In a file they may stand between other columns, as mail systems and GOV.UK
    Notify give them out.

    Example: nets invitations bounced nets-2026 bounces.csv
    """
    key, opened = read_sending_settings().key(), open_database(database)
    n_without = 0
    if not address_problem(what):
        addresses: Sequence[str] = (same_address(what),)
    elif Path(what).is_file():
        addresses, n_without = read_addresses(Path(what))
    else:
        raise InvalidSetting(f"{quoted(what)} is neither an e-mail address nor a file")
    with opened.begin() as connection:
        campaign_by_invitation(connection, campaign_id)
        found = mailings.mark_bounced(connection, (key.person(campaign_id, one) for one in addresses), date.today())
        write_audit(connection, who_is_here(), Act.BOUNCES_NOTED, campaign_id, addresses=found)
    typer.echo(f"{campaign_id}: {found:,} of {len(addresses):,} addresses are in the ledger and get no more messages")
    if n_without:
        typer.echo(f"  {n_without:,} lines hold no address")


@app.command("status")
def status(
    campaign_id: _CampaignArgument,
    addresses: Annotated[
        Literal["new", "sending", "sent", "bounced", "opted_out"] | None,
        typer.Option(help="Print the addresses that are in this state, and nothing else."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print how many invitations are where.

    How many were invited and have answered, and what has become of the others. Who has answered is not known any more: her address
    was forgotten with the answer.

    Example: nets invitations status nets-2026
    """
    opened = open_database(database)
    with opened.read() as connection:
        campaign = campaign_by_invitation(connection, campaign_id)
        counts, learners = mailings.count_states(connection, campaign_id), read_invited(connection, campaign_id)
        due = mailings.unanswered(connection, campaign_id, State(addresses)) if addresses else ()
    if addresses:
        key = read_sending_settings().key()
        shown = sorted(key.open(one.sealed, one.token_hash)[1] for one in due)
        with opened.begin() as connection:
            n = len(shown)
            write_audit(connection, who_is_here(), Act.ADDRESSES_SHOWN, campaign_id, state=addresses, addresses=n)
        for one in shown:
            typer.echo(one)
        return
    invited, answered = sum(learners.invited.values()), sum(learners.answered.values())
    if as_json:
        states = {state.value: n for state, n in counts.items()}
        typer.echo(json.dumps({"campaign": campaign.id, "invited": invited, "answered": answered, **states}))
        return
    typer.echo(f"{campaign.title}: {invited:,} invitations, {answered:,} answered")
    for state, n in counts.items():
        if n:
            typer.echo(f"{n:>9,} {STATE_WORDS[state]}")
