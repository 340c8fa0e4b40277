"""What looks wrong with a fitted model though it has a minimum: Heywood cases, impossible factors, too little data."""

import numpy as np

from .estimation.solution import Solution
from .group_fit import GroupFit


def suspicions(solution: Solution, groups: tuple[GroupFit, ...], n_clusters: int) -> tuple[str, ...]:
    """Say in a sentence each what a reader must know before believing the estimates."""
    found = []
    items, factors = solution.table.model.items, solution.table.model.factors
    for group in groups:
        where = f" in group {group.name}" if len(groups) > 1 else ""
        for item, variance in zip(items, group.residual_variances, strict=True):
            if variance < 0:
                found.append(f"Heywood case{where}: the residual variance of {item} is negative ({variance:.3f})")
        own = solution.groups[groups.index(group)].matrices.factors
        for place, factor in enumerate(factors):
            if own[place, place] < 0:
                found.append(f"Heywood case{where}: the variance of {factor} is negative ({own[place, place]:.3f})")
        correlations = group.factor_correlations
        over = np.argwhere(np.triu(np.abs(correlations) >= 1, 1))
        found += [
            f"{factors[first]} and {factors[second]} correlate {correlations[first, second]:.3f}{where}: "
            "the items do not tell them apart"
            for first, second in over
        ]
        if not len(over) and np.isfinite(correlations).all() and np.linalg.eigvalsh(correlations)[0] < 0:
            found.append(f"the factor correlations{where} are not positive definite: no factors could have them")
    if solution.n <= solution.table.n_free:
        found.append(
            f"{solution.n} respondents for {solution.table.n_free} parameters: standard errors and tests mislead"
        )
    if n_clusters and n_clusters < 30:
        found.append(f"only {n_clusters} clusters: robust standard errors are too small and tests reject too often")
    return tuple(found)
