"""How often the validation report accuses a clean instrument, and how often it finds what was planted.

    python -m benchmarks.report_alarms --seeds 40

Answers of 800 learners in units of twenty to twelve items of three scales are drawn from a stated truth: clean, with a factor that
the model does not know, with an item that is harder for one group, with straight-liners, with units that do not differ. Each
line says of how many seeds the report raised the alarm.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis import ItemShift, ResponseModel, ValidationReport, simulate_responses, validation_report

N = 800
SCALES = {
    name: [f"item_{4 * place + item}" for item in range(1, 5)]
    for place, name in enumerate(("Induction", "Teamwork", "Facilities"))
}
GROUP = ["Nursing", "Medicine"] * (N // 2)
WORDING = dict.fromkeys(("item_1", "item_5", "item_9", "item_10"), 0.5)
FAULTS = {"not met", "partly met"}


def truth(icc: float, **extra: dict[str, float]) -> ResponseModel:
    """Three scales that correlate 0.5, and whatever else the items share."""
    loadings = {scale: dict.fromkeys(items, 0.75) for scale, items in SCALES.items()} | extra
    within = np.full((len(loadings), len(loadings)), 0.5)
    within[3:, :] = within[:, 3:] = 0.0
    np.fill_diagonal(within, 1.0)
    return ResponseModel.of(loadings, within=within, between=0.8, latent_icc=icc)


PLANTED: dict[str, Callable[[], tuple[ResponseModel, dict[str, Any]]]] = {
    "clean": lambda: (truth(0.2), {}),
    "a missing factor": lambda: (truth(0.2, Wording=WORDING), {}),
    "an item harder for a group": lambda: (truth(0.2), {"dif": [ItemShift("item_3", "Medicine", harder=0.7)]}),
    "15 % straight-liners": lambda: (truth(0.2), {"straight_lining": 0.15}),
    "units that do not differ": lambda: (truth(0.0), {}),
}


def report(kind: str, seed: int) -> ValidationReport:
    """Draw answers with one thing planted, and report on them."""
    model, planted = PLANTED[kind]()
    units = [f"P{person // 20}" for person in range(N)]
    drawn = simulate_responses(model, N, seed=seed, unit=units, group=GROUP, missing=0.03, **planted)
    return validation_report(
        drawn.responses, SCALES, unit=units, groups={"Learner group": GROUP}, n_draws=40, n_resamples=100, seed=seed
    )


def main() -> None:
    """Count the alarms of every kind."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--seeds", type=int, default=40)
    seeds = arguments.parse_args().seeds
    for kind in PLANTED:
        alarms: Counter[str] = Counter()
        for seed in range(1, seeds + 1):
            alarms.update(
                verdict.what
                for section in report(kind, seed).sections
                for verdict in section.verdicts
                if verdict.outcome in FAULTS
            )
        print(f"{kind}, {seeds} seeds")
        for what, count in sorted(alarms.items(), key=lambda pair: (-pair[1], pair[0])):
            print(f"  {what:<48} {count:>4}")


if __name__ == "__main__":
    main()
