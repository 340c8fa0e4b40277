"""Publishing: a version's bytes are hashed into PUBLISHED and are then fixed for ever.

``questionnaires/PUBLISHED`` holds one line a version, ``<sha256>  <path>``, in the order of publishing. Lines are only ever
added: a test compares the file with its history, and the service verifies the files against it when it starts.
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
from nets.questionnaire.difference import Change, compare_versions
from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion

DEFAULT_FOLDER: Final = Path(__file__).parents[2] / "questionnaires"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([a-z0-9-]+/[0-9A-Za-z.-]+\.json)")


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did. ``before`` names the version compared with, or is empty for a first version."""

    version: QuestionnaireVersion
    before: str
    changes: tuple[Change, ...]


class QuestionnaireFolder:
    """The published questionnaires: ``<id>/<version>.json`` and PUBLISHED."""

    def __init__(self, path: Path = DEFAULT_FOLDER) -> None:
        self.path = path

    def versions(self) -> tuple[tuple[str, str], ...]:
        """Id and version of everything published, in the order of publishing."""
        return tuple((Path(name).parent.name, Path(name).stem) for name, _ in self._lines())

    def read(self, questionnaire_id: str, version: str) -> QuestionnaireVersion:
        """A published version.

        Raises
        ------
        NotFound
            If it was never published.
        InvalidQuestionnaire
            If its bytes are not those that were published.
        """
        name = f"{questionnaire_id}/{version}.json"
        digests = dict(self._lines())
        if name not in digests:
            raise NotFound(f"{questionnaire_id} {version} is not published in {self.path}")
        problem = self._problem_with(name, digests[name])
        if problem:
            raise InvalidQuestionnaire([problem])
        return read_version((self.path / name).read_bytes(), name)

    def verify(self) -> None:
        """Hold every published file against its digest.

        Raises
        ------
        InvalidQuestionnaire
            Naming every file that is edited or missing, and every line of PUBLISHED that cannot be read or stands twice.
        """
        problems = list(self._problems_with_the_list())
        if not problems:
            problems = [problem for name, digest in self._lines() if (problem := self._problem_with(name, digest))]
        if problems:
            raise InvalidQuestionnaire(problems)

    def publish(self, path: Path) -> Publication:
        """Check a version against the format and the version before it, and add its line to PUBLISHED.

        The file must lie at its place in the folder. Publishing the same bytes again does nothing.

        Raises
        ------
        InvalidQuestionnaire
            Naming every rule the document breaks.
        Refused
            Naming every change that would give an item code another meaning, or that other bytes are published already.
        """
        self.verify()
        publication = self.compare(path)
        version = publication.version
        name = f"{version.id}/{version.version}.json"
        if path.resolve() != (self.path / name).resolve():
            raise Refused([Problem(str(path), f"{version.id} {version.version} belongs at {self.path / name}")])
        refused = [
            Problem(change.where, f"{change.what}; {change.refused}")
            for change in publication.changes
            if change.refused
        ]
        if refused:
            raise Refused(refused)
        if name not in dict(self._lines()):
            self._append(f"{version.digest}  {name}\n")
        return publication

    def compare(self, path: Path) -> Publication:
        """Read a version that need not be published yet, with its changes from the version published before it."""
        version = read_version(path.read_bytes(), str(path))
        same = [published for id_, published in self.versions() if id_ == version.id and published != version.version]
        before = self.read(version.id, same[-1]) if same else None
        return Publication(
            version, before.version if before else "", compare_versions(before, version) if before else ()
        )

    def _lines(self) -> tuple[tuple[str, str], ...]:
        """Name and digest of every published file."""
        problems = list(self._problems_with_the_list())
        if problems:
            raise InvalidQuestionnaire(problems)
        return tuple((match[2], match[1]) for line in self._text() if (match := _LINE.fullmatch(line)))

    def _text(self) -> list[str]:
        listing = self.path / "PUBLISHED"
        return listing.read_text("utf-8").splitlines() if listing.is_file() else []

    def _problems_with_the_list(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for number, line in enumerate(self._text(), 1):
            match = _LINE.fullmatch(line)
            if match is None:
                yield Problem(
                    f"PUBLISHED line {number}", "is not a sha256, two spaces and a path such as nets/2026.1.json"
                )
            elif match[2] in seen:
                yield Problem(f"PUBLISHED line {number}", f"{match[2]} is published twice")
            else:
                seen.add(match[2])

    def _problem_with(self, name: str, digest: str) -> Problem | None:
        file = self.path / name
        if not file.is_file():
            return Problem(name, "is published but missing")
        if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            return Problem(
                name, "was edited after it was published: restore it and publish the change as a new version"
            )
        return None

    def _append(self, line: str) -> None:
        """Write the new list beside the old one and swap, so that a crash leaves one of the two whole."""
        listing = self.path / "PUBLISHED"
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self.path, delete=False) as file:
            file.write("".join(f"{old}\n" for old in self._text()) + line)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o644)
        Path(file.name).replace(listing)
