"""Fields are read one by one, and what is wrong is told by the form's own names, in its order."""

from datetime import date

from nets.errors import Problem
from survey_api.staff.filled_form import FilledForm, as_called


def test_what_cannot_be_read_is_noted_and_reading_goes_on() -> None:
    filled = FilledForm({"day": "20261001", "seat": "moon", "words": " two\nlines ", "count": "3"})
    assert (filled.day("day"), filled.one_of("seat", ("here", "there"), "here")) == (None, "here")
    assert (filled.line("words"), filled.read("count", int, 0)) == ("two lines", 3)
    assert filled.wrong == [Problem("day", "write it like 2026-10-01"), Problem("seat", "choose one")]
    assert FilledForm({"day": " 2026-10-01 "}).day("day") == date(2026, 10, 1)


def test_problems_stand_in_the_order_of_the_form_and_those_of_no_field_behind_them() -> None:
    found = [
        Problem("", "nobody is there"),
        Problem("words", "is missing"),
        Problem("day", "is over"),
        Problem("words", "no"),
    ]
    assert as_called(found, {"day": "first day", "words": "what was found"}) == [
        Problem("day", "first day: is over"),
        Problem("words", "what was found: is missing"),
        Problem("words", "what was found: no"),
        Problem("", "nobody is there"),
    ]
