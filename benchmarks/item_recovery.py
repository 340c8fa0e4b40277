"""Do the graded response model and differential item functioning find what was put in? A study of many simulated surveys.

Run from the checkout: ``OPENBLAS_NUM_THREADS=1 python -m benchmarks.item_recovery [surveys]``. It measures no speed, and prints

- the mean error of discriminations and thresholds in Monte Carlo standard errors, each over all surveys: below 4 wanted;
- how often 95 % intervals hold the truth, and how often S-X2 rejects an item that fits, at 5 %;
- how often a clean instrument is accused, and how often an item that was planted is found, at the default alpha of 0.01.
"""

import sys

import numpy as np
from numpy.typing import NDArray

from analysis import ItemShift, ResponseModel, differential_item_functioning, graded_response, simulate_responses

SLOPES = np.array([0.8, 1.2, 1.6, 2.0, 2.4, 1.2, 1.6, 2.0])
THRESHOLDS = np.array([-2.2, -1.2, -0.3, 1.0]) + np.linspace(-0.4, 0.4, SLOPES.size)[:, None]
PEOPLE = 1000


def graded_answers(rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw answers that follow the graded response model with a standard normal trait."""
    latent = SLOPES * rng.normal(size=(PEOPLE, 1)) + rng.logistic(size=(PEOPLE, SLOPES.size))
    return np.asarray(1.0 + (latent[:, :, None] > SLOPES[:, None] * THRESHOLDS).sum(axis=2))


def recovery(surveys: int) -> None:
    """Print how far estimates are off, and whether their errors say so."""
    estimates, errors, p = [], [], []
    for survey in range(surveys):
        answers = graded_answers(np.random.default_rng([1, survey]))
        found = graded_response(answers)
        estimates.append(np.column_stack([found.discrimination, np.array(found.thresholds)]))
        errors.append(np.column_stack([found.discrimination_errors, np.array(found.threshold_errors)]))
        p.append(found.item_fit(answers).p)
    off = np.array(estimates) - np.column_stack([SLOPES, THRESHOLDS])
    z = off.mean(axis=0) / (off.std(axis=0, ddof=1) / np.sqrt(surveys))
    held = (np.abs(off) < 1.959964 * np.array(errors)).mean()
    print(f"{surveys} surveys of {PEOPLE}: largest mean error {np.abs(z).max():.1f} Monte Carlo standard errors,")
    print(f"root mean square {np.sqrt((z**2).mean()):.2f}; relative bias of discriminations "
          f"{100 * (off[:, :, 0].mean(axis=0) / SLOPES).mean():+.2f} %")  # fmt: skip
    print(
        f"95 % intervals hold the truth {100 * held:.1f} % of times; S-X2 rejects {100 * (np.array(p) < 0.05).mean():.1f} %"
    )


def functioning(surveys: int) -> None:
    """Print how often items are accused rightly and wrongly."""
    model = ResponseModel.of({"T": {f"q{item}": 0.7 for item in range(1, 11)}})
    group = [("nurse", "midwife", "prefer not to say")[place % 3] for place in range(1200)]
    shift = np.array([[-0.4 * (label == "midwife")] for label in group])
    planted = [ItemShift("q3", "midwife", harder=0.5), ItemShift("q7", "midwife", harder=-0.5)]
    for matching in ("total", "rest", "trait"):
        accused, items, right, wrong = 0, 0, 0, 0
        for survey in range(surveys):
            for dif in ([], planted):
                drawn = simulate_responses(model, 1200, seed=survey, group=group, person_shift=shift, dif=dif)
                flagged = {*differential_item_functioning(drawn.responses, group, matching=matching).flagged}
                if dif:
                    right += len(flagged & {"item_3", "item_7"})
                    wrong += len(flagged - {"item_3", "item_7"})
                else:
                    accused += bool(flagged)
                    items += len(flagged)
        print(
            f"{matching}: clean instruments accused {100 * accused / surveys:.1f} % ({items} of {10 * surveys} items); "
            f"planted items found {100 * right / (2 * surveys):.1f} %, others accused {100 * wrong / (8 * surveys):.2f} %"
        )


def main() -> None:
    """Run both studies."""
    surveys = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    recovery(surveys)
    functioning(surveys)


if __name__ == "__main__":
    main()
