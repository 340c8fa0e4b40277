"""A campaign as a data set: responses, placements and the codebook, in plain files.

Row-level data is for the data controller's own researchers (docs/importing.md): no floor protects it. Two things hold all the
same. There are no comments in it, because a comment beside demographics names its writer; and the rows are sorted by what is in
them, so that their order tells nothing of who answered when.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nets.errors import InvalidSetting, Refused
from nets.organisation import Level, Organisation
from nets.packing import unpack
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.campaigns import get_campaign
from nets.store.database import Database
from nets.store.organisations import list_organisations
from nets.store.questionnaires import get_version
from nets.store.responses import CampaignResponses, read_responses
from nets.transfer.codebook import CODEBOOK_COLUMNS, RESPONSE_COLUMNS, codebook_document, codebook_rows
from nets.transfer.spreadsheet import write_csv

EXPORT_FILES: Final = ("responses.csv", "placements.csv", "codebook.csv", "codebook.json", "questionnaire.json")
_LEVELS: Final = tuple(reversed(Level))


@dataclass(frozen=True, slots=True)
class Exported:
    """The files that an export wrote."""

    n_responses: int
    files: tuple[Path, ...]


def export_campaign(database: Database, campaign_id: str, folder: Path) -> Exported:
    """Write a campaign's responses with their codebook into a folder, which is made if it is not there.

    Raises
    ------
    NotFound
        If there is no such campaign.
    Refused
        If it has no responses, or the folder already holds an export: nothing is overwritten.
    """
    with database.read() as connection:
        campaign = get_campaign(connection, campaign_id)
        version = get_version(connection, campaign.questionnaire_id, campaign.questionnaire_version)
        responses = read_responses(connection, campaign_id)
        places = {place.id: place for place in list_organisations(connection)}
    if not responses.packed:
        raise Refused(f"campaign {campaign_id} has no responses yet, so there is nothing to export")
    there = [name for name in EXPORT_FILES if (folder / name).exists()]
    if there:
        raise Refused(f"{folder} already holds {', '.join(there)}; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # written beside its place and moved at the end: an export that breaks off leaves no half file that looks whole
        with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as unfinished:
            draft = Path(unfinished)
            write_csv(draft / "responses.csv", _columns(version), _response_rows(version, responses))
            write_csv(draft / "placements.csv", _placement_columns(), _placement_rows(responses, places))
            write_csv(draft / "codebook.csv", CODEBOOK_COLUMNS, codebook_rows(version))
            document = codebook_document(campaign, version, len(responses.packed))
            (draft / "codebook.json").write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
            (draft / "questionnaire.json").write_bytes(version.document)
            for name in EXPORT_FILES:
                (draft / name).replace(folder / name)
    except OSError as error:
        raise InvalidSetting(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    return Exported(len(responses.packed), tuple(folder / name for name in EXPORT_FILES))


def _columns(version: QuestionnaireVersion) -> list[str]:
    return [*RESPONSE_COLUMNS, *(item.code for item in version.closed_items)]


def _response_rows(version: QuestionnaireVersion, responses: CampaignResponses) -> Iterator[list[str | int]]:
    rows = zip(responses.placement_ids, responses.learner_groups, responses.packed, responses.answered_on, strict=True)
    for placement_id, group, packed, day in sorted(rows):
        answers = unpack(version, packed).values()
        yield [
            placement_id,
            group,
            day.isoformat(),
            *(answer if isinstance(answer, int) else str(answer) for answer in answers),
        ]


def _placement_columns() -> list[str]:
    return [column for level in _LEVELS for column in (level.value, f"{level.value}_name")]


def _placement_rows(responses: CampaignResponses, places: Mapping[str, Organisation]) -> Iterator[Sequence[str]]:
    for placement_id in sorted(set(responses.placement_ids)):
        row: list[str] = []
        place: Organisation | None = places[placement_id]
        while place is not None:
            row += [place.id, place.name]
            place = places[place.parent_id] if place.parent_id else None
        yield row
