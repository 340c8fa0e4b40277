"""E-mail by SMTP (RFC 5321), over STARTTLS unless it is set otherwise.

Until the last line of a message has gone, an interrupted conversation has sent nothing. After it, only the server's answer tells:
if that does not come, nobody knows.
"""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from typing import Final, Literal

from nets.sending.message import Accepted, AddressRefused, Message, NotSent, Outcome, SenderUnavailable, Unknown

Security = Literal["starttls", "tls", "none"]
# Lines as long as SMTP takes them: Python breaks shorter ones within an address, and mail programs do not mend that.
_LINES: Final = SMTP.clone(max_line_length=998)
_FOR_EVER: Final = range(500, 600)
_TAKEN: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the mail server is and how it is spoken to; an empty user does not sign in."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    seconds: float = 30.0


class SmtpSender:
    """Sends by one mail server, over one connection for as long as it holds.

    Parameters
    ----------
    server
        The mail server.
    from_address
        Who writes: ``survey@example.org`` or ``The survey team <survey@example.org>``.
    tls
        What certificates are trusted; the system's where it is left out.
    """

    def __init__(self, server: SmtpServer, from_address: str, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._from = from_address
        self._tls = tls or ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message) -> Outcome:
        """Send one message; a connection that broke is made anew."""
        mail = self._mail(message)
        connection = self._connection or self._connect()
        try:
            refused = self._address(connection, message.address)
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            return NotSent(f"the mail server broke off: {_in_words(fault)}")
        if refused is not None:
            return refused
        try:
            code, _ = connection.data(mail.as_bytes())
        except smtplib.SMTPDataError as fault:  # it did not even want to hear the message
            self._reset(connection)
            return NotSent(f"the mail server does not take the message: {fault.smtp_code}")
        except (smtplib.SMTPException, OSError):
            self.close()
            return Unknown()
        if code in _TAKEN:
            return Accepted(str(mail["Message-ID"]))
        self._reset(connection)
        return NotSent(f"the mail server does not take the message: {code}")

    def close(self) -> None:
        """Say goodbye to the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        server, seconds = self._server, self._server.seconds
        try:
            if server.security == "tls":
                self._connection = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=self._tls)
            else:
                self._connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
            if server.security == "starttls":
                self._connection.starttls(context=self._tls)
            if server.user:
                self._connection.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            raise SenderUnavailable(f"the mail server {server.host}:{server.port}: {_in_words(fault)}") from None
        return self._connection

    def _address(self, connection: smtplib.SMTP, address: str) -> Outcome | None:
        """Name who writes and who is written to; what became of the message where one of them is refused."""
        connection.ehlo_or_helo_if_needed()
        code, _ = connection.mail(parseaddr(self._from)[1])
        if code not in _TAKEN:
            self._reset(connection)
            if code in _FOR_EVER:
                raise SenderUnavailable(f"the mail server takes nothing from NETS_SENDER_ADDRESS: {code}")
            return NotSent(f"the mail server takes nothing just now: {code}")
        code, _ = connection.rcpt(address)
        if code in _TAKEN:
            return None
        self._reset(connection)
        return AddressRefused() if code in _FOR_EVER else NotSent(f"the mail server puts the address off: {code}")

    def _reset(self, connection: smtplib.SMTP) -> None:
        """Begin a new message on the same connection, or let go of it."""
        try:
            connection.rset()
        except (smtplib.SMTPException, OSError):
            self.close()

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=_LINES)
        mail["From"] = self._from
        mail["To"] = message.address
        mail["Subject"] = message.subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=parseaddr(self._from)[1].rpartition("@")[2] or None)
        # RFC 8058: the mail program's own button for it, which needs no page
        mail["List-Unsubscribe"] = f"<{message.stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer of an absent reader's program is wanted
        mail.set_content(message.body)
        return mail


def _in_words(fault: Exception) -> str:
    """What went wrong, without the server's own words: they may quote an address."""
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return "does not accept the user and password"
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return "does not offer what NETS_SMTP_SECURITY or NETS_SMTP_USER asks for"
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"answered {fault.smtp_code}"
    if isinstance(fault, ssl.SSLError):
        return f"its certificate or encryption cannot be trusted ({fault.reason or 'unknown reason'})"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    return "did not answer in time, or closed the connection"
