"""E-mail by GOV.UK Notify, through its HTTP API.

Its own Python client turns every failed connection into one and the same error, so that a message that was certainly not sent
looks like one of which nobody knows; here they must be told apart.
"""

import time
from typing import Final
from uuid import UUID

import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey

from nets.errors import InvalidSetting
from nets.sending.message import Accepted, AddressRefused, Message, NotSent, Outcome, SenderUnavailable, Unknown

_PATIENCE: Final = 30.0
_ID_LENGTH: Final = 36


class NotifySender:
    """Sends by Notify, with a template of its own for each kind of message.

    Parameters
    ----------
    api_key
        As Notify gives it out: a name, the service's id and the secret, with hyphens between them.
    templates
        The id of Notify's template by kind of message. A template is filled in with ``Message.fields``.
    origin
        Where the API is.

    Raises
    ------
    InvalidSetting
        If the key is not of that form.
    """

    def __init__(self, api_key: str, templates: dict[str, str], origin: str) -> None:
        service, secret = api_key[-2 * _ID_LENGTH - 1 : -_ID_LENGTH - 1], api_key[-_ID_LENGTH:]
        if not _is_id(service) or not _is_id(secret):
            raise InvalidSetting(
                "NETS_NOTIFY_KEY is not an API key of GOV.UK Notify: a name, and two ids of 36 characters"
            )
        self._service = service
        self._secret = OctKey.import_key(secret)
        self._templates = templates
        self._client = httpx2.Client(base_url=origin, timeout=_PATIENCE)

    def send(self, message: Message) -> Outcome:
        """Send one message."""
        body = {
            "email_address": message.address,
            "template_id": self._templates[message.kind],
            "personalisation": dict(message.fields),
            "one_click_unsubscribe_url": message.stop,
        }
        try:
            answer = self._client.post(
                "/v2/notifications/email", json=body, headers={"Authorization": f"Bearer {self._token()}"}
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise SenderUnavailable("GOV.UK Notify cannot be reached") from None
        except httpx2.HTTPError:
            return Unknown()
        return _outcome(answer)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _token(self) -> str:
        claims = {"iss": self._service, "iat": int(time.time())}
        return jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, self._secret)


def _outcome(answer: httpx2.Response) -> Outcome:
    try:
        said = answer.json()
    except ValueError:
        said = {}
    if answer.status_code == httpx2.codes.CREATED:
        return Accepted(str(said.get("id", "")))
    faults = said.get("errors", []) if isinstance(said, dict) else []
    if answer.status_code == httpx2.codes.BAD_REQUEST and any(_is_of_address(fault) for fault in faults):
        return AddressRefused()
    if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
        return NotSent(f"GOV.UK Notify answered {answer.status_code}")
    # Its words are about the key, the template, the limits or the trial mode, and quote no address.
    kinds = ", ".join(sorted({str(fault.get("error", "")) for fault in faults if isinstance(fault, dict)}))
    raise SenderUnavailable(f"GOV.UK Notify answered {answer.status_code}{f' ({kinds})' if kinds else ''}")


def _is_of_address(fault: object) -> bool:
    return (
        isinstance(fault, dict)
        and fault.get("error") == "ValidationError"
        and str(fault.get("message", "")).startswith("email_address ")
    )


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
