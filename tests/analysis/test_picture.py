"""What holds for every picture."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from analysis import AnalysisError
from analysis.picture import DIVERGING, diverging_colours, ink_on


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture
def drawn(every_result: list[Any]) -> list[Any]:
    """One result of each kind that can be drawn."""
    return list({type(result): result for result in every_result if hasattr(result, "plot")}.values())


def test_every_picture_gives_its_axes_and_says_what_it_shows(drawn: list[Any]) -> None:
    assert len(drawn) >= 4
    for result in drawn:
        axes = result.plot()
        titles = [axes.get_title(loc) for loc in ("left", "center", "right")]
        assert any([*titles, axes.get_xlabel(), axes.get_ylabel()]), type(result)
        axes.figure.savefig(io.BytesIO())


def test_every_picture_draws_where_it_is_told(drawn: list[Any]) -> None:
    for result in drawn:
        _, given = plt.subplots()
        assert result.plot(given) is given
        assert given.has_data(), type(result)


def test_without_matplotlib_every_picture_says_what_to_install(
    drawn: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for result in drawn:
        with pytest.raises(AnalysisError, match="drawing needs matplotlib: pip install matplotlib"):
            result.plot()


def test_five_options_have_the_five_colours_and_others_lie_between() -> None:
    assert [to_hex(colour).upper() for colour in diverging_colours(5)] == list(DIVERGING)
    for k in (2, 3, 4, 7):
        colours = [to_hex(colour).upper() for colour in diverging_colours(k)]
        assert (colours[0], colours[-1]) == (DIVERGING[0], DIVERGING[-1])
        assert len(set(colours)) == k


@pytest.mark.parametrize("colour", DIVERGING)
def test_numbers_are_readable_on_every_colour(colour: str) -> None:
    ink, paper = (_luminance(shade) for shade in (ink_on(colour), colour))
    # WCAG 2.2 asks for a contrast of 4.5 for small text.
    assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(to_hex(colour)[place : place + 2], 16) / 255 for place in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
