"""Every public name explains itself, and what docstrings show is what happens."""

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import analysis

MODULES = ["analysis", *(found.name for found in pkgutil.walk_packages(analysis.__path__, "analysis."))]
CLASSES = [name for name in analysis.__all__ if inspect.isclass(getattr(analysis, name))]
FUNCTIONS = [name for name in analysis.__all__ if inspect.isfunction(getattr(analysis, name))]


@pytest.mark.parametrize("name", MODULES)
def test_what_the_examples_of_a_module_show_is_what_happens(name: str) -> None:
    module: ModuleType = importlib.import_module(name)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    for example in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(example, out=said.append)
    assert not said, "".join(said)


def test_all_names_are_public_sorted_and_there() -> None:
    assert sorted(analysis.__all__) == analysis.__all__
    assert sorted([*CLASSES, *FUNCTIONS]) == analysis.__all__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_shows_an_example_of_itself(name: str) -> None:
    text = inspect.getdoc(getattr(analysis, name)) or ""
    examples = doctest.DocTestParser().get_examples(text)
    assert any(f"{name}(" in example.source for example in examples), f"{name} has no example that calls it"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_names_its_parameters(name: str) -> None:
    function = getattr(analysis, name)
    text = inspect.getdoc(function) or ""
    if "\nParameters\n" not in text:
        assert len(inspect.signature(function).parameters) <= 4, f"{name} does not explain its parameters"
        return
    section = text.split("\nParameters\n")[1].split("\n\n")[0]
    headings = [line.split(" : ")[0] for line in section.splitlines() if not line.startswith((" ", "-"))]
    named = {part.strip(" *") for heading in headings for part in heading.split(",")}
    assert set(inspect.signature(function).parameters) <= named, name


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_it_holds_or_shows_it(name: str) -> None:
    found = getattr(analysis, name)
    assert found.__doc__, name
    assert not found.__doc__.startswith(f"{name}("), f"{name} has no docstring of its own"
    fields = getattr(found, "__dataclass_fields__", {})
    unexplained = [field for field in fields if field not in found.__doc__]
    assert not unexplained, f"{name} does not explain {', '.join(unexplained)}"


def test_help_shows_signatures_that_can_be_read() -> None:
    shown = {name: str(inspect.signature(getattr(analysis, name))) for name in FUNCTIONS}
    for name in CLASSES:
        methods = inspect.getmembers(getattr(analysis, name), inspect.isroutine)
        shown |= {f"{name}.{method}": _signature(found) for method, found in methods if not method.startswith("_")}
    expanded = {name for name, text in shown.items() if "numpy." in text or "typing." in text}
    assert not expanded, "these want `from __future__ import annotations`"
    del shown["validation_report"]  # everything that a report can be told
    assert {name: len(text) for name, text in shown.items() if len(text) > 560} == {}


def _signature(method: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(method))
    except ValueError:  # what Python itself gives exceptions
        return ""
