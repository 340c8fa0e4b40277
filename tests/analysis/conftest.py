"""What the examples in docstrings give, for tests that hold for every function and every result."""

import dataclasses
import doctest
import importlib
import inspect
import os
import types
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest

import analysis

os.environ["MPLBACKEND"] = "agg"  # pictures are drawn into memory, on a machine without a screen too

FUNCTIONS: dict[str, types.FunctionType] = {
    name: found for name in analysis.__all__ if inspect.isfunction(found := getattr(analysis, name))
}


def _parts(result: Any) -> Iterator[Any]:
    """Give a result and every result inside it."""
    if isinstance(result, tuple | list):
        for part in result:
            yield from _parts(part)
    elif dataclasses.is_dataclass(result):
        yield result
        for field in dataclasses.fields(result):
            yield from _parts(getattr(result, field.name))


@pytest.fixture(scope="session")
def example_results() -> dict[str, list[Any]]:
    """What the public functions return where their own docstrings call them, by function, with what is inside."""
    found: dict[str, list[Any]] = {}

    def kept(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*given: Any, **options: Any) -> Any:
            result = function(*given, **options)
            found.setdefault(name, []).extend(result.values() if isinstance(result, dict) else [result])
            return result

        return call

    watched = {name: kept(name, function) for name, function in FUNCTIONS.items()}
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner(verbose=False)
    for name, function in FUNCTIONS.items():
        scope = vars(importlib.import_module(function.__module__)) | watched
        for example in finder.find(function, name, globs=scope):
            runner.run(example, out=lambda said: None, clear_globs=False)
            # What the methods of a result gave, where the example keeps it.
            named = [value for value in example.globs.values() if isinstance(value, analysis.ResultTable)]
            found.setdefault(name, []).extend(named)
    return found


@pytest.fixture(scope="session")
def every_result(example_results: dict[str, list[Any]]) -> list[analysis.ResultTable]:
    """Every result among them, the ones inside others too."""
    parts = [part for results in example_results.values() for result in results for part in _parts(result)]
    return [part for part in parts if isinstance(part, analysis.ResultTable)]
