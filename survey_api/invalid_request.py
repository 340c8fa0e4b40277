"""What is wrong with a request that does not fit its route, in words that quote nothing of it: it may hold a learner's answers."""

import re
from typing import Final

from fastapi.exceptions import RequestValidationError

from nets.errors import Problem

_SAFE_NAME: Final = re.compile(r"[A-Z]{2,6}[0-9]{1,3}[A-Z]?\Z")


def problems_of(error: RequestValidationError) -> list[Problem]:
    """Everything that the validation found, each with the field that it stands in."""
    return [
        Problem(_place(entry["type"], entry["loc"]), _sentence(entry["type"], entry["loc"], entry["msg"]))
        for entry in error.errors()
    ]


def _place(kind: str, location: tuple[int | str, ...]) -> str:
    """The field in question. Keys that the sender made up are input too and are left out, unless they name an item."""
    source, *path = location
    if kind == "extra_forbidden":
        return str(source)
    names = [part for part in path if isinstance(part, str) and part != "[key]"]
    if not names:
        return str(source)
    if names[0] == "answers" and len(names) > 1:
        return f"item {names[1]}" if _SAFE_NAME.match(names[1]) else "answers: an item"
    return f"{source}: {names[0]}" if source != "body" else names[0]


def _sentence(kind: str, location: tuple[int | str, ...], message: str) -> str:
    if kind == "extra_forbidden" and location[0] == "query":
        return "there is a filter that it does not have"
    known = {
        "extra_forbidden": "there is a field that it does not have",
        "missing": "it is missing",
        "json_invalid": "this is not a JSON document",
        "dict_type": "it should be a JSON object",
        "model_attributes_type": "it should be a JSON object, sent as application/json",
        "int_type": "it should be a whole number or a non-response code",
        "string_type": "it should be a text",
        "string_pattern_mismatch": "it does not have the form that is asked for",
        "uuid_parsing": "it should be a UUID",
        "uuid_type": "it should be a UUID",
    }
    # Of the messages of pydantic that are not replaced none quotes the input: they speak of types and bounds.
    return known.get(kind, message[:1].lower() + message[1:])
