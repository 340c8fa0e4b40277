"""Run the scripts that computed the expected figures once more, and say where what they give now differs from what is kept.

    make reference DATA="../shared/reference/data ../shared/data"

Each script runs in a temporary folder with the data that it names; nothing of the checkout is written. Scripts whose data
are in none of the folders are said to be left out. Exit code 1: something differs, is missing or is new.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
ROOMS = ("expected", "moments", "data")

SETS = (
    "bfi.csv",
    "bhr2000.csv",
    "hs1939.csv",
    "lq2002.csv",
    "nets_synth.csv",
    "nets_synth_complete.csv",
    "nets_synth_retest.csv",
)


def _data_of(script: Path) -> tuple[str, ...]:
    """Find the data sets that an R script reads: those of sets.R, or what it names."""
    text = script.read_text("utf-8")
    return SETS if 'source("sets.R")' in text else tuple(dict.fromkeys(re.findall(r'(\w+\.csv)"', text)))


DATA: dict[str, tuple[str, ...]] = {
    path.name: _data_of(path) for path in sorted(SCRIPTS.glob("*.R")) if path.name not in {"common.R", "sets.R"}
} | {
    "classical.R": (*SETS, "shrout_fleiss.csv"),
    "mixed.R": ("nets_synth.csv",),  # and writes another
    "nested_units.R": (),  # writes its own
    "graded_response.py": ("nets_synth_complete.csv",),
    "pairwise_tables.py": ("bfi.csv", "bhr2000.csv", "lq2002.csv"),
    "unit_moments.py": (*SETS, "thurstone_cor.csv"),
    "bivariate_normal.py": (),
}
"""Scripts, in the order in which they are told of, and the data that each reads."""

PARTS_THAT_TAKE_MINUTES = {"factor_count.R": ["long"]}

FEWEST_DIGITS, MOST_DIGITS = 8, 10
"""A figure is held to the digits that are kept of it, of which there are eight or more; but not to more than ten, since
another processor adds up in another order."""

NEAR_ZERO = 1e-6
"""Figures below this count as that large: what is nought but for rounding differs by any factor."""

SEARCHES = {"gtheory__missing": 1e-5, "nets__gtheory": 1e-5}
"""lmer's search, with a variance at nought, ends some 1e-6 from the maximum: where, depends on the last digits of a processor."""

NOT_THE_SAME_TWICE = {
    # psych looks at 10,000 random splits of 31 items
    "classical__reliability_all": r"nets_total\.(splitHalf_complete\.|guttman_complete\.(beta|lambda\.4))",
}


@dataclass
class Difference:
    """What sets figures of one file apart."""

    numbers: int = 0
    greatest: float = 0.0
    place: str = ""
    apart: list[str] = field(default_factory=list)


def compare(found: Any, kept: Any, skip: str = "$^", search: float = 0.0) -> Difference:
    """Hold figures to those kept, number by number, each to the digits that are kept of it, or to what a search leaves."""
    told = Difference()
    for place, ours, theirs in _leaves(found, kept, ""):
        if re.match(skip, place):
            continue
        if not _is_number(ours) or not _is_number(theirs):
            if ours != theirs:
                told.apart.append(f"{place}: {_shown(ours)}, kept is {_shown(theirs)}")
            continue
        told.numbers += 1
        apart = abs(float(ours) - float(theirs)) / max(abs(float(theirs)), NEAR_ZERO)
        if apart > told.greatest:
            told.greatest, told.place = apart, place
        if apart > max(_allowed(theirs), search):
            told.apart.append(f"{place}: {float(ours):.15g}, kept is {theirs}")
    return told


class Nothing:
    """Stands for what one side does not have."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


def _leaves(found: Any, kept: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Give the place of every single value with both sides' values."""
    if isinstance(found, dict) and isinstance(kept, dict):
        for key in [*kept, *(key for key in found if key not in kept)]:
            inner = f"{place}.{key}" if place else key
            yield from _leaves(found.get(key, NOTHING), kept.get(key, NOTHING), inner)
    elif isinstance(found, list) and isinstance(kept, list) and len(found) == len(kept):
        for number, (ours, theirs) in enumerate(zip(found, kept, strict=True)):
            yield from _leaves(ours, theirs, f"{place}[{number}]")
    else:
        yield place, found, kept


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _allowed(kept: int | float | Decimal) -> float:
    digits = len(Decimal(kept).normalize().as_tuple().digits)
    return 10.0 ** (1 - min(max(digits, FEWEST_DIGITS), MOST_DIGITS))


def _shown(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."


def run(script: str, folder: Path, data: Iterable[Path]) -> str:
    """Run one script in a folder of its own; give the end of what it says where it fails, or nothing."""
    (folder / "data").mkdir(parents=True)
    for path in [*SCRIPTS.glob("*.*"), *data]:
        shutil.copy(path, folder / "data" if path in data else folder)
    if script == "rotation.R":  # reads the loadings that are kept
        shutil.copytree(HERE / "expected", folder / "expected")
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(HERE.parents[1])}
    command = ["Rscript", script] if script.endswith(".R") else [sys.executable, script, "data", "."]
    command += PARTS_THAT_TAKE_MINUTES.get(script, [])
    done = subprocess.run(command, cwd=folder, env=os.environ | one, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()[-500:]


def run_all(scripts: list[str], folders: list[Path], into: Path) -> bool:
    """Run what can be run, two at a time, and collect the figures; say whether all that ran came to its end."""
    chosen: dict[str, list[Path]] = {}
    for script in scripts:
        places = {name: [folder / name for folder in folders if (folder / name).is_file()] for name in DATA[script]}
        if absent := [name for name, found in places.items() if not found]:
            print(f"left out: {script}, which reads {', '.join(absent)}: say where they are (--data)")
        elif script.endswith(".R") and not shutil.which("Rscript"):
            print(f"left out: {script}, because there is no Rscript here")
        else:
            chosen[script] = [found[0] for found in places.values()]

    def one(script: str) -> tuple[str, str, float]:
        begun = time.monotonic()
        return script, run(script, into / script, chosen[script]), time.monotonic() - begun

    whole = True
    (into / "figures").mkdir(parents=True)
    with ThreadPoolExecutor(2) as pool:
        for script, said, seconds in pool.map(one, chosen):
            print(f"{script}: {f'FAILED: {said}' if said else f'ran for {seconds:.0f} s'}", flush=True)
            whole = whole and not said
            collect(script, into / script, into / "figures")
    return whole


def collect(script: str, folder: Path, into: Path) -> None:
    """Copy what is kept of what a script wrote: parts of figures, whole moments and simulated data."""
    subprocess.run([sys.executable, SCRIPTS / "copy_expected.py", folder, into], check=True)
    for path in (*folder.glob("*"), *folder.glob("data/*")):
        kept = any((HERE / room / path.name).exists() for room in ("moments", "data"))
        if kept and path.name not in DATA[script]:
            shutil.copy(path, into)


def tell(folder: Path) -> bool:
    """Print one line a file, and what is off; give whether something is."""
    files, numbers, greatest, off, other = 0, 0, 0.0, 0, set()
    for path in sorted(folder.iterdir()):
        kept = next((HERE / room / path.name for room in ROOMS if (HERE / room / path.name).exists()), None)
        if kept is None:
            print(f"{path.name}: new, nothing of this name is kept")
            off += 1
            continue
        found, there = _figures(path), _figures(kept)
        if isinstance(there, dict) and isinstance(found, dict):
            other |= _versions(found.get("versions", {}), there.get("versions", {}))
            found, there = found.get("result", found), there.get("result", there)
        told = compare(found, there, NOT_THE_SAME_TWICE.get(path.stem, "$^"), SEARCHES.get(path.stem, 0.0))
        files, numbers, greatest = files + 1, numbers + told.numbers, max(greatest, told.greatest)
        at = f", at {told.place}" if told.place else ""
        print(f"{path.name}: {told.numbers} numbers, at most {told.greatest:.1g} apart{at}")
        for line in told.apart[:5]:
            print(f"    {line}")
        if len(told.apart) > 5:
            print(f"    and {len(told.apart) - 5} more")
        off += bool(told.apart)
    for line in sorted(other):
        print(line)
    print(f"{files} files, {numbers} numbers, at most {greatest:.1g} apart (relative); {off or 'no'} files differ")
    return off > 0


def _versions(found: dict[str, Any], kept: dict[str, Any]) -> set[str]:
    """Say which packages are of another version here than those that gave the kept figures."""
    both = [(name, found[name], kept[name]) for name in kept if found.get(name) and kept[name]]
    other = [each for each in both if re.sub(r"\D", ".", each[1]) != re.sub(r"\D", ".", each[2])]
    return {f"{name} is {here} here, {there} gave the figures that are kept" for name, here, there in other}


def _figures(path: Path) -> Any:
    """Read figures with all their digits: of a table as rows of text, of arrays as lists."""
    if path.suffix == ".csv":
        return path.read_text("utf-8").splitlines()
    if path.suffix == ".npz":
        import numpy as np

        return {name: values.tolist() for name, values in np.load(path).items()}
    return json.loads(path.read_text("utf-8"), parse_float=Decimal)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", nargs="*", type=Path, default=[], help="folders that hold data sets not in data/")
    parser.add_argument("--only", nargs="*", default=list(DATA), metavar="SCRIPT", help="run these scripts alone")
    parser.add_argument("--keep", type=Path, help="leave the new figures in this folder")
    parser.add_argument("--figures", type=Path, help="run nothing: compare the figures in this folder")
    given = parser.parse_args(arguments)
    if unknown := sorted({*given.only} - {*DATA}):
        parser.error(f"no such script: {', '.join(unknown)}; there are {', '.join(DATA)}")
    with tempfile.TemporaryDirectory(prefix="reference-") as made:
        folder = given.keep or Path(made)
        whole = given.figures is not None or run_all(given.only, [HERE / "data", *given.data], folder)
        return 1 if tell(given.figures or folder / "figures") or not whole else 0


if __name__ == "__main__":
    sys.exit(main())
