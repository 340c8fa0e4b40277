"""Measure the gates and write what was found into docs/service-gates.md: ``python -m benchmarks.service [speed|kills|power]``.

Each part takes two or three minutes on a machine with nothing else to do, writes to temporary folders and stays on loopback.
"""

import os
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.service import killing, power_loss, speed

PAGE: Final = Path(__file__).parents[2] / "docs" / "service-gates.md"
PARTS: Final[dict[str, Callable[[], list[tuple[str, str, str]]]]] = {
    "speed": speed.run,
    "kills": killing.run,
    "power": power_loss.run,
}


def main(names: list[str]) -> None:
    """Run the parts and put their tables into the page."""
    for name in names or PARTS:
        before = os.getloadavg()[0]
        rows = PARTS[name]()
        load = f"load of the machine {before:.0f} before and {os.getloadavg()[0]:.0f} after, on {os.cpu_count()} cores"
        table = ["| what | gate | found |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
        written = "\n".join(
            [f"<!-- {name} -->", f"Measured on {date.today()}; {load}.", "", *table, f"<!-- end of {name} -->"]
        )
        page = PAGE.read_text("utf-8")
        between = re.compile(rf"<!-- {name} -->.*<!-- end of {name} -->", re.DOTALL)
        PAGE.write_text(between.sub(lambda _: written, page), "utf-8")  # noqa: B023 - called at once


if __name__ == "__main__":
    main(sys.argv[1:])
