"""Every link of every page leads somewhere, and every page of docs/ is found from its index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {"node_modules", ".venv", "build", "demo"}
PAGES = [path for path in sorted(ROOT.rglob("*.md")) if not NOT_OURS & {*path.relative_to(ROOT).parts}]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{target} leads nowhere"
        assert file.is_relative_to(ROOT), f"{target} leads out of the repository"
        assert not anchor or anchor in anchors(file), f"{target}: there is no such heading"


def test_every_page_is_found_from_the_index() -> None:
    docs = ROOT / "docs"
    found, ahead = set[Path](), [docs / "README.md"]
    while ahead:
        page = ahead.pop()
        found.add(page)
        linked = {
            (page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(page.read_text("utf-8"))
        }
        ahead += [target for target in linked - found if target.suffix == ".md" and target.is_relative_to(docs)]
    pages = set(docs.rglob("*.md"))
    assert len(pages) > 8
    assert pages - found == set()


def test_every_page_that_the_code_names_is_there() -> None:
    code = [
        path
        for room in ("analysis", "nets", "survey_api", "migrations", "tests")
        for path in (ROOT / room).rglob("*.py")
    ]
    named: set[str] = set()
    for path in [*PAGES, *(path for path in code if "node_modules" not in path.parts)]:
        named.update(re.findall(r"\bdocs/[\w/.-]+\.md\b", path.read_text("utf-8")))
    assert len(named) > 5
    assert {name for name in named if not (ROOT / name).exists()} == set()
