"""The command line: ``nets --help`` teaches it."""

import sys
from collections.abc import Sequence
from typing import Final

WHAT_TO_INSTALL: Final = "the commands need the packages of the service: pip install --editable '.[web]' in a checkout"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        What stands after ``nets``; what the shell gave where it is left out.

    Returns
    -------
    int
        The exit code: 0 done, 1 refused or invalid, 2 wrong usage, 130 stopped by Ctrl-C.
    """
    try:
        try:
            from nets.cli.commands import run  # loading it takes a moment, in which somebody may press Ctrl-C
        except ModuleNotFoundError as missing:  # the plain install is `analysis` alone
            sys.stderr.write(f"nets: {missing.name} is not installed; {WHAT_TO_INSTALL}\n")
            return 1
        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        sys.stderr.write("nets: stopped\n")
        return 130
