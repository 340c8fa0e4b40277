"""Scores with a stated mean, spread and likeness within places, on a scale with steps and two ends.

A scale score is no normal number: five items of five options move in steps of 5 and stop at 0 and 100, and where the mean is 78
many learners stand at the end. Truth is normal here, and what is seen of it is rounded to the steps and cut at the ends,

    s = f(m + t a_j + w e_ij),     f(x) = x to the nearest step, within 0 and 100

with m, t and w chosen so that the scores *as they are seen* have the mean, the standard deviation and the ICC(1) that a
campaign has. With z standard normal and c_i the cuts between the steps in units of z, f(z) has the Hermite coefficients
b_k = step sum_i h_(k-1)(c_i) phi(c_i) / sqrt k, where h_k are the normalised Hermite polynomials, and two learners of one place,
whose z correlate by r, have the covariance sum_k b_k^2 r^k (Lancaster 1957, Biometrika 44, 289-292), which is solved for r.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, root
from scipy.special import ndtr

from nets.errors import InvalidSetting
from nets.scoring import BEST

Floats: TypeAlias = NDArray[np.float64]

_TERMS: Final = 40
_TOLERANCE: Final = 1e-6
_MOST_ALIKE: Final = 0.99


@dataclass(frozen=True, slots=True)
class SeenScores:
    """What scores look like on the scale: mean, total standard deviation, and the share of the variance between places."""

    mean: float
    sd: float
    icc: float


@dataclass(frozen=True, slots=True)
class CoarseScores:
    """Normal truth seen through a scale with steps.

    Attributes
    ----------
    mean, between, within
        Of the normal truth: mean, and standard deviations between places and within them.
    n_steps
        From 0 to 100: 20 for steps of 5.
    """

    mean: float
    between: float
    within: float
    n_steps: int

    @classmethod
    def matching(cls, mean: float, sd: float, icc: float, n_steps: int) -> "CoarseScores":
        """Scores that have this mean, standard deviation and ICC(1) as they are seen.

        Raises
        ------
        InvalidSetting
            If no normal truth looks like this on the scale.
        """
        if not (0 < mean < BEST and sd > 0 and 0 < icc < 1):
            raise InvalidSetting(
                f"no scores have a mean of {mean:g}, a standard deviation of {sd:g} and an ICC of {icc:g}"
            )

        def miss(at: Floats) -> Floats:
            seen = cls._with(float(at[0]), float(np.exp(at[1])), 0.0, n_steps).seen
            return np.array([seen.mean - mean, seen.sd - sd])

        found = root(miss, np.array([mean, np.log(sd)]))
        if np.abs(miss(found.x)).max() > _TOLERANCE:
            raise InvalidSetting(f"no normal truth looks like a mean of {mean:g} and a standard deviation of {sd:g}")
        centre, spread = float(found.x[0]), float(np.exp(found.x[1]))

        def excess(likeness: float) -> float:
            return cls._with(centre, spread, likeness, n_steps).seen.icc - icc

        if excess(_MOST_ALIKE) < 0:
            raise InvalidSetting(f"no normal truth has an ICC of {icc:g} on this scale")
        return cls._with(centre, spread, brentq(excess, 0.0, _MOST_ALIKE), n_steps)

    @classmethod
    def _with(cls, mean: float, sd: float, likeness: float, n_steps: int) -> "CoarseScores":
        return cls(mean, sd * likeness**0.5, sd * (1 - likeness) ** 0.5, n_steps)

    @property
    def seen(self) -> SeenScores:
        """Mean, standard deviation and ICC(1) of the scores as they are seen."""
        values = np.linspace(0.0, BEST, self.n_steps + 1)
        sd = np.hypot(self.between, self.within)
        cuts = (self._cuts - self.mean) / sd
        share = np.diff(ndtr(cuts), prepend=0.0, append=1.0)
        mean = float(share @ values)
        variance = max(float(share @ (values - mean) ** 2), 0.0)
        if variance == 0:
            return SeenScores(mean, 0.0, 0.0)
        powers = (self.between**2 / sd**2) ** np.arange(1, _TERMS + 1)
        alike = float(_squared_coefficients(cuts, BEST / self.n_steps) @ powers)
        return SeenScores(mean, variance**0.5, alike / variance)

    @property
    def _cuts(self) -> Floats:
        """Where one step gives way to the next."""
        return np.asarray((np.arange(self.n_steps) + 0.5) * BEST / self.n_steps)

    def true_scores(self, positions: Floats) -> Floats:
        """What learners of places at these positions (normal, between them) score on average, on the scale as it is seen."""
        at = self.mean + self.between * positions
        return np.asarray(BEST / self.n_steps * ndtr((at[:, None] - self._cuts) / self.within).sum(axis=1))

    def learners(self, positions: Floats, sizes: NDArray[np.int64], random: np.random.Generator) -> Floats:
        """Scores of this many learners at each place, one place after the other."""
        step = BEST / self.n_steps
        truth = np.repeat(self.mean + self.between * positions, sizes)
        truth += self.within * random.standard_normal(truth.size)
        return np.clip(np.rint(truth / step), 0, self.n_steps) * step


def _squared_coefficients(cuts: Floats, step: float) -> Floats:
    """Squares of the Hermite coefficients 1 to _TERMS of a function that rises by a step at each cut."""
    density = np.exp(-0.5 * cuts**2) / np.sqrt(2 * np.pi)
    before, now = np.zeros_like(cuts), np.ones_like(cuts)
    squares = np.empty(_TERMS)
    for k in range(1, _TERMS + 1):
        squares[k - 1] = (step * (now @ density)) ** 2 / k
        before, now = now, (cuts * now - np.sqrt(k - 1) * before) / np.sqrt(k)
    return squares
