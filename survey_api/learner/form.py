"""Posted forms as plain fields. Forms are strings and get their own parser; what an answer means is judged in ``nets``."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from survey_api.errors import MalformedRequest

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_LONGEST_SHORT_FIELD = 200
_OPTION_VALUE = re.compile(r"[1-9][0-9]{0,2}\Z")

Fields = Mapping[str, str]


async def posted_fields(request: Request) -> Fields:
    """The fields of a form, each given once.

    Raises
    ------
    MalformedRequest
        For what no form of ours sends: a field twice, hundreds of fields, another encoding. One that is not understood must
        not pass for an empty form, which takes answers away, and the others let the sender choose Python's codecs.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE and await request.body():
        raise MalformedRequest("the form could not be read")
    try:
        form = await request.form(max_fields=_MOST_FIELDS)
    except HTTPException:
        raise MalformedRequest("the form could not be read") from None
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name in fields or not isinstance(value, str):
            raise MalformedRequest("the form could not be read")
        fields[name] = value.replace(
            "\r\n", "\n"
        )  # a form writes a line end as two characters, which the page counts as one
    return fields


Form = Annotated[Fields, Depends(posted_fields)]


def short_text(text: str | None) -> str:
    """A search text or an id; empty where it is too long to be one or holds control characters."""
    text = (text or "").strip()
    return text if len(text) <= _LONGEST_SHORT_FIELD and text.isprintable() else ""


def raw_answer(text: str) -> int | str:
    """An option value as an integer, anything else as it is. Only 0 to 9 are digits here: Python's ``int`` knows more."""
    return int(text) if _OPTION_VALUE.match(text) else text
