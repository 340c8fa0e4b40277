"""A message to one learner, and what can become of it when a sender has been asked to take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from nets.errors import NetsError


class SenderUnavailable(NetsError):
    """A sender that takes no message at all: unreachable, not allowed, or set up wrongly. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one learner is sent.

    Attributes
    ----------
    kind
        ``"invitation"``, ``"reminder"`` or ``"retest"``; a sender with texts of its own chooses by it.
    fields
        What the text was filled in with, for such a sender: ``title``, ``placement``, ``closes``, ``link``, ``stop``.
    stop
        The address that ends messages, for the header by which mail programs offer that themselves.
    """

    address: str
    kind: str
    subject: str
    body: str
    stop: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken for delivery, under this id of the sender's."""

    delivery_id: str


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """Nothing can ever be delivered to this address."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not sent this time; ``why`` holds no address."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The sender did not say whether it took the message; sending again may be sending twice."""


Outcome: TypeAlias = Accepted | AddressRefused | NotSent | Unknown


class Sender(Protocol):
    """Takes messages one by one."""

    def send(self, message: Message) -> Outcome:
        """Send one message.

        Raises
        ------
        SenderUnavailable
            If no message can be sent; this one certainly was not.
        """
        ...

    def close(self) -> None:
        """Let go of a connection; nothing happens if there is none."""
        ...
