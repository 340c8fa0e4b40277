"""``nets retest``: ask some learners of a confidential campaign once more, compare their two answers, destroy what links them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from nets.access.audit import Act
from nets.campaign import Campaign
from nets.cli.accounts import who_is_here
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption, open_database
from nets.cli.mailing import Round, TextOption, UnknownOption, campaign_by_invitation, send_round
from nets.cli.origin import OriginOption
from nets.cli.retest_table import comparison_table
from nets.errors import NotFound, Refused
from nets.retest import CONSENT_WORDS, TIME_TO_ANSWER, WANTED, ConsentState, last_day_to_invite
from nets.retest_comparison import compare_answers
from nets.retesting import Draw, draw, in_their_window, read_answered_twice
from nets.sending.settings import read_sending_settings
from nets.store import mailings
from nets.store.audit import write_audit
from nets.store.campaigns import get_campaign
from nets.store.database import Connection, Database
from nets.store.mailings import Due
from nets.store.questionnaires import get_version
from nets.store.retest_consents import count_consents
from nets.store.retests import (
    DestroyedRetest,
    RetestCounts,
    count_retest,
    destroy_retest,
    find_retest,
    get_open_retest,
    note_comparison,
    open_retest,
)
from nets.store.shuffling import shuffle

app = typer.Typer(name="retest", help="Ask some learners once more, and see how far their answers can be relied on.")

_CampaignArgument = Annotated[str, typer.Argument(help="The campaign's code.")]
_DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Draw nobody and send nothing; say how many are due, and show one message.")
]
_DAYS_TO_A_REMINDER: Final = 7


@app.command("open")
def open_for(
    campaign_id: _CampaignArgument,
    share: Annotated[
        int, typer.Option(help="Per cent of those who agree who are drawn at random: 1 to 100.", min=1, max=100)
    ],
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Let learners of a campaign be asked whether they may be asked once more.

    Confidential campaigns by invitation alone. From now on the check page asks, before a learner sends. The campaign gets a key of
    its own, sealed under NETS_INVITATION_KEY, which links the two answers until nets retest destroy, or for five weeks after the
    campaign's last day.

    Example: nets retest open nets-2026 --share 50
    """
    key = read_sending_settings().key()
    with open_database(database).begin() as connection:
        open_retest(connection, key, campaign_id, share, date.today())
        write_audit(connection, who_is_here(), Act.RETEST_OPENED, campaign_id, share=share)
    typer.echo(f"{campaign_id}: learners are asked from now on; {share} % of those who agree are drawn")
    typer.echo(f"  10 to 21 days after their answers, at least once a week: nets retest send {campaign_id}")


@app.command("send")
def send(
    campaign_id: _CampaignArgument,
    address: OriginOption,
    text: TextOption = None,
    unknown: UnknownOption = None,
    dry_run: _DryRunOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Draw from those whose time has come, and send them their second invitation.

    Their time comes 10 days after their answer and is over after 21; run it at least once a week, also in the three weeks after
    the campaign's end. Each is drawn, or not, once. An invitation takes an answer for seven days. It can be stopped and run again.

    Example: nets retest send nets-2026 --address https://survey.example.org
    """
    opened, campaign = _to_invite_in(database, campaign_id)
    if not dry_run:
        read_sending_settings().open_sender(typer.echo, again=True).close()  # nobody is drawn who cannot be sent to
        with opened.begin() as connection:
            retest = get_open_retest(connection, campaign_id)
            drawn = draw(connection, read_sending_settings().key(), retest, date.today())
            write_audit(connection, who_is_here(), Act.RETEST_DRAWN, campaign_id, drawn=drawn.drawn)
        typer.echo(_in_words(campaign_id, drawn))

    def due(connection: Connection) -> Sequence[Due]:
        return mailings.due_invitations(connection, campaign_id, again=True)

    _send(opened, campaign, due, address, text, unknown, dry_run)


@app.command("remind")
def remind(
    campaign_id: _CampaignArgument,
    address: OriginOption,
    text: TextOption = None,
    unknown: UnknownOption = None,
    dry_run: _DryRunOption = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Remind those who were asked once more a week ago and have not answered.

    Once at most, and nobody later than 21 days after her answer. Nobody who wants no messages or cannot be reached.

    Example: nets retest remind nets-2026 --address https://survey.example.org
    """
    opened, campaign = _to_invite_in(database, campaign_id)

    def due(connection: Connection) -> Sequence[Due]:
        return mailings.due_reminders(
            connection, campaign_id, date.today(), most=1, days_apart=_DAYS_TO_A_REMINDER, again=True
        )

    _send(opened, campaign, due, address, text, unknown, dry_run)


@app.command("status")
def status(
    campaign_id: _CampaignArgument,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print how many agreed, were drawn, were invited, have answered, and say that nothing has changed.

    At least 100 whose placement has not changed are wanted. When the key was destroyed the numbers are still there.

    Example: nets retest status nets-2026
    """
    with open_database(database).read() as connection:
        campaign = get_campaign(connection, campaign_id)
        found = find_retest(connection, campaign_id)
        if found is None:
            raise NotFound(f"{campaign_id} has no retest; one is opened with: nets retest open {campaign_id}")
        consents = count_consents(connection, campaign_id)
        counts = found.counts if isinstance(found, DestroyedRetest) else count_retest(connection, campaign_id)
    destroyed_on = found.destroyed_on if isinstance(found, DestroyedRetest) else None
    if as_json:
        states = {state.value: n for state, n in consents.items() if state is not ConsentState.DRAWN}
        document = {"campaign": campaign_id, "destroyed_on": destroyed_on, **asdict(counts), **states}
        typer.echo(json.dumps(document, default=str))
        return
    typer.echo("\n".join(_status(campaign, counts, consents, destroyed_on)))


@app.command("compare")
def compare(
    campaign_id: _CampaignArgument,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Print how far the scores of every scale last, and who took part.

    Of those whose placement has not changed: the intraclass correlation for agreement with its 95 % interval, the standard error of
    measurement, and the smallest change that is more than error. Those who answered twice are compared with those who did not agree
    or did not answer. What fewer learners than the campaign's floor would tell is withheld. Keep what it prints: when the key is
    destroyed, nothing can print it again.

    Example: nets retest compare nets-2026
    """
    opened, key = open_database(database), read_sending_settings().key()
    with opened.read() as connection:
        retest = get_open_retest(connection, campaign_id)
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        answers = read_answered_twice(connection, retest.key(key), retest, version)
    found = compare_answers(version, campaign, answers)
    with opened.begin() as connection:
        note_comparison(connection, campaign_id, date.today())
        write_audit(connection, who_is_here(), Act.RETEST_COMPARED, campaign_id, answered_twice=found.n_took_part)
    if as_json:
        typer.echo(json.dumps({"campaign": campaign_id, **asdict(found)}))
        return
    typer.echo("\n".join(comparison_table(campaign, version, found)))


@app.command("destroy")
def destroy(
    campaign_id: _CampaignArgument,
    unread: Annotated[bool, typer.Option("--unread", help="Even though nothing was compared yet.")] = False,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Destroy the key, the second answers, and everything else that leads from one answer of a learner to another.

    It cannot be undone, and the numbers stay. Nobody can be drawn or answer once more from then on. Five weeks after the campaign's
    last day the service does it by itself, whether or not anything was compared. A backup from before holds what was destroyed:
    delete it, too.

    Example: nets retest destroy nets-2026
    """
    opened, today = open_database(database), date.today()
    with opened.begin() as connection:
        if not (get_open_retest(connection, campaign_id).is_compared or unread):
            raise Refused(
                f"the two answers of {campaign_id} were not compared yet; nets retest compare {campaign_id} does it, --unread "
                "destroys them all the same"
            )
        counts = destroy_retest(connection, campaign_id, today)
        write_audit(connection, who_is_here(), Act.RETEST_DESTROYED, campaign_id, answered=counts.answered)
    shuffle(opened, today)  # until then the files hold what was deleted
    typer.echo(
        f"{campaign_id}: the key and {counts.answered:,} second answers are destroyed; nothing links two answers any more"
    )


def _to_invite_in(database: str, campaign_id: str) -> tuple[Database, Campaign]:
    opened = open_database(database)
    with opened.read() as connection:
        get_open_retest(connection, campaign_id)
        campaign = campaign_by_invitation(connection, campaign_id)
    last = last_day_to_invite(campaign)
    if date.today() > last:
        raise Refused(f"nobody of {campaign_id} can be asked once more: the last day was {last}")
    return opened, campaign


def _send(
    opened: Database,
    campaign: Campaign,
    find_due: Callable[[Connection], Sequence[Due]],
    origin: str,
    text: Path | None,
    unknown: str | None,
    dry_run: bool,
) -> None:
    today, operators = date.today(), read_sending_settings().key()

    with opened.begin() as connection:
        key = get_open_retest(connection, campaign.id).key(operators)
        in_time = in_their_window(connection, key, campaign.id, today)

    def due(connection: Connection) -> Sequence[Due]:
        return [one for one in find_due(connection) if one.token_hash in in_time]

    messages = Round("retest", Act.RETEST_SENT, today + TIME_TO_ANSWER, due, again=True)
    send_round(opened, campaign, messages, origin, text, unknown, dry_run)


def _in_words(campaign_id: str, drawn: Draw) -> str:
    parts = [f"{drawn.drawn:,} drawn"]
    parts += [
        f"{n:,} {words}"
        for n, words in (
            (drawn.not_drawn, "not drawn, by chance"),
            (drawn.too_early, "too early"),
            (drawn.too_late, "too late"),
            (drawn.stopped, "want no messages or cannot be reached"),
            (drawn.withdrawn, "took their first response back"),
        )
        if n
    ]
    return f"{campaign_id}: {', '.join(parts)}"


def _status(
    campaign: Campaign, counts: RetestCounts, consents: Mapping[ConsentState, int], destroyed_on: date | None
) -> Iterator[str]:
    yield f"{campaign.title}: {counts.agreed:,} agreed to be asked once more"
    yield from (f"{consents[state]:>9,} {words}" for state, words in CONSENT_WORDS.items() if consents[state])
    yield f"{counts.drawn:>9,} were drawn"
    yield f"{counts.invited:>9,} were sent a message"
    yield f"{counts.answered:>9,} have answered once more"
    missing = max(WANTED - counts.stable, 0)
    goal = f"; {missing:,} more are wanted" if missing and destroyed_on is None else ""
    yield f"{counts.stable:>9,} of them say that their placement has not changed{goal}"
    if destroyed_on:
        yield f"the key was destroyed on {destroyed_on}: nothing links two answers any more"
