"""Who acts on the command line, for the audit trail."""

import getpass


def who_acts() -> str:
    """The person at this machine: ``command line (maria)``."""
    try:
        return f"command line ({getpass.getuser()})"
    except OSError:  # a user without a name, as in some containers
        return "command line"
