"""One thing wrong with a questionnaire document, and where in the JSON it stands."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The way from the top of the document to a value: keys of objects and positions in lists."""

_LONGEST_SHOWN: Final = 60
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_$-]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in words, with the value at ``path``; the empty path is the whole document."""

    path: Path
    what: str

    def is_about(self, other: "Fault") -> bool:
        """Whether one of the two faults stands inside the value of the other."""
        shared = min(len(self.path), len(other.path))
        return self.path[:shared] == other.path[:shared]


def place(path: Path, document: Any) -> str:
    """The path as it is read, with the codes met on the way: ``items[3].text.en (IND01)``."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            shown += f".{step}" if shown else step
        else:
            shown += f"[{in_json(step)}]"
    codes = ", ".join(_codes_on(path, document))
    return f"{shown} ({codes})" if codes else shown


def in_json(value: Any) -> str:
    """A value of the document as JSON of plain ASCII, shortened where it is long."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    # a number that is not one never reaches this; a text is cut first, because it may fill the file
    shown = json.dumps(value[:_LONGEST_SHOWN] if isinstance(value, str) else value)
    return f'{shown[:-1]}..."' if isinstance(value, str) and len(value) > _LONGEST_SHOWN else shown


def _codes_on(path: Path, document: Any) -> Iterator[str]:
    value = document
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return
        code = value.get("code") if isinstance(value, dict) else None
        if isinstance(code, str) and _PLAIN_KEY.fullmatch(code) and len(code) <= _LONGEST_SHOWN:
            yield code
