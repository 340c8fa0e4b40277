"""The list of published versions: only ever added to, held against the files and against what learners are asked."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nets.errors import InvalidQuestionnaire, NotFound, Refused
from nets.questionnaire.publishing import DEFAULT_FOLDER, LISTING, QuestionnaireFolder

FIRST_LINES = (
    "7af9671f0b50d063fb03b0cc89a7f7772f9c82a36327089923acd0650ac1d3f6  nets/2026.1.json\n"
    "df6f2e18b793856405490350482f167add661396f9862424fe745e548f2049d0  provider-self-assessment/2026.1.json\n"
)
Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> QuestionnaireFolder:
    """An empty folder of questionnaires."""
    return QuestionnaireFolder(tmp_path)


@pytest.fixture
def write(folder: QuestionnaireFolder, small_document: dict[str, Any]) -> Write:
    """Writes a version of team-climate to its place, with changes to its first item."""

    def to_file(version: str, **item: Any) -> Path:
        document = {**small_document, "version": version}
        document["items"] = [{**small_document["items"][0], **item}, *small_document["items"][1:]]
        path = folder.path / "team-climate" / f"{version}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document), "utf-8")
        return path

    return to_file


def listing(folder: QuestionnaireFolder) -> str:
    return (folder.path / LISTING).read_text("utf-8")


def problems(act: Callable[[], object], kind: type[InvalidQuestionnaire | Refused] = InvalidQuestionnaire) -> list[str]:
    with pytest.raises(kind) as raised:
        act()
    return [str(problem) for problem in raised.value.problems]


# The repository's own list.


def test_every_file_of_the_repository_has_the_bytes_that_were_published() -> None:
    QuestionnaireFolder(DEFAULT_FOLDER).verify()


def test_the_list_of_the_repository_begins_as_it_began() -> None:
    assert (DEFAULT_FOLDER / LISTING).read_text("utf-8").startswith(FIRST_LINES)


def test_the_list_of_the_repository_was_only_ever_added_to() -> None:
    def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["git", *arguments], cwd=DEFAULT_FOLDER, capture_output=True, check=False)

    try:
        history = git("log", "--format=%H", "--", LISTING)
    except FileNotFoundError:
        pytest.skip("there is no git here")
    if history.returncode:
        pytest.skip("this is not a checkout")
    today = (DEFAULT_FOLDER / LISTING).read_bytes()
    for commit in history.stdout.decode().split():
        before = git("show", f"{commit}:./{LISTING}").stdout
        assert today.startswith(before), f"{LISTING} lost or changed a line that it had in {commit}"


# Publishing.


def test_a_line_holds_the_digest_of_the_bytes_and_the_place(folder: QuestionnaireFolder, write: Write) -> None:
    path = write("2026.1")
    published = folder.publish(path)
    assert listing(folder) == f"{hashlib.sha256(path.read_bytes()).hexdigest()}  team-climate/2026.1.json\n"
    assert (published.before, published.changes, published.is_published) == ("", (), False)
    assert folder.read("team-climate", "2026.1").document == path.read_bytes()


def test_lines_are_added_below_those_that_are_there(folder: QuestionnaireFolder, write: Write) -> None:
    before = ""
    for version in ("2026.1", "2026.2", "2026.10", "2026.10b", "2027"):
        folder.publish(write(version))
        assert listing(folder).startswith(before)
        before = listing(folder)
    assert folder.versions() == tuple(
        ("team-climate", version) for version in ("2026.1", "2026.2", "2026.10", "2026.10b", "2027")
    )


def test_publishing_the_same_bytes_again_does_nothing(folder: QuestionnaireFolder, write: Write) -> None:
    first, second = write("2026.1"), write("2026.2")
    folder.publish(first)
    folder.publish(second)
    before = listing(folder)
    assert folder.publish(first).is_published
    assert listing(folder) == before


def test_a_draft_is_no_published_version(folder: QuestionnaireFolder, write: Write) -> None:
    folder.publish(write("2026.1"))
    write("2026.2")
    folder.verify()
    assert folder.versions() == (("team-climate", "2026.1"),)
    with pytest.raises(NotFound, match=r"team-climate 2026\.2 is not published"):
        folder.read("team-climate", "2026.2")


@pytest.mark.parametrize("version", ["2026.2", "2026.02", "2026-2", "2026.1", "2025.9", "2026.2a"])
def test_a_version_comes_after_those_before_it(folder: QuestionnaireFolder, write: Write, version: str) -> None:
    folder.publish(write("2026.3"))
    before = listing(folder)
    (problem,) = problems(lambda: folder.publish(write(version)), Refused)
    assert "does not come after 2026.3, which is published" in problem
    assert listing(folder) == before


@pytest.mark.parametrize("version", ["2026.03", "2026-3"])
def test_two_versions_do_not_share_a_number(folder: QuestionnaireFolder, write: Write, version: str) -> None:
    folder.publish(write("2026.3"))
    (problem,) = problems(lambda: folder.publish(write(version)), Refused)
    assert "does not come after 2026.3" in problem


@pytest.mark.parametrize(
    "item",
    [
        {"text": {"en": "My team is loud.", "cy": "Mae fy nhîm yn uchel."}},
        {"response_scale": "yes_no"},
        {"reverse": True},
        {"non_response": []},
        {"adverse": [1]},
    ],
)
def test_an_item_code_keeps_its_meaning(folder: QuestionnaireFolder, write: Write, item: dict[str, Any]) -> None:
    folder.publish(write("2026.1"))
    before = listing(folder)
    reasons = problems(lambda: folder.publish(write("2026.2", **item)), Refused)
    assert all("CALM" in reason and "give it a new code" in reason for reason in reasons)
    assert listing(folder) == before


def test_an_item_code_keeps_its_meaning_over_a_version_that_did_not_ask_it(
    folder: QuestionnaireFolder, write: Write, small_document: dict[str, Any]
) -> None:
    folder.publish(write("2026.1"))
    without = {**small_document, "version": "2026.2", "items": small_document["items"][1:]}
    without["scales"][0]["items"].remove("CALM")
    without["pages"][0]["items"].remove("CALM")
    path = folder.path / "team-climate" / "2026.2.json"
    path.write_text(json.dumps(without), "utf-8")
    folder.publish(path)
    small_document["scales"][0]["items"].append("CALM")
    small_document["pages"][0]["items"].append("CALM")
    reasons = problems(lambda: folder.publish(write("2026.3", reverse=True)), Refused)
    assert reasons == [reason for reason in reasons if "CALM" in reason]
    assert folder.publish(write("2026.3")).before == "2026.2"


def test_everything_against_a_version_is_told_at_once(
    folder: QuestionnaireFolder, write: Write, tmp_path: Path
) -> None:
    folder.publish(write("2026.3"))
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(write("2026.2", reverse=True).read_bytes())
    meaning, place, number = problems(lambda: folder.publish(elsewhere), Refused)
    assert "CALM" in meaning
    assert "belongs at" in place
    assert "does not come after" in number


def test_other_content_for_a_published_version_is_refused_wherever_it_lies(
    folder: QuestionnaireFolder, write: Write, tmp_path: Path
) -> None:
    published = write("2026.1")
    folder.publish(published)
    other = tmp_path / "other.json"
    other.write_bytes(published.read_bytes() + b"\n")
    reasons = problems(lambda: folder.publish(other), Refused)
    assert "team-climate 2026.1: is published with other content" in reasons[-1]


def test_a_version_is_not_added_behind_one_that_was_published_meanwhile(
    folder: QuestionnaireFolder, write: Write
) -> None:
    folder.publish(write("2026.1"))
    looked_at = folder.compare(write("2026.2"))
    folder.publish(write("2026.3"))
    before = listing(folder)
    (reason,) = problems(lambda: folder.add(looked_at), Refused)
    assert reason.startswith("PUBLISHED: team-climate/2026.2.json stands after team-climate/2026.3.json")
    assert listing(folder) == before


def test_a_file_that_is_not_there_is_not_found(folder: QuestionnaireFolder, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"missing\.json cannot be read: No such file"):
        folder.compare(tmp_path / "missing.json")


def test_an_interrupted_publishing_leaves_the_list_whole(
    folder: QuestionnaireFolder, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.publish(write("2026.1"))
    before, second = listing(folder), write("2026.2")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            folder.publish(second)
    assert listing(folder) == before
    assert sorted(path.name for path in folder.path.iterdir()) == [LISTING, "team-climate"]


# Verifying.


@pytest.fixture
def two(folder: QuestionnaireFolder, write: Write) -> QuestionnaireFolder:
    """The folder with two published versions."""
    folder.publish(write("2026.1"))
    folder.publish(write("2026.2"))
    folder.verify()
    return folder


def test_every_edited_and_every_missing_file_is_named(two: QuestionnaireFolder) -> None:
    first, second = (two.path / "team-climate" / f"2026.{number}.json" for number in (1, 2))
    first.write_bytes(first.read_bytes() + b" ")
    second.unlink()
    assert problems(two.verify) == [
        "team-climate/2026.1.json: was edited after it was published (its sha256 is not that of PUBLISHED): restore it and "
        "publish the change as a new version",
        "team-climate/2026.2.json: is published but missing",
    ]
    assert problems(lambda: two.read("team-climate", "2026.1")) == problems(two.verify)[:1]


@pytest.mark.parametrize("act", ["publish", "compare"])
def test_nothing_is_published_beside_an_edited_file(two: QuestionnaireFolder, write: Write, act: str) -> None:
    first = two.path / "team-climate" / "2026.1.json"
    first.write_bytes(first.read_bytes() + b" ")
    before = listing(two)
    assert problems(lambda: getattr(two, act)(write("2026.3"))) == problems(two.verify)
    assert listing(two) == before


def test_a_changed_digest_is_noticed(two: QuestionnaireFolder) -> None:
    text = listing(two)
    (two.path / LISTING).write_text(("0" if text[0] != "0" else "1") + text[1:])
    (problem,) = problems(two.verify)
    assert problem.startswith("team-climate/2026.1.json: was edited")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("", "is not a sha256"),
        ("# a comment", "is not a sha256"),
        ("{digest} team-climate/2026.3.json", "is not a sha256"),
        ("{digest}  team-climate/2026.3.json\r", "is not a sha256"),
        ("{digest}  ../2026.3.json", "is not a sha256"),
        ("{digest}  team-climate/" + "9" * 5_000 + ".json", "is not a sha256"),
        ("{digest}  team-climate/2026.2.json", "team-climate/2026.2.json is published twice"),
        ("{digest}  team-climate/2026.0.json", "stands after team-climate/2026.2.json; lines stay in the order"),
        ("{digest}  team-climate/2026.02.json", "stands after team-climate/2026.2.json; lines stay in the order"),
    ],
)
def test_a_line_that_cannot_be_trusted_is_named_by_its_number(two: QuestionnaireFolder, line: str, what: str) -> None:
    digest = listing(two).splitlines()[1].split()[0]
    with (two.path / LISTING).open("a", newline="") as file:
        file.write(line.format(digest=digest) + "\n")
    first, *_ = problems(two.verify)
    assert first.startswith("PUBLISHED line 3: ")
    assert what in first


def test_bytes_that_are_no_text_are_a_line_like_any_other(two: QuestionnaireFolder) -> None:
    (two.path / LISTING).write_bytes(b"\xff\xfe\x00")
    assert problems(two.verify)[0].startswith("PUBLISHED line 1: is not a sha256")


def test_lines_in_another_order_are_noticed(two: QuestionnaireFolder) -> None:
    first, second = listing(two).splitlines()
    (two.path / LISTING).write_text(f"{second}\n{first}\n")
    assert problems(two.verify) == [
        "PUBLISHED line 2: team-climate/2026.1.json stands after team-climate/2026.2.json; "
        "lines stay in the order of publishing"
    ]


@pytest.mark.parametrize("left", [0, 1])
def test_a_missing_line_of_what_learners_are_asked_is_noticed(two: QuestionnaireFolder, left: int) -> None:
    lines = listing(two).splitlines(keepends=True)
    asked = [("team-climate", version, two.read("team-climate", version).digest) for version in ("2026.1", "2026.2")]
    two.verify(asked)
    (two.path / LISTING).write_text("".join(lines[:left]))
    two.verify()  # from the folder alone it cannot be seen
    assert problems(lambda: two.verify(asked)) == [
        f"PUBLISHED: the line of {line[66:].strip()} is gone or was changed; put it back: {line.strip()}"
        for line in lines[left:]
    ]


def test_a_line_and_a_file_changed_together_are_noticed_by_what_learners_are_asked(two: QuestionnaireFolder) -> None:
    asked = [("team-climate", "2026.2", two.read("team-climate", "2026.2").digest)]
    file = two.path / "team-climate" / "2026.2.json"
    file.write_bytes(file.read_bytes() + b"\n")
    forged = hashlib.sha256(file.read_bytes()).hexdigest()
    (two.path / LISTING).write_text(listing(two).replace(asked[0][2], forged))
    two.verify()
    (problem,) = problems(lambda: two.verify(asked))
    assert "the line of team-climate/2026.2.json is gone or was changed" in problem


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    (problem,) = problems(QuestionnaireFolder(tmp_path / "nowhere").verify)
    assert problem.endswith("nowhere: there is no such folder of questionnaires")


def test_a_folder_without_a_list_has_published_nothing(folder: QuestionnaireFolder) -> None:
    folder.verify()
    assert folder.versions() == ()
    (folder.path / LISTING).touch()
    folder.verify()
    assert folder.versions() == ()
