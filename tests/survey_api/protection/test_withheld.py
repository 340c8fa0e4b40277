"""Who answers for data protection sees how much is hidden, what is kept, and no score."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role


@pytest.fixture
def protector(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.DATA_PROTECTION)


def test_hidden_cells_are_counted_by_level(protector: TestClient, paddle: Any, reader: TestClient) -> None:
    page = " ".join(unescape(protector.get("/protection").text).split())
    assert f"Hidden in release {paddle.release_id}" in page
    row = page[page.index("<span>Placement</span>") :]
    cells = re.findall(r"<span>([^<]*)</span></td>", row[: row.index("</tr>")])
    # ward 6, of two learners, has neither of its two scales; the other five have both of theirs
    assert cells[0] == "6"
    shown = reader.get(f"/quality/{paddle.release_id}/places/P-1").text
    assert "Ward 6" in shown
    hidden, of = (int(number) for number in re.findall(r"\d+", cells[1])[:2])
    assert of == 12
    assert 2 <= hidden < of


def test_one_release_can_be_asked_for_and_none_that_is_not_there(protector: TestClient, paddle: Any) -> None:
    assert protector.get("/protection").text == protector.get(f"/protection/releases/{paddle.release_id}").text
    assert protector.get("/protection/releases/nowhere-r1").status_code == 404


def test_what_is_kept_stands_with_the_periods_that_are_set(protector: TestClient) -> None:
    page = unescape(protector.get("/protection").text)
    for words in (
        "14 days after the last page",
        "30 minutes without use, 10 hours at most",
        "at 3 o'clock",
        "Never stored",
    ):
        assert words in page


def test_no_score_stands_there(protector: TestClient) -> None:
    page = protector.get("/protection").text
    assert "/quality" not in page
    assert "Reliability" not in page
