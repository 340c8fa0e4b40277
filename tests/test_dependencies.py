"""What the locked packages still make necessary (docs/decisions/0003-factor-analyzer-pin.md)."""

import tomllib
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]


# scikit-learn 1.7 warns of the very argument that 1.8 removed
@pytest.mark.filterwarnings("ignore:'force_all_finite' was renamed:FutureWarning")
def test_factor_analyzer_works_on_the_installed_scikit_learn() -> None:
    from factor_analyzer import FactorAnalyzer

    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    correlations = np.outer(loadings, loadings)
    np.fill_diagonal(correlations, 1.0)
    solution = FactorAnalyzer(n_factors=1, rotation=None, method="minres", is_corr_matrix=True).fit(correlations)
    np.testing.assert_allclose(np.abs(solution.loadings_[:, 0]), loadings, atol=1e-4)


def test_the_pin_of_scikit_learn_is_there_and_still_needed() -> None:
    requirements = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    pin = next(Requirement(line) for line in requirements if Requirement(line).name == "scikit-learn")
    assert not pin.specifier.contains(Version("1.8"))
    package = distribution("factor-analyzer")
    sources = [Path(str(package.locate_file(file))) for file in package.files or () if str(file).endswith(".py")]
    assert any("force_all_finite" in source.read_text("utf-8") for source in sources), (
        f"factor-analyzer {version('factor-analyzer')} no longer uses what scikit-learn 1.8 removed: lift the pin"
    )
