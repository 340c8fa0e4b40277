"""Publishing: a version's bytes are hashed into PUBLISHED and are then fixed for ever.

``questionnaires/PUBLISHED`` holds one line a version, ``<sha256>  <path>``, in the order of publishing. Lines are only ever
added: a test compares the file with its history, and the service holds the files against it when it starts. A file that lies in the
folder without a line is a draft, and nobody is asked it.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.errors import InvalidQuestionnaire, NotFound, Problem, Refused
from nets.questionnaire.difference import Change, changes_since
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion

DEFAULT_FOLDER: Final = Path(__file__).parents[2] / "questionnaires"
LISTING: Final = "PUBLISHED"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([a-z][a-z0-9-]*)/([0-9A-Za-z][0-9A-Za-z.-]*)\.json")


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did. ``before`` names the version compared with, or is empty for a first version."""

    version: QuestionnaireVersion
    before: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One published version as PUBLISHED has it."""

    digest: str
    id: str
    version: str

    @property
    def name(self) -> str:
        return f"{self.id}/{self.version}.json"


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

    def verify(self) -> None:
        """Hold every published file against its digest.

        Raises
        ------
        InvalidQuestionnaire
            Naming every line of PUBLISHED that cannot be read, stands twice or stands in the wrong place, and every file that is
            missing or was edited.
        """
        if not self.path.is_dir():
            raise InvalidQuestionnaire([Problem(str(self.path), "there is no such folder of questionnaires")])
        lines, problems = self._read_listing()
        for line in lines:
            content = self._content(line)
            if isinstance(content, Problem):
                problems.append(content)
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
            Naming every change that would give an item code another meaning; or if the file lies elsewhere, or a later version is
            published.
        """
        self.verify()
        publication = self.compare(path)
        version = publication.version
        line = _Line(version.digest, version.id, version.version)
        if path.resolve() != (self.path / line.name).resolve():
            raise Refused([Problem(str(path), f"{version.id} {version.version} belongs at {self.path / line.name}")])
        if line in self._lines():
            return publication
        newest = next((other for other in reversed(self._lines()) if other.id == line.id), None)
        if newest is not None and _order(newest.version) > _order(line.version):
            what = f"comes before {newest.version}, which is published; give it a version that comes after"
            raise Refused([Problem(f"{version.id} {version.version}", what)])
        refused = [
            Problem(change.where, f"{change.what}; {change.refused}")
            for change in publication.changes
            if change.refused
        ]
        if refused:
            raise Refused(refused)
        self._append(line)
        return publication

    def compare(self, path: Path) -> Publication:
        """Read a version that need not be published yet, with its changes from the version published before it.

        Raises
        ------
        NotFound
            If there is no such file.
        InvalidQuestionnaire
            Naming every rule the document breaks.
        """
        try:
            document = path.read_bytes()
        except OSError as fault:
            raise NotFound(f"{path} cannot be read: {fault.strerror}") from fault
        version = read_version(document, str(path))
        lines = [line for line in self._lines() if line.id == version.id]
        if (listed := next((line for line in lines if line.version == version.version), None)) is not None:
            lines = lines[: lines.index(listed)]
        earlier = [self._read(line) for line in lines]
        return Publication(version, earlier[-1].version if earlier else "", changes_since(earlier, version))

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
            return Problem(
                line.name, "was edited after it was published: restore it and publish the change as a new version"
            )
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
        if not listing.exists():
            return []  # nothing is published yet
        try:
            return listing.read_bytes().decode("utf-8", errors="replace").removesuffix("\n").split("\n")
        except OSError as fault:
            raise InvalidQuestionnaire([Problem(str(listing), f"cannot be read: {fault.strerror}")]) from fault

    def _append(self, line: _Line) -> None:
        """Write the new list beside the old one and swap, so that a crash leaves one of the two whole."""
        listing = self.path / LISTING
        text = "".join(f"{old.digest}  {old.name}\n" for old in [*self._lines(), line])
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


def _misplaced(line: _Line, before: list[_Line]) -> str:
    """What is wrong with a line, given those above it; empty if nothing is."""
    same = [other for other in before if other.id == line.id]
    if any(other.version == line.version for other in same):
        return f"{line.name} is published twice"
    if same and _order(same[-1].version) > _order(line.version):
        return f"{line.name} stands after {same[-1].name}; lines stay in the order of publishing"
    return ""


def _order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Versions by their numbers: 2026.10 comes after 2026.9."""
    parts: Iterator[str] = iter(re.findall(r"[0-9]+|[A-Za-z]+", version))
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
