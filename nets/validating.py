"""The act of validating: read a campaign's responses, keep finished sections in a folder, write the report there."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import analysis
from analysis import ReportSection, ValidationReport
from nets.errors import InvalidSetting, Refused
from nets.packing import answer_matrix
from nets.releases.releasing import in_canonical_order
from nets.store.campaigns import get_campaign
from nets.store.database import Database
from nets.store.questionnaires import get_version
from nets.store.responses import read_responses
from nets.validation import validate_campaign

PAGE: Final = "report.html"
FIGURES: Final = "report.json"
SECTIONS: Final = "sections"


@dataclass(frozen=True, slots=True)
class Validated:
    """A report and the files that it was written to."""

    report: ValidationReport
    files: tuple[Path, ...]


def write_validation(
    database: Database, campaign_id: str, folder: Path, progress: Callable[[str], None] = lambda step: None
) -> Validated:
    """Validate a campaign and write page and figures into a folder, which is made if it is not there.

    Every finished section is kept in the folder, so that a run which was interrupted goes on where it was, and a second run
    computes only what depends on something that has changed.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If nobody has answered, or fewer than may be shown.
    InvalidSetting
        If the folder cannot be written.
    """
    with database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        progress("Reading responses")
        responses = read_responses(connection, campaign_id)
    if len(responses.packed) < campaign.breakdown_floor:
        raise Refused(
            f"campaign {campaign_id} has {len(responses.packed)} responses; with fewer than {campaign.breakdown_floor} "
            "nothing may be "
            "shown of them"
        )
    answers = in_canonical_order(responses, answer_matrix(version, responses.packed))
    try:
        kept = SectionFolder(folder / SECTIONS)
        report = validate_campaign(campaign, version, answers, program=_program(), finished=kept, progress=progress)
        files = (folder / PAGE, folder / FIGURES)
        for file, text in zip(files, (report.to_html(), report.to_json()), strict=True):
            _replace(file, text)
    except OSError as error:
        raise InvalidSetting(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    return Validated(report, files)


class SectionFolder(MutableMapping[str, ReportSection]):
    """Finished sections as JSON files, one a section; each holds the newest only, with its fingerprint."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __getitem__(self, fingerprint: str) -> ReportSection:
        try:
            document = json.loads(self._file(fingerprint).read_text("utf-8"))
            if document["fingerprint"] == fingerprint:
                return ReportSection.from_document(document["section"])
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            pass  # never written, or broken off or edited since: it is computed anew
        raise KeyError(fingerprint)

    def __setitem__(self, fingerprint: str, section: ReportSection) -> None:
        document = {"fingerprint": fingerprint, "section": section.to_document()}
        _replace(self._file(fingerprint), json.dumps(document, ensure_ascii=False) + "\n")

    def __delitem__(self, fingerprint: str) -> None:
        if fingerprint not in self:
            raise KeyError(fingerprint)
        self._file(fingerprint).unlink()

    def __iter__(self) -> Iterator[str]:
        for file in sorted(self._folder.glob("*.json")):
            try:
                yield json.loads(file.read_text("utf-8"))["fingerprint"]
            except (ValueError, KeyError, TypeError):
                continue

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _file(self, fingerprint: str) -> Path:
        return self._folder / f"{fingerprint.rpartition('-')[0]}.json"


def _program() -> str:
    """A fingerprint of ``analysis``: another program computes every section anew."""
    digest = hashlib.sha256()
    root = Path(analysis.__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _replace(file: Path, text: str) -> None:
    """Write beside the file and move at the end, so that no half-written one is left under its name.

    The draft is this process's own: of two runs into one folder neither moves what the other is writing.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
