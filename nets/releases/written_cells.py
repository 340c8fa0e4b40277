"""Cells of a release as they are kept, and the same as what they mean; there are hundreds of thousands of them in a release.

Most are never looked at one by one: they are built in columns, kept as text and read a place at a time. So they become records of
their classes only when somebody asks for one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from pydantic_core import from_json, to_json

from nets.disclosure.shown import LETTER_OF, Shown, ShownScore, WrittenCell
from nets.disclosure.shown_beside import ShownPooled
from nets.placement import Verdict

_CLASS_OF: Final = {letter: kind for kind, letter in LETTER_OF.items()}
_VALUES_OF: Final = {
    kind: tuple(field.name for field in fields(kind) if field.name not in {"kind", "reason"}) for kind in LETTER_OF
}

_JUDGED: Final = frozenset({ShownScore, ShownPooled})
"""Their last value is a verdict."""
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}


class WrittenCells(Mapping[str, Shown]):
    """Cells by the code of their measure, kept as they are written."""

    __slots__ = ("_written",)

    def __init__(self, written: Mapping[str, WrittenCell]) -> None:
        self._written = written

    @property
    def written(self) -> Mapping[str, WrittenCell]:
        """The cells as they are written."""
        return self._written

    def __getitem__(self, measure: str) -> Shown:
        return read_cell(self.written[measure])  # type: ignore[no-any-return] # a measure's cell is one of these

    def __contains__(self, measure: object) -> bool:
        return measure in self.written

    def __iter__(self) -> Iterator[str]:
        return iter(self.written)

    def __len__(self) -> int:
        return len(self.written)

    def most_learners(self) -> int:
        """The number of learners of the largest cell, nought where there is none; of all kinds it is what comes first."""
        return max((written[1] for written in self.written.values() if len(written) > 1), default=0)

    def __repr__(self) -> str:
        return f"WrittenCells({dict(self)})"


class PackedCells(WrittenCells):
    """The same, each kept as text: one is read by reading it alone, and many are not walked through in search of rubbish."""

    __slots__ = ("_texts",)

    def __init__(self, written: Mapping[str, WrittenCell]) -> None:
        self._texts = {measure: to_json(cell) for measure, cell in written.items()}

    @property
    def written(self) -> Mapping[str, WrittenCell]:
        """The cells as they are written."""
        return {measure: from_json(text) for measure, text in self._texts.items()}

    def __getitem__(self, measure: str) -> Shown:
        return read_cell(from_json(self._texts[measure]))  # type: ignore[no-any-return] # as above

    def __contains__(self, measure: object) -> bool:
        return measure in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def read_cell(written: Any) -> Any:
    """What a written cell, or a value of one, means."""
    if not isinstance(written, (list, tuple)):
        return written
    if not written or not isinstance(written[0], str):
        return tuple(written)
    kind = _CLASS_OF[written[0]]
    values: list[Any] = [
        value
        if not isinstance(value, (list, tuple))
        else read_cell(value)
        if value and isinstance(value[0], str)
        else tuple(value)
        for value in written[1:]
    ]
    if kind in _JUDGED:
        values[-1] = _VERDICTS[values[-1]]
    return kind(*values)


def write_cell(cell: Any) -> tuple[Any, ...]:
    """A record of any of the classes as it is written, with those in it."""
    values = (getattr(cell, name) for name in _VALUES_OF[type(cell)])
    return (LETTER_OF[type(cell)], *(write_cell(value) if type(value) in LETTER_OF else value for value in values))
