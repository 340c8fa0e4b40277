"""``nets serve``: the web service. The only place that starts it, by its name, so that ``nets`` needs nothing of the web."""

import contextlib
import os
import socket
from typing import Annotated

import typer

from nets.cli import WHAT_TO_INSTALL
from nets.cli.database import DEFAULT_DATABASE, DatabaseOption
from nets.errors import InvalidSetting


def serve(
    database: DatabaseOption = DEFAULT_DATABASE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Start the service: learner's pages, quality pages, API.

    It runs until Ctrl-C, and listens on this machine alone unless --host says otherwise. Who is to see quality pages needs an
    account: nets accounts add. Its other settings are environment variables (docs/settings.md).

    Example: nets serve --database sqlite:///survey.sqlite3 --port 8080
    """
    start_service(database, port, host, "; quality pages at /quality, data interface at /docs")


def start_service(database: str, port: int, host: str = "127.0.0.1", what_is_there: str = "") -> None:
    """Run the service on a database until it is stopped; say where it listens and ``what_is_there``.

    Raises
    ------
    NetsError
        If the service refuses to start, or the address cannot be listened on.
    """
    try:
        import uvicorn
    except ImportError as missing:
        raise InvalidSetting(f"{missing.name} is not installed; {WHAT_TO_INSTALL}") from missing
    os.environ["NETS_DATABASE_URL"] = database
    # no address of a visitor is ever written down, so there is no access log
    config = uvicorn.Config("survey_api.app:create_app", factory=True, access_log=False, log_level="warning")
    with _listening(host, port) as listener:
        config.load()
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"listening on http://{shown}:{port}{what_is_there}; Ctrl-C stops the service")
        with contextlib.suppress(KeyboardInterrupt):  # that is how it is stopped
            uvicorn.Server(config).run(sockets=[listener])


def require_free(port: int, host: str = "127.0.0.1") -> None:
    """Refuse a port that another program has, before long work that ends in listening on it."""
    _listening(host, port).close()


def _listening(host: str, port: int) -> socket.socket:
    """The socket, opened before anything else, so that a port in use is told in words and at once."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as fault:
        # the system's words alone: Python adds the address once more
        why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else str(fault.strerror)
        raise InvalidSetting(
            f"cannot listen on {host} port {port}: {why.lower()}; choose another with --port"
        ) from None
