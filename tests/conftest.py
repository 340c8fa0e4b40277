"""Fixtures that more than one folder of tests uses."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of R's reference values and data sets, which may not be copied into this repository."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip(f"the reference data sets are not beside this checkout ({folder})")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real survey data, which may not be copied into this repository."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"the real survey data is not beside this checkout ({folder})")
    return folder
