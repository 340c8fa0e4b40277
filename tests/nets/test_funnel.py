import pytest

from nets.disclosure.shown import ShownBenchmark
from nets.funnel import funnel_limits

BENCHMARK = ShownBenchmark(mean=75, tau=3, sigma=16, icc1=0.034)


def test_limits_are_the_benchmark_and_so_many_standard_errors() -> None:
    # sqrt(3^2 + 16^2 / 16) = 5; normal quantiles of 0.975 and 0.999
    (limit,) = funnel_limits(BENCHMARK, [16], 0.95, 0.998)
    assert [limit.low, limit.high] == pytest.approx([75 - 9.79982, 75 + 9.79982])
    assert limit.far_low == pytest.approx(75 - 15.45116)


def test_limits_close_in_on_the_usual_differences_between_places_and_no_further() -> None:
    few, many = funnel_limits(BENCHMARK, [5, 1_000_000], 0.95, 0.998)
    assert few.high - few.low > many.high - many.low
    assert many.high == pytest.approx(75 + 1.959964 * 3, abs=1e-3)


def test_limits_stay_on_the_scale() -> None:
    (limit,) = funnel_limits(BENCHMARK, [1], 0.95, 0.998)
    assert limit.high == limit.far_high == 100
    assert limit.far_low >= 0
