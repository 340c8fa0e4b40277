"""Every command of ``nets``, and how their faults are told: each in a line of its own, on standard error, with an exit code."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

import typer

from analysis import AnalysisError
from nets.cli import (
    accounts,
    auditing,
    break_offs,
    bursts,
    campaigns,
    concerns,
    demo,
    evidence,
    flagging,
    invitations,
    keys,
    posters,
    publishing,
    released_rates,
    releases,
    retests,
    risks,
    rosters,
    scores,
    serve,
    shuffling,
    simulating,
    transferring,
    validating,
)
from nets.cli.database import upgrade
from nets.errors import NetsError

_REFUSED: Final = 1
_INTERRUPTED: Final = 130

app = typer.Typer(
    name="nets",
    help="Publish questionnaires, run campaigns, release and read placement scores.",
    epilog="Exit codes: 0 done, 1 refused or invalid, 2 wrong usage, 130 stopped by Ctrl-C.",
    context_settings={"max_content_width": 100},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(upgrade)
app.command()(publishing.publish)
app.command()(publishing.diff)
app.add_typer(campaigns.app)
app.command()(posters.poster)
app.add_typer(invitations.app)
app.add_typer(retests.app)
app.add_typer(rosters.app)
app.command("response-rates")(rosters.response_rates)
app.command("break-offs")(break_offs.break_offs)
app.command()(bursts.bursts)
app.command()(simulating.simulate)
app.command("import")(transferring.import_data)
app.command("export")(transferring.export_data)
app.command()(releases.release)
app.command()(scores.scores)
app.command("released-rates")(released_rates.released_rates)
app.command()(flagging.flags)
app.command()(flagging.calibrate)
app.add_typer(risks.app)
app.add_typer(evidence.app)
app.add_typer(concerns.app)
app.command()(validating.validate)
app.command()(shuffling.shuffle)
app.add_typer(accounts.app)
app.add_typer(keys.app)
app.add_typer(auditing.app)


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; a fault is told in words, never as a stack trace."""
    try:
        code = app(list(arguments) or ["--help"], prog_name="nets", standalone_mode=False) or 0
    except typer.TyperException as fault:
        context = getattr(fault, "ctx", None)
        command = context.command_path if context else "nets"
        what = fault.format_message().replace("Value error, ", "").rstrip(".")
        return _tell([f"{what}; {command} --help says more"], fault.exit_code)
    except (NetsError, AnalysisError) as fault:
        return _tell(map(str, fault.problems), _REFUSED)
    except OSError as fault:
        return _tell([f"{fault.filename or 'a file'}: {fault.strerror or fault}"], _REFUSED)
    except UnicodeEncodeError as fault:
        what = f"cannot be written in this terminal's encoding, {fault.encoding}; set PYTHONUTF8=1"
        return _tell([f"{fault.object[fault.start : fault.end]!r} {what}"], _REFUSED)
    if code == _INTERRUPTED:  # typer makes this of a Ctrl-C
        raise KeyboardInterrupt
    return int(code)


def _tell(problems: Iterable[str], code: int) -> int:
    """Write a line a problem, whatever stands in it: names and messages come from files and other programs."""
    for problem in problems:
        line = " ".join(problem.split())
        shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)
        sys.stderr.write(f"nets: {shown}\n")
    return code
