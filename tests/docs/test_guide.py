"""The guide is executed, line by line, and prints what it shows."""

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(page: str, **given: Any) -> list[str]:
    """Execute a page's examples one after the other in the repository's folder; what differs comes back."""
    text = (ROOT / "docs" / "guide" / page).read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.S)
    assert len(blocks) > 5
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), given, page, page, 0)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=said.append)
    return said


def test_the_way_from_a_csv_to_a_finding_is_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert not "".join(run("from-csv-to-finding.md"))


def test_real_data_says_what_is_written_down(shared_data: Path) -> None:
    assert not "".join(run("real-data.md", folder=shared_data))
