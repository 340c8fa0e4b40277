"""The graded response model by brute force: the marginal likelihood of three items by adaptive quadrature, maximised by SciPy.

    python tests/reference/scripts/graded_response.py tests/reference/data tests/reference/expected

Probabilities are plain differences of logistic curves; the integral over the trait is SciPy's adaptive `quad_vec` from -12 to
12; derivatives are complex steps (Squire & Trapp 1998), second ones their differences. Nothing is shared with `analysis`.
"""

import csv
import json
import platform
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.integrate import quad_vec
from scipy.optimize import minimize

Array = NDArray[Any]

ITEMS = ("q22", "q23", "q24")
OPTIONS = 5
STEP = 1e-30


def answers() -> tuple[Array, Array]:
    with (Path(sys.argv[1]) / "nets_synth_complete.csv").open(newline="") as file:
        counted = Counter(tuple(int(float(row[item])) for item in ITEMS) for row in csv.DictReader(file))
    patterns = sorted(counted)
    return np.array(patterns) - 1, np.array([counted[pattern] for pattern in patterns])


PATTERNS, COUNTS = answers()


def minus_log_likelihood(parameters: Any) -> Any:
    """Parameters are, item after item, the discrimination and the thresholds."""
    items = parameters.reshape(len(ITEMS), OPTIONS)

    def integrand(theta: float) -> Array:
        product = np.ones(len(PATTERNS), dtype=complex)
        for item, own in enumerate(items):
            reach = 1.0 / (1.0 + np.exp(-own[0] * (theta - own[1:])))
            ladder = np.concatenate([[1.0], reach, [0.0]])
            product *= (ladder[:-1] - ladder[1:])[PATTERNS[:, item]]
        return np.asarray(product * np.exp(-0.5 * theta**2) / np.sqrt(2 * np.pi))

    probability, _ = quad_vec(integrand, -12.0, 12.0, epsabs=1e-14, epsrel=1e-12, points=(0.0,))
    return -(COUNTS * np.log(probability)).sum()


def gradient(parameters: Any) -> Any:
    moves = 1j * STEP * np.eye(parameters.size)
    return np.array([minus_log_likelihood(parameters + move).imag / STEP for move in moves])


def main() -> None:
    start: Any = np.tile([1.5, -2.5, -1.5, -0.5, 0.8], len(ITEMS))

    def value(parameters: Any) -> Any:
        return minus_log_likelihood(parameters.astype(complex)).real

    search: Any = minimize  # its stubs know nothing of complex numbers on the way
    found = search(value, start, jac=gradient, method="BFGS", options={"gtol": 1e-3})
    parameters, step = found.x, 1e-5

    def hessian() -> Array:
        moves = step * np.eye(parameters.size)
        return np.array([(gradient(parameters + move) - gradient(parameters - move)) / (2 * step) for move in moves])

    for _ in range(3):
        parameters = parameters - np.linalg.solve(curvature := hessian(), gradient(parameters))
    errors = np.sqrt(np.diagonal(np.linalg.inv(curvature)))
    shaped, spread = parameters.reshape(len(ITEMS), OPTIONS), errors.reshape(len(ITEMS), OPTIONS)
    result = {
        "discrimination": shaped[:, 0].tolist(),
        "discrimination_errors": spread[:, 0].tolist(),
        "thresholds": shaped[:, 1:].tolist(),
        "threshold_errors": spread[:, 1:].tolist(),
        "log_likelihood": -minus_log_likelihood(parameters.astype(complex)).real,
        "largest_gradient": float(np.abs(gradient(parameters)).max()),
    }
    written = {
        "script": "graded_response.py",
        "dataset": "nets_synth_complete.csv, q22-q24",
        "call": "scipy.optimize.minimize of scipy.integrate.quad_vec",
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
        "notes": "observed information from complex steps",
        "result": result,
    }
    path = Path(sys.argv[2]) / "graded_response__brute_force.json"
    path.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    print(result)


if __name__ == "__main__":
    main()
