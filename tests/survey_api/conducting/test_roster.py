"""A roster is taken in whole, or named wrong by row and column; with it response rates are exact."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nets.access.roles import Role
from nets.store.audit import newest_audit
from nets.store.rosters import read_roster
from survey_api.conducting.roster import LONGEST_FILE

ADDRESS = "/campaigns/paddle-2025/roster"
GOOD = "placement_id,learner_group,learners\nW-1,nursing,20\nW-1,pharmacy,20\nW-4,nursing,6\nW-4,pharmacy,5\n"


@pytest.fixture
def manager(sign_in: Callable[..., TestClient]) -> TestClient:
    return sign_in(Role.SURVEY_MANAGER)


def upload(browser: TestClient, content: str | bytes, token: str = "") -> Any:
    (own,) = set(re.findall(r'name="token" value="(\w+)"', browser.get(ADDRESS).text))
    file = content.encode() if isinstance(content, str) else content
    return browser.post(ADDRESS, data={"token": token or own}, files={"file": ("roster.csv", file, "text/csv")})


@pytest.mark.parametrize(
    "content",
    [GOOD, "\ufeff" + GOOD, GOOD.replace(",", ";"), GOOD.replace(",", "\t")],
    ids=["plain", "bom", "semicolons", "tabs"],
)
def test_a_roster_is_stored_and_makes_rates_exact(manager: TestClient, paddle: Any, content: str) -> None:
    answer = upload(manager, content)
    assert answer.headers["location"] == "/campaigns/paddle-2025/response-rates?uploaded=1&empty=0"
    page = " ".join(unescape(manager.get(answer.headers["location"]).text).split())
    assert "The roster is stored." in page
    row = page[page.index("W-1") :]
    row = row[: row.index("</tr>")]
    assert "Ysbyty Enghraifft, W-1" in page  # wards of one name are told apart by their sites
    assert "75.0%" in row  # 30 of 40
    assert "Nursing: 15 of 20; Pharmacy: 15 of 20" in row
    assert "roster too small" in page  # at ward 4, where 12 of 11 answered
    with paddle.database.read() as connection:
        assert read_roster(connection, "paddle-2025")["W-4", "nursing"] == 6
        assert newest_audit(connection, 1)[0].act == "roster uploaded"


def test_lowest_rates_come_first_where_that_is_asked(manager: TestClient) -> None:
    upload(
        manager,
        "placement_id,learner_group,learners\nW-2,nursing,12\nW-2,pharmacy,90\nW-3,nursing,15\nW-3,pharmacy,16\n",
    )
    names = re.findall(r"<span>(Ward \d)", manager.get("/campaigns/paddle-2025/response-rates?by=rate").text)
    assert names[:2] == ["Ward 2", "Ward 3"]
    assert re.findall(r"<span>(Ward \d)", manager.get("/campaigns/paddle-2025/response-rates").text) == sorted(names)


def test_the_file_has_a_line_a_placement_and_group(manager: TestClient) -> None:
    upload(manager, GOOD)
    lines = manager.get("/campaigns/paddle-2025/response-rates.csv").text.splitlines()
    assert lines[0] == "placement_id,placement,learner_group,responses,learners,rate,open_points,says"
    assert "W-1,Ward 1,(all),30,40,75.0,25.0,response rate" in lines
    assert "W-4,Ward 4,pharmacy,6,5,,,roster too small" in lines
    assert "W-5,Ward 5,nursing,9,,,,no response rate" in lines


def test_a_roster_that_is_downloaded_is_uploaded_again_unchanged(manager: TestClient, paddle: Any) -> None:
    assert f'href="{ADDRESS}.csv"' not in manager.get(ADDRESS).text
    upload(manager, GOOD)
    assert f'href="{ADDRESS}.csv"' in manager.get(ADDRESS).text
    file = manager.get(f"{ADDRESS}.csv").text
    assert file.splitlines()[:2] == ["placement_id,placement,learner_group,learners", "W-1,Ward 1,nursing,20"]
    with paddle.database.read() as connection:
        before = read_roster(connection, "paddle-2025")
    assert upload(manager, file).status_code == 303
    with paddle.database.read() as connection:
        assert read_roster(connection, "paddle-2025") == before
    assert manager.get(f"{ADDRESS}.csv").text == file


def test_a_roster_to_fill_in_has_a_row_for_every_group_at_every_placement(manager: TestClient, paddle: Any) -> None:
    file = manager.get(f"{ADDRESS}/empty.csv").text
    groups = len(paddle.version.learner_groups)
    assert len(file.splitlines()) == 1 + 8 * groups
    assert "The file has no number of learners in any row" in upload(manager, file).text
    answer = upload(manager, file.replace("W-1,Ward 1,nursing,", "W-1,Ward 1,nursing,20"))
    assert answer.headers["location"].endswith(f"?uploaded=1&empty={8 * groups - 1}")
    page = manager.get(answer.headers["location"]).text
    assert f"The roster is stored. {8 * groups - 1} rows without a number were passed over" in page
    answer = upload(manager, GOOD + "W-5,nursing,\n")
    assert "One row without a number was passed over" in manager.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.replace("W-4,nursing,6", "W-99,tea,-1"), ["Row 4, column placement_id", "column learner_group", "column learners"]),
        ("placement_id,learners\nW-1,3\n", ["has no column learner_group"]),
        ("", ["Choose a CSV file"]),
        (b"placement_id,learner_group,learners\nW-1,n\xff,3\n", ["Row 2 is not in UTF-8"]),
    ],
    ids=["three wrong cells", "no column", "no file", "no utf-8"],
)  # fmt: skip
def test_everything_that_is_wrong_is_named_and_the_earlier_roster_stays(
    manager: TestClient, paddle: Any, content: str | bytes, said: list[str]
) -> None:
    upload(manager, GOOD)
    answer = upload(manager, content)
    assert answer.status_code == 422
    page = unescape(answer.text)
    for words in said:
        assert words in page
    with paddle.database.read() as connection:
        assert len(read_roster(connection, "paddle-2025")) == 4


def test_a_foreign_form_a_strange_one_and_a_file_too_long_store_nothing(manager: TestClient, paddle: Any) -> None:
    assert upload(manager, GOOD, token="0" * 64).status_code == 403
    assert manager.post(ADDRESS, content=b"{", headers={"content-type": "multipart/form-data"}).status_code == 403
    answer = upload(manager, "x" * LONGEST_FILE)
    assert answer.status_code == 413
    assert "Nothing was stored. A file may have up to 2 MB" in answer.text
    with paddle.database.read() as connection:
        assert read_roster(connection, "paddle-2025") == {}


def test_elsewhere_long_bodies_are_refused_without_a_word_of_answers(manager: TestClient) -> None:
    answer = manager.post("/campaigns/open", data={"title": "x" * 20_000})
    assert answer.status_code == 413
    assert "Nothing was stored. Go back in your browser" in answer.text
    assert "answers" not in answer.text


def test_a_form_that_cannot_be_taken_is_told_without_the_link_to_the_survey(manager: TestClient) -> None:
    answer = upload(manager, GOOD, token="0" * 64)
    assert "Nothing was changed." in answer.text
    assert "link to the survey" not in answer.text
