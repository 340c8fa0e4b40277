"""What messages say: a subject and a text with places to fill in, the ones that are shipped or a survey manager's own."""

from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final

from nets.errors import InvalidFile, Problem
from nets.sending.message import Message

FIELDS: Final = ("title", "placement", "closes", "link", "stop")
"""What a text can be filled in with; it must hold ``{link}`` and ``{stop}``."""

_TEXTS: Final = Path(__file__).parent / "texts"
_LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a text of one kind of message, ``"invitation"``, ``"reminder"`` or ``"retest"``."""

    kind: str
    subject: str
    body: str

    def message(self, address: str, fields: dict[str, str]) -> Message:
        """The message to one address, filled in."""
        return Message(
            address=address,
            kind=self.kind,
            subject=" ".join(self.subject.format_map(fields).split()),
            body=self.body.format_map(fields),
            stop=fields["stop"],
            fields=fields,
        )


def shipped_wording(kind: str) -> Wording:
    """The text that is there from the start."""
    return read_wording(_TEXTS / f"{kind}.txt", kind)


def read_wording(path: Path, kind: str) -> Wording:
    """Read a text: the subject in the first line, an empty line, then what the message says.

    Raises
    ------
    InvalidFile
        Naming everything that is wrong with it.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidFile([Problem(path.name, "is not a text in UTF-8")]) from None
    subject, _, body = text.replace("\r\n", "\n").partition("\n\n")
    problems = list(_problems(path.name, subject.strip(), body.strip()))
    if problems:
        raise InvalidFile(problems)
    return Wording(kind, subject.strip(), f"{body.strip()}\n")


def _problems(name: str, subject: str, body: str) -> list[Problem]:
    if not subject or "\n" in subject or not body:
        return [Problem(name, "does not begin with a line for the subject and an empty one, followed by the text")]
    found = []
    if len(subject) + len(body) > _LONGEST:
        found.append(Problem(name, f"is longer than {_LONGEST:,} characters"))
    try:
        used = {field for part in (subject, body) for _, field, _, _ in Formatter().parse(part) if field is not None}
    except ValueError:
        return [*found, Problem(name, "has a brace { or } alone; one that is meant to be read is written twice")]
    known = ", ".join(f"{{{field}}}" for field in FIELDS)
    found += [
        Problem(name, f"has the place {{{field}}}, which nothing fills in; there are {known}")
        for field in sorted(used - set(FIELDS))
    ]
    found += [
        Problem(name, f"lacks {{{field}}}, {why}")
        for field, why in (("link", "without which nobody can answer"), ("stop", "the link that ends messages"))
        if f"{{{field}}}" not in body
    ]
    return found
