"""Answers to forms that waited on a phone: the script is told where to go on, because browsers hide a redirect from it."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SENT_FROM_OUTBOX: Final = "X-Outbox"
"""Carries the submission key of the draft that the form belongs to."""

_NEXT: Final = "X-Next"


class OutboxAnswers:
    """Middleware that turns the redirect after a form of the outbox into an answer that names the next page.

    Were the redirect followed by the script, the next page would be loaded twice, and on a bad connection that is the wait.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; rename the address of a redirect where the script asked."""
        if scope["type"] != "http" or SENT_FROM_OUTBOX not in Headers(scope=scope):
            await self._app(scope, receive, send)
            return

        async def send_next(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 303:
                headers = MutableHeaders(scope=message)
                headers[_NEXT] = headers["location"]
                del headers["location"]
                message["status"] = 200
            await send(message)

        await self._app(scope, receive, send_next)
