"""How often what is meant to stay coarse gives the exact number of learners away, or the mean of a hidden ward.

    python -m benchmarks.disclosure_bands

Three attacks, each with several roundings. What the numbers are for is said in docs/disclosure.md; bounded to about a minute.

1. One cell of a single item, its number of learners known to lie in a band. Every set of answers of every number in the band is
   tried; told is how often the mean, standard deviation and shares that are shown fit one number only.
2. The same by the mean alone for a scale of several items, whose learners' scores have steps of 100 / 4 / items.
3. A site of two to four wards, one of them hidden and nothing hidden with it. Told is how often the mean of the hidden ward
   comes out within 10 points, from the site's mean and number and those of the other wards.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

STEP = 25.0
POPULATION = np.array([0.04, 0.08, 0.15, 0.43, 0.30])
"""Shares of the five answers over all learners; those of a ward scatter about them."""
CELLS = 2_000
SITES = 300

Numbers = NDArray[np.float64]


def rounded(values: Numbers, unit: float) -> Numbers:
    """To the next multiple of a unit."""
    return np.asarray(np.round(values / unit) * unit)


def answer_sets(n: int) -> Numbers:
    """Every way in which n learners can spread over five answers, one a row."""
    cuts = np.array(list(itertools.combinations(range(n + 4), 4)))
    edges = np.column_stack([np.full(len(cuts), -1), cuts, np.full(len(cuts), n + 4)])
    return np.asarray(np.diff(edges, axis=1) - 1, dtype=np.float64)


def seen(sets: Numbers, unit: float, share_unit: float | None) -> list[tuple[float, ...]]:
    """What is shown of each set: mean and standard deviation, and the shares of the five answers if they are."""
    value = np.arange(5.0)
    n = sets.sum(axis=1)
    total, squares = sets @ value, sets @ value**2
    sd = np.sqrt(np.maximum(squares - total**2 / n, 0.0) / (n - 1))
    columns = [rounded(STEP * total / n, unit), rounded(STEP * sd, unit)]
    if share_unit is not None:
        columns += [rounded(100.0 * sets[:, answer] / n, share_unit) for answer in range(5)]
        columns.append(rounded(100.0 * sets[:, 3:].sum(axis=1) / n, share_unit))
    return list(map(tuple, np.column_stack(columns).tolist()))


def one_number_fits(band: tuple[int, int], unit: float, share_unit: float | None, rng: np.random.Generator) -> float:
    """Attack 1: the share of cells of which exactly one number of the band fits, in per cent."""
    numbers: dict[tuple[float, ...], set[int]] = defaultdict(set)
    for n in range(band[0], band[1] + 1):
        for shown in set(seen(answer_sets(n), unit, share_unit)):
            numbers[shown].add(n)
    cells = np.array(
        [
            rng.multinomial(rng.integers(band[0], band[1] + 1), rng.dirichlet(POPULATION * 12)).astype(float)
            for _ in range(CELLS)
        ]
    )
    return 100.0 * sum(len(numbers[shown]) == 1 for shown in seen(cells, unit, share_unit)) / CELLS


def one_number_fits_the_mean(band: tuple[int, int], items: int, unit: float, rng: np.random.Generator) -> float:
    """Attack 2, in per cent."""
    found = 0
    for _ in range(CELLS):
        n = int(rng.integers(band[0], band[1] + 1))
        probability = rng.dirichlet(POPULATION * 12)
        shown = rounded(np.array([STEP / items * rng.choice(5, (n, items), p=probability).sum() / n]), unit)[0]
        step = STEP / items
        fits = [
            other
            for other in range(band[0], band[1] + 1)
            if np.floor((shown + unit / 2) * other / step) >= np.ceil((shown - unit / 2) * other / step)
        ]
        found += len(fits) == 1
    return 100.0 * found / CELLS


def hidden_mean_comes_out(unit: float, bands: Sequence[tuple[int, int]] | None, rng: np.random.Generator) -> float:
    """Attack 3, in per cent; without bands the numbers are exact."""
    found = 0
    for _ in range(SITES):
        sizes = [int(rng.integers(1, 5)), *(int(n) for n in rng.integers(5, 40, rng.integers(1, 4)))]
        totals = [n * rng.normal(74, 6) + rng.normal(0, 18 * np.sqrt(n)) for n in sizes]
        totals = [float(np.clip(t, 0, 100 * n)) for t, n in zip(totals, sizes, strict=True)]
        n_site, mean_site = sum(sizes), rounded(np.array([sum(totals) / sum(sizes)]), unit)[0]
        means = rounded(np.array(totals) / np.array(sizes), unit)[1:]
        choices = [[n] if bands is None else around(n, bands) for n in sizes[1:]]
        site = {n_site} if bands is None else set(around(n_site, bands))
        low, high = 100.0, 0.0
        for others in itertools.product(*choices):
            for hidden in range(1, 5):
                if hidden + sum(others) not in site:
                    continue
                sum_others, slack = float(np.dot(others, means)), unit / 2 * (hidden + 2 * sum(others))
                total = (hidden + sum(others)) * mean_site - sum_others
                if total + slack >= 0 and total - slack <= 100 * hidden:
                    low = min(low, max(total - slack, 0.0) / hidden)
                    high = max(high, min(total + slack, 100.0 * hidden) / hidden)
        found += high - low < 10
    return 100.0 * found / SITES


def around(n: int, bands: Sequence[tuple[int, int]]) -> list[int]:
    """The numbers of the band that one lies in."""
    return next(list(range(low, high + 1)) for low, high in bands if low <= n <= high)


def rows() -> Iterable[str]:
    """The lines of the tables, as they are known."""
    rng = np.random.default_rng(2026)
    yield "| single item, learners | shares | to 0.1 | to 1 | to 2 | to 5 | to 10 |"
    yield "|---|---|---|---|---|---|---|"
    for band in ((5, 9), (10, 19), (20, 29)):
        for share in (None, 5.0, 10.0, 20.0) if band == (10, 19) else (None,):
            hits = [f"{one_number_fits(band, unit, share, rng):.1f}" for unit in (0.1, 1.0, 2.0, 5.0, 10.0)]
            label = "not shown" if share is None else f"to {share:.0f} %"
            yield f"| {band[0]} to {band[1]} | {label} | {' | '.join(hits)} |"
    yield "\n| scale of items, learners | to 0.1 | to 1 | to 2 | to 5 |"
    yield "|---|---|---|---|---|"
    for items, band in itertools.product((1, 2, 4, 6), ((5, 9), (10, 19))):
        hits = [f"{one_number_fits_the_mean(band, items, unit, rng):.1f}" for unit in (0.1, 1.0, 2.0, 5.0)]
        yield f"| {items}, {band[0]} to {band[1]} | {' | '.join(hits)} |"
    yield "\n| hidden ward alone, numbers | to 0.1 | to 1 | to 5 |"
    yield "|---|---|---|---|"
    for label, bands in (("exact", None), ("in bands", [(5, 9), (10, 19), (20, 49), (50, 99), (100, 199)])):
        hits = [f"{hidden_mean_comes_out(unit, bands, rng):.0f}" for unit in (0.1, 1.0, 5.0)]
        yield f"| {label} | {' | '.join(hits)} |"


if __name__ == "__main__":
    for line in rows():
        print(line, flush=True)
