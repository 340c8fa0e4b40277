"""What it costs to import the library."""

import math
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from .stopwatch import Line

HEAVY = ("pandas", "sklearn", "matplotlib", "pingouin", "scipy.stats")
REPEATS = 8


def lines() -> Iterator[Line]:
    """Measure a new process that imports, less one that does nothing, once Python has compiled what it reads."""
    with tempfile.TemporaryDirectory() as compiled:
        yield from _imports(os.environ | {"PYTHONPYCACHEPREFIX": compiled, "PYTHONDONTWRITEBYTECODE": ""})


def _imports(environment: dict[str, str]) -> Iterator[Line]:
    nothing = min(_seconds("pass", environment) for _ in range(REPEATS))
    for code, goal in (
        ("import analysis", 0.5),
        ("from analysis import cronbach_alpha", math.inf),
        ("from analysis import *", math.inf),
    ):
        spent = min(_seconds(code, environment) for _ in range(REPEATS)) - nothing
        show = f"import sys; {code}; print(*sorted({{*{HEAVY}}} & set(sys.modules)))"
        loaded = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True).stdout.split()
        reached = f"{max(spent, 0):.2f} s" + (f", loads {', '.join(loaded)}" if loaded else "")
        wanted = "nothing heavy" if math.isinf(goal) else f"{goal:g} s, nothing heavy"
        yield Line(f"`{code}`", "a Python that starts", wanted, reached, spent < goal and not loaded, "")


def _seconds(code: str, environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
