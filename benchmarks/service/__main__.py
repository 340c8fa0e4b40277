"""Measure the gates and write what was found into docs/service-gates.md: ``python -m benchmarks.service [speed|kills|power]``.

All of it takes about eight minutes on a machine with nothing else to do, writes to temporary folders and stays on loopback.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.service import killing, power_loss, speed
from benchmarks.service.gate import Gate, table

PAGE: Final = Path(__file__).parents[2] / "docs" / "service-gates.md"
PARTS: Final[dict[str, Callable[[], Iterator[Gate]]]] = {
    "speed": speed.run,
    "kills": killing.run,
    "power": power_loss.run,
}


def main(names: list[str]) -> None:
    """Run the parts and put their tables into the page, each as soon as it is there."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise SystemExit(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for name in names or PARTS:
        before = os.getloadavg()[0]
        gates = []
        for gate in PARTS[name]():
            gates.append(gate)
            print(gate.what, gate.found, "met" if gate.is_met else "NOT MET", sep=" | ", flush=True)
        load = f"load of the machine {before:.0f} before and {os.getloadavg()[0]:.0f} after, on {os.cpu_count()} cores"
        page = PAGE.read_text("utf-8")
        PAGE.write_text(written(page, name, [f"Measured on {date.today()}; {load}.", *table(gates)]), "utf-8")


def written(page: str, name: str, lines: list[str]) -> str:
    """The page with these lines in the place of a part's old ones."""
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    between = re.compile(f"{start}.*{end}", re.DOTALL)
    return between.sub(lambda _: "\n".join([start, *lines, end]), page)


if __name__ == "__main__":
    main(sys.argv[1:])
