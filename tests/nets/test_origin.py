"""An origin is scheme and host alone."""

import pytest

from nets.origin import as_origin


def test_an_origin_is_taken_with_or_without_a_slash_and_in_any_case() -> None:
    assert as_origin("https://Survey.example.org/") == "https://survey.example.org"
    assert as_origin("http://127.0.0.1:8000") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "address",
    [
        "survey.example.org",
        "ftp://survey.example.org",
        "https://",
        "https://survey.example.org/c",
        "https://a.example?b=c",
    ],
)
def test_what_is_no_origin_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="should be an origin such as"):
        as_origin(address)
