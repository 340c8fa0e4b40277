"""An OpenID Connect provider on loopback, which a test can tell to misbehave."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "nets", "a secret that two share"
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


@dataclass(slots=True)
class Provider:
    """A provider at which one person is always signed in already.

    ``claims`` are added to her identity token, ``key`` signs it, ``describes`` is added to what the provider says of itself.
    """

    issuer: str
    claims: dict[str, Any] = field(default_factory=dict)
    describes: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    refuses: bool = False
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def code_for(self, address: str) -> str:
        """What it does with a browser that comes by this address: remember what was asked, and give a code."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return code

    def tokens(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """What a code is good for, once, for whoever holds its verifier and is the client that it was given to."""
        asked = self.asked.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".replace(" ", "+").encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge.decode().rstrip("=")
            or asked["redirect_uri"] != form.get("redirect_uri")
            or (
                authorization not in {f"Basic {basic}", f"Basic {plain}"} and form.get("client_secret") != CLIENT_SECRET
            )
        ):
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "0815",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
            **self.claims,
        }
        present = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "one"}, present, self.key)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider, listening."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration" and not running.refuses:
                described = {
                    "issuer": running.issuer,
                    "authorization_endpoint": f"{running.issuer}/authorize",
                    "token_endpoint": f"{running.issuer}/token",
                    "jwks_uri": f"{running.issuer}/keys",
                    **running.describes,
                }
                self.answer(200, described)
            elif self.path == "/keys":
                self.answer(200, {"keys": [KEY.as_dict(private=False)]})
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = running.tokens(form, self.headers.get("Authorization", ""))
            self.answer(400 if "error" in tokens else 200, tokens)

        def answer(self, status: int, content: dict[str, Any]) -> None:
            sent = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def other_key() -> RSAKey:
    """A key that is not the provider's."""
    return OTHER_KEY
