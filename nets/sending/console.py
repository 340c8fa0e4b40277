"""The sender for trying out: what would be sent is printed."""

from collections.abc import Callable

from nets.sending.message import Accepted, Message, Outcome


class ConsoleSender:
    """Prints messages; ``write`` takes a line."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def send(self, message: Message) -> Outcome:
        """Print a message."""
        self._write(f"To: {message.address}\nSubject: {message.subject}\n\n{message.body}\n" + "-" * 72)
        return Accepted("printed")

    def close(self) -> None:
        """Nothing is held."""
