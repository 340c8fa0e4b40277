"""Models laid out as parameters."""

from dataclasses import replace

import pytest

from analysis import AnalysisError, FactorModel
from analysis.confirmatory.structure.parameter_table import DERIVED, FIXED, ParameterTable, lay_out
from analysis.confirmatory.structure.setting import Setting

NORMAL = Setting(1, False, (), False, "delta", "marker", False, frozenset(), frozenset())
ORDERED = replace(NORMAL, ordered=True, n_categories=(3, 3, 2, 3), means=True)
TWO = "A =~ q1 + q2; B =~ q3 + q4"


def _places(table: ParameterTable, group: int = 0) -> dict[str, tuple[int, float]]:
    return {each.name: (each.position, each.value) for each in table.of_group(group)}


def _free(text: str, setting: Setting = NORMAL) -> set[str]:
    return {each.name for each in lay_out(FactorModel.of(text), setting).parameters if each.position >= 0}


def test_what_a_model_does_not_say_is_filled_in() -> None:
    table = lay_out(FactorModel.of(TWO), NORMAL)
    found = _places(table)
    assert found["A =~ q1"] == (FIXED, 1.0)
    assert {name for name, (position, _) in found.items() if position >= 0} == {
        "A =~ q2",
        "B =~ q4",
        *(f"q{item} ~~ q{item}" for item in range(1, 5)),
        "A ~~ A",
        "B ~~ B",
        "A ~~ B",
    }
    assert table.n_free == 9


def test_a_factor_has_the_unit_of_its_first_item_or_variance_one() -> None:
    found = _places(lay_out(FactorModel.of(TWO), replace(NORMAL, identification="unit variance", orthogonal=True)))
    assert found["A ~~ A"] == (FIXED, 1.0)
    assert found["A =~ q1"][0] >= 0
    assert found["A ~~ B"] == (FIXED, 0.0)
    assert "A =~ q1" in _free("A =~ NA*q1 + q2; A ~~ 1*A; B =~ q3 + q4")


def test_only_factors_that_none_measures_are_correlated() -> None:
    free = _free("G =~ A + B + C; A =~ q1 + q2; B =~ q3 + q4; C =~ q5 + q6; A ~~ B")
    assert "A ~~ B" in free
    assert not {"A ~~ C", "G ~~ A", "A ~~ G"} & free


def test_ordered_items_have_thresholds_and_their_residuals_follow_or_are_fixed() -> None:
    delta = _places(lay_out(FactorModel.of(TWO), ORDERED))
    theta = _places(lay_out(FactorModel.of(TWO), replace(ORDERED, parameterization="theta")))
    assert {"q1 | t1", "q1 | t2", "q3 | t1"} <= delta.keys()
    assert "q3 | t2" not in delta
    assert (delta["q1 ~~ q1"][0], delta["q1 ~*~ q1"]) == (DERIVED, (FIXED, 1.0))
    assert (theta["q1 ~~ q1"], theta["q1 ~*~ q1"][0]) == ((FIXED, 1.0), DERIVED)
    assert delta["q1 ~ 1"] == (FIXED, 0.0)


def test_parameters_of_one_name_are_equal() -> None:
    table = lay_out(FactorModel.of("A =~ q1 + a*q2; B =~ q3 + a*q4; A ~~ v*A; B ~~ w*B; v == w"), NORMAL)
    found = _places(table)
    assert found["A =~ q2"] == found["B =~ q4"]
    assert found["A ~~ A"] == found["B ~~ B"]
    assert table.n_free == 7


def test_a_name_that_is_fixed_anywhere_is_fixed_everywhere() -> None:
    found = _places(lay_out(FactorModel.of("A =~ a*q1 + a*q2; B =~ q3 + b*q4; b == 0.5"), NORMAL))
    assert found["A =~ q2"] == (FIXED, 1.0)  # the marker is fixed to one
    assert found["B =~ q4"] == (FIXED, 0.5)


def test_what_is_asked_to_be_equal_is_the_same_in_all_groups() -> None:
    setting = replace(NORMAL, n_groups=2, means=True, equal=frozenset({"loadings", "intercepts", "residuals"}))
    table = lay_out(FactorModel.of(TWO), setting)
    first, second = _places(table), _places(table, 1)
    for name in ("A =~ q2", "q1 ~ 1", "q1 ~~ q1"):
        assert first[name] == second[name]
    assert first["A ~~ A"] != second["A ~~ A"]
    # What equal intercepts leave open: means of factors in all groups but the first.
    assert (first["A ~ 1"], second["A ~ 1"][0] >= 0) == ((FIXED, 0.0), True)


def test_equal_loadings_leave_the_variances_of_later_groups_open() -> None:
    setting = replace(NORMAL, n_groups=2, means=True, identification="unit variance", equal=frozenset({"loadings"}))
    table = lay_out(FactorModel.of(TWO), setting)
    assert _places(table)["A ~~ A"] == (FIXED, 1.0)
    assert _places(table, 1)["A ~~ A"][0] >= 0


def test_groups_may_be_told_apart_by_what_stands_before_a_name() -> None:
    table = lay_out(
        FactorModel.of("A =~ q1 + c(0.5, NA)*q2; B =~ q3 + c(a, b)*q4"), replace(NORMAL, n_groups=2, means=True)
    )
    assert _places(table)["A =~ q2"] == (FIXED, 0.5)
    assert _places(table, 1)["A =~ q2"][0] >= 0
    assert _places(table)["B =~ q4"][0] != _places(table, 1)["B =~ q4"][0]


def test_every_reason_that_a_model_cannot_be_laid_out_is_given() -> None:
    text = "A =~ q1; B =~ c(1, 2, 3)*q2 + q3; q1 | t2; q2 ~ 1"
    with pytest.raises(AnalysisError) as error:
        lay_out(FactorModel.of(text), NORMAL)
    assert [problem.split(":")[0] for problem in error.value.problems] == [
        "factor A has the single item q1",
        "B =~ q2 has 3 values for one group",
        "q1 | t2",
        "q2 ~ 1",
    ]


def test_a_single_item_may_measure_a_factor_if_its_residual_is_fixed() -> None:
    assert "A ~~ A" in _free("A =~ q1; q1 ~~ 0.2*q1; B =~ q2 + q3")


def test_a_threshold_beyond_the_categories_is_refused() -> None:
    with pytest.raises(AnalysisError, match=r"q3 \| t2: q3 has 2 categories and so thresholds t1 to t1"):
        lay_out(FactorModel.of(f"{TWO}; q3 | t2"), ORDERED)
