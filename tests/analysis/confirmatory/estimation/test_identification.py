"""Models whose parameters the data cannot tell, and which parameters those are."""

import numpy as np
import pytest

from analysis import AnalysisError, confirm_factors
from analysis.confirmatory.model_sample import Estimator
from analysis.item_responses import FloatArray


@pytest.fixture
def answers(draw: object) -> FloatArray:
    drawn: FloatArray = draw(300, 2)  # type: ignore[operator]
    return drawn


@pytest.mark.parametrize("estimator", ["ML", "MLR", "WLSMV", "ULSMV"])
def test_two_items_alone_do_not_identify_a_factor(answers: FloatArray, estimator: Estimator) -> None:
    with pytest.raises(AnalysisError, match="not identified"):
        confirm_factors({"F": ["item_1", "item_2"]}, answers, estimator)


@pytest.mark.parametrize("estimator", ["ML", "WLSMV"])
def test_a_factor_without_a_unit_is_named(answers: FloatArray, estimator: Estimator) -> None:
    with pytest.raises(AnalysisError, match=r"cannot tell .*F =~ item_1.* apart"):
        confirm_factors("F =~ NA*item_1 + item_2 + item_3 + item_4", answers, estimator)


def test_factors_with_the_same_items_are_named(answers: FloatArray) -> None:
    model = {"F": ["item_1", "item_2", "item_3", "item_4"], "G": ["item_1", "item_2", "item_3", "item_4"]}
    with pytest.raises(AnalysisError, match=r"not identified|settle"):
        confirm_factors(model, answers, "ML")


def test_three_items_identify_a_factor_that_then_fits_perfectly(answers: FloatArray) -> None:
    estimators: tuple[Estimator, ...] = ("MLR", "WLSMV")
    for estimator in estimators:
        fit = confirm_factors({"F": ["item_1", "item_2", "item_3"]}, answers, estimator).fit
        assert fit.naive.df == 0
        assert fit.naive.chi_square == pytest.approx(0.0, abs=1e-9)
        assert np.isnan(fit.naive.p)
        assert (fit.naive.cfi, fit.naive.tli, fit.naive.rmsea, fit.naive.rmsea_interval.high) == (1.0, 1.0, 0.0, 0.0)
        assert fit.srmr == pytest.approx(0.0, abs=1e-7)
