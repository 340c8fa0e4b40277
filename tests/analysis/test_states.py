"""What stands in for answers: arrays, frames, Arrow tables, states, and iterators of batches such as Parquet gives."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from analysis import (
    AnalysisError,
    PairwiseTables,
    UnitMoments,
    alpha_from_covariance,
    bartlett_sphericity,
    bootstrap_interval,
    careless_responding,
    cronbach_alpha,
    describe_items,
    explore_factors,
    guttman_lambdas,
    mcdonald_omega,
    minimum_average_partial,
    ordinal_alpha,
    parallel_analysis,
    pearson_correlation,
    polychoric_correlation,
    sampling_adequacy,
    scale_scores,
    split_half,
)

NAMES = ["q1", "q2", "q3", "q4", "q5"]

OF_MOMENTS: tuple[Callable[..., Any], ...] = (
    cronbach_alpha,
    guttman_lambdas,
    split_half,
    mcdonald_omega,
    pearson_correlation,
    sampling_adequacy,
    bartlett_sphericity,
    minimum_average_partial,
    partial(explore_factors, n_factors=1, correlation="pearson"),
    partial(parallel_analysis, correlation="pearson", n_draws=20),
)
OF_TABLES: tuple[Callable[..., Any], ...] = (
    *OF_MOMENTS,
    polychoric_correlation,
    describe_items,
    ordinal_alpha,
    partial(mcdonald_omega, kind="categorical"),
    partial(explore_factors, n_factors=1),
)


def _named(statistic: Callable[..., Any]) -> str:
    return str(getattr(statistic, "func", statistic).__name__)


of_tables = pytest.mark.parametrize("statistic", OF_TABLES, ids=_named)
of_moments = pytest.mark.parametrize("statistic", OF_MOMENTS, ids=_named)
every_missing = pytest.mark.parametrize("missing", ["pairwise", "listwise"])


def _answers(n: int = 500) -> NDArray[np.float64]:
    rng = np.random.default_rng(8)
    trait = rng.standard_normal(n)
    answers = np.clip(np.round(3 + trait[:, None] + rng.standard_normal((n, 5))), 1, 5)
    answers[rng.random(answers.shape) < 0.06] = math.nan
    answers[::97] = math.nan
    return answers


ANSWERS = _answers()


def _frame() -> pd.DataFrame:
    return pd.DataFrame(ANSWERS, columns=NAMES)


def _arrow() -> pa.Table:
    return pa.table(
        {name: pa.array(ANSWERS[:, place], pa.int8(), from_pandas=True) for place, name in enumerate(NAMES)}
    )


def _parquet(folder: Path, row_group_size: int = 130) -> pq.ParquetFile:
    path = folder / "answers.parquet"
    pq.write_table(_arrow(), path, row_group_size=row_group_size)
    return pq.ParquetFile(path)


def _csv_chunks(folder: Path) -> Iterator[pd.DataFrame]:
    path = folder / "answers.csv"
    _frame().to_csv(path, index=False)
    return iter(pd.read_csv(path, chunksize=64))


SOURCES: dict[str, Callable[[Path], Any]] = {
    "array": lambda folder: ANSWERS,
    "frame": lambda folder: _frame(),
    "frame of nullable whole numbers": lambda folder: _frame().astype("Int8"),
    "Arrow table": lambda folder: _arrow(),
    "batches of a Parquet file": lambda folder: _parquet(folder).iter_batches(batch_size=77),
    "reader of Arrow batches": lambda folder: _arrow().to_reader(max_chunksize=50),
    "chunks of a CSV file": _csv_chunks,
    "arrays from a generator": lambda folder: (part for part in np.array_split(ANSWERS, 7)),
}


@of_tables
@every_missing
@pytest.mark.parametrize("source", SOURCES)
def test_every_function_takes_answers_from_every_source(
    statistic: Callable[..., Any], missing: Any, source: str, tmp_path: Path
) -> None:
    expected, found = statistic(_frame(), missing=missing), statistic(SOURCES[source](tmp_path), missing=missing)
    rows, own = found.table().rows, expected.table().rows
    _assert_close(rows, own)
    if "array" not in source:  # arrays have no names
        assert [row[0] for row in rows] == [row[0] for row in own]
    assert found.notes[0] == expected.notes[0]


@of_tables
@every_missing
def test_every_function_takes_a_state_in_place_of_answers(statistic: Callable[..., Any], missing: Any) -> None:
    expected = statistic(_frame(), missing=missing).table()
    state = PairwiseTables.from_responses(_frame(), missing=missing)
    first = PairwiseTables.from_responses(_frame()[:200], missing=missing)
    merged = first + PairwiseTables.from_responses(_frame()[200:], missing=missing)
    for given in (state, merged):
        found = statistic(given, missing=missing).table()
        _assert_close(found.rows, expected.rows)
        assert found.notes == expected.notes


@of_moments
@every_missing
def test_functions_of_moments_take_those_of_units(statistic: Callable[..., Any], missing: Any) -> None:
    units = UnitMoments.from_responses(_frame(), np.arange(len(ANSWERS)) % 9, missing=missing)
    expected, found = statistic(_frame(), missing=missing).table(), statistic(units, missing=missing).table()
    _assert_close(found.rows, expected.rows)
    assert found.notes == expected.notes


def test_a_bootstrap_of_units_takes_their_moments() -> None:
    units = np.arange(len(ANSWERS)) % 9
    state = UnitMoments.from_responses(ANSWERS, units)
    assert bootstrap_interval(alpha_from_covariance, state, n_resamples=200) == bootstrap_interval(
        alpha_from_covariance, ANSWERS, unit=units, n_resamples=200
    )


@every_missing
@pytest.mark.parametrize("batch_size", [1, 63, 64, 65, 499, 10_000])
def test_batches_of_a_parquet_file_give_the_state_of_the_whole_to_the_bit(
    missing: Any, batch_size: int, tmp_path: Path
) -> None:
    whole = PairwiseTables.from_responses(_frame(), 5, missing=missing)
    found = PairwiseTables.from_batches(_parquet(tmp_path).iter_batches(batch_size=batch_size), 5, missing=missing)
    assert_array_equal(found.counts, whole.counts)
    assert found.item_names == whole.item_names == tuple(NAMES)
    assert (found.n_rows, found.n_respondents, found.n_used) == (whole.n_rows, whole.n_respondents, whole.n_used)


@every_missing
def test_batches_with_a_column_of_placements_give_the_moments_of_the_whole(missing: Any, tmp_path: Path) -> None:
    placement = [f"ward {row % 11}" for row in range(len(ANSWERS))]
    table = _arrow().append_column("placement", pa.array(placement).dictionary_encode())
    path = tmp_path / "answers.parquet"
    pq.write_table(table, path)
    batches = pq.ParquetFile(path).iter_batches(batch_size=90)
    found = UnitMoments.from_batches(((batch.select(NAMES), batch["placement"]) for batch in batches), missing=missing)
    whole = UnitMoments.from_responses(_frame(), placement, missing=missing)
    assert found.unit == whole.unit
    assert_array_equal(found.packed, whole.packed)
    assert_array_equal(found.squares, whole.squares)
    assert_array_equal(found.tallies, whole.tallies)


def test_a_state_added_to_itself_counts_everybody_twice_however_often() -> None:
    # 34 doublings: 8.6e12 respondents, beyond where single precision and 32 bits stop counting.
    tables = once = PairwiseTables.from_responses(ANSWERS)
    units = of_units = UnitMoments.from_responses(ANSWERS, np.arange(len(ANSWERS)) % 3)
    for _ in range(34):
        tables, units = tables + tables, units + units
    assert_array_equal(tables.counts, once.counts * 2**34)
    assert tables.n_respondents == once.n_respondents * 2**34
    for attribute in ("packed", "squares", "tallies"):
        assert_array_equal(getattr(units, attribute), getattr(of_units, attribute) * 2**34)
    expected = once.moments().correlation
    np.testing.assert_allclose(tables.moments().correlation, expected, rtol=1e-13)
    np.testing.assert_allclose(units.moments().correlation, expected, rtol=1e-13)


@of_tables
def test_a_state_cannot_leave_out_rows_afterwards(statistic: Callable[..., Any]) -> None:
    with pytest.raises(AnalysisError, match='make it with missing="listwise"'):
        statistic(PairwiseTables.from_responses(ANSWERS), missing="listwise")


@of_tables
def test_a_bad_batch_is_named(statistic: Callable[..., Any]) -> None:
    with pytest.raises(AnalysisError) as raised:
        statistic(iter([[[1, 2], [2, 1]], [[1, 7.5], ["no", 2]], [[0, 0]]]))
    assert raised.value.problems == ("batch 2: item item_1 has 1 value that is not a number: first no in row 2",)
    with pytest.raises(AnalysisError, match="batch 1: a table of respondents by items is needed, got one row"):
        statistic(iter([[1, 2], [2, 1]]))
    with pytest.raises(AnalysisError, match="no batches of answers were given"):
        statistic(iter([]))


@pytest.mark.parametrize("needs_rows", [scale_scores, careless_responding])
def test_what_needs_the_rows_says_so(needs_rows: Callable[..., Any]) -> None:
    with pytest.raises(AnalysisError, match="the answers themselves are needed here, not an iterator of batches"):
        needs_rows(iter([ANSWERS]))
    with pytest.raises(AnalysisError, match="the answers themselves are needed here, which PairwiseTables does not"):
        needs_rows(PairwiseTables.from_responses(ANSWERS))


def test_frequencies_are_not_in_moments_by_unit() -> None:
    units = UnitMoments.from_responses(ANSWERS, np.arange(len(ANSWERS)) % 3)
    with pytest.raises(AnalysisError, match="which UnitMoments does not keep"):
        describe_items(units)
    with pytest.raises(AnalysisError, match="need tables of answers, which UnitMoments does not keep"):
        polychoric_correlation(units)


def test_a_column_called_moments_is_an_item() -> None:
    frame = _frame().rename(columns={"q1": "moments"})
    assert cronbach_alpha(frame).coefficient == cronbach_alpha(_frame()).coefficient
    assert polychoric_correlation(frame).item_names[0] == "moments"


def test_batches_of_units_are_pairs() -> None:
    with pytest.raises(AnalysisError, match="batch 1 is not a pair of answers and the units of their rows"):
        UnitMoments.from_batches([np.ones((3, 5))])  # type: ignore[list-item]
    with pytest.raises(AnalysisError) as raised:
        UnitMoments.from_batches([([[1, 2]], ["Oak"]), ([[1, 9], [2, 2]], ["Oak", None])], categories=5)
    assert raised.value.problems == (
        "batch 2: item item_2 has 1 value that is not a whole number from 1 to 5: first 9 in row 1",
        "batch 2: 1 person has no unit: first in row 2",
    )


def _assert_close(found: tuple[tuple[Any, ...], ...], expected: tuple[tuple[Any, ...], ...]) -> None:
    assert len(found) == len(expected)
    for row, own in zip(found, expected, strict=True):
        numbers, others = ([cell for cell in cells if isinstance(cell, float | int)] for cells in (row, own))
        np.testing.assert_allclose(numbers, others, rtol=1e-11, atol=1e-13)
