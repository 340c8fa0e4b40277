"""What is turned away before anything reads it: bodies too long or cut off, addresses that hold control characters.

Without a limit fifty megabytes were taken in and parsed; a NUL in an address is no text to PostgreSQL and would end
in a 500; a form whose second half was lost on a bad connection would take answers away.
"""

from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey_api.errors import BodyTooLong, StrangeAddress, answer_to


class RequestLimits:
    """Middleware that answers 413 to a body over the limit, declared or streamed, and 400 to a strange address."""

    def __init__(self, app: ASGIApp, *, body_limit: int) -> None:
        self._app = app
        self._limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read at most the limit, then pass the request on with the body that was read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope.get("raw_path") or scope["path"].encode()
        if any(byte < 32 or byte == 127 for byte in unquote_to_bytes(path) + unquote_to_bytes(scope["query_string"])):
            await answer_to(StrangeAddress(), scope)(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
        except ClientDisconnect:
            return  # half a form reads like a whole one, and nobody waits for an answer any more
        if body is None:
            await answer_to(BodyTooLong(self._limit), scope)(scope, receive, send)
            return
        unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, replay, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, or None where it is longer than the limit."""
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self._limit:
            return None
        body = bytearray()
        more = True
        while more and len(body) <= self._limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return bytes(body) if len(body) <= self._limit else None
