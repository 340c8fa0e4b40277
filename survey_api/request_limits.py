"""What is turned away before anything reads it: bodies too long or cut off, strange addresses, more than can be answered in time.

Without a limit fifty megabytes were taken in and parsed; a NUL in an address is no text to PostgreSQL and would end
in a 500; a form whose second half was lost on a bad connection would take answers away; and at twice of what can be stored all
waited longer and longer, where now some are asked to come again and the others are answered nearly as quickly as ever.
"""

import re
import time
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nets.errors import StoreBusy
from survey_api.errors import BodyTooLong, FileTooLong, StrangeAddress, answer_to

_FEW: Final = 32
_LONGEST_WAIT: Final = 0.15  # seconds; before and after it a request waits for its turn to be read and answered
_REMEMBERED: Final = 64
_TAKES_A_FILE: Final = re.compile("/campaigns/[^/]+/roster")


class RequestLimits:
    """Middleware that answers 413 to a body over the limit, 400 to a strange address, and in a rush 503 to who would only wait.

    It is a rush while many forms and submissions are under way and one more would wait for long: at the pace of the latest
    answers, or because none comes at all. How many can be answered in that time differs from machine to machine and from hour
    to hour, so the time is fixed and not the number.
    """

    def __init__(self, app: ASGIApp, *, body_limit: int, file_limit: int) -> None:
        self._app = app
        self._body_limit = body_limit
        self._file_limit = file_limit
        self._under_way = 0
        self._last_answer = 0.0
        self._pace = 0.0  # seconds from one answer to the next while many are waited for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read at most the limit, then pass the request on with the body that was read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope.get("raw_path") or scope["path"].encode()
        if any(byte < 32 or byte == 127 for byte in unquote_to_bytes(path) + unquote_to_bytes(scope["query_string"])):
            await answer_to(StrangeAddress(), scope)(scope, receive, send)
            return
        takes_a_file = _TAKES_A_FILE.fullmatch(scope["path"]) is not None
        limit = self._file_limit if takes_a_file else self._body_limit
        try:
            body = await _read(scope, receive, limit)
        except ClientDisconnect:
            return  # half a form reads like a whole one, and nobody waits for an answer any more
        if body is None:
            too_long = FileTooLong if takes_a_file else BodyTooLong
            await answer_to(too_long(limit), scope)(scope, receive, send)
            return
        if scope["method"] != "POST":
            await self._pass_on(scope, body, receive, send)
        elif self._is_a_rush():
            await answer_to(StoreBusy("too many send at once"), scope)(scope, receive, send)
        else:
            await self._pass_on_and_note(scope, body, receive, send)

    def _is_a_rush(self) -> bool:
        since_an_answer = time.monotonic() - self._last_answer
        return self._under_way > _FEW and max(self._under_way * self._pace, since_an_answer) > _LONGEST_WAIT

    async def _pass_on_and_note(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        if not self._under_way:
            self._last_answer = time.monotonic()
        self._under_way += 1
        try:
            await self._pass_on(scope, body, receive, send)
        finally:
            now = time.monotonic()
            if (
                self._under_way > _FEW / 2
            ):  # of those who come one by one it would be told how long each takes by herself
                self._pace += (now - self._last_answer - self._pace) / _REMEMBERED
            self._under_way -= 1
            self._last_answer = now

    async def _pass_on(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, replay, send)


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None where it is longer than the limit."""
    declared = dict(scope["headers"]).get(b"content-length", b"")
    if declared.isdigit() and int(declared) > limit:
        return None
    body = bytearray()
    more = True
    while more and len(body) <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body) if len(body) <= limit else None
