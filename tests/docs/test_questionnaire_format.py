"""docs/questionnaire-format.md: its example is published, and every key, kind and limit of the format stands there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nets.questionnaire.document import LARGEST_DOCUMENT, read_version
from nets.questionnaire.publishing import QuestionnaireFolder
from nets.questionnaire.routing import routed_items, routed_pages
from nets.questionnaire.shape import json_schema
from nets.questionnaire.version import QuestionnaireVersion

PAGE = (Path(__file__).parents[2] / "docs" / "questionnaire-format.md").read_text("utf-8")
SCHEMA = json.loads(json_schema())


def example() -> str:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.S)
    return str(block)


@pytest.fixture(scope="module")
def version() -> QuestionnaireVersion:
    """The page's example, read by the loader."""
    return read_version(example().encode(), "example.json")


def test_the_example_is_published_as_it_stands(tmp_path: Path) -> None:
    document = json.loads(example())
    path = tmp_path / document["id"] / f"{document['version']}.json"
    path.parent.mkdir()
    path.write_text(example(), "utf-8")
    folder = QuestionnaireFolder(tmp_path)
    folder.publish(path)
    assert folder.versions() == (("ward-climate", "2026.1"),)


def test_the_example_leads_learners_where_the_page_says(version: QuestionnaireVersion) -> None:
    assert "NIGHT02" not in routed_items(version, "nursing", {"NIGHT01": 2})
    assert "NIGHT02" in routed_items(version, "nursing", {"NIGHT01": 1})
    assert "NIGHT01" not in routed_items(version, "midwifery", {})
    pages = [page.code for page in routed_pages(version, "midwifery", {}, skipped=["pause"])]
    assert pages == ["team", "pause", "words"]


def parts() -> dict[str, dict[str, Any]]:
    return {"Document": SCHEMA, **SCHEMA["$defs"]}


def test_every_key_of_the_format_is_explained() -> None:
    keys = {key for part in parts().values() for key in part["properties"]}
    assert len(keys) > 30
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()


def test_every_value_out_of_a_closed_set_is_explained() -> None:
    values = set(re.findall(r'"enum": \[(.*?)\]', json_schema(), flags=re.S))
    named = {value for block in values for value in re.findall(r'"(\w+)"', block)}
    assert named >= {"rating", "theme", "interruption", "do_not_know"}
    assert {value for value in named if f"`{value}`" not in PAGE} == set()


def test_what_must_be_there_is_told_apart_from_what_may_be_left_out(version: QuestionnaireVersion) -> None:
    """A key in bold is required; the tables of the page are held to that."""
    for heading, part in (("The document", "Document"), ("Items", "ItemPart"), ("Pages", "PagePart")):
        (section,) = re.findall(rf"^### {heading}\n(.*?)(?=^##)", PAGE, flags=re.M | re.S)
        rows = {key: bool(bold) for bold, key in re.findall(r"^\| (\**)`(\S+)`", section, flags=re.M)}
        required = set(parts()[part]["required"])
        assert rows == {key: key in required for key in parts()[part]["properties"]}, heading


def test_the_limit_of_a_file_is_the_one_of_the_code() -> None:
    assert f"{LARGEST_DOCUMENT:,} bytes" in PAGE
