"""Texts of messages: the shipped ones are whole, and one's own is checked as a whole."""

from pathlib import Path

import pytest

from nets.errors import InvalidFile
from nets.sending.wording import FIELDS, read_wording, shipped_wording


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_a_shipped_text_says_what_where_until_when_and_how_to_stop(kind: str) -> None:
    fields = {field: f"<{field}>" for field in FIELDS}
    message = shipped_wording(kind).message("ash@example.org", fields)
    assert (message.address, message.kind, message.stop) == ("ash@example.org", kind, "<stop>")
    assert "<title>" in message.subject
    assert all(f"<{field}>" in message.body for field in ("placement", "closes"))
    lines = message.body.splitlines()
    assert "<link>" in lines  # alone on their lines, so that no mail program takes a full stop for a part of them
    assert "<stop>" in lines


def test_a_text_of_ones_own_is_taken(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_bytes("\ufeffHallo {title}\r\n\r\nTŷ {{x}}: {link}\r\n{stop}\r\n".encode())
    fields = {**dict.fromkeys(FIELDS, "-"), "title": "A\nB", "link": "L", "stop": "S"}
    message = read_wording(tmp_path / "own.txt", "reminder").message("a@b.uk", fields)
    assert (message.subject, message.body) == ("Hallo A B", "Tŷ {x}: L\nS\n")


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Hello {name}\n\n{link} {0}", ["{0}", "{name}", "lacks {stop}"]),
        ("Hello\n\nGo on", ["lacks {link}", "lacks {stop}"]),
        ("Hello\nGo on {link} {stop}", ["does not begin with a line for the subject"]),
        ("Hello\n\n{link} {stop} {", ["has a brace"]),
        ("Hello\n\n{link} {stop}" + "x" * 20_001, ["is longer than 20,000"]),
    ],
)
def test_everything_wrong_with_a_text_is_told_at_once(text: str, problems: list[str], tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text(text, "utf-8")
    with pytest.raises(InvalidFile) as told:
        read_wording(tmp_path / "own.txt", "invitation")
    assert len(told.value.problems) == len(problems)
    for problem, words in zip(told.value.problems, problems, strict=True):
        assert words in str(problem)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidFile, match="not a text in UTF-8"):
        read_wording(tmp_path / "own.txt", "invitation")
