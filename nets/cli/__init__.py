"""The command line: ``nets --help`` teaches it."""

import sys
from collections.abc import Sequence


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
        from nets.cli.commands import run  # loading it takes a moment, in which somebody may press Ctrl-C

        return run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        sys.stderr.write("nets: stopped\n")
        return 130
