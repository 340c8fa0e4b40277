r"""Reading a factor model from text.

One statement a line, or several parted by semicolons; a line that ends with an operator goes on in the next. After #
or ! comes a comment. The operators are those that lavaan made common::

    Teamwork =~ q1 + q2 + q3      Teamwork is measured by q1, q2 and q3 (factors may stand on the right: higher order)
    q1 ~~ q2                      their residuals are correlated
    q1 ~ 1                        the intercept of q1
    q1 | t1 + t2                  thresholds of q1
    q1 ~*~ q1                     the scale of the normal variable behind q1

A number before a name fixes the parameter, NA frees it, a word names it, and parameters of one name are equal:
``F =~ 1*q1 + a*q2 + a*q3 + NA*q4``. ``start(0.5)*q2`` says where to begin, ``c(1, NA)*q1`` one value for each group.
``a == b`` makes two named parameters equal, ``a == 0.5`` fixes one.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import AnalysisError

LOADING, COVARIANCE, MEAN, THRESHOLD, SCALE = "=~", "~~", "~1", "|", "~*~"


def name_of(left: str, operator: str, right: str) -> str:
    """Write a parameter as the model's text would."""
    return f"{left} ~ 1" if operator == MEAN else f"{left} {operator} {right}"


_NAME = r"[^\W\d][\w.]*"
_OPERATOR = re.compile(r"=~|~\*~|~~|:=|==|~|\||<|>")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_REFUSED = {
    "~": "a regression (~) is no part of a factor model; ~~ correlates and =~ measures",
    ":=": "parameters defined by a formula (:=) are not known here",
    "<": "inequalities are not known here",
    ">": "inequalities are not known here",
}


@dataclass(frozen=True, slots=True)
class Modifier:
    """What a statement says about one parameter, for one group or for all alike.

    Attributes
    ----------
    fixed : tuple of float
        One value a group, or a single one for all; NaN where the parameter is freed. Empty where nothing is said.
    labels : tuple of str
        One name a group ("" for none), or a single one; empty where nothing is said.
    start : tuple of float
        Where the search begins; empty where nothing is said.
    """

    fixed: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    start: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One parameter that a model names.

    Attributes
    ----------
    left, operator, right : str
        As written; the operator is one of ``=~``, ``~~``, ``~1``, ``|``, ``~*~``, and `right` is empty after ``~1``.
    modifier : Modifier
    """

    left: str
    operator: str
    right: str
    modifier: Modifier


@dataclass(frozen=True, slots=True)
class Equality:
    """Two named parameters made equal, or one fixed."""

    first: str
    second: str | float


def read_text(text: str) -> tuple[tuple[Relation, ...], tuple[Equality, ...]]:
    """Read statements, or name each that cannot be read.

    Raises
    ------
    AnalysisError
        With the line, for every statement that cannot be understood.

    Examples
    --------
    >>> relations, equalities = read_text("F =~ q1 + a*q2 + a*q3; q1 ~~ q2")
    >>> [(r.left, r.operator, r.right, r.modifier.labels) for r in relations]
    [('F', '=~', 'q1', ()), ('F', '=~', 'q2', ('a',)), ('F', '=~', 'q3', ('a',)), ('q1', '~~', 'q2', ())]
    """
    relations: list[Relation] = []
    equalities: list[Equality] = []
    problems: list[str] = []
    for line, statement in _statements(text):
        try:
            found = _read_statement(statement)
        except _NotUnderstood as reason:
            problems.append(f"line {line} of the model, {statement!r}: {reason}")
            continue
        if isinstance(found, Equality):
            equalities.append(found)
        else:
            relations += found
    if problems:
        raise AnalysisError(problems)
    return tuple(relations), tuple(equalities)


class _NotUnderstood(Exception):
    pass


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Part the text into statements, with the line each begins in."""
    pending, begun = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        for part in re.split(r"[#!]", line)[0].split(";"):
            part = " ".join(part.split())
            if not part:
                continue
            goes_on = bool(pending) and (pending[-1] in "+~|*=" or part[0] in "+*" or not _OPERATOR.search(part))
            if goes_on:
                pending = f"{pending} {part}"
                continue
            if pending:
                yield begun, pending
            pending, begun = part, number
    if pending:
        yield begun, pending


def _read_statement(statement: str) -> list[Relation] | Equality:
    operator = _OPERATOR.search(statement)
    if operator is None:
        raise _NotUnderstood("there is no operator such as =~ in it")
    left, sign, right = statement[: operator.start()], operator.group(), statement[operator.end() :].strip()
    if sign == "==":
        return _read_equality(left.strip(), right)
    intercept = sign == "~" and re.fullmatch(r"(.*\*)?\s*1", right)
    if sign in _REFUSED and not intercept:
        raise _NotUnderstood(_REFUSED[sign])
    names = [name.strip() for name in left.split("+")]
    for name in names:
        _check_name(name, "before the operator")
    terms = [_read_term(term) for term in _split(right, "+")]
    if intercept:
        return [Relation(name, MEAN, "", modifier) for name in names for _, modifier in terms]
    for name, _ in terms:
        _check_name(name, "after the operator")
        if sign == THRESHOLD and not re.fullmatch(r"t[1-9]\d*", name):
            raise _NotUnderstood(f"thresholds are called t1, t2, ..., not {name}")
        if sign == SCALE and name not in names:
            raise _NotUnderstood("a scale (~*~) has the same item on both sides")
    return [Relation(name, sign, other, modifier) for name in names for other, modifier in terms]


def _read_equality(first: str, second: str) -> Equality:
    if _NUMBER.fullmatch(first):
        first, second = second, first
    if not re.fullmatch(_NAME, first):
        raise _NotUnderstood("only two names, or a name and a number, can be made equal")
    if _NUMBER.fullmatch(second):
        return Equality(first, float(second))
    if not re.fullmatch(_NAME, second):
        raise _NotUnderstood("only two names, or a name and a number, can be made equal")
    return Equality(first, second)


def _read_term(term: str) -> tuple[str, Modifier]:
    *modifiers, name = [part.strip() for part in _split(term, "*")]
    fixed: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    start: tuple[float, ...] = ()
    for modifier in modifiers:
        call = re.fullmatch(r"(\w+)\s*\((.*)\)", modifier)
        kind = call.group(1) if call else "c"
        parts = [part.strip().strip("\"'") for part in (call.group(2) if call else modifier).split(",")]
        numbers = [_value(part) for part in parts]
        if kind == "c" and all(number is not None for number in numbers):
            fixed = tuple(number for number in numbers if number is not None)
        elif kind == "start" and all(number is not None and math.isfinite(number) for number in numbers):
            start = tuple(number for number in numbers if number is not None)
        elif kind in {"c", "label", "equal"} and all(re.fullmatch(_NAME, part) for part in parts):
            labels = tuple("" if part == "NA" else part for part in parts)
        else:
            raise _NotUnderstood(f"{modifier!r} is neither a number, NA, a name, start(...) nor c(...)")
    return name, Modifier(fixed, labels, start)


def _value(part: str) -> float | None:
    if part == "NA":
        return math.nan
    return float(part) if _NUMBER.fullmatch(part) else None


def _split(text: str, sign: str) -> list[str]:
    """Split at a sign outside brackets, and not inside a number such as 1e+3."""
    parts, depth = [""], 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        exponent = (
            sign == "+" and re.search(r"\d[eE]$", text[:place]) is not None and text[place + 1 : place + 2].isdigit()
        )
        if character == sign and not depth and not exponent:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _check_name(name: str, where: str) -> None:
    if not re.fullmatch(_NAME, name):
        raise _NotUnderstood(f"{name!r} {where} is no name" if name else f"a name is missing {where}")
