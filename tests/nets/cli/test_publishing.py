"""``nets publish`` and ``nets diff``: the changes are shown, and what would change a meaning is refused with nothing written."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

INSTRUMENT = Path(__file__).parents[2] / "instruments" / "team-climate-2026.1.json"


def first_item(document: dict[str, Any], **changes: Any) -> None:
    document["items"][0].update(changes)


def reworded(document: dict[str, Any]) -> None:
    first_item(document, text={"en": "My team is loud.", "cy": "Mae fy nhîm yn uchel."})


def respelt(document: dict[str, Any]) -> None:
    first_item(document, text={"en": "My team is calm!", "cy": "Mae fy nhîm yn dawel."})


def stored(database_file: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(database_file)
    rows = connection.execute("SELECT id, version, digest FROM questionnaire_versions ORDER BY version").fetchall()
    connection.close()
    return rows


def test_the_first_version_goes_into_the_list_and_into_the_database(
    nets: Any, folder: Path, database_file: Path
) -> None:
    (folder / "PUBLISHED").unlink()
    said = nets("publish", folder / "team-climate" / "2026.1.json")
    assert said.code == 0, said.errors
    digest, name = (folder / "PUBLISHED").read_text().split()
    assert name == "team-climate/2026.1.json"
    assert said.out == (f"the first version of team-climate\nteam-climate 2026.1 is published, sha256 {digest}\n")
    assert stored(database_file) == [("team-climate", "2026.1", digest)]


def test_publishing_again_brings_the_version_into_another_database(
    nets: Any, folder: Path, database_file: Path
) -> None:
    listing = (folder / "PUBLISHED").read_text()
    assert stored(database_file) == []
    said = nets("publish", folder / "team-climate" / "2026.1.json")
    assert said.code == 0
    assert "team-climate 2026.1 was published already" in said.out
    assert len(stored(database_file)) == 1
    assert (folder / "PUBLISHED").read_text() == listing


def test_changes_are_shown_by_their_class(nets: Any, draft: Any, folder: Path, database_file: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        respelt(document)
        document["title"]["en"] = "Another name altogether"
        document["response_scales"].append(
            {"code": "often", "options": [
                {"value": 1, "code": "never", "label": {"en": "Never", "cy": "Byth"}},
                {"value": 2, "code": "daily", "label": {"en": "Daily", "cy": "Bob dydd"}},
            ]}
        )  # fmt: skip

    file = draft("2026.2", change)
    shown = nets("diff", file)
    assert (shown.code, shown.errors) == (0, [])
    assert shown.out.splitlines() == [
        "changes since 2026.1:",
        "  typo: item CALM: the text (en) was 'My team is calm.' and is 'My team is calm!'",
        "  wording: the questionnaire: the title (en) was 'Team climate (for tests)' and is 'Another name altogether'",
        "  structure: response scale often: new",
    ]
    assert stored(database_file) == []
    assert "2026.2" not in (folder / "PUBLISHED").read_text()
    published = nets("publish", file)
    assert published.out.startswith(shown.out + "team-climate 2026.2 is published, sha256 ")
    assert "2026.2" in (folder / "PUBLISHED").read_text()


def test_a_version_without_a_change_says_so(nets: Any, draft: Any) -> None:
    assert nets("diff", draft("2026.2")).out == "no change since 2026.1\n"


@pytest.mark.parametrize("command", ["diff", "publish"])
def test_another_meaning_for_an_item_code_is_shown_and_refused(
    nets: Any, draft: Any, folder: Path, database_file: Path, command: str
) -> None:
    listing = (folder / "PUBLISHED").read_text()
    said = nets(command, draft("2026.2", reworded))
    assert said.code == 1
    assert "  wording: item CALM: the text (en) was 'My team is calm.' and is 'My team is loud.' -- refused" in said.out
    assert len(said.errors) == 2  # a line a language
    for line in said.errors:
        assert line.startswith("nets: item CALM: the text (")
        assert "give it a new code" in line
    assert (folder / "PUBLISHED").read_text() == listing
    assert stored(database_file) == []


def test_a_dropped_code_does_not_come_back_with_another_meaning(nets: Any, draft: Any) -> None:
    def without_calm(document: dict[str, Any]) -> None:
        document["items"] = document["items"][1:]
        document["scales"][0]["items"].remove("CALM")
        document["pages"][0]["items"].remove("CALM")

    assert nets("publish", draft("2026.2", without_calm)).code == 0
    said = nets("publish", draft("2026.3", reworded))
    assert said.code == 1
    assert "item CALM" in said.errors[0]
    assert nets("publish", draft("2026.3")).code == 0


def test_a_rewording_under_a_new_code_is_published(nets: Any, draft: Any) -> None:
    def change(document: dict[str, Any]) -> None:
        reworded(document)
        first_item(document, code="LOUD", comparable_with="CALM")
        document["scales"][0]["items"][0] = document["pages"][0]["items"][0] = "LOUD"

    said = nets("publish", draft("2026.2", change))
    assert said.code == 0, said.errors
    assert "wording: item LOUD: new wording, meant to be compared with CALM" in said.out


def test_every_fault_of_a_broken_file_is_told_with_file_path_and_rule(nets: Any, draft: Any) -> None:
    def breaking(document: dict[str, Any]) -> None:
        first_item(document, kind="essay", standards=["9.9"])
        document["pages"][0]["items"].append("GONE")

    file = draft("2026.2", breaking)
    said = nets("publish", file)
    assert said.code == 1
    assert said.out == ""
    assert [line.removeprefix(f"nets: {file}: ") for line in said.errors] == [
        "items[0].kind (CALM): is \"essay\"; it may be 'rating', 'choice' or 'comment'",
        "items[0].standards (CALM): holds '9.9', which is no standard of hee-2017-18",
        "pages[0].items[3] (climate): asks item GONE, which is not among the items",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"{", "is not JSON"), (b"\xff\xfe", "is not UTF-8"), (b"[1]", "an object")],
)
def test_a_file_that_is_no_questionnaire_is_one_line(nets: Any, folder: Path, content: bytes, words: str) -> None:
    file = folder / "team-climate" / "2026.2.json"
    file.write_bytes(content)
    said = nets("publish", file)
    assert said.code == 1
    (line,) = said.errors
    assert line.startswith(f"nets: {file}: ")
    assert words in line


def test_a_published_file_that_was_edited_is_not_published_again(nets: Any, folder: Path) -> None:
    file = folder / "team-climate" / "2026.1.json"
    file.write_bytes(file.read_bytes().replace(b"My team is calm.", b"My team is loud."))
    for command in ("publish", "diff"):
        said = nets(command, file)
        assert said.code == 1
        (line,) = said.errors
        assert line.startswith("nets: team-climate/2026.1.json: was edited after it was published")


def test_a_file_in_the_wrong_place_and_with_an_old_number_is_told_both(
    nets: Any, draft: Any, folder: Path, tmp_path: Path
) -> None:
    assert nets("publish", draft("2026.10")).code == 0
    misplaced = tmp_path / "new.json"
    misplaced.write_bytes(draft("2026.9").read_bytes())
    said = nets("publish", misplaced)
    assert said.code == 1
    assert said.errors == [
        f"nets: {misplaced}: team-climate 2026.9 belongs at {folder / 'team-climate' / '2026.9.json'}",
        "nets: team-climate 2026.9: does not come after 2026.10, which is published; give it a version that does",
    ]


def test_nothing_is_listed_that_the_database_refuses(nets: Any, draft: Any, folder: Path, database_file: Path) -> None:
    listing = (folder / "PUBLISHED").read_text()
    assert nets("publish", draft("2026.2")).code == 0
    (folder / "PUBLISHED").write_text(listing)  # as if the line of 2026.2 had been lost, and its text then changed
    said = nets("publish", draft("2026.2", respelt))
    assert said.code == 1
    assert "team-climate 2026.2 is already published with other content" in said.errors[0]
    assert (folder / "PUBLISHED").read_text() == listing


def test_nothing_is_stored_when_the_list_cannot_be_written(
    nets: Any, draft: Any, folder: Path, database_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    file = draft("2026.2")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        said = nets("publish", file)
    assert (said.code, said.errors) == (1, [f"nets: {folder / 'PUBLISHED'}: No space left on device"])
    assert stored(database_file) == []
    assert sorted(path.name for path in folder.iterdir()) == ["PUBLISHED", "team-climate"]
    assert nets("publish", file).code == 0


def test_a_folder_can_be_named(nets: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "others" / "team-climate" / "2026.1.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(INSTRUMENT.read_bytes())
    assert nets("publish", file, "--folder", tmp_path / "others").code == 0
    assert (tmp_path / "others" / "PUBLISHED").exists()
    said = nets("publish", file, "--folder", tmp_path / "nowhere")
    assert said.code == 2
