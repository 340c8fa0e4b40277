"""The command that holds figures computed anew to those that are kept, on copies with planted differences."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
KEPT = HERE / "expected/shrout_fleiss__icc.json"


def _compare(folder: Path, *more: str) -> tuple[int, str]:
    command = [sys.executable, str(HERE / "rerun.py"), *(more or ("--figures", str(folder)))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], object]], tuple[int, str]]:
    """Compare the kept figures with a copy in which something was changed."""

    def compare(change: Callable[[dict[str, Any]], object]) -> tuple[int, str]:
        figures = json.loads(KEPT.read_text())
        change(figures)
        (tmp_path / KEPT.name).write_text(json.dumps(figures))
        return _compare(tmp_path)

    return compare


Changed = Callable[[Callable[[dict[str, Any]], object]], tuple[int, str]]


def test_what_is_the_same_is_found_to_be_so(tmp_path: Path) -> None:
    for name in ("expected/shrout_fleiss__icc.json", "moments/pairwise_tables.npz", "data/mixed_synth.csv"):
        shutil.copy(HERE / name, tmp_path)
    code, said = _compare(tmp_path)
    assert code == 0
    assert "shrout_fleiss__icc.json: 90 numbers, at most 0 apart\n" in said
    assert said.splitlines()[-1].startswith("3 files, ")
    assert said.endswith("at most 0 apart (relative); no files differ\n")


def test_a_planted_difference_is_found_with_its_place_and_size(changed: Changed) -> None:
    kept = json.loads(KEPT.read_text())["result"]["anova"]["MSW"]
    code, said = changed(lambda figures: figures["result"]["anova"].update(MSW=kept * (1 + 2e-9)))
    assert code == 1
    assert "90 numbers, at most 2e-09 apart, at anova.MSW\n" in said
    assert f"    anova.MSW: {kept * (1 + 2e-9):.15g}, kept is {kept}\n" in said
    assert "1 files differ" in said


def test_another_order_of_additions_is_no_difference(changed: Changed) -> None:
    kept = json.loads(KEPT.read_text())["result"]["anova"]["MSW"]
    code, said = changed(lambda figures: figures["result"]["anova"].update(MSW=kept * (1 + 3e-11)))
    assert code == 0
    assert "at most 3e-11 apart, at anova.MSW" in said


def test_noise_about_nought_and_the_end_of_a_search_are_no_difference(tmp_path: Path) -> None:
    figures = json.loads((HERE / "expected/nets__gtheory.json").read_text())
    found = figures["result"]["nested_reml"]
    assert found["pl:i"] == 0
    found["pl:i"], found["pl"] = 1e-16, found["pl"] * (1 + 5e-6)
    (tmp_path / "nets__gtheory.json").write_text(json.dumps(figures))
    assert _compare(tmp_path)[0] == 0
    found["pl"] *= 1 + 1e-5
    (tmp_path / "nets__gtheory.json").write_text(json.dumps(figures))
    assert _compare(tmp_path)[0] == 1


def test_a_key_that_is_missing_and_one_that_is_new_are_found(changed: Changed) -> None:
    code, said = changed(lambda figures: figures["result"]["anova"].pop("MSW"))
    assert code == 1
    assert "    anova.MSW: nothing, kept is " in said
    code, said = changed(lambda figures: figures["result"]["anova"].update(psi=[1, 2]))
    assert code == 1
    assert "    anova.psi: [1, 2], kept is nothing\n" in said


def test_a_shorter_list_and_words_in_the_place_of_a_number_are_found(tmp_path: Path) -> None:
    figures = json.loads((HERE / "expected/bfi__kmo_bartlett.json").read_text())
    figures["result"]["R_pairwise"]["values"].pop()
    figures["result"]["pairwise"]["MSA"] = "no convergence"
    (tmp_path / "bfi__kmo_bartlett.json").write_text(json.dumps(figures))
    code, said = _compare(tmp_path)
    assert code == 1
    assert "    pairwise.MSA: 'no convergence', kept is " in said
    assert "    R_pairwise.values: [" in said


def test_other_versions_are_said(changed: Changed) -> None:
    code, said = changed(lambda figures: figures["versions"].update(R="4.5.1"))
    assert code == 0
    assert "\nR is 4.5.1 here, 4.2.2 gave the figures that are kept\n" in said


def test_a_changed_count_and_a_changed_row_are_found(tmp_path: Path) -> None:
    frequencies = json.loads((HERE / "moments/unit_frequencies.json").read_text())
    frequencies["result"]["nets_F1"]["frequencies"][0][0][0] += 1
    (tmp_path / "unit_frequencies.json").write_text(json.dumps(frequencies))
    rows = (HERE / "data/mixed_synth.csv").read_text()
    (tmp_path / "mixed_synth.csv").write_text(rows.replace("W01", "W02", 1))
    code, said = _compare(tmp_path)
    assert code == 1
    assert "    nets_F1.frequencies[0][0][0]: 1, kept is 0\n" in said
    assert "2 files differ" in said


def test_figures_of_an_unknown_name_are_found(tmp_path: Path) -> None:
    shutil.copy(KEPT, tmp_path / "shrout_fleiss__icc_2.json")
    code, said = _compare(tmp_path)
    assert code == 1
    assert "shrout_fleiss__icc_2.json: new, nothing of this name is kept\n" in said


def test_a_script_without_its_data_is_said_to_be_left_out(tmp_path: Path) -> None:
    code, said = _compare(tmp_path, "--only", "gazi.R", "pairwise_tables.py")
    assert code == 0
    assert "left out: gazi.R, which reads gazi_student_evaluation.csv: say where they are (--data)\n" in said
    assert "left out: pairwise_tables.py, which reads bfi.csv, bhr2000.csv, lq2002.csv" in said
    assert said.endswith("0 files, 0 numbers, at most 0 apart (relative); no files differ\n")


def test_a_script_that_there_is_not_is_refused(tmp_path: Path) -> None:
    code, said = _compare(tmp_path, "--only", "cfa.r")
    assert code == 2
    assert "no such script: cfa.r; there are cfa.R, classical.R, " in said


def test_every_script_is_run_and_every_kept_figure_comes_from_one() -> None:
    told = _compare(HERE, "--only", "no")[1]
    listed = told.partition("there are ")[2].strip().split(", ")
    common = {"common.R", "sets.R", "copy_expected.py"}
    assert {path.name for path in (HERE / "scripts").glob("*.*")} - common == {*listed}
    for path in (HERE / "expected").glob("*.json"):
        # Figures of a book have no script.
        assert json.loads(path.read_text())["script"] in {"", *listed}, path.name
