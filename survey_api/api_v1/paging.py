"""Long lists in pages: how much is asked for at once, and the cursor that says where the next page begins.

A cursor names the last entry of a page, not its number, so that a place that was added meanwhile shifts nothing. It belongs to its
question: sent with other filters, or by a reader with another view, it is refused in words.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from nets.access.roles import Principal
from nets.errors import InvalidSetting, Problem

MOST_AT_ONCE: Final = 1_000
_USUAL: Final = 200
_LONGEST_CURSOR: Final = 600

Key: TypeAlias = tuple[str, ...]
Entry = TypeVar("Entry")


class Paged(BaseModel):
    """What every long list may be asked for; a filter that it does not have is refused, so that none is misspelt unnoticed."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(
        default=_USUAL, ge=1, le=MOST_AT_ONCE, description=f"Most entries of a page, up to {MOST_AT_ONCE:,}."
    )
    cursor: Annotated[
        str | None,
        Field(
            max_length=_LONGEST_CURSOR,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="Where to go on: `next_cursor` of the page before. Left out, the list begins at its beginning.",
        ),
    ] = None


class Page(BaseModel, Generic[Entry]):
    """One page of a list."""

    items: list[Entry]
    next_cursor: str | None = Field(
        description="Send it as `cursor`, with the same filters, to get the next page; null on the last page.",
        examples=[None],
    )


@dataclass(frozen=True, slots=True)
class Pager:
    """Cuts the answer to one question into pages.

    Attributes
    ----------
    question
        A digest of what is asked and of who asks, without limit and cursor.
    after
        The key of the last entry that was sent; None at the beginning.
    limit
        Most entries of this page.
    """

    question: str
    after: Key | None
    limit: int

    @classmethod
    def of(cls, request: Request, reader: Principal, asked: Paged) -> "Pager":
        """The pager of a request.

        Raises
        ------
        InvalidSetting
            For a cursor that was not given out for this question.
        """
        parameters = sorted(item for item in request.query_params.multi_items() if item[0] not in {"limit", "cursor"})
        whole = [request.url.path, parameters, reader.role, reader.scope]
        question = hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:12]
        return cls(question, None if asked.cursor is None else _key_in(asked.cursor, question), asked.limit)

    def span(self, keys: Sequence[Key]) -> range:
        """The positions of this page's entries in a list, whose keys these are."""
        start = self._start(keys)
        return range(start, min(start + self.limit, len(keys)))

    def next_cursor(self, keys: Sequence[Key], span: range) -> str | None:
        """The cursor of the page after this one."""
        return self.cursor_after(keys[span[-1]]) if span and span.stop < len(keys) else None

    def cursor_after(self, key: Key) -> str:
        """The cursor that goes on after the entry of this key."""
        text = json.dumps([self.question, *key], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _start(self, keys: Sequence[Key]) -> int:
        if self.after is None:
            return 0
        try:
            return keys.index(self.after) + 1
        except ValueError:
            raise foreign_cursor() from None


def foreign_cursor() -> InvalidSetting:
    """What is said of a cursor that leads nowhere."""
    what = "this is no cursor that was given out for these filters; leave it out to begin at the beginning"
    return InvalidSetting([Problem("query: cursor", what)])


def _key_in(cursor: str, question: str) -> Key:
    try:
        found: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise foreign_cursor() from None
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found) or found[:1] != [question]:
        raise foreign_cursor()
    return tuple(found[1:])
