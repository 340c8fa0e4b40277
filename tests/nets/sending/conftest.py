"""Mail servers of the tests' own, on this machine alone: they keep what they are sent, and fail where they are told to."""

import base64
import contextlib
import datetime
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nets.sending.message import Message

STOP = "https://survey.example.org/stop/" + "5" * 32


@dataclass(slots=True)
class MailServer:
    """A server that speaks as much SMTP as a sender needs.

    Attributes
    ----------
    answers
        What it answers instead of its usual, by the start of a command: ``{"RCPT TO:<elm@": "550 no such user"}``. An empty
        answer closes the connection.
    mails
        Every message that it took, as it came.
    said
        Every command that it heard, and after STARTTLS on an encrypted connection.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: int = 0


def _converse(server: MailServer, handler: socketserver.StreamRequestHandler, tls: ssl.SSLContext | None) -> None:
    lines, write = handler.rfile, handler.wfile
    server.connections += 1
    write.write(b"220 here\r\n")
    while line := lines.readline().decode().strip():
        server.said.append(line)
        command = line.upper()
        answer = next((what for start, what in server.answers.items() if command.startswith(start.upper())), None)
        if answer == "":
            return
        if answer is not None:
            write.write(f"{answer}\r\n".encode())
        elif command.startswith("EHLO"):
            offered = ["250-here", "250-AUTH PLAIN", *(["250-STARTTLS"] if tls else []), "250 8BITMIME"]
            write.write("".join(f"{one}\r\n" for one in offered).encode())
        elif command == "STARTTLS" and tls:
            write.write(b"220 go\r\n")
            with contextlib.closing(handler.connection) as plain:
                handler.connection = tls.wrap_socket(plain, server_side=True)
            lines, write = handler.connection.makefile("rb"), handler.connection.makefile("wb", 0)
            server.said.append("(encrypted)")
        elif command.startswith("AUTH PLAIN"):
            good = base64.b64decode(line.split()[-1]) == b"\0survey\0secret"
            write.write(b"235 welcome\r\n" if good else b"535 no\r\n")
        elif command == "DATA":
            write.write(b"354 go on\r\n")
            mail = b""
            while (part := lines.readline()) not in {b".\r\n", b""}:
                mail += part.removeprefix(b".")  # RFC 5321, 4.5.2
            after = server.answers.get("(mail)", "250 taken")
            if after == "":
                server.mails.append(mail.decode())  # taken, and the answer is lost
                return
            if after.startswith("250"):
                server.mails.append(mail.decode())
            write.write(f"{after}\r\n".encode())
        elif command == "QUIT":
            write.write(b"221 bye\r\n")
            return
        else:
            write.write(b"250 ok\r\n")


@contextlib.contextmanager
def _running(tls: ssl.SSLContext | None) -> Iterator[MailServer]:
    mail_server = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                _converse(mail_server, self, tls)
            self.connection.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        mail_server.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield mail_server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost with its key in one file, which nobody trusts but who is told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A server without encryption."""
    with _running(None) as server:
        yield server


@pytest.fixture
def encrypted_server(certificate: Path) -> Iterator[MailServer]:
    """A server that offers STARTTLS."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with _running(tls) as server:
        yield server


@pytest.fixture
def message_to() -> Callable[[str], Message]:
    """A message to an address."""

    def make(address: str) -> Message:
        fields = {
            "title": "Tŷ survey",
            "placement": "Ward 1",
            "closes": "1 May 2026",
            "link": "https://x/i/1",
            "stop": STOP,
        }
        return Message(address, "invitation", "Tŷ survey", "Open: https://x/i/1\n.\nGoodbye\n", STOP, fields)

    return make
