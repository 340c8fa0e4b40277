"""Make expected/bivariate_normal.json: bivariate normal probabilities to thirty digits by mpmath.

Run with a folder that is not read, as the other scripts read one, and the folder to write to.
"""

import itertools
import json
import random
import sys
from pathlib import Path
from typing import Any

import mpmath

LIMITS = (-8.0, -5.0, -2.5, -1.0, -0.3, 0.0, 0.1, 0.7, 1.6, 3.0, 6.0)
SIZES = (0.0, 1e-9, 0.1, 0.29, 0.31, 0.6, 0.74, 0.76, 0.9, 0.924, 0.926, 0.95, 0.99, 0.999, 0.99999, 0.9999999)


def cdf(h: float, k: float, r: float) -> Any:
    """Integrate the normal density times the conditional probability of the other variable."""
    h, k, r = mpmath.mpf(h), mpmath.mpf(k), mpmath.mpf(r)
    root = mpmath.sqrt(1 - r * r)
    ends = [-mpmath.inf, h]
    if r:  # the conditional probability turns from nought to one around k / r, within some widths of root / r
        steps = [k / r + width * root / abs(r) for width in (-40, -8, -3, 0, 3, 8, 40)]
        ends = [-mpmath.inf, *(step for step in sorted({*steps, mpmath.mpf(-3), mpmath.mpf(0)}) if step < h), h]
    return mpmath.quad(lambda x: mpmath.npdf(x) * mpmath.ncdf((k - r * x) / root), ends)


if __name__ == "__main__":
    mpmath.mp.dps = 30
    draw = random.Random(1)
    cases = [
        (h, k, sign * size)
        for (h, k), size in itertools.product(itertools.combinations_with_replacement(LIMITS, 2), SIZES)
        for sign in (1, -1)
    ]
    cases = draw.sample(cases, 500)
    cases += [(draw.gauss(0, 1.5), draw.gauss(0, 1.5), draw.uniform(-1, 1)) for _ in range(200)]
    near = [1 - 10 ** draw.uniform(-6, -1.2) for _ in range(100)]  # and limits that all but meet
    cases += [(h := draw.gauss(0, 1), draw.choice((1, -1)) * h + draw.gauss(0, 0.05), r) for r in near]
    values = [mpmath.nstr(cdf(*case), 20) for case in cases]
    written = {"versions": {"mpmath": mpmath.__version__}, "result": {"h_k_r": cases, "probability": values}}
    (Path(sys.argv[2]) / "bivariate_normal.json").write_text(json.dumps(written) + "\n")
