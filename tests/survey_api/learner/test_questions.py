from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from httpx2 import Response

from nets.store.comments import read_comments
from survey_api.learner import visit

Words = Callable[[Response], str]


def test_it_preselects_nothing(learner: Any) -> None:
    assert "checked" not in learner.begin().get("p/tea").text


def test_it_escapes_what_a_questionnaire_says(learner: Any) -> None:
    page = learner.begin().get("p/tea").text
    assert "&lt;b&gt;enough&lt;/b&gt;" in page
    assert "<b>enough" not in page


def test_it_offers_non_response_after_a_divider(learner: Any, text_of: Words) -> None:
    words = text_of(learner.begin().get("p/tea"))
    assert "Strongly agree or I do not know" in words


def test_it_asks_one_by_one_where_the_version_says_so(learner: Any, paddle: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(visit, "get_version", lambda *_: replace(paddle.version, items_per_page=1))
    learner.begin()
    assert learner.get("p/tea").text.count("<fieldset") == 1
    assert learner.post("p/tea", TEA01="4").headers["location"] == "/c/paddle-2026/p/tea.2"
    assert learner.get("p/tea.2").text.count("<fieldset") == 1
    assert learner.post("p/tea.2", TEA02="5").headers["location"] == "/c/paddle-2026/p/ward"
    assert learner.get("check").text.count("p/tea.2?change=1#q-TEA02") == 1


def test_it_counts_sections_and_not_pages(learner: Any, text_of: Words) -> None:
    learner.begin()
    assert "Section 1 of 2: Tea things, page 1 of 2" in text_of(learner.get("p/tea"))
    assert "Section 2 of 2: Respect and comments, page 3 of 3" in text_of(learner.get("p/words"))


def test_it_shows_what_was_answered_on_going_back(learner: Any) -> None:
    learner.begin().answer_everything()
    page = learner.get("p/tea").text
    assert 'id="TEA01-4" name="TEA01" type="radio" value="4" checked' in page
    assert 'value="do_not_know" checked' in page
    assert "Warm the pot." in learner.get("p/words").text


def test_it_lets_everything_be_left_out(learner: Any) -> None:
    learner.begin()
    assert learner.post("p/tea").headers["location"] == "/c/paddle-2026/p/ward"
    assert learner.post("p/ward").headers["location"] == "/c/paddle-2026/p/pause"


def test_it_follows_the_branch_of_the_group(learner: Any) -> None:
    learner.begin(group="pharmacy")
    assert learner.post("p/tea").headers["location"] == "/c/paddle-2026/p/pause"
    assert learner.get("p/ward").headers["location"] == "/c/paddle-2026/check"


def test_it_leads_round_an_interruption_and_sends_nothing_from_behind_it(learner: Any, text_of: Words) -> None:
    learner.begin().answer_everything()
    assert learner.post("p/pause", skip="1").headers["location"] == "/c/paddle-2026/p/words"
    words = text_of(learner.get("check"))
    assert "You skipped these questions" in words
    assert "rude about my tea" not in words


def test_it_lets_a_learner_answer_after_all_what_she_had_skipped(learner: Any) -> None:
    learner.begin().answer_everything().post("p/pause", skip="1")
    assert learner.post("p/pause?change=1").headers["location"] == "/c/paddle-2026/p/rude"
    assert 'value="2" checked' in learner.get("p/rude").text


def test_it_shows_help_lines_on_the_interruption_page(learner: Any) -> None:
    assert '<a href="tel:0000">Invented helpline</a>' in learner.begin().get("p/pause").text


def test_it_returns_to_the_check_page_after_a_change(learner: Any, text_of: Words) -> None:
    learner.begin().answer_everything()
    assert learner.post("p/tea?change=1", TEA01="1").headers["location"] == "/c/paddle-2026/check"
    assert "The kettle works. Change Strongly disagree" in text_of(learner.get("check"))


def test_it_clears_one_answer_and_keeps_the_others(learner: Any) -> None:
    learner.begin().answer_everything()
    answer = learner.post("p/tea", TEA01="4", TEA02="5", clear="TEA01")
    assert answer.headers["location"] == "/c/paddle-2026/p/tea#q-TEA01"
    page = learner.get("p/tea").text
    assert 'name="TEA02" type="radio" value="5" checked' in page
    assert page.count(" checked") == 1


def test_it_presses_continue_when_enter_is_pressed(learner: Any) -> None:
    learner.begin().post("p/tea", TEA01="4")
    first_button = learner.get("p/tea").text.split("<form")[1].split("<button", 1)[1].split("</button>")[0]
    assert "name=" not in first_button


@pytest.mark.parametrize("value", ["6", "0", "-1", "4.0", "٣", "true", "not_applicable", "04", "9" * 400, "\x00"])
def test_it_names_an_answer_that_is_none_and_keeps_the_rest(learner: Any, text_of: Words, value: str) -> None:
    learner.begin()
    answer = learner.post("p/tea", TEA01=value, TEA02="5")
    assert answer.status_code == 303
    page = learner.get(answer.headers["location"])
    assert page.status_code == 200
    assert "There is a problem Choose one of the answers below" in text_of(page)
    assert 'href="#TEA01"' in page.text
    assert page.text.count(" checked") == 1


def test_it_says_where_a_comment_is_written_who_reads_it_first(learner: Any, text_of: Words) -> None:
    learner.begin()
    assert "Someone who runs the survey reads it first" in text_of(learner.get("p/words"))
    assert "reads it first" not in text_of(learner.get("p/tea"))


def test_it_gives_a_comment_that_is_too_long_back_with_its_length(learner: Any, text_of: Words) -> None:
    learner.begin()
    long = "Ŵ" * 41
    answer = learner.post("p/words", COM01=long)
    page = learner.get(answer.headers["location"])
    assert "You can write 40 characters here; this has 41" in text_of(page)
    assert long in page.text
    assert learner.get("check").headers["location"] == "/c/paddle-2026/p/words"
    assert learner.post("send").headers["location"] == "/c/paddle-2026/p/words"
    learner.post("p/words", COM01="Short.")
    assert learner.get("check").status_code == 200


def test_it_ignores_fields_of_other_pages(learner: Any, text_of: Words) -> None:
    learner.begin().post("p/tea", TEA01="4", COM01="Slipped in.", receipt="AAAA")
    assert "Slipped in." not in text_of(learner.get("check"))


@pytest.mark.parametrize(
    "body", ["TEA01=1&TEA01=2", "&".join(f"a{number}=1" for number in range(300)), "%ff%fe=%ff&TEA01=%ff"]
)
def test_it_answers_a_form_of_no_browser_without_failing(learner: Any, body: str) -> None:
    learner.begin()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = learner.client.post("/c/paddle-2026/p/tea", content=body, headers=headers)
    assert answer.status_code in {303, 400}


def test_it_takes_no_file(learner: Any) -> None:
    learner.begin()
    assert learner.client.post("/c/paddle-2026/p/tea", files={"TEA01": b"1"}).status_code == 400


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=X",
        # the sender may name a codec of Python's here; these raise what nobody catches, or yield half surrogates
        "multipart/form-data; boundary=X; charset=undefined",
        "multipart/form-data; boundary=X; charset=punycode",
        "multipart/form-data; boundary=X; charset=raw_unicode_escape",
    ],
)
def test_it_takes_no_other_encoding_and_keeps_what_was_answered(learner: Any, media_type: str) -> None:
    learner.begin().answer_everything()
    form = b'--X\r\nContent-Disposition: form-data; name="COM01"\r\n\r\nNo \\ud800 milk.\r\n--X--\r\n'
    answer = learner.client.post("/c/paddle-2026/p/words", content=form, headers={"Content-Type": media_type})
    assert answer.status_code == 400
    assert "Warm the pot." in learner.get("p/words").text


def test_it_knows_no_page_that_the_version_does_not_have(learner: Any) -> None:
    assert learner.begin().get("p/coffee").status_code == 404


def test_it_asks_for_the_group_before_any_question(learner: Any) -> None:
    learner.post("start")
    assert learner.get("p/tea").headers["location"] == "/c/paddle-2026/group"
    assert learner.post("p/tea", TEA01="4").headers["location"] == "/c/paddle-2026/group"


def test_it_lets_no_browser_keep_a_page_of_the_path(learner: Any) -> None:
    learner.begin().answer_everything()
    for page in ("", "placement", "group", "p/tea", "p/pause", "check"):
        assert learner.get(page).headers["cache-control"] == "no-store"


def test_line_ends_count_once_with_and_without_a_script(learner: Any, paddle: Any) -> None:
    """A form sends a line end as two characters, a script as one; what fits on the page fits in the store."""
    learner.begin()
    answer = learner.post("p/words", COM01="\r\n".join(["x" * 20, "y" * 19]))
    assert answer.headers["location"] == "/c/paddle-2026/check"
    learner.post("send")
    with paddle.database.read() as connection:
        (comment,) = read_comments(connection, "paddle-2026")
    assert comment.content == "x" * 20 + "\n" + "y" * 19
