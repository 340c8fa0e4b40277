"""docs/methods.md and docs/methods/: formulas and papers from docstrings, agreement from what the reference tests found.

A subject is a module or a folder of `analysis` that exports something. Its page has the text of its docstrings, its
functions with how nearly each agrees with what (``tests/reference/agreement/``), its results and its papers.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import analysis

Hold = Callable[..., None]

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "reference"

DISTRIBUTIONS = {"sklearn": "scikit-learn"}
OF_R_ITSELF = {"base", "stats"}
COMPUTES_NOTHING = {"read_item_responses"}


def summary(thing: object) -> str:
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def sections(thing: object) -> dict[str, str]:
    """Cut a docstring at its underlined headings; what stands before the first has none."""
    before, *rest = re.split(r"^(\w[\w ]*)\n-{4,}\n", inspect.getdoc(thing) or "", flags=re.M)
    return {"": before, **dict(zip(rest[::2], rest[1::2], strict=True))}


def markdown(text: str) -> str:
    """Write reST as Markdown with formulas that GitHub renders; it forbids operatorname."""
    parts = re.split(r"^\.\. math::(.*(?:\n+ +.*)*)\n?", text, flags=re.M)
    for place, part in enumerate(parts):
        if place % 2:
            lines = "\n".join(line.strip() for line in part.strip().splitlines() if line.strip())
            many = r"\\" in lines and r"\begin" not in lines
            lines = f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}" if many else lines
            parts[place] = f"```math\n{_upright(lines)}\n```\n"
        else:
            part = re.sub(r":math:`([^`]*)`", lambda found: f"$`{_upright(' '.join(found[1].split()))}`$", part)
            parts[place] = part.replace("``", "`")
    return "".join(parts).strip()


def _upright(formula: str) -> str:
    formula = re.sub(r"\\operatorname\{(\w+)\}\s+", r"\\mathrm{\1}\\, ", formula)
    return formula.replace(r"\operatorname", r"\mathrm")


def derivation(thing: object) -> str:
    """What a function's docstring says below its summary."""
    return markdown(sections(thing)[""].partition("\n\n")[2]) if inspect.isfunction(thing) else ""


def modules(subject: str) -> list[Any]:
    """The subject itself and the modules of its folder."""
    return [sys.modules[name] for name in sorted(sys.modules) if f"{name}.".startswith(f"{subject}.")]


def papers(about: list[Any]) -> str:
    """The references of modules, sorted; each begins at the margin of its list."""
    found: set[str] = set()
    for module in about:
        listed = sections(module).get("References", "")
        found.update(" ".join(entry.split()) for entry in re.split(r"\n(?! )", listed.strip()) if entry)
    return "".join(f"- {paper}\n" for paper in sorted(found))


@cache
def subjects() -> dict[str, list[str]]:
    """Names that each subject exports, functions first."""
    found: dict[str, list[str]] = {}
    for name in sorted(analysis.__all__, key=lambda name: (not inspect.isfunction(getattr(analysis, name)), name)):
        module = getattr(analysis, name).__module__
        found.setdefault(".".join(module.split(".")[:2]), []).append(name)
    return dict(sorted(found.items()))


def has_page(subject: str) -> bool:
    """Tell whether there is something to say beside the names."""
    return any(name in agreement() for name in subjects()[subject]) or any(
        ":math:" in (text := inspect.getdoc(module) or "") or ".. math::" in text or "References\n---" in text
        for module in modules(subject)
    )


def kernels() -> list[Any]:
    """Modules that export nothing, and that several subjects compute with."""
    alone = [module for module in modules("analysis") if module.__name__.count(".") == 1]
    return [
        module for module in alone if module.__name__ not in subjects() and "math::" in (inspect.getdoc(module) or "")
    ]


@cache
def agreement() -> dict[str, list[dict[str, Any]]]:
    """Comparisons of each statistic that the reference tests make."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((REFERENCE / "agreement").rglob("*.json")):
        for line in json.loads(path.read_text("utf-8")):
            found.setdefault(line["statistic"], []).append(line)
    return found


@cache
def versions() -> dict[str, str]:
    """The versions of Python's packages in the lock, and of R's, marked ::, that gave the figures."""
    lock = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    found: dict[str, str] = dict(re.findall(r"^([\w-]+)==([^\s;]+)", lock, flags=re.M))
    for path in sorted((REFERENCE / "expected").glob("*.json")):
        given = json.loads(path.read_text("utf-8"))["versions"]
        for package, version in ((package, version) for package, version in given.items() if version):
            known = found.setdefault(f"{package}::", version)
            same = re.sub(r"\D", ".", known) == re.sub(r"\D", ".", version)
            assert same, f"expected/{path.name} is of {package} {version}, another of {known}"
    return found


def source(against: str) -> str:
    """Name what gave the figures, with its version."""
    name, _, more = against.partition(" ")
    package, colons, _ = name.partition("::")
    if colons:
        version = f"R {versions()['R::']}" if package in OF_R_ITSELF else versions()[f"{package}::"]
    elif re.fullmatch(r"[a-z_]+(\.\w+)+", name):
        package = name.partition(".")[0]
        version = versions()[DISTRIBUTIONS.get(package, package)]
    else:
        return against
    return " ".join(filter(None, (f"`{name}`", version, more)))


def program(against: str) -> str:
    """Name the program that gave the figures, with its version."""
    return re.sub(r"`(\w+)[:.][^`]*`( R)?", lambda found: "R" if found[2] else found[1], source(against))


def table_of_agreement(statistic: str) -> str:
    """One row for all quantities that are held to one source, on the same data, at one tolerance."""
    rows: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for line in agreement().get(statistic, []):
        rows.setdefault((source(line["against"]), ", ".join(line["cells"]), line["tolerance"]), []).append(line)
    if not rows:
        return ""
    written = (
        "| quantity | held against | data | numbers | tolerance | largest deviation |\n|---|---|---|--:|---|---|\n"
    )
    for (against, on, tolerance), lines in sorted(rows.items()):
        deviation = "none" if tolerance == "exact" else said(max(line["deviation"] for line in lines))
        written += f"| {quantities(lines)} | {against} | {on} | {count(lines):,} | {tolerance} | {deviation} |\n"
    return written


def quantities(lines: list[dict[str, Any]]) -> str:
    """List quantities, those of one kind behind its name."""
    kinds: dict[str, list[str]] = {}
    for name in dict.fromkeys(line["quantity"] for line in lines):
        kind, colon, own = name.partition(": ")
        kinds.setdefault(kind if colon else "", []).append(own if colon else name)
    return "; ".join(f"{kind}: {', '.join(names)}" if kind else ", ".join(names) for kind, names in kinds.items())


def count(lines: list[dict[str, Any]]) -> int:
    return sum(sum(line["cells"].values()) for line in lines)


def said(deviation: float) -> str:
    return f"{deviation:g}" if deviation > 0.1 else f"{deviation:.0e}".replace("e-0", "e-")


def anchors(name: str) -> str:
    """What a docstring says its numbers are held against, or tested by."""
    found = [
        part for part in sections(getattr(analysis, name)).get("Notes", "").split("\n\n") if part.startswith("Anchor")
    ]
    return " ".join(" ".join(found).split())


def page_of(subject: str) -> Iterator[str]:
    own, *others = modules(subject)
    yield f"# {subject}\n\n{markdown(sections(own)[''])}\n"
    for module in others:
        if ":math:" in (text := sections(module)[""]) or ".. math::" in text:
            yield f"## {module.__name__.removeprefix(f'{subject}.')}\n\n{markdown(text)}\n"
    for name in subjects()[subject]:
        thing = getattr(analysis, name)
        if inspect.isfunction(thing) or name in agreement():
            told = sections(thing)
            yield f"## `{name}`\n\n{summary(thing)}\n"
            for part in (
                derivation(thing),
                markdown(told.get("Notes", "")),
                " ".join(told.get("References", "").split()),
            ):
                if part:
                    yield f"{part}\n"
            yield table_of_agreement(name)
    classes = [name for name in subjects()[subject] if not inspect.isfunction(getattr(analysis, name))]
    if classes:
        yield "## Results\n\n" + table_of_names(classes)
    if listed := papers(modules(subject)):
        yield f"## Papers\n\n{listed}"


def table_of_names(names: list[str]) -> str:
    return "| name | what it is |\n|---|---|\n" + "".join(
        f"| `{name}` | {summary(getattr(analysis, name)).replace('|', chr(92) + '|')} |\n" for name in names
    )


def index() -> Iterator[str]:
    functions = sorted(name for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name)))
    yield "## By subject\n\n| subject | what it is about | functions |\n|---|---|---|"
    for subject, names in subjects().items():
        if has_page(subject):
            own = ", ".join(f"`{name}`" for name in names if name in functions)
            yield f"| [{subject}](methods/{file_of(subject)}) | {summary(sys.modules[subject])} | {own} |"
    yield "\nWhat several of them compute with: [kernels](methods/kernels.md).\n"
    yield "## Held against figures\n\n| function | by | numbers compared |\n|---|---|--:|"
    for name in functions:
        if lines := agreement().get(name):
            yield f"| `{name}` | {'; '.join(sorted({program(line['against']) for line in lines}))} | {count(lines):,} |"
    yield "\n## Tested by other means\n\n| function | held against |\n|---|---|"
    for name in functions:
        if name not in agreement() and name not in COMPUTES_NOTHING:
            yield f"| `{name}` | {re.sub('^Anchors?: ', '', anchors(name)).replace('``', '`')} |"
    rest = [name for subject, names in subjects().items() if not has_page(subject) for name in names]
    yield f"\n## What goes in and what comes out\n\n{table_of_names(sorted(rest))}"


def file_of(subject: str) -> str:
    return f"{subject.removeprefix('analysis.')}.md"


def test_the_index_shows_everything_that_analysis_exports(hold: Hold) -> None:
    assert all(summary(getattr(analysis, name)) for name in analysis.__all__)
    hold("methods.md", "\n".join(index()))


@pytest.mark.parametrize("subject", [subject for subject in subjects() if has_page(subject)])
def test_a_subjects_page_shows_formulas_papers_and_agreement(subject: str, hold: Hold) -> None:
    hold(f"methods/{file_of(subject)}", "\n".join(page_of(subject)))


def test_what_several_subjects_compute_with_has_a_page(hold: Hold) -> None:
    texts = [f"## {module.__name__}\n\n{markdown(sections(module)[''])}\n" for module in kernels()]
    hold("methods/kernels.md", "\n".join(["# Kernels\n", *texts, f"## Papers\n\n{papers(kernels())}"]))


def test_there_is_no_page_of_a_subject_that_is_gone() -> None:
    pages = {path.name for path in (ROOT / "docs" / "methods").glob("*.md")}
    assert pages == {"kernels.md", *(file_of(subject) for subject in subjects() if has_page(subject))}


@pytest.mark.parametrize("name", [name for names in subjects().values() for name in names])
def test_a_function_is_held_against_figures_or_says_what_it_is_tested_by(name: str) -> None:
    if inspect.isfunction(getattr(analysis, name)) and name not in COMPUTES_NOTHING:
        assert name in agreement() or anchors(name), f"{name} has neither figures nor an Anchor among its notes"


def test_every_comparison_belongs_to_a_test_file() -> None:
    for path in (REFERENCE / "agreement").rglob("*.json"):
        tests = REFERENCE / path.relative_to(REFERENCE / "agreement").with_name(f"test_{path.stem}.py")
        assert tests.exists(), path
        assert "agrees" in tests.read_text("utf-8"), path
