"""Bars of answers about the middle of the scale."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from analysis import AnalysisError, describe_items

ANSWERS = pd.DataFrame({"q1": [1, 2, 3, 3, 4, 5, 5, 5, 5, None], "q2": [4, 4, 4, 4, 5, 5, 5, 5, 5, 5]})


def test_bars_hold_the_shares_of_answers_and_are_centred_on_the_neutral_option() -> None:
    axes = describe_items(ANSWERS, 5).plot()
    assert len(axes.containers) == 5
    shares = np.array([[bar.get_width() for bar in option] for option in axes.containers]).T
    assert_allclose(shares[0], 100 * np.array([1, 1, 2, 1, 4]) / 9)
    assert_allclose(shares[1], [0, 0, 0, 40, 60])
    starts = np.array([[bar.get_x() for bar in option] for option in axes.containers]).T
    assert_allclose(starts[0, 2], -100 / 9)  # half of the two who are neutral is on either side
    assert_allclose(starts[:, 0], [-300 / 9, 0])
    assert_allclose(starts[:, 1:], starts[:, :-1] + shares[:, :-1], atol=1e-12)
    plt.close(axes.figure)


def test_an_even_number_of_options_parts_in_the_middle() -> None:
    axes = describe_items(pd.DataFrame({"q1": [1, 2, 2, 3]}), 4).plot()
    assert_allclose([option[0].get_x() for option in axes.containers], [-75, -50, 0, 25])
    plt.close(axes.figure)


def test_it_names_items_options_and_those_who_did_not_answer() -> None:
    wording = ["strongly disagree", "disagree", "neither", "agree", "strongly agree"]
    axes = describe_items(ANSWERS, 5).plot(options=wording)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == wording
    assert [text.get_text() for text in axes.get_yticklabels()] == ["q1", "q2"]
    first, second = (bar[0].get_y() for bar in (axes.containers[0], axes.containers[0][1:]))
    assert axes.transData.transform((0, first))[1] > axes.transData.transform((0, second))[1]  # the first item on top
    said = [text.get_text() for text in axes.texts]
    assert "n = 9, 1 missing" in said
    assert "n = 10, 0 missing" in said
    assert "60" in said  # per cent, in the piece that is large enough
    assert min(axes.get_xlim()) < -33 < 88 < max(axes.get_xlim())
    plt.close(axes.figure)


def test_it_says_why_it_cannot_draw() -> None:
    with pytest.raises(AnalysisError, match="3 options were named, but answers were given from 1 to 5"):
        describe_items(ANSWERS, 5).plot(options=["no", "perhaps", "yes"])
    with pytest.raises(AnalysisError, match="not whole numbers from 1 up: there are no options to draw"):
        describe_items([[0.5], [1.5]]).plot()
