"""The picture of loadings."""

from collections.abc import Iterator

import matplotlib
import numpy as np
import pytest

from analysis import FactorSolution, explore_factors


@pytest.fixture(autouse=True)
def _no_window() -> Iterator[None]:
    matplotlib.use("Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def _solution() -> FactorSolution:
    pattern = np.kron(np.eye(2), [[0.8], [0.7], [-0.6]])
    matrix = pattern @ np.array([[1.0, 0.3], [0.3, 1.0]]) @ pattern.T
    np.fill_diagonal(matrix, 1.0)
    return explore_factors(matrix, 2, n=200)


def test_every_loading_stands_in_its_cell() -> None:
    solution = _solution()
    ax = solution.plot()
    assert [float(text.get_text()) for text in ax.texts] == solution.loadings.round(2).ravel().tolist()
    assert [label.get_text() for label in ax.get_yticklabels()] == list(solution.item_names)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["F1", "F2"]
    np.testing.assert_array_equal(ax.images[0].get_array(), solution.loadings)
    assert ax.images[0].get_clim() == (-1, 1)


def test_dark_cells_have_white_numbers() -> None:
    colours = {text.get_text(): text.get_color() for text in _solution().plot().texts}
    assert colours["0.80"] == "white"
    assert colours["0.00"] == "black"


def test_it_draws_on_axes_that_are_given() -> None:
    from matplotlib.figure import Figure

    given = Figure().add_subplot()
    assert _solution().plot(given) is given
