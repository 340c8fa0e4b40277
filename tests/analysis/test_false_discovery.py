"""P values of many tests, adjusted."""

import numpy as np
from scipy.stats import false_discovery_control

from analysis.false_discovery import adjust_for_false_discovery


def test_adjusted_p_values_are_those_of_the_step_up_rule() -> None:
    p = np.array([0.04, 0.001, np.nan, 0.03, 0.2])
    # 4 p(4)/4 = .2, 4 p(3)/3 = .0533, 4 p(2)/2 = .06 but not above the next, 4 p(1) = .004
    np.testing.assert_allclose(adjust_for_false_discovery(p), [0.16 / 3, 0.004, np.nan, 0.16 / 3, 0.2])


def test_they_are_those_of_scipy() -> None:
    p = np.random.default_rng(1).uniform(size=50) ** 3
    np.testing.assert_allclose(adjust_for_false_discovery(p), false_discovery_control(p), rtol=1e-14)
