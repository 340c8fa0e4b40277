"""Answers that a program need not fetch twice: ETag and If-None-Match (RFC 9110).

A release never changes, so the tag of what is read from one follows from the release, the question and the view of the reader; no
number has to be read to tell that the program has it already. The tag of what does change is a digest of the answer itself.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response
from pydantic import BaseModel

import nets
import survey_api.api_v1
from nets.access.roles import Principal
from nets.store.database import Connection
from nets.store.organisations import count_organisations
from nets.store.releases import release_digest

_KEPT_BY_THE_READER: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
NOT_MODIFIED: Final[dict[int | str, dict[str, str]]] = {
    304: {"description": "The caller has this answer already (If-None-Match)."}
}


class NotModified(Exception):
    """Raised where the caller has the answer already."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("not modified")
        self.headers = headers


def on_not_modified(_: Request, error: Exception) -> Response:
    """Answer without a body."""
    return Response(status_code=304, headers=error.headers if isinstance(error, NotModified) else {})


def has_already(request: Request, etag: str) -> bool:
    """Whether the caller said that he has what this tag stands for. ``*`` is no tag that was ever given out."""
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return etag in known


def tag_by_release(
    request: Request, answer: Response, reader: Principal, connection: Connection, release_ids: Iterable[str]
) -> None:
    """Tag an answer that follows from releases and from the tree of places, to which places are only ever added.

    Raises
    ------
    NotModified
        If the caller has it already.
    """
    _tag(
        request,
        answer,
        [
            _program(),
            [release_digest(connection, release_id) for release_id in release_ids],
            count_organisations(connection),
            [reader.role, reader.scope],
            [request.url.path, request.url.query],
        ],
    )


def tag_by_content(request: Request, answer: Response, content: BaseModel) -> None:
    """Tag an answer that may be another one tomorrow.

    Raises
    ------
    NotModified
        If the caller has it already.
    """
    _tag(request, answer, content.model_dump_json())


@cache
def _program() -> str:
    """A digest of the program itself, so that a new version of the service is asked anew."""
    files = sorted(path for package in (nets, survey_api.api_v1) for path in Path(package.__path__[0]).rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _tag(request: Request, answer: Response, made_of: object) -> None:
    # a strong tag stands for bytes, and those sent compressed are others
    is_packed = "gzip" in request.headers.get("accept-encoding", "")
    etag = f'"{hashlib.sha256(json.dumps([is_packed, made_of], default=str).encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, **_KEPT_BY_THE_READER}
    if has_already(request, etag):
        raise NotModified(headers)
    answer.headers.update(headers)
