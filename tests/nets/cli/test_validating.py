"""``nets validate``: page, figures and, where there is a browser, PDF; going on where it was."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import validation_report
from nets.validating import SectionFolder


@pytest.fixture
def answered(begin_after: Any) -> Any:
    """A campaign that 300 simulated learners answered; the runner of commands."""
    return begin_after(("simulate", "trial", "--responses", 300))


def test_it_writes_a_page_and_the_figures_behind_it(answered: Any, tmp_path: Path) -> None:
    said = answered("validate", "trial", "--out", "report", "--no-pdf")
    assert said.code == 0, said.errors
    assert said.out.startswith("trial: 300 learners, ")
    assert said.errors[:2] == ["  Reading responses", "  Sample and response"]
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "Trial" in page
    document = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert document["n"] == 300
    assert len(document["sections"]) == 13


def test_a_second_run_computes_nothing_again_and_writes_the_same(answered: Any, tmp_path: Path) -> None:
    answered("validate", "trial", "--out", "report", "--no-pdf")
    before = (tmp_path / "report" / "report.html").read_bytes()
    said = answered("validate", "trial", "--out", "report", "--no-pdf")
    assert all(line.endswith("kept from before") for line in said.errors[1:])
    assert (tmp_path / "report" / "report.html").read_bytes() == before


@pytest.mark.parametrize("parts", [None, ["text"], [{"kind": "text"}]])
def test_a_section_that_somebody_edited_is_computed_anew(answered: Any, tmp_path: Path, parts: Any) -> None:
    answered("validate", "trial", "--out", "report", "--no-pdf")
    file = tmp_path / "report" / "sections" / "items.json"
    document = json.loads(file.read_text("utf-8"))
    document["section"]["parts"] = parts
    file.write_text(json.dumps(document), "utf-8")
    said = answered("validate", "trial", "--out", "report", "--no-pdf")
    assert [line for line in said.errors[1:] if not line.endswith("before")] == ["  Item statistics"]


def test_the_draft_of_another_run_is_left_alone(tmp_path: Path) -> None:
    report = validation_report(
        np.tile([[1.0, 2, 3], [2, 3, 1], [3, 2, 2]], (8, 1)), {"F": ["item_1", "item_2"]}, n_draws=20
    )
    other = tmp_path / ".sample.json.part"
    other.write_text("half of it", "utf-8")
    kept = SectionFolder(tmp_path)
    kept["sample-1"] = report.sections[0]
    assert kept["sample-1"].code == "sample"
    assert other.read_text("utf-8") == "half of it"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_section_that_broke_off_is_computed_anew(answered: Any, tmp_path: Path) -> None:
    answered("validate", "trial", "--out", "report", "--no-pdf")
    (tmp_path / "report" / "sections" / "items.json").write_text('{"fingerprint": "items', "utf-8")
    said = answered("validate", "trial", "--out", "report", "--no-pdf")
    assert [line for line in said.errors[1:] if not line.endswith("before")] == ["  Item statistics"]


def test_new_answers_make_a_new_report(answered: Any) -> None:
    answered("validate", "trial", "--out", "report", "--no-pdf")
    answered("simulate", "trial", "--responses", 20, "--seed", 2, "--add")
    said = answered("validate", "trial", "--out", "report", "--no-pdf")
    assert said.out.startswith("trial: 320 learners, ")
    assert not [line for line in said.errors if line.endswith("before")]


def test_without_a_browser_it_says_so_and_leaves_the_page(
    answered: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = answered("validate", "trial", "--out", "report")
    assert said.code == 0
    assert said.errors[-1].startswith("  no PDF: none of chromium,")
    assert not (tmp_path / "report" / "report.pdf").exists()


def test_a_campaign_that_nobody_answered_is_refused_and_leaves_no_folder(nets: Any, trial: str, tmp_path: Path) -> None:
    said = nets("validate", trial, "--out", "report")
    assert said.code == 1
    assert said.errors[-1] == ("nets: campaign trial has 0 responses; with fewer than 10 nothing may be shown of them")
    assert not (tmp_path / "report").exists()


def test_a_campaign_that_is_not_there_is_told(nets: Any) -> None:
    said = nets("validate", "trial", "--out", "report")
    assert said.code == 1
    assert said.errors[-1].startswith("nets: there is no campaign")


def test_a_folder_that_cannot_be_written_is_told(answered: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    said = answered("validate", "trial", "--out", "taken/report")
    assert said.code == 1
    assert "taken" in said.errors[-1]
