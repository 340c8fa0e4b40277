"""A factor model laid out as parameters: free, fixed, equal or derived, in every group.

What the model does not say is filled in as is usual (and as lavaan's ``cfa`` does): items have residual variances,
factors have variances, factors that no other factor measures are correlated; each factor takes its unit from its first
item (or has the variance one); means of factors are nought. What groups have in common opens what it makes comparable: equal
loadings the variances of factors in later groups, equal intercepts or thresholds the means of those with items, and equal
thresholds the scales (or residual variances) of ordered items. What is released stays free in every group.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ...errors import AnalysisError
from .comparison import Comparison
from .model import FactorModel
from .setting import Setting
from .syntax import COVARIANCE, LOADING, MEAN, SCALE, THRESHOLD, Modifier, name_of

FIXED, DERIVED = -1, -2
_UNNUMBERED = -3


@dataclass(frozen=True, slots=True)
class Parameter:
    """One cell of one matrix of the model, in one group.

    Attributes
    ----------
    left, operator, right : str
    group : int
    label : str
        "" where the model gives no name.
    position : int
        Place among the free parameters; parameters of one place are equal. `FIXED` (-1) where fixed, `DERIVED` (-2)
        where it follows from others (the residual variance behind an ordered item).
    value : float
        Where fixed, its value; where free, where the model says to begin, or NaN.
    """

    left: str
    operator: str
    right: str
    group: int
    label: str
    position: int
    value: float

    @property
    def name(self) -> str:
        """The parameter as the model's text would write it."""
        return name_of(self.left, self.operator, self.right)


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """All parameters of a model, group by group.

    Attributes
    ----------
    parameters : tuple of Parameter
    n_free : int
        Free parameters, equal ones counted once.
    model : FactorModel
    setting : Setting
    """

    parameters: tuple[Parameter, ...]
    n_free: int
    model: FactorModel
    setting: Setting

    def of_group(self, group: int) -> tuple[Parameter, ...]:
        """Give the parameters of one group."""
        return tuple(each for each in self.parameters if each.group == group)

    def name_of(self, position: int) -> str:
        """Give the name of a free parameter."""
        return next(each.name for each in self.parameters if each.position == position)


def lay_out(model: FactorModel, setting: Setting) -> ParameterTable:
    """Fill in what a model does not say, and number its free parameters.

    Raises
    ------
    AnalysisError
        Naming each factor that is measured by too little, each statement for another number of groups, and each
        threshold that an item does not have.
    """
    said = {(each.left, each.operator, each.right): each.modifier for each in model.relations}
    problems = _too_few_items(model, said) + _unfitting(model, setting)
    if problems:
        raise AnalysisError(problems)
    cells = [
        _read_cell(key, group, default, _find(said, key) or Modifier())
        for group in range(setting.n_groups)
        for key, default in _cells(model, setting, group, said)
    ]
    problems = _unreleased(cells, setting)
    if problems:
        raise AnalysisError(problems)
    numbering = _Numbering(model, cells)
    told = Comparison(model, setting)
    several = setting.n_groups > 1
    parameters = [
        _numbered(cell, several and told.is_equal(cell.operator, cell.left, cell.right), numbering) for cell in cells
    ]
    return ParameterTable(tuple(parameters), numbering.n_free, model, setting)


_Key = tuple[str, str, str]
_FREE = math.nan
_OF_OTHERS = math.inf


def _cells(
    model: FactorModel, setting: Setting, group: int, said: dict[_Key, Modifier]
) -> Iterator[tuple[_Key, float]]:
    """Give every parameter of one group with its default: a number, free (NaN), or following from others (inf)."""
    unit = setting.identification != "marker"
    later = group > 0
    told = Comparison(model, setting)
    for factor in model.factors:
        for place, name in enumerate(model.items_of(factor)):
            yield (factor, LOADING, name), 1.0 if place == 0 and not unit else _FREE
    for each in model.relations:
        if each.operator == COVARIANCE and each.left != each.right and each.left in model.items:
            yield (each.left, COVARIANCE, each.right), _FREE
    for item in model.items:
        yield (item, COVARIANCE, item), _residual(setting, told, item, later=later)
    for factor in model.factors:
        free_variance = not unit or (later and told.has_equal_loading(factor))
        yield (factor, COVARIANCE, factor), _FREE if free_variance else 1.0
    for place, first in enumerate(model.factors):
        for second in model.factors[place + 1 :]:
            key = (first, COVARIANCE, second)
            lower = first in model.lower_factors or second in model.lower_factors
            if not lower:
                yield key, 0.0 if setting.orthogonal else _FREE
            elif _find(said, key) is not None:
                yield key, _FREE
    if setting.ordered:
        for item, k in zip(model.items, setting.n_categories, strict=True):
            for cut in range(1, k):
                yield (item, THRESHOLD, f"t{cut}"), _FREE
        scale = _FREE if later and "thresholds" in setting.equal else 1.0
        for item in model.items:
            yield (item, SCALE, item), scale if setting.parameterization == "delta" else _OF_OTHERS
    if setting.ordered or setting.means:
        for item in model.items:
            free = not setting.ordered or (later and told.has_open_intercept(item))
            yield (item, MEAN, ""), _FREE if free else 0.0
        for factor in model.factors:
            yield (factor, MEAN, ""), _FREE if later and told.has_mean(factor) else 0.0


def _residual(setting: Setting, told: Comparison, item: str, *, later: bool) -> float:
    """Give the default of a residual variance; equal thresholds leave it open in all groups but the first."""
    if not setting.ordered:
        return _FREE
    if setting.parameterization == "delta":
        return _OF_OTHERS
    asked = "residuals" in setting.equal and f"{item} {COVARIANCE} {item}" not in setting.released
    return _FREE if later and told.is_compared(item) and not asked else 1.0


def _find(said: dict[_Key, Modifier], key: _Key) -> Modifier | None:
    left, operator, right = key
    return said.get(key) or (said.get((right, operator, left)) if operator == COVARIANCE else None)


def _read_cell(key: _Key, group: int, default: float, modifier: Modifier) -> Parameter:
    """Give a parameter with what is said of it, not yet numbered."""
    fixed = _of_group(modifier.fixed, group)
    label = _of_group(modifier.labels, group) or ""
    value = default if fixed is None else fixed
    if value == _OF_OTHERS:
        return Parameter(*key, group, label, DERIVED, math.nan)
    if not math.isnan(value):
        return Parameter(*key, group, label, FIXED, value)
    start = _of_group(modifier.start, group)
    return Parameter(*key, group, label, _UNNUMBERED, math.nan if start is None else start)


def _numbered(cell: Parameter, equal: bool, numbering: "_Numbering") -> Parameter:
    """Give a free parameter its place; one of a name that is fixed elsewhere is fixed too."""
    fixed = numbering.fixed_value(cell.label)
    if cell.position == DERIVED:
        return cell
    if fixed is not None:
        return replace(cell, position=FIXED, value=fixed)
    if cell.position == FIXED:
        return cell
    shared = cell.label or (cell.name if equal else "")
    return replace(cell, position=numbering.position(shared))


_T = TypeVar("_T")


def _of_group(values: tuple[_T, ...], group: int) -> _T | None:
    if not values:
        return None
    return values[0] if len(values) == 1 else values[group]


class _Numbering:
    """Places of free parameters; those of one name share a place."""

    def __init__(self, model: FactorModel, cells: Sequence[Parameter]) -> None:
        self.n_free = 0
        self._of_name: dict[str, int] = {}
        self._same: dict[str, str] = {}
        for equality in model.equalities:
            if isinstance(equality.second, str) and self._root(equality.second) != self._root(equality.first):
                self._same[self._root(equality.second)] = self._root(equality.first)
        self._fixed = {self._root(cell.label): cell.value for cell in cells if cell.label and cell.position == FIXED}
        for equality in model.equalities:
            if isinstance(equality.second, float):
                self._fixed[self._root(equality.first)] = equality.second

    def fixed_value(self, label: str) -> float | None:
        return self._fixed.get(self._root(label)) if label else None

    def position(self, name: str) -> int:
        if name:
            name = self._root(name)
            if name in self._of_name:
                return self._of_name[name]
            self._of_name[name] = self.n_free
        self.n_free += 1
        return self.n_free - 1

    def _root(self, label: str) -> str:
        while label in self._same:
            label = self._same[label]
        return label


def _too_few_items(model: FactorModel, said: dict[_Key, Modifier]) -> list[str]:
    problems = []
    for factor in model.factors:
        names = model.items_of(factor)
        if len(names) > 1:
            continue
        residual = said.get((names[0], COVARIANCE, names[0]))
        if residual is None or not residual.fixed:
            problems.append(
                f"factor {factor} has the single item {names[0]}: at least two are needed, "
                "or its residual variance must be fixed"
            )
    return problems


def _unfitting(model: FactorModel, setting: Setting) -> list[str]:
    problems = []
    for each in model.relations:
        named = Parameter(each.left, each.operator, each.right, 0, "", FIXED, 0.0).name
        problems += [
            f"{named} has {len(values)} values for {_groups(setting.n_groups)}"
            for values in (each.modifier.fixed, each.modifier.labels, each.modifier.start)
            if len(values) not in {0, 1, setting.n_groups}
        ]
        if each.operator in (THRESHOLD, SCALE) and not setting.ordered:
            problems.append(f"{named}: only ordered items have thresholds and scales, and this estimator takes none")
        elif each.operator == THRESHOLD:
            k = setting.n_categories[model.items.index(each.left)]
            if int(each.right[1:]) >= k:
                problems.append(f"{named}: {each.left} has {k} categories and so thresholds t1 to t{k - 1}")
        elif each.operator == MEAN and not (setting.means or setting.ordered):
            problems.append(f"{named}: this fit has no means")
    return problems


def _unreleased(cells: Sequence[Parameter], setting: Setting) -> list[str]:
    """Name what was released and is not there, or fixed."""
    problems = []
    for name in sorted(setting.released):
        own = [cell for cell in cells if cell.name == name]
        if not own:
            problems.append(f"release names {name}, but the model has no such parameter")
        elif own[0].operator == LOADING and own[0].position == FIXED:
            problems.append(
                f'release names {name}, which is fixed; identification="unit variance" leaves the loading of a '
                "factor's first item free"
            )
    return problems


def _groups(n_groups: int) -> str:
    return "one group" if n_groups == 1 else f"{n_groups} groups"
