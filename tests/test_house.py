"""The rules of the house that no linter knows (CONTRIBUTING.md)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KINDS = {
    "abstract", "base", "common", "constants", "core", "helper", "helpers", "manager", "managers", "misc", "mixins", "models",
    "schemas", "service", "services", "shared", "tools", "types", "util", "utils", "views",
}  # fmt: skip
HEAVY = {"pandas", "sklearn", "matplotlib", "pingouin", "scipy.stats", "factor_analyzer"}
SOURCES = [
    path
    for package in ("analysis", "nets", "survey_api", "migrations", "tests")
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts
]


def test_no_file_or_folder_is_named_for_a_kind() -> None:
    assert len(SOURCES) > 50
    named = [path for path in SOURCES if {path.stem.lower(), path.parent.name.lower()} & KINDS]
    assert not named


def test_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_importing_analysis_loads_nothing_heavy() -> None:
    show = f"import sys, analysis; print(*sorted({HEAVY} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True, cwd=ROOT)
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("module", ["nets", "nets.scoring", "nets.risk", "nets.questionnaire.document"])
def test_the_pure_rooms_load_neither_database_nor_web(module: str) -> None:
    show = f"import sys, {module}; print(*sorted({{'sqlalchemy', 'fastapi'}} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True, cwd=ROOT)
    assert loaded.stdout.split() == []
