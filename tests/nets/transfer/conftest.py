"""A small invented survey to import: three learners of two wards, and a mapping, either of which a test changes."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from nets.questionnaire.document import read_version
from nets.questionnaire.version import QuestionnaireVersion
from nets.store.database import Database
from nets.transfer.importing import Imported, import_responses

INSTRUMENTS: Final = Path(__file__).parents[2] / "instruments"
QUESTIONNAIRE: Final = "team-climate-2026.1.json"
HEADER: Final = "ward,group,day,CALM,TENSE,RUSHED,ALONE,SAFE,HURT,WORDS"
ROWS: Final = (
    "Ash,night,2026-03-02,4,2,3,1,5,1,Fine",
    "Elm,day,2026-03-03,not_applicable,,5,,,prefer_not_to_say,",
    "Ash,day,2026-03-31,1,5,1,,,4,Loud",
)
MAPPING: Final[Mapping[str, Any]] = {
    "questionnaire": {"file": QUESTIONNAIRE},
    "campaign": {"id": "climate", "title": "Climate", "opens_on": "2026-03-01", "closes_on": "2026-03-31"},
    "placement": {"columns": "ward", "provider": "Invented Trust"},
    "learner_group": {"column": "group"},
    "answered_on": {"column": "day"},
}


@dataclass(frozen=True, slots=True)
class Survey:
    """The files of an import in a folder of their own."""

    folder: Path
    header: str = HEADER
    rows: tuple[str, ...] = ROWS

    def data(self, content: str | bytes = "\n".join([HEADER, *ROWS, ""])) -> Path:
        """The CSV file with this content."""
        path = self.folder / "responses.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def table(self, *rows: str) -> Path:
        """The CSV file with these rows under the header."""
        return self.data("\n".join([HEADER, *rows, ""]))

    def mapping(self, **changes: Any) -> Path:
        """The mapping with some settings changed; None leaves one out."""
        settings = {name: value for name, value in {**MAPPING, **changes}.items() if value is not None}
        path = self.folder / "mapping.json"
        path.write_text(json.dumps(settings), "utf-8")
        return path

    def run(self, database: Database, data: Path | None = None, **changes: Any) -> Imported:
        """Import the data, or that which was written last, by the mapping with these changes."""
        return import_responses(database, data or self.folder / "responses.csv", self.mapping(**changes), by="invented")


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    """The files, written where a test may change them."""
    folder = tmp_path / "survey"
    folder.mkdir()
    shutil.copyfile(INSTRUMENTS / QUESTIONNAIRE, folder / QUESTIONNAIRE)
    made = Survey(folder)
    made.data()
    return made


@pytest.fixture(scope="session")
def climate() -> QuestionnaireVersion:
    """The small instrument: branches, a choice, a reversed and a sensitive item, a comment, two languages."""
    return read_version((INSTRUMENTS / QUESTIONNAIRE).read_bytes(), QUESTIONNAIRE)
