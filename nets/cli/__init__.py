"""The command line: ``nets --help`` teaches it. Faults of an input are told in a line each, on standard error, with exit code 1."""

import sys

import typer

from nets.cli import campaigns, demo, publishing, releases, serve, simulating, transferring
from nets.cli.database import upgrade
from nets.errors import NetsError

app = typer.Typer(
    name="nets",
    help="Publish questionnaires, run campaigns, release and read placement scores.",
    epilog="The database is --database or NETS_DATABASE_URL. Exit codes: 0 done, 1 refused or invalid, 2 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(upgrade)
app.command()(publishing.publish)
app.command()(publishing.diff)
app.add_typer(campaigns.app)
app.command()(simulating.simulate)
app.command("import")(transferring.import_data)
app.command("export")(transferring.export_data)
app.command()(releases.release)
app.command()(releases.scores)


def main() -> None:
    """Run a command; a fault is told in words, never as a stack trace."""
    try:
        app()
    except NetsError as fault:
        for problem in fault.problems:
            sys.stderr.write(f"nets: {problem}\n")
        sys.exit(1)
    except OSError as fault:
        sys.stderr.write(f"nets: {fault.filename or 'a file'}: {fault.strerror or fault}\n")
        sys.exit(1)
