"""Texts by key: every key there is, none that is not used, none filled in otherwise in another language."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nets.errors import InvalidSetting
from survey_api.languages import FOLDER, offered_languages, read_languages
from survey_api.notices import read_statement

ROOT = Path(__file__).parents[2] / "survey_api"
ENGLISH: dict[str, Any] = json.loads((FOLDER / "en.json").read_text("utf-8"))


def _used() -> set[str]:
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("learner/*.py"), ROOT / "languages.py"]
    texts = "\n".join(path.read_text("utf-8") for path in sources)
    used = set(re.findall(r"""\b(?:t|text)\(["']([a-z-]+\.[a-z-]*[a-z])["']""", texts))
    statement = read_statement()
    used |= {
        f"accessibility.{kind}-{code}" for kind in ("test", "known") for code in getattr(statement, kind + "s", ())
    }
    used |= {f"accessibility.known-{code}" for code in statement.known}
    used |= {f"accessibility.status-{statement.status}", "language.name"}
    used |= {f"language.month-{month}" for month in range(1, 13)}
    parts = ("invited", "anonymous", "confidential", "retest", "who-sees", "rights")
    return used | {f"privacy.{part}{end}" for part in parts for end in ("", "-why")}


def test_every_text_that_is_used_is_there_and_every_text_that_is_there_is_used() -> None:
    assert _used() == set(read_languages()["en"].texts)


def test_every_language_that_is_shipped_is_whole() -> None:
    assert set(read_languages()) >= {"en"}


def test_a_day_is_written_out() -> None:
    assert read_languages()["en"].day(date(2026, 11, 26)) == "26 November 2026"


def test_everything_wrong_with_a_language_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "en.json").write_text(json.dumps({"page": {"back": "Back", "days": "{days} days", "skip": "Skip"}}))
    (tmp_path / "cy.json").write_text(json.dumps({"page": {"back": "Yn ôl", "days": "{day} diwrnod", "more": "Mwy"}}))
    (tmp_path / "xx.json").write_text("[")
    with pytest.raises(InvalidSetting) as refused:
        read_languages(tmp_path)
    assert {str(problem) for problem in refused.value.problems} == {
        "xx.json: is not a JSON object of objects of texts",
        "cy.json: lacks page.skip",
        "cy.json: has page.more, which English has not",
        "cy.json: page.days fills in ['day'], English ['days']",
    }


def test_a_folder_without_english_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"no en\.json"):
        read_languages(tmp_path)


def test_pages_speak_english_where_they_do_not_speak_the_questionnaire_s_language() -> None:
    languages = read_languages()
    assert [language.code for language in offered_languages(languages, ("tlh",))] == ["en"]
