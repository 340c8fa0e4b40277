"""Publishing: a version's bytes are hashed into PUBLISHED and are then fixed for ever.

``questionnaires/PUBLISHED`` holds one line a version, ``<sha256>  <path>``, in the order of publishing. Lines are only ever
added: a test compares the list with its history, and whatever starts, service or command, holds the files against the list and
the list against what the database says that learners were asked. A file that lies in the folder without a line is a draft, and
nobody is asked it.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.errors import InvalidQuestionnaire, NotFound, Problem, Refused
from nets.questionnaire.difference import Change, changes_since
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion

DEFAULT_FOLDER: Final = Path(__file__).parents[2] / "questionnaires"
LISTING: Final = "PUBLISHED"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([a-z][a-z0-9-]{0,39})/([0-9A-Za-z][0-9A-Za-z.-]{0,19})\.json")


@dataclass(frozen=True, slots=True)
class Publication:
    """A version beside those that are published.

    Attributes
    ----------
    before
        The version it is compared with; empty for a first version.
    is_published
        Whether PUBLISHED has these very bytes already.
    refusals
        Why it may not be published: changes that give an item code another meaning, a wrong place or number.
    """

    version: QuestionnaireVersion
    before: str
    changes: tuple[Change, ...]
    is_published: bool
    refusals: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One published version as PUBLISHED has it."""

    digest: str
    id: str
    version: str

    @property
    def name(self) -> str:
        return f"{self.id}/{self.version}.json"

    def __str__(self) -> str:
        return f"{self.digest}  {self.name}"


class QuestionnaireFolder:
    """The published questionnaires: ``<id>/<version>.json`` and PUBLISHED."""

    def __init__(self, path: Path = DEFAULT_FOLDER) -> None:
        self.path = path

    def versions(self) -> tuple[tuple[str, str], ...]:
        """Id and version of everything published, in the order of publishing."""
        return tuple((line.id, line.version) for line in self._lines())

    def read(self, questionnaire_id: str, version: str) -> QuestionnaireVersion:
        """A published version.

        Raises
        ------
        NotFound
            If it was never published.
        InvalidQuestionnaire
            If its bytes are not those that were published, or PUBLISHED cannot be trusted.
        """
        for line in self._lines():
            if (line.id, line.version) == (questionnaire_id, version):
                return self._read(line)
        raise NotFound(f"{questionnaire_id} {version} is not published in {self.path}")

    def verify(self, asked: Iterable[tuple[str, str, str]] = ()) -> None:
        """Hold every published file against its line in PUBLISHED, and every version that learners are asked.

        Parameters
        ----------
        asked
            Id, version and digest of what a database's campaigns ask: a line for each of them must stand in PUBLISHED.

        Raises
        ------
        InvalidQuestionnaire
            Naming every line of PUBLISHED that cannot be read, is gone, stands twice or stands in the wrong place, and every file
            that is missing or was edited.
        """
        if not self.path.is_dir():
            raise InvalidQuestionnaire([Problem(str(self.path), "there is no such folder of questionnaires")])
        lines, problems = self._read_listing()
        for line in lines:
            content = self._content(line)
            if isinstance(content, Problem):
                problems.append(content)
        problems += [
            Problem(LISTING, f"the line of {line.name} is gone or was changed; put it back: {line}")
            for line in (_Line(digest, questionnaire_id, version) for questionnaire_id, version, digest in asked)
            if line not in lines
        ]
        if problems:
            raise InvalidQuestionnaire(problems)

    def publish(self, path: Path) -> Publication:
        """Check a version against the format and the versions before it, and add its line to PUBLISHED.

        The file must lie at its place in the folder. Publishing the same bytes again does nothing.

        Raises
        ------
        InvalidQuestionnaire
            Naming every rule the document breaks, or what is wrong with what is published already.
        Refused
            Naming every change that would give an item code another meaning, and a wrong place or number of the version.
        """
        publication = self.compare(path)
        self.add(publication)
        return publication

    def add(self, publication: Publication) -> None:
        """Add the line of a version that was compared, unless it stands there already.

        Raises
        ------
        Refused
            If the comparison found a reason, or another version was published since.
        """
        if publication.refusals:
            raise Refused(publication.refusals)
        version = publication.version
        line = _Line(version.digest, version.id, version.version)
        lines = self._lines()
        if line in lines:
            return
        if what := _misplaced(line, lines):
            raise Refused([Problem(LISTING, what)])
        self._write([*lines, line])

    def compare(self, path: Path) -> Publication:
        """Read a version that need not be published yet, with its changes from the version published before it.

        Raises
        ------
        NotFound
            If there is no such file.
        InvalidQuestionnaire
            Naming every rule the document breaks, or what is wrong with what is published already.
        """
        self.verify()
        try:
            document = path.read_bytes()
        except OSError as fault:
            raise NotFound(f"{path} cannot be read: {fault.strerror}") from fault
        version = read_version(document, str(path))
        line = _Line(version.digest, version.id, version.version)
        before = [other for other in self._lines() if other.id == version.id]
        newest = before[-1].version if before else ""
        listed = next((other for other in before if other.version == version.version), None)
        if listed is not None:
            before = before[: before.index(listed)]
        earlier = [self._read(other) for other in before]
        changes = changes_since(earlier, version)
        refusals = [Problem(change.where, f"{change.what}; {change.refused}") for change in changes if change.refused]
        if path.resolve() != (self.path / line.name).resolve():
            refusals.append(Problem(str(path), f"{version.id} {version.version} belongs at {self.path / line.name}"))
        if listed is None and newest and _order(version.version) <= _order(newest):
            what = f"does not come after {newest}, which is published; give it a version that does"
            refusals.append(Problem(f"{version.id} {version.version}", what))
        if listed is not None and listed != line:
            what = "is published with other content, which never changes; give this a version of its own"
            refusals.append(Problem(f"{version.id} {version.version}", what))
        return Publication(
            version=version,
            before=earlier[-1].version if earlier else "",
            changes=changes,
            is_published=listed == line,
            refusals=tuple(refusals),
        )

    def _read(self, line: _Line) -> QuestionnaireVersion:
        content = self._content(line)
        if isinstance(content, Problem):
            raise InvalidQuestionnaire([content])
        return read_version(content, line.name)

    def _content(self, line: _Line) -> bytes | Problem:
        """The bytes that were published, or why they are not to be had."""
        try:
            content = (self.path / line.name).read_bytes()
        except FileNotFoundError:
            return Problem(line.name, "is published but missing")
        except OSError as fault:
            return Problem(line.name, f"is published but cannot be read: {fault.strerror}")
        if hashlib.sha256(content).hexdigest() != line.digest:
            what = f"was edited after it was published (its sha256 is not that of {LISTING})"
            return Problem(line.name, f"{what}: restore it and publish the change as a new version")
        return content

    def _lines(self) -> list[_Line]:
        lines, problems = self._read_listing()
        if problems:
            raise InvalidQuestionnaire(problems)
        return lines

    def _read_listing(self) -> tuple[list[_Line], list[Problem]]:
        lines: list[_Line] = []
        problems: list[Problem] = []
        for number, text in enumerate(self._text(), 1):
            match = _LINE.fullmatch(text)
            if match is None:
                what = "is not a sha256, two spaces and a path such as nets/2026.1.json"
            else:
                line = _Line(*match.groups())
                what = _misplaced(line, lines)
                lines.append(line)
            if what:
                problems.append(Problem(f"{LISTING} line {number}", what))
        return lines, problems

    def _text(self) -> list[str]:
        """The lines as they stand; bytes that are no text make a line that no rule fits."""
        listing = self.path / LISTING
        try:
            text = listing.read_bytes().decode("utf-8", errors="replace")
        except FileNotFoundError:
            text = ""  # nothing is published yet
        except OSError as fault:
            raise InvalidQuestionnaire([Problem(str(listing), f"cannot be read: {fault.strerror}")]) from fault
        return text.removesuffix("\n").split("\n") if text else []

    def _write(self, lines: Sequence[_Line]) -> None:
        """Write the new list beside the old one and swap, so that a crash leaves one of the two whole."""
        listing = self.path / LISTING
        text = "".join(f"{line}\n" for line in lines)
        handle, name = tempfile.mkstemp(dir=self.path, prefix=f".{LISTING}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(listing)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _misplaced(line: _Line, before: Sequence[_Line]) -> str:
    """What is wrong with a line, given those above it; empty if nothing is."""
    same = [other for other in before if other.id == line.id]
    if any(other.version == line.version for other in same):
        return f"{line.name} is published twice"
    if same and _order(line.version) <= _order(same[-1].version):
        return f"{line.name} stands after {same[-1].name}; lines stay in the order of publishing"
    return ""


def _order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Versions by their numbers: 2026.10 comes after 2026.9, and 2026.1b after 2026.1."""
    parts = re.findall(r"[0-9]+|[A-Za-z]+", version)
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
