"""A mapping read from its JSON file, or everything that is wrong with it, each with the path of the setting."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nets.errors import InvalidFile, Problem
from nets.transfer.mapping import ImportMapping

_OUR_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a setting of a mapping; docs/importing.md lists them",
    "model_type": "should be an object",
}


def read_mapping(path: Path) -> ImportMapping:
    """The mapping in a file.

    Raises
    ------
    InvalidFile
        With every problem at once, each with the path of the setting.
    """
    source, repeated = path.name, list[str]()

    def without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        times = Counter(name for name, _ in pairs)
        repeated.extend(name for name, count in times.items() if count > 1)
        return dict(pairs)

    try:
        settings = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=without_repeats)
    except OSError as error:
        raise InvalidFile([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise InvalidFile([Problem(source, f"is not UTF-8 (byte {error.start + 1})")]) from None
    except json.JSONDecodeError as error:
        where = f"{source}: line {error.lineno}, column {error.colno}"
        raise InvalidFile([Problem(where, f"is not JSON: {error.msg}")]) from None
    except (RecursionError, ValueError):
        raise InvalidFile([Problem(source, "is nested too deeply, or holds a number that is too long")]) from None
    problems = [Problem(source, f"has '{name}' twice in the same place") for name in repeated]
    try:
        mapping = ImportMapping.model_validate(settings)
    except ValidationError as error:
        problems += [problem for detail in error.errors(include_url=False) for problem in _problems(source, detail)]
    else:
        if not problems:
            return mapping
    raise InvalidFile(problems)


def _problems(source: str, detail: ErrorDetails) -> Iterator[Problem]:
    path = ".".join(map(str, detail["loc"]))
    message = detail["msg"].removeprefix("Value error, ")
    what = _OUR_WORDS.get(detail["type"]) or message[0].lower() + message[1:]
    for line in what.split("\n"):
        yield Problem(f"{source}: {path}" if path else source, line)
