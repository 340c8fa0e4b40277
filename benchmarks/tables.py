"""One pass over the rows: against bare linear algebra, and from a file of ten million rows."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analysis import PairwiseTables

from .answers import N_ITEMS, simulated
from .stopwatch import Line, faster, fastest, in_process, print_time_and_peak, seconds

ROWS = 2**19
BLOCK = 2**16
MILLION = 1_000_000


def lines() -> Iterator[Line]:
    """Measure the pass over rows in memory, and over a Parquet file."""
    yield _in_memory()
    yield from _from_parquet()


def _in_memory() -> Line:
    answers = simulated(ROWS, missing=0.05)
    blocks = [_one_hot(answers[start : start + BLOCK]) for start in range(0, ROWS, BLOCK)]
    ours, bare = fastest(
        lambda: PairwiseTables.from_responses(answers, 5), lambda: [block.T @ block for block in blocks], repeats=8
    )
    return faster(f"pairwise tables of {ROWS:,} rows", "a bare BLAS syrk of the same one-hot", ours, bare, 0.85)


def _one_hot(answers: NDArray[np.float32]) -> NDArray[np.float32]:
    chosen = answers[:, :, None] == np.arange(1, 6)
    return np.asarray(chosen.reshape(len(answers), -1), dtype=np.float32)


def _from_parquet() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        _write(path, 10 * MILLION)
        # In turns, so that a machine that is busy now and then is as busy with few rows as with many.
        runs = [in_process("tables", path, n) for n in (MILLION, 10 * MILLION) * 2]
    few, many = (min(spent for spent, _ in own) for own in (runs[::2], runs[1::2]))
    least, most = (max(peak for _, peak in own) for own in (runs[::2], runs[1::2]))
    yield Line(
        "10,000,000 rows from Parquet: time", "1,000,000 of them", "linear: at most 12 x", f"{many / few:.1f} x",
        many <= 12 * few, f"{seconds(many)} / {seconds(few)}",
    )  # fmt: skip
    yield Line(
        "10,000,000 rows from Parquet: memory", "1,000,000 of them", "flat: under 1 GB", f"{most:.0f} MB",
        most < 1000 and most < 1.25 * least, f"{most:.0f} MB / {least:.0f} MB",
    )  # fmt: skip


def _write(path: Path, n: int) -> None:
    schema = pa.schema([(f"q{item:02d}", pa.int8()) for item in range(1, N_ITEMS + 1)])
    with pq.ParquetWriter(path, schema) as writer:
        for seed, start in enumerate(range(0, n, BLOCK)):
            answers = simulated(min(BLOCK, n - start), missing=0.05, seed=seed)
            columns = [pa.array(answers[:, item], from_pandas=True).cast(pa.int8()) for item in range(N_ITEMS)]
            writer.write_table(pa.table(columns, schema=schema))


def _count(path: Path, n: int) -> None:
    batches = pq.ParquetFile(path).iter_batches(batch_size=BLOCK, use_threads=False)
    PairwiseTables.from_responses(next(batches), 5)  # at the first array pyarrow imports pandas, where that is
    start = time.process_time()
    state = PairwiseTables.from_batches((batch for batch, _ in zip(batches, range(-(-n // BLOCK)), strict=False)), 5)
    print_time_and_peak((time.process_time() - start) * n / state.n_rows)


if __name__ == "__main__":
    _count(Path(sys.argv[1]), int(sys.argv[2]))
