"""How often each flag rule is wrong in campaigns like NETS, by placement size and ICC: the tables of docs/flags.md.

    python -m benchmarks.flag_calibration

First, campaigns of 500 placements of one size with a mean of 76 and a standard deviation of 18 on a scale of six items of five
options, 30 of each kind, in which the truth is normal and known. Then 6,000 placements of up to four learner groups, of which it is
known for whom they are low: how many statements are made, and how many of them are wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis import GroupSpread, unit_group_interaction
from nets.flags.calibrating import calibrate
from nets.flags.calibration import Calibration, GateCalibration, ListCalibration
from nets.flags.rule import flag_questions, read_flag_rule
from nets.risk import read_rule
from nets.simulation.coarse_scores import CoarseScores

N_PLACES, N_CAMPAIGNS = 500, 30
SIZES, ICCS = (3, 5, 10, 20, 30, 50), (0.05, 0.10, 0.20)
LISTS = ("gmc_low", "funnel_low", "below_benchmark", "worst_tenth")


def calibrated(size: int, icc: float) -> Calibration:
    """Simulate the campaigns of one size and ICC."""
    rule = read_flag_rule()
    extent = replace(rule.calibration, places=N_PLACES * N_CAMPAIGNS, learners=10**9)
    found = calibrate(
        np.full(N_PLACES, size),
        CoarseScores.matching(76, 18, icc, 24),
        replace(rule, calibration=extent),
        read_rule(),
        least=min(size, 5),
    )
    if not isinstance(found, Calibration):
        raise SystemExit(found.reason)
    return found


def rows() -> Iterator[str]:
    """Lines of a Markdown table: for each list the places on it, and the shares in the better half and of the worst tenth found."""
    titles = [flag_questions(read_flag_rule())[code].title for code in LISTS]
    yield f"| ICC | n | {' | '.join(titles)} | gate of the risk rule |"
    yield "|--:|--:|" + "---|" * (len(LISTS) + 1)
    for icc in ICCS:
        for size in SIZES:
            found = calibrated(size, icc)
            cells = [_cell(found, code) for code in LISTS]
            yield f"| {icc:.2f} | {size} | {' | '.join(cells)} | {_gate(found)} |"


def _cell(found: Calibration, code: str) -> str:
    one = found.lists[code]
    if not isinstance(one, ListCalibration):
        return "nobody"
    return f"{one.n_listed / N_PLACES:.1%}; {one.false_share.value:.0%}; {1 - one.missed_share.value:.0%}"


def _gate(found: Calibration) -> str:
    gate = found.gate
    if not isinstance(gate, GateCalibration):
        return "shut"
    return f"{gate.n_open / N_PLACES:.1%}; {gate.false_share.value:.0%}; {1 - gate.missed_share.value:.0%}"


TAU, SIGMA, N_UNITS, N_SEEDS = 5.7, 17.0, 400, 15
POPULATIONS: dict[str, Callable[[np.random.Generator], NDArray[np.float64]]] = {
    "alike for all their groups": lambda rng: np.zeros(N_UNITS),
    "half a tau apart": lambda rng: np.full(N_UNITS, 0.5 * TAU),
    "one in ten wholly different": lambda rng: np.where(rng.random(N_UNITS) < 0.1, 2.5 * TAU, 0.0),
}
OUTCOMES = ("no group", "one group", "several groups", "everyone")


def statements(population: str, learners: int) -> Iterator[tuple[str, bool]]:
    """Every statement made in the simulated campaigns, and whether it is right."""
    for seed in range(N_SEEDS):
        rng = np.random.default_rng(seed)
        apart = POPULATIONS[population](rng)[:, None] * rng.normal(size=(N_UNITS, 4))
        theta = TAU * rng.normal(size=(N_UNITS, 1)) + apart
        n = rng.poisson(learners, size=theta.shape) * (rng.random(theta.shape) < 0.6)
        cell = np.repeat(np.arange(n.size), n.ravel())
        scores = 76 + theta.ravel()[cell] + SIGMA * rng.normal(size=cell.size)
        found = unit_group_interaction(scores, cell // 4, cell % 4)
        there = theta[np.ix_(np.array(found.unit), np.array(found.group))]
        yield from _judged(found.spread(), there, found.n >= 10)


def _judged(spread: GroupSpread, theta: NDArray[np.float64], large: NDArray[np.bool_]) -> Iterator[tuple[str, bool]]:
    low = (theta < -spread.low_from) & large
    for outcome, named, is_low, is_large in zip(spread.outcome, spread.named, low, large, strict=True):
        if outcome not in OUTCOMES:
            continue
        if outcome in ("one group", "several groups"):
            yield outcome, bool((named == is_low).all())
        else:
            yield outcome, bool((is_low == (is_large if outcome == "everyone" else False)).all())


def group_rows() -> Iterator[str]:
    """Lines of a Markdown table: how many statements of each kind, and how many of them are wrong."""
    yield f"| placements are | learners a group | {' | '.join(OUTCOMES)} |"
    yield "|---|--:|" + "---|" * len(OUTCOMES)
    for population in POPULATIONS:
        for learners in (12, 40):
            made: Counter[str] = Counter()
            wrong: Counter[str] = Counter()
            for outcome, is_right in statements(population, learners):
                made[outcome] += 1
                wrong[outcome] += not is_right
            cells = [f"{made[one]:,}; {wrong[one] / made[one]:.0%}" if made[one] else "none" for one in OUTCOMES]
            yield f"| {population} | {learners} | {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in (*rows(), "", *group_rows()):
        print(line, flush=True)
