"""Answers to 31 five-point items of six themes, nested in placements, such as the survey brings."""

import numpy as np
from numpy.typing import NDArray

N_ITEMS = 31
N_THEMES = 6


def simulated(n: int, *, n_units: int = 1, missing: float = 0.0, seed: int = 1) -> NDArray[np.float32]:
    """Draw answers of n learners, NaN where missing; the unit of learner i is i modulo `n_units`."""
    rng = np.random.default_rng(seed)
    of_unit = 0.4 * rng.standard_normal(n_units, np.float32)[np.arange(n) % n_units]
    general = of_unit + rng.standard_normal(n, np.float32)
    themes = [0.5 * general + 0.6 * rng.standard_normal(n, np.float32) for _ in range(N_THEMES)]
    answers = np.empty((n, N_ITEMS), dtype=np.float32)
    for item in range(N_ITEMS):
        latent = themes[item % N_THEMES] + 0.7 * rng.standard_normal(n, np.float32)
        answers[:, item] = np.clip(np.rint(3.5 + latent), 1, 5)
        if missing:
            answers[rng.random(n, np.float32) < missing, item] = np.nan
    return answers
