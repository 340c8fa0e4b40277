"""Where learners reach the service, as commands are told that write links."""

from typing import Annotated, TypeAlias

import typer

from nets.origin import as_origin


def _origin(address: str) -> str:
    try:
        return as_origin(address)
    except ValueError as fault:
        raise typer.BadParameter(f"'{address}' {fault}") from None


OriginOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--address",
        envvar="NETS_PUBLIC_ORIGIN",
        help="Where learners reach the service: https://survey.example.org.",
        parser=_origin,
        metavar="ORIGIN",
    ),
]
