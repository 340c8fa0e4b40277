"""Looked up for two couples of items at a time, influences are those of the tables."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analysis.confirmatory.ordinal import influences as influences_module
from analysis.confirmatory.ordinal.moments import OrdinalMoments
from analysis.item_responses import FloatArray


@pytest.mark.parametrize("n_items", [2, 3, 5, 6])
@pytest.mark.parametrize("most_cells", [0, 10**6])
def test_each_is_what_the_tables_of_one_item_or_two_say(
    n_items: int, most_cells: int, draw: Callable[..., FloatArray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(influences_module, "_MOST_CELLS", most_cells)
    codes = np.nan_to_num(draw(300, 1, missing=0.2))[:, :n_items].astype(np.int8)
    moments = OrdinalMoments.of(codes, [f"q{item}" for item in range(n_items)], "pairwise")
    thresholds = moments.influence.thresholds_of_rows(codes)[:, moments.threshold_item, moments.threshold_cut]
    expected = np.hstack([thresholds, moments.influence.correlations_of_rows(codes)])
    scale = np.sqrt(moments.variances)
    tables = moments.influence_tables(scale)
    assert_array_equal(np.sort(tables.column), np.arange(len(scale)))
    assert_allclose(tables.of(codes)[:, tables.column], expected / scale, rtol=1e-12, atol=1e-14)


def test_single_precision_is_given_where_it_is_asked_for(draw: Callable[..., FloatArray]) -> None:
    codes = np.nan_to_num(draw(300, 1)).astype(np.int8)
    moments = OrdinalMoments.of(codes, [f"q{item}" for item in range(codes.shape[1])], "pairwise")
    assert moments.influence_tables(np.sqrt(moments.variances), np.float32).of(codes).dtype == np.float32
