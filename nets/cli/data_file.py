"""How a person says in which letters and with which separator a data file is written."""

from typing import Annotated, Literal, TypeAlias

import typer

EncodingOption: TypeAlias = Annotated[
    Literal["utf-8", "latin-1", "windows-1252"], typer.Option(help="How letters are written in the file.")
]
DelimiterOption: TypeAlias = Annotated[
    Literal[",", ";", "tab", "|"], typer.Option(help="What stands between the columns.")
]
