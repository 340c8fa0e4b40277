"""docs/methods.md: everything that ``analysis`` exports, by subject, with the papers it follows."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator

import analysis


def summary(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def papers(subject: str) -> list[str]:
    """The references of the subject's modules, sorted; each begins at the margin of its list."""
    found: set[str] = set()
    for name, module in list(sys.modules.items()):
        if name == subject or name.startswith(f"{subject}."):
            _, _, references = (inspect.getdoc(module) or "").partition("References\n----------\n")
            found.update(" ".join(entry.split()) for entry in re.split(r"\n(?! )", references.strip()) if entry)
    return sorted(found)


def subjects() -> Iterator[str]:
    by_subject: dict[str, list[str]] = {}
    for name in analysis.__all__:
        module = getattr(analysis, name).__module__
        by_subject.setdefault(".".join(module.split(".")[:2]), []).append(name)
    for subject, names in sorted(by_subject.items()):
        yield (
            f"## {subject}\n\n{summary(sys.modules[subject])}\n\n| name | what it is |\n|---|---|\n"
            + "".join(
                f"| `{name}` | {summary(getattr(analysis, name)).replace('|', chr(92) + '|')} |\n"
                for name in sorted(names, key=lambda name: (not inspect.isfunction(getattr(analysis, name)), name))
            )
            + "".join(f"\n- {paper}" for paper in papers(subject))
            + "\n"
        )


def test_everything_that_analysis_exports_stands_there(hold: Callable[[str, str], None]) -> None:
    assert all(summary(getattr(analysis, name)) for name in analysis.__all__)
    page = "\n".join(subjects())
    assert all(f"| `{name}` |" in page for name in analysis.__all__)
    hold("methods.md", page)
