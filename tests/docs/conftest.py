"""Pages of docs/ that are held to the code: compared by the tests, written anew by ``make docs``."""

from collections.abc import Callable
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
MARK = "<!-- What follows is written by `make docs`; a test compares it with the code. -->"


@pytest.fixture
def hold(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Holds what stands below the mark of a page to what the code says, or writes it there; a new page begins with the mark."""

    def compare(name: str, below: str) -> None:
        path = DOCS / name
        write = bool(request.config.getoption("--write"))
        text = path.read_text("utf-8") if path.exists() or not write else MARK
        head, mark, found = text.partition(MARK)
        assert mark, f"docs/{name} has no line {MARK}"
        if write:
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{head}{MARK}\n\n{below.strip()}\n", "utf-8")
        else:
            assert found.strip() == below.strip(), f"docs/{name} is not what the code says: run `make docs`"

    return compare
