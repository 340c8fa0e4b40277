"""Differences against means, as a picture."""

import matplotlib.pyplot as plt
import numpy as np
from numpy.testing import assert_allclose

from analysis import measurement_error


def test_points_lines_and_bands_are_those_of_the_statistics() -> None:
    rng = np.random.default_rng(2)
    first = rng.normal(60, 10, 40)
    error = measurement_error(first, first + rng.normal(1, 5, 40), ci=0.9)
    axes = error.plot()
    points = np.array(axes.collections[0].get_offsets())
    order = np.lexsort((error.difference, error.average))
    assert_allclose(points, np.column_stack([error.average, error.difference])[order])
    limits = error.limits_of_agreement
    heights = sorted(line.get_ydata()[0] for line in axes.get_lines())
    assert_allclose(heights, sorted([0.0, limits.low, error.bias, limits.high]))
    bands = sorted((patch.get_y(), patch.get_y() + patch.get_height()) for patch in axes.patches)
    intervals = (error.lower_limit_interval, error.bias_interval, error.upper_limit_interval)
    assert_allclose(bands, [(interval.low, interval.high) for interval in intervals])
    assert "90 % intervals" in axes.get_xlabel()
    assert "n = 40" in axes.get_title("left")
    plt.close(axes.figure)


def test_people_with_the_same_scores_share_a_point_that_grows() -> None:
    axes = measurement_error([1, 1, 1, 2], [2, 2, 2, 2]).plot()
    sizes = axes.collections[0].get_sizes()
    assert len(sizes) == 2
    assert sizes.max() == 3 * sizes.min()
    plt.close(axes.figure)
