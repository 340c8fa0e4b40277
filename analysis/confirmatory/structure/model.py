"""What a factor model says, before it meets any data: which items measure which factors, and what is fixed or equal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ...errors import AnalysisError
from ...options import refuse, shown, wrong_list
from .syntax import COVARIANCE, LOADING, SCALE, THRESHOLD, Equality, Modifier, Relation, read_text


@dataclass(frozen=True, slots=True)
class FactorModel:
    """A factor model; made by `FactorModel.of`.

    Attributes
    ----------
    factors : tuple of str
        In the order in which the model names them.
    items : tuple of str
        Likewise.
    relations : tuple of Relation
        Every parameter that the model names, each once.
    equalities : tuple of Equality

    Examples
    --------
    >>> model = FactorModel.of({"General": ["Team", "Space"], "Team": ["q1", "q2", "q3"], "Space": ["q4", "q5", "q6"]})
    >>> model.factors, model.items
    (('General', 'Team', 'Space'), ('q1', 'q2', 'q3', 'q4', 'q5', 'q6'))
    >>> model == FactorModel.of("General =~ Team + Space; Team =~ q1 + q2 + q3; Space =~ q4 + q5 + q6")
    True
    """

    factors: tuple[str, ...]
    items: tuple[str, ...]
    relations: tuple[Relation, ...]
    equalities: tuple[Equality, ...]

    @classmethod
    def of(cls, model: "FactorModel | str | Mapping[str, Any]") -> Self:
        """Read a model from text (see `analysis.confirmatory.structure.syntax`) or from a mapping of factors to their items.

        In a mapping a factor's items are a list, or a mapping of each item to a number that fixes its loading, a name,
        loadings of one name being equal, or None.

        Raises
        ------
        AnalysisError
            Naming every statement that cannot be read and everything that makes it no factor model.
        """
        if isinstance(model, cls):
            return model
        if isinstance(model, str):
            relations, equalities = read_text(model)
        elif isinstance(model, Mapping):
            relations, equalities = _from_mapping(model), ()
        else:
            raise AnalysisError(f"a model is text or a mapping of factors to items, not {type(model).__name__}")
        return cls._checked(_merged(relations), equalities)

    @classmethod
    def _checked(cls, relations: tuple[Relation, ...], equalities: tuple[Equality, ...]) -> Self:
        factors = tuple(dict.fromkeys(each.left for each in relations if each.operator == LOADING))
        measured = dict.fromkeys(each.right for each in relations if each.operator == LOADING)
        items = tuple(name for name in measured if name not in factors)
        if not factors:
            raise AnalysisError("the model has no factor: nothing like F =~ q1 + q2 + q3 is in it")
        problems = _unmeasured(relations, factors, items) + _cycles(relations, factors)
        labels = {label for each in relations for label in each.modifier.labels}
        for equality in equalities:
            named = [equality.first] + ([equality.second] if isinstance(equality.second, str) else [])
            problems += [f"no parameter is called {name}, which is made equal" for name in named if name not in labels]
        if problems:
            raise AnalysisError(problems)
        return cls(factors, items, relations, equalities)

    def items_of(self, factor: str) -> tuple[str, ...]:
        """Give what a factor is measured by directly: items, or factors below it; an error names one that is not there."""
        if factor not in self.factors:
            raise AnalysisError(f"there is no factor {shown(factor)}; the factors are {', '.join(self.factors)}")
        return tuple(each.right for each in self.relations if each.operator == LOADING and each.left == factor)

    def without(self, items: Sequence[str]) -> "FactorModel":
        """Give the model without some of its items.

        Raises
        ------
        AnalysisError
            Naming items that it does not have, and each factor that is left without any.
        """
        refuse(wrong_list("items", items, "names"))
        refuse(f"the model has no item {shown(item)}" for item in items if item not in self.items)
        kept = tuple(each for each in self.relations if each.left not in items and each.right not in items)
        measured = {each.left for each in kept if each.operator == LOADING}
        refuse(f"factor {factor} has no items left" for factor in self.factors if factor not in measured)
        return self._checked(kept, self.equalities)

    @property
    def lower_factors(self) -> frozenset[str]:
        """Factors that are measured by another factor's loadings."""
        return frozenset(
            each.right for each in self.relations if each.operator == LOADING and each.right in self.factors
        )


def _from_mapping(model: Mapping[str, Any]) -> tuple[Relation, ...]:
    relations, problems = [], []
    for factor, items in model.items():
        if isinstance(items, str) or not isinstance(items, Iterable):
            problems.append(f"factor {factor} needs a list of items, not {items!r}")
            continue
        said = items if isinstance(items, Mapping) else dict.fromkeys(items)
        if not said:
            problems.append(f"factor {factor} has no items")
        if not isinstance(items, Mapping) and len(said) < len(list(items)):
            problems.append(f"factor {factor} names an item twice")
        for item, value in said.items():
            modifier = Modifier()
            if isinstance(value, str):
                modifier = Modifier(labels=(value,))
            elif isinstance(value, int | float):
                modifier = Modifier(fixed=(float(value),))
            elif value is not None:
                problems.append(f"the loading of {item} on {factor} is a number, a name or None, not {value!r}")
            relations.append(Relation(str(factor), LOADING, str(item), modifier))
    if problems:
        raise AnalysisError(problems)
    return tuple(relations)


def _merged(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """Give each parameter once; what later statements say about it is added."""
    found: dict[tuple[str, str, str], Modifier] = {}
    for each in relations:
        left, right = each.left, each.right
        key = (left, each.operator, right)
        if each.operator == COVARIANCE and (right, COVARIANCE, left) in found:
            key = (right, COVARIANCE, left)
        before, now = found.get(key, Modifier()), each.modifier
        found[key] = Modifier(now.fixed or before.fixed, now.labels or before.labels, now.start or before.start)
    return tuple(Relation(*key, modifier) for key, modifier in found.items())


def _unmeasured(relations: tuple[Relation, ...], factors: tuple[str, ...], items: tuple[str, ...]) -> list[str]:
    """Name what stands in a statement without being measured, and covariances of an item with a factor."""
    problems = []
    known = {*factors, *items}
    for each in relations:
        if each.operator == LOADING:
            continue
        names = [each.left] + ([each.right] if each.operator == COVARIANCE else [])
        unknown = [name for name in names if name not in known]
        problems += [
            f"{name} stands in {each.left} {each.operator} {each.right}".rstrip() + " but no factor has it "
            "as an item, and it has none"
            for name in unknown
        ]
        if not unknown and each.operator == COVARIANCE and (each.left in factors) != (each.right in factors):
            problems.append(f"{each.left} ~~ {each.right} joins an item and a factor: an item is on a factor by =~")
        if not unknown and each.operator in (THRESHOLD, SCALE) and each.left in factors:
            problems.append(f"{each.left} is a factor: only items have thresholds (|) and scales (~*~)")
    return list(dict.fromkeys(problems))


def _cycles(relations: tuple[Relation, ...], factors: tuple[str, ...]) -> list[str]:
    """Name factors that measure themselves, directly or through others."""
    below = {
        factor: {each.right for each in relations if each.operator == LOADING and each.left == factor}
        for factor in factors
    }
    problems = []
    for factor in factors:
        seen: set[str] = set()
        waiting = [factor]
        while waiting:
            for name in below.get(waiting.pop(), set()) - seen:
                seen.add(name)
                waiting.append(name)
        if factor in seen:
            problems.append(f"factor {factor} is measured by itself")
    return problems
