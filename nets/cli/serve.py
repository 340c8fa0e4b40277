"""``nets serve``: the web service. The only place that starts it, by its name, so that ``nets`` needs nothing of the web."""

import os
from typing import Annotated

import typer

from nets.cli.database import DEFAULT_DATABASE, DatabaseOption
from nets.errors import InvalidSetting


def serve(
    database: DatabaseOption = DEFAULT_DATABASE,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Start the service: the learner's pages, the quality pages and the API.

    Other settings are environment variables (docs/settings.md).
    """
    start_service(database, port, host)


def start_service(database: str, port: int, host: str = "127.0.0.1") -> None:
    """Run the service on a database until it is stopped."""
    try:
        import uvicorn
    except ImportError as missing:
        raise InvalidSetting("the service needs its packages: pip install 'nets-survey[web]'") from missing
    os.environ["NETS_DATABASE_URL"] = database
    # addresses of people are not written down (service.md, Privacy), so there is no access log
    uvicorn.run("survey_api.app:create_app", factory=True, host=host, port=port, access_log=False, log_level="warning")
