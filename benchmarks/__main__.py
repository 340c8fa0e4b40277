"""Measure everything and write the table of docs/benchmarks.md: ``make benchmark``.

``python -m benchmarks tables units`` measures some subjects and prints their lines only.
"""

import importlib
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from .stopwatch import Line, versions_in_r

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
MARK = "<!-- What follows is written by `make benchmark`. -->"
SUBJECTS = ("starting", "tables", "correlation", "reliability", "factors", "confirmatory", "units")
PACKAGES = ("numpy", "scipy", "factor-analyzer", "statsmodels", "pyarrow")


def measure(subjects: Sequence[str]) -> list[Line]:
    """Measure subjects one after the other, telling each line as it is known."""
    found = []
    for subject in subjects:
        for line in importlib.import_module(f"benchmarks.{subject}").lines():
            print(
                f"{'met' if line.met else 'NOT MET':8}{line.work}: {line.reached} (wanted {line.wanted}); {line.times}"
            )
            found.append(line)
    return found


def table(found: Sequence[Line], versions: Sequence[str], day: date) -> str:
    """Give the lines as a table, with what was measured with what and when."""
    rows = [
        f"| {line.work} | {line.against} | {line.wanted} | {line.reached}{'' if line.met else ' **(not met)**'} | {line.times} |"
        for line in found
    ]
    head = "| work | against | wanted | reached | ours / theirs |\n|---|---|---|---|---|"
    return f"Measured on {day.isoformat()} with {', '.join(versions)}.\n\n" + "\n".join([head, *rows]) + "\n"


def main(subjects: Sequence[str]) -> None:
    """Measure what was asked for; the page is written where everything was."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("set OPENBLAS_NUM_THREADS=1: with more threads seconds of the processor mean nothing")
    unknown = [subject for subject in subjects if subject not in SUBJECTS]
    if unknown:
        sys.exit(f"there is no benchmark of {', '.join(unknown)}; there are {', '.join(SUBJECTS)}")
    if not shutil.which("Rscript"):
        sys.exit("the peers are R packages: install R with psych and lavaan")
    found = measure(subjects or SUBJECTS)
    if not subjects:
        machine = f"{os.cpu_count()} cores ({platform.machine()})"
        versions = [machine, f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
        head = PAGE.read_text("utf-8").partition(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{table(found, [*versions, *versions_in_r()], date.today())}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
