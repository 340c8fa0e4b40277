"""``docs/importing.md`` tells the truth: its example is imported, its faults are made, its settings are all there are."""

import json
import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from pydantic import BaseModel

from nets.errors import InvalidFile
from nets.store.database import Database
from nets.store.responses import read_responses
from nets.transfer.exporting import EXPORT_FILES, export_campaign
from nets.transfer.importing import import_responses
from nets.transfer.mapping import ImportMapping

ROOT: Final = Path(__file__).parents[3]
INVENTED: Final = ROOT / "tests" / "instruments"
PAGE: Final = (ROOT / "docs" / "importing.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.S)


def shapes(annotation: Any) -> set[type[BaseModel]]:
    """The mapping's own shapes within a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}.union(*(shapes(field.annotation) for field in annotation.model_fields.values()))
    return {shape for part in get_args(annotation) for shape in shapes(part)}


def test_the_example_is_the_one_in_the_repository() -> None:
    (rows,) = blocks("csv")
    assert (INVENTED / "team-climate.csv").read_text("utf-8").startswith(rows)
    assert json.loads(blocks("json")[0]) == json.loads((INVENTED / "team-climate-mapping.json").read_bytes())


def test_the_example_and_an_export_of_it_are_imported(sqlite_database: Database, tmp_path: Path) -> None:
    import_responses(
        sqlite_database, INVENTED / "team-climate.csv", INVENTED / "team-climate-mapping.json", by="invented"
    )
    export_campaign(sqlite_database, "team-climate-2025", tmp_path / "folder")
    again = tmp_path / "again.json"
    again.write_text(blocks("json")[1], "utf-8")
    import_responses(sqlite_database, tmp_path / "folder" / "responses.csv", again, by="invented")
    with sqlite_database.read() as connection:
        both = [sorted(read_responses(connection, name).packed) for name in ("team-climate-2025", "again")]
    assert both[0] == both[1]
    assert len(both[0]) == 60


def test_the_faults_are_told_as_shown(sqlite_database: Database, tmp_path: Path) -> None:
    for name in ("team-climate-2026.1.json", "team-climate-mapping.json"):
        (tmp_path / name).write_bytes((INVENTED / name).read_bytes())
    lines = (INVENTED / "team-climate.csv").read_bytes().splitlines()
    lines[2] = lines[2].replace(b";3;3;1;", b";6;3;1;")
    lines[4] += b"caf\xe9"
    (tmp_path / "data.csv").write_bytes(b"\n".join(lines))
    with pytest.raises(InvalidFile) as caught:
        import_responses(sqlite_database, tmp_path / "data.csv", tmp_path / "team-climate-mapping.json", by="invented")
    assert re.findall(r"^    nets: (row .*)$", PAGE, flags=re.M) == [str(problem) for problem in caught.value.problems]


def test_every_setting_is_explained() -> None:
    named = set(re.findall(r"`\"?(\w+)\"?`|\"(\w+)\":", PAGE))
    words = {word for pair in named for word in pair if word}
    settings = {name for shape in shapes(ImportMapping) for name in shape.model_fields}
    # these two are what plain text is short for
    assert settings - words == {"constant"}
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.split("## Faults")[0], flags=re.M)
    assert sorted(rows) == sorted(ImportMapping.model_fields)


def test_every_file_of_an_export_is_explained() -> None:
    assert re.findall(r"^\| `(\w+\.\w+)` \|", PAGE.split("## The export")[1], flags=re.M) == [
        "responses.csv",
        "codebook.csv",
        "codebook.json",
        "placements.csv",
        "questionnaire.json",
    ]
    assert set(EXPORT_FILES) == set(re.findall(r"^\| `(\w+\.\w+)` \|", PAGE, flags=re.M))
