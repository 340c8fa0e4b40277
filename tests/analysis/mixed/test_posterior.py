"""Scores integrated over the variances, against brute force and over repeated samples."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import MixedScores, mixed_scores, unit_scores

Array = NDArray[np.float64]
N_UNITS, N_PROVIDERS, N_YEARS = 10, 5, 4


def _data(seed: int, n: int = 70, sds: tuple[float, float, float] = (3.0, 2.0, 2.0)) -> dict[str, Array]:
    """Simulate placements of providers over years; `truth` is what all would be expected to score in each placement."""
    rng = np.random.default_rng(seed)
    unit = np.concatenate([np.arange(N_UNITS), rng.integers(0, N_UNITS, n - N_UNITS)])
    provider, year = unit % N_PROVIDERS, rng.integers(0, N_YEARS, n)
    x = rng.normal(size=n)
    effects = [sd * rng.normal(size=size) for sd, size in zip(sds, (N_UNITS, N_PROVIDERS, N_YEARS), strict=True)]
    y = 60 + 2 * x + effects[0][unit] + effects[1][provider] + effects[2][year] + 8 * rng.normal(size=n)
    share = np.bincount(year, minlength=N_YEARS) / n
    truth = 60 + 2 * x.mean() + effects[0] + effects[1][np.arange(N_UNITS) % N_PROVIDERS] + share @ effects[2]
    return {"y": y, "unit": unit, "provider": provider, "year": year, "x": x, "truth": truth}


def _fit(data: dict[str, Array]) -> MixedScores:
    return mixed_scores(data["y"], data["unit"], {"x": data["x"]}, {"provider": data["provider"], "year": data["year"]})


def _brute_force(data: dict[str, Array]) -> tuple[Array, Array]:
    """Integrate mean and variance of u + v + f'b over both ratios on a grid, with whole matrices."""
    y, unit, year = data["y"], data["unit"], data["year"]
    n, df = y.size, y.size - 2 - 4
    blocks = [(code[:, None] == np.arange(size)).astype(float) for code, size in ((unit, N_UNITS), (year, N_YEARS))]
    x = np.column_stack([np.ones(n), data["x"] - data["x"].mean()])
    share = np.tile(blocks[1].mean(axis=0), (N_UNITS, 1))
    grid = np.geomspace(1e-4, 60, 36)  # 70 points move no mean and no spread by a thousandth of the spread
    densities, means, variances = [], [], []
    for first in grid:
        for second in grid:
            v = np.eye(n) + first * blocks[0] @ blocks[0].T + second * blocks[1] @ blocks[1].T
            inverse = np.linalg.inv(v)
            information = x.T @ inverse @ x
            beta = np.linalg.solve(information, x.T @ inverse @ y)
            residual = y - x @ beta
            q = residual @ inverse @ residual
            log = -0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]) - 0.5 * df * math.log(q)
            # Flat on both variances; the grid is even in the logarithms.
            densities.append(log + math.log(first) + math.log(second))
            gain = np.hstack([first * np.eye(N_UNITS), second * share]) @ np.hstack(blocks).T @ inverse
            means.append(beta[0] + gain @ residual)
            own = first + second * (share[0] ** 2).sum()
            own -= np.einsum(
                "un,nu->u", gain, np.hstack(blocks) @ np.vstack([first * np.eye(N_UNITS), second * share.T])
            )
            rest = np.array([1.0, 0.0]) - gain @ x
            variances.append((own + np.einsum("up,pr,ur->u", rest, np.linalg.inv(information), rest)) * q / (df - 2))
    weight = np.exp(np.array(densities) - max(densities))
    weight /= weight.sum()
    mean = weight @ np.array(means)
    return mean, np.sqrt(weight @ np.array(variances) + weight @ (np.array(means) - mean) ** 2)


@pytest.mark.parametrize("sds", [(3.0, 0.0, 2.0), (0.5, 0.0, 0.0), (8.0, 0.0, 5.0)])
def test_mean_and_spread_are_those_of_a_brute_force_integral(sds: tuple[float, float, float]) -> None:
    data = _data(5, sds=sds)
    found = mixed_scores(data["y"], data["unit"], {"x": data["x"]}, {"year": data["year"]})
    mean, sd = _brute_force(data)
    order = [found.unit.index(unit) for unit in range(N_UNITS)]
    np.testing.assert_allclose(found.posterior.mean[order], mean, atol=0.03 * sd.mean())
    # Two axes for a plane: what the corners would add is left out.
    np.testing.assert_allclose(found.posterior.sd[order], sd, rtol=0.04)


@pytest.mark.parametrize(("tau", "n_units"), [(0.3, 8), (1.5, 8), (1.0, 40)])
def test_with_one_level_the_intervals_are_those_of_unit_scores(tau: float, n_units: int) -> None:
    rng = np.random.default_rng(2)
    unit = np.repeat(np.arange(n_units), rng.integers(2, 12, n_units))
    y = 50 + tau * rng.normal(size=n_units)[unit] + 3 * rng.normal(size=unit.size)
    found, alone = mixed_scores(y, unit), unit_scores(y, unit)
    np.testing.assert_allclose(found.posterior.mean, alone.posterior.mean, atol=1e-3)
    np.testing.assert_allclose(found.posterior.sd, alone.posterior.sd, rtol=1e-3)
    width = float(np.diff(alone.shrunken_interval).mean())
    # Eleven nodes here, two dozen there.
    np.testing.assert_allclose(found.interval, alone.shrunken_interval, atol=0.005 * width)
    np.testing.assert_allclose(found.probability_in_lowest(0.2), alone.probability_in_lowest(0.2), atol=0.005)


def test_the_interval_covers_the_true_score_where_the_plug_in_interval_does_not() -> None:
    covered, plug_in = [], []
    # A few data sets, with and without differences of placements, show that it does not fall short with three levels;
    # its width is held to a brute-force integral above.
    for seed in range(12):
        data = _data(seed, sds=(3.0, 2.0, 2.0) if seed % 2 else (0.0, 0.0, 2.0))
        found = _fit(data)
        truth = data["truth"][np.array(found.unit)]
        covered.append(np.mean((found.interval[:, 0] <= truth) & (truth <= found.interval[:, 1])))
        tau2 = found.variances.variance[:2].sum()
        half = 1.96 * np.sqrt(tau2 * (1 - found.reliability) + found.grand_mean_se**2)
        plug_in.append(np.mean(np.abs(found.adjusted - truth) <= half))
    error = np.std(covered) / math.sqrt(len(covered))
    assert np.mean(covered) > 0.95 - 3 * error
    assert np.mean(plug_in) < np.mean(covered) - 0.02


def test_the_probabilities_are_consistent_with_the_interval() -> None:
    found = _fit(_data(4))
    for end, expected in ((0, 0.025), (1, 0.975)):
        probabilities = [found.probability_below(float(limit))[i] for i, limit in enumerate(found.interval[:, end])]
        np.testing.assert_allclose(probabilities, expected, atol=1e-10)
    np.testing.assert_allclose(found.probability_above(60.0), 1 - found.probability_below(60.0))
