import pytest

from survey_api.learner.device import new_code, token_of, typed_code


def test_a_code_can_be_typed_as_people_type() -> None:
    code = new_code()
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", ""), f" {code} "):
        assert typed_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "K7QM", "K7QM-4TXD-9PWR-2", "K7QM-4TXD-9PW0", "K7QM-4TXD-9PWI", "é" * 12, "x" * 9999]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert typed_code(typed) == ""


def test_codes_are_random_and_long_enough_not_to_be_guessed() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code.replace("-", "")) == 12 for code in codes)


def test_the_token_follows_from_the_code_and_the_campaign() -> None:
    code = new_code()
    assert token_of(code, "paddle-2026") == token_of(code, "paddle-2026")
    assert len(token_of(code, "paddle-2026")) == 43
    assert token_of(code, "paddle-2027") != token_of(code, "paddle-2026")
