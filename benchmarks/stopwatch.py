"""Times of two ways to do the same work, in one run, and the line of the table that they make.

Times are seconds of the processor on one thread, the least of several, taken in turns: what else a machine does then
changes a ratio little.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PEERS = Path(__file__).with_name("peers.R")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes
    ----------
    work : str
    against : str
        What it is measured in units of.
    wanted, reached : str
    met : bool
    times : str
        Both times, for somebody with the same machine.
    """

    work: str
    against: str
    wanted: str
    reached: str
    met: bool
    times: str


def faster(work: str, against: str, ours: float, theirs: float, wanted: float) -> Line:
    """Say how many times as fast as something else a work is."""
    ratio = theirs / ours
    return Line(work, against, _times(wanted), _times(ratio), ratio >= wanted, f"{seconds(ours)} / {seconds(theirs)}")


def within(work: str, against: str, ours: float, unit: float, wanted: float) -> Line:
    """Say how many units of something else a work takes, where few are wanted."""
    ratio = ours / unit
    reached = f"{ratio:.2f}"
    return Line(work, against, f"at most {wanted:g}", reached, ratio <= wanted, f"{seconds(ours)} / {seconds(unit)}")


def fastest(*works: Callable[[], object], repeats: int = 5) -> list[float]:
    """Give the least of several times of each work, in seconds of the processor, taken in turns."""
    least = [np.inf] * len(works)
    for _ in range(repeats):
        for place, work in enumerate(works):
            start = time.process_time()
            work()
            least[place] = min(least[place], time.process_time() - start)
    return least


def in_r(work: str, answers: NDArray[Any], *, repeats: int = 3, argument: int = 0) -> float:
    """Give the least of several times that R takes for a work of peers.R; reading the answers is no part of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers"
        path.write_bytes(np.asfortranarray(answers.astype(np.int8)).tobytes(order="F"))
        call = [work, str(path), str(answers.shape[1]), str(repeats), str(argument)]
        return float(_r(*call).split()[-1])


def in_process(subject: str, *arguments: object) -> tuple[float, float]:
    """Run a subject by itself, which tells by `print_time_and_peak`, and give its seconds and the most memory it took in MB."""
    command = [sys.executable, "-m", f"benchmarks.{subject}", *map(str, arguments)]
    seconds, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(peak)


def print_time_and_peak(seconds: float) -> None:
    """Tell `in_process` what this process took."""
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def versions_in_r() -> list[str]:
    """Give R and its packages with their versions; nothing where they are not installed."""
    return _r("versions").splitlines() if shutil.which("Rscript") else []


def _r(*arguments: str) -> str:
    return subprocess.run(["Rscript", str(PEERS), *arguments], capture_output=True, text=True, check=True).stdout


def _times(ratio: float) -> str:
    return f"{_two_digits(ratio)} x"


def seconds(value: float) -> str:
    """Give a time in the unit that suits it."""
    return f"{_two_digits(value)} s" if value >= 1 else f"{_two_digits(1000 * value)} ms"


def _two_digits(value: float) -> str:
    return np.format_float_positional(float(f"{value:.2g}"), trim="-")
