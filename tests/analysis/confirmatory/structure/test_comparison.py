"""What equal parameters open in later groups, and what is released."""

from collections.abc import Callable

import pytest

from analysis import AnalysisError, confirm_factors
from analysis.confirmatory.structure.comparison import ORDERED_STEPS
from analysis.confirmatory.structure.parameter_table import FIXED, ParameterTable
from analysis.item_responses import FloatArray

TWO = "A =~ q1 + q2; B =~ q3 + q4"
LayOut = Callable[..., ParameterTable]


def _laid_out(table_of: LayOut, n_equal: int, released: tuple[str, ...] = ()) -> ParameterTable:
    return table_of(
        TWO, n_groups=2, ordered=True, n_categories=(4, 3, 2, 4), means=True, parameterization="theta",
        identification="Wu-Estabrook", equal=frozenset(ORDERED_STEPS[:n_equal]), released=frozenset(released),
    )  # fmt: skip


def _free(table: ParameterTable, group: int) -> set[str]:
    return {each.name for each in table.of_group(group) if each.position >= 0}


def _shared(table: ParameterTable) -> set[str]:
    first, second = ({each.name: each.position for each in table.of_group(group)} for group in (0, 1))
    return {name for name in first if first[name] >= 0 and first[name] == second[name]}


THRESHOLDS = {
    "q1 | t1", "q1 | t2", "q1 | t3", "q2 | t1", "q2 | t2", "q3 | t1", "q4 | t1", "q4 | t2", "q4 | t3",
}  # fmt: skip
LOADINGS = {"A =~ q1", "A =~ q2", "B =~ q3", "B =~ q4"}


def test_each_step_of_ordered_items_makes_equal_what_the_one_before_has_told(table_of: LayOut) -> None:
    tables = [_laid_out(table_of, n) for n in range(5)]
    assert all(_free(table, 0) == THRESHOLDS | LOADINGS | {"A ~~ B"} for table in tables)
    opened = [_free(table, 1) - THRESHOLDS - LOADINGS - {"A ~~ B"} for table in tables]
    intercepts, residuals = {"q1 ~ 1", "q2 ~ 1", "q4 ~ 1"}, {"q1 ~~ q1", "q2 ~~ q2", "q4 ~~ q4"}
    variances, means = {"A ~~ A", "B ~~ B"}, {"A ~ 1", "B ~ 1"}
    assert opened == [
        set(),
        intercepts | residuals,
        intercepts | residuals | variances,
        residuals | {"q3 ~~ q3"} | variances | means,
        variances | means,
    ]
    # The single threshold of q3 tells nothing until its loading and intercept are asked for as well.
    early = THRESHOLDS - {"q3 | t1"}
    assert [_shared(table) for table in tables] == [
        set(),
        early,
        early | LOADINGS - {"B =~ q3"},
        THRESHOLDS | LOADINGS,
        THRESHOLDS | LOADINGS,
    ]


def test_what_is_released_is_free_in_later_groups(table_of: LayOut) -> None:
    strict = _laid_out(table_of, 4, ("q1 ~ 1", "A =~ q2", "q4 ~~ q4", "q4 | t3"))
    assert _shared(strict) == (THRESHOLDS - {"q4 | t3"}) | (LOADINGS - {"A =~ q2"})
    assert {"q1 ~ 1", "q4 ~~ q4", "q4 | t3", "A =~ q2"} <= _free(strict, 1)
    assert {"q2 ~ 1", "q1 ~~ q1"} & _free(strict, 1) == set()


def test_a_factor_without_equal_items_keeps_its_variance_and_mean(table_of: LayOut) -> None:
    strict = _laid_out(table_of, 4, ("A =~ q1", "A =~ q2", "q1 ~ 1", "q2 ~ 1"))
    cells = {each.name: (each.position, each.value) for each in strict.of_group(1)}
    assert cells["A ~~ A"] == (FIXED, 1.0)
    assert cells["A ~ 1"] == (FIXED, 0.0)
    assert {"B ~~ B", "B ~ 1"} <= _free(strict, 1)


def test_numbers_are_released_one_by_one(table_of: LayOut) -> None:
    table = table_of(
        TWO, n_groups=3, means=True, equal=frozenset({"loadings", "intercepts", "residuals"}),
        released=frozenset({"q2 ~ 1", "B =~ q4", "q1 ~~ q1"}),
    )  # fmt: skip
    assert _shared(table) == {"A =~ q2", "q1 ~ 1", "q3 ~ 1", "q4 ~ 1", "q2 ~~ q2", "q3 ~~ q3", "q4 ~~ q4"}
    assert {"A ~ 1", "B ~ 1"} <= _free(table, 2)


@pytest.fixture
def answers(draw: Callable[..., FloatArray]) -> FloatArray:
    """Answers to eight items."""
    return draw(300, 2)


def test_steps_are_for_ordered_items_and_in_order(answers: FloatArray) -> None:
    model, group = {"F": ["item_1", "item_2", "item_3"]}, ["a", "b"] * 150
    with pytest.raises(AnalysisError, match='"Wu-Estabrook" is for WLSMV and ULSMV with parameterization "theta"'):
        confirm_factors(model, answers, "ML", group=group, identification="Wu-Estabrook")
    with pytest.raises(
        AnalysisError, match="steps make equal thresholds, loadings, intercepts, residuals, in this order"
    ):
        confirm_factors(
            model, answers, group=group, identification="Wu-Estabrook", parameterization="theta", equal=["loadings"]
        )


def test_only_what_is_equal_can_be_released(answers: FloatArray) -> None:
    model, group = {"F": ["item_1", "item_2", "item_3"]}, ["a", "b"] * 150
    with pytest.raises(AnalysisError) as caught:
        confirm_factors(
            model, answers, "ML", group=group, equal=["loadings"], release=["item_2 ~ 1", "F =~ item_9", "F ~ 1"]
        )
    assert caught.value.problems == (
        "release names item_2 ~ 1, but intercepts are not asked to be equal",
        "release names F =~ item_9, but the model has no such parameter",
        "release names F ~ 1, which is free in every group as it is",
    )
    with pytest.raises(
        AnalysisError, match=r'release names F =~ item_1, which is fixed; identification="unit variance"'
    ):
        confirm_factors(model, answers, "ML", group=group, equal=["loadings"], release=["F =~ item_1"])
    free = confirm_factors(model, answers, "ML", group=group, equal=["loadings"], release=["F =~ item_3"])
    assert free.fit.naive.df == 1
