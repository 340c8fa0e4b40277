import pytest

from analysis.item_functioning.classification import JODOIN_GIERL, ZUMBO, SizeRule


@pytest.mark.parametrize(("rule", "moderate", "large"), [(JODOIN_GIERL, 0.035, 0.070), (ZUMBO, 0.13, 0.26)])
def test_a_size_begins_at_its_bound(rule: SizeRule, moderate: float, large: float) -> None:
    changes = (moderate - 1e-9, moderate, large - 1e-9, large)
    assert [rule.size_of(change) for change in changes] == ["negligible", "moderate", "moderate", "large"]
