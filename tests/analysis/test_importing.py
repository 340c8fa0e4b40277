"""The package hands out its names when they are asked for, and reads little before."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import analysis

HEAVY = {"pandas", "sklearn", "matplotlib", "pingouin", "scipy.stats"}


def _loaded(code: str) -> set[str]:
    show = f"{code}\nimport sys; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_reads_nothing_else() -> None:
    loaded = _loaded("import analysis")
    assert not {name for name in loaded if name.startswith("analysis.")}
    assert not {"numpy", "scipy"} & loaded


def test_asking_for_every_name_reads_no_heavy_package() -> None:
    loaded = _loaded("from analysis import *\nassert cronbach_alpha")
    assert "analysis.reliability" in loaded
    assert not HEAVY & loaded


def test_no_public_name_is_that_of_a_module_which_would_hide_it() -> None:
    modules = {found.name for found in pkgutil.iter_modules(analysis.__path__)}
    assert not modules & set(analysis.__all__)


def test_what_editors_see_is_what_there_is() -> None:
    stub = ast.parse(Path(analysis.__file__).with_suffix(".pyi").read_text("utf-8"))
    listed = next(ast.literal_eval(each.value) for each in stub.body if isinstance(each, ast.Assign))
    assert listed == analysis.__all__
    assert set(listed) <= set(dir(analysis))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'analysis' has no attribute 'kronbach_alpha'"):
        _ = analysis.kronbach_alpha  # type: ignore[attr-defined]
