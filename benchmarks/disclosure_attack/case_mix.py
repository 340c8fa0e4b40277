"""What scores with their case-mix taken out tell of how many learners of each group a placement has.

The distance of such a score from the one beside it is what the learner groups of the place differ by, times their shares. Who
attacks knows by how much every group differs on every scale, which placements of one group alone tell, and asks with how many
learners of one group, in whole numbers, all distances can be what they are shown to be.
"""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis import CaseMixScores
from benchmarks.disclosure_attack.programme import SLACK, Impossible


def numbers_of_group(
    distances: Mapping[str, tuple[float, float]],
    adjusted: Mapping[str, CaseMixScores],
    shares: Mapping[str, float],
    n: int,
    group: str,
) -> tuple[int, int]:
    """The fewest and the most learners that a group can have among n.

    Parameters
    ----------
    distances
        Between what, by scale, the score lies above that with its case-mix taken out.
    adjusted
        For what the groups differ by.
    shares
        Of the learner groups among all learners.

    Raises
    ------
    Impossible
        If no numbers fit.
    """
    groups = list(shares)
    rows, low, high = [np.ones(len(groups))], [float(n)], [float(n)]
    for scale, (least, most) in distances.items():
        by_group = {str(label): points for _, label, points in adjusted[scale].effect}
        effects = np.array([by_group.get(one, 0.0) for one in groups])
        usual = sum(effects[at] * shares[one] for at, one in enumerate(groups))
        rows.append(effects)
        low.append(n * (least + usual) - SLACK)
        high.append(n * (most + usual) + SLACK)
    ends = []
    for sign in (1.0, -1.0):
        found = milp(
            np.array([sign if one == group else 0.0 for one in groups]),
            integrality=np.ones(len(groups), dtype=np.int64),
            bounds=Bounds(0.0, float(n)),
            constraints=LinearConstraint(np.array(rows), low, high),
        )
        if found.status != 0:
            raise Impossible
        ends.append(round(sign * found.fun))
    return ends[0], ends[1]
