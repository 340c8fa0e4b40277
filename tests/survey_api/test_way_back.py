import pytest

from survey_api.way_back import leads_back


@pytest.mark.parametrize(
    "address", ["/", "/quality", "/c/nets-2026/", "/v1/releases/a-r1/scores?level=provider&id=T%20001", "/quality?"]
)
def test_a_path_of_this_site_leads_back(address: str) -> None:
    assert leads_back(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "quality",
        "//outside.example",
        "/a//b",
        "/\\outside.example",
        "https://outside.example",
        "/a\n",
        "/a b",
        "/" + "a" * 500,
    ],
)
def test_nothing_else_does(address: str) -> None:
    assert not leads_back(address)


def test_a_long_address_that_does_not_match_is_refused_at_once() -> None:
    """Tried in every way that it can be cut into pieces, this one would take longer than the universe is old."""
    assert not leads_back("/" + "a" * 400 + "!")
