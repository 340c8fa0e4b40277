"""The texts of the learner's pages by key, one data file a language: a second language is a file and no second template."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any, Final

from fastapi import Request

from nets.errors import InvalidSetting, Problem

FOLDER: Final = Path(__file__).parent / "languages"
FALLBACK: Final = "en"
COOKIE: Final = "language"
"""Holds the code of the language that a visitor chose, and nothing of her; it goes when the browser is closed."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages.

    Attributes
    ----------
    code
        As ``lang`` has it: ``"en"``, ``"cy"``.
    name
        What its own speakers call it, for the switch.
    texts
        By key, ``"start.heading"``; a text may hold places to fill in: ``"for {days} days"``.
    """

    code: str
    name: str
    texts: Mapping[str, str]

    def text(self, key: str, **values: Any) -> str:
        """One text, filled in. It is plain text: the template escapes it."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def day(self, day: date) -> str:
        """A day as it is written: 26 November 2026."""
        return self.text("language.date", day=day.day, month=self.texts[f"language.month-{day.month}"], year=day.year)


Languages = Mapping[str, Language]


def read_languages(folder: Path = FOLDER) -> Languages:
    """Every language there is, by code.

    Raises
    ------
    InvalidSetting
        Naming every file that is no language, and every key that a language lacks, has beyond the English ones, or fills in
        with other values: a page must not break in Welsh alone.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.json"))}
    if FALLBACK not in files:
        raise InvalidSetting(f"there is no {FALLBACK}.json in {folder}")
    problems: list[Problem] = []
    languages = {}
    for code, path in files.items():
        try:
            texts = _flat(json.loads(path.read_text("utf-8")))
        except (ValueError, TypeError):
            problems.append(Problem(path.name, "is not a JSON object of objects of texts"))
            continue
        languages[code] = Language(code, texts.get("language.name", code), texts)
    if FALLBACK in languages:
        english = languages[FALLBACK].texts
        for code, language in languages.items():
            problems += [Problem(f"{code}.json", what) for what in _differences(english, language.texts)]
    if problems:
        raise InvalidSetting(problems)
    return languages


def offered_languages(languages: Languages, codes: Iterable[str]) -> tuple[Language, ...]:
    """The languages that both the pages and a questionnaire version speak; English where there is none."""
    both = tuple(languages[code] for code in codes if code in languages)
    return both or (languages[FALLBACK],)


def chosen_language(request: Request, offered: tuple[Language, ...]) -> Language:
    """What the visitor chose by the switch, else the first that is offered."""
    chosen = request.cookies.get(COOKIE)
    return next((language for language in offered if language.code == chosen), offered[0])


def _flat(parts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    texts = {f"{part}.{name}": text for part, named in parts.items() for name, text in dict(named).items()}
    for text in texts.values():
        _places(text)
    return texts


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _differences(english: Mapping[str, str], other: Mapping[str, str]) -> Iterable[str]:
    yield from (f"lacks {key}" for key in english.keys() - other.keys())
    yield from (f"has {key}, which English has not" for key in other.keys() - english.keys())
    for key in sorted(english.keys() & other.keys()):
        if _places(english[key]) != _places(other[key]):
            yield f"{key} fills in {sorted(_places(other[key]))}, English {sorted(_places(english[key]))}"
