"""What equal parameters tell of groups: which others they open, and which have no content yet.

Steps of invariance of ordered items are those of Wu & Estabrook (2016), who show which restrictions have content: two equal
thresholds tell an item's intercept and residual variance in a later group, so that the rest of its thresholds, its loading,
its intercept and its residual variance can be asked for in this order. An item with a single one (two categories) has
loading, threshold and intercept asked for together; one without has none. Factors have variance one and mean nought in every
group until equal loadings, or equal intercepts, of an item tell them.

References
----------
Wu, H. & Estabrook, R. (2016). Identification of confirmatory factor analysis models of different levels of invariance for
    ordered categorical outcomes. Psychometrika 81, 1014-1045.
"""

from collections.abc import Collection, Iterable, Mapping

from ...errors import AnalysisError
from ...options import shown
from .model import FactorModel
from .setting import Setting
from .syntax import COVARIANCE, LOADING, MEAN, THRESHOLD, Relation, name_of, read_text

ORDERED_STEPS = ("thresholds", "loadings", "intercepts", "residuals")
"""What is made equal, in this order."""


class Comparison:
    """What equal parameters tell of later groups."""

    def __init__(self, model: FactorModel, setting: Setting) -> None:
        self._model, self._setting = model, setting
        self._categories = dict(zip(model.items, setting.n_categories, strict=True)) if setting.ordered else {}

    def is_compared(self, item: str) -> bool:
        """Say whether equal thresholds tell what an ordered item's unit, and perhaps its intercept, are in later groups."""
        setting = self._setting
        if "thresholds" not in setting.equal:
            return False
        cuts = range(1, self._categories[item])
        n_equal = sum(f"{item} {THRESHOLD} t{cut}" not in setting.released for cut in cuts)
        return not setting.stepwise or n_equal >= (1 if "intercepts" in setting.equal else 2)

    def has_equal_loading(self, factor: str) -> bool:
        """Say whether an equal loading tells the factor's unit."""
        return any(self.is_equal(LOADING, factor, name) for name in self._model.items_of(factor))

    def has_open_intercept(self, item: str) -> bool:
        """Say whether an ordered item's intercept is told by its thresholds, and not asked to be equal."""
        if not self._setting.stepwise:
            return False
        return self.is_compared(item) and not self.is_equal(MEAN, item, "")

    def has_mean(self, factor: str) -> bool:
        """Say whether an equal intercept, or equal thresholds that stand for it, tell the factor's mean."""
        items = [name for name in self._model.items_of(factor) if name in self._model.items]
        if self._setting.ordered and not self._setting.stepwise:
            return bool(items) and "thresholds" in self._setting.equal
        return any(self.is_equal(MEAN, item, "") for item in items)

    def is_equal(self, operator: str, left: str, right: str) -> bool:
        """Say whether a parameter is the same in all groups by what is asked to be equal."""
        setting, items = self._setting, self._model.items
        kind = kind_of(operator, left, right, self._model)
        if kind not in setting.equal or name_of(left, operator, right) in setting.released:
            return False
        item = left if left in items else right
        return not setting.stepwise or item not in items or self.is_compared(item)


def kind_of(operator: str, left: str, right: str, model: FactorModel) -> str:
    """Say to which kind of parameters that can be made equal one belongs; "" where to none."""
    if operator in (LOADING, THRESHOLD):
        return "loadings" if operator == LOADING else "thresholds"
    if left in model.items and operator == MEAN:
        return "intercepts"
    return "residuals" if left in model.items and operator == COVARIANCE and left == right else ""


def read_release(release: Collection[str]) -> tuple[Relation, ...]:
    """Read the parameters that are not to be equal, written as a model's text writes them.

    Raises
    ------
    AnalysisError
        Naming each that cannot be read.
    """
    if isinstance(release, str | Mapping) or not isinstance(release, Collection):
        raise AnalysisError(f'release is a list such as ["q3 ~ 1"], not {shown(release)}')
    found: list[Relation] = []
    problems = []
    for each in release:
        try:
            relations, equalities = read_text(str(each))
        except AnalysisError:
            relations, equalities = (), ()
        found += relations
        if not relations or equalities:
            problems.append(
                f'release names parameters, such as "F =~ q3", "q3 ~ 1", "q3 | t1" or "q3 ~~ q3", not {shown(each)}'
            )
    if problems:
        raise AnalysisError(problems)
    return tuple(found)


def unreleasable(relations: Iterable[Relation], model: FactorModel, equal: Collection[str]) -> list[str]:
    """Say which parameters cannot be released, because the model has none such, or nothing makes it equal."""
    measured = {(each.left, each.right) for each in model.relations if each.operator == LOADING}
    problems = []
    for each in relations:
        name = name_of(each.left, each.operator, each.right)
        kind = kind_of(each.operator, each.left, each.right, model)
        of_loading = (each.left, each.right) in measured
        if not (of_loading if each.operator == LOADING else each.left in (*model.items, *model.factors)):
            problems.append(f"release names {name}, but the model has no such parameter")
        elif not kind:
            problems.append(f"release names {name}, which is free in every group as it is")
        elif kind not in equal:
            problems.append(f"release names {name}, but {kind} are not asked to be equal")
    return problems
