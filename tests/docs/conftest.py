"""Pages of docs/ that are held to the code: compared by the tests, written anew by ``make docs``."""

from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
MARK = "<!-- What follows is written by `make docs`; a test compares it with the code. -->"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pages be written."""
    parser.addoption("--write", action="store_true", help="write the pages of docs/ that follow from the code")


@pytest.fixture
def hold(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Holds what stands below the mark of a page to what the code says, or writes it there."""

    def compare(name: str, below: str) -> None:
        path = DOCS / name
        head, mark, found = path.read_text("utf-8").partition(MARK)
        assert mark, f"docs/{name} has no line {MARK}"
        if request.config.getoption("--write", default=False):
            path.write_text(f"{head}{MARK}\n\n{below.strip()}\n", "utf-8")
        else:
            assert found.strip() == below.strip(), f"docs/{name} is not what the code says: run `make docs`"

    return compare
