"""Verdicts by published cut-offs."""

import pytest

from analysis.invariance.cutoffs import FitChange, verdicts


@pytest.mark.parametrize(("made_equal", "n", "change", "chen", "cheung"), [
    ("loadings", 301, (-0.010, 0.015, 0.000), False, False),
    ("loadings", 301, (-0.010, 0.000, 0.030), False, False),
    ("loadings", 301, (-0.010, 0.014, 0.029), True, False),
    ("loadings", 301, (-0.009, 0.020, 0.040), True, True),
    ("intercepts", 301, (-0.010, 0.000, 0.010), False, False),
    ("residuals", 301, (-0.010, 0.000, 0.009), True, False),
    ("thresholds", 301, (-0.010, 0.000, 0.010), False, False),
    ("loadings", 300, (-0.005, 0.010, 0.000), False, True),
    ("loadings", 300, (-0.005, 0.000, 0.024), True, True),
    ("intercepts", 300, (-0.005, 0.000, 0.005), False, True),
    ("intercepts", 300, (0.005, 0.020, 0.020), True, True),
])  # fmt: skip
def test_groups_differ_where_cfi_falls_and_with_chen_another_index_rises(
    made_equal: str, n: int, change: tuple[float, float, float], chen: bool, cheung: bool
) -> None:
    found = {verdict.source: verdict.holds for verdict in verdicts(made_equal, n, FitChange(*change))}
    assert found == {"Chen (2007)": chen, "Cheung & Rensvold (2002)": cheung}
