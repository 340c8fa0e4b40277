"""What staff have entered in a form, read field by field; everything that is wrong is told at once, by what the form calls it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import TypeVar

from nets.errors import NotFound, Problem
from survey_api.learner.form import Fields

_Value = TypeVar("_Value")


class FilledForm:
    """The fields of a form. ``wrong`` holds what could not be read of them so far."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.wrong: list[Problem] = []

    def read(self, name: str, read: Callable[[str], _Value], instead: _Value, what: str = "choose one") -> _Value:
        """A field's value; another instead where it is none, with what is wrong noted."""
        try:
            return read(self._fields.get(name, "").strip())
        except (ValueError, LookupError, NotFound):
            self.wrong.append(Problem(name, what))
            return instead

    def day(self, name: str) -> date | None:
        """A field as a day, or none."""
        return self.read(name, _day, None, "write it like 2026-10-01")

    def one_of(self, name: str, known: Collection[str], instead: str) -> str:
        """A field as one of those that are known."""
        return self.read(name, dict(zip(known, known, strict=True)).__getitem__, instead)

    def line(self, name: str) -> str:
        """A field as one line: line ends become spaces."""
        return " ".join(self._fields.get(name, "").split())


def as_called(problems: Iterable[Problem], called: Mapping[str, str]) -> list[Problem]:
    """Problems in the order of a form's fields, each by what the form calls its field; behind them those of no field."""
    found = list(problems)
    of_fields = [
        Problem(name, f"{label}: {one.what}") for name, label in called.items() for one in found if one.where == name
    ]
    return [*of_fields, *(one for one in found if one.where not in called)]


def _day(text: str) -> date:
    if len(text) != len("2026-10-01") or not text.isascii():
        raise ValueError(text)
    return date.fromisoformat(text)
