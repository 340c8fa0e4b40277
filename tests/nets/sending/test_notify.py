"""GOV.UK Notify against a server on this machine that answers as its documentation says."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from nets.errors import InvalidSetting
from nets.sending.message import Accepted, AddressRefused, Message, NotSent, SenderUnavailable, Unknown
from nets.sending.notify import NotifySender

SERVICE, SECRET = str(uuid4()), str(uuid4())
TEMPLATES = {"invitation": str(uuid4()), "reminder": str(uuid4())}
To = Callable[[str], Message]


@dataclass(slots=True)
class Notify:
    """What it answers, and what it was asked."""

    origin: str = ""
    status: int = 201
    answer: Any = field(default_factory=lambda: {"id": "740e5834"})
    asked: list[Any] = field(default_factory=list)
    closes: bool = False


@pytest.fixture
def notify() -> Iterator[Notify]:
    service = Notify()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.asked.append((self.path, self.headers["Authorization"], body))
            if service.closes:
                self.close_connection = True
                self.connection.close()
                return
            said = json.dumps(service.answer).encode() if service.answer is not None else b"<html>"
            self.send_response(service.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield service
        server.shutdown()
        thread.join()


@pytest.fixture
def sender(notify: Notify) -> Iterator[NotifySender]:
    made = NotifySender(f"survey-{SERVICE}-{SECRET}", TEMPLATES, notify.origin)
    yield made
    made.close()


def test_it_asks_as_the_documentation_says(notify: Notify, sender: NotifySender, message_to: To) -> None:
    message = message_to("ash@example.org")
    assert sender.send(message) == Accepted("740e5834")
    ((path, authorization, body),) = notify.asked
    assert path == "/v2/notifications/email"
    assert body == {
        "email_address": "ash@example.org",
        "template_id": TEMPLATES["invitation"],
        "personalisation": dict(message.fields),
        "one_click_unsubscribe_url": message.stop,
    }
    token = jwt.decode(authorization.removeprefix("Bearer "), OctKey.import_key(SECRET), algorithms=["HS256"])
    assert token.header == {"typ": "JWT", "alg": "HS256"}
    assert token.claims["iss"] == SERVICE
    assert isinstance(token.claims["iat"], int)


def fault(kind: str, message: str) -> Any:
    return {"status_code": 0, "errors": [{"error": kind, "message": message}]}


def test_an_address_that_is_refused_is_told_from_everything_else(
    notify: Notify, sender: NotifySender, message_to: To
) -> None:
    notify.status, notify.answer = 400, fault("ValidationError", "email_address Not a valid email address")
    assert sender.send(message_to("ash@example.org")) == AddressRefused()
    for status in (500, 503):
        notify.status, notify.answer = status, None
        assert sender.send(message_to("ash@example.org")) == NotSent(f"GOV.UK Notify answered {status}")
    notify.closes = True
    assert sender.send(message_to("ash@example.org")) == Unknown()


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
        (400, "ValidationError", "template_id is not a valid UUID"),
        (403, "AuthError", "Invalid token: API key not found"),
        (429, "TooManyRequestsError", "Exceeded send limits (50) for today"),
    ],
)
def test_what_no_message_would_get_past_stops_the_run(
    status: int, kind: str, message: str, notify: Notify, sender: NotifySender, message_to: To
) -> None:
    notify.status, notify.answer = status, fault(kind, message)
    with pytest.raises(SenderUnavailable, match=rf"answered {status} \({kind}\)"):
        sender.send(message_to("ash@example.org"))


def test_a_service_that_cannot_be_reached_has_sent_nothing(message_to: To) -> None:
    sender = NotifySender(f"survey-{SERVICE}-{SECRET}", TEMPLATES, "http://127.0.0.1:1")
    with pytest.raises(SenderUnavailable, match="cannot be reached"):
        sender.send(message_to("ash@example.org"))
    sender.close()


@pytest.mark.parametrize(
    "key",
    ["", "secret", f"survey-{SERVICE}", f"survey-{SERVICE}-{'x' * 36}"],
    ids=["empty", "one word", "without secret", "secret of letters"],
)
def test_a_key_of_another_form_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(InvalidSetting, match="NETS_NOTIFY_KEY") as told:
        NotifySender(key, TEMPLATES, "http://127.0.0.1:1")
    assert not key or key not in str(told.value)
