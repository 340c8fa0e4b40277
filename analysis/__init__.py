"""Psychometrics for ordinal survey items: arrays in, frozen results out.

A researcher imports everything from here::

    from analysis import cronbach_alpha, describe_items

Nothing in this package reads files, talks to a database or knows of the web.
"""

import ast
from importlib import import_module
from pathlib import Path

# A hundred modules take half a second. Each is imported when the first of its names is asked for, as SPEC 1 of Scientific
# Python has it; the names stand in `__init__.pyi`, where editors and type checkers find them too.
_MODULE_OF = {
    name.name: each.module
    for each in ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8")).body
    if isinstance(each, ast.ImportFrom)
    for name in each.names
}
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return [*__all__, "__all__", "__doc__", "__file__", "__name__", "__path__"]
