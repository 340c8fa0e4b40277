"""Pictures of graded items."""

from collections.abc import Iterator

import numpy as np
import pytest

from analysis import AnalysisError, GradedResponse, graded_response

pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def close_pictures() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def fit() -> GradedResponse:
    rng = np.random.default_rng(1)
    latent = 1.5 * rng.normal(size=(400, 1)) + rng.logistic(size=(400, 4))
    return graded_response(1.0 + (latent[:, :, None] > [-2.0, 0.0, 1.5]).sum(axis=2))


def test_an_items_picture_has_a_curve_for_each_answer(fit: GradedResponse) -> None:
    ax = fit.plot(item="item_2")
    named = {line.get_label(): line for line in ax.get_lines() if not line.get_label().startswith("_")}
    assert sorted(named) == ["1", "2", "3", "4"]
    total = sum(line.get_ydata() for line in named.values())
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)
    np.testing.assert_allclose(named["3"].get_ydata(), fit.probabilities(named["3"].get_xdata())[1][2])


def test_the_picture_of_information_has_every_item_and_the_test(fit: GradedResponse) -> None:
    _, ax = pyplot.subplots()
    assert fit.plot(ax) is ax
    *items, test = ax.get_lines()
    assert len(items) == 4
    np.testing.assert_allclose(test.get_ydata(), sum(line.get_ydata() for line in items))
    assert "standard error" in ax.figure.axes[1].get_ylabel()


def test_an_item_that_is_not_there_is_named(fit: GradedResponse) -> None:
    with pytest.raises(AnalysisError, match="there is no item q9"):
        fit.plot(item="q9")
