"""The quality framework as data: six domains, twenty-seven standards, and a refusal of what is no framework."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nets import framework as framework_file
from nets.errors import InvalidFile, NotFound
from nets.framework import FRAMEWORKS, framework_codes, read_framework


def test_the_handbook_has_27_standards_in_six_domains() -> None:
    framework = read_framework("hee-2017-18")
    assert [len(domain.standards) for domain in framework.domains] == [6, 5, 5, 4, 3, 4]
    assert [domain.code for domain in framework.domains] == ["1", "2", "3", "4", "5", "6"]
    assert len(framework.standards) == 27


def test_a_standard_is_numbered_within_its_domain() -> None:
    framework = read_framework()
    for domain in framework.domains:
        assert [standard.code for standard in domain.standards] == [
            f"{domain.code}.{number}" for number in range(1, len(domain.standards) + 1)
        ]
        assert {standard.domain for standard in domain.standards} == {domain.code}


def test_every_text_is_there_and_said_once() -> None:
    framework = read_framework()
    assert framework.title
    assert framework.source
    texts = [standard.text for standard in framework.standards] + [domain.title for domain in framework.domains]
    assert all(text.strip() == text and text for text in texts)
    assert max(Counter(texts).values()) == 1


@pytest.mark.parametrize(("code", "is_one"), [("3.4", True), ("1.1", True), ("3", False), ("7.1", False), ("", False)])
def test_it_knows_its_standards(code: str, is_one: bool) -> None:
    assert (code in read_framework()) is is_one


@pytest.mark.parametrize("code", ["hee-2099", "", "../nets/2026.1", "HEE-2017-18"])
def test_a_framework_that_is_not_there_is_refused_with_those_that_are(code: str) -> None:
    with pytest.raises(NotFound, match=f"no framework '{code}'; there is hee-2017-18"):
        read_framework(code)


def test_frameworks_are_found_by_their_files() -> None:
    assert framework_codes() == tuple(sorted(path.stem for path in FRAMEWORKS.iterdir()))


def damaged(**changes: Any) -> str:
    data = json.loads((FRAMEWORKS / "hee-2017-18.json").read_text("utf-8"))
    return json.dumps({name: value for name, value in {**data, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an object"),
        (damaged(domains=None), "'domains'"),
        (damaged(domains=[{"code": "1", "title": "Only"}]), "'standards'"),
        (damaged(code="other"), "calls itself 'other'"),
    ],
)
def test_a_damaged_file_is_named_with_what_it_lacks(
    text: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framework_file, "FRAMEWORKS", tmp_path)
    (tmp_path / "broken.json").write_text(text, "utf-8")
    with pytest.raises(InvalidFile, match=r"frameworks/broken\.json: ") as raised:
        read_framework("broken")
    assert what in str(raised.value)
