"""Headers of every answer: nothing from outside, nothing inline, nothing kept by a shared device.

Answers are not stored by browsers unless the route says otherwise, because a cached page shows a filled form on Back.
The referrer stays within the site, not wholly off: without it browsers send ``Origin: null`` with a form. Where the address holds
a token it is the site's name alone, which keeps the form's origin and gives the token to nobody, not even to our own log.
"""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# Swagger UI draws its icons from data addresses.
_POLICY_OF_DOCS = f"{_POLICY}; img-src 'self' data:"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HOLD_TOKENS: Final = ("/i/", "/stop/")
"""What addresses begin with in which a token stands."""


class HeadersAlone:
    """Middleware that answers HEAD as it would GET, without the body: link checkers, proxies and mail programs ask so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a HEAD on as a GET, and of what comes back the headers."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class SecurityHeaders:
    """Middleware that adds the headers, to error pages too."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add headers to whatever comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"], message["status"])
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, path: str, status: int) -> None:
        headers["Content-Security-Policy"] = _POLICY_OF_DOCS if path == "/docs" else _POLICY
        for name, value in _ALWAYS.items():
            headers[name] = value
        if path.startswith(HOLD_TOKENS):
            headers["Referrer-Policy"] = "strict-origin"
        if self._is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if path.startswith("/static/") and status < 400:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            headers.setdefault("Cache-Control", "no-store")
