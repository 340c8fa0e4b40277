"""One gate, what was found, and whether it was kept: the rows of the page."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """A row of a table; of a control ``is_met`` says whether it failed as it must."""

    what: str
    bar: str
    found: str
    is_met: bool


def table(gates: Sequence[Gate]) -> list[str]:
    """The lines of a table, and before it in words what was not met."""
    missed = [gate.what for gate in gates if not gate.is_met]
    summary = f"{len(gates) - len(missed)} of {len(gates)} gates were met in this run."
    return [
        f"{summary} **Not met:** {'; '.join(missed)}." if missed else summary,
        "",
        "| what | gate | found | met |",
        "|---|---|---|---|",
        *(f"| {gate.what} | {gate.bar} | {gate.found} | {'yes' if gate.is_met else '**no**'} |" for gate in gates),
    ]
