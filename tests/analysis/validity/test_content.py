import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import AnalysisError, content_validity

# Polit, Beck and Owen (2007), table 2: experts, agreeing, I-CVI, p_c, modified kappa, verdict. Its p_c for five of five
# is printed as .041; 0.5 to the fifth is .031.
PUBLISHED = [
    (3, 3, 1.00, 0.125, 1.00, "excellent"),
    (3, 2, 0.67, 0.375, 0.47, "fair"),
    (4, 4, 1.00, 0.063, 1.00, "excellent"),
    (4, 3, 0.75, 0.25, 0.67, "good"),
    (5, 5, 1.00, 0.031, 1.00, "excellent"),
    (5, 4, 0.80, 0.156, 0.76, "excellent"),
    (6, 6, 1.00, 0.016, 1.00, "excellent"),
    (6, 5, 0.83, 0.094, 0.82, "excellent"),
    (6, 4, 0.67, 0.234, 0.56, "fair"),
    (7, 7, 1.00, 0.008, 1.00, "excellent"),
    (7, 6, 0.86, 0.055, 0.85, "excellent"),
    (7, 5, 0.71, 0.164, 0.66, "good"),
    (8, 8, 1.00, 0.004, 1.00, "excellent"),
    (8, 7, 0.88, 0.031, 0.87, "excellent"),
    (8, 6, 0.75, 0.109, 0.72, "good"),
    (9, 9, 1.00, 0.002, 1.00, "excellent"),
    (9, 8, 0.89, 0.018, 0.89, "excellent"),
    (9, 7, 0.78, 0.070, 0.76, "excellent"),
]


@pytest.mark.parametrize(("experts", "agreeing", "i_cvi", "chance", "kappa", "verdict"), PUBLISHED)
def test_it_gives_the_published_table(
    experts: int, agreeing: int, i_cvi: float, chance: float, kappa: float, verdict: str
) -> None:
    found = content_validity([[4]] * agreeing + [[1]] * (experts - agreeing))
    assert found.i_cvi[0] == pytest.approx(i_cvi, abs=0.0051)
    assert found.chance[0] == pytest.approx(chance, abs=0.00051)
    # Kappa was computed from the rounded I-CVI and p_c there, which moves the second decimal by one.
    assert found.modified_kappa[0] == pytest.approx(kappa, abs=0.0101)
    assert found.verdict == (verdict,)


def test_the_scale_has_the_mean_and_the_share_of_universal_agreement() -> None:
    found = content_validity([[4, 3, 2], [3, 4, 3], [4, 4, 1], [4, 3, 4]])
    assert found.s_cvi_average == pytest.approx((1 + 1 + 0.5) / 3)
    assert found.s_cvi_universal == pytest.approx(2 / 3)


def test_each_item_is_judged_by_the_experts_who_rated_it() -> None:
    found = content_validity([[4, np.nan], [3, 4], [2, 4]])
    assert found.n_experts.tolist() == [3, 2]
    assert found.i_cvi.tolist() == [pytest.approx(2 / 3), 1.0]
    assert "1 rating missing" in str(found)
    assert "fewer than three experts" in str(found)


@given(st.integers(2, 15), st.data())
@settings(max_examples=40, deadline=None)
def test_kappa_never_exceeds_the_share_and_the_interval_holds_it(n: int, data: st.DataObject) -> None:
    agreeing = data.draw(st.integers(0, n))
    found = content_validity([[4]] * agreeing + [[1]] * (n - agreeing))
    assert found.modified_kappa[0] <= found.i_cvi[0] + 1e-12
    assert found.interval[0, 0] <= found.i_cvi[0] <= found.interval[0, 1]
    assert 0 <= found.interval[0, 0] <= found.interval[0, 1] <= 1


@pytest.mark.parametrize(
    ("ratings", "options", "problem"),
    [
        ([[4, 5], [3, 2]], {}, "item_2 has 1 value that is not a whole number from 1 to 4: first 5 in row 1"),
        ([[4, np.nan], [3, np.nan]], {}, "item item_2 has no answers"),
        ([[4, 3]], {}, "at least 2 respondents"),
        ([[4, 3], [3, 3]], {"relevant_from": 5}, "relevant_from is a whole number from 2 to 4, not 5"),
        ([[4, 3], [3, 3]], {"relevant_from": 1}, "relevant_from is a whole number from 2 to 4, not 1"),
    ],
)
def test_it_says_what_is_wrong(ratings: list[list[float]], options: dict[str, int], problem: str) -> None:
    with pytest.raises(AnalysisError, match=problem):
        content_validity(ratings, **options)
